import test from 'ava'
import { diagnostic } from '../../src/report/diagnostics.ts'
import { pretty } from '../../src/report/pretty.ts'
import { spanOf } from '../../src/report/source.ts'

/** The excerpt of a complaint about a part of a text: the lines after the headline. */
const excerpt = test.macro<[text: string, part: string | readonly [number, number], lines: readonly string[]]>({
  exec(t, text, part, lines) {
    const [start, end] = typeof part === 'string' ? [text.indexOf(part), text.indexOf(part) + part.length] : part
    const span = spanOf({ name: 'web.yaml', text }, start, end)
    t.is(
      pretty([diagnostic('E301', 'wrong', { span })], false),
      `error[E301]: wrong\n${lines.map(line => `${line}\n`).join('')}`,
    )
  },
  title: (title = '') => title,
})

test(
  'the part of the line is marked, two lines above it are shown',
  excerpt,
  'a: 1\nb: 2\nc: 3\nd: bad\ne: 5\n',
  'bad',
  [' --> web.yaml:4:4', '  |', '2 | b: 2', '3 | c: 3', '4 | d: bad', '  |    ^^^'],
)
test('the gutter is as wide as the last number', excerpt, `${'x\n'.repeat(9)}bad\n`, 'bad', [
  '  --> web.yaml:10:1',
  '   |',
  ' 8 | x',
  ' 9 | x',
  '10 | bad',
  '   | ^^^',
])
test('a tab is four blanks wide', excerpt, '\tk:\tbad\n', 'bad', [
  ' --> web.yaml:1:5',
  '  |',
  '1 |     k:    bad',
  '  |           ^^^',
])
test('a wide character has two carets', excerpt, 'k: 日本 = 語\n', '日本', [
  ' --> web.yaml:1:4',
  '  |',
  '1 | k: 日本 = 語',
  '  |    ^^^^',
])
test('what follows wide characters is marked where it stands', excerpt, '日本語😀: x\n', 'x', [
  ' --> web.yaml:1:7',
  '  |',
  '1 | 日本語😀: x',
  '  |           ^',
])
test('combining marks take no room', excerpt, 'e\u0301e\u0301: x\n', 'x', [
  ' --> web.yaml:1:7',
  '  |',
  '1 | e\u0301e\u0301: x',
  '  |     ^',
])
test('line ends of Windows are not shown', excerpt, 'a: 1\r\nb: bad\r\nc: 2\r\n', 'bad', [
  ' --> web.yaml:2:4',
  '  |',
  '1 | a: 1',
  '2 | b: bad',
  '  |    ^^^',
])
test('a span that takes in a line end of Windows stops at the text', excerpt, 'b: bad\r\nc: 2\r\n', 'bad\r\n', [
  ' --> web.yaml:1:4',
  '  |',
  '1 | b: bad',
  '  |    ^^^',
])
test('control characters are shown as pictures', excerpt, 'k: \u001b[2J\u0007\u0000 bad\n', 'bad', [
  ' --> web.yaml:1:11',
  '  |',
  '1 | k: ␛[2J␇␀ bad',
  '  |           ^^^',
])
test('what reverses or hides text is shown as replaced', excerpt, 'k: \u202ebad\u200b\u009b\u2028x\n', 'bad', [
  ' --> web.yaml:1:5',
  '  |',
  '1 | k: \ufffdbad\ufffd\ufffd\ufffdx',
  '  |     ^^^',
])
test(
  'a span in the middle of a long line is shown with what is around it',
  excerpt,
  `${'a'.repeat(200)}bad${'b'.repeat(200)}`,
  'bad',
  [' --> web.yaml:1:201', '  |', `1 | …${'a'.repeat(40)}bad${'b'.repeat(77)}…`, `  | ${' '.repeat(41)}^^^`],
)
test('a long line is cut at its end when the fault is at its start', excerpt, `bad${'b'.repeat(200)}`, 'bad', [
  ' --> web.yaml:1:1',
  '  |',
  `1 | bad${'b'.repeat(117)}…`,
  '  | ^^^',
])
test('a long line is cut at its start when the fault is at its end', excerpt, `${'a'.repeat(200)}bad`, 'bad', [
  ' --> web.yaml:1:201',
  '  |',
  `1 | …${'a'.repeat(117)}bad`,
  `  | ${' '.repeat(118)}^^^`,
])
test(
  'a span longer than the window ends with it',
  excerpt,
  'x'.repeat(300),
  [0, 300],
  [' --> web.yaml:1:1', '  |', `1 | ${'x'.repeat(120)}…`, `  | ${'^'.repeat(120)}`],
)
test(
  'a span of a few lines is marked line by line, without the indentation',
  excerpt,
  'k: |\n  one\n\n  two\nm: 1\n',
  '  one\n\n  two\n',
  [' --> web.yaml:2:1', '  |', '1 | k: |', '2 |   one', '  |   ^^^', '3 |', '4 |   two', '  |   ^^^'],
)
test(
  'a span of many lines is shown by its first and its last',
  excerpt,
  'a:\n- 1\n- 2\n- 3\n- 4\nb: 1\n',
  'a:\n- 1\n- 2\n- 3\n- 4',
  [' --> web.yaml:1:1', '  |', '1 | a:', '  | ^^', '...', '5 | - 4', '  | ^^^'],
)
test(
  'the end of a text without newline has its caret behind the text',
  excerpt,
  'a: 1\nb:',
  [7, 7],
  [' --> web.yaml:2:3', '  |', '1 | a: 1', '2 | b:', '  |   ^'],
)
test(
  'the end of a text with newline is a line of its own',
  excerpt,
  'a: 1\n',
  [5, 5],
  [' --> web.yaml:2:1', '  |', '1 | a: 1', '2 |', '  | ^'],
)
test('an empty text has a caret as well', excerpt, '', [0, 0], [' --> web.yaml:1:1', '  |', '1 |', '  | ^'])
test(
  'a span behind the text is shown at its end',
  excerpt,
  'ab',
  [10, 20],
  [' --> web.yaml:1:3', '  |', '1 | ab', '  |   ^'],
)
test('an empty span has one caret', excerpt, 'abc', [1, 1], [' --> web.yaml:1:2', '  |', '1 | abc', '  |  ^'])
