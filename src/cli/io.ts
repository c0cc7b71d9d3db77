/** The world as the commands see it; the entry file makes one of the process, tests make their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdinIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  exists(path: string): boolean
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

/** Bad usage of the command line: shown with a hint, never with a stack. */
export class UsageError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}
