import type { Profile } from '../render/injection.ts'
import type { Listening } from './listen.ts'
import type { Level } from './log.ts'
import type { Mode, OnError } from './state.ts'
import type { TlsFiles } from './tls.ts'

/** How the server is to run. */
export interface Settings {
  readonly listening: Listening
  /** A directory of instances; without it there are no NoCloud seeds. */
  readonly directory?: string | undefined
  /** Whether the preview page is there; the server then listens on loopback only. */
  readonly page: boolean
  readonly mode: Mode
  readonly onError: OnError
  readonly tls?: TlsFiles | undefined
  readonly tokenFile?: string | undefined
  /** The path of a values file. */
  readonly values?: string | undefined
  readonly profile: Profile
  /** Where VMs find the guest files, for the profile `fetch`. */
  readonly guestUrl?: string | undefined
  readonly defaultInject: boolean
  readonly maxBody: number
  readonly maxConnections: number
  readonly requestMilliseconds: number
  readonly idleMilliseconds: number
  readonly shutdownMilliseconds: number
  /** How often the connections are looked at for what is over its time. */
  readonly checkMilliseconds: number
  /** How often the files of TLS and the token are looked at. */
  readonly pollMilliseconds: number
  readonly jobMilliseconds: number
  readonly logLevel: Level
}

export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

/** The process, as far as the server needs it. */
export interface ServerIo {
  readFile(path: string): Promise<Uint8Array>
  /** Takes a line of the log. */
  write(line: string): void
  /** Calls `run` at every signal of the kind; gives what ends that. */
  onSignal(signal: Signal, run: () => void): () => void
  /** Bytes of memory that the process holds. */
  memory(): number
}
