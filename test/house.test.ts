import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import test from 'ava'
import { projectFolder } from './shared.ts'

/** The rooms of `src/` from the bottom up: a file may import its own room and those below it. */
const ROOMS = [
  'version.ts',
  'report',
  'decode',
  'annotate',
  'plan',
  'render',
  'weave',
  'fit',
  'preview',
  'api',
  'kubernetes',
  'index.ts',
  'serve',
  'cli',
]
const FACES: readonly string[] = ['serve', 'cli']

/** Modules of Node that compute and touch nothing outside. */
const PURE: ReadonlySet<string> = new Set([
  'node:crypto',
  'node:net',
  'node:path',
  'node:url',
  'node:util',
  'node:zlib',
])
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bconsole\.|\bprocess\.\w|\bperformance\.|\bset(?:Timeout|Interval|Immediate)\(|\bfetch\(/

const MOST_LINES = 250

interface SourceFile {
  /** From `src/`, with slashes. */
  readonly path: string
  readonly text: string
}

/** The TypeScript of `src/` as it is written; what the build generates is not ours to measure. */
const FILES: readonly SourceFile[] = readdirSync(join(projectFolder, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.includes('generated'))
  .map(path => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(projectFolder, 'src', path), 'utf8'),
  }))

const roomOf = (path: string): string => path.split('/')[0] ?? ''

/** What a file imports, at its head or at a first use: modules by name, files by their paths from `src/`. */
const importsOf = ({ path, text }: SourceFile): readonly string[] =>
  [...text.matchAll(/(?:\bfrom|^import|\bimport\() *'([^']+)'/gm)].map(([, name = '']) =>
    name.startsWith('.') ? posix.join(path, '..', name) : name,
  )

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

test('every file of src stands in a room', t => {
  t.true(FILES.length > 100)
  t.deepEqual(
    FILES.filter(({ path }) => !ROOMS.includes(roomOf(path))).map(({ path }) => path),
    [],
  )
})

test('imports point down the pipeline', t => {
  const upwards = FILES.flatMap(file =>
    importsOf(file)
      .filter(name => ROOMS.indexOf(roomOf(name)) > ROOMS.indexOf(roomOf(file.path)))
      .map(name => `${file.path} imports ${name}`),
  )
  t.deepEqual(upwards, [])
})

test('below the faces there is no clock, no randomness, no file system and no console', t => {
  const core = FILES.filter(({ path }) => !FACES.includes(roomOf(path)))
  const reaching = core.flatMap(file => [
    ...importsOf(file)
      .filter(name => name.startsWith('node:') && !PURE.has(name))
      .map(name => `${file.path} imports ${name}`),
    ...(IMPURE.exec(withoutComments(file.text)) ?? []).map(found => `${file.path} uses ${found}`),
  ])
  t.deepEqual(reaching, [])
})

test('nothing ends the process but its own end', t => {
  t.deepEqual(
    FILES.filter(({ text }) => /\bprocess\.exit\(|\bconsole\./.test(withoutComments(text))).map(({ path }) => path),
    [],
  )
})

test(`no file of src has more than ${MOST_LINES} lines`, t => {
  t.deepEqual(
    FILES.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES).map(({ path }) => path),
    [],
  )
})
