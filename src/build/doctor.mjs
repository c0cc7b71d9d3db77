/**
 * The doctor: the modules of userdata-templates/doctor as one Python program, which is what `consul-vm-inject doctor` prints. They
 * share one scope then, so no name may stand for two things; what a module imports from another is there already.
 */
import { createHash } from 'node:crypto'

const OWN = /^from (\w+) import (?:\([^)]*\)|[^(\n]+)\n/gm
const THEIRS = /^(?:import \w[\w.]*|from [\w.]+ import [^(\n]+)\n/gm
const DEFINED = /^(?:def|class) (\w+)|^(\w+)(?:, (\w+))* = /gm
const FILLED = /^(\w+) = .*? {2}# by the build.*$/gm

/** Data as a Python expression: JSON that has no sign of its own in a raw string. */
export const pythonData = value => {
  const json = JSON.stringify(value).replace(
    /['\u007f-\uffff]/g,
    sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `json.loads(r'''${json}''')`
}

/** Modules in an order in which each stands behind those that it imports, the last of all `name`. */
function ordered(name, texts, done = []) {
  const needed = [...texts[name].matchAll(/^(?:from|import) (\w+)/gm)].map(([, own]) => own)
  for (const own of needed.filter(word => texts[word] !== undefined && !done.includes(word))) ordered(own, texts, done)
  if (!done.includes(name)) done.push(name)
  return done
}

const digest = text => createHash('sha256').update(text).digest('hex')

/** What the program knows of the guest files: path -> mode, and digests in full and as they travel. Settings are the operator's. */
export const digestsOf = (places, guest, light) =>
  Object.fromEntries(
    Object.entries(places)
      .filter(([name]) => name !== 'packages.conf')
      .map(([name, [mode, path]]) => [path, [mode, digest(guest[name]), digest(light[name])]]),
  )

/**
 * @param {Readonly<Record<string, string>>} texts the modules, by name
 * @param {Readonly<Record<string, unknown>>} data what stands in the place of `NAME = ...  # by the build`
 */
export function joinDoctor(texts, data) {
  const imports = new Set(['import json\n'])
  const defined = new Map()
  const bodies = ordered('main', texts).map(name => {
    const text = texts[name]
    for (const [, one, two] of text.matchAll(DEFINED)) {
      const what = one ?? two
      if (defined.has(what)) throw new Error(`${what} stands in ${defined.get(what)} and in ${name}`)
      defined.set(what, name)
    }
    const body = text
      .replace(OWN, (line, from) => (texts[from] === undefined ? line : ''))
      .replace(THEIRS, line => {
        if (texts[line.split(/\s/)[1]] === undefined) imports.add(line)
        return ''
      })
      .replace(FILLED, (_, key) => {
        if (data[key] === undefined) throw new Error(`nothing for ${key} of ${name}`)
        return `${key} = ${pythonData(data[key])}`
      })
      .replace(/^"""[\s\S]*?"""\n+/, whole =>
        name === 'main' ? '' : `# ${whole.replaceAll('"""', '').trim().replaceAll('\n', '\n# ')}\n\n`,
      )
    return `\n\n${body.trim()}\n`
  })
  const [title] = /^"""[\s\S]*?"""\n/.exec(texts.main)
  const program = `#!/usr/bin/env python3\n${title}${[...imports].sort().join('')}${bodies.join('')}`
  if (/[^\n -~]/.test(program)) throw new Error('the doctor has a sign that is not ASCII')
  return program
}
