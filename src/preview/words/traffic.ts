import type { GuestPlan } from '../../plan/mesh-plan.ts'
import { shownNode } from '../../plan/node.ts'
import { alone } from '../traffic/alone.ts'
import { type Ground, isHeld, isTransparent, meshedOf, rulesOf } from '../traffic/facts.ts'
import { names, outbound } from '../traffic/flows.ts'
import type { Step } from '../traffic/model.ts'
import { type Draft, draft } from './draft.ts'

const UPSTREAM = 'service.connect.sidecar_service.proxy.upstreams'

/** What is left alone is said by the box that it stands in. */
const BOXES: readonly string[] = ['left alone, in:', 'left alone, out:', 'left alone, of the user:']

/** The argument that a pointer leads to, as a fact. */
function argumentAt({ sidecars }: GuestPlan, pointer: string, labels: readonly string[]): readonly string[] {
  const [, sidecar, index] = /^\/sidecars\/(\d+)\/redirect\/(\d+)$/.exec(pointer) ?? []
  const node = sidecars[Number(sidecar)]?.redirect?.[Number(index)]
  return node === undefined ? [] : shownNode(node).map(text => `${labels[Number(sidecar)]} ${text}`)
}

/** Where traffic goes, in words, by the same steps as the picture of it. `of` is what the facts of each service have in their names. */
export function trafficDrafts(ground: Ground, of: readonly string[]): readonly Draft[] {
  const all = meshedOf(ground)
  const captured = all.filter(isTransparent)
  const labels = of.map(one => `redirect-traffic${one}`)
  const facts = (step: Step): readonly string[] => step.plan.flatMap(at => argumentAt(ground.plan, at, labels))
  const modes = of.map(one => `registration${one} service.connect.sidecar_service.proxy.mode`)
  /** Arguments that say whose rules they are. Those of rules that stay name the listener, for there may be no agent to ask for it. */
  const naming = (pattern: RegExp): readonly string[] =>
    captured.flatMap(meshed =>
      rulesOf(meshed)
        .filter(({ flag }) => pattern.test(flag))
        .map(({ flag, value }) => `${labels[all.indexOf(meshed)]} ${flag}=${value}`),
    )
  const held = [
    ...of.map(one => `unit${one} Environment=CONSUL_HOLD`),
    ...naming(/^-proxy-inbound-port$/),
    ...labels.map(label => `${label} without -proxy-id`),
  ]
  const upstreams = all.flatMap((meshed, index) =>
    (outbound(meshed)?.rows ?? []).flatMap(row => {
      const [listener, target] = [row.find(({ box }) => box === 1), row.find(({ box }) => box === 2)]
      const at = /\/upstreams\/(\d+)$/.exec(target?.plan[0] ?? '')?.[1]
      if (at === undefined || listener === undefined || target === undefined) return []
      const about = target.note === undefined ? '' : ` (${target.note})`
      return [
        draft(`${target.text}${about} is reached at ${listener.text}`, `registration${of[index]} ${UPSTREAM}[${at}]`),
      ]
    }),
  )
  const steps = captured.length === 0 ? [] : alone(all).rows.flat()
  const resolving = (names(ground)?.rows ?? []).flatMap(row => row.filter(({ box }) => box === 2))
  const answerers = [...new Set(resolving.map(({ text }) => text))].join(', ')
  const dns = `names of the mesh are resolved by the agent${answerers === '' ? '' : ` (${answerers})`}`
  return [
    captured.length === 0
      ? draft('nothing is redirected (direct mode)', ...modes)
      : draft(
          'all TCP goes by way of Envoy, redirected by iptables or nftables',
          ...modes,
          ...naming(/^-(?:proxy-id|namespace)$/),
        ),
    ...(captured.length === 0
      ? []
      : [
          captured.some(isHeld)
            ? draft('while Envoy is away nothing gets through', ...held)
            : draft('while Envoy is away it goes on without the mesh'),
        ]),
    ...upstreams,
    ...steps.map(step => draft(`${BOXES[step.box]} ${step.text} (${step.note})`, ...facts(step))),
    ...(resolving.length === 0
      ? []
      : [draft(dns, 'names of the mesh are resolved by Consul', 'names of the mesh are resolved by Consul:')]),
  ]
}
