import test from 'ava'
import { applyPatch } from 'diff'
import fc from 'fast-check'
import { hunksOf } from '../../src/preview/diff.ts'
import { changesText } from '../../src/preview/diff-text.ts'
import { masked } from '../../src/preview/mask/mask.ts'
import { painter } from '../../src/report/paint.ts'

const readable = (raw: string) => ({ raw, shown: masked(raw) })
const lines = (before: string, after: string): readonly string[] =>
  hunksOf(readable(before), readable(after)).flatMap(hunk => hunk.lines)

test('texts that are the same have no hunks', t => {
  t.deepEqual(lines('a\n', 'a\n'), [])
  t.deepEqual(lines('', ''), [])
})

test('a change is shown with the lines around it', t => {
  t.deepEqual(lines('1\n2\n3\n4\n5\n6\n7\n8\n9\n', '1\n2\n3\n4\nfive\n6\n7\n8\n9\n'), [
    ' 2',
    ' 3',
    ' 4',
    '-5',
    '+five',
    ' 6',
    ' 7',
    ' 8',
  ])
})

test('a missing last line feed is said', t => {
  t.deepEqual(lines('a', 'b\n'), ['-a', '\\ No newline at end of file', '+b'])
})

test('a change inside a secret is a line that changed and tells nothing else', t => {
  t.deepEqual(lines('a: 1\npassword: x\n', 'a: 1\npassword: yyyy\n'), [
    ' a: 1',
    '-password: ********',
    '+password: ********',
  ])
})

test('a secret that is one on one side only is masked where it stands unchanged', t => {
  t.deepEqual(lines('password:\n  x: hunter2\n', 'a:\n  x: hunter2\n'), ['-password:', '+a:', '   ********'])
  t.deepEqual(lines('a:\n  x: hunter2\n', 'password:\n  x: hunter2\n'), ['-a:', '+password:', '   ********'])
})

test('texts that differ too much are shown as one gone and one new', t => {
  const [before, after] = ['a', 'b'].map(word => Array.from({ length: 2500 }, (_, n) => `${word}${n}\n`).join('')) as [
    string,
    string,
  ]
  const [hunk, ...more] = hunksOf(readable(before), readable(after))
  t.deepEqual(more, [])
  t.deepEqual([hunk?.oldStart, hunk?.oldLines, hunk?.newStart, hunk?.newLines], [1, 2500, 1, 2500])
  t.is(hunk?.lines.length, 5000)
})

test('the text of a diff is one that a patch program applies', t => {
  const line = fc.constantFrom('a', 'b', '+x', '-y', '', '--- c', '@@ -1 +1 @@', '\\ d', 'e f')
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
    .map(([all, end]) => all.join('\n') + (end ? '\n' : ''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const hunks = hunksOf({ raw: before, shown: before }, { raw: after, shown: after })
      const patch = changesText([{ before: 'a', after: 'b', hunks }], painter(false))
      t.is(hunks.length === 0 ? before : applyPatch(before, patch), after)
    }),
  )
})

test('each line has the colour of its kind, whatever it says', t => {
  const [before, after] = [readable('--- a\nb\n'), readable('+++ c\nb\n')]
  const changes = [
    { path: '/a', before: 'a', after: 'b', oldMode: '0644', newMode: '0755', hunks: hunksOf(before, after) },
  ]
  t.is(
    changesText(changes, (style, words) => `<${style} ${words}>`),
    '<bold old mode 0644>\n<bold new mode 0755>\n<bold --- a>\n<bold +++ b>\n<hunk @@ -1,2 +1,2 @@>\n' +
      '<removed ---- a>\n<added ++++ c>\n b\n',
  )
})

test('what a terminal would obey is made visible, tabs are kept', t => {
  const hunks = hunksOf(readable(''), readable('\u001b[2J\ta\u202e\n'))
  t.is(
    changesText([{ after: 'x\u0007', hunks }], painter(false)),
    '--- /dev/null\n+++ x␇\n@@ -0,0 +1 @@\n+␛[2J\ta\ufffd\n',
  )
})
