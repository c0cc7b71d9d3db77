import test from 'ava'
import fc from 'fast-check'
import { cidrs } from '../../../src/annotate/grammar/cidrs.ts'
import { meaningOf, table } from './table.ts'

table('a list of CIDR blocks', cidrs, {
  means: [
    ['', []],
    ['10.0.0.1', [{ text: '10.0.0.1', family: 4, address: '10.0.0.1' }]],
    ['10.0.0.0/8', [{ text: '10.0.0.0/8', family: 4, address: '10.0.0.0', prefix: 8 }]],
    ['2.2.2.2/24', [{ text: '2.2.2.2/24', family: 4, address: '2.2.2.2', prefix: 24 }]],
    [
      'fd00::/8, ::1',
      [
        { text: 'fd00::/8', family: 6, address: 'fd00::', prefix: 8 },
        { text: '::1', family: 6, address: '::1' },
      ],
    ],
  ],
  warns: [['0.0.0.0/0', '"0.0.0.0/0" excludes every destination', 'transparent-proxy', '0.0.0.0/0']],
  refuses: [
    ['10.0.0.0/33', 'invalid CIDR prefix length in "10.0.0.0/33"', 'from 0 to 32', '33'],
    ['::/129', 'invalid CIDR prefix length', 'from 0 to 128', '129'],
    ['::/0128', 'invalid CIDR prefix length', undefined, '0128'],
    ['::/1000', 'invalid CIDR prefix length', undefined, '1000'],
    ['10.0.0.0/08', 'invalid CIDR prefix length', undefined, '08'],
    ['10.0.0.0/', 'invalid CIDR prefix length', undefined, ''],
    ['10.0.0.0/255.0.0.0', 'invalid CIDR prefix length', '255.255.255.0 is /24', '255.0.0.0'],
    ['10.0.0', '"10.0.0" is not an IP address', 'four decimal numbers'],
    ['010.0.0.1', '"010.0.0.1" is not an IP address', 'leading zeros'],
    ['1.1.1.1,example.com/32', '"example.com" is not an IP address', 'host names are not looked up', 'example.com'],
    ['[::1]', '"[::1]" is not an IP address', 'without brackets'],
    ['fe80::1%eth0', 'is not an IP address', 'without its zone'],
    ['::ffff:10.0.0.1', 'is not an IP address', 'IPv4 address alone'],
    ['10.0.0.1; reboot', 'is not an IP address'],
  ],
})

test('every IP address is an item of a list, alone and with any prefix its family has', t => {
  const block = fc.oneof(
    fc.tuple(fc.ipV4(), fc.option(fc.nat(32), { nil: undefined }), fc.constant(4)),
    fc.tuple(
      fc.ipV6().filter(text => !text.includes('.')),
      fc.option(fc.nat(128), { nil: undefined }),
      fc.constant(6),
    ),
  )
  fc.assert(
    fc.property(fc.array(block), blocks => {
      const texts = blocks.map(([address, prefix]) => (prefix === undefined ? address : `${address}/${prefix}`))
      const read = meaningOf(cidrs(texts.join(' , ')))
      return read.every((item, index) => item.text === texts[index] && item.family === blocks[index]?.[2])
    }),
  )
  t.pass()
})
