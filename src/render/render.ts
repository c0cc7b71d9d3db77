import { deflateSync } from 'node:zlib'
import {
  boothook,
  boothookPrebuilt,
  fleet,
  guest,
  installBundle,
  installGuest,
  joinFleet,
  readAnnotations,
  readBundle,
  readMetadata,
  start,
} from '../../userdata-templates/generated/envelopes.ts'
import { encodeBase64 } from '../decode/base64.ts'
import { canonicalJson } from '../plan/canonical-json.ts'
import type { FleetPlan } from '../plan/fleet-plan.ts'
import type { MeshPlan } from '../plan/mesh-plan.ts'
import { VERSION } from '../version.ts'
import { INSTALLER, imageFiles, staticGuestFiles } from './guest-files.ts'
import type { GuestFile, Injection, Profile } from './injection.ts'

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** What the values file makes of the agent and of the packages. */
type Shared = Pick<MeshPlan, 'agent' | 'packages'>

/** The files that come of the values file. */
const sharedFiles = ({ agent, packages }: Shared): readonly GuestFile[] => [
  { path: '/etc/consul.d/consul-vm-inject.json', mode: '0644', content: json(agent), once: false },
  { path: '/srv/consul/packages.conf', mode: '0644', content: packages, once: false },
]

/** The files that differ from VM to VM. */
function ownFiles(plan: MeshPlan, profile: Profile): readonly GuestFile[] {
  const content = canonicalJson(plan.serviceConfig)
  const config = { path: '/srv/consul/service-config.json', mode: '0640', content, once: true }
  return profile === 'prebuilt' ? [config] : [config, ...sharedFiles(plan)]
}

/** The bundle that a boothook unpacks: JSON, deflated, in base64 lines. */
function bundleOf(content: unknown): string {
  const packed = deflateSync(Buffer.from(JSON.stringify(content), 'utf8'), { level: 9 })
  return encodeBase64(packed, { width: 120, newline: '\n', end: '' })
}

const installer = [installGuest, installBundle].join('\n').trimEnd()
/** The installer as a program that reads its bundle from standard input. */
const program = ['#!/usr/bin/env python3', installGuest, readBundle, installBundle].join('\n')

/** What an image has baked in, so that user-data brings service-config.json only: as files, and as a script that installs them. */
export function renderGuest(shared: Shared): { readonly files: readonly GuestFile[]; readonly script: string } {
  const files = [...imageFiles(program), ...sharedFiles(shared)]
  const context = { version: VERSION, files, bundle: bundleOf(files), installer }
  return { files, script: guest(context) }
}

/** MeshPlan -> Injection: the guest files and the scripts that install and start them. */
export function render(plan: MeshPlan, profile: Profile): Injection {
  const files = [...(profile === 'full' ? staticGuestFiles() : []), ...ownFiles(plan, profile)]
  const context = { version: VERSION, profile, files, bundle: bundleOf(files) }
  const full = profile === 'full'
  return {
    profile,
    files,
    boothook: full ? boothook({ ...context, installer }) : boothookPrebuilt({ ...context, program: INSTALLER }),
    script: start({ version: VERSION, installPackages: full }),
  }
}

/** The file whose presence says that this VM joins; the boothook of a fleet makes it, at each boot anew. */
const JOINS = '/run/consul-vm-inject/joins'

/** FleetPlan -> Injection: one for every VM of a fleet, which reads its annotations on the guest. */
export function renderFleet({ defaults, inject, ...shared }: FleetPlan, profile: Profile): Injection {
  const files = profile === 'prebuilt' ? [] : [...staticGuestFiles(), ...sharedFiles(shared)]
  const bundle = bundleOf({ defaults, inject, files })
  const program = [installGuest, readAnnotations, readMetadata, joinFleet].join('\n').trimEnd()
  return {
    profile,
    files,
    boothook: fleet({ version: VERSION, profile, files, bundle, program, joins: JOINS }),
    script: start({ version: VERSION, installPackages: profile === 'full' }),
    condition: JOINS,
  }
}
