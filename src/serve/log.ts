import { unicodeEscape } from '../report/visible.ts'

export type Level = 'error' | 'warn' | 'info' | 'debug'

export const LEVELS: readonly Level[] = ['error', 'warn', 'info', 'debug']

type Field = string | number | boolean | readonly string[] | undefined

/** Writes one line of JSON. What a field holds is ours or checked: never user-data, a header or a query. */
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, Field>>) => void

/** ASCII only, so that a line of the log stays one line and moves no cursor, whatever reads it. */
const ascii = (json: string): string => json.replace(/[^\x20-\x7e]/g, unicodeEscape)

/** A log that leaves out what is of less weight than `threshold`. */
export function createLog(threshold: Level, write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const most = LEVELS.indexOf(threshold)
  return (level, message, fields = {}) => {
    if (LEVELS.indexOf(level) > most) return
    write(`${ascii(JSON.stringify({ time: now().toISOString(), level, message, ...fields }))}\n`)
  }
}

/** Writes what comes in one turn of the event loop at once: to write costs a system call, and many requests end in one turn. */
export function gathered(write: (text: string) => void): (line: string) => void {
  let text = ''
  const flush = (): void => {
    const lines = text
    text = ''
    write(lines)
  }
  return line => {
    if (text === '') setImmediate(flush)
    text += line
  }
}

/** Where an error came from, without its message, which may repeat what was read. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  return [error.name, ...frames.slice(0, 8).map(line => line.trim())].join(' < ')
}
