import test from 'ava'
import { runIn, type World } from '../world.ts'

const GOOD =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const BAD = `${GOOD}# consul.hashicorp.com/conect-service-port: "80"\n`
const files = { 'in/web': GOOD, 'in/bad': BAD, 'in/plain': '#!/bin/sh\n' }

interface Log {
  readonly version: string
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
      readonly columnKind: string
      readonly invocations: readonly [
        { readonly executionSuccessful: boolean; readonly toolExecutionNotifications?: object[] },
      ]
      readonly results: readonly {
        readonly ruleId: string
        readonly ruleIndex: number
        readonly level: string
        readonly message: { readonly text: string }
        readonly locations?: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
              readonly region: Readonly<Record<string, number>>
            }
          },
        ]
      }[]
    },
  ]
}
const sarif = async (world: World, ...argv: readonly string[]): Promise<Log['runs'][0]> => {
  const { stdout } = await runIn(world, 'check', '--output', 'sarif', ...argv)
  const log = JSON.parse(stdout.toString()) as Log
  if (log.version !== '2.1.0' || log.runs.length !== 1) throw new Error('not a SARIF log of one run')
  return log.runs[0]
}

test('a directory is judged file by file; one refused file is enough for status 2', async t => {
  const { exit, stdout, stderr } = await runIn({ files }, 'check', 'in')
  t.is(exit, 2)
  t.is(stdout.length, 0)
  t.regex(stderr, /^error\[E201\]/)
  t.regex(stderr, /\n\n3 files: 1 to inject, 1 to leave as it is, 1 refused\n$/)
  t.is((await runIn({ files }, 'check', 'in/web', 'in/plain')).exit, 0)
})

test('several files may be judged, standard input among them', async t => {
  const { exit, stdout } = await runIn({ files, stdin: BAD }, 'check', 'in/web', '-', '--output', 'json')
  const records = JSON.parse(stdout.toString()) as readonly { readonly file: string; readonly line?: number }[]
  t.is(exit, 2)
  t.deepEqual(
    records.map(({ file, line }) => [file, line]),
    [
      ['<stdin>', 4],
      ['in/web', undefined],
      ['in/web', undefined],
    ],
  )
})

test('a file that cannot be read is told, and the others are judged all the same', async t => {
  const { exit, stderr } = await runIn({ files }, 'check', 'gone', 'in/bad')
  t.is(exit, 2)
  t.regex(stderr, /^error: cannot read gone: there is no such file\n\nerror\[E201\]/)
  t.regex(stderr, /2 files: 1 refused, 1 not readable\n$/)
})

test('data goes to standard output, the summary to standard error, and --quiet silences that', async t => {
  for (const format of ['json', 'sarif', 'github']) {
    const { stdout, stderr } = await runIn({ files }, 'check', 'in', '--output', format)
    t.true(stdout.length > 0)
    t.is(stderr, '3 files: 1 to inject, 1 to leave as it is, 1 refused\n')
    t.is((await runIn({ files }, 'check', 'in', '--output', format, '--quiet')).stderr, '')
    t.is((await runIn({ files }, 'check', 'in/web', '--output', format)).stderr, '')
  }
})

test('a SARIF log counts columns in code points and names the rules of its results only', async t => {
  const { columnKind, tool, results, invocations } = await sarif({ files }, 'in')
  t.is(columnKind, 'unicodeCodePoints')
  t.deepEqual(invocations, [{ executionSuccessful: true }])
  t.deepEqual(
    tool.driver.rules.map(({ id }) => id),
    ['E201', 'N101', 'N102', 'W304'],
  )
  t.deepEqual(
    results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level]),
    [
      ['E201', 0, 'error'],
      ['W304', 3, 'warning'],
      ['N101', 1, 'note'],
      ['N102', 2, 'note'],
    ],
  )
})

test('a SARIF result has its place in the file; one without a place stands in the first line', async t => {
  const { results } = await sarif({ files }, 'in')
  const places = results.map(({ locations }) => locations?.[0].physicalLocation)
  t.deepEqual(places[0], {
    artifactLocation: { uri: 'in/bad', uriBaseId: '%SRCROOT%' },
    region: { startLine: 4, startColumn: 3, endLine: 4, endColumn: 43 },
  })
  t.deepEqual(places[1]?.region, { startLine: 1 })
})

test('with --strict a warning is an error in SARIF and for GitHub', async t => {
  const world = { files: { 'in/README.md': 'Read me.\n' } }
  t.deepEqual(
    (await sarif(world, 'in', '--strict')).results.map(({ ruleId, level }) => [ruleId, level]),
    [['W101', 'error']],
  )
  const { stdout, exit } = await runIn(world, 'check', 'in', '--strict', '--output', 'github')
  t.regex(stdout.toString(), /^::error file=in\/README\.md,line=1,/)
  t.is(exit, 2)
})

test('a SARIF log without results is whole, and empty output is nothing to do for GitHub', async t => {
  const { results, tool } = await sarif({ files }, 'in/web', '--quiet')
  t.deepEqual(results, [])
  t.deepEqual(tool.driver.rules, [])
  t.is((await runIn({ files }, 'check', 'in/web', '--quiet', '--output', 'github')).stdout.length, 0)
})

test('a file that cannot be read is a failure of the run in SARIF, and a command without a title for GitHub', async t => {
  const { invocations, results } = await sarif({ files }, 'gone')
  t.false(invocations[0].executionSuccessful)
  t.is(invocations[0].toolExecutionNotifications?.length, 1)
  t.deepEqual(results, [])
  const { stdout } = await runIn({ files }, 'check', 'gone', '--output', 'github')
  t.is(stdout.toString(), '::error file=gone::cannot read gone: there is no such file\n')
})

test('what stands in no file of its own is told with words: standard input, flags, encoded parts', async t => {
  const { results } = await sarif({ stdin: BAD }, '--quiet')
  t.is(results[0]?.locations, undefined)
  t.regex(results[0]?.message.text ?? '', /\(<stdin>:4:3\)\. Help: did you mean/)
  const github = await runIn({ files }, 'check', 'in/web', '-a', 'nonsense', '--output', 'github', '--quiet')
  t.regex(github.stdout.toString(), /^::error title=E208::.* \(--annotation:1:1\)%0Ahelp: /)
})

test('a values file is a file like the documents', async t => {
  const { results } = await sarif({ files: { ...files, 'v.yaml': '- not\n' } }, 'in', '--values', 'v.yaml')
  t.is(results.filter(({ ruleId }) => ruleId === 'E212').length, 1)
  t.is(results[0]?.locations?.[0].physicalLocation.artifactLocation.uri, 'v.yaml')
})

test('in GitHub Actions paths begin at the checked out repository', async t => {
  const world = { files, env: { GITHUB_WORKSPACE: '/' } }
  t.regex((await runIn(world, 'check', 'in', '--output', 'github')).stdout.toString(), /^::error file=world\/in\/bad,/)
  const { results } = await sarif(world, 'in')
  t.is(results[0]?.locations?.[0].physicalLocation.artifactLocation.uri, 'world/in/bad')
})

test('a terminal is not waited for, whatever the format', async t => {
  const { exit, stderr } = await runIn({ stdinIsTerminal: true }, 'check', '--output', 'sarif')
  t.is(exit, 2)
  t.regex(stderr, /^error: there is no user-data: name a file, or pipe it in\n/)
})
