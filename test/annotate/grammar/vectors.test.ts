import test, { type ExecutionContext } from 'ava'
import { type GrammarSettings, grammars, type SyntaxName } from '../../../src/annotate/grammar/index.ts'
import { metaKey, metaValue } from '../../../src/annotate/grammar/meta.ts'
import type { Parsed } from '../../../src/annotate/grammar/parsed.ts'
import type { Upstream } from '../../../src/annotate/grammar/upstream.ts'
import { upstreamEnvironment } from '../../../src/annotate/grammar/upstream-environment.ts'
import { type VectorCase, vectors } from '../../shared.ts'
import { CONFIG, DECIDED_LATER, DEVIATIONS, type Outcome, OWN_WORDS, SYNTAX } from './deviations.ts'

const PREFIX = 'consul.hashicorp.com/'
const META = 'service-meta-'

const settingsOf = ({ input }: VectorCase): GrammarSettings => ({
  enterprise: true,
  namespaces: input['consul_namespaces_enabled'] === true,
  partitions: input['consul_partitions_enabled'] === true,
})

interface Input {
  readonly syntax: SyntaxName
  readonly value: string
}

/** Every value of a case that has a grammar. */
const inputsOf = ({ input, kind }: VectorCase): readonly Input[] => {
  const validated = input['privileged'] === true ? 'port' : 'unprivileged-port'
  const annotations = Object.entries(input.annotations ?? {}).flatMap(([key, value]) => {
    const syntax = key === input['key'] ? validated : SYNTAX[key.replace(PREFIX, '')]
    return syntax === undefined ? [] : [{ syntax, value: String(value) }]
  })
  const config = Object.entries((input['config'] ?? {}) as Record<string, unknown>).flatMap(([key, value]) => {
    const syntax = CONFIG[key]
    return syntax === undefined ? [] : [{ syntax, value: (value as readonly string[]).join(',') }]
  })
  const plain = typeof input['value'] === 'string' ? input['value'] : undefined
  const port = typeof input['normalize_port'] === 'string' ? input['normalize_port'] : undefined
  return [
    ...annotations,
    ...config,
    ...(plain === undefined ? [] : [{ syntax: kind === 'error' ? 'port' : 'service-ports', value: plain } as const]),
    ...(port === undefined ? [] : [{ syntax: 'port-ranges', value: port } as const]),
  ]
}

const read = (vector: VectorCase, { syntax, value }: Input): Parsed<unknown> =>
  grammars[syntax](value, settingsOf(vector))

const readKey = (vector: VectorCase, key: string): Parsed<unknown> | undefined => {
  const value = vector.input.annotations?.[PREFIX + key]
  const syntax = SYNTAX[key]
  return value === undefined || syntax === undefined ? undefined : read(vector, { syntax, value: String(value) })
}

const outcome = (parsed: Parsed<unknown>): Outcome =>
  parsed.ok ? { meaning: parsed.value } : { refused: parsed.issues.map(({ message }) => message).join('\n') }

/** Compares with what is expected, or with what the table of deviations says the tool gives. */
const agrees = (t: ExecutionContext, vector: VectorCase, given: Parsed<unknown>, expected: Outcome): void => {
  const wanted = DEVIATIONS[vector.id]?.gives ?? expected
  const found = outcome(given)
  if ('refused' in wanted && 'refused' in found) t.true(found.refused.includes(wanted.refused), found.refused)
  else t.deepEqual(found, wanted)
}

const environment = (parsed: Parsed<unknown>): Parsed<unknown> =>
  parsed.ok ? { ok: true, value: upstreamEnvironment(parsed.value as readonly Upstream[]) } : parsed

const upstreamCase = (t: ExecutionContext, vector: VectorCase): void => {
  const parsed = readKey(vector, 'connect-service-upstreams')
  const variables = vector.input['output'] === 'env'
  if (parsed === undefined) t.fail('there is no list of upstreams')
  else if (variables) agrees(t, vector, environment(parsed), { meaning: vector.expected['env'] })
  else agrees(t, vector, parsed, { meaning: vector.expected['upstreams'] })
}

const tagCase = (t: ExecutionContext, vector: VectorCase): void => {
  const parsed = readKey(vector, 'service-tags')
  if (parsed === undefined) t.fail('there are no tags')
  else agrees(t, vector, parsed, { meaning: vector.expected['tags'] })
}

