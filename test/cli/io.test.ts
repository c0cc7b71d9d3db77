import test from 'ava'
import { EXIT, isUsageError, UsageError, worstStatus } from '../../src/cli/io.ts'

test('of several documents the worst status counts: bad input before a size limit, a fault of the tool before all', t => {
  t.is(worstStatus([]), EXIT.done)
  t.is(worstStatus([EXIT.done, EXIT.done]), 0)
  t.is(worstStatus([EXIT.tooLarge, EXIT.done]), 3)
  t.is(worstStatus([EXIT.tooLarge, EXIT.bad, EXIT.done]), 2)
  t.is(worstStatus([EXIT.fault, EXIT.bad]), 70)
})

test('bad usage is known by its name, from whichever part of the bundle it comes', t => {
  t.true(isUsageError(new UsageError('no')))
  t.true(isUsageError(Object.assign(new Error('no'), { name: 'UsageError' })))
  t.false(isUsageError(new TypeError('no')))
})
