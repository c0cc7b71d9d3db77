import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { entryOf, staging } from '../../src/cli/staging.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-staging-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

let number = 0
function room(files: Readonly<Record<string, string>> = {}): string {
  const path = join(folder, String(number++))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return path
}
const NEW = Buffer.from('new\n')
const text = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8')
const all = (here: string): readonly string[] => readdirSync(here, { recursive: true, encoding: 'utf8' }).sort()

test.serial('nothing is in its place until it is put there, and then no trace is left', async t => {
  const here = room({ a: 'old\n' })
  const files = staging()
  const a = await files.put(join(here, 'a'), NEW, {})
  const b = await files.put(join(here, 'x', 'y', 'b'), NEW, { mode: 0o640 })
  t.is(text(here, 'a'), 'old\n')
  t.deepEqual(
    all(here).filter(name => !/\/\.|^\./.test(name)),
    ['a', 'x', 'x/y'],
  )
  a.commit()
  b.commit()
  files.discard()
  t.deepEqual(all(here), ['a', 'x', 'x/y', 'x/y/b'])
  t.is(text(here, 'a'), 'new\n')
  t.is(statSync(join(here, 'x', 'y', 'b')).mode & 0o777, 0o640)
})

test.serial('what is discarded goes, with the folders and backups made for it; the rest stays', async t => {
  const here = room({ a: 'old a\n', b: 'old b\n' })
  mkdirSync(join(here, 'there'))
  const files = staging()
  const a = await files.put(join(here, 'a'), NEW, { backup: join(here, 'a.orig') })
  await files.put(join(here, 'b'), NEW, { backup: join(here, 'b.orig') })
  await files.put(join(here, 'there', 'c'), NEW, {})
  await files.put(join(here, 'x', 'y', 'd'), NEW, {})
  a.commit()
  files.discard()
  t.deepEqual(all(here), ['a', 'a.orig', 'b', 'there'])
  t.is(text(here, 'a.orig'), 'old a\n')
  t.is(text(here, 'b'), 'old b\n')
})

test.serial('a backup is the file itself: its mode and its time are kept', async t => {
  const here = room({ a: 'old\n' })
  chmodSync(join(here, 'a'), 0o600)
  utimesSync(join(here, 'a'), 1_000_000, 1_000_000)
  const files = staging()
  ;(await files.put(join(here, 'a'), NEW, { backup: join(here, 'a.orig') })).commit()
  files.discard()
  const backup = statSync(join(here, 'a.orig'))
  t.is(text(here, 'a.orig'), 'old\n')
  t.is(backup.mtimeMs, 1_000_000_000)
  t.is(backup.mode & 0o777, 0o600)
  t.is(statSync(join(here, 'a')).mode & 0o777, 0o600)
  t.not(backup.ino, statSync(join(here, 'a')).ino)
})

test.serial('a backup that is there is never written over', async t => {
  const here = room({ a: 'old\n', 'a.orig': 'older\n' })
  const files = staging()
  await t.throwsAsync(files.put(join(here, 'a'), NEW, { backup: join(here, 'a.orig') }), { code: 'EEXIST' })
  files.discard()
  t.deepEqual(all(here), ['a', 'a.orig'])
  t.is(text(here, 'a.orig'), 'older\n')
})

test.serial('a file that somebody changed after it was read is not replaced', async t => {
  const here = room({ a: 'old\n' })
  const path = join(here, 'a')
  const { version } = entryOf(statSync(path))
  const files = staging()
  const staged = await files.put(path, NEW, { version, backup: `${path}.orig` })
  const same = await files.put(join(here, 'b'), NEW, {})
  writeFileSync(path, 'edited meanwhile\n')
  t.throws(() => staged.commit(), { message: 'it was changed by somebody else meanwhile' })
  same.commit()
  files.discard()
  t.is(text(path), 'edited meanwhile\n')
  t.deepEqual(all(here), ['a', 'b'])
})

test.serial('keeping a backup is no change of the file', async t => {
  const here = room({ a: 'old\n' })
  const path = join(here, 'a')
  const files = staging()
  ;(await files.put(path, NEW, { version: entryOf(statSync(path)).version, backup: `${path}.orig` })).commit()
  files.discard()
  t.is(text(path), 'new\n')
})

test.serial('hundreds of files are written through to the disk before the first is put into its place', async t => {
  const here = room()
  const files = staging()
  const names = Array.from({ length: 300 }, (_, index) => String(index))
  const staged = await Promise.all(names.map(name => files.put(join(here, name), NEW, {})))
  for (const file of staged) await file.synced()
  for (const file of staged) file.commit()
  files.discard()
  t.deepEqual([...all(here)], names.toSorted())
})

test.serial('a folder or a device is no place for a file', async t => {
  const here = room()
  mkdirSync(join(here, 'd'))
  symlinkSync('/dev/null', join(here, 'null'))
  const files = staging()
  await t.throwsAsync(files.put(join(here, 'd'), NEW, {}), { code: 'EISDIR' })
  await t.throwsAsync(files.put(join(here, 'null'), NEW, {}), { message: 'it is not a plain file' })
  files.discard()
  t.deepEqual(all(here), ['d', 'null'])
})

test.serial('signals are heard only while something may be staged', async t => {
  const before = process.listenerCount('SIGINT')
  const files = staging()
  t.is(process.listenerCount('SIGINT'), before + 1)
  files.discard()
  t.is(process.listenerCount('SIGINT'), before)
})
