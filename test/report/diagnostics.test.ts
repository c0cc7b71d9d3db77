import test from 'ava'
import {
  CATALOGUE,
  type Code,
  diagnostic,
  hasErrors,
  inOrder,
  type Severity,
  toRecord,
  warningsAsErrors,
} from '../../src/report/diagnostics.ts'
import { spanOf } from '../../src/report/source.ts'
import { codes, sourceOf } from '../support/places.ts'

const web = sourceOf('one\ntwo 😀 three\n')
const values = sourceOf('a\nb\n', 'values.yaml')

const LETTERS: Readonly<Record<string, Severity>> = { E: 'error', W: 'warning', N: 'note' }

test('the letter of a code is its severity, and every code says what it stands for', t => {
  for (const [code, [severity, meaning]] of Object.entries(CATALOGUE)) {
    t.is(LETTERS[code.slice(0, 1)], severity, code)
    t.regex(code, /^[EWN][1-9][0-9]{2}$/)
    t.regex(meaning, /^(?:[a-z]|ACLs|TLS).*[^.]$/)
  }
})

test('what is not known about a diagnostic is left out of it', t => {
  t.deepEqual(diagnostic('E201', 'unknown'), { code: 'E201', severity: 'error', message: 'unknown' })
  t.deepEqual(diagnostic('W101', 'odd', { hint: undefined, span: undefined, related: undefined }), {
    code: 'W101',
    severity: 'warning',
    message: 'odd',
  })
})

test('only an error is an error, until strict makes every warning one and leaves notes alone', t => {
  const mild = [diagnostic('W101', 'odd'), diagnostic('N101', 'left')]
  t.false(hasErrors(mild))
  t.true(hasErrors([...mild, diagnostic('E201', 'unknown')]))
  t.deepEqual(
    warningsAsErrors(mild).map(({ severity }) => severity),
    ['error', 'note'],
  )
  t.deepEqual(codes(warningsAsErrors(mild)), ['W101', 'N101'])
})

const at = (code: Code, source: typeof web, start: number): ReturnType<typeof diagnostic> =>
  diagnostic(code, `${source.name} ${start}`, { span: spanOf(source, start, start + 1) })

test('errors come first, then warnings, then notes; within them source by source, and place by place', t => {
  const given = [
    diagnostic('N101', 'no place'),
    at('W101', web, 4),
    at('E202', web, 4),
    at('E206', values, 2),
    at('E201', web, 0),
    diagnostic('E303', 'missing'),
    at('E203', values, 0),
  ]
  t.deepEqual(codes(inOrder(given)), ['E303', 'E201', 'E202', 'E203', 'E206', 'W101', 'N101'])
})

test('diagnostics of one place keep their order', t => {
  t.deepEqual(codes(inOrder([at('E301', web, 1), at('E203', web, 1)])), ['E301', 'E203'])
})

test('a record counts lines and columns from one, in characters', t => {
  const span = spanOf(web, 4 + 'two 😀 '.length, 4 + 'two 😀 three'.length)
  t.deepEqual(toRecord(diagnostic('E301', 'wrong', { span, hint: 'right it' })), {
    code: 'E301',
    severity: 'error',
    message: 'wrong',
    hint: 'right it',
    file: 'web.yaml',
    line: 2,
    column: 7,
    endLine: 2,
    endColumn: 12,
  })
})

test('a record of a diagnostic without a place has none', t => {
  t.deepEqual(toRecord(diagnostic('E303', 'missing')), { code: 'E303', severity: 'error', message: 'missing' })
})
