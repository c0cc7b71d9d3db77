import { ANNOTATIONS } from '../../../annotations/generated/table.ts'
import type { AnnotationRow } from '../../../annotations/row.ts'
import { nameOf } from '../../annotate/annotation.ts'
import { CATALOGUE } from '../../report/catalogue.ts'
import type { Command, Option } from '../command.ts'

export type Shell = 'bash' | 'zsh' | 'fish'
export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

/** What `schema` prints the schema of. */
export type SchemaName = 'annotations' | 'preview'
export const SCHEMAS: readonly SchemaName[] = ['annotations', 'preview']

/** Options whose value is an annotation; of the other values without choices completion offers files. */
export const ANNOTATION: string = 'annotation'

/** Keys for --annotation, as it takes them: without a domain, save for the alpha one. */
const settable = (row: AnnotationRow): readonly string[] =>
  row.aliasOf === undefined && (row.verdict === 'applies' || row.verdict === 'maps')
    ? [row.key.replace(/^consul\.hashicorp\.com\//, '')]
    : []

/** What --annotation is given, up to the value: `key=`, or the beginning of a key that has a name of its own to come. */
export const assignments = (): readonly string[] =>
  ANNOTATIONS.flatMap(row => settable(row).map(key => (row.prefix ? key : `${key}=`)))

/** Keys of which the value is a boolean. */
export const switches = (): readonly string[] =>
  ANNOTATIONS.flatMap(row => (row.syntax === 'go-bool' ? settable(row) : []))

/** What is offered for the operand of a command: words, or undefined for files. */
export function operandWords({ completes }: Command, commands: readonly Command[]): readonly string[] | undefined {
  if (completes === 'file') return undefined
  if (completes === 'key') return [...new Set(ANNOTATIONS.map(({ key }) => nameOf(key))), ...Object.keys(CATALOGUE)]
  if (completes === 'shell') return SHELLS
  if (completes === 'schema') return SCHEMAS
  return completes === 'command' ? commands.map(({ name }) => name) : []
}

/** `--name` and `-n`. */
export const formsOf = ({ name, short }: Option): readonly string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
