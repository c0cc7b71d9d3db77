import test from 'ava'
import { type Outcome, runIn, type World } from '../world.ts'

const GOOD =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const BAD = `${GOOD}# consul.hashicorp.com/conect-service-port: "80"\n`
const PLAIN = '#!/bin/sh\necho\n'
const PREBUILT = ['--profile', 'prebuilt']

const files = { 'in/web': GOOD, 'in/sub/api': GOOD, 'in/plain': PLAIN }
const into = (world: World, ...argv: readonly string[]): Promise<Outcome> =>
  runIn({ files, ...world }, ...PREBUILT, 'in', '--output-dir', 'out', ...argv)
const inPlace = (world: World, ...argv: readonly string[]): Promise<Outcome> =>
  runIn({ files, ...world }, ...PREBUILT, 'in', '--in-place', ...argv)

const lastLine = ({ stderr }: Outcome): string | undefined => stderr.trimEnd().split('\n').at(-1)
const names = ({ written }: Outcome): readonly string[] => [...written.keys()].sort()

test('the files of a directory are mirrored below the output directory, with their modes', async t => {
  const outcome = await into({ modes: { 'in/plain': 0o750 } })
  t.is(outcome.exit, 0)
  t.deepEqual(names(outcome), ['out/plain', 'out/sub/api', 'out/web'])
  t.is(outcome.written.get('out/plain')?.toString(), PLAIN)
  t.true(outcome.written.get('out/sub/api')?.includes(GOOD))
  t.is(outcome.modes.get('out/plain'), 0o750)
  t.is(outcome.modes.get('out/web'), 0o644)
  t.is(outcome.stdout.length, 0)
  t.is(lastLine(outcome), '3 files: 2 injected, 1 left as it is')
})

test('a file gives what it gives through the pipe', async t => {
  const outcome = await into({})
  const pipe = await runIn({ stdin: GOOD }, ...PREBUILT)
  t.deepEqual(outcome.written.get('out/web'), pipe.stdout)
})

test('files are written under their base names, one file as well', async t => {
  const several = await runIn({ files }, ...PREBUILT, 'in/web', 'in/sub/api', '--output-dir', 'out/')
  t.deepEqual(names(several), ['out/api', 'out/web'])
  const one = await runIn({ files }, ...PREBUILT, 'in/web', '--output-dir', 'out')
  t.deepEqual(names(one), ['out/web'])
  t.is(lastLine(one), '1 file: 1 injected')
})

test('a file that is named twice, or lies below a directory that is named, is one document', async t => {
  const outcome = await runIn({ files }, ...PREBUILT, 'in', 'in/web', './in/web', 'in/', '--in-place')
  t.is(outcome.exit, 0)
  t.regex(lastLine(outcome) ?? '', /^3 files:/)
})

test('with an error in one nothing is written, every fault is told and no note of what was not done', async t => {
  const outcome = await into({ files: { ...files, 'in/bad': BAD, 'in/worse': BAD } })
  t.is(outcome.exit, 2)
  t.is(outcome.written.size, 0)
  t.is(outcome.stderr.match(/^error\[E201\]/gm)?.length, 2)
  t.notRegex(outcome.stderr, /^note/m)
  t.is(lastLine(outcome), '5 files: 2 refused; nothing was written (--keep-going writes the other 3)')
})

test('with --keep-going the others are written, and the exit status is the same', async t => {
  const outcome = await into({ files: { ...files, 'in/bad': BAD } }, '--keep-going')
  t.is(outcome.exit, 2)
  t.deepEqual(names(outcome), ['out/plain', 'out/sub/api', 'out/web'])
  t.is(lastLine(outcome), '4 files: 2 injected, 1 left as it is, 1 refused')
})

test('--keep-going with one document changes nothing of the pipe', async t => {
  const outcome = await runIn({ files }, 'in/plain', '--keep-going')
  t.is(outcome.stdout.toString(), PLAIN)
})

test('a file that cannot be read is refused like a document with errors', async t => {
  const world = { links: ['in/broken'] }
  const refused = await into(world)
  t.is(refused.exit, 2)
  t.is(refused.written.size, 0)
  t.regex(refused.stderr, /^error: cannot read in\/broken: there is no such file\n/)
  t.is(lastLine(refused), '4 files: 1 not readable; nothing was written (--keep-going writes the other 3)')
  t.is((await into(world, '--keep-going')).written.size, 3)
})

for (const [what, world] of [
  ['a file that cannot be staged', { staging: { 'out/sub/api': 'ENOSPC' } }],
  ['a staged file that the disk does not take', { syncing: { 'out/sub/api': 'ENOSPC' } }],
] as const) {
  test(`${what} leaves every other one unwritten too`, async t => {
    const refused = await into(world)
    t.is(refused.exit, 2)
    t.is(refused.written.size, 0)
    t.regex(refused.stderr, /^error: cannot write out\/sub\/api: there is no space left on the device\n/)
    t.is(lastLine(refused), '3 files: 1 not written; nothing was written (--keep-going writes the other 2)')
    const kept = await into(world, '--keep-going')
    t.is(kept.exit, 2)
    t.deepEqual(names(kept), ['out/plain', 'out/web'])
  })
}

