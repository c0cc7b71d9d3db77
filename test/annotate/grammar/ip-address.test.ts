import { isIPv4, isIPv6 } from 'node:net'
import test from 'ava'
import fc from 'fast-check'
import { ipAddress } from '../../../src/annotate/grammar/ip-address.ts'

const octet = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('00', '01', '', ' 1', '1e1', '0x1', '-1'),
)
const group = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map(number => number.toString(16)),
  fc.constantFrom('', '0000', 'FFFF', '12345', 'g', '1.2.3.4', '%eth0', ']'),
)
const texts = fc.oneof(
  fc.array(octet, { minLength: 3, maxLength: 5 }).map(parts => parts.join('.')),
  fc.array(group, { minLength: 1, maxLength: 9 }).map(parts => parts.join(':')),
  fc.ipV4(),
  fc.ipV6(),
)

test('what an address is agrees with Node, save for IPv4 inside IPv6 and zones', t => {
  let addresses = 0
  fc.assert(
    fc.property(texts, text => {
      const found = ipAddress(text)
      if (found !== undefined) addresses++
      if (found?.family === 4 || isIPv4(text)) return found?.family === 4 && found.canonical === text && isIPv4(text)
      if (found !== undefined) return isIPv6(text) && isIPv6(found.canonical)
      return !isIPv6(text) || text.includes('%') || /^::ffff:/.test(new URL(`http://[${text}]/`).hostname.slice(1))
    }),
    { numRuns: 5000 },
  )
  t.true(addresses > 1000)
})
