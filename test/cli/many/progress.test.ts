import test from 'ava'
import { runIn, type World } from '../world.ts'

const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`in/${index}`, '#!/bin/sh\n']))
const run = async (world: World, ...argv: readonly string[]): Promise<string> =>
  (await runIn({ files, stderrIsTerminal: true, ...world }, ...argv)).stderr
const LINE = /\r\u001b\[K\d+ of 40 files/g

for (const argv of [
  ['check', 'in'],
  ['in', '--output-dir', 'out'],
]) {
  test(`one line is written over and over when it takes long, and taken away: ${argv.join(' ')}`, async t => {
    const stderr = await run({ tick: 60 }, ...argv)
    t.deepEqual(stderr.match(LINE)?.slice(0, 3), [
      '\r\u001b[K8 of 40 files',
      '\r\u001b[K10 of 40 files',
      '\r\u001b[K12 of 40 files',
    ])
    t.regex(stderr.replaceAll(LINE, ''), /^\r\u001b\[K[^\r]/)
  })

  test(`nothing of it when it is done soon, where nobody watches, or when told to be quiet: ${argv.join(' ')}`, async t => {
    t.notRegex(await run({ tick: 10 }, ...argv), /\r/)
    t.notRegex(await run({ tick: 60, stderrIsTerminal: false }, ...argv), /\r/)
    t.notRegex(await run({ tick: 60, env: { CI: 'true' } }, ...argv), /\r/)
    t.notRegex(await run({ tick: 60, env: { TERM: 'dumb' } }, ...argv), /\r/)
    t.is(await run({ tick: 60 }, ...argv, '--quiet'), '')
  })
}
