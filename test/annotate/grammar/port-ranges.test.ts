import test from 'ava'
import { portRanges } from '../../../src/annotate/grammar/port-ranges.ts'
import { table } from './table.ts'

const one = (port: number) => ({ from: port, to: port, text: String(port) })

table('a list of port ranges', portRanges, {
  means: [
    ['', []],
    ['22', [one(22)]],
    ['22, 80,', [one(22), one(80)]],
    ['8000:8010', [{ from: 8000, to: 8010, text: '8000:8010' }]],
    ['8000-8010,22', [{ from: 8000, to: 8010, text: '8000:8010' }, one(22)]],
    ['8080:8080', [one(8080)]],
    ['1:65535', [{ from: 1, to: 65535, text: '1:65535' }]],
  ],
  refuses: [
    ['22,ssh', '"ssh" is not a valid integer', 'write 22', 'ssh'],
    ['ms-sql-s', '"ms-sql-s" is not a valid integer', 'no named container ports', 'ms-sql-s'],
    ['80:http-alt', '"http-alt" is not a valid integer', undefined, 'http-alt'],
    ['22,70000', '"70000" is not in the valid port range', undefined, '70000'],
    ['0:22', '"0" is not in the valid port range', undefined, '0'],
    ['8080-', 'one end of the port range is missing', 'both ends', ''],
    [':8080', 'one end of the port range is missing'],
    ['-22', 'one end of the port range is missing'],
    ['8010:8000', 'port range "8010:8000" runs backwards', 'write "8000:8010"', '8010:8000'],
    ['80-90-100', '"90-100" is not a valid integer', undefined, '90-100'],
    ['22 return; flush ruleset', 'is not a valid integer'],
    ['22;80', 'is not a valid integer', undefined, '22;80'],
    ['80 : 90', 'is not a valid integer', 'write "80"', '80 '],
    ['22\n80', 'a line break', undefined, '\n'],
  ],
})

test('every wrong item of a list of ports is told', t => {
  const parsed = portRanges('ssh, 22, 0, 9-x')
  t.deepEqual(parsed.ok ? [] : parsed.issues.map(({ start, end }) => [start, end]), [
    [0, 3],
    [9, 10],
    [14, 15],
  ])
})
