import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { replaceFile, stageFile } from '../../src/cli/replace-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

const NEW = Buffer.from('new\n')
let number = 0
function room(): string {
  const path = join(folder, String(number++))
  mkdirSync(path)
  return path
}
const text = (path: string): string => readFileSync(path, 'utf8')
const modeOf = (path: string): number => statSync(path).mode & 0o7777

test('a file that is not there is made, and nothing is left beside it', t => {
  const here = room()
  replaceFile(join(here, 'out'), NEW)
  t.is(text(join(here, 'out')), 'new\n')
  t.deepEqual(readdirSync(here), ['out'])
})

test('a file that is there is replaced, not written into, and keeps its mode', t => {
  const out = join(room(), 'out')
  writeFileSync(out, 'old\n')
  chmodSync(out, 0o640)
  const before = statSync(out).ino
  replaceFile(out, NEW)
  t.is(text(out), 'new\n')
  t.is(modeOf(out), 0o640)
  t.not(statSync(out).ino, before)
})

test('behind a symbolic link its target is replaced and the link stays', t => {
  const here = room()
  mkdirSync(join(here, 'real'))
  writeFileSync(join(here, 'real', 'out'), 'old\n')
  symlinkSync(join('real', 'out'), join(here, 'link'))
  symlinkSync('link', join(here, 'link-to-link'))
  replaceFile(join(here, 'link-to-link'), NEW)
  t.is(text(join(here, 'real', 'out')), 'new\n')
  t.is(readlinkSync(join(here, 'link')), join('real', 'out'))
  t.true(lstatSync(join(here, 'link-to-link')).isSymbolicLink())
  t.deepEqual(readdirSync(join(here, 'real')), ['out'])
})

test('a symbolic link to a file that is not there yet makes that file', t => {
  const here = room()
  symlinkSync('later', join(here, 'link'))
  replaceFile(join(here, 'link'), NEW)
  t.is(text(join(here, 'later')), 'new\n')
  t.true(lstatSync(join(here, 'link')).isSymbolicLink())
})

test('a link into a folder is followed from the folder it really stands in', t => {
  const here = room()
  mkdirSync(join(here, 'a', 'b'), { recursive: true })
  writeFileSync(join(here, 'a', 'out'), 'old\n')
  symlinkSync(join('..', 'out'), join(here, 'a', 'b', 'link'))
  symlinkSync(join('a', 'b'), join(here, 'short'))
  replaceFile(join(here, 'short', 'link'), NEW)
  t.is(text(join(here, 'a', 'out')), 'new\n')
})

test('a staged file waits beside its place, which stays as it is, and is readable to nobody else before its mode says so', t => {
  const here = room()
  writeFileSync(join(here, 'out'), 'old\n')
  chmodSync(join(here, 'out'), 0o600)
  const staged = stageFile(join(here, 'out'), NEW)
  t.is(text(join(here, 'out')), 'old\n')
  const [waiting = ''] = readdirSync(here).filter(name => name !== 'out')
  t.regex(waiting, /^\.out\./)
  t.is(modeOf(join(here, waiting)), 0o600)
  staged.discard()
  t.deepEqual(readdirSync(here), ['out'])
  const other = stageFile(join(here, 'out'), NEW, 0o640)
  other.commit()
  closeSync(staged.file)
  closeSync(other.file)
  t.is(text(join(here, 'out')), 'new\n')
  t.is(modeOf(join(here, 'out')), 0o640)
})

const fails = test.macro<[make: (here: string) => string, code: string]>({
  exec(t, make, code) {
    const here = room()
    const path = make(here)
    const before = readdirSync(here)
    t.throws(() => replaceFile(path, NEW), { code })
    t.deepEqual(readdirSync(here), before)
  },
  title: (title = '') => `refused, and nothing is left behind: ${title}`,
})

test('a directory', fails, here => here, 'EISDIR')
test('a directory that is not there', fails, here => join(here, 'missing', 'out'), 'ENOENT')
test('a name that ends with a slash', fails, here => join(here, 'out/'), 'EISDIR')
test(
  'links that go round in a circle',
  fails,
  here => {
    symlinkSync('b', join(here, 'a'))
    symlinkSync('a', join(here, 'b'))
    return join(here, 'a')
  },
  'ELOOP',
)

const withDevices = existsSync('/dev/null') ? test : test.skip

withDevices('a device is written to and not replaced', t => {
  replaceFile('/dev/null', NEW)
  t.false(statSync('/dev/null').isFile())
})
