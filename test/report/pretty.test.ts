import test from 'ava'
import fc from 'fast-check'
import { type Diagnostic, diagnostic } from '../../src/report/diagnostics.ts'
import { pretty } from '../../src/report/pretty.ts'
import { type Source, spanOf } from '../../src/report/source.ts'
import { columnsOf } from '../../src/report/visible.ts'

const source = (text: string, name = 'web.yaml'): Source => ({ name, text })
const at = (text: string, start: number, end: number, hint?: string): Diagnostic =>
  diagnostic('E301', 'wrong', { span: spanOf(source(text), start, end), hint })

test('a remedy is wrapped at 100 columns, further lines under its first word', t => {
  const hint = 'word '.repeat(40).trim()
  const lines = pretty([at('bad', 0, 3, hint)], false)
    .split('\n')
    .slice(5, -1)
  t.is(lines.length, 3)
  t.true(lines.every(line => line.length <= 100))
  t.is(lines[0]?.indexOf('word'), 10)
  t.true(lines.slice(1).every(line => line.startsWith(`${' '.repeat(10)}word`)))
  t.is(lines.join(' ').match(/word/g)?.length, 40)
})

test('a complaint without a place is its headline and its remedy', t => {
  t.is(
    pretty([diagnostic('E303', 'it is missing', { hint: 'add it' })], false),
    'error[E303]: it is missing\n  = help: add it\n',
  )
})

test('the second place is shown under the first, before the remedy', t => {
  const text = source('k: one\nl: 1\nm: 1\nk: two\n')
  const related = { message: 'the other value is here', span: spanOf(text, 3, 6) }
  const entry = diagnostic('E202', 'k is given twice', { span: spanOf(text, 20, 23), hint: 'keep one', related })
  t.is(
    pretty([entry], false),
    `error[E202]: k is given twice
 --> web.yaml:4:4
  |
2 | l: 1
3 | m: 1
4 | k: two
  |    ^^^
note: the other value is here
 --> web.yaml:1:4
  |
1 | k: one
  |    ^^^
  = help: keep one
`,
  )
})

const headlines = (text: string): readonly string[] =>
  text.split('\n').filter(line => /^(?:error|warning|note)\[/.test(line))

test('errors come before warnings before notes, each source by source and there by place', t => {
  const [one, two] = [source('12345', 'one'), source('12345', 'two')]
  const entries = [
    diagnostic('N102', 'note'),
    diagnostic('W303', 'warning in one at 4', { span: spanOf(one, 4, 5) }),
    diagnostic('E301', 'two at 1', { span: spanOf(two, 1, 2) }),
    diagnostic('E301', 'one at 3', { span: spanOf(one, 3, 4) }),
    diagnostic('E301', 'two at 0', { span: spanOf(two, 0, 1) }),
    diagnostic('E301', 'one at 2', { span: spanOf(one, 2, 3) }),
    diagnostic('E303', 'without a place'),
  ]
  t.deepEqual(headlines(pretty(entries, false)), [
    'error[E303]: without a place',
    'error[E301]: one at 2',
    'error[E301]: one at 3',
    'error[E301]: two at 0',
    'error[E301]: two at 1',
    'warning[W303]: warning in one at 4',
    'note[N102]: note',
  ])
})

test('complaints about the same place keep their order', t => {
  const text = source('12345')
  const entries = ['first', 'second', 'third'].map(message => diagnostic('E301', message, { span: spanOf(text, 1, 2) }))
  t.deepEqual(
    headlines(pretty(entries, false)),
    ['first', 'second', 'third'].map(message => `error[E301]: ${message}`),
  )
})

test('several complaints are counted, one is not, notes never', t => {
  const [error, warning, note] = [diagnostic('E303', 'e'), diagnostic('W303', 'w'), diagnostic('N102', 'n')]
  t.regex(pretty([error, warning, error], false), /\n\n2 errors, 1 warning\n$/)
  t.notRegex(pretty([error], false), /1 error/)
  t.notRegex(pretty([note, note], false), /notes?\n$/)
  t.is(pretty([], false), '')
})

test('a secret that is complained about is not shown, not even above another complaint', t => {
  const text = source('token: hunter2\nkey: |\n  hunter2\n  hunter2\n"quoted": "hunter2"\nport: x\n')
  const place = (part: string): { span: ReturnType<typeof spanOf> } => {
    const start = text.text.indexOf(part)
    return { span: spanOf(text, start, start + part.length) }
  }
  const shown = pretty(
    [
      diagnostic('E205', 'a secret', place('token')),
      diagnostic('E205', 'a secret', place('key')),
      diagnostic('E205', 'a secret', place('quoted')),
      diagnostic('E301', 'wrong', place('x')),
    ],
    false,
  )
  t.notRegex(shown, /hunter/)
  t.regex(shown, /\| "quoted": "\*{7}"\n/)
  t.regex(shown, /6 \| port: x\n/)
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('a', '\t', '\r', '\n', '\u001b', '\u009b', '\u202e', '日', '😀', '\ud800', 'e\u0301', ' '),
    maxLength: 300,
  }),
)
const anything = fc.record({
  text: anyText,
  name: anyText,
  message: anyText,
  hint: anyText,
  start: fc.nat(310),
  length: fc.nat(200),
})

const told = ({
  text,
  name,
  message,
  hint,
  start,
  length,
}: {
  text: string
  name: string
  message: string
  hint: string
  start: number
  length: number
}): Diagnostic => diagnostic('E301', message, { hint, span: spanOf(source(text, name), start, start + length) })

test('whatever the input holds, no control character reaches the terminal', t => {
  fc.assert(
    fc.property(anything, one => {
      const shown = pretty([told(one)], false)
      t.notRegex(shown.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    }),
  )
  t.pass()
})

test('whatever the input holds, no line of an excerpt is wider than the window', t => {
  const width = (line: string): number => [...line].reduce((sum, character) => sum + columnsOf(character), 0)
  fc.assert(
    fc.property(anything, one => {
      const lines = pretty([told({ ...one, message: '', hint: '' })], false).split('\n')
      for (const line of lines.filter(text => /^ *\d* \|/.test(text))) t.true(width(line) <= 130, line)
    }),
  )
  t.pass()
})

test('colours add nothing but colours', t => {
  fc.assert(
    fc.property(anything, one => {
      const coloured = pretty([told(one), diagnostic('W303', 'more')], true)
      t.is(coloured.replace(/\u001b\[[0-9;]*m/g, ''), pretty([told(one), diagnostic('W303', 'more')], false))
    }),
  )
  t.pass()
})
