import test from 'ava'
import fc from 'fast-check'
import { ANNOTATIONS } from '../../../annotations/generated/table.ts'
import { inject, preview } from '../../../src/index.ts'
import type { GuestPlan } from '../../../src/plan/mesh-plan.ts'
import { shownNode } from '../../../src/plan/node.ts'
import { keyOf } from '../../../src/plan/reader.ts'
import { AUTOMATIC } from '../../../src/plan/redirect.ts'
import { exampleOf } from '../../../src/preview/example.ts'
import type { Step, Traffic } from '../../../src/preview/traffic/model.ts'
import { trafficOf } from '../../../src/preview/traffic/traffic.ts'
import { flagged, unjudged } from '../../support/flags.ts'
import { bytes } from '../../support/places.ts'

const ALPHA = 'alpha.consul.hashicorp.com/'
const BASE = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080']

/** A plan, and the picture of its traffic. */
function drawn(annotations: readonly string[]): { readonly plan: GuestPlan; readonly traffic: Traffic } {
  const { plan, diagnostics } = inject(bytes(''), { annotations, profile: 'prebuilt' })
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return { plan: plan.serviceConfig.plan, traffic: trafficOf(plan) }
}

const trafficWith = (...annotations: readonly string[]): Traffic => drawn([...BASE, ...annotations]).traffic

const lane = ({ lanes }: Traffic, title: RegExp): readonly (readonly Step[])[] =>
  lanes.find(one => title.test(one.title))?.rows ?? []
const texts = (rows: readonly (readonly Step[])[], box: number): readonly string[] =>
  rows.flat().flatMap(step => (step.box === box ? step.text.split(', ') : []))
const sorted = (list: readonly (string | number)[]): readonly string[] => [...new Set(list.map(String))].sort()

