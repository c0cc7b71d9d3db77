import test from 'ava'
import fc from 'fast-check'
import { port, uint, unprivilegedPort, weight } from '../../../src/annotate/grammar/number.ts'
import { meaningOf, table } from './table.ts'

table('a port', port, {
  means: [
    ['1', 1],
    ['22', 22],
    ['65535', 65535],
  ],
  refuses: [
    ['0', '"0" is not in the valid port range 1-65535', 'or leave it out when there is no port'],
    ['65536', '"65536" is not in the valid port range 1-65535', 'from 1 to 65535'],
    ['99999999999999999999999', 'is not in the valid port range', 'from 1 to 65535'],
    ['0x1F90', '"0x1F90" is not a valid integer', 'write it in decimal: 8080'],
    ['0o17', '"0o17" is not a valid integer', 'write it in decimal: 15'],
    ['0b11', '"0b11" is not a valid integer', 'write it in decimal: 3'],
    ['0022', '"0022" is not a valid integer', 'write 22: a leading zero means octal'],
    ['00', '"00" is not a valid integer', 'write 0:'],
    ['8_080', '"8_080" is not a valid integer', 'write 8080'],
    ['+80', '"+80" is not a valid integer', 'write 80'],
    ['-80', '"-80" is not a valid integer', 'negative'],
    ['80.5', '"80.5" is not a valid integer', 'whole number'],
    [' 80', '" 80" is not a valid integer', 'write "80"'],
    ['', '"" is not a valid integer', 'write a decimal number'],
    ['http', '"http" is not a valid integer', 'write 80'],
    ['web-port', '"web-port" is not a valid integer', 'no named container ports'],
    ['８０', 'is not a valid integer', 'decimal'],
    ['80\0', 'a NUL character (U+0000)', undefined, '\0'],
  ],
})

table('an unprivileged port', unprivilegedPort, {
  means: [
    ['1024', 1024],
    ['20200', 20200],
  ],
  refuses: [
    ['1023', '"1023" is not in the unprivileged port range 1024-65535'],
    ['65536', '"65536" is not in the unprivileged port range 1024-65535'],
  ],
})

table('a count', uint, {
  means: [
    ['0', 0],
    ['30', 30],
    ['4294967295', 4294967295],
  ],
  refuses: [
    ['4294967296', 'is not in the range 0-4294967295'],
    ['30s', '"30s" is not a valid integer', 'write 30'],
    ['10 seconds', '"10 seconds" is not a valid integer', 'write 10'],
    ['-1', '"-1" is not a valid integer', 'negative'],
    ['not-int', '"not-int" is not a valid integer', 'write a decimal number'],
    ['1e3', '"1e3" is not a valid integer'],
  ],
})

table('a weight', weight, {
  means: [
    ['1', 1],
    ['65535', 65535],
  ],
  refuses: [
    ['0', '"0" is not in the weight range 1-65535'],
    ['65536', '"65536" is not in the weight range 1-65535'],
  ],
})

test('a number in the range is read back from its decimal form, and one out of it is not', t => {
  fc.assert(
    fc.property(fc.nat(2 ** 17), number => {
      const parsed = port(String(number))
      return parsed.ok === (number >= 1 && number <= 65535) && (!parsed.ok || parsed.value === number)
    }),
  )
  fc.assert(fc.property(fc.integer({ min: 0, max: 4294967295 }), number => meaningOf(uint(String(number))) === number))
  t.pass()
})
