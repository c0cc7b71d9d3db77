import { BUNDLE } from '../../userdata-templates/generated/bundle.ts'
import { BUNDLE_DIGEST } from '../../userdata-templates/generated/packed.ts'
import { merge } from '../annotate/merge.ts'
import { validate } from '../annotate/validate.ts'
import { readValues } from '../annotate/values.ts'
import { agentOf, agentSettingsOf, merged } from '../plan/agent.ts'
import { packagesOf } from '../plan/packages.ts'
import { Reader } from '../plan/reader.ts'
import type { GuestFile } from '../render/injection.ts'
import { renderGuest } from '../render/render.ts'
import { type Diagnostic, hasErrors } from '../report/diagnostics.ts'
import type { JudgeOptions } from './judge.ts'

/** What an image has baked in: as files, and as a script that installs them as root of the system it runs on. */
export interface Guest {
  readonly files: readonly GuestFile[]
  readonly script: string
}

/**
 * All of the mesh that VMs of one image have in common, so that user-data of the profile `prebuilt` is enough for them: the
 * guest files, the agent's mesh settings and where packages come from, as the values file says. Pure; undefined when there
 * are errors.
 */
export function guest(options: Pick<JudgeOptions, 'values'> = {}): {
  readonly output: Guest | undefined
  readonly diagnostics: readonly Diagnostic[]
} {
  const values = readValues(options.values)
  const { helm, annotations, settings } = values
  const valid = validate(merge(annotations).annotations, settings, false)
  const diagnostics = [...values.diagnostics, ...valid.diagnostics]
  if (hasErrors(diagnostics)) return { output: undefined, diagnostics }
  const agent = merged(agentOf(values), agentSettingsOf(new Reader(valid.annotations, settings)))
  return { output: renderGuest({ agent, packages: packagesOf(helm) }), diagnostics }
}

/** The guest files that the profile `fetch` fetches: bytes to be put where the VMs reach them, and their SHA-256, which travels. */
export const guestBundle = (): { readonly bytes: Uint8Array; readonly digest: string } => ({
  bytes: new TextEncoder().encode(BUNDLE),
  digest: BUNDLE_DIGEST,
})
