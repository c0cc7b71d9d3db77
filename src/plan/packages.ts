import type { HelmValues } from '../../annotations/helm.ts'
import type { AptRepository, PackageSource, RpmRepository } from '../../annotations/helm-vm.ts'
import { PACKAGES_CONF } from '../../userdata-templates/generated/places.ts'
import { versionFrom } from '../annotate/helm/image.ts'
import { acceptedBy, newestFor } from './versions.ts'

/** Where packages come from unless the values file says otherwise. */
const SOURCES: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(PACKAGES_CONF.matchAll(/^([A-Z_]+)=(.*)$/gm), ([, name, value]) => [name, value]),
)

type Lines = Readonly<Record<string, string | undefined>>

/** What hides the common lines that a repository of one's own has nothing to do with. */
const aptLines = (apt: AptRepository): Lines => ({
  APT_URL: apt.url,
  APT_SUITE: apt.suite,
  APT_FALLBACK_SUITE: '',
  APT_COMPONENT: apt.component,
  APT_KEY_URL: apt.keyUrl,
  APT_KEY_FINGERPRINT: apt.keyFingerprint,
})

const rpmLines = (rpm: RpmRepository): Lines => ({
  RPM_BASE_URL: rpm.baseUrl,
  RPM_KEY_URL: rpm.keyUrl,
  RPM_KEY_FINGERPRINT: rpm.keyFingerprint,
})

const both = ({ apt, rpm }: Pick<PackageSource, 'apt' | 'rpm'>): Lines => ({
  ...(apt !== undefined && aptLines(apt)),
  ...(rpm !== undefined && rpmLines(rpm)),
})

/** Names of a product's package: in a repository of the product's own it is called as the product is, unless the values say how. */
function namesOf({ package: name, apt, rpm }: PackageSource): Lines {
  if (name !== undefined) return { APT_PACKAGE: name, RPM_PACKAGE: name }
  return { ...(apt !== undefined && { APT_PACKAGE: '' }), ...(rpm !== undefined && { RPM_PACKAGE: '' }) }
}

/** The versions that are asked for, where one is. */
export interface Pins {
  readonly consul: string | undefined
  readonly envoy: string | undefined
}

export const pinsOf = (values: HelmValues): Pins => ({
  consul: values.vm?.packages?.consul?.version ?? versionFrom('consul', values),
  envoy: values.vm?.packages?.envoy?.version ?? versionFrom('envoy', values),
})

const prefixed = (prefix: string, lines: Lines): Lines =>
  Object.fromEntries(Object.entries(lines).map(([name, value]) => [prefix + name, value]))

/** Which versions are chosen among, where the pins leave a choice: they go with what is pinned. */
function boundsOf({ consul, envoy }: Pins): Lines {
  const row = acceptedBy(consul)
  const newest = consul === undefined ? newestFor(envoy) : undefined
  const highest = row === undefined ? '' : `1.${row.highest}`
  return {
    ...(newest !== undefined && { CONSUL_UPTO: newest, CONSUL_UPTO_OLD: newest }),
    ...(envoy !== undefined && { ENVOY_UPTO: '', ENVOY_UPTO_OLD: '' }),
    ...(envoy === undefined &&
      consul !== undefined && { ENVOY_FROM: row && `1.${row.lowest}`, ENVOY_UPTO: highest, ENVOY_UPTO_OLD: highest }),
  }
}

/** `/srv/consul/packages.conf`: lines `NAME=value` that the guest's installer parses and never evaluates; the last one of a name counts. */
export function packagesOf(values: HelmValues): string {
  const { consul = {}, envoy = {}, ...shared } = values.vm?.packages ?? {}
  const pins = pinsOf(values)
  const lines = {
    ...SOURCES,
    ...boundsOf(pins),
    ...both(shared),
    ...prefixed('CONSUL_', { VERSION: pins.consul, ...namesOf(consul), ...both(consul) }),
    ...prefixed('ENVOY_', { VERSION: pins.envoy, ...namesOf(envoy), ...both(envoy) }),
  }
  return Object.entries(lines)
    .flatMap(([name, value]) => line(name, value))
    .join('')
}

/** An empty value is said where it hides another. */
function line(name: string, value: string | undefined): readonly string[] {
  const common = name.replace(/^(?:CONSUL|ENVOY)_/, '')
  if (value === undefined || (value === '' && !(name in SOURCES) && !(common in SOURCES))) return []
  return [`${name}=${value.replace(/[^\x20-\x7e]/g, ' ')}\n`]
}

/** The settings where a program of the operator's own takes the place of Envoy's package. */
export const withoutEnvoy = (packages: string): string => `${packages}ENVOY_OWN=yes\n`
