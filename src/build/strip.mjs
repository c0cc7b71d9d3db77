import { stripPython } from './strip-python.mjs'
import { stripShell } from './strip-shell.mjs'
import { stripUnit } from './strip-unit.mjs'

const KINDS = [
  [/\.py$/, stripPython],
  [/\.(?:service|conf|preset)$/, stripUnit],
  [/^consul-[a-z-]+$/, stripShell],
]

/** A guest file as it travels: without what only a reader needs. */
export function strip(name, text) {
  const kind = KINDS.find(([pattern]) => pattern.test(name))
  if (kind === undefined) throw new Error(`${name}: of no kind that can be stripped`)
  try {
    return kind[1](text)
  } catch (error) {
    throw new Error(`${name}: ${error.message}`)
  }
}
