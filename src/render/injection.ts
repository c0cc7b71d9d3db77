import type { ReadableFile } from '../decode/injection/guest-files.ts'

/**
 * How much travels: everything; only what a VM whose image has the rest baked in needs; or that and the address from which the guest
 * fetches the rest, by its digest.
 */
export type Profile = 'full' | 'prebuilt' | 'fetch'

/** One file on the guest. Owned by root. */
export interface GuestFile extends ReadableFile {
  /** The content in gzip, as one line of base64, where it was packed at build. */
  readonly gzipped?: string
}

/** A file that the guest fetches. */
export interface Fetches {
  readonly url: string
  /** SHA-256, in hexadecimal digits. */
  readonly digest: string
}

/** What one VM needs beyond its own user-data: files, and the two scripts that bring them there. Pure data. */
export interface Injection {
  readonly profile: Profile
  readonly files: readonly GuestFile[]
  /** Installs the files; cloud-init runs it early, at every boot. */
  readonly boothook: string
  /** Starts the sidecar; cloud-init runs it last, once an instance. */
  readonly script: string
  /** Words of systemctl by which a later boot goes on, where no boothook sees to it: in the layout `cloud-config`. */
  readonly enable: readonly string[]
  /** What the guest fetches, in the profile `fetch`. */
  readonly fetches?: Fetches
  /** In vendor-data for a whole fleet: the file whose presence says that this VM joins, so that the script is to run. */
  readonly condition?: string
}

/** The file that says, as long as it is there, that Consul and Envoy were not looked for yet or are not all there. */
export const UNSEEN_PATH = '/var/lib/consul-vm-inject/missing'
