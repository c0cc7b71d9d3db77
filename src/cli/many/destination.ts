import { type Call, flag, text } from '../command.ts'
import { UsageError } from '../io.ts'
import { BACKUP } from '../options.ts'

/** Where the documents go: below a folder, or into their own places with a backup of this suffix. */
export type Destination = { readonly folder: string } | { readonly suffix: string }

/** What the options and operands ask for, or what is wrong with them. */
export function destinationOf({ operands, values }: Call): Destination {
  const folder = text(values, 'output-dir')
  const inPlace = flag(values, 'in-place')
  const suffix = text(values, BACKUP.name)
  const given = ['output-file', 'output-dir', 'in-place'].filter(name => values[name] !== undefined)
  if (given.length > 1) throw new UsageError(`${given.map(name => `--${name}`).join(' and ')} exclude each other`)
  if (suffix !== undefined && !inPlace) throw new UsageError('--backup goes with --in-place, which is not given')
  if (folder === undefined && !inPlace) {
    throw new UsageError(
      operands.length > 1
        ? 'several files do not go to one place'
        : `${operands[0]} is a directory: its files do not go to one place`,
      'give --output-dir DIR to write them below a directory, or --in-place to rewrite them',
    )
  }
  if (operands.length === 0 || operands.includes('-')) {
    const option = inPlace ? '--in-place' : '--output-dir'
    throw new UsageError(`${option} takes files and directories, and standard input is neither`, 'name the files')
  }
  return folder === undefined ? { suffix: suffix ?? BACKUP.usual } : { folder }
}
