import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { PREVIEW_SCHEMA } from '../../src/preview/generated/schema.ts'
import { projectFolder } from '../shared.ts'

test('the committed schema of the preview is what the types give', t => {
  const { status, stderr } = spawnSync(process.execPath, ['src/build/preview-schema.mjs', '--check'], {
    cwd: projectFolder,
    encoding: 'utf8',
  })
  t.deepEqual({ status, stderr }, { status: 0, stderr: '' })
  t.is(readFileSync(join(projectFolder, 'src', 'preview', 'schema.json'), 'utf8'), PREVIEW_SCHEMA)
})

test('other programs find the schema in the package', t => {
  const { exports, files } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, unknown>>
    files: readonly string[]
  }
  t.is(exports['./preview.schema.json'], './src/preview/schema.json')
  t.true(files.includes('src/preview/schema.json'))
})
