/** The guest files: where each goes, and in which pack it travels. */

/** Name in userdata-templates/guest -> mode and path on the guest. */
export const PLACES = {
  'generate-sidecar-configs.py': ['0755', '/srv/consul/generate-sidecar-configs.py'],
  'consul-redirect-traffic': ['0755', '/usr/local/bin/consul-redirect-traffic'],
  'consul-retry-sidecar': ['0755', '/usr/local/bin/consul-retry-sidecar'],
  'consul-cleanup-iptables': ['0755', '/usr/local/bin/consul-cleanup-iptables'],
  'consul-mesh-packages': ['0755', '/usr/local/bin/consul-mesh-packages'],
  'consul-sidecar-init.service': ['0644', '/etc/systemd/system/consul-sidecar-init.service'],
  'envoy@.service': ['0644', '/etc/systemd/system/envoy@.service'],
  'consul-envoy-retry@.service': ['0644', '/etc/systemd/system/consul-envoy-retry@.service'],
  'packages.conf': ['0644', '/srv/consul/packages.conf'],
  'probe-sidecar.py': ['0755', '/srv/consul/probe-sidecar.py'],
  'acl-token.py': ['0755', '/srv/consul/acl-token.py'],
  'consul-hold-traffic': ['0755', '/usr/local/bin/consul-hold-traffic'],
  'plan_annotations.py': ['0644', '/srv/consul/plan_annotations.py'],
  'install-guest.py': ['0755', '/srv/consul/install-guest.py'],
  'consul-vm-inject.conf': ['0644', '/usr/lib/sysusers.d/consul-vm-inject.conf'],
  'consul-vm-inject.preset': ['0644', '/usr/lib/systemd/system-preset/50-consul-vm-inject.preset'],
}

/** What an image has baked in: everything but what a values file has a say in, which always travels by itself. In full, since nothing travels. */
export const IMAGE = Object.keys(PLACES).filter(name => name !== 'packages.conf')

/** What travels, in the order in which it packs smallest. */
const ORDER = [
  'generate-sidecar-configs.py', // the first: the envelopes run it out of its pack
  'probe-sidecar.py',
  'acl-token.py',
  'envoy@.service',
  'consul-envoy-retry@.service',
  'consul-sidecar-init.service',
  'consul-cleanup-iptables',
  'consul-hold-traffic',
  'consul-retry-sidecar',
  'consul-redirect-traffic',
  'consul-mesh-packages',
]
/** What only some plans need: probes and held traffic, and tokens. */
const PROBING = ['probe-sidecar.py', 'consul-hold-traffic']
const TOKENS = ['acl-token.py']
const without = (...names) => ORDER.filter(name => !names.includes(name))

/**
 * What travels together, packed as one: a pack for each set of files that an injection can need. One pack is smaller than several, for
 * what is said once need not be said again.
 */
export const PACKS = {
  full: without(...PROBING, ...TOKENS),
  probing: without(...TOKENS),
  tokens: without(...PROBING),
  both: ORDER,
  fleet: [...ORDER, 'plan_annotations.py'],
}

/** The program by which a VM of a fleet finds its annotations, in this order; no file on the guest. */
export const READERS = ['read-annotations.py', 'read-metadata.py', 'join-fleet.py']

/** The files of a pack as segments, each behind a header `=== MODE PATH`. */
export function segments(names, texts) {
  return names
    .map(name => {
      const [mode, path] = PLACES[name]
      const text = texts[name]
      if (!text.endsWith('\n') || /^=== /m.test(text)) throw new Error(`${name} cannot be a segment`)
      return `=== ${mode} ${path}\n${text}`
    })
    .join('')
}
