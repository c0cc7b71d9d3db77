import { GUEST } from '../../userdata-templates/generated/guest.ts'
import { PLACES } from '../../userdata-templates/generated/places.ts'
import type { GuestFile } from './injection.ts'

/** What the values file has a say in. */
const SETTINGS = 'packages.conf'

/** The files that are the same on every guest: what an image can have baked in. */
export function staticGuestFiles(): readonly GuestFile[] {
  return Object.entries(PLACES).flatMap(([name, [mode, path]]) => {
    const content = GUEST[name]
    if (content === undefined) throw new Error(`userdata-templates/guest/${name} is missing from the build`)
    return name === SETTINGS ? [] : [{ path, mode, content, once: false }]
  })
}

/** The installer, where an image has it baked in: user-data then brings only what it is to install. */
export const INSTALLER = '/srv/consul/install-guest.py'

/**
 * What an image needs besides, because nothing runs in it yet: the installer, the user of the sidecar, and the one unit to enable.
 */
export function imageFiles(installer: string): readonly GuestFile[] {
  const preset = 'enable consul-sidecar-init.service\n'
  return [
    ...staticGuestFiles(),
    { path: INSTALLER, mode: '0755', content: installer, once: false },
    {
      path: '/usr/lib/sysusers.d/consul-vm-inject.conf',
      mode: '0644',
      content: 'u envoy - "Envoy sidecar"\n',
      once: false,
    },
    { path: '/usr/lib/systemd/system-preset/50-consul-vm-inject.preset', mode: '0644', content: preset, once: false },
  ]
}
