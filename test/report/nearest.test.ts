import test from 'ava'
import { nearest } from '../../src/report/nearest.ts'

const WORDS = ['inject', 'check', 'explain', 'completion', 'output', 'output-file', 'allow-unknown']

const row = test.macro<[word: string, near: string | undefined]>({
  exec: (t, word, near) => t.is(nearest(word, WORDS), near),
  title: (_, word = '', near) => `${word === '' ? 'nothing' : word} is near ${near ?? 'nothing'}`,
})

test(row, 'injct', 'inject')
test(row, 'ijnect', 'inject')
test(row, 'injects', 'inject')
test(row, 'xplain', 'explain')
test(row, 'comp', 'completion')
test(row, 'allow', 'allow-unknown')
test(row, 'outptu', 'output')
test(row, 'web.yaml', undefined)
test(row, 'user-data', undefined)
test(row, 'x', undefined)
test(row, '', undefined)
