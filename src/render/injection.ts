import type { GuestFile } from '../decode/injection/guest-files.ts'

/** How much travels: everything, or only what a VM whose image has the rest baked in needs. */
export type Profile = 'full' | 'prebuilt'

export type { GuestFile }

/** What one VM needs beyond its own user-data: files, and the two scripts that bring them there. Pure data. */
export interface Injection {
  readonly profile: Profile
  readonly files: readonly GuestFile[]
  /** Installs the files; cloud-init runs it early, at every boot. */
  readonly boothook: string
  /** Starts the sidecar; cloud-init runs it last, once an instance. */
  readonly script: string
  /** In vendor-data for a whole fleet: the file whose presence says that this VM joins, so that the script is to run. */
  readonly condition?: string
}
