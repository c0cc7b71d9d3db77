import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { parseMime } from '../../src/decode/mime.ts'
import { inject, uninject } from '../../src/index.ts'
import { installed } from '../cli/tool.ts'
import { projectFolder } from '../shared.ts'
import { type Multipart, multipart } from '../support/multiparts.ts'
import { bytes, text } from '../support/places.ts'

const FOLDER = join(projectFolder, 'test', 'weave', 'readers')
const GO = { CGO_ENABLED: '0', GO111MODULE: 'off', GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '' }
/** Building the program takes its time where nothing of Go's library is built yet. */
const PATIENCE = 300_000

interface Part {
  readonly type: string
  readonly mark: string
  readonly body: string
}

interface Reading {
  readonly parts: readonly Part[]
  readonly fault?: string
}

/** A program that reads messages by the parser of its language. */
interface Reader {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const READERS: readonly Reader[] = [
  { name: 'Go', command: ['go', 'run', 'main.go'] },
  { name: 'Python', command: ['python3', 'main.py'] },
]

function asked(
  { command: [program, ...args] }: Reader,
  messages: readonly string[],
  ...more: readonly string[]
): unknown {
  const { stdout, stderr, status } = spawnSync(program, [...args, ...more], {
    cwd: FOLDER,
    input: JSON.stringify(messages.map(message => Buffer.from(message, 'latin1').toString('base64'))),
    encoding: 'utf8',
    env: { ...process.env, ...GO },
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

const read = (reader: Reader, messages: readonly string[]): readonly Reading[] =>
  asked(reader, messages) as readonly Reading[]
const rewrite = (reader: Reader, messages: readonly string[]): readonly string[] =>
  (asked(reader, messages, 'rewrite') as readonly string[]).map(message => text(Buffer.from(message, 'base64')))

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' } as const
const injected = (content: string): string => text(inject(bytes(content), OPTIONS).output ?? bytes(''))

const isOurs = ({ mark }: Part): boolean => mark !== ''

/** What the parts hold, without the marks of the comments that annotation keys are by then. */
const bodiesOf = (parts: readonly Part[]): readonly (readonly [string, string])[] =>
  parts.map(({ type, body }) => [type, text(Buffer.from(body, 'base64')).replaceAll(/^# (?=consul\.| {2}- )/gm, '')])

const DOCUMENTS: readonly Multipart[] = fc
  .sample(multipart, { numRuns: 400, seed: 9 })
  // No parser but that of mailboxes takes this line; cloud-init's does.
  .filter(({ text: content }) => !content.startsWith('From '))
const OUTPUTS = DOCUMENTS.map(({ text: content }) => injected(content))

/** A message with its end, as every reader wants it. */
const ended = ({ text: content, newline, closed }: Multipart): string => {
  if (closed) return content
  const { boundary, children } = parseMime(content)
  const joined = children.length > 0 && !content.endsWith(newline) ? newline : ''
  return `${content}${joined}--${boundary}--${newline}`
}

function keepsAll(t: ExecutionContext, reader: Reader): void {
  const before = read(reader, DOCUMENTS.map(ended))
  const after = read(reader, OUTPUTS)
  t.true(before.filter(({ fault }) => fault === undefined).length > 250)
  for (const [index, { parts, fault }] of after.entries()) {
    const was = before[index]
    t.is(fault, undefined, OUTPUTS[index])
    if (was?.fault !== undefined) continue
    t.deepEqual(bodiesOf(parts.filter(part => !isOurs(part))), bodiesOf(was?.parts ?? []), OUTPUTS[index])
    t.deepEqual(parts.map(isOurs), [...(was?.parts ?? []).map(() => false), true, true], OUTPUTS[index])
    t.deepEqual(
      parts.filter(isOurs).map(({ type }) => type),
      ['text/cloud-boothook; charset="us-ascii"', 'text/x-shellscript; charset="us-ascii"'],
    )
  }
}

function survivesRewriting(t: ExecutionContext, reader: Reader): void {
  const readable = read(reader, OUTPUTS)
  const outputs = OUTPUTS.filter((_, index) => readable[index]?.fault === undefined)
  const rewritten = rewrite(reader, outputs)
  const taken = rewritten.map(message => uninject(bytes(message)))
  t.deepEqual(
    taken.filter(({ diagnostics, injected: known }) => !known || diagnostics.length > 0),
    [],
  )
  const again = rewritten.map(injected)
  t.deepEqual(again.map(injected), again)
  const before = read(reader, rewritten)
  const after = read(reader, again)
  for (const [index, { parts }] of after.entries()) {
    const was = before[index]?.parts ?? []
    t.deepEqual(bodiesOf(parts.filter(part => !isOurs(part))), bodiesOf(was.filter(part => !isOurs(part))))
    t.is(parts.filter(isOurs).length, 2)
  }
}

for (const reader of READERS) {
  const there = installed(reader.command[0]) || process.env['CONSUL_VM_INJECT_NO_SKIP'] !== undefined
  const run = there ? test.serial : test.serial.skip

  run(`${reader.name} finds every part of the operator's at the first level, the same bytes in the same order`, t => {
    t.timeout(PATIENCE)
    keepsAll(t, reader)
  })

  run(`what ${reader.name} reads and writes anew is known for injected, taken out and injected again`, t => {
    t.timeout(PATIENCE)
    survivesRewriting(t, reader)
  })
}
