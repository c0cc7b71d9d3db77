import test from 'ava'
import fc from 'fast-check'
import { githubRenderer } from '../../src/report/github.ts'
import { type Source, spanOf } from '../../src/report/source.ts'
import { visible } from '../../src/report/visible.ts'

const FILES = { here: '/repo', root: '/repo', beside: new Set<string>() }
const source = (text: string, name = 'web'): Source => ({ name, text })
const shown = (from: number, to: number, text = 'one\ntwo\nthree\n'): string =>
  githubRenderer(FILES).one({
    severity: 'error',
    code: 'E301',
    message: 'm',
    span: spanOf(source(text), from, to),
    document: 'web',
  })

/** What the runner makes of a command. */
function parsed(line: string): { readonly properties: Readonly<Record<string, string>>; readonly message: string } {
  const [, given = '', message = ''] = /^::\w+(?: (.*?))?::(.*)\n$/.exec(line) ?? []
  const data = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
  const property = (text: string): string => data(text.replaceAll('%3A', ':').replaceAll('%2C', ','))
  const pairs = given === '' ? [] : given.split(',').map(pair => pair.split(/=(.*)/s))
  return {
    properties: Object.fromEntries(pairs.map(([name, value = '']) => [name, property(value)])),
    message: data(message),
  }
}

test('columns are given for a place on one line only', t => {
  t.is(shown(4, 7), '::error file=web,line=2,endLine=2,col=1,endColumn=4,title=E301::m\n')
  t.is(shown(4, 10), '::error file=web,line=2,endLine=3,title=E301::m\n')
})

test('a note is a notice', t => {
  t.is(githubRenderer(FILES).one({ severity: 'note', code: 'N101', message: 'left' }), '::notice title=N101::left\n')
})

test('the second place and the remedy are lines of the message', t => {
  const text = source('a\nb\n')
  const related = { message: 'the other is here', span: spanOf(text, 0, 1) }
  const one = { severity: 'error', code: 'E202', message: 'twice', hint: 'keep one', related } as const
  t.is(
    parsed(githubRenderer(FILES).one({ ...one, span: spanOf(text, 2, 3), document: 'web' })).message,
    'twice\nthe other is here: web:1:1\nhelp: keep one',
  )
})

test('whatever file and message hold, the runner reads one command and gets them back', t => {
  const any = fc.string({ unit: fc.constantFrom('a', '%', '%0A', ':', '::', ',', '=', '\r', '\n', '\u001b', 'é', ' ') })
  const name = any.map(text => `x${text}`)
  fc.assert(
    fc.property(name, any, any, (document, message, hint) => {
      const line = githubRenderer(FILES).one({ severity: 'error', code: 'E301', message, hint, document })
      t.is(line.indexOf('\n'), line.length - 1)
      const { properties, message: got } = parsed(line)
      t.is(properties['file'], visible(document))
      t.is(properties['title'], 'E301')
      t.is(got, `${visible(message)}\nhelp: ${visible(hint)}`)
    }),
  )
})
