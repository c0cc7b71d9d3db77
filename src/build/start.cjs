#!/usr/bin/env node
'use strict'
// The file that the command is: asks Node, from 22.1 on, to keep the code that V8 makes of the bundle, so that later starts
// are faster. Code is read back as it is, so it is kept only where nobody else can put any: not in the folder for temporary
// files, where Node would keep it, but in a cache folder of this user's own, below folders that only this user can write to.
const { lstatSync, mkdirSync } = require('node:fs')
const { enableCompileCache } = require('node:module')

/** The folder, made where it is missing; undefined where there is none that is safe. */
function cacheFolder({ XDG_CACHE_HOME, HOME }) {
  const user = process.getuid?.()
  const parents = XDG_CACHE_HOME ? [XDG_CACHE_HOME] : [HOME, `${HOME}/.cache`]
  if (user === undefined || !parents[0]?.startsWith('/')) return undefined
  const folder = `${parents.at(-1)}/consul-vm-inject`
  const isOwn = path => {
    const entry = lstatSync(path, { throwIfNoEntry: false })
    return entry?.isDirectory() && entry.uid === user && (entry.mode & 0o022) === 0
  }
  if (!isOwn(parents[0])) return undefined
  if (!isOwn(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  return [...parents, folder].every(isOwn) ? folder : undefined
}

if (enableCompileCache !== undefined) {
  try {
    const folder = cacheFolder(process.env)
    if (folder !== undefined) enableCompileCache(folder)
  } catch {
    // Without it the command is as it is, only slower to start.
  }
}
require('./command-line.js')
