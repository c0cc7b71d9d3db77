import test from 'ava'
import fc from 'fast-check'
import { communityEdition, type GrammarSettings } from '../../../src/annotate/grammar/settings.ts'
import type { Upstream } from '../../../src/annotate/grammar/upstream.ts'
import { upstreams } from '../../../src/annotate/grammar/upstreams.ts'
import { meaningOf } from './table.ts'

const enterprise: GrammarSettings = { enterprise: true, namespaces: false, partitions: false }
const scoped: GrammarSettings = { enterprise: true, namespaces: true, partitions: true }

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
const spaces = fc.constantFrom('', ' ', '\n  ', '\t')
const draft = fc.record(
  {
    destination_namespace: name,
    datacenter: name,
    destination_peer: name,
    destination_partition: name,
    destination_port: name,
    local_bind_address: fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter(text => !text.includes('.')),
    ),
    mode: fc.constantFrom('none', 'local', 'remote'),
  },
  { requiredKeys: ['destination_namespace'] },
)

type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never

/** The upstream that a draft stands for, and its spelling with labels and options. */
const spelled = (item: Draft, index: number): readonly [upstream: Upstream, text: string] => {
  const { destination_namespace, destination_peer, datacenter, destination_port, local_bind_address, mode } = item
  const destination_partition =
    destination_peer === undefined && datacenter === undefined ? item.destination_partition : undefined
  const far = destination_peer === undefined ? datacenter : undefined
  const upstream: Upstream = {
    destination_type: 'service',
    destination_name: `svc-${index}`,
    local_bind_port: 1000 + index,
    destination_namespace,
    ...(destination_partition !== undefined && { destination_partition }),
    ...(destination_peer !== undefined && { destination_peer }),
    ...(far !== undefined && { datacenter: far }),
    ...(destination_port !== undefined && { destination_port }),
    ...(local_bind_address !== undefined && { local_bind_address }),
    ...(mode !== undefined && { mesh_gateway: { mode: mode as 'none' } }),
  }
  const label = [
    ...(destination_partition === undefined ? [] : [`${destination_partition}.ap`]),
    ...(destination_peer === undefined ? [] : [`${destination_peer}.peer`]),
  ]
  const options = [
    ...(far === undefined ? [] : [`dc=${far}`]),
    ...(destination_port === undefined ? [] : [`port=${destination_port}`]),
    ...(local_bind_address === undefined ? [] : [`local_bind_address=${local_bind_address}`]),
    ...(mode === undefined ? [] : [`mesh_gateway_mode=${mode}`]),
  ]
  const address = [`svc-${index}.svc.${destination_namespace}.ns`, ...label].join('.')
  return [upstream, `${address}:${1000 + index}:${options.join('&')}`]
}

test('any list of valid upstreams is read back, whatever surrounds its items', t => {
  fc.assert(
    fc.property(fc.array(draft, { minLength: 1, maxLength: 6 }), spaces, (drafts, space) => {
      const pairs = drafts.map(spelled)
      const value = pairs.map(([, text]) => `${space}${text}${space}`).join(',')
      t.deepEqual(
        meaningOf(upstreams(value, scoped)),
        pairs.map(([upstream]) => upstream),
      )
    }),
  )
})

test('no text makes the reading fail otherwise than by complaints within the text', t => {
  const unit = fc.constantFrom(
    'a',
    '.',
    ':',
    ',',
    '?',
    '&',
    ';',
    '=',
    '%',
    ' ',
    '1',
    '.svc',
    '.ns',
    '.peer',
    'prepared_query',
    '\n',
  )
  fc.assert(
    fc.property(
      fc.array(unit).map(parts => parts.join('')),
      fc.constantFrom(communityEdition, enterprise, scoped),
      (value, settings) => {
        const parsed = upstreams(value, settings)
        const issues = parsed.ok ? (parsed.warnings ?? []) : parsed.issues
        return issues.every(({ start = 0, end = 0 }) => 0 <= start && start <= end && end <= value.length)
      },
    ),
    { numRuns: 1000 },
  )
  t.pass()
})
