import test from 'ava'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { CATALOGUE } from '../../src/report/diagnostics.ts'
import { runIn } from './world.ts'

const explain = async (...argv: readonly string[]): Promise<string> => {
  const { exit, stdout, stderr } = await runIn({}, 'explain', ...argv)
  if (exit !== 0) throw new Error(stderr)
  return stdout.toString()
}

/** Each key with what is said of it, which takes time. */
const EXPLAINED = new Map<string, string>()
test.before(async () => {
  for (const { key } of ANNOTATIONS) EXPLAINED.set(key, await explain(key))
})

test('every key is explained: what it means, what it does on a VM, what its value is', t => {
  for (const { key, prefix, summary, vm } of ANNOTATIONS) {
    const shown = EXPLAINED.get(key) ?? ''
    const words = shown.replace(/\s+/g, ' ')
    t.true(shown.startsWith(`${key}${prefix ? '<name>' : ''}\n\n`), key)
    t.true(words.includes(summary.replace(/\s+/g, ' ')), key)
    t.true(words.includes(vm.replace(/\s+/g, ' ')), key)
    t.regex(shown, /^ {2}On a VM +\S/m, key)
    t.regex(shown, /^ {2}Value +[A-Z`]/m, `the syntax of ${key} has a description in the schema`)
  }
})

test('no line is wider than 100 columns', async t => {
  const all = [await explain(), ...EXPLAINED.values()]
  for (const line of all.join('').split('\n')) t.true(line.length <= 100 || !/\s\S+\s/.test(line.trim()), line)
})

test('the overview has every key once, under its family', async t => {
  const overview = await explain()
  for (const { key, prefix, family } of ANNOTATIONS) {
    const short = key.replace(/^consul\.hashicorp\.com\//, '') + (prefix ? '<name>' : '')
    t.is(overview.split('\n').filter(line => line === `  ${short}` || line.startsWith(`  ${short} `)).length, 1, key)
    t.true(overview.includes(`\n${family}\n`) || overview.includes(`\n${family}: `), family)
  }
})

test('a key may leave out its domain, the alpha one too', async t => {
  t.is(await explain('connect-service'), await explain('consul.hashicorp.com/connect-service'))
  t.is(await explain('virtual-ip'), await explain('alpha.consul.hashicorp.com/virtual-ip'))
})

test('what only VMs have is not said to be as on Kubernetes', async t => {
  t.regex(await explain('connect-service'), /On a VM +applies as on Kubernetes\n/)
  t.regex(await explain('virtual-ip'), /On a VM +applies there only: no Pod has it\n/)
})

test('a key of a family is explained by its family', async t => {
  t.is(await explain('service-meta-version'), await explain('service-meta-'))
})

test('the values of a boolean are listed', async t => {
  t.regex(await explain('connect-inject'), /One of +1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False\n/)
})

test('as JSON it is rows of the model', async t => {
  const all = JSON.parse(await explain('--output', 'json')) as { key: string; value: string }[]
  t.deepEqual(
    all.map(({ key }) => key),
    ANNOTATIONS.map(({ key }) => key),
  )
  const [one, ...others] = JSON.parse(await explain('connect-inject', '--output=json')) as Record<string, unknown>[]
  t.is(others.length, 0)
  t.like(one, { key: 'consul.hashicorp.com/connect-inject', verdict: 'applies', default: 'false' })
  t.is((one?.['values'] as string[] | undefined)?.length, 12)
})

test('every code of a diagnostic is explained, in either case', async t => {
  for (const [code, [severity, meaning]] of Object.entries(CATALOGUE)) {
    const shown = await explain(code.toLowerCase())
    t.true(shown.startsWith(`${code}  ${severity}\n\n  ${meaning}\n`), code)
    t.regex(shown, /^ {2}Remedy: [A-Z`]/m, code)
  }
  const [one] = JSON.parse(await explain('E202', '--output', 'json')) as readonly { example: { command: string } }[]
  t.like(one, { code: 'E202', severity: 'error', meaning: CATALOGUE.E202[1] })
  t.is(one?.example.command, 'consul-vm-inject check --profile prebuilt web.yaml')
})

test('of a code that does not exist it is asked which was meant', async t => {
  for (const [asked, near] of [
    ['E399', 'E309'],
    ['w306', 'W301'],
    ['E21', 'E201'],
  ] as const) {
    const { exit, stdout, stderr } = await runIn({}, 'explain', asked)
    t.is(exit, 2)
    t.is(stdout.length, 0)
    t.true(stderr.startsWith(`error: there is no diagnostic ${asked}\n`), stderr)
    t.true(stderr.includes(`did you mean ${near}?`), stderr)
  }
  t.regex((await runIn({}, 'explain', 'E12345678')).stderr, /each diagnostic shows its code/)
})
