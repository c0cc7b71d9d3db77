import {
  closeSync,
  type Dirent,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isatty } from 'node:tty'
import { type Entry, EXIT, type FolderEntry, type Io, UsageError } from './io.ts'
import { realPaths } from './real-path.ts'
import { whyNotWritten } from './reasons.ts'
import { replaceFile } from './replace-file.ts'
import { staging, statEntry } from './staging.ts'
import { JUDGEMENT_MILLISECONDS, withinTime } from './time-limit.ts'

const [STDIN, STDOUT, STDERR] = [0, 1, 2]
const CHUNK = 65_536
/** Bytes. No file that the tool reads is larger: user-data in base64, manifests, values. */
const LARGEST = 32 * 1024 * 1024
const tooLarge = (): Error => Object.assign(new Error('too large'), { code: 'ERR_FS_FILE_TOO_LARGE' })

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** Only a character device can be a terminal: what asks further is loaded for one only. */
function isTerminal(file: number): boolean {
  try {
    return fstatSync(file).isCharacterDevice() && isatty(file)
  } catch {
    return false
  }
}

/** Chunks until there is no more; throws when they become too large. */
class Chunks {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  add(chunk: Uint8Array): void {
    this.#length += chunk.length
    if (this.#length > LARGEST) throw tooLarge()
    this.#chunks.push(chunk)
  }

  readFrom(descriptor: number): void {
    for (;;) {
      const chunk = new Uint8Array(CHUNK)
      const length = readSync(descriptor, chunk)
      if (length === 0) return
      this.add(chunk.subarray(0, length))
    }
  }

  whole(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#chunks))
  }
}

/** Node's streams cost a part of the start-up time: they are used only where a descriptor does not block. */
async function readStdin(): Promise<Uint8Array> {
  const chunks = new Chunks()
  try {
    chunks.readFrom(STDIN)
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN' && codeOf(error) !== 'EOF') throw error
    if (codeOf(error) === 'EAGAIN') for await (const chunk of process.stdin) chunks.add(chunk as Uint8Array)
  }
  return chunks.whole()
}

/** A file as a whole. What has no size, as a pipe or a device, is read until it ends. */
function readWhole(path: string): Uint8Array {
  const descriptor = openSync(path, 'r')
  try {
    const entry = fstatSync(descriptor)
    if (entry.size > LARGEST) throw tooLarge()
    if (entry.isFile() && entry.size > 0) return readFileSync(descriptor)
    const chunks = new Chunks()
    chunks.readFrom(descriptor)
    return chunks.whole()
  } finally {
    closeSync(descriptor)
  }
}

/** What would have blocked went to a stream: all that comes after it goes there too, in its order. */
const streamed = new Set<number>()

/** Writes all of it, here or later; a reader that went away (`| head`) is no error of ours. */
function write(file: number, stream: () => NodeJS.WriteStream, content: Uint8Array): void {
  if (streamed.has(file)) {
    stream().write(content)
    return
  }
  let at = 0
  try {
    while (at < content.length) at += writeSync(file, content, at)
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return
    if (codeOf(error) !== 'EAGAIN') throw error
    streamed.add(file)
    stream()
      .on('error', later => {
        if (codeOf(later) !== 'EPIPE') process.exitCode = EXIT.bad
      })
      .write(content.subarray(at))
  }
}

function writeStdout(content: string | Uint8Array): void {
  try {
    write(STDOUT, () => process.stdout, Buffer.from(content))
  } catch (error) {
    throw new UsageError(`cannot write standard output: ${whyNotWritten(error)}`)
  }
}

/** Where standard error cannot be written, there is nobody to tell. */
function writeStderr(text: string): void {
  try {
    write(STDERR, () => process.stderr, Buffer.from(text))
  } catch {}
}

function stat(path: string): Entry | undefined {
  try {
    return statEntry(statSync(path))
  } catch {
    return undefined
  }
}

function kindOf(entry: Dirent): FolderEntry['kind'] {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

const list = (folder: string): readonly FolderEntry[] =>
  readdirSync(folder, { withFileTypes: true }).map(entry => ({ name: entry.name, kind: kindOf(entry) }))

/** The process as the commands' world. */
export function processIo(): Io {
  return {
    env: process.env,
    get stdinIsTerminal() {
      return isTerminal(STDIN)
    },
    get stdoutIsTerminal() {
      return isTerminal(STDOUT)
    },
    get stderrIsTerminal() {
      return isTerminal(STDERR)
    },
    now: () => performance.now(),
    inTime: judge => withinTime(JUDGEMENT_MILLISECONDS, judge),
    stat,
    list,
    realPath: realPaths(),
    staging,
    readStdin,
    readFile: async path => readWhole(path),
    writeFile: async (path, content, mode) => {
      if (mode !== undefined) mkdirSync(dirname(path), { recursive: true })
      replaceFile(path, content, mode)
    },
    runScript: async script => {
      const { spawnSync } = await import('node:child_process')
      return spawnSync('sh', [], { input: script, stdio: ['pipe', 'inherit', 'inherit'] }).status ?? 1
    },
    process: {
      pid: process.pid,
      memory: () => process.memoryUsage.rss(),
      onSignal: (signal, run) => {
        process.on(signal, run)
        return () => process.off(signal, run)
      },
    },
    stdout: writeStdout,
    stderr: writeStderr,
  }
}
