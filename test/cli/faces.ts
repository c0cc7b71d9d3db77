import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectFolder } from '../shared.ts'

/** Two words that run the tool: a program, and what it runs. */
export type Face = readonly [runner: string, main: string]

/** Another program that is to do the same, as the single executable; undefined where there is none to try. */
export const program: string | undefined = process.env['CONSUL_VM_INJECT_COMMAND']

/** The command line in one file, and beside it what that loads later; it is there after a build. */
export const bundle: string = join(projectFolder, 'dist', 'bin', 'consul-vm-inject.js')

/** The command line in modules, as TypeScript left it. */
export const COMPILED: Face = [process.execPath, fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))]

/** Every form that the tool comes in. */
export const FACES: Readonly<Record<string, Face>> = {
  'as compiled': COMPILED,
  ...(existsSync(bundle) && { bundled: [process.execPath, bundle] }),
  ...(program !== undefined && { 'another program': ['/usr/bin/env', program] }),
}
