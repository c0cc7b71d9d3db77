import test from 'ava'
import fc from 'fast-check'
import { isOurKey } from '../../src/annotate/annotation.ts'
import { readKeys } from '../../src/annotate/cloud-config-keys.ts'
import { cutsCleanly } from '../../src/annotate/cut-lines.ts'
import { readYaml } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import type { YamlMapping } from '../../src/decode/yaml-node.ts'
import { documentIn } from '../support/documents.ts'
import { cloudConfig } from '../support/user-data.ts'

const data = (text: string): Readonly<Record<string, unknown>> => {
  const yaml = readYaml(text)
  return yaml.ok ? ((toData(yaml.root) ?? {}) as Readonly<Record<string, unknown>>) : { broken: yaml.message }
}

const carries = (key: string, value: unknown): boolean =>
  isOurKey(key) || (['annotations', 'metadata'].includes(key) && JSON.stringify(value).includes('consul.hashicorp.com'))

test('with the cut lines as comments a document says all the rest, and nothing of the annotations', t => {
  fc.assert(
    fc.property(cloudConfig, content => {
      const { cuts, diagnostics } = readKeys(documentIn(content))
      t.deepEqual(diagnostics, [])
      const commented = cuts
        .toSorted((a, b) => b - a)
        .reduce((text, at) => `${text.slice(0, at)}# ${text.slice(at)}`, content)
      const rest = Object.entries(data(content)).filter(([key, value]) => !carries(key, value))
      t.deepEqual(data(commented), Object.fromEntries(rest))
    }),
  )
})

test('every annotation of a generated document is found', t => {
  fc.assert(
    fc.property(cloudConfig, content => {
      const given = content.match(/consul\.hashicorp\.com\/[a-z-]+/g) ?? []
      const found = readKeys(documentIn(content)).annotations.map(({ key }) => key)
      t.deepEqual(found.toSorted(), given.toSorted())
    }),
  )
})

const proof = test.macro<[text: string, offsets: readonly number[], clean: boolean]>({
  exec(t, text, offsets, clean) {
    const yaml = readYaml(text)
    if (!yaml.ok || yaml.root?.kind !== 'mapping') throw new Error('no mapping')
    const root: YamlMapping = yaml.root
    t.is(cutsCleanly(text, root, root.entries.slice(0, 1), offsets), clean)
  },
  title: (_, text, offsets, clean) =>
    `comments at ${offsets.join(', ')} of ${JSON.stringify(text)} ${clean ? 'take' : 'do not take'} the first entry out`,
})

test(proof, 'a: 1\nb: 2\n', [0], true)
test(proof, 'a: 1\nb: 2\n', [0, 5], false)
test(proof, 'a: 1\nb: 2\n', [5], false)
test(proof, 'a:\n  x: 1\nb: 2\n', [0], false)
test(proof, 'a:\n  x: 1\nb: 2\n', [3, 0], true)
test(proof, 'a: 1\n', [0], true)
test(proof, 'a: 1\n', [], false)
