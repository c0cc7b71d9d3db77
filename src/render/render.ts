import {
  boothook,
  boothookFetch,
  boothookPrebuilt,
  bootstrap,
  fetchBundle,
  fetchUnit,
  fleet,
  guest,
  start,
  startFetch,
} from '../../userdata-templates/generated/envelopes.ts'
import { IMAGE } from '../../userdata-templates/generated/guest.ts'
import { BUNDLE_DIGEST, PACKED } from '../../userdata-templates/generated/packed.ts'
import { PACKAGES_CONF } from '../../userdata-templates/generated/places.ts'
import { canonicalJson } from '../plan/canonical-json.ts'
import type { FleetPlan } from '../plan/fleet-plan.ts'
import { type GuestPlan, type MeshPlan, OLDEST_GUEST } from '../plan/mesh-plan.ts'
import { shownNodes } from '../plan/node.ts'
import { followsTokens } from '../plan/token.ts'
import { needsMore } from '../plan/unit.ts'
import { oncePer } from '../report/once-per.ts'
import { VERSION } from '../version.ts'
import { imageFiles, type Pack, packedFiles } from './guest-files.ts'
import { type GuestFile, type Injection, type Profile, UNSEEN_PATH } from './injection.ts'
import { packedSegment, segmentsOf } from './segments.ts'

const ENABLE = ['enable', 'consul-sidecar-init.service']

/** What was packed at build, as one segment. */
const packed = (pack: Pack | 'readers'): string => packedSegment(PACKED[pack] ?? '')

/** What the values file makes of the agent and of the packages. */
type Shared = Pick<MeshPlan, 'agent' | 'packages'>

/** The agent's mesh settings; of a setting that two files have the agent takes the later one's, by name: theirs. */
const agentFile = oncePer(
  (agent: Shared['agent']): GuestFile => ({
    path: '/etc/consul.d/0-consul-vm-inject.json',
    mode: '0644',
    content: canonicalJson(agent),
    once: false,
  }),
)

/** Where Consul and Envoy come from. */
const sourcesFile = (content: string): GuestFile => ({
  path: '/srv/consul/packages.conf',
  mode: '0644',
  content,
  once: false,
})

/** Says that packages were not looked for yet: a first boot may end before the script that does so. What finds them all removes it. */
const UNSEEN: GuestFile = {
  path: UNSEEN_PATH,
  mode: '0644',
  content: 'all\n',
  once: true,
}

/** What holds the application back is there before its first start; the generator keeps it, or takes it away. */
const gateFile = ({ serviceConfig: { plan } }: MeshPlan): readonly GuestFile[] =>
  Object.entries(plan.units ?? {}).flatMap(([unit, lines]) =>
    unit !== plan.app_unit
      ? []
      : [
          {
            path: `/etc/systemd/system/${unit}.d/50-consul-vm-inject.conf`,
            mode: '0644',
            content: shownNodes(lines)
              .map(line => `${line}\n`)
              .join(''),
            once: true,
          },
        ],
  )

/** What an image has baked in, so that user-data brings service-config.json only: as files, and as a script that installs them. */
export function renderGuest(shared: Shared): { readonly files: readonly GuestFile[]; readonly script: string } {
  const own = [agentFile(shared.agent), sourcesFile(shared.packages)]
  const files = [...imageFiles(), ...own]
  return {
    files,
    script: guest({ version: VERSION, files, bootstrap, segments: segmentsOf(own) + packedSegment(IMAGE) }),
  }
}

/** Tries for ever, where the final script could not fetch the guest files. It waits for cloud-init's end, so nothing may wait for it. */
const FETCH_UNIT = 'consul-vm-inject-fetch.service'

/** Where the profile fetch finds the guest files; an address that ends in a slash is a folder that holds them by their digest. */
const bundleUrl = (address: string): string => (address.endsWith('/') ? address + BUNDLE_DIGEST : address)

/** What travels in the profile fetch: the VM's own files, and what comes by the others. */
function renderFetch(own: readonly GuestFile[], address: string): Injection {
  const fetches = { url: bundleUrl(address), digest: BUNDLE_DIGEST }
  const fetcher = [
    { path: '/var/lib/consul-vm-inject/fetch', mode: '0755', content: fetchBundle(fetches), once: false },
    { path: `/etc/systemd/system/${FETCH_UNIT}`, mode: '0644', content: fetchUnit({}), once: false },
  ]
  const files = [...own, ...fetcher]
  return {
    profile: 'fetch',
    files,
    boothook: boothookFetch({ version: VERSION, segments: segmentsOf(files) }),
    script: startFetch({ version: VERSION }),
    enable: ['--now', '--no-block', 'enable', FETCH_UNIT],
    fetches,
  }
}

/** The smallest pack that has what a plan needs. */
function packOf(plan: GuestPlan): Pack {
  if (followsTokens(plan)) return needsMore(plan) ? 'both' : 'tokens'
  return needsMore(plan) ? 'probing' : 'full'
}

/** MeshPlan -> Injection: the guest files and the scripts that install and start them. Nothing is compressed here. */
export function render(plan: MeshPlan, profile: Profile, guestUrl = ''): Injection {
  const config: GuestFile = {
    path: '/srv/consul/service-config.json',
    mode: '0640',
    content: canonicalJson(plan.serviceConfig),
    once: true,
  }
  const context = { version: VERSION, oldest: OLDEST_GUEST, bootstrap }
  const own = [config, ...gateFile(plan)]
  if (profile === 'prebuilt') {
    const boothook = boothookPrebuilt({ ...context, segments: segmentsOf(own) })
    return {
      profile,
      files: own,
      boothook,
      script: start({ version: VERSION, installPackages: false }),
      enable: ENABLE,
    }
  }
  const pack = packOf(plan.serviceConfig.plan)
  const sources = sourcesFile(plan.packages)
  const all = [...own, agentFile(plan.agent), sources]
  if (profile === 'fetch') {
    // The guest files that are fetched hold what this version packs.
    return renderFetch(plan.packages === PACKAGES_CONF ? all.filter(file => file !== sources) : all, guestUrl)
  }
  const full = [...all, UNSEEN]
  return {
    profile,
    // As they travel they are packed: that they are read apart, too, is for whoever looks at them.
    get files() {
      return [...full, ...packedFiles(pack)]
    },
    boothook: boothook({ ...context, segments: segmentsOf(full) + packed(pack) }),
    script: start({ version: VERSION, installPackages: true }),
    enable: ENABLE,
  }
}

/** The file whose presence says that this VM joins; the boothook of a fleet makes it, at each boot anew. */
const JOINS = '/run/consul-vm-inject/joins'

/** FleetPlan -> Injection: one for every VM of a fleet, which reads its annotations on the guest. */
export function renderFleet({ defaults, inject, ...shared }: FleetPlan, profile: Profile): Injection {
  const full = profile === 'full'
  const own = full ? [agentFile(shared.agent), sourcesFile(shared.packages), UNSEEN] : []
  const files = [...own, ...(full ? packedFiles('fleet') : [])]
  const defaultsSegment = `=== fleet\n${canonicalJson({ defaults, inject, joins: JOINS })}`
  const segments = segmentsOf(own) + defaultsSegment + packed(full ? 'fleet' : 'readers')
  return {
    profile,
    files,
    boothook: fleet({ version: VERSION, profile, oldest: OLDEST_GUEST, prebuilt: !full, files, bootstrap, segments }),
    script: start({ version: VERSION, installPackages: full }),
    enable: ENABLE,
    condition: JOINS,
  }
}
