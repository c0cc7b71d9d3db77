import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { directorySeeds } from '../../src/serve/seeds.ts'
import { installed } from '../cli/tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-seeds-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

const base = join(folder, 'seeds')
mkdirSync(join(base, 'web1'), { recursive: true })
mkdirSync(join(base, 'web1', 'vendor-data'))
mkdirSync(join(base, 'huge'))
mkdirSync(join(folder, 'outside'))
mkdirSync(join(folder, 'seeds-beside'))
for (const path of ['seeds/web1/user-data', 'outside/user-data', 'seeds-beside/user-data', 'seeds/huge/user-data'])
  writeFileSync(join(folder, path), path)
writeFileSync(join(base, 'file'), 'not an instance')
truncateSync(join(base, 'huge', 'user-data'), 17 * 1024 * 1024)
symlinkSync('../outside', join(base, 'away'))
symlinkSync('../seeds-beside', join(base, 'beside'))
symlinkSync('web1', join(base, 'web2'))
mkdirSync(join(base, 'links'))
symlinkSync('../../outside/user-data', join(base, 'links', 'user-data'))
symlinkSync('../web1/user-data', join(base, 'links', 'meta-data'))
symlinkSync('nowhere', join(base, 'links', 'vendor-data'))
symlinkSync('network-config', join(base, 'links', 'network-config'))

const read = async (instance: string, file: 'user-data' | 'meta-data' | 'vendor-data' | 'network-config') => {
  const seed = await (await directorySeeds(base)).read(instance, file)
  if (seed.found === 'file') return Buffer.from(seed.bytes).toString()
  return seed.found === 'refused' ? `refused: ${seed.why}` : seed.found
}

test('a file is read, also through links that stay within the directory', async t => {
  t.is(await read('web1', 'user-data'), 'seeds/web1/user-data')
  t.is(await read('web2', 'user-data'), 'seeds/web1/user-data')
  t.is(await read('links', 'meta-data'), 'seeds/web1/user-data')
})

test('what is missing is told from an instance that is', async t => {
  t.is(await read('web1', 'meta-data'), 'nothing')
  t.is(await read('web2', 'meta-data'), 'nothing')
  t.is(await read('links', 'vendor-data'), 'nothing')
  t.is(await read('web9', 'user-data'), 'no-instance')
  t.is(await read('file', 'user-data'), 'no-instance')
})

test('a link that leads out of the directory is refused, and shows not even what is there', async t => {
  const out = 'refused: it leads out of the directory'
  t.is(await read('links', 'user-data'), out)
  t.is(await read('away', 'user-data'), out)
  t.is(await read('beside', 'user-data'), out)
  t.is(await read('away', 'meta-data'), 'no-instance')
})

test('what is no regular file, too large or a circle of links is refused', async t => {
  t.is(await read('web1', 'vendor-data'), 'refused: it is not a regular file')
  t.is(await read('huge', 'user-data'), 'refused: it is too large')
  t.is(await read('links', 'network-config'), 'refused: ELOOP')
})

const withPipes = installed('mkfifo') ? test : test.skip
withPipes('a pipe that nobody writes to is refused, not waited for', async t => {
  mkdirSync(join(base, 'pipe'))
  spawnSync('mkfifo', [join(base, 'pipe', 'user-data')])
  t.is(await read('pipe', 'user-data'), 'refused: it is not a regular file')
})

test('a directory that is not there is told at once', async t => {
  await t.throwsAsync(directorySeeds(join(folder, 'nowhere')), { code: 'ENOENT' })
})
