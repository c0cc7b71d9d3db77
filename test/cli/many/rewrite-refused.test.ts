import test from 'ava'
import { runIn, type World } from '../world.ts'

const PREBUILT = ['--profile', 'prebuilt']

const GOOD =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const PLAIN = '#!/bin/sh\necho\n'
const files = { 'in/web': GOOD, 'in/sub/api': GOOD, 'in/plain': PLAIN }

const refuses = test.macro<[argv: readonly string[], stderr: string, world?: World]>({
  async exec(t, argv, stderr, world) {
    const outcome = await runIn({ files, ...world }, ...argv)
    t.is(outcome.stderr, stderr)
    t.is(outcome.exit, 2)
    t.is(outcome.written.size, 0)
    t.is(outcome.stdout.length, 0)
  },
  title: (title, argv = []) => `refused: ${title ?? argv.join(' ')}`,
})

const PLACE = '  = help: give --output-dir DIR to write them below a directory, or --in-place to rewrite them\n'
test(refuses, ['in/web', 'in/plain'], `error: several files do not go to one place\n${PLACE}`)
test(refuses, ['uninject', 'in/web', 'in/plain'], `error: several files do not go to one place\n${PLACE}`)
test(refuses, ['in'], `error: in is a directory: its files do not go to one place\n${PLACE}`)
test(refuses, ['in', '-o', 'out'], `error: in is a directory: its files do not go to one place\n${PLACE}`)
test(refuses, ['in', '--in-place', '--output-dir', 'out'], 'error: --output-dir and --in-place exclude each other\n')
test(refuses, ['in/web', '--in-place', '-o', 'out'], 'error: --output-file and --in-place exclude each other\n')
test(refuses, ['in', '--backup', '.bak'], 'error: --backup goes with --in-place, which is not given\n')
test(
  refuses,
  ['in', '--in-place', '--backup', '.old'],
  'error: --backup .old is not one of .orig, .bak\n  = help: try `consul-vm-inject inject --help`\n',
)
test(
  refuses,
  ['--in-place'],
  'error: --in-place takes files and directories, and standard input is neither\n  = help: name the files\n',
)
test(
  refuses,
  ['-', 'in/web', '--output-dir', 'out'],
  'error: --output-dir takes files and directories, and standard input is neither\n  = help: name the files\n',
)
test(
  'a directory without a document',
  refuses,
  ['in', '--output-dir', 'out'],
  'error: there is no document in in\n  = help: hidden files and backups (*.orig, *.bak, *~) are not read\n',
  { files: { 'in/.hidden': GOOD, 'in/web.orig': GOOD } },
)
test(
  'two files of one name',
  refuses,
  ['in/web', 'more/web', '--output-dir', 'out'],
  'error: in/web and more/web would both be written to out/web\n' +
    '  = help: give the directory above them, or write them to directories of their own\n',
  { files: { ...files, 'more/web': PLAIN } },
)
test(
  'a file and a directory of one name',
  refuses,
  ['in', 'more/sub', '--output-dir', 'out'],
  'error: more/sub and in/sub/api would be a file and a directory of one name\n' +
    '  = help: write them to directories of their own\n',
  { files: { ...files, 'more/sub': PLAIN } },
)
const READ_AGAIN =
  '  = help: give a directory outside of it or with a hidden name, or rewrite the files with --in-place\n'
test(
  'an output directory inside the input directory',
  refuses,
  ['in', '--output-dir', 'in/out'],
  `error: in/out/plain would stand in in, where the next run would read it as a document\n${READ_AGAIN}`,
)
test(
  'an output directory that is the input directory',
  refuses,
  ['in', '--output-dir', './in'],
  `error: in/plain would stand in in, where the next run would read it as a document\n${READ_AGAIN}`,
)
test(
  'an output directory above, from which a mirrored name leads into the input directory',
  refuses,
  ['a/in', '--output-dir', 'a'],
  `error: a/in/web would stand in a/in, where the next run would read it as a document\n${READ_AGAIN}`,
  { files: { 'a/in/in/web': GOOD } },
)
test(
  'the directory that a file stands in',
  refuses,
  ['in/web', '--output-dir', 'in'],
  'error: in/web is an input and would be written over\n  = help: give another directory, or --in-place\n',
)

test('an output directory with a hidden name may stand inside the input directory', async t => {
  const outcome = await runIn({ files }, ...PREBUILT, 'in', '--output-dir', 'in/.out')
  t.is(outcome.exit, 0)
  t.true(outcome.written.has('in/.out/web'))
})
