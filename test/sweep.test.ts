import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { ANNOTATIONS } from '../annotations/generated/table.ts'
import { check, type InjectOptions, inject, preview, uninject } from '../src/index.ts'
import { projectFolder } from './shared.ts'
import { bytes, codes } from './support/places.ts'

type Make = (length: number) => string | Uint8Array

/** Documents of every format, and such as are made to hurt; `test/bench/sweep.mjs` takes them up to 16 MB through the command line. */
async function documents(): Promise<Readonly<Record<string, Make>>> {
  const of = async (name: string): Promise<Readonly<Record<string, Readonly<Record<string, Make>>>>> =>
    import(pathToFileURL(join(projectFolder, 'test/bench', name)).href)
  return { ...(await of('documents.mjs'))['DOCUMENTS'], ...(await of('worst.mjs'))['WORST'] }
}

const SIZE = 6000
const GIVEN = { annotations: ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'] }
const DOCUMENT = bytes('#cloud-config\n{}\n')

test('no document of any format makes a command fail in itself, and what is injected comes back', async t => {
  for (const [name, make] of Object.entries(await documents())) {
    const made = make(SIZE)
    const input = typeof made === 'string' ? bytes(made) : made
    const { output } = inject(input, GIVEN)
    const back = output === undefined ? undefined : uninject(output).output
    if (back !== undefined && !/gzip/.test(name)) t.is(Buffer.compare(back, input), 0, name)
    t.notThrows(() => inject(input, { ...GIVEN, layout: 'cloud-config' }), name)
    t.notThrows(() => [check(input, GIVEN), preview(input, GIVEN), uninject(input)], name)
    await setImmediate()
  }
})

test('no annotation of any shape makes injection fail in itself, in any layout', async t => {
  // By turns, for the layout is no matter to what reads an annotation.
  const layouts = ['multipart', 'cloud-config'] as const
  for (const [index, { key, prefix }] of ANNOTATIONS.entries()) {
    for (const [turn, shape] of ['7', ',', '['].entries()) {
      const given = `${prefix ? `${key}team` : key}=${shape.repeat(SIZE)}`
      const options = { annotations: [...GIVEN.annotations.slice(0, 2), given], layout: layouts[(index + turn) % 2] }
      t.notThrows(() => inject(DOCUMENT, options as InjectOptions), key)
    }
    await setImmediate()
  }
})

const many = (count: number, piece: string): string => piece.repeat(count)
for (const [what, code, content] of [
  [
    'MIME parts',
    'E108',
    `Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n${many(100_001, '--b\n')}--b--\n`,
  ],
  ['YAML nodes', 'E109', `#cloud-config\na: [${many(1_000_001, '1,')}]\n`],
  ['annotations', 'E110', `#cloud-config\n${many(10_001, '# consul.hashicorp.com/connect-service: web\n')}`],
] as const) {
  test(`more ${what} than any machine needs are refused by name`, t => {
    const { output, diagnostics } = inject(bytes(content), { ...GIVEN, name: 'web' })
    t.is(output, undefined)
    t.deepEqual(codes(diagnostics), [code])
    t.regex(diagnostics[0]?.message ?? '', new RegExp(`^web .*more than [15]0*.? ?.*${what.split(' ').at(-1)}$`))
  })
}
