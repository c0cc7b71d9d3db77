import type { IncomingMessage } from 'node:http'

/** Whether a request brings a body. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** The bytes of a request's body; `too-large` as soon as there are more than `limit`, `cut` when it ends too early. */
export function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | 'too-large' | 'cut'> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (result: Uint8Array | 'too-large' | 'cut'): void => {
      request.off('data', take)
      resolve(result)
    }
    const take = (chunk: Buffer): void => {
      length += chunk.length
      if (length > limit) settle('too-large')
      else chunks.push(chunk)
    }
    request.on('data', take)
    request.once('end', () => settle(Buffer.concat(chunks)))
    request.once('error', () => settle('cut'))
    request.once('close', () => settle('cut'))
  })
}

/**
 * Throws away what still comes of a body that nobody wants, for a while: a connection that is closed over unread bytes is reset,
 * and the client would not see the answer.
 */
export function drain(request: IncomingMessage, milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    request.once('end', done).once('error', done).once('close', done)
    request.resume()
  })
}