/** Ports of nobody else: one that the mesh has is refused. */
const port = fc.integer({ min: 1024, max: 7999 })
const ports = fc.uniqueArray(port, { maxLength: 40 })
const block = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`)
const user = fc.oneof(fc.nat({ max: 60_000 }).map(String), fc.constantFrom('app', 'backup', 'node-exporter'))
const upstreams = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,12}$/), port, datacenter: fc.constantFrom(undefined, 'dc2') }),
  { maxLength: 8, comparator: (one, other) => one.port === other.port || one.name === other.name },
)
const switched = fc.boolean()

/** A VM as somebody may have annotated it, known without any plan. */
const vm = fc.record({
  inbound: ports,
  outbound: ports,
  blocks: fc.uniqueArray(block, { maxLength: 30 }),
  users: fc.uniqueArray(user, { maxLength: 12 }),
  upstreams,
  /** What is left alone without being asked for, those that are switched on. */
  automatic: fc.subarray([...AUTOMATIC]),
  metrics: switched,
  closed: switched,
  transparent: switched,
})
type Vm = typeof vm extends fc.Arbitrary<infer Value> ? Value : never

const listedAs = (key: string, list: readonly (string | number)[]): readonly string[] =>
  list.length === 0 ? [] : [`${key}=${list.join(',')}`]

const annotationsOf = (it: Vm): readonly string[] => [
  ...BASE,
  `transparent-proxy=${it.transparent}`,
  ...listedAs('transparent-proxy-exclude-inbound-ports', it.inbound),
  ...listedAs('transparent-proxy-exclude-outbound-ports', it.outbound),
  ...listedAs('transparent-proxy-exclude-outbound-cidrs', it.blocks),
  ...listedAs('transparent-proxy-exclude-uids', it.users),
  ...listedAs(
    'connect-service-upstreams',
    it.upstreams.map(one => [one.name, one.port, one.datacenter].filter(part => part !== undefined).join(':')),
  ),
  ...AUTOMATIC.map(row => `${keyOf(row.name)}=${it.automatic.includes(row)}`),
  `enable-metrics=${it.metrics}`,
  `${ALPHA}on-sidecar-failure=${it.closed ? 'closed' : 'open'}`,
]

const automatic = (it: Vm, flag: string): readonly string[] =>
  it.automatic.flatMap(row => {
    const holes = row.hole === undefined ? [] : shownNode(row.hole).map(text => text.slice(text.indexOf('=') + 1))
    return row.flag === flag ? [...row.values(), ...holes] : []
  })

test('whatever is excluded stands in the picture as left alone, and nothing else does', t => {
  fc.assert(
    fc.property(vm, it => {
      const left = lane(drawn(annotationsOf(it)).traffic, /^Left alone/)
      if (!it.transparent) {
        t.deepEqual(
          [0, 1, 2].map(box => texts(left, box)),
          [['every port'], ['every address'], ['everybody']],
        )
        return
      }
      t.deepEqual(
        sorted(texts(left, 0)),
        sorted([...it.inbound, ...automatic(it, '-exclude-inbound-port'), ...(it.metrics ? ['20200'] : [])]),
      )
      t.deepEqual(
        sorted(texts(left, 1)),
        sorted([
          ...it.outbound.map(one => `port ${one}`),
          ...it.blocks,
          ...automatic(it, '-exclude-outbound-cidr'),
          'loopback',
        ]),
      )
      const users = it.users.map(one => (/^\d/.test(one) ? one : `{uid of ${one}}`))
      t.deepEqual(sorted(texts(left, 2)), sorted([...users, '{uid of envoy}', '{uid of consul}']))
    }),
    { numRuns: 150 },
  )
})

test('every listener and every upstream stands in the picture, each beside where it leads, and nothing else does', t => {
  fc.assert(
    fc.property(vm, it => {
      const { traffic } = drawn(annotationsOf(it))
      const [into, out] = [lane(traffic, /^Into web$/), lane(traffic, /^Out of this VM/)]
      t.deepEqual(texts(into, 1), [':20000', ...(it.transparent ? ['the same listener'] : [])])
      t.deepEqual(texts(into, 2), ['127.0.0.1:8080'])
      const ways = out.map(row => row.filter(({ box }) => box > 0).map(({ text, by }) => `${by} ${text}`))
      t.deepEqual(ways, [
        ...(it.transparent ? [['rules 127.0.0.1:15001', 'mtls services of the mesh'], ['plain everywhere else']] : []),
        ...it.upstreams.map(one => [`plain 127.0.0.1:${one.port}`, `mtls ${one.name}`]),
      ])
      t.is(lane(traffic, /^Names$/).length, it.transparent ? 2 : 0)
    }),
    { numRuns: 150 },
  )
})

/** What a JSON pointer leads to. */
const at = (data: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce((value: unknown, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], data)

test('every step of the picture comes from nodes of the plan, that are there and say what it says', t => {
  fc.assert(
    fc.property(vm, it => {
      const { traffic, plan } = drawn(annotationsOf(it))
      const seen = new Set<string>()
      for (const step of traffic.lanes.flatMap(({ rows }) => rows.flat())) {
        t.true(step.plan.length > 0, step.text)
        const nodes = step.plan.map(pointer => (pointer.startsWith('/') ? at(plan, pointer) : 'the agent'))
        t.false(nodes.includes(undefined), `${step.text}: ${step.plan.join()}`)
        for (const pointer of step.plan) seen.add(pointer)
        const numbers = step.plan[0]?.startsWith('/') ? (step.text.match(/\d{2,}/g) ?? []) : []
        const said = JSON.stringify(nodes)
        for (const number of numbers) {
          // What no plan says is the form of the mesh: where Envoy takes what leaves, on which address of the VM, and where names are asked for.
          t.true(said.includes(number) || ['127', '15001', '53'].includes(number), `${step.text} of ${said}`)
        }
      }
      const rules = plan.sidecars[0]?.redirect ?? []
      for (const [index, node] of rules.entries()) {
        if (typeof node === 'string' && /^-(?:proxy-id|namespace)=/.test(node)) continue
        t.true(seen.has(`/sidecars/0/redirect/${index}`), JSON.stringify(node))
      }
    }),
    { numRuns: 100 },
  )
})

/** Ports and addresses anywhere in the plan, but for what is about the agent alone and for lines of units. */
function placesIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const told =
      /(?:^|_)(?:port|addr|address|tcp|http|grpc)$/.test(key) || /^(?:-exclude|-proxy|-consul)/.test(String(value))
    return told ? (String(value).match(/\b\d{4,5}\b/g) ?? []) : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    ['unit', 'units', 'watch', 'acl', 'agent', 'environment'].includes(name)
      ? []
      : placesIn(inner, /^\d+$/.test(name) ? key : name),
  )
}

for (const row of ANNOTATIONS) {
  const example = exampleOf(row)
  if (example === undefined) continue
  test(`every port that the plan has by ${row.key} stands in the picture`, t => {
    const flags = [
      ...BASE,
      ...(row.needs?.split(' ') ?? []),
      `${row.prefix ? `${row.key}team` : row.key}=${example.value}`,
    ]
    const made = unjudged(flagged(flags))
    const drawing = JSON.stringify(trafficOf(made))
    const places = placesIn(made.serviceConfig.plan)
    t.true(places.length > 2)
    t.deepEqual(
      places.filter(place => !drawing.includes(place)),
      [],
    )
  })
}

test('of several services each has what comes in and what goes out, and none is redirected', t => {
  const { traffic } = drawn([
    'connect-inject=true',
    'connect-service=web,admin',
    'connect-service-port=8080,9090',
    'connect-service-upstreams=api:1234',
    'transparent-proxy=false',
  ])
  t.regex(traffic.title, /^Traffic of web, admin: direct mode/)
  t.deepEqual(
    traffic.lanes.map(({ title }) => title),
    ['Into web', 'Out of this VM, by the Envoy of web', 'Into admin', 'Left alone', 'On the VM itself'],
  )
  t.deepEqual(texts(lane(traffic, /^Into admin/), 1), [':20001'])
  t.deepEqual(texts(lane(traffic, /itself/), 1), ['127.0.0.1:19000', '127.0.0.1:19001'])
  t.true(traffic.lanes.every(({ rows }) => rows.flat().every(({ by }) => by !== 'rules')))
})

test('what becomes of the traffic without Envoy is what was asked for', t => {
  const without = (...annotations: readonly string[]): readonly string[] =>
    texts(lane(trafficWith(...annotations), /itself/), 2)
  t.deepEqual(without(), ['goes on without the mesh'])
  t.deepEqual(without(`${ALPHA}on-sidecar-failure=closed`, `${ALPHA}app-unit=web.service`), [
    'nothing gets through',
    'web.service',
  ])
  t.deepEqual(without('transparent-proxy=false'), ['goes on'])
})

test('the listener is where the proxy was told to listen, and the agent is asked where it was said to be', t => {
  const traffic = trafficWith(
    'proxy-config-map={"bind_address": "10.0.0.5", "bind_port": 21001, "envoy_stats_bind_addr": "0.0.0.0:9102"}',
    `${ALPHA}grpc-addr=https://127.0.0.1:8503`,
  )
  t.is(texts(lane(traffic, /^Into/), 1)[0], '10.0.0.5:21001')
  t.true(texts(lane(traffic, /^Left/), 0).includes('9102'))
  t.is(texts(lane(traffic, /itself/), 0)[0], 'https://127.0.0.1:8503')
})

test('a service without a port is offered to nobody', t => {
  const { traffic } = drawn(['connect-inject=true', 'connect-service=web'])
  const [row] = lane(traffic, /^Into/)
  t.deepEqual(row?.map(({ text, by }) => [text, by]).at(-1), ['no port', undefined])
})

test('secrets in what a check asks are masked', t => {
  const traffic = trafficWith(`${ALPHA}health-check-http=http://127.0.0.1:8080/health?token=hunter2hunter2`)
  t.false(JSON.stringify(traffic).includes('hunter2'))
})

test('a VM that is not injected has no picture', t => {
  t.is(preview(bytes('#cloud-config\n{}\n')).preview?.traffic, undefined)
})
