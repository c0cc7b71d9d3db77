// The least that rewriting a directory of YAML costs Node: reads each file, parses it, writes it atomically into another directory.
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'

const [from, to] = process.argv.slice(2)
mkdirSync(to, { recursive: true })
for (const name of readdirSync(from)) {
  const text = readFileSync(join(from, name), 'utf8')
  load(text)
  const path = join(to, `.${name}`)
  const file = openSync(path, 'wx')
  writeSync(file, text)
  closeSync(file)
  renameSync(path, join(to, name))
}
