import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'
import { inject } from '../../src/index.ts'
import { PREVIEW_SCHEMA } from '../../src/preview/generated/schema.ts'
import { VERSION } from '../../src/version.ts'
import { projectFolder } from '../shared.ts'
import { bytes } from '../support/places.ts'
import { runIn, type World } from './world.ts'

const WEB =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const PREBUILT = ['--profile', 'prebuilt']
const injected = inject(bytes(WEB), { profile: 'prebuilt' }).output ?? new Uint8Array()
const files = { 'web.yaml': WEB, 'plain.yaml': '#cloud-config\n{}\n', 'web.injected': injected }
const run = (world: World, ...argv: readonly string[]) => runIn({ files, ...world }, 'preview', ...PREBUILT, ...argv)

test('the exit status is 1 when something would change, 0 when nothing would, 2 on an error', async t => {
  for (const view of ['diff', 'summary', 'traffic', 'traffic-svg', 'json']) {
    t.is((await run({}, '--view', view, 'web.yaml')).exit, 1)
    t.is((await run({}, '--view', view, 'plain.yaml')).exit, 0)
    t.is((await run({}, '--view', view, 'web.injected')).exit, 0)
    t.is((await run({}, '--view', view, '--against', 'web.injected', 'web.yaml')).exit, 0)
    const { exit, stdout } = await run({}, '--view', view, '-a', 'connect-inject=maybe', 'web.yaml')
    t.is(exit, 2)
    t.is(stdout.length, 0)
  }
})

test('nothing that would change is an empty diff', async t => {
  const { stdout, stderr } = await run({}, 'plain.yaml')
  t.is(stdout.length, 0)
  t.regex(stderr, /^note\[N101\]/)
})

const FULL = ['--profile', 'full', 'web.yaml']
const textOf = async (...argv: readonly string[]): Promise<string> => (await run({}, ...argv)).stdout.toString()

test('the diff names the files that are the same on every VM, and --all shows what is in them', async t => {
  const [usual, all] = [await textOf(...FULL), await textOf('--all', ...FULL)]
  for (const [path, content] of [
    ['/usr/local/bin/consul-redirect-traffic', '+service=${1-}'],
    ['/etc/systemd/system/envoy@.service', '+ProtectSystem='],
  ] as const) {
    t.regex(usual, new RegExp(`^  added +0[67][45][45]  [0-9a-f]{16}  ${path}$`, 'm'))
    t.false(usual.includes(content))
    t.true(all.includes(`+++ guest:${path} `))
    t.true(all.includes(content))
  }
  for (const text of [usual, all]) t.true(text.includes('+++ guest:/srv/consul/service-config.json '))
  t.true(usual.split('\n').length < 180, String(usual.split('\n').length))
  t.true(all.split('\n').length > 500)
  t.false(all.includes('the same on every VM'))
})

test('what is named stands for the bytes on the VM', async t => {
  const { files: found } = JSON.parse(await textOf('--view', 'json', ...FULL)) as {
    files: readonly { path: string; digest: string; common: boolean; content: string }[]
  }
  const common = found.filter(file => file.common)
  t.is(common.length, 10)
  for (const { digest, content } of common)
    t.is(createHash('sha256').update(content).digest('hex').slice(0, digest.length), digest)
})

test('guest files of another version are named as such, with both versions', async t => {
  const folder = join(projectFolder, 'test', 'decode', 'injection', 'written')
  const names = ['0.1.0/cloud-config/multipart-full', 'documents/cloud-config']
  const [earlier, input] = names.map(name => readFileSync(join(folder, name)))
  const world = { files: { 'old.injected': earlier ?? '', 'web.yaml': input ?? '' } }
  const of = async (...argv: readonly string[]) =>
    (await runIn(world, 'preview', '--against', 'old.injected', ...argv, 'web.yaml')).stdout.toString()
  const usual = await of()
  t.true(usual.includes(`Guest files of 0.1.0 -> ${VERSION}, the same on every VM`))
  t.regex(usual, /^ {2}changed {2}0755 {2}[0-9a-f]{16} {2}\/srv\/consul\/generate-sidecar-configs\.py$/m)
  t.false(usual.includes('--- guest:/srv/consul/generate-sidecar-configs.py'))
  t.true((await of('--all')).includes('--- guest:/srv/consul/generate-sidecar-configs.py'))
})

