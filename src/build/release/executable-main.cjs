// The main script of the single executable, and of its threads: the files of the bundle are assets of it, each beside the code
// that V8 made of it.
'use strict'
const { posix } = require('node:path')
const { getAsset, getRawAsset } = require('node:sea')
const { Script } = require('node:vm')
const threads = require('node:worker_threads')

/** A thread of the server: its file is an asset, too. */
class Worker extends threads.Worker {
  constructor(url, options) {
    super(getAsset('main.cjs', 'utf8'), { ...options, eval: true, workerData: posix.basename(url.pathname) })
  }
}

const loaded = new Map()
const find = name => {
  if (name.startsWith('./')) return load(name.slice(2))
  return name === 'node:worker_threads' ? { ...threads, Worker } : require(name)
}

function load(name) {
  const known = loaded.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  loaded.set(name, module)
  const cachedData = new Uint8Array(getRawAsset(`${name}.code`))
  const script = new Script(getAsset(name, 'utf8'), { filename: name, cachedData })
  script.runInThisContext()(module.exports, find, module, `/${name}`)
  return module.exports
}

load(threads.isMainThread ? 'command-line.js' : threads.workerData)
