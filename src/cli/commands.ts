import { checkCommand } from './check.ts'
import type { Command } from './command.ts'
import { completionCommand } from './completion.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { guestCommand } from './guest.ts'
import { helpCommand } from './help.ts'
import { injectCommand } from './inject.ts'
import { manCommand } from './man.ts'
import { previewCommand } from './preview.ts'
import { schemaCommand } from './schema.ts'
import { serveCommand } from './serve.ts'
import { terraformCommand } from './terraform.ts'
import { uninjectCommand } from './uninject.ts'
import { vendorDataCommand } from './vendor-data.ts'

/** Every command, in the order of the help. The first is the one that runs when none is named. */
export const COMMANDS: readonly Command[] = [
  injectCommand,
  previewCommand,
  uninjectCommand,
  vendorDataCommand,
  checkCommand,
  explainCommand,
  guestCommand,
  doctorCommand,
  terraformCommand,
  serveCommand,
  schemaCommand,
  completionCommand,
  manCommand,
  helpCommand,
]
