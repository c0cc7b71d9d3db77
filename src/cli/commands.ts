import type { Command } from './command.ts'
import { injectCommand } from './inject.ts'
import * as others from './others.ts'

/** The command that runs when none is named. */
export const DEFAULT: Command = injectCommand

/** Every command under its name, in the order of the help. One is read when it is asked for, so that a start costs one only. */
const TABLE: Readonly<Record<string, () => Command>> = {
  inject: () => injectCommand,
  preview: () => others.previewCommand,
  uninject: () => others.uninjectCommand,
  'vendor-data': () => others.vendorDataCommand,
  check: () => others.checkCommand,
  explain: () => others.explainCommand,
  guest: () => others.guestCommand,
  doctor: () => others.doctorCommand,
  terraform: () => others.terraformCommand,
  serve: () => others.serveCommand,
  schema: () => others.schemaCommand,
  completion: () => others.completionCommand,
  man: () => others.manCommand,
  help: () => others.helpCommand,
}

export const COMMAND_NAMES: readonly string[] = Object.keys(TABLE)

/** The command of a name; undefined where there is none. */
export const commandNamed = (name: string): Command | undefined =>
  Object.hasOwn(TABLE, name) ? TABLE[name]?.() : undefined

/** All of them, in the order of the help. */
export const allCommands = (): readonly Command[] => Object.values(TABLE).map(command => command())
