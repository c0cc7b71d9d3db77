import { type Call, flag } from '../command.ts'
import type { Io } from '../io.ts'

/** Milliseconds before the first line, and between two of them. */
const PATIENCE = 500
const PACE = 100
const CLEAR = '\r\u001b[K'

export interface Progress {
  /** So many of the files are done. */
  readonly at: (done: number) => void
  /** Takes the line away. */
  readonly end: () => void
}

/** One line that is written over and over while it takes long; on a terminal only, where nobody logs. */
export function progress(total: number, { values }: Call, io: Io): Progress {
  const watched =
    io.stderrIsTerminal && !flag(values, 'quiet') && io.env['TERM'] !== 'dumb' && (io.env['CI'] ?? '') === ''
  let next = watched ? io.now() + PATIENCE : Number.POSITIVE_INFINITY
  let shown = false
  return {
    at(done) {
      if (!watched) return
      const now = io.now()
      if (now < next) return
      next = now + PACE
      shown = true
      io.stderr(`${CLEAR}${done} of ${total} files`)
    },
    end() {
      if (shown) io.stderr(CLEAR)
      shown = false
    },
  }
}
