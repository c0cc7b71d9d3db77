// Servers to ask: `serve`, and a bare node:http server that answers what it is given; each a process of its own.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOOL } from './measure.mjs'

const ECHO = `
const { createServer } = require('node:http')
const body = require('node:fs').readFileSync(process.argv[1])
const type = process.argv[2]
createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, { 'content-type': type, 'content-length': body.length })
    response.end(body)
  })
}).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port) })`

/** Starts a process and waits until what it writes has a port. What it writes from there on goes to a file, as a log does. */
function start(args, pattern, folder) {
  const log = join(folder, `log-${args.length}-${Math.random()}`)
  const file = openSync(log, 'a')
  const child = spawn(process.execPath, args, { stdio: ['ignore', file, file] })
  closeSync(file)
  return new Promise((resolve, reject) => {
    const look = () => {
      const text = readFileSync(log, 'utf8')
      const port = pattern.exec(text)?.[1]
      if (port !== undefined) return resolve({ port: Number(port), pid: child.pid, stop: () => child.kill('SIGKILL') })
      if (child.exitCode !== null) return reject(new Error(`ended with ${child.exitCode}: ${text}`))
      setTimeout(look, 20)
    }
    look()
  })
}

/** `serve` of a folder of seeds. */
export const startTool = (seeds, folder) =>
  start([TOOL, 'serve', '--listen', '127.0.0.1:0', '--directory', seeds], /"address":"[^"]*:(\d+)"/, folder)

/** A bare server that answers with these bytes of this type. */
export function startBare(bytes, type, folder) {
  const file = join(folder, 'answer')
  writeFileSync(file, bytes)
  return start(['-e', ECHO, file, type], /port (\d+)/, folder)
}

/** MB of memory that a process holds. */
export const resident = pid => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000
