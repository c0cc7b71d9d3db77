import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import * as library from '../../src/index.ts'
import { projectFolder } from '../shared.ts'

const path = join(projectFolder, 'src', 'api', 'README.md')
const UPDATE = process.env['UPDATE_GOLDEN'] === '1'
const index = pathToFileURL(join(projectFolder, 'dist', 'src', 'index.js')).href

interface Reference {
  dependencies(): readonly string[]
  unexported(): readonly string[]
  reference(): string
}
const { dependencies, unexported, reference } = (await import(
  pathToFileURL(join(projectFolder, 'src', 'build', 'api-reference.mjs')).href
)) as Reference

/** A program, and what it prints. */
const SAMPLE = /^```js\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm

const samples = [...readFileSync(path, 'utf8').matchAll(SAMPLE)].map(([, code = '', printed = '']) => ({
  code,
  printed,
}))
/** What each program printed when it was run here. */
const outputs = new Map<string, string>()

for (const { code, printed } of samples) {
  const names = /import \{ (.*) \}/.exec(code)?.[1]
  test.serial(`the sample of ${names} prints what stands below it: ${code.length} characters`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'library-'))
    writeFileSync(join(folder, 'sample.mjs'), code.replace("'consul-vm-inject'", JSON.stringify(index)))
    const { stdout } = await promisify(execFile)(process.execPath, ['sample.mjs'], { cwd: folder })
    rmSync(folder, { recursive: true })
    outputs.set(code, stdout)
    t.true(stdout.length > 0)
    if (!UPDATE) t.is(stdout, printed)
  })
}

test('every function that is exported has a sample, with options where it takes any', t => {
  const all = samples.map(({ code }) => code).join('\n')
  for (const name of Object.keys(library)) t.regex(all, new RegExp(`\\b${name}\\b`), name)
})

test('every type of a public signature is exported', t => {
  t.deepEqual(unexported(), [])
})

test('the declarations need those of no dependency, which may be for a later TypeScript', t => {
  t.deepEqual(dependencies(), [])
})

test('what is exported and not there would be found: the compiler reads the declarations', t => {
  t.regex(
    reference(),
    /^### inject\n[\s\S]*^function inject\(input: Uint8Array, options\?: InjectOptions\): InjectResult;$/m,
  )
  t.regex(reference(), /^### InjectOptions\n[\s\S]*^\| `profile\?` \| `Profile` \|/m)
})

test.serial('the reference is made from the declarations, and the samples show what they print', t => {
  const text = readFileSync(path, 'utf8')
  const place = /<!-- reference -->[\s\S]*<!-- end of reference -->/
  const whole = text
    .replace(SAMPLE, (block, code: string) => {
      const printed = outputs.get(code)
      return printed === undefined ? block : `\`\`\`js\n${code}\`\`\`\n\n\`\`\`text\n${printed}\`\`\`\n`
    })
    .replace(place, () => `<!-- reference -->\n\n${reference()}\n<!-- end of reference -->`)
  if (UPDATE) writeFileSync(path, whole)
  t.is(text, UPDATE ? text : whole)
})

test('what is no bytes is refused with the remedy, by every function that takes bytes', t => {
  const bad = ['#cloud-config\n', null, 7, new ArrayBuffer(3), [35]] as unknown as readonly Uint8Array[]
  const { check, inject, preview, uninject, vendorData } = library
  for (const input of bad) {
    for (const take of [check, inject, preview, uninject, vendorData]) {
      const error = t.throws(() => take(input), { instanceOf: TypeError })
      t.regex(error.message, /^the user-data is bytes, a Uint8Array, not .*: encode text with new TextEncoder\(\)/)
    }
  }
  const [text] = bad as readonly [Uint8Array]
  const asked = new TextEncoder().encode('#cloud-config\n')
  const options = { annotations: ['connect-inject=true', 'connect-service=web'] }
  const vendor = { ...options, vendorData: { name: 'v', bytes: text } }
  t.regex(t.throws(() => inject(asked, vendor), { instanceOf: TypeError }).message, /^vendorData\.bytes is bytes/)
  const against = { ...options, against: { name: 'a', bytes: text } }
  t.regex(t.throws(() => preview(asked, against), { instanceOf: TypeError }).message, /^against\.bytes is bytes/)
})

test('bytes of another realm are bytes', t => {
  const bytes = runInNewContext('Uint8Array.from([35, 33, 10])') as Uint8Array
  t.deepEqual(library.inject(bytes).output, bytes)
})

test('mutate answers text and bytes with what it takes instead', t => {
  for (const text of ['{}', Buffer.from('{}')])
    t.regex(library.mutate(text).response?.status?.message ?? '', /parse it first.*JSON\.parse/)
})
