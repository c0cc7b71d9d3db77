import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { type InjectOptions, inject, uninject } from '../../src/index.ts'
import { projectFolder } from '../shared.ts'
import { bytes, codes } from '../support/places.ts'
import { bareUserData } from '../support/user-data.ts'
import { anyConfig } from './configs.ts'
import { injectOptions } from './options.ts'
import { same, settled } from './promises.ts'
import { type Fate, law } from './trial.ts'

/** An output of some version, what it was made of, and the bytes of the operator in it. */
interface Earlier {
  readonly output: Uint8Array
  readonly given: Uint8Array
  readonly own: Uint8Array
}

const FOLDER = join(projectFolder, 'test/decode/injection/written')
const namesIn = (...path: readonly string[]): readonly string[] => readdirSync(join(FOLDER, ...path))
const read = (...path: readonly string[]): Uint8Array => readFileSync(join(FOLDER, ...path))

function writtenBy(version: string, name: string, file: string): Earlier {
  const document = read('documents', name)
  const own = name === 'gzip' ? gunzipSync(document) : document
  return { output: read(version, name, file), given: file.endsWith('-gzip') ? gzipSync(document) : document, own }
}

/** What is kept of every version. */
const WRITTEN: readonly Earlier[] = namesIn()
  .filter(name => /^\d/.test(name))
  .flatMap(version => namesIn(version).map(name => [version, name] as const))
  .filter(([, name]) => name !== 'vendor-data')
  .flatMap(([version, name]) => namesIn(version, name).map(file => writtenBy(version, name, file)))

const uncompressed = injectOptions.map(({ compress: _, platform: __, ...options }) => options)

/** What this version makes of any document. */
const made: fc.Arbitrary<Earlier | undefined> = fc
  .tuple(fc.oneof(bareUserData, anyConfig.map(bytes)), uncompressed)
  .map(([given, options]) => {
    const { output } = inject(given, options)
    return output && { output, given, own: given }
  })

/** Whatever was injected, by whom and how often: what comes now is what comes of the original. */
function converges({ output, given, own }: Earlier, options: InjectOptions): Fate {
  same(uninject(output).output, own, 'uninject does not give the original')
  const [again, fresh] = [output, given].map(input => inject(input, options))
  assert.ok(again && fresh)
  settled(again)
  assert.deepEqual(codes(again.diagnostics), codes(fresh.diagnostics))
  same(again.output, fresh.output, 'an earlier injection leaves a trace')
  return again.output === undefined ? 'refused' : 'injected'
}

law(
  'whatever injected, any version and any options, what comes next is what comes of the original, and that comes out',
  fc.tuple(fc.oneof(fc.constantFrom(...WRITTEN), made), injectOptions),
  ([earlier, options]) => (earlier === undefined ? 'refused before' : converges(earlier, options)),
  ['injected', 0.4],
)
