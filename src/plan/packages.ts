import type { HelmValues } from '../../annotations/helm.ts'
import { LIGHT } from '../../userdata-templates/generated/light.ts'
import { versionFrom } from '../annotate/helm/image.ts'

/** Where a product comes from unless the values file says otherwise. */
const sourcesOf = (product: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from((LIGHT['packages.conf'] ?? '').matchAll(/^([A-Z]+)_([A-Z_]+)=(.*)$/gm))
      .filter(([, of]) => of === product)
      .map(([, , name, value]) => [name, value]),
  )

/** `/srv/consul/packages.conf`: lines `NAME=value` that the guest's installer parses and never evaluates. */
export function packagesOf(helm: HelmValues): string {
  const pins = { CONSUL: versionFrom('consul', helm), ENVOY: versionFrom('envoy', helm) }
  const { vm } = helm
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
    return Object.entries({ ...sourcesOf(product), ...own }).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [`${product}_${name}=${value.replace(/[^\x20-\x7e]/g, ' ')}\n`],
    )
  })
  return lines.join('')
}
