import assert from 'node:assert/strict'
import fc from 'fast-check'
import { HELM_NOTHING } from '../../annotations/generated/helm-nothing.ts'
import { HELM_PATHS } from '../../annotations/generated/helm-paths.ts'
import { readValues } from '../../src/annotate/values.ts'
import { hasErrors } from '../../src/report/diagnostics.ts'
import { bytes } from '../support/places.ts'
import { injectOptions } from './options.ts'
import { keepsPromises, sound } from './promises.ts'
import { law } from './trial.ts'

type Values = Record<string, unknown>

const PATHS = [...HELM_PATHS, ...HELM_NOTHING.flatMap(({ paths }) => paths)]

/** Values of the right type and of wrong ones, and what is a trap in some language. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    true,
    false,
    '-',
    null,
    '',
    0,
    8080,
    -1,
    1.5,
    1e99,
    'true',
    '500m',
    '64Mi',
    '/stats',
    '$(id)',
  ),
  fc.constantFrom<unknown>(
    'hashicorp/consul:1.22.0-ent',
    'provider=aws tag_key=x',
    'exec=/bin/sh',
    '{"ports": {"http": 1}}',
  ),
  fc.constantFrom<unknown>(
    [],
    ['a', 'b,c'],
    [null, 5],
    {},
    { a: 'b' },
    { __proto__: 1 },
    '__proto__',
    '\u0000',
    '{{ x }}',
  ),
  fc.string({ maxLength: 12 }),
  fc.dictionary(fc.constantFrom('constructor', 'name', 'a.b', 'toString', '$x'), fc.constantFrom('x', 5, null), {
    maxKeys: 2,
  }),
)

/** A name is misspelt now and then. */
const path = fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom('', '', '', '', 'x', '.constructor', '.length'))

function written(entries: readonly (readonly [readonly [string, string], unknown])[], width: number): string {
  const root: Values = {}
  for (const [[path, more], value] of entries) {
    const steps = `${path}${more}`.split('.')
    const last = steps.pop() ?? ''
    let at = root
    for (const step of steps) {
      const inner = Object.hasOwn(at, step) ? at[step] : undefined
      at = at[step] = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? { ...inner } : {}
    }
    at[last] = value
  }
  return JSON.stringify(root, null, width)
}

const valuesFile = fc
  .tuple(
    fc.array(fc.tuple(path, value), { maxLength: 5 }),
    fc.constantFrom(0, 2),
    fc.constantFrom('', '', '# of the chart\n', '---\n'),
  )
  .map(([entries, width, head]) => `${head}${written(entries, width)}\n`)

const DOCUMENT = bytes('#cloud-config\n# consul.hashicorp.com/service-tags: a\npackages: [nginx]\n')

law(
  'every values file is read, or refused in words, and what it says is injected the same twice',
  fc.tuple(valuesFile, injectOptions),
  ([text, options]) => {
    const values = { name: 'values.yaml', text }
    const { diagnostics } = readValues(values)
    sound(diagnostics)
    const fate = keepsPromises(DOCUMENT, { ...options, values })
    if (hasErrors(diagnostics)) assert.equal(fate, 'refused')
    return fate
  },
  ['injected', 0.2],
)
