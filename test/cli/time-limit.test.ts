import test from 'ava'
import { withinTime } from '../../src/cli/time-limit.ts'
import { CATALOGUE } from '../../src/report/catalogue.ts'
import { runIn, type World } from './world.ts'

const SMALL =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const CONFIG = `${SMALL}${'# filler\n'.repeat(500)}`
const FOLDER = { 'in/a.yaml': CONFIG, 'in/b.yaml': CONFIG, 'in/c.yaml': CONFIG }
const FIRST = [0]

const forever = (): number => {
  for (let number = 0; ; number++) if (number < 0) return number
}

test('what never ends is stopped, whatever it does', t => {
  t.is(withinTime(1, forever), undefined)
  t.is(
    withinTime(1, () => [1].map(forever)),
    undefined,
  )
  t.is(
    withinTime(1, () => /^(?:a+)+$/.test(`${'a'.repeat(60)}b`)),
    undefined,
  )
  t.is(
    withinTime(1, () => {
      try {
        return forever()
      } catch {
        return 1
      }
    }),
    undefined,
  )
})

test('what hardly ran, for others had the processors, is begun once more', t => {
  const asleep = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
  let begun = 0
  const first = (): number => {
    begun += 1
    if (begun === 1) asleep()
    return begun
  }
  t.is(withinTime(200, first), 2)
  const always = (): unknown => {
    begun += 1
    return asleep()
  }
  begun = 0
  t.is(withinTime(200, always), undefined)
  t.is(begun, 2)
})

test('what ends in time gives what it gives, also from within', t => {
  t.deepEqual(
    withinTime(60_000, () => [1, withinTime(60_000, () => 2)]),
    [1, 2],
  )
  t.throws(
    () =>
      withinTime(60_000, () => {
        throw new TypeError('no')
      }),
    { instanceOf: TypeError, message: 'no' },
  )
  const deeper = (): number => 1 + deeper()
  t.throws(() => withinTime(60_000, deeper), { instanceOf: RangeError })
  t.deepEqual(
    Object.getOwnPropertySymbols(globalThis)
      .map(String)
      .filter(name => name.includes('consul')),
    [],
  )
})

for (const command of ['inject', 'check', 'preview', 'uninject', 'vendor-data']) {
  test(`${command}: a document that takes too long is refused by a limit, and nothing is made of it`, async t => {
    const { exit, stdout, stderr } = await runIn({ stdin: CONFIG, slow: FIRST }, command)
    t.deepEqual([exit, stdout.toString()], [3, ''])
    t.regex(stderr, /^error\[E502\]: the user-data takes more than 4\.5 seconds to judge\n {2}= help: /)
  })
}

test('defaults of a fleet, and a query of Terraform, that take too long are refused as well', async t => {
  const values = { 'values.yaml': '# filler\n'.repeat(500) }
  const fleet = await runIn({ files: values, slow: FIRST }, 'vendor-data', '--static', '--values', 'values.yaml')
  const query = await runIn({ stdin: JSON.stringify({ user_data: CONFIG }), slow: FIRST }, 'terraform')
  for (const { exit, stdout, stderr } of [fleet, query]) {
    t.deepEqual([exit, stdout.toString()], [3, ''])
    t.regex(stderr, /^error\[E502\]/)
  }
})

test('it is said as data too, of an error', async t => {
  const { exit, stdout } = await runIn({ stdin: CONFIG, slow: FIRST }, 'check', '--output', 'json')
  t.is(exit, 3)
  t.like(JSON.parse(stdout.toString()), [{ code: 'E502', severity: CATALOGUE.E502[0] }])
})

test('of a folder each document has the time of one: another that takes too long is refused by name', async t => {
  const world: World = { files: FOLDER, slow: [1] }
  const argv = ['inject', '--profile', 'prebuilt', '--output-dir', 'out', 'in']
  const none = await runIn(world, ...argv)
  t.is(none.exit, 3)
  t.is(none.written.size, 0)
  t.regex(none.stderr, /in\/b\.yaml[\s\S]*E502|E502[\s\S]*in\/b\.yaml/)
  const others = await runIn(world, ...argv, '--keep-going')
  t.is(others.exit, 3)
  t.deepEqual([...others.written.keys()].sort(), ['out/a.yaml', 'out/c.yaml'])
  t.is((await runIn(world, 'check', 'in')).exit, 3)
})

test('of a small document no clock is asked, unless what is given beside it is large', async t => {
  const files = { 'values.yaml': '# filler\n'.repeat(500) }
  t.is((await runIn({ stdin: SMALL, slow: FIRST }, 'inject')).exit, 0)
  t.is((await runIn({ stdin: SMALL, files, slow: FIRST }, 'inject', '--values', 'values.yaml')).exit, 3)
})
