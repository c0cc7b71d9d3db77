import test from 'ava'
import { ANNOTATIONS } from '../../../annotations/generated/table.ts'
import { preview } from '../../../src/index.ts'
import { addressesOf } from '../../../src/plan/addresses.ts'
import { annotationEffects } from '../../../src/preview/effects.ts'
import { exampleOf } from '../../../src/preview/example.ts'
import type { Group } from '../../../src/preview/model.ts'
import { groupsOf } from '../../../src/preview/words/groups.ts'
import { ENTERPRISE, flagged, unjudged } from '../../support/flags.ts'
import { bytes } from '../../support/places.ts'

const ALPHA = 'alpha.consul.hashicorp.com/'
const BASE = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080']

function groups(...annotations: readonly string[]): readonly Group[] {
  const { preview: found, diagnostics } = preview(bytes(''), { annotations: [...BASE, ...annotations] })
  if (found === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return found.groups
}

const wordsOf = (title: Group['title'], ...annotations: readonly string[]): readonly string[] =>
  groups(...annotations)
    .find(group => group.title === title)
    ?.lines.map(({ words }) => words) ?? []

test('a service is told in words, not in fields', t => {
  t.deepEqual(
    wordsOf(
      'Registration',
      'service-tags=v1,blue',
      'service-weight=5',
      'service-meta-host=$HOSTNAME',
      `${ALPHA}acl-token-file=/etc/consul.d/token`,
    ),
    [
      'service web on port 8080',
      'tagged v1, blue',
      'meta managed-by is consul-vm-inject',
      'meta host is {hostname}',
      'weight 5 among its instances',
      'by the ACL token in /etc/consul.d/token',
      'checked by TCP at 127.0.0.1:8080 every 10s, failed after 2s',
      'its sidecar on port 20000',
    ],
  )
})

test('traffic is told as the picture of it has it', t => {
  const given = [
    'connect-service-upstreams=api:1234',
    `${ALPHA}on-sidecar-failure=closed`,
    'transparent-proxy-exclude-outbound-cidrs=10.1.0.0/16',
  ]
  t.deepEqual(wordsOf('Traffic', ...given), [
    'all TCP goes by way of Envoy, redirected by iptables or nftables',
    'while Envoy is away nothing gets through',
    'api is reached at 127.0.0.1:1234',
    'left alone, in: 22, {ssh-ports} (SSH)',
    'left alone, in: 8301 (gossip)',
    `left alone, out: ${addressesOf('metadata', undefined).join(', ')} (instance metadata)`,
    `left alone, out: ${addressesOf('services', undefined).join(', ')} (services of the platform)`,
    'left alone, out: 10.1.0.0/16 (asked for)',
    'left alone, out: loopback (what stays on the VM)',
    'left alone, of the user: {uid of envoy} (Envoy)',
    'left alone, of the user: {uid of consul} (the Consul agent)',
    'names of the mesh are resolved by the agent (127.0.0.1:8600)',
  ])
  t.is(wordsOf('Traffic', 'transparent-proxy=false')[0], 'nothing is redirected (direct mode)')
})

test('Envoy is told by what it may and does', t => {
  const words = wordsOf(
    'Envoy',
    'sidecar-proxy-memory-limit=200Mi',
    'sidecar-proxy-cpu-limit=500m',
    'enable-metrics=true',
    'sidecar-proxy-liveness-failure-seconds=30',
  )
  for (const expected of [
    'the sidecar of web, envoy@web.service',
    'at most 200 MiB of memory',
    'at most 50% of one CPU',
    'metrics for Prometheus at 0.0.0.0:20200/metrics',
    'killed when it no longer answers, by consul-envoy-watch@web.service',
  ])
    t.true(words.includes(expected), `${expected} in ${words.join('\n')}`)
})

test('of several services each line is of one of them', t => {
  const { preview: found } = preview(bytes(''), {
    annotations: [
      'connect-inject=true',
      'connect-service=web,admin',
      'connect-service-port=8080,9090',
      'transparent-proxy=false',
    ],
  })
  const lines = found?.groups.find(({ title }) => title === 'Registration')?.lines.map(({ words }) => words) ?? []
  t.deepEqual(
    lines.filter(line => line.startsWith('service')),
    ['service web on port 8080', 'service admin on port 9090'],
  )
  t.false(JSON.stringify(found?.groups).includes(' (web) service.'))
})

test('what is not there because of an annotation is said, and because of which', t => {
  const lines = groups(`${ALPHA}health-check=false`).flatMap(group => group.lines)
  t.deepEqual(
    lines.filter(({ because }) => because.includes(`${ALPHA}health-check`)),
    [{ words: 'the agent does not check it', because: [`${ALPHA}health-check`] }],
  )
})

/** What a plan of just these annotations says, without anybody's judging whether they go together. */
function ofJust(flags: readonly string[]): readonly Group[] {
  const annotations = flagged(flags)
  return groupsOf(
    unjudged(annotations),
    annotationEffects(annotations, { values: ENTERPRISE, annotations, platform: undefined }),
  )
}

for (const row of ANNOTATIONS) {
  const example = exampleOf(row)
  if (example === undefined || row.key.endsWith('/connect-inject')) continue
  test(`whatever ${row.key} does is said, and that it is because of it`, t => {
    const key = row.prefix ? `${row.key}team` : row.key
    const found = ofJust([...BASE, ...(row.needs?.split(' ') ?? []), `${key}=${example.value}`])
    const lines = found.flatMap(group => group.lines)
    t.true(
      lines.some(({ because }) => because.includes(key)),
      lines.map(({ words }) => words).join('\n'),
    )
    // Words are for people: no line begins as an effect does.
    const raw = lines.filter(({ words }) => /^(?:registration|redirect-traffic|envoy|unit|agent) /.test(words))
    t.deepEqual(raw, [])
  })
}
