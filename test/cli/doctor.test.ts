import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { CHECKS, DOCTOR } from '../../userdata-templates/generated/doctor.ts'
import { GUEST } from '../../userdata-templates/generated/guest.ts'
import { LIGHT } from '../../userdata-templates/generated/light.ts'
import { PLACES } from '../../userdata-templates/generated/places.ts'
import { projectFolder } from '../shared.ts'
import { runIn } from './world.ts'

const doctor = async (...argv: readonly string[]): Promise<string> => {
  const { exit, stdout, stderr } = await runIn({}, 'doctor', ...argv)
  if (exit !== 0) throw new Error(stderr)
  return stdout.toString()
}
const explain = async (...argv: readonly string[]): Promise<string> =>
  (await runIn({}, 'explain', ...argv)).stdout.toString()

/** The literal that stands for a name in the program. */
const filled = (name: string): unknown =>
  JSON.parse(new RegExp(`^${name} = json\\.loads\\(r'''(.*)'''\\)$`, 'm').exec(DOCTOR)?.[1] ?? '')

test('without options it prints the program as it was built', async t => {
  t.is(await doctor(), DOCTOR)
  t.true(DOCTOR.startsWith('#!/usr/bin/env python3\n'))
  t.regex(DOCTOR, /^ {4}sys\.exit\(main\(OPTIONS \+ sys\.argv\[1:\]\)\)\n$/m)
})

test('options are made part of the program, in words that say nothing to Python', async t => {
  const path = `it's """ \u00e4'''\\`
  const made = await doctor('--output', 'json', '--strict', '--bundle', path, '--color=never')
  const [literal = ''] = /(?<=^OPTIONS = json\.loads\(r''').*(?='''\)$)/m.exec(made) ?? []
  t.deepEqual(JSON.parse(literal), ['--output=json', '--color=never', `--bundle=${path}`, '--strict'])
  t.notRegex(literal, /['\u007f-\uffff]/)
  t.is(
    made.replace(literal, () => '[]'),
    DOCTOR,
  )
})

test('it knows the guest files of its version, in full and as they travel', t => {
  const known = filled('GUEST') as Readonly<Record<string, readonly string[]>>
  const digest = (text = ''): string => createHash('sha256').update(text).digest('hex')
  for (const [name, [mode, path = '']] of Object.entries(PLACES)) {
    if (name !== 'packages.conf') t.deepEqual(known[path], [mode, digest(GUEST[name]), digest(LIGHT[name])])
  }
  t.is(Object.keys(known).length, Object.keys(PLACES).length - 1)
  t.deepEqual(filled('TABLE'), CHECKS)
})

test('every check is explained, by itself and in the list of all', async t => {
  const all = await explain('doctor')
  t.true(CHECKS.length > 40)
  for (const { id, meaning, needs } of CHECKS) {
    const words = (await explain(`doctor/${id}`)).replace(/\s+/g, ' ')
    t.true(words.startsWith(`doctor/${id} `))
    t.true(words.includes(meaning))
    for (const need of needs) t.true(words.includes(need))
    t.regex(all, new RegExp(`^ {2}${id} `, 'm'))
  }
  t.deepEqual(JSON.parse(await explain('doctor', '--output=json')), CHECKS)
})

test('a check that there is not is refused with a suggestion', async t => {
  const { exit, stderr } = await runIn({}, 'explain', 'doctor/agent-xdx')
  t.is(exit, 2)
  t.regex(stderr, /did you mean doctor\/agent-xds\?/)
  t.regex((await runIn({}, 'explain', 'doctor/nothing-like-it')).stderr, /explain doctor/)
})

test('the README of the doctor lists what it checks', t => {
  const path = join(projectFolder, 'examples/doctor/README.md')
  const readme = readFileSync(path, 'utf8')
  const part = (section: string): string => {
    const rows = CHECKS.filter(row => row.section === section)
    const lines = rows.map(
      ({ id, title, meaning }) => `- \`${id}\` ${title.replaceAll('{service}', 'SERVICE')}. ${meaning}\n`,
    )
    return `### ${section}\n\n${lines.join('')}`
  }
  const reference = [...new Set(CHECKS.map(({ section }) => section))].map(part).join('\n')
  const wanted = readme.replace(
    /(?<=<!-- reference -->\n)[\s\S]*(?=<!-- end of reference -->)/,
    () => `\n${reference}\n`,
  )
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, wanted)
  t.is(readFileSync(path, 'utf8'), wanted)
})
