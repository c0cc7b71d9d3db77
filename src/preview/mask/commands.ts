import { isSecretFile } from './names.ts'
import { heredocEnd, linesWithOffsets, type Range } from './range.ts'

/** Commands that take secrets from their input: the whole line is one. */
const WHOLE: readonly RegExp[] = [
  /(?:^|[^\w.-])chpasswd(?![\w-]*["']?\s*:)/,
  /\bpasswd["',\s]+--stdin/,
  /\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\S*\/)?(?:passwd|smbpasswd|cryptsetup|(?:docker|podman|vault)\s+login|kinit|gh\s+auth|ssh-add)\b/,
  /\bgpg2?\b.*--passphrase-fd/,
]

/** Commands that take secrets as arguments, and what stands before one: all that follows is taken for one. */
const BEHIND: readonly (readonly [command: RegExp, before: RegExp])[] = [
  [
    /\b(?:sshpass|(?:docker|podman|registry|az)\s+login|useradd|usermod|mysql\w*|mariadb[\w-]*|mongo\w*|smbclient|ipmitool)\b/,
    /[\s"',]-p["',\s=]*(?=\S)/,
  ],
  [/\bredis-cli\b/, /[\s"',]-a["',\s]*(?=\S)/],
  [/\bldap\w+\b/, /[\s"',]-w["',\s]*(?=\S)/],
  [/\b(?:curl|wget|https?|xh)\b/, /[\s"',](?:-u|--user|--proxy-user)["',\s=]*[^\s:"',]+:(?=\S)/],
  [/\b(?:htpasswd|mkpasswd|openssl\s+passwd|add_user|change_password)\b/, /["',\s]*(?=\S)/],
  [/\b(?:(?:pro|ua|ubuntu-advantage)\s+attach|canonical-livepatch\s+enable|vault\s+login)\b/, /["',\s]+(?=\S)/],
  [/\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?BY\b/i, /\s+/],
]

/** What stands behind the options of a command that takes secrets there. */
function argumentsOf(command: string, [name, before]: (typeof BEHIND)[number]): number | undefined {
  const named = name.exec(command)
  if (named === null) return undefined
  const start = named.index + named[0].length
  const found = before.exec(command.slice(start))
  return found === null ? undefined : start + found.index + found[0].length
}

const WRITES = /(?:>>?|\btee\b(?:["',\s]+-\w+)*)["',\s]*([^\s"',;|&<>]+)/g

/** Whether a command writes to a file that holds a secret. */
const writesSecret = (command: string): boolean =>
  [...command.matchAll(WRITES)].some(
    ([, path = '']) => path.includes('/') && isSecretFile(path) && !/apt|keyring|trusted|gpg/i.test(path),
  )

/** A shell reads on behind a backslash and behind a pipe; a YAML block begins with a sign that looks like one. */
const readsOn = (line: string): boolean => /\\\r?$/.test(line) || (/\|\s*$/.test(line) && !/[:-]\s*\|\s*$/.test(line))

/** Commands as a shell reads them: a line, or several that go on; offsets of the first and behind the last character. */
function commandsOf(text: string): readonly Range[] {
  const commands: Range[] = []
  let start: number | undefined
  for (const [at, line] of linesWithOffsets(text)) {
    start ??= at
    if (readsOn(line)) continue
    commands.push([start, at + line.length])
    start = undefined
  }
  return start === undefined ? commands : [...commands, [start, text.length]]
}

/** Where the here-document ends that a command opens; the end of the command when it opens none. */
function withHeredoc(text: string, command: string, end: number): number {
  const last = heredocEnd(command)
  if (last === undefined) return end
  const found = new RegExp(`^[\\s]*${last}[ \\t\\r]*$`, 'm').exec(text.slice(end + 1))
  return found === null ? text.length : end + 1 + found.index
}

/** Secrets that stand in commands without a name: `echo root:x | chpasswd`, `mysql -px`, `tee /root/.pgpass`. */
export function secretsInCommands(text: string): readonly Range[] {
  return commandsOf(text).flatMap(([start, end]): readonly Range[] => {
    const command = text.slice(start, end)
    if (!/\w/.test(command)) return []
    const indent = command.search(/[^\s-]|$/)
    if (WHOLE.some(pattern => pattern.test(command)) || writesSecret(command)) {
      return [[start + indent, withHeredoc(text, command, end)]]
    }
    return BEHIND.flatMap(row => {
      const at = argumentsOf(command, row)
      return at === undefined ? [] : [[start + at, end] as const]
    })
  })
}
