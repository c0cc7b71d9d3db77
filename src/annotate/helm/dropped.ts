import { HELM_NOTHING } from '../../../annotations/generated/helm-nothing.ts'
import { HELM_PATHS } from '../../../annotations/generated/helm-paths.ts'
import { isRecord } from '../../decode/record.ts'
import { type Diagnostic, diagnostic } from '../../report/diagnostics.ts'
import { nearest } from '../../report/nearest.ts'
import { oncePer } from '../../report/once-per.ts'
import type { Span } from '../../report/source.ts'

/** Names that are shown of one kind. */
const SHOWN = 6
/** Longer names are not misspelt but something else, and of more unknown ones it is not asked what was meant. */
const [LONGEST, MOST] = [64, 20]

type Row = (typeof HELM_NOTHING)[number]

/** What the chart and this tool know. */
interface Known {
  /** Rows of what means nothing, by path. */
  readonly nothing: ReadonlyMap<string, Row>
  /** Names below each path, read or not. */
  readonly children: ReadonlyMap<string, ReadonlySet<string>>
}

/** Made for the first values file: a run without one has no use for it. */
const knownOf = oncePer((rows: typeof HELM_NOTHING): Known => {
  const nothing = new Map(rows.flatMap(row => row.paths.map(path => [path, row])))
  const children = new Map<string, Set<string>>()
  for (const path of [...HELM_PATHS, ...nothing.keys()]) {
    const steps = path.split('.')
    for (const [depth, name] of steps.entries()) {
      const parent = steps.slice(0, depth).join('.')
      children.set(parent, (children.get(parent) ?? new Set()).add(name))
    }
  }
  return { nothing, children }
})

/** Nothing is lost with it. */
const saysNothing = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.values(value).every(saysNothing))

interface Found {
  readonly nothing: Map<Row, string[]>
  readonly unknown: string[]
}

/** Goes through a values file, down to what is read, means nothing, or is unknown. */
function search(data: unknown, path: string, found: Found, known: Known): void {
  if (path !== '' && saysNothing(data)) return
  const row = known.nothing.get(path)
  if (row !== undefined) {
    if (row.unless === undefined || row.unless !== data)
      found.nothing.set(row, [...(found.nothing.get(row) ?? []), path])
    return
  }
  const children = known.children.get(path)
  if (children === undefined || !isRecord(data)) return
  for (const [name, value] of Object.entries(data)) {
    const below = path === '' ? name : `${path}.${name}`
    if (children.has(name)) search(value, below, found, known)
    else if (!saysNothing(value)) found.unknown.push(below)
  }
}

const listed = (paths: readonly string[]): string =>
  paths.length > SHOWN ? `${paths.slice(0, SHOWN).join(', ')} and ${paths.length - SHOWN} more` : paths.join(', ')

/** What was probably meant by an unknown key: one beside it. */
function meant(path: string, { children }: Known): string | undefined {
  const at = path.lastIndexOf('.')
  const name = path.slice(at + 1)
  if (name.length > LONGEST) return undefined
  const parent = path.slice(0, Math.max(at, 0))
  const near = nearest(name, [...(children.get(parent) ?? [])])
  return near === undefined ? undefined : parent === '' ? near : `${parent}.${near}`
}

/** What of a values file is left out: a line a kind for what means nothing on a VM, and unknown keys, with what was probably meant. */
export function dropped(data: unknown, name: string, place: (path: string) => Span | undefined): readonly Diagnostic[] {
  const found: Found = { nothing: new Map(), unknown: [] }
  const known = knownOf(HELM_NOTHING)
  search(data, '', found, known)
  const guesses = found.unknown.slice(0, MOST).map(path => [path, meant(path, known)] as const)
  const misspelt = guesses.flatMap(([path, near]) =>
    near === undefined
      ? []
      : [
          diagnostic('W204', `${name}: ${path} is not a value of the chart`, {
            span: place(path),
            hint: `did you mean ${near}?`,
          }),
        ],
  )
  const told = new Set(guesses.filter(([, near]) => near !== undefined).map(([path]) => path))
  const strange = found.unknown.filter(path => !told.has(path))
  return [
    ...misspelt,
    ...[...found.nothing].map(([{ brief, instead: hint }, paths]) =>
      diagnostic('N103', `${name}: without meaning on a VM, ignored: ${listed(paths)} (${brief})`, { hint }),
    ),
    ...(strange.length === 0
      ? []
      : [diagnostic('N108', `${name}: not values of the chart, ignored: ${listed(strange)}`)]),
  ]
}
