import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { VERSION } from '../src/version.ts'
import { projectFolder } from './shared.ts'

test('the version that travels in the envelope is that of the package', t => {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string }
  t.is(VERSION, version)
})
