/** Where the server listens: an address of its own, or a socket that was opened for it. */
export type Listening =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'descriptor'; readonly fd: number }

/** Nobody but this machine, unless told otherwise. */
export const LOOPBACK = '127.0.0.1'
export const PORT = 8080

/** The first descriptor that systemd passes. */
const FIRST_DESCRIPTOR = 3

/**
 * Reads `ADDRESS:PORT`, `[IPV6]:PORT` or `PORT` (on loopback); `:PORT` and `*:PORT` are every address. Undefined when it is none
 * of them.
 */
export function readListen(text: string): Listening | undefined {
  const [, ipv6, name, port = ''] = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]*|\*)):)?([0-9]{1,5})$/.exec(text) ?? []
  if (port === '' || Number(port) > 65_535) return undefined
  const everywhere = name === '' || name === '*'
  return { kind: 'address', host: ipv6 ?? (everywhere ? '::' : (name ?? LOOPBACK)), port: Number(port) }
}

/** Whether only this machine can reach an address. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || address === 'localhost' || /^(?:::ffff:)?127\./.test(address)

/** The socket that systemd opened for this process; undefined without one, a sentence when there are too many. */
export function activation(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): Listening | string | undefined {
  if (env['LISTEN_PID'] !== String(pid)) return undefined
  const count = Number(env['LISTEN_FDS'])
  if (!(count >= 1)) return undefined
  if (count > 1) return `systemd passes ${count} sockets, and one is taken: give the socket unit one ListenStream=`
  return { kind: 'descriptor', fd: FIRST_DESCRIPTOR }
}

const FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  ENOTFOUND: 'there is no such host',
  EAFNOSUPPORT: 'the address family is not supported',
  EINVAL: 'the descriptor is no socket that listens',
  ENOTSOCK: 'the descriptor is no socket',
  EBADF: 'the descriptor is closed',
}

export const whyNotHeard = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException
  return FAULTS[code] ?? message
}
