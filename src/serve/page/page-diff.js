import { count, element, shown } from './page-dom.js'

/** Changes that the reader has opened or closed, by their path; the rest is as it is at first. */
const opened = new Map()
const keyOf = ({ path }) => path ?? ''

const KINDS = { '+': ['ins', 'added'], '-': ['del', 'removed'] }

/** The lines of a hunk, with the number that each has in what is after, or for one that goes away before. */
function hunkLines({ oldStart, newStart, lines }) {
  const at = { old: oldStart, new: newStart }
  return lines.map(line => {
    const sign = line.charAt(0)
    const [name, kind] = KINDS[sign] ?? ['span', 'same']
    const number = sign === '\\' ? '' : String(sign === '-' ? at.old : at.new)
    if (sign !== '+' && sign !== '\\') at.old += 1
    if (sign !== '-' && sign !== '\\') at.new += 1
    return element(name, { class: `line ${kind}`, 'data-number': number }, `${shown(line)}\n`)
  })
}

const range = (start, lines) => (lines === 1 ? String(start) : `${lines === 0 ? start - 1 : start},${lines}`)

const hunk = part => [
  element(
    'span',
    { class: 'line place' },
    `@@ -${range(part.oldStart, part.oldLines)} +${range(part.newStart, part.newLines)} @@\n`,
  ),
  ...hunkLines(part),
]

function body({ before, after, oldMode, newMode, note, hunks }) {
  const modes = oldMode === undefined ? [] : [`old mode ${oldMode}`, `new mode ${newMode}`]
  const heads = [...modes, `--- ${before ?? '/dev/null'}`, `+++ ${after ?? '/dev/null'}`]
  const code = element(
    'code',
    {},
    heads.map(line => element('span', { class: 'line label' }, `${shown(line)}\n`)),
    hunks.flatMap(hunk),
  )
  const said = note === undefined ? [] : [element('p', {}, shown(note))]
  return [...said, element('pre', { class: 'diff' }, code)]
}

function amount({ before, after, hunks }) {
  const lines = hunks.flatMap(part => part.lines)
  const of = sign => lines.filter(line => line.startsWith(sign)).length
  const [added, removed] = [of('+'), of('-')]
  const state = before === undefined ? 'new, ' : after === undefined ? 'goes away, ' : ''
  const parts = [added > 0 && `${count(added, 'line')} added`, removed > 0 && `${count(removed, 'line')} removed`]
  return state + (parts.filter(Boolean).join(', ') || 'no line of it')
}

/** One change that opens and closes. Its lines are made when they are to be seen: a guest file has a thousand. */
function section(change) {
  const open = opened.get(keyOf(change)) ?? change.path === undefined
  const title = element(
    'summary',
    {},
    element('span', { class: 'name' }, shown(change.path ?? 'User-data')),
    ' ',
    element('span', { class: 'amount' }, amount(change)),
  )
  const made = element('details', { class: 'change', open }, title)
  const fill = () => {
    if (made.open && made.childElementCount === 1) made.append(...body(change))
  }
  fill()
  made.addEventListener('toggle', () => {
    if (made.isConnected) opened.set(keyOf(change), made.open)
    fill()
  })
  return made
}

/** The button that opens every change, or closes them when all are open. */
function everything(sections) {
  const button = element('button', { type: 'button', class: 'plain' }, 'Open or close all')
  button.addEventListener('click', () => {
    const open = sections.some(one => !one.open)
    for (const one of sections) one.open = open
  })
  return button
}

/** Changes of the files that are the same on every VM, in one section that opens. */
function together(sections, { version }) {
  const title = `Guest files of ${version}, the same on every VM`
  const made = element(
    'details',
    { class: 'change group', open: opened.get(title) ?? false },
    element(
      'summary',
      {},
      element('span', { class: 'name' }, title),
      ' ',
      element('span', { class: 'amount' }, count(sections.length, 'file')),
    ),
    ...sections,
  )
  made.addEventListener('toggle', () => {
    if (made.isConnected) opened.set(title, made.open)
  })
  return made
}

/** What every file would change by. */
export function diff(preview) {
  const { changes, files } = preview
  if (changes.length === 0) return [element('p', { class: 'empty' }, 'Nothing would change.')]
  const common = new Set(files.filter(file => file.common).map(({ path }) => path))
  const [own, shared] = [false, true].map(which =>
    changes.filter(({ path }) => common.has(path) === which).map(section),
  )
  const all = shared.length === 0 ? own : [...own, together(shared, preview)]
  return all.length === 1 ? all : [...all, everything(all)]
}