test('the picture is the same in text and as SVG wherever it is printed, and --all is refused for it', async t => {
  const { stdout } = await run({ stdoutIsTerminal: true, env: { LANG: 'C' } }, '--view', 'traffic', 'web.yaml')
  t.is(stdout.toString().replace(/\u001b\[[\d;]*m/g, ''), await textOf('--view', 'traffic', 'web.yaml'))
  t.regex(stdout.toString(), /^[\x1b\n -~]*$/)
  t.regex(await textOf('--view', 'traffic-svg', 'web.yaml'), /^<svg /)
  const refused = await run({}, '--view', 'traffic', '--all', 'web.yaml')
  t.is(refused.exit, 2)
  t.regex(refused.stderr, /^error: --all is for the diff, and --view traffic is none\n/)
})

test('nothing is ever written to a file', async t => {
  const { written } = await run({}, 'web.yaml')
  t.is(written.size, 0)
})

test('the diff is coloured on a terminal, by its own stream', async t => {
  const colour = (text: string | Buffer): boolean => text.toString().includes('\u001b[')
  const both = await run({ stdoutIsTerminal: true }, 'web.yaml')
  t.true(colour(both.stdout))
  t.false(colour(both.stderr))
  const words = await run({ stderrIsTerminal: true }, 'web.yaml')
  t.false(colour(words.stdout))
  t.true(colour(words.stderr))
  t.false(colour((await run({ stdoutIsTerminal: true, env: { NO_COLOR: '1' } }, 'web.yaml')).stdout))
  t.false(colour((await run({ stdoutIsTerminal: true }, '--color', 'never', 'web.yaml')).stdout))
  t.true(colour((await run({}, '--color', 'always', 'web.yaml')).stdout))
  t.false(colour((await run({}, '--color', 'always', '--view', 'json', 'web.yaml')).stdout))
})

test('without its colours the diff is the same', async t => {
  const coloured = (await run({}, '--color', 'always', 'web.yaml')).stdout.toString()
  t.is(coloured.replace(/\u001b\[[\d;]*m/g, ''), (await run({}, 'web.yaml')).stdout.toString())
})

test('the document or what it is compared with may come from standard input, not both', async t => {
  t.is((await run({ stdin: WEB }, '--against', 'web.injected')).exit, 0)
  t.is((await run({ stdin: injected }, '--against', '-', 'web.yaml')).exit, 0)
  const both = await run({ stdin: WEB }, '--against', '-')
  t.is(both.exit, 2)
  t.regex(both.stderr, /^error: standard input cannot be both --against - and the user-data\n/)
  t.regex((await run({}, '--against', 'no', 'web.yaml')).stderr, /^error: cannot read no: there is no such file\n/)
})

test('the JSON of every kind of preview is as the schema says', async t => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(PREVIEW_SCHEMA))
  const worlds: readonly (readonly string[])[] = [
    ['web.yaml'],
    ['plain.yaml'],
    ['web.injected'],
    ['--against', 'web.injected', '--profile', 'full', 'web.yaml'],
    ['--against', 'web.injected', '-a', 'connect-inject=false', 'web.yaml'],
    ['-a', 'connect-service=a,b', '-a', 'connect-service-port=1080,1081', '-a', 'transparent-proxy=false', 'web.yaml'],
    ['-a', 'connect-service-upstreams=api:1234', '-a', 'enable-metrics=true', 'web.yaml'],
  ]
  for (const argv of worlds) {
    const { stdout, exit } = await run({}, '--view', 'json', ...argv)
    t.true(exit < 2, argv.join(' '))
    const data: unknown = JSON.parse(stdout.toString())
    t.true(validate(data), JSON.stringify(validate.errors))
    t.false(validate({ ...(data as object), changed: 'maybe' }))
  }
})

test('with JSON for the diagnostics too, both streams are JSON', async t => {
  const { stdout, stderr } = await run({}, '--view', 'json', '--output', 'json', 'web.yaml')
  t.notThrows(() => JSON.parse(stdout.toString()))
  t.is((JSON.parse(stderr) as readonly { code: string }[])[0]?.code, 'N102')
})

test('the schema of the preview is printed, the one of the annotations unless asked', async t => {
  const of = async (...argv: readonly string[]) =>
    JSON.parse((await runIn({}, 'schema', ...argv)).stdout.toString()) as object
  t.deepEqual(await of('preview'), JSON.parse(PREVIEW_SCHEMA))
  t.deepEqual(await of('annotations'), await of())
  const { exit, stderr } = await runIn({}, 'schema', 'previw')
  t.is(exit, 2)
  t.is(stderr, 'error: there is no schema of previw\n  = help: did you mean preview?\n')
})

test('lines of the summary that can be are no wider than 100 columns', async t => {
  const { stdout } = await run(
    {},
    '--view',
    'summary',
    '-a',
    'transparent-proxy-exclude-outbound-cidrs=10.0.0.0/8',
    'web.yaml',
  )
  const wide = stdout
    .toString()
    .split('\n')
    .filter(line => line.length > 100)
  t.deepEqual(wide, [])
})

test('the summary says how much a platform takes, or that it sets no limit', async t => {
  const lines = async (platform: string): Promise<string> =>
    (await run({}, '--view', 'summary', '--platform', platform, 'web.yaml')).stdout.toString()
  t.regex(await lines('azure'), /Azure custom data takes 65,535 bytes: [\d,]+ are used, [\d,]+ left/)
  t.regex(await lines('lxd'), /LXD and Incus sets no limit: [\d,]+ bytes of text/)
})

test('a command line of the summary can be pasted into a shell', async t => {
  const { stdout } = await run({}, '--view', 'summary', '-a', "envoy-extra-args=--log-format '%v; $(x)'", 'web.yaml')
  t.regex(stdout.toString(), /--log-format '%v; \$\(x\)'/)
})
