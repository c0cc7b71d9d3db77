import fc from 'fast-check'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'

type Style = 'flow' | 'block' | 'dense'

/** YAML before it is written down. */
type Tree =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Tree[]; readonly style: Style; readonly note: string }
  | {
      readonly kind: 'map'
      readonly entries: readonly (readonly [string, Tree])[]
      readonly style: Style
      readonly note: string
    }

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/)

/** Scalars in every style, and what YAML 1.1 takes for something else than text. */
const SCALARS = [
  ...['yes', '0755', '1_000', '22:22', '~', '', '2020-01-01', '.inf', '"a: b # c"', "'it''s'", '"\\u00e9\\n\\\n  x"'],
  ...[
    '|\n  one\n\n    two',
    '>-\n  folded\n  text',
    '|+\n  kept\n\n',
    '|2\n    deep',
    'plain\n  over lines',
    '!!str 5',
  ],
  ...['!!binary "aGk="', '&a anchored', '*a', '😀 é', 'a # why', '"tab\there"', '{{ v1.region }}', '!!set {x}'],
]
const scalar = fc.oneof(word, fc.constantFrom(...SCALARS)).map((text): Tree => ({ kind: 'scalar', text }))

const style = fc.constantFrom<Style>('block', 'block', 'dense', 'flow')
const note = fc.constantFrom('', '', '', ' # why', ' &b')

const { tree, list } = fc.letrec<{ tree: Tree; list: Tree; map: Tree }>(tie => ({
  tree: fc.oneof({ maxDepth: 3, depthSize: 'small' }, { weight: 4, arbitrary: scalar }, tie('list'), tie('map')),
  list: fc.record({ kind: fc.constant('list'), items: fc.array(tie('tree'), { maxLength: 3 }), style, note }),
  map: fc.record({
    kind: fc.constant('map'),
    entries: fc.uniqueArray(fc.tuple(word, tie('tree')), { minLength: 1, maxLength: 3, selector: ([key]) => key }),
    style,
    note,
  }),
}))

const inOneLine = (tree: Tree): string => {
  if (tree.kind === 'list') return `[${tree.items.map(inOneLine).join(', ')}]`
  if (tree.kind === 'map') return `{${tree.entries.map(([key, value]) => `${key}: ${inOneLine(value)}`).join(', ')}}`
  return /^[a-z0-9:"-]*$/.test(tree.text) ? tree.text : JSON.stringify(tree.text)
}

/** What stands behind a key or a dash at a column. */
function behind(tree: Tree, column: number): string {
  const pad = ' '.repeat(column)
  if (tree.kind === 'scalar') return ` ${tree.text.replaceAll(/\n(?=.)/g, `\n${pad}`)}`
  if (tree.style === 'flow') return ` ${inOneLine(tree)}${tree.note.replace('&b', '')}`
  if (tree.kind === 'map')
    return `${tree.note}${tree.entries.map(([key, value]) => `\n${pad}  ${key}:${behind(value, column + 2)}`).join('')}`
  if (tree.items.length === 0) return ' []'
  const by = tree.style === 'dense' && column > 0 ? 0 : 2
  return `${tree.note}${tree.items.map(item => `\n${pad}${' '.repeat(by)}-${behind(item, column + by)}`).join('')}`
}

const KEYS = ['packages', 'users', 'bootcmd', 'hostname', 'write_files', 'x-own', '"quoted"', 'ntp', '<<', '? odd\n']

/** Commands as cloud-init runs them. */
const commands = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('[ls, -l]')), { minLength: 1, maxLength: 3 }), style)
  .map(([all, style]): Tree => ({ kind: 'list', items: all.map(text => ({ kind: 'scalar', text })), style, note: '' }))
const files = fc.array(word, { minLength: 1, maxLength: 2 }).map(
  (names): Tree => ({
    kind: 'list',
    items: names.map(name => ({ kind: 'scalar', text: `{path: /${name}, content: x}` })),
    style: 'block',
    note: '',
  }),
)

const entry = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...KEYS), tree) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('runcmd'), fc.oneof(commands, commands, list)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('write_files'), files) },
)

/** Annotations of the model as keys, each with its example or with anything. */
const annotations = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom(...ANNOTATIONS.filter(({ verdict }) => verdict === 'applies' || verdict === 'maps')),
      fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, tree),
    )
    .map(([{ key, prefix, example }, value]) => {
      const text = JSON.stringify(example)
      return [prefix ? `${key}team` : key, value ?? ({ kind: 'scalar', text } as const)] as const
    }),
  { maxLength: 2, selector: ([key]) => key },
)

const placed = fc.tuple(annotations, fc.constantFrom('', '', '', 'annotations', 'metadata')).map(([entries, where]) => {
  if (entries.length === 0 || where === '') return entries
  const inner: Tree = { kind: 'map', entries, style: 'block', note: '' }
  if (where === 'annotations') return [['annotations', inner] as const]
  return [['metadata', { kind: 'map', entries: [['annotations', inner]], style: 'block', note: '' }] as const]
})

/** A cloud-config of any YAML, most of it such as cloud-init takes, annotated here and there. */
export const anyConfig: fc.Arbitrary<string> = fc
  .record({
    entries: fc.uniqueArray(entry, { maxLength: 4, selector: ([key]) => key }),
    placed,
    gap: fc.constantFrom('', '\n', '# a comment\n'),
    head: fc.constantFrom('', '', '', '---\n', '%YAML 1.1\n---\n', '# é\n'),
    end: fc.constantFrom('', '\n', '\n', '\n\n', '\n...\n', '\n# the end', '\n---\n'),
    crlf: fc.constantFrom(false, false, false, true),
  })
  .map(({ entries, placed, gap, head, end, crlf }) => {
    const lines = [...entries, ...placed].map(([key, value]) => `${key}:${behind(value, 0)}`)
    const text = `#cloud-config\n${head}${lines.join(`\n${gap}`)}${end}`
    return crlf ? text.replaceAll('\n', '\r\n') : text
  })
