import { postpone } from '../../userdata-templates/generated/envelopes.ts'
import { VERSION } from '../version.ts'

/**
 * The script that starts the sidecar, for a place where cloud-init runs it before the operator's own: it puts itself behind them
 * and is run again there. It does nothing where the file of the condition is missing.
 */
export const postponed = (script: string, condition: string | undefined): string =>
  postpone({ version: VERSION, condition: condition ?? '', script: script.replace(/^#!.*\n/, '').trimEnd() })
