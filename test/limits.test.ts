import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { ANNOTATIONS } from '../annotations/generated/table.ts'
import { check, type InjectOptions, inject, uninject } from '../src/index.ts'
import { pretty } from '../src/report/pretty.ts'
import { projectFolder } from './shared.ts'
import { bytes, codes, text } from './support/places.ts'

const P = 'consul.hashicorp.com/'
const GIVEN = [`${P}connect-inject=true`, `${P}connect-service=web`, `${P}connect-service-port=8080`]
const MIB = 1024 * 1024
const DOCUMENT = bytes('#cloud-config\n{}\n')

const given = (key: string, value: string, options: InjectOptions = {}) =>
  inject(DOCUMENT, {
    profile: 'prebuilt',
    ...options,
    annotations: [`${P}connect-inject=true`, `${P}connect-service=web`, `${key}=${value}`],
  })

/** What made a grammar slow once, or may: one kind of character, or short words, again and again. */
const SHAPES = ['7', 'a', '0', ' ', 'x!,', '1.', 'a:', '/', '[', '{"a":', '"', '\\', '10.0.0.0/8,', 'a:1,', '1h', '::']
const LONG = 20_000

const counting = ANNOTATIONS.filter(({ verdict }) => verdict === 'applies' || verdict === 'maps')
for (const [syntax, { key, prefix }] of new Map(counting.map(row => [row.syntax, row]))) {
  test(`${syntax}: a value of any shape that is too long is refused in words, and shown in part`, async t => {
    for (const shape of SHAPES) {
      const value = `${shape.repeat(LONG / shape.length)}x!`
      const { output, diagnostics } = given(prefix ? `${key}team` : key, value)
      t.is(output, undefined, shape)
      t.true(pretty(diagnostics, false).length < 20_000, shape)
      await setImmediate()
    }
  })
}

test('of a value it is told how long it is and may be', t => {
  const { diagnostics } = given(`${P}service-tags`, 'a'.repeat(16_385))
  t.regex(diagnostics.map(({ message }) => message).join(), /the value has 16385 characters, and at most 16384 count/)
  t.deepEqual(codes(given(`${P}proxy-config-map`, `{"a": "${'a'.repeat(16_000)}"}`).diagnostics), ['N102'])
})

test('a quoted value of megabytes in a comment is refused in words', t => {
  for (const value of [`"${'x'.repeat(4_000_000)}"`, `'${"''".repeat(4_000_000)}'`]) {
    const document = Buffer.from(
      `#!/bin/sh\n# consul.hashicorp.com/connect-inject: true\n# consul.hashicorp.com/connect-service: ${value}\n`,
    )
    t.deepEqual(
      check(document).diagnostics.map(({ code }) => code),
      ['E306'],
    )
  }
})

test('of one value at most twenty faults are told, the last of which counts the others', t => {
  const { diagnostics } = given(`${P}service-tags`, Array.from({ length: 50 }, () => '').join(','))
  t.true(diagnostics.length <= 21)
  const ports = given(`${P}transparent-proxy-exclude-inbound-ports`, Array.from({ length: 50 }, () => 'x').join(','))
  t.is(ports.diagnostics.length, 20)
  t.regex(ports.diagnostics.at(-1)?.message ?? '', /31 more faults of this value are not shown/)
})

test('a key of any length is told in part', t => {
  const { diagnostics } = inject(bytes(`#cloud-config\n# ${P}${'k'.repeat(160_000)}: "x"\n`))
  t.deepEqual(codes(diagnostics), ['E201'])
  t.true(pretty(diagnostics, false).length < 3000)
})

test('of one document at most a thousand complaints are told, errors first, the last of which counts the others', t => {
  for (const lead of ['# ', '']) {
    const lines = Array.from({ length: 5000 }, (_, at) => `${lead}${P}unknown-${at}: "x"\n`)
    const { diagnostics } = inject(bytes(`#cloud-config\n${lines.join('')}`))
    t.is(diagnostics.length, 1000)
    t.regex(diagnostics.at(-1)?.message ?? '', /^4001 more complaints about this document are not shown$/)
    t.true(pretty(diagnostics, false).includes('1000 errors'))
  }
})

test('a fault in a line of any length is shown with what stands around it', t => {
  const { diagnostics } = inject(bytes(`#cloud-config\n{${P}unknown: "x", a: "${'é'.repeat(MIB)}"}\n`))
  t.true(codes(diagnostics).includes('E204'))
  t.true(pretty(diagnostics, false).length < 2000)
})

