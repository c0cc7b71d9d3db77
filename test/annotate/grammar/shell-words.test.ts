import test from 'ava'
import fc from 'fast-check'
import { shellWords } from '../../../src/annotate/grammar/shell-words.ts'
import { meaningOf, table } from './table.ts'

table('shell words', shellWords, {
  means: [
    ['', []],
    ['   ', []],
    ['--log-level debug', ['--log-level', 'debug']],
    ['  a   b ', ['a', 'b']],
    [`--path "/tmp/foo bar" 'x y'`, ['--path', '/tmp/foo bar', 'x y']],
    [`a"b"'c'd`, ['abcd']],
    [`'' ""`, ['', '']],
    ['a\\ b', ['a b']],
    ['\\"a\\"', ['"a"']],
    ['"a\\"b\\n"', ['a"bn']],
    [`'a\\b"c'`, ['a\\b"c']],
    ['a #b c', ['a']],
    ['#all', []],
    ['a#b', ['a#b']],
    [`'#a' \\#b`, ['#a', '#b']],
    ['$(id) `id` ; $HOME * | &', ['$(id)', '`id`', ';', '$HOME', '*', '|', '&']],
    ['a\\\\', ['a\\']],
  ],
  refuses: [
    ['--x "abc', 'the double quote is never closed', undefined, '"'],
    [`a 'b" c`, 'the single quote is never closed', undefined, "'"],
    ['"a\\', 'the double quote is never closed'],
    ['"a\\"', 'the double quote is never closed'],
    ['a \\', 'nothing follows the last backslash', undefined, '\\'],
    ['a\nb', 'a line break', undefined, '\n'],
    ['a\tb', 'a tab', undefined, '\t'],
  ],
})

const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '#', '$', 'é', '`') })

test('words in single quotes are read back as they are', t => {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  fc.assert(
    fc.property(fc.array(word), words => t.deepEqual(meaningOf(shellWords(words.map(quoted).join(' '))), words)),
  )
})

test('words in double quotes are read back as they are', t => {
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
  fc.assert(
    fc.property(fc.array(word), words => t.deepEqual(meaningOf(shellWords(words.map(quoted).join('  '))), words)),
  )
})

test('words with each character escaped are read back as they are', t => {
  const nonEmpty = word.filter(text => text !== '')
  const escaped = (text: string): string => text.replace(/./gu, '\\$&')
  fc.assert(
    fc.property(fc.array(nonEmpty), words => t.deepEqual(meaningOf(shellWords(words.map(escaped).join(' '))), words)),
  )
})
