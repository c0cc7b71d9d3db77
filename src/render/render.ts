import { deflateSync } from 'node:zlib'
import { boothook, guest, installGuest, start } from '../../userdata-templates/generated/envelopes.ts'
import { encodeBase64 } from '../decode/base64.ts'
import type { MeshPlan } from '../plan/mesh-plan.ts'
import { VERSION } from '../version.ts'
import { imageFiles, staticGuestFiles } from './guest-files.ts'
import type { GuestFile, Injection, Profile } from './injection.ts'

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** The files that differ from VM to VM. */
function ownFiles({ serviceConfig, agent, packages }: MeshPlan, profile: Profile): readonly GuestFile[] {
  const config = { path: '/srv/consul/service-config.json', mode: '0640', content: json(serviceConfig), once: true }
  if (profile === 'prebuilt') return [config]
  return [
    config,
    { path: '/etc/consul.d/consul-vm-inject.json', mode: '0644', content: json(agent), once: false },
    { path: '/srv/consul/packages.conf', mode: '0644', content: packages, once: false },
  ]
}

/** The bundle that the boothook unpacks: JSON, deflated, in base64 lines. */
function bundleOf(files: readonly GuestFile[]): string {
  const packed = deflateSync(Buffer.from(JSON.stringify(files), 'utf8'), { level: 9 })
  return encodeBase64(packed, { width: 120, newline: '\n', end: '' })
}

/** What an image has baked in, so that user-data brings service-config.json only: as files, and as a script that installs them. */
export function renderGuest(): { readonly files: readonly GuestFile[]; readonly script: string } {
  const files = imageFiles()
  const context = { version: VERSION, files, bundle: bundleOf(files), installer: installGuest.trimEnd() }
  return { files, script: guest(context) }
}

/** MeshPlan -> Injection: the guest files and the scripts that install and start them. */
export function render(plan: MeshPlan, profile: Profile): Injection {
  const files = [...(profile === 'full' ? staticGuestFiles() : []), ...ownFiles(plan, profile)]
  const bundle = bundleOf(files)
  return {
    profile,
    files,
    boothook: boothook({ version: VERSION, profile, files, bundle, installer: installGuest.trimEnd() }),
    script: start({ version: VERSION, installPackages: profile === 'full' }),
  }
}
