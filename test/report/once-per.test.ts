import test from 'ava'
import { oncePer } from '../../src/report/once-per.ts'

test('an object is worked on once, however often it is asked for', t => {
  let runs = 0
  const lengthOf = oncePer(({ text }: { readonly text: string }) => {
    runs += 1
    return { length: text.length }
  })
  const source = { text: 'four' }
  t.is(lengthOf(source), lengthOf(source))
  t.deepEqual(lengthOf(source), { length: 4 })
  t.is(runs, 1)
})

test('an object of the same content is another one', t => {
  const copyOf = oncePer((numbers: readonly number[]) => [...numbers])
  t.not(copyOf([1]), copyOf([1]))
  t.deepEqual(copyOf([2]), [2])
})
