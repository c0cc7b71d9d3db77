/** What stands at a path, symbolic links followed. */
export interface Entry {
  readonly kind: 'file' | 'folder' | 'other'
  /** The permission bits. */
  readonly mode: number
  /** Another one whenever the content is another one. */
  readonly version: string
}

/** One name in a folder; a symbolic link is not followed. */
export interface FolderEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
}

/** How a file is staged. */
export interface StageOptions {
  /** Permission bits of the file; those of the file that is replaced, or the usual ones, when absent. */
  readonly mode?: number
  /** Where to keep what is replaced; nothing may stand there. */
  readonly backup?: string
  /** Version that the file must still have when it is replaced. */
  readonly version?: string
}

/** A file that is written and waits beside its place. */
export interface Staged {
  /** Waits until the disk has it. Rejects with NodeJS errors with `code`. */
  synced(): Promise<void>
  /** Puts it into its place, in one step. Throws NodeJS errors with `code`. */
  commit(): void
}

/** Files that are written all together or not at all. A signal that ends the process ends them like `discard`. */
export interface Staging {
  /** Writes a file beside its place and makes the folders that are missing. Rejects with NodeJS errors with `code`. */
  put(path: string, content: Uint8Array, options: StageOptions): Promise<Staged>
  /** Ends it: takes away every file that is not in its place, with the folders and backups made for it. */
  discard(): void
}

/** The world as the commands see it; the entry file makes one of the process, tests make their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** What a judgement gives; undefined when it took longer than one may, and was stopped. */
  inTime<T>(judge: () => T): T | undefined
  /** What stands at a path; undefined when there is nothing or it cannot be read. */
  stat(path: string): Entry | undefined
  /** The names in a folder, in no order. Throws NodeJS errors with `code`. */
  list(folder: string): readonly FolderEntry[]
  /** The absolute path without symbolic links; of what does not exist, as far as it exists. */
  realPath(path: string): string
  staging(): Staging
  readStdin(): Promise<Uint8Array>
  /** Throws NodeJS errors with `code`. */
  readFile(path: string): Promise<Uint8Array>
  /**
   * Writes a file whole or not at all. With a mode the file gets it, and folders that are missing are made. Throws NodeJS errors
   * with `code`.
   */
  writeFile(path: string, content: Uint8Array, mode?: number): Promise<void>
  /** Runs a script of our own with sh, its output on ours; gives its exit status. */
  runScript(script: string): Promise<number>
  /** For a command that goes on running. */
  readonly process: {
    readonly pid: number
    /** Bytes of memory that the process holds. */
    memory(): number
    /** Calls `run` at every signal of the kind; gives what ends that. */
    onSignal(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', run: () => void): () => void
  }
  stdout(content: string | Uint8Array): void
  stderr(text: string): void
}

/** Law 6: fixed, documented, tested. `fault` is a fault of the tool itself (EX_SOFTWARE). */
export const EXIT = { done: 0, changed: 1, bad: 2, tooLarge: 3, fault: 70 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** From good to bad: of several documents the worst status is that of the run. */
const GRAVITY: readonly ExitCode[] = [EXIT.done, EXIT.changed, EXIT.tooLarge, EXIT.bad, EXIT.fault]

export const worstStatus = (codes: readonly ExitCode[]): ExitCode =>
  GRAVITY.findLast(code => codes.includes(code)) ?? EXIT.done

/** Bad usage of the command line: shown with a hint, never with a stack. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** Told by its name: parts of the bundle have a class of their own. */
export const isUsageError = (error: unknown): error is UsageError =>
  error instanceof Error && error.name === 'UsageError'
