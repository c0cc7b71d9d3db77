import type { Fetches } from '../render/injection.ts'
import type { Traffic } from './traffic/model.ts'

/** What the platform would receive, and what it would change. Secrets of the operator's are masked. */
export interface Preview {
  /** The version of the tool that looked ahead. */
  readonly version: string
  /** Whether the platform would receive other bytes than before. */
  readonly changed: boolean
  /** What it is compared with: the document itself, or an earlier output. */
  readonly before: Subject
  readonly after: Subject
  /** Why the VM would be injected or not. */
  readonly reason: string
  /** Undefined when the VM would not be injected. */
  readonly profile?: 'full' | 'prebuilt' | 'fetch'
  readonly annotations: readonly AnnotationEffect[]
  /** What the plan brings about, in words, by what it is about. */
  readonly groups: readonly Group[]
  /** Files on the guest, those that would go away at the end. */
  readonly files: readonly FileChange[]
  /** The oldest version whose guest files can carry the plan out: what an image must have at least. */
  readonly guest?: string
  /** What the guest fetches, in the profile `fetch`: the guest files, by their SHA-256. */
  readonly fetches?: Fetches
  /** The plan as it travels in `/srv/consul/service-config.json`; what only the guest knows stands in it as holes. */
  readonly plan?: object
  /** `/etc/consul.d/service-registration.json`; what only the guest knows is named in braces. */
  readonly registration?: object
  readonly sidecars: readonly Sidecar[]
  /** Where the VM's traffic goes, as the plan has it. */
  readonly traffic?: Traffic
  /** What the user-data and each guest file would change by. */
  readonly changes: readonly Change[]
}

/** One user-data. */
export interface Subject {
  readonly name: string
  readonly injected: boolean
  /** The version of the tool that injected. */
  readonly injectedBy?: string
  readonly layout?: 'multipart' | 'cloud-config'
  /** What the user-data is packed in, outermost first. */
  readonly wrappings: readonly ('base64' | 'gzip')[]
  readonly size: PreviewSize
}

export interface PreviewSize {
  /** Bytes as the platform receives them. */
  readonly bytes: number
  /** Bytes when they are compressed; the same when they are already. */
  readonly gzipped: number
  /** Where the platform is known: how much it counts, and the most that it takes. */
  readonly platform?: PlatformSize
}

export interface PlatformSize {
  readonly title: string
  readonly counted: number
  /** What is counted. */
  readonly counts: 'bytes' | 'base64' | 'text'
  /** Undefined where nothing limits it. */
  readonly limit?: number
}

/** An annotation, and what it does on this VM. */
export interface AnnotationEffect {
  readonly key: string
  /** The value that counts, after defaults. */
  readonly value: string
  /** Where it stands: `web.yaml:3`, `--annotation`, `default`. */
  readonly place: string
  /** What is there on the VM because of it; empty when nothing is. */
  readonly effects: readonly string[]
}

/** What a plan says of one thing. */
export interface Group {
  readonly title: 'Registration' | 'Traffic' | 'Envoy' | 'Application' | 'Agent'
  readonly lines: readonly Said[]
}

export interface Said {
  readonly words: string
  /** Keys of the annotations because of which it is so; none where it is so on every VM. */
  readonly because: readonly string[]
}

export interface FileChange {
  readonly path: string
  /** Octal, four digits. */
  readonly mode: string
  readonly owner: 'root:root'
  readonly bytes: number
  /** Written once an instance, so that the operator can edit or delete it. */
  readonly once: boolean
  /** What brings it to the VM. */
  readonly by: 'boothook' | 'write_files'
  readonly change: 'added' | 'changed' | 'removed' | 'none'
  /** Whether it is the tool's own, the same on every VM that its version injects; else it is made of the annotations. */
  readonly common: boolean
  /** The first 16 hexadecimal digits of its SHA-256, as it is on the VM. */
  readonly digest: string
  readonly content: string
}

export interface Sidecar {
  readonly service: string
  /** Arguments of `consul connect redirect-traffic`, but for the ids of the users envoy and consul. Holes are named in braces. */
  readonly redirect: readonly string[]
  /** The command line of Envoy's start, as the unit has it. */
  readonly envoy: readonly string[]
  /** All other lines that the annotations put into `envoy@<service>.service`. */
  readonly unit: readonly string[]
  /** The unit that restarts a sidecar which no longer answers. */
  readonly watch?: readonly string[]
  /** The unit that follows the ACL token of a file, or logs in for one. */
  readonly acl?: readonly string[]
  /** Variables for the application, `NAME=value`. */
  readonly environment: readonly string[]
}

/** What one file would change by, as in a unified diff. */
export interface Change {
  /** The file on the guest; undefined for the user-data itself. */
  readonly path?: string
  /** What stands behind `---`; undefined for a file that was not there. */
  readonly before?: string
  /** What stands behind `+++`; undefined for a file that would go away. */
  readonly after?: string
  readonly oldMode?: string
  readonly newMode?: string
  /** Said where the bytes differ and a reader would see no difference. */
  readonly note?: string
  readonly hunks: readonly Hunk[]
}

export interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  /** Each begins with a blank, `+`, `-`, or `\` where a file ends without a line feed. */
  readonly lines: readonly string[]
}
