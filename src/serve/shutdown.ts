import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from './log.ts'

export interface Shutdown {
  readonly begun: () => boolean
  /** Takes no new connection, lets the requests that are under way end, and cuts them at the deadline; twice: at once. */
  begin(reason: string): void
  /** When the last connection is gone. */
  readonly ended: Promise<void>
  /** How many connections are open. */
  readonly open: () => number
}

export function createShutdown(server: Server, milliseconds: number, log: Log): Shutdown {
  let timer: NodeJS.Timeout | undefined
  let end = (): void => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  // Those too that are no HTTP yet: a handshake may take longer than the deadline.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const cut = (why: string): void => {
    log('warn', 'shutdown', { reason: `${why}: what is left is cut` })
    for (const socket of sockets) socket.destroy()
  }
  return {
    begun: () => timer !== undefined,
    ended,
    open: () => sockets.size,
    begin(reason) {
      if (timer !== undefined) {
        cut('told a second time')
        return
      }
      log('info', 'shutdown', { reason })
      timer = setTimeout(() => cut('the deadline is over'), milliseconds)
      server.close(() => {
        clearTimeout(timer)
        end()
      })
      server.closeIdleConnections()
    },
  }
}
