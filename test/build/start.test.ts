import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { projectFolder } from '../shared.ts'

const VERSION = /^\d+\.\d+\.\d+\n$/

/** The folder that the command asks Node to keep code in, in a home where `arrange` made what there is; undefined where it asks for none. */
function askedFor(arrange: (home: string) => Readonly<Record<string, string>>): string | undefined {
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const spy = join(home, 'spy.cjs')
  writeFileSync(
    spy,
    "require('node:module').enableCompileCache = folder => require('node:fs').writeSync(2, `${folder}`)\n",
  )
  try {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--require', spy, join(projectFolder, 'dist/bin/consul-vm-inject.js'), '--version'],
      { encoding: 'utf8', env: arrange(home) },
    )
    if (status !== 0 || !VERSION.test(stdout)) throw new Error(`${status}: ${stdout}${stderr}`)
    if (stderr === '') return undefined
    if ((statSync(stderr).mode & 0o777) !== 0o700) throw new Error(`others can look into ${stderr}`)
    return stderr.replace(home, '~')
  } finally {
    rmSync(home, { recursive: true })
  }
}

test('compiled code is kept in a folder of the user’s own', t => {
  t.is(
    askedFor(home => ({ HOME: home })),
    '~/.cache/consul-vm-inject',
  )
  t.is(
    askedFor(home => ({ HOME: '/nowhere', XDG_CACHE_HOME: home })),
    '~/consul-vm-inject',
  )
})

test('where others could put code, or nothing says whose folder it is, none is kept and none is read', t => {
  t.is(
    askedFor(() => ({})),
    undefined,
  )
  t.is(
    askedFor(() => ({ HOME: '/nowhere' })),
    undefined,
  )
  t.is(
    askedFor(() => ({ HOME: '.' })),
    undefined,
  )
  t.is(
    askedFor(() => ({ XDG_CACHE_HOME: tmpdir() })),
    undefined,
    'a folder for everybody’s files',
  )
  for (const loose of ['', '.cache', '.cache/consul-vm-inject']) {
    const asked = askedFor(home => {
      mkdirSync(join(home, '.cache/consul-vm-inject'), { recursive: true, mode: 0o700 })
      chmodSync(join(home, loose), 0o777)
      return { HOME: home }
    })
    t.is(asked, undefined, `~/${loose} can be written to by everybody`)
  }
  const asked = askedFor(home => {
    mkdirSync(join(home, 'elsewhere'))
    symlinkSync(join(home, 'elsewhere'), join(home, '.cache'))
    return { HOME: home }
  })
  t.is(asked, undefined, 'a link leads elsewhere')
})
