import test from 'ava'
import { allCommands, COMMAND_NAMES, commandNamed, DEFAULT } from '../../src/cli/commands.ts'
import { optionsOf } from '../../src/cli/options.ts'
import { runIn } from './world.ts'

const textOf = async (...argv: readonly string[]): Promise<string> => (await runIn({}, ...argv)).stdout.toString()
const COMMANDS = allCommands()
const OPTIONS = COMMANDS.flatMap(command => optionsOf(command).map(option => ({ command, option })))

test('a command is called as the table of commands calls it', t => {
  t.deepEqual(
    COMMANDS.map(({ name }) => name),
    COMMAND_NAMES,
  )
  for (const command of COMMANDS) t.is(commandNamed(command.name), command)
  t.is(COMMANDS[0], DEFAULT)
  t.is(commandNamed('toString'), undefined)
})

test('commands are told apart by their names, options of a command by name and letter', t => {
  const names = COMMANDS.map(({ name }) => name)
  t.is(new Set(names).size, names.length)
  for (const command of COMMANDS) {
    const forms = optionsOf(command).flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]))
    t.is(new Set(forms).size, forms.length, command.name)
  }
})

test('an option means the same wherever it stands: same letter, and a value or none', t => {
  const kinds = new Map<string, string>()
  for (const { option } of OPTIONS) {
    const kind = `${option.short} ${option.value === undefined ? 'none' : 'a value'}`
    t.is(kinds.get(option.name) ?? kind, kind, option.name)
    kinds.set(option.name, kind)
  }
})

test('the help of a command has its operands, every option with its choices, and its examples', async t => {
  for (const command of COMMANDS) {
    const help = await textOf(command.name, '--help')
    const words = help.replace(/\s+/g, ' ')
    t.true(help.startsWith(`consul-vm-inject ${command.name} [OPTIONS] ${command.operands}`.trim()), command.name)
    for (const { name, short, summary, choices } of optionsOf(command)) {
      t.regex(help, new RegExp(`^  ${short === undefined ? '   ' : `-${short},`} --${name}\\b`, 'm'))
      t.true(words.includes(summary), name)
      if (choices !== undefined) t.true(words.includes(`(${choices.join(', ')})`), name)
    }
    for (const example of command.examples) t.true(help.includes(`  ${example}\n`), example)
  }
})

test('the help of the tool has every command, the options of the first one and every exit status', async t => {
  const help = await textOf('--help')
  for (const { name, operands } of COMMANDS) t.true(help.includes(`\n  ${`${name} ${operands}`.trim()}`), name)
  for (const { name } of optionsOf({ options: COMMANDS[0]?.options ?? [] })) t.regex(help, new RegExp(` --${name}\\b`))
  for (const status of [0, 1, 2, 3, 70]) t.regex(help, new RegExp(`^  ${status} +\\S`, 'm'))
})

test('no line of help is wider than 100 columns', async t => {
  const texts = await Promise.all([textOf('help'), ...COMMANDS.map(({ name }) => textOf('help', name))])
  for (const line of texts.join('').split('\n')) t.true(line.length <= 100, line)
})

test('the manual page has every command, option, choice, example and exit status', async t => {
  const page = (await textOf('man')).replaceAll('\\-', '-').replaceAll('\\e', '\\')
  for (const { name } of COMMANDS) t.true(page.includes(`.SS \\fB${name}\\fR`), name)
  for (const { command, option } of OPTIONS) {
    const section = page.split('.SS ').find(text => text.startsWith(`\\fB${command.name}\\fR`)) ?? ''
    t.true(section.includes(`\\fB--${option.name}\\fR`), `${command.name} ${option.name}`)
    if (option.short !== undefined) t.true(section.includes(`\\fB-${option.short}\\fR, `), option.name)
    if (option.value !== undefined)
      t.true(section.includes(`\\fB--${option.name}\\fR \\fI${option.value}\\fR`), option.name)
    for (const choice of option.choices ?? []) t.true(section.includes(choice), choice)
  }
  for (const example of COMMANDS.flatMap(({ examples }) => examples))
    t.true(page.includes(`.nf\n${example}\n.fi`), example)
  for (const status of [0, 1, 2, 3, 70]) t.true(page.includes(`.TP\n\\fB${status}\\fR\n`), String(status))
})

const PATTERNS = {
  bash: (name: string) => new RegExp(`options='[^']*--${name}[ ']`),
  zsh: (name: string) => new RegExp(`--${name}=?\\[`),
  fish: (name: string) => new RegExp(` -l ${name} `),
} as const

for (const [shell, pattern] of Object.entries(PATTERNS)) {
  test(`the completion of ${shell} has every command, option and choice`, async t => {
    const script = await textOf('completion', shell)
    for (const { name } of COMMANDS) t.regex(script, new RegExp(`\\b${name}\\b`))
    for (const { option } of OPTIONS) {
      t.regex(script, pattern(option.name), option.name)
      if (option.choices !== undefined) t.true(script.includes(option.choices.join(' ')), option.name)
    }
  })
}
