// The code that V8 makes of the bundle's files, for the single executable; run by the Node that it will be made of, in a folder
// with the files:
//   node FLAGS executable-code.cjs write    injects once, so that the code of what an injection needs is there
//   node executable-code.cjs settle         makes it the code of a Node without flags, and sees that such a one takes it
'use strict'
const { readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { resolve } = require('node:path')
const { Script } = require('node:vm')

/** Where V8 notes the flags that it ran with, in the header of its code: the fourth number of 32 bits. */
const [FLAGS, END] = [12, 16]
const files = readdirSync('.').filter(name => name.endsWith('.js'))
const sourceOf = name => readFileSync(name, 'utf8')

function write() {
  const scripts = new Map(files.map(name => [name, new Script(sourceOf(name), { filename: name })]))
  const loaded = new Map()
  const load = name => {
    const module = loaded.get(name) ?? { exports: {} }
    if (loaded.has(name)) return module.exports
    loaded.set(name, module)
    const find = wanted => (wanted.startsWith('./') ? load(wanted.slice(2)) : require(wanted))
    scripts.get(name).runInThisContext()(module.exports, find, module, resolve(name))
    return module.exports
  }
  process.argv.splice(2, process.argv.length, 'inject', '-q', '-o', 'web.injected', 'web.yaml')
  load('command-line.js')
  process.on('exit', () => {
    for (const [name, script] of scripts) writeFileSync(`${name}.code`, script.createCachedData())
  })
}

function settle() {
  const flags = new Script('').createCachedData().subarray(FLAGS, END)
  for (const name of files) {
    const code = readFileSync(`${name}.code`)
    code.set(flags, FLAGS)
    const { cachedDataRejected } = new Script(sourceOf(name), { filename: name, cachedData: code })
    if (cachedDataRejected !== false) throw new Error(`${name}: this Node does not take the code that it made`)
    writeFileSync(`${name}.code`, code)
  }
}

if (process.argv[2] === 'write') write()
else settle()
