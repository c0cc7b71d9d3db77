import type { HelmValues } from '../../annotations/helm.ts'

/** `hashicorp/consul:1.22.0-ent` -> `1.22.0`; undefined when the image has no version. */
const versionOf = (image: string | null | undefined): string | undefined => /:v?(\d+\.\d+\.\d+)/.exec(image ?? '')?.[1]

/** Where each product comes from unless the values file says otherwise. The key must have exactly this fingerprint. */
const SOURCES: Readonly<Record<'CONSUL' | 'ENVOY', Readonly<Record<string, string>>>> = {
  CONSUL: {
    APT_URL: 'https://apt.releases.hashicorp.com',
    APT_KEY_URL: 'https://apt.releases.hashicorp.com/gpg',
    APT_KEY_FINGERPRINT: '798AEC654E5C15428C8E42EEAA16FCBCA621E701',
    RPM_BASE_URL: 'https://rpm.releases.hashicorp.com/{distribution}/{release}/$basearch/stable',
    RPM_KEY_URL: 'https://rpm.releases.hashicorp.com/gpg',
    RPM_KEY_FINGERPRINT: '798AEC654E5C15428C8E42EEAA16FCBCA621E701',
  },
  // Envoy publishes no fingerprint. This one was read from its key by one project, and verifies its releases for another; the
  // values file outranks it. There is no repository of RPM packages.
  ENVOY: {
    APT_URL: 'https://apt.envoyproxy.io',
    APT_FALLBACK_SUITE: 'bookworm',
    APT_KEY_URL: 'https://apt.envoyproxy.io/signing.key',
    APT_KEY_FINGERPRINT: '0AFCE836BA4D1D35763C8523D8CDC3750181F31F',
  },
}

/** `/srv/consul/packages.conf`: lines `NAME=value` that the guest's installer parses and never evaluates. */
export function packagesOf({ global, vm }: HelmValues): string {
  const pins = { CONSUL: versionOf(global?.image), ENVOY: versionOf(global?.imageEnvoy) }
  const given = { CONSUL: vm?.packages?.consul, ENVOY: vm?.packages?.envoy }
  const lines = (['CONSUL', 'ENVOY'] as const).flatMap(product => {
    const { version, apt, rpm } = given[product] ?? {}
    const own: Readonly<Record<string, string | undefined>> = {
      VERSION: version ?? pins[product],
      ...(apt !== undefined && {
        APT_URL: apt.url,
        APT_SUITE: apt.suite,
        APT_COMPONENT: apt.component,
        APT_KEY_URL: apt.keyUrl,
        APT_KEY_FINGERPRINT: apt.keyFingerprint,
      }),
      ...(rpm !== undefined && {
        RPM_BASE_URL: rpm.baseUrl,
        RPM_KEY_URL: rpm.keyUrl,
        RPM_KEY_FINGERPRINT: rpm.keyFingerprint,
      }),
    }
    return Object.entries({ ...SOURCES[product], ...own }).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [`${product}_${name}=${value.replace(/[\r\n]/g, ' ')}\n`],
    )
  })
  return lines.join('')
}
