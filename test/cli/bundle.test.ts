import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import test from 'ava'
import { projectFolder } from '../shared.ts'

const bundle = join(projectFolder, 'dist', 'bin', 'command-line.js')
const withBundle = existsSync(bundle) ? test : test.skip

const PROGRAM = `
const bundle = process.argv[1]
require(bundle)
process.on('exit', () => require('node:fs').writeSync(2, '\\n' + JSON.stringify(Object.keys(require.cache))))`

/** The files of the bundle that a run loads. */
function loadedBy(...argv: readonly string[]): readonly string[] {
  const input =
    '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
  // Of the arguments the first two are the program's own, as ever.
  const { stderr } = spawnSync(process.execPath, ['-e', PROGRAM, bundle, ...argv], { input, encoding: 'utf8' })
  return (JSON.parse(stderr.split('\n').at(-1) ?? '') as readonly string[]).map(path => basename(path))
}

withBundle('only the preview loads what only the preview needs', t => {
  for (const argv of [['--version'], ['inject', '-q'], ['check', '-q'], ['explain']]) {
    t.false(loadedBy(...argv).includes('preview.js'), argv.join(' '))
  }
  t.true(loadedBy('preview', '-q').includes('preview.js'))
})

withBundle('only the doctor loads the doctor', t => {
  for (const argv of [['--version'], ['inject', '-q'], ['help'], ['explain', 'connect-service']]) {
    t.false(loadedBy(...argv).includes('doctor.js'), argv.join(' '))
  }
  t.true(loadedBy('doctor').includes('doctor.js'))
})

withBundle('only who explains a code loads the explanations', t => {
  for (const argv of [['--version'], ['inject', '-q'], ['check', '--output', 'json'], ['explain', 'connect-service']]) {
    t.false(loadedBy(...argv).includes('codes.js'), argv.join(' '))
  }
  t.true(loadedBy('explain', 'E305').includes('codes.js'))
  t.true(loadedBy('check', '--strict', '--output', 'sarif').includes('codes.js'))
})