/** The part of an upstream message that does not name the annotation, for a grammar does not know it. */
const keyless = (message: string): string => message.replace(/^\S+ annotation value of .*? (?=is not )/, '')

const errorCase = (t: ExecutionContext, vector: VectorCase): void => {
  const parsed = inputsOf(vector).map(input => read(vector, input))
  const refused = parsed.find(({ ok }) => !ok)
  const { error } = vector.expected as { readonly error: string }
  const good = parsed.flatMap(one => (one.ok ? [one.value] : []))
  if (DECIDED_LATER[vector.id] !== undefined) t.is(refused, undefined)
  else agrees(t, vector, refused ?? { ok: true, value: good }, { refused: OWN_WORDS.test(error) ? '' : keyless(error) })
}

/** Cases of kinds `ports` and `meta` by what they expect, where a grammar alone gives it. */
const DIRECT: Readonly<Record<string, (vector: VectorCase) => unknown>> = {
  service_name: vector => first(readKey(vector, 'connect-service')),
  port: vector => first(inputsOf(vector).map(input => read(vector, input))[0]),
  service_metrics_port: vector =>
    String(first(readKey(vector, 'service-metrics-port') ?? readKey(vector, 'connect-service-port'))),
  graceful_port: vector => first(readKey(vector, 'sidecar-proxy-lifecycle-graceful-port')),
  user_meta: vector => userMeta(vector),
}

const first = (parsed: Parsed<unknown> | undefined): unknown => {
  if (parsed?.ok !== true) return parsed
  return Array.isArray(parsed.value) ? (parsed.value as readonly unknown[])[0] : parsed.value
}

const userMeta = ({ input }: VectorCase): unknown =>
  Object.fromEntries(
    Object.entries(input.annotations ?? {}).flatMap(([key, value]) => {
      const short = key.replace(PREFIX, '')
      const name = metaKey(short.slice(META.length))
      const meaning = metaValue(String(value))
      return short.startsWith(META) && name.ok && meaning.ok ? [[name.value, meaning.value]] : []
    }),
  )

/** Whether what the case expects comes from the values in its annotations, and not from defaults or from the guest. */
const isDirect = ({ input, expected }: VectorCase, field: string): boolean => {
  const values = [input['value'], ...Object.values(input.annotations ?? {})].filter(value => value !== undefined)
  return expected[field] !== undefined && values.length > 0 && !values.includes('$POD_NAME')
}

const directCase = (vector: VectorCase): readonly string[] =>
  Object.keys(DIRECT).filter(field => isDirect(vector, field))

const title = ({ id, source }: VectorCase): string => `${id}: ${source.split(':').slice(1).join(':')}`

const all = vectors ?? []

if (vectors === undefined)
  test.skip('the cases of consul-k8s are read as upstream reads them (the vectors are not present)', () => {})

for (const vector of all) {
  const reason = DEVIATIONS[vector.id]?.reason ?? DECIDED_LATER[vector.id]
  const name = `${title(vector)}${reason === undefined ? '' : ` (otherwise here: ${reason})`}`
  if (vector.kind === 'upstreams') test(name, upstreamCase, vector)
  else if (vector.kind === 'tags') test(name, tagCase, vector)
  else if (vector.kind === 'error' && inputsOf(vector).length > 0) test(name, errorCase, vector)
  else if (vector.kind === 'ports' || vector.kind === 'meta') {
    for (const field of directCase(vector)) {
      test(`${name}, ${field}`, t => {
        t.deepEqual(DIRECT[field]?.(vector), vector.expected[field])
      })
    }
    const { proxy } = vector.expected as { readonly proxy?: { readonly config?: unknown } }
    const parsed = readKey(vector, 'proxy-config-map')
    if (parsed !== undefined)
      test(`${name}, proxy.config`, t => {
        const plain = parsed.ok ? { ...parsed, value: JSON.parse(JSON.stringify(parsed.value)) } : parsed
        agrees(t, vector, plain, { meaning: proxy?.config })
      })
  }
}

if (vectors !== undefined) {
  test('every deviation is of a case that there is', t => {
    const ids = new Set(all.map(({ id }) => id))
    const named = [...Object.keys(DEVIATIONS), ...Object.keys(DECIDED_LATER)]
    t.deepEqual(
      named.filter(id => !ids.has(id)),
      [],
    )
  })
}
