import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestFn } from 'ava'
import { installed, runTool } from './tool.ts'
import { runIn } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-completion-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

const SHELLS = ['bash', 'zsh', 'fish'] as const
const scripts = new Map<string, string>()
test.before(async () => {
  for (const shell of SHELLS) {
    const { stdout } = await runIn({}, 'completion', shell)
    scripts.set(shell, join(folder, `completion.${shell}`))
    writeFileSync(join(folder, `completion.${shell}`), stdout)
  }
  writeFileSync(join(folder, 'web.yaml'), '')
  writeFileSync(join(folder, 'web two.yaml'), '')
})
const script = (shell: string): string => scripts.get(shell) ?? ''

/** The test itself where the shell is installed; else it is skipped under its own title. */
const where = (shell: string): TestFn => (installed(shell) ? test : (test.skip as unknown as TestFn))

for (const shell of SHELLS) {
  where(shell)(`the completion of ${shell} is valid in the eyes of ${shell}`, t => {
    t.is(runTool(shell, ['-n', script(shell)]), '')
  })
}

/** What bash offers for words of which the last one is being typed; `=` is a word of its own, as bash has it. */
function bashOffers(words: readonly string[]): readonly string[] {
  const program = `cd "$2" && . "$1" && shift 2 && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) && _consul_vm_inject
printf '%s\\n' "\${COMPREPLY[@]}"`
  return runTool('bash', ['-c', program, 'bash', script('bash'), folder, 'consul-vm-inject', ...words])
    .split('\n')
    .filter(line => line !== '')
}

/** What fish offers for a line of which the last word is being typed, without descriptions. */
function fishOffers(line: string): readonly string[] {
  const program = `cd $argv[2]; source $argv[1]; complete -C $argv[3]`
  return runTool('fish', ['-N', '-c', program, script('fish'), folder, `consul-vm-inject ${line}`])
    .split('\n')
    .flatMap(offer => offer.split('\t')[0] || [])
}

/** What zsh makes of a line at the press of the tabulator: it waits until the pattern is on the screen. */
function zshShows(line: string, pattern: string): string {
  const program = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2=; cd $2; autoload -Uz compinit; compinit -u -D; source $1; setopt nobeep; stty cols 200"
zpty -w shell "bindkey '^I' complete-word; print REA''DY"
zpty -r shell shown '*READY*'
zpty -n -w shell "$3"$'\\t'
zpty -r shell shown "*$4*" && print -r -- $shown
zpty -d shell`
  return runTool('zsh', ['-f', '-c', program, 'zsh', script('zsh'), folder, `consul-vm-inject ${line}`, pattern])
}

const bashCompletes = test.macro<[words: readonly string[], offers: readonly string[]]>({
  exec: (t, words, offers) => t.deepEqual(bashOffers(words), offers),
  title: (_, words = []) => `bash completes ${words.join(' ')}<TAB>`,
})
const EXCLUDE = [
  'transparent-proxy-exclude-inbound-ports=',
  'transparent-proxy-exclude-outbound-ports=',
  'transparent-proxy-exclude-outbound-cidrs=',
  'transparent-proxy-exclude-uids=',
]
where('bash')(bashCompletes, ['exp'], ['explain'])
where('bash')(bashCompletes, ['we'], ['web two.yaml', 'web.yaml'])
where('bash')(bashCompletes, ['--prof'], ['--profile'])
where('bash')(bashCompletes, ['--vers'], ['--version'])
where('bash')(bashCompletes, ['check', '--st'], ['--strict'])
where('bash')(bashCompletes, ['man', '--'], ['--help', '--version'])
where('bash')(bashCompletes, ['--profile', ''], ['full', 'prebuilt', 'fetch'])
where('bash')(bashCompletes, ['--profile', '=', 'p'], ['prebuilt'])
where('bash')(bashCompletes, ['--profile', '='], ['full', 'prebuilt', 'fetch'])
where('bash')(bashCompletes, ['explain', 'connect-service-p'], ['connect-service-port', 'connect-service-protocol'])
where('bash')(bashCompletes, ['explain', 'virt'], ['virtual-ip'])
where('bash')(bashCompletes, ['explain', 'W60'], ['W601', 'W602', 'W603', 'W604', 'W605'])
where('bash')(bashCompletes, ['--annotation', 'transparent-proxy-ex'], EXCLUDE)
where('bash')(bashCompletes, ['-a', 'alpha.consul.hashicorp.com/virt'], ['alpha.consul.hashicorp.com/virtual-ip='])
where('bash')(bashCompletes, ['-a', 'connect-inject', '=', 't'], ['true'])
where('bash')(bashCompletes, ['--annotation', '=', 'connect-inject', '='], ['true', 'false'])
where('bash')(bashCompletes, ['-a', 'connect-service', '=', 'w'], [])
where('bash')(bashCompletes, ['completion', ''], ['bash', 'zsh', 'fish'])
where('bash')(bashCompletes, ['help', 'ch'], ['check'])
where('bash')(bashCompletes, ['--values', 'w'], [])

const fishCompletes = test.macro<[line: string, offers: readonly string[]]>({
  exec: (t, line, offers) => t.deepEqual([...fishOffers(line)].sort(), [...offers].sort()),
  title: (_, line = '') => `fish completes ${line}<TAB>`,
})
where('fish')(fishCompletes, 'exp', ['explain'])
where('fish')(fishCompletes, 'we', ['web two.yaml', 'web.yaml'])
where('fish')(fishCompletes, '--prof', ['--profile'])
where('fish')(fishCompletes, 'check --st', ['--strict'])
where('fish')(fishCompletes, 'man --', ['--help', '--version'])
where('fish')(fishCompletes, 'man ', [])
where('fish')(fishCompletes, '--profile ', ['full', 'prebuilt', 'fetch'])
where('fish')(fishCompletes, 'explain connect-service-p', ['connect-service-port', 'connect-service-protocol'])
where('fish')(fishCompletes, '-a transparent-proxy-ex', EXCLUDE)
where('fish')(fishCompletes, '--annotation connect-inject=', ['connect-inject=true', 'connect-inject=false'])
where('fish')(fishCompletes, 'completion ', ['bash', 'zsh', 'fish'])
where('fish')(fishCompletes, '--values w', ['web two.yaml', 'web.yaml'])

const zshCompletes = test.macro<[line: string, pattern: string]>({
  exec: (t, line, pattern) => t.true(zshShows(line, pattern).includes(pattern)),
  title: (_, line = '') => `zsh completes ${line}<TAB>`,
})
where('zsh')(zshCompletes, 'expl', 'explain')
where('zsh')(zshCompletes, '--prof', '--profile')
where('zsh')(zshCompletes, 'check --profile pre', 'prebuilt')
where('zsh')(zshCompletes, 'explain connect-service-u', 'connect-service-upstreams')
where('zsh')(zshCompletes, '--annotation transparent-proxy-exclude-u', 'transparent-proxy-exclude-uids')
where('zsh')(zshCompletes, '--annotation=connect-inject=t', 'connect-inject=true')
where('zsh')(zshCompletes, 'web.', 'web.yaml')