const refused = (what: string, input: Uint8Array): void =>
  test(`${what} is refused by name, and nothing is made of it`, t => {
    for (const { output, diagnostics } of [
      inject(input, { name: 'web', annotations: GIVEN }),
      uninject(input, { name: 'web' }),
    ]) {
      t.true(output === undefined)
      t.deepEqual(
        codes(diagnostics).filter(code => code.startsWith('E')),
        ['E101'],
      )
      t.regex(diagnostics[0]?.message ?? '', /^web (?:has|unpacks to) more than 16 MiB$/)
    }
  })

const large = `#!/bin/sh\n${'\n'.repeat(16 * MIB)}`
refused('user-data of more than 16 MiB', bytes(large))
refused('a hundred MiB of zeros', new Uint8Array(100 * MIB))
refused('a gzip that unpacks to more', gzipSync(large))
refused('base64 of a gzip that unpacks to more', bytes(gzipSync(large).toString('base64')))
refused('base64 of more', bytes(Buffer.from(large).toString('base64')))

test('the parts of a MIME document unpack to no more than a document may, all together', t => {
  const part = gzipSync(`#!/bin/sh\n${'\n'.repeat(6 * MIB)}`).toString('base64')
  const headers = 'Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n'
  const parts = Array.from({ length: 60 }, () => `--b\n${headers}${part}\n`).join('')
  const mime = bytes(`Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n${parts}--b--\n`)
  const { output, diagnostics } = inject(mime, { annotations: GIVEN, profile: 'prebuilt' })
  t.deepEqual(codes(diagnostics), ['N102'])
  t.is(text(uninject(output ?? mime).output ?? new Uint8Array()), text(mime))
})

test('text in UTF-16 is refused with what to do, whatever its byte order', t => {
  const little = Buffer.from(`#cloud-config\n# ${P}connect-inject: "true"\n`, 'utf16le')
  const big = Buffer.from(little).swap16()
  for (const input of [
    little,
    big,
    Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
  ]) {
    const { output, diagnostics } = inject(Uint8Array.from(input))
    t.true(output === undefined)
    t.deepEqual(
      diagnostics.map(({ code, hint }) => [code, hint]),
      [['E105', 'save the file as UTF-8']],
    )
  }
})

test('annotation comments count in a cloud-config whose lines end in CR alone', t => {
  const input = bytes(`#cloud-config\r# ${P}connect-inject: "true"\r# ${P}connect-service: "web"\rpackages: [nginx]\r`)
  const { output, diagnostics } = inject(input, { profile: 'prebuilt' })
  t.deepEqual(codes(diagnostics), ['N102'])
  t.deepEqual(uninject(output ?? input).output, input)
})

test('the white space around base64 comes back', t => {
  const plain = Buffer.from(`#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: "web"\n`).toString(
    'base64',
  )
  for (const input of [` ${plain}`, `\n\n${plain}\n\n`, `${plain}  `, `\r\n${plain}\r\n \n`]) {
    const { output, injected } = { injected: true, ...inject(bytes(input)) }
    t.true(injected)
    t.not(output, undefined)
    t.is(text(uninject(output ?? new Uint8Array()).output ?? new Uint8Array()), input)
  }
})

const tool = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(projectFolder, 'dist/bin/consul-vm-inject.js'), ...words], {
    encoding: 'utf8',
    maxBuffer: 64 * MIB,
  })

test('a file that never ends is not read for ever', t => {
  const { status, stdout, stderr } = tool('inject', '/dev/zero')
  t.deepEqual([status, stdout], [2, ''])
  t.regex(stderr, /cannot read \/dev\/zero: it is larger than any user-data/)
})

test('a large file in a folder is refused by name, and the others are judged', t => {
  const folder = mkdtempSync(join(tmpdir(), 'large-'))
  mkdirSync(join(folder, 'in'))
  writeFileSync(join(folder, 'in', 'huge.yaml'), new Uint8Array(40 * MIB))
  writeFileSync(
    join(folder, 'in', 'web.yaml'),
    `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n`,
  )
  const { status, stderr } = tool('inject', '--keep-going', '--output-dir', join(folder, 'out'), join(folder, 'in'))
  t.is(status, 2)
  t.regex(stderr, /cannot read .*huge\.yaml: it is larger than any user-data/)
  t.regex(stderr, /1 injected/)
  rmSync(folder, { recursive: true })
})
