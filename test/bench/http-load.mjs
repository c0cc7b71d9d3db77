// Requests over kept connections, as fast as the answers come.
import { connect } from 'node:net'

const CONNECTIONS = 64

export const request = (method, path, body = '') =>
  Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${method === 'POST' ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ''}\r\n${body}`,
  )

/** One kept connection: sends the next request when the answer is there whole; ends when there is none. */
function keepAsking(port, next, done) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let buffered = Buffer.alloc(0)
  let missing = -1
  const ask = () => {
    const bytes = next()
    if (bytes === undefined) socket.end()
    else socket.write(bytes)
  }
  const finish = () => {
    missing = -1
    buffered = Buffer.alloc(0)
    done()
    ask()
  }
  socket.on('connect', ask)
  socket.on('data', chunk => {
    if (missing >= 0) {
      missing -= chunk.length
      if (missing <= 0) finish()
      return
    }
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk])
    const end = buffered.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = buffered.toString('latin1', 0, end).toLowerCase()
    if (!head.startsWith('http/1.1 200')) throw new Error(head)
    missing = Number(/content-length: (\d+)/.exec(head)[1]) - (buffered.length - end - 4)
    if (missing <= 0) finish()
  })
  return new Promise((resolve, reject) => {
    socket.on('close', resolve)
    socket.on('error', reject)
  })
}

/** Asks until there is no next request; gives how many were answered. */
export async function askAll(port, next) {
  let count = 0
  await Promise.all(Array.from({ length: CONNECTIONS }, () => keepAsking(port, next, () => count++)))
  return count
}

/** Requests per second. */
export async function rateOf(port, next, seconds) {
  const from = performance.now()
  const until = from + seconds * 1000
  const count = await askAll(port, () => (performance.now() < until ? next() : undefined))
  return (count * 1000) / (performance.now() - from)
}
