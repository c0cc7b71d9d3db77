import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectFolder } from '../../shared.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-many-'))
chmodSync(folder, 0o755)
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

const GOOD =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const BAD = `${GOOD}# consul.hashicorp.com/conect-service-port: "80"\n`
const PLAIN = '#!/bin/sh\n'

const bundle = join(projectFolder, 'dist', 'bin', 'consul-vm-inject.js')
const FACES = {
  'as compiled': fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url)),
  ...(existsSync(bundle) && { bundled: bundle }),
}
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

let number = 0
function room(files: Readonly<Record<string, string>>): string {
  const here = join(folder, String(number++))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(here, name)), { recursive: true })
    writeFileSync(join(here, name), content)
  }
  return here
}
const all = (here: string): readonly string[] => readdirSync(here, { recursive: true, encoding: 'utf8' }).sort()
const text = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8')
const many = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`in/${index % 20}/${index}`, `${GOOD}# ${index}\n`]))

for (const [face, main] of Object.entries(FACES)) {
  const tool = (cwd: string, args: readonly string[], uid?: number) =>
    spawnSync(process.execPath, [main, '--profile', 'prebuilt', ...args], {
      cwd,
      encoding: 'utf8',
      ...(uid !== undefined && { uid, gid: uid }),
    })

  test(`${face}: a directory is mirrored with the modes of its files, and written again over what is there`, t => {
    const here = room({ 'in/web': GOOD, 'in/sub/plain': PLAIN, 'in/.git/config': BAD })
    chmodSync(join(here, 'in/web'), 0o600)
    chmodSync(join(here, 'in/sub/plain'), 0o751)
    for (const run of [1, 2]) {
      const { status, stdout, stderr } = tool(here, ['in', '--output-dir', 'a/b/out'])
      t.is(status, 0, `${run}`)
      t.is(stdout, '')
      t.regex(stderr, /\n2 files: 1 injected, 1 left as it is\n$/)
      t.deepEqual(all(join(here, 'a/b')), ['out', 'out/sub', 'out/sub/plain', 'out/web'])
    }
    t.is(statSync(join(here, 'a/b/out/web')).mode & 0o7777, 0o600)
    t.is(statSync(join(here, 'a/b/out/sub/plain')).mode & 0o7777, 0o751)
    t.is(text(here, 'a/b/out/sub/plain'), PLAIN)
    t.regex(text(here, 'a/b/out/web'), /^Content-Type: multipart\/mixed/)
  })

  test(`${face}: with an error in one nothing is there, not even the directory`, t => {
    const here = room({ 'in/a': GOOD, 'in/m': BAD, 'in/z': GOOD })
    const before = all(here)
    t.is(tool(here, ['in', '--output-dir', 'x/out']).status, 2)
    t.is(tool(here, ['in', '--in-place']).status, 2)
    t.deepEqual(all(here), before)
    t.is(text(here, 'in/a'), GOOD)
    t.is(tool(here, ['in', '--output-dir', 'x/out', '--keep-going']).status, 2)
    t.deepEqual(all(join(here, 'x/out')), ['a', 'z'])
  })

  test(`${face}: where one file has no place none is written`, t => {
    const here = room({ 'in/a': GOOD, 'in/b': GOOD, 'out/b/c': 'in the way\n' })
    const before = all(here)
    const { status, stderr } = tool(here, ['in', '--output-dir', 'out'])
    t.is(status, 2)
    t.regex(stderr, /^error: cannot write out\/b: it is a directory\n/)
    t.regex(stderr, /2 files: 1 not written; nothing was written \(--keep-going writes the other one\)\n$/)
    t.deepEqual(all(here), before)
  })

  test(`${face}: where a directory cannot be written to nothing is changed, in it and elsewhere`, t => {
    const here = room({ 'in/a': GOOD, 'in/locked/b': GOOD })
    for (const path of ['in', 'in/a', 'in/locked', 'in/locked/b'])
      if (isRoot) chownSync(join(here, path), NOBODY, NOBODY)
    chmodSync(join(here, 'in/locked'), 0o555)
    const before = all(here)
    const { status, stderr } = tool(here, ['in', '--in-place'], isRoot ? NOBODY : undefined)
    chmodSync(join(here, 'in/locked'), 0o755)
    t.is(status, 2)
    t.regex(stderr, /^error: cannot write in\/locked\/b: permission denied\n/)
    t.deepEqual(all(here), before)
    t.is(text(here, 'in/a'), GOOD)
  })

  test(`${face}: in place and back, the original is kept once and never replaced by what was injected`, t => {
    const here = room({ 'in/web': GOOD, 'in/plain': PLAIN })
    const untouched = statSync(join(here, 'in/plain'))
    t.is(tool(here, ['in', '--in-place']).status, 0)
    t.deepEqual(all(join(here, 'in')), ['plain', 'web', 'web.orig'])
    t.is(text(here, 'in/web.orig'), GOOD)
    const injected = statSync(join(here, 'in/web'))
    t.is(tool(here, ['in', '--in-place']).status, 0)
    t.deepEqual([statSync(join(here, 'in/web')).ino, all(join(here, 'in')).length], [injected.ino, 3])
    t.is(tool(here, ['in', '--in-place', '-a', 'connect-service-port=80']).status, 0)
    t.not(statSync(join(here, 'in/web')).ino, injected.ino)
    t.is(text(here, 'in/web.orig'), GOOD)
    const back = spawnSync(process.execPath, [main, 'uninject', 'in', '--in-place'], { cwd: here })
    t.is(back.status, 0)
    t.is(text(here, 'in/web'), GOOD)
    t.is(text(here, 'in/web.orig'), GOOD)
    const after = statSync(join(here, 'in/plain'))
    t.deepEqual([after.ino, after.mtimeMs], [untouched.ino, untouched.mtimeMs])
  })

  test(`${face}: links to folders are not followed, behind a link to a file its target is rewritten`, t => {
    const here = room({ 'in/web': GOOD, 'real/api': GOOD, 'real/x/more': GOOD })
    symlinkSync('..', join(here, 'in/loop'))
    symlinkSync('../real/x', join(here, 'in/x'))
    symlinkSync('../real/api', join(here, 'in/api'))
    const { status, stderr } = tool(here, ['in', '--in-place'])
    t.is(status, 0)
    t.regex(stderr, /\n2 files: 2 injected\n$/)
    t.deepEqual(all(join(here, 'real')), ['api', 'api.orig', 'x', 'x/more'])
    t.is(text(here, 'real/api.orig'), GOOD)
    t.is(text(here, 'real/x/more'), GOOD)
  })

  test(`${face}: an output directory that leads back into the input by a link is refused`, t => {
    const here = room({ 'in/web': GOOD })
    symlinkSync('in', join(here, 'out'))
    const { status, stderr } = tool(here, ['in', '--output-dir', 'out'])
    t.is(status, 2)
    t.regex(stderr, /^error: out\/web would stand in in, where the next run would read it as a document\n/)
    const file = room({ 'in/web': GOOD, 'out/api': '' })
    symlinkSync('../in/web', join(file, 'out/web'))
    t.regex(
      tool(file, ['in/web', '--output-dir', 'out']).stderr,
      /^error: out\/web is an input and would be written over\n/,
    )
    t.is(text(file, 'in/web'), GOOD)
  })

  test(`${face}: a signal ends it and leaves nothing behind`, t => {
    const here = room(many(1000))
    const line = `"$0" "$1" --profile prebuilt in --output-dir out -q & process=$!
while [ ! -e out/0 ] && kill -0 $process; do sleep 0.01; done
kill -TERM $process; wait $process; echo $?`
    t.is(spawnSync('sh', ['-c', line, process.execPath, main], { cwd: here, encoding: 'utf8' }).stdout, '143\n')
    t.deepEqual(readdirSync(here), ['in'])
  })
}

test('two thousand files go through one process', t => {
  const here = room(many(2000))
  const [main = ''] = Object.values(FACES).reverse()
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [main, ...args], { cwd: here, encoding: 'utf8' })
  const { status, stderr } = run('in', '--output-dir', 'out', '--quiet', '--profile', 'prebuilt')
  t.is(status, 0)
  t.is(stderr, '')
  t.is(all(join(here, 'out')).length, 2020)
  t.true(text(here, 'out/19/1999').includes('# 1999\n'))
  t.regex(run('check', 'out').stderr, /\n2000 files: 2000 to inject\n$/)
})
