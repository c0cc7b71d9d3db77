import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { FACES } from './faces.ts'
import { installed } from './tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-process-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

const CONFIG =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const PREBUILT = ['--profile', 'prebuilt']

const withFull = existsSync('/dev/full') ? test : test.skip

for (const [face, [runner, main]] of Object.entries(FACES)) {
  const tool = (args: readonly string[], input: string | Buffer = '') =>
    spawnSync(runner, [main, ...args], { input, cwd: folder })
  const shell = (line: string) => spawnSync('sh', ['-c', line, runner, main], { cwd: folder, encoding: 'utf8' })

  test(`${face}: user-data goes through the pipe`, t => {
    const { status, stdout, stderr } = tool(PREBUILT, CONFIG)
    t.is(status, 0)
    t.true(stdout.toString().includes(CONFIG))
    t.regex(stderr.toString(), /^note\[N102\]/)
  })

  test(`${face}: bytes that are not text come through as they are`, t => {
    const bytes = Buffer.concat([
      Buffer.from('#!/bin/sh\n'),
      Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    ])
    const { status, stdout } = tool([], bytes)
    t.is(status, 0)
    t.deepEqual(stdout, bytes)
  })

  test(`${face}: a document larger than a pipe comes through whole`, t => {
    const large = `#cloud-config\n${'# filler\n'.repeat(90_000)}`
    t.true(tool(['-q'], large).stdout.toString() === large)
  })

  test(`${face}: an error leaves standard output empty and has status 2`, t => {
    const { status, stdout, stderr } = tool(['-a', 'connect-inject=maybe'], CONFIG)
    t.is(status, 2)
    t.is(stdout.length, 0)
    t.regex(stderr.toString(), /^error\[E301\]/)
  })

  test(`${face}: a reader that goes away is no error`, t => {
    const { stdout, stderr } = shell(`"$0" "$1" schema | head -n 1; "$0" "$1" explain | true`)
    t.is(stdout, '{\n')
    t.is(stderr, '')
  })

  test(`${face}: nobody listening to standard error is no error`, t => {
    const document = CONFIG.replaceAll('\n', '\\n')
    const { stdout } = shell(
      `exec 3>&1
printf '${document}' | { "$0" "$1" --profile prebuilt 2>&1 >/dev/null; echo "status $?" >&3; } | true`,
    )
    t.is(stdout, 'status 0\n')
  })

  test(`${face}: a file is written whole and keeps its mode; on an error it is left alone`, t => {
    const [input, output] = [`input-${face}.yaml`, `output-${face}`]
    writeFileSync(join(folder, input), CONFIG)
    writeFileSync(join(folder, output), 'old\n')
    chmodSync(join(folder, output), 0o600)
    t.is(tool([input, '-o', output, '-a', 'connect-inject=maybe']).status, 2)
    t.is(readFileSync(join(folder, output), 'utf8'), 'old\n')
    t.is(tool([...PREBUILT, input, '-o', output]).status, 0)
    t.regex(readFileSync(join(folder, output), 'utf8'), /^Content-Type: multipart\/mixed/)
    t.is(statSync(join(folder, output)).mode & 0o777, 0o600)
    t.deepEqual(
      readdirSync(folder).filter(name => name.startsWith('.')),
      [],
    )
  })

  test(`${face}: a directory and a missing file are told from each other`, t => {
    t.regex(tool(['.']).stderr.toString(), /^error: \. is a directory: .*\n {2}= help: give --output-dir DIR/)
    t.regex(tool(['./no']).stderr.toString(), /^error: cannot read \.\/no: there is no such file\n/)
    t.regex(
      tool(['-o', '.'], CONFIG.replace('true', 'false')).stderr.toString(),
      /^error: cannot write \.: it is a directory\n/,
    )
  })

  withFull(`${face}: standard output that cannot be written is told, standard error that cannot is not`, t => {
    const full = shell('"$0" "$1" --version > /dev/full; echo $?')
    t.is(full.stderr, 'error: cannot write standard output: there is no space left on the device\n')
    t.is(full.stdout, '2\n')
    t.is(shell('"$0" "$1" --nonsense 2> /dev/full; echo $?').stdout, '2\n')
  })

  test(`${face}: a process substitution is a file`, t => {
    const line = `printf '${CONFIG.replaceAll('\n', '\\n')}' | "$0" "$1" -q --profile prebuilt /dev/stdin`
    t.regex(shell(line).stdout, /^Content-Type: multipart\/mixed/)
  })
}

const NON_BLOCKING = `
import os, subprocess, sys, time
(in_r, in_w), (out_r, out_w) = os.pipe(), os.pipe()
os.set_blocking(in_r, False)
os.set_blocking(out_w, False)
tool = subprocess.Popen(sys.argv[1:], stdin=in_r, stdout=out_w)
os.close(in_r), os.close(out_w)
os.write(in_w, b'#cloud-config\\n')
time.sleep(0.3)
writer = subprocess.Popen(['awk', 'BEGIN { while (i++ < 60000) print "# filler" }'], stdout=in_w)
os.close(in_w)
read = b''
while True:
    chunk = os.read(out_r, 65536)
    read += chunk
    if not chunk: break
sys.exit(0 if tool.wait() == 0 and read == b'#cloud-config\\n' + b'# filler\\n' * 60000 else 1)
`

const withPython = installed('python3') && installed('awk') ? test : test.skip
for (const [face, [runner, main]] of Object.entries(FACES)) {
  withPython(`${face}: pipes that do not block are read to the end and written whole`, t => {
    const { status, stderr } = spawnSync('python3', ['-c', NON_BLOCKING, runner, main, '-q'])
    t.is(status, 0, stderr.toString())
  })
}
