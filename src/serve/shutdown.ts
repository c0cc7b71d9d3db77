import type { Server } from 'node:http'
import type { Log } from './log.ts'

export interface Shutdown {
  readonly begun: () => boolean
  /** Takes no new connection, lets the requests that are under way end, and cuts them at the deadline; twice: at once. */
  begin(reason: string): void
  /** When the last connection is gone. */
  readonly ended: Promise<void>
}

export function createShutdown(server: Server, milliseconds: number, log: Log): Shutdown {
  let timer: NodeJS.Timeout | undefined
  let end = (): void => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const cut = (): void => {
    log('warn', 'shutdown', { reason: 'the deadline is over: what is left is cut' })
    server.closeAllConnections()
  }
  return {
    begun: () => timer !== undefined,
    ended,
    begin(reason) {
      if (timer !== undefined) {
        cut()
        return
      }
      log('info', 'shutdown', { reason })
      timer = setTimeout(cut, milliseconds)
      server.close(() => {
        clearTimeout(timer)
        end()
      })
      server.closeIdleConnections()
    },
  }
}