test('when a staged file cannot be put into its place, what is written and what is not is told', async t => {
  const world = { placing: { 'out/sub/api': 'EACCES' } }
  const stopped = await into(world)
  t.is(stopped.exit, 2)
  t.deepEqual(names(stopped), ['out/plain'])
  t.regex(stopped.stderr, /^error: cannot write out\/sub\/api: permission denied$/m)
  t.regex(stopped.stderr, /^error: out\/web is not written, because one before it could not be$/m)
  t.is(lastLine(stopped), '3 files: 1 left as it is, 2 not written')
  const kept = await into(world, '--keep-going')
  t.is(kept.exit, 2)
  t.deepEqual(names(kept), ['out/plain', 'out/web'])
})

test('in place only what changes is written, and its original is kept first', async t => {
  const outcome = await inPlace({})
  t.is(outcome.exit, 0)
  t.deepEqual([...outcome.written.keys()], ['in/sub/api.orig', 'in/sub/api', 'in/web.orig', 'in/web'])
  t.is(outcome.written.get('in/web.orig')?.toString(), GOOD)
  t.is(outcome.modes.size, 0)
  t.is(lastLine(outcome), '3 files: 2 injected, 1 left as it is')
})

test('the suffix of the backups can be chosen', async t => {
  t.true((await inPlace({}, '--backup', '.bak')).written.has('in/web.bak'))
})

const injected = async (content = GOOD, ...argv: readonly string[]): Promise<string> =>
  (await runIn({ stdin: content }, ...PREBUILT, ...argv)).stdout.toString()

test('injecting in place again changes nothing', async t => {
  const once = await injected()
  const again = await inPlace({ files: { 'in/web': once, 'in/web.orig': GOOD } })
  t.is(again.written.size, 0)
  t.is(again.exit, 0)
  t.is(lastLine(again), '1 file: 1 left as it is')
})

test('another injection of a file that is injected leaves its pristine backup as it is', async t => {
  const once = await injected()
  const other = await inPlace({ files: { 'in/web': once, 'in/web.orig': GOOD } }, '-a', 'connect-service-port=80')
  t.deepEqual(names(other), ['in/web'])
  const back = await runIn({ files: { 'in/web': once, 'in/web.orig': GOOD } }, 'uninject', '--in-place', 'in')
  t.deepEqual(names(back), ['in/web'])
  t.is(back.written.get('in/web')?.toString(), GOOD)
  t.is(lastLine(back), '1 file: 1 taken out of the mesh')
})

test('a backup with the same content stays; one of another original is never written over', async t => {
  const same = await inPlace({ files: { 'in/web': GOOD, 'in/web.orig': GOOD } })
  t.deepEqual(names(same), ['in/web'])
  const other = await inPlace({ files: { 'in/web': GOOD, 'in/web.orig': PLAIN } })
  t.is(other.exit, 2)
  t.is(other.written.size, 0)
  t.is(
    other.stderr,
    `error: cannot rewrite in/web: in/web.orig keeps another original, which is not written over
  = help: move it away, or keep this original under another suffix with --backup

1 file: 1 not written; nothing was written
`,
  )
})

test('what an operator switched off is taken out of the mesh', async t => {
  const taken = await inPlace({ files: { 'in/web': await injected() } }, '-a', 'connect-inject=false')
  t.is(taken.written.get('in/web')?.toString(), GOOD)
  t.is(lastLine(taken), '1 file: 1 taken out of the mesh')
})

test('--quiet leaves errors only: no summary', async t => {
  t.is((await into({}, '--quiet')).stderr, '')
  const refused = await into({ files: { ...files, 'in/bad': BAD } }, '--quiet')
  t.regex(refused.stderr, /^error\[E201\]/)
  t.notRegex(refused.stderr, /files:/)
})

test('--output json is one array and nothing else; what has no place has its file, what has no code is about a file', async t => {
  const outcome = await into({ files: { ...files, 'in/bad': BAD }, links: ['in/broken'] }, '--output', 'json')
  const records = JSON.parse(outcome.stderr) as readonly Readonly<Record<string, unknown>>[]
  t.deepEqual(
    records.map(({ code, file, line }) => [code, file, line]),
    [
      ['E201', 'in/bad', 4],
      [undefined, 'in/broken', undefined],
    ],
  )
  const good = JSON.parse((await into({}, '--output', 'json')).stderr) as readonly Readonly<Record<string, unknown>>[]
  t.deepEqual(
    good.map(({ code, file }) => [code, file]),
    [
      ['N101', 'in/plain'],
      ['N102', 'in/sub/api'],
      ['N102', 'in/web'],
    ],
  )
  t.is((await into({}, '--output', 'json', '--quiet')).stderr, '[]\n')
})

test('a fault of what is given beside the documents is told once', async t => {
  const values = await into({ files: { ...files, 'values.yaml': '- not\n' } }, '--values', 'values.yaml')
  t.is(values.exit, 2)
  t.is(values.stderr.match(/^error/gm)?.length, 1)
  t.is(lastLine(values), '3 files: 3 refused; nothing was written')
  const flag = await into({}, '-a', 'nonsense')
  t.is(flag.stderr.match(/^error/gm)?.length, 1)
})

test('with --strict a file that is no user-data is an error', async t => {
  const outcome = await into({ files: { ...files, 'in/README.md': 'Read me.\n' } }, '--strict')
  t.is(outcome.exit, 2)
  t.is(outcome.written.size, 0)
  t.regex(outcome.stderr, /^error\[W101\].*\n --> in\/README\.md:1:1$/m)
})
