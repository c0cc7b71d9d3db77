import { CHECKS, type CheckRow, DOCTOR } from '../../userdata-templates/generated/doctor.ts'
import { nearest } from '../report/nearest.ts'
import { unicodeEscape } from '../report/visible.ts'
import { columns, hang } from '../report/wrap.ts'
import { type Call, type Command, flag, type Option, text } from './command.ts'
import { EXIT, UsageError } from './io.ts'
import { COLOR, FORMAT } from './options.ts'

const STRICT: Option = { name: 'strict', summary: 'end with status 1 where there is a warning' }
const BUNDLE: Option = {
  name: 'bundle',
  value: 'FILE',
  summary: 'on the VM: also write an archive (tar.gz, secrets masked) for support to FILE (- is standard output)',
}

/** The options that the program is given on the VM. */
const wordsFor = ({ values }: Call): readonly string[] => [
  ...['output', 'color', 'bundle'].flatMap(name => {
    const value = text(values, name)
    return value === undefined ? [] : [`--${name}=${value}`]
  }),
  ...(flag(values, 'strict') ? ['--strict'] : []),
]

/** Where the program keeps the options that it is made with. */
const NONE = "\nOPTIONS = json.loads(r'''[]''')\n"

/** JSON that says nothing to Python but itself: in ASCII, without the quote of the string that it stands in. */
const inPython = (words: readonly string[]): string => JSON.stringify(words).replace(/['\u007f-\uffff]/g, unicodeEscape)

/** The program, made with options. */
function programFor(call: Call): string {
  const words = wordsFor(call)
  return words.length === 0 ? DOCTOR : DOCTOR.replace(NONE, () => NONE.replace('[]', () => inPython(words)))
}

export const doctorCommand: Command = {
  name: 'doctor',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'print a program that finds out, on a VM, why it is not in the mesh',
  description: [
    'It is one Python program (3.6 or newer, nothing to install) that changes nothing on the VM and asks nobody beyond it.',
    'It prints a line for each check, in the order of the boot; the first that failed is the cause, with what to do about it.',
    'Its exit status is 0, 2 when a check failed, and with --strict 1 when there is something to be warned of.',
    'Without root it says what it could not see. Each check is explained by `consul-vm-inject explain doctor/CHECK`.',
  ],
  options: [
    { ...FORMAT, summary: 'how it says what it finds: for people, or as one JSON object' },
    STRICT,
    BUNDLE,
    COLOR,
  ],
  examples: [
    'consul-vm-inject doctor | ssh web1 sudo python3 -',
    'consul-vm-inject doctor --bundle - | ssh web1 sudo python3 - > web1.tar.gz',
  ],
  async run(call, io) {
    io.stdout(programFor(call))
    return EXIT.done
  },
}

const SUBJECT = 'doctor'
const titleOf = ({ title }: CheckRow): string => title.replaceAll('{service}', 'SERVICE')

/** What `explain` says of `doctor` and of `doctor/CHECK`; undefined for anything else. */
export function explainCheck(asked: string): { readonly text: string; readonly rows: readonly CheckRow[] } | undefined {
  if (asked === SUBJECT) {
    const sections = [...new Set(CHECKS.map(({ section }) => section))]
    const part = (name: string): string =>
      `${name}\n${columns(CHECKS.filter(({ section }) => section === name).map(row => [row.id, titleOf(row)]))}`
    return { text: sections.map(part).join('\n'), rows: CHECKS }
  }
  if (!asked.startsWith(`${SUBJECT}/`)) return undefined
  const id = asked.slice(SUBJECT.length + 1)
  const row = CHECKS.find(check => check.id === id)
  if (row === undefined) {
    const near = nearest(
      id,
      CHECKS.map(check => check.id),
    )
    throw new UsageError(
      `the doctor has no check ${id}`,
      near === undefined
        ? 'run `consul-vm-inject explain doctor` for those there are'
        : `did you mean ${SUBJECT}/${near}?`,
    )
  }
  const needs =
    row.needs.length === 0 ? '' : `\n${hang('  ', `Skipped when one of these failed: ${row.needs.join(', ')}`)}\n`
  return {
    text: `${SUBJECT}/${id}  ${row.section}: ${titleOf(row)}\n\n${hang('  ', row.meaning)}\n${needs}`,
    rows: [row],
  }
}
