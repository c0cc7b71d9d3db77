import { nameOf } from '../annotate/annotation.ts'
import { COUNTED } from '../fit/platforms.ts'
import { grouped } from '../report/grouped.ts'
import type { Paint } from '../report/paint.ts'
import { visible } from '../report/visible.ts'
import { LINE } from '../report/wrap.ts'
import type { AnnotationEffect, FileChange, Preview, Sidecar, Subject } from './model.ts'

const NOTHING = 'nothing on this VM'

/** The first column is as wide as its widest cell, but for one that stands out. */
const WIDEST = 32
const widthOf = (cells: readonly string[]): number =>
  Math.max(0, ...cells.map(({ length }) => length).filter(length => length <= WIDEST))

/** Where it stands, then `key: value -> what it does`; further effects below, and the first too where it does not fit. */
function annotationLines({ key, value, place, effects }: AnnotationEffect, width: number): readonly string[] {
  const said = `  ${visible(place).padEnd(width)}  ${nameOf(key)}: ${visible(value.replace(/\s*\n\s*/g, ' '))}`
  const [first = NOTHING, ...more] = effects.map(visible)
  const below = (effect: string): string => `${' '.repeat(width + 6)}-> ${effect}`
  const whole = `${said} -> ${first}`
  return whole.length > LINE ? [said, below(first), ...more.map(below)] : [whole, ...more.map(below)]
}

const CHANGES: Readonly<Record<FileChange['change'], string>> = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
  none: 'unchanged',
}

function fileLines(files: readonly FileChange[]): readonly string[] {
  const sizes = files.map(({ bytes }) => grouped(bytes))
  const [size, path] = [widthOf(sizes), Math.max(0, ...files.map(file => file.path.length))]
  return files.map((file, index) => {
    const how = `${CHANGES[file.change]} by ${file.by}${file.once ? ', once an instance' : ''}`
    return `  ${file.mode}  ${sizes[index]?.padStart(size)}  ${visible(file.path).padEnd(path)}  ${how}`
  })
}

/** Arguments behind a command, in lines that go on. They are flags with names, numbers and addresses: none needs a shell's quotes. */
function commandLines(words: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const word of words.map(visible)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length + 3 <= LINE) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${last === undefined ? '  ' : '    '}${word}`)
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line))
}

const UIDS = ['-proxy-uid={uid of envoy}', '-exclude-uid={uid of consul}']

const shownLines = (lines: readonly string[]): readonly string[] => lines.map(line => `  ${visible(line)}`)

/** Lines of the sidecar's units; that of each is named where there are several. */
const unitLines = ({ service, unit, watch = [], acl = [] }: Sidecar): readonly string[] => [
  ...shownLines([`envoy@${service}.service`]),
  ...unit.map(line => `    ${visible(line)}`),
  ...(watch.length === 0 ? [] : shownLines([`consul-envoy-watch@${service}.service`])),
  ...watch.map(line => `    ${visible(line)}`),
  ...(acl.length === 0 ? [] : shownLines([`consul-acl-token@${service}.service`])),
  ...acl.map(line => `    ${visible(line)}`),
]

const redirectLines = ({ service, redirect }: Sidecar): readonly string[] =>
  redirect.length === 0
    ? [`  none: ${visible(service)} has no transparent proxy`]
    : commandLines(['consul', 'connect', 'redirect-traffic', ...UIDS, ...redirect])

const jsonLines = (data: unknown): readonly string[] =>
  JSON.stringify(data, undefined, 2)
    .split('\n')
    .map(line => `  ${visible(line)}`)

const sizeLine = (label: string, { size: { bytes, gzipped } }: Subject): string =>
  `  ${label.padEnd(6)}  ${grouped(bytes)} bytes, ${grouped(gzipped)} when compressed`

/** `Amazon EC2 takes 16,384 bytes: 12,001 are left`, when the platform is known. */
function platformLines({ size: { platform } }: Subject): readonly string[] {
  if (platform === undefined) return []
  const { title, counted, counts, limit } = platform
  if (limit === undefined) return [`  ${title} sets no limit: ${grouped(counted)} ${COUNTED[counts]}`]
  return [
    `  ${title} takes ${grouped(limit)} ${COUNTED[counts]}: ${grouped(counted)} are used, ${grouped(limit - counted)} left`,
  ]
}

function headline({ changed, before, after, profile, reason }: Preview): string {
  const what = visible(after.name)
  const form = `profile ${profile}, ${after.layout}`
  const beside = before.name === after.name ? '' : `, compared with ${visible(before.name)}`
  if (after.injected) return `${what}: ${changed ? 'would be injected' : 'nothing would change'} (${form})${beside}`
  const done = before.injected ? 'the injection is taken out' : 'left as it is'
  return `${what}: ${done}, because ${visible(reason)}${beside}`
}

/** A preview for people, in sections; what there is nothing of is left out. */
export function summaryText(preview: Preview, paint: Paint): string {
  const { annotations, files, fetches, registration, guest, sidecars, before, after } = preview
  const places = widthOf(annotations.map(({ place }) => visible(place)))
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['Annotations', annotations.flatMap(annotation => annotationLines(annotation, places))],
    [
      `Files on the guest${guest === undefined || fetches !== undefined ? '' : ` (an image with guest files of ${guest} or newer will do)`}`,
      fileLines(files),
    ],
    ['What the guest fetches', fetches === undefined ? [] : shownLines([fetches.url, `SHA-256 ${fetches.digest}`])],
    ['Registration', registration === undefined ? [] : jsonLines(registration)],
    ['Redirection (what only the guest knows stands in braces)', sidecars.flatMap(redirectLines)],
    ['Envoy', sidecars.flatMap(({ envoy }) => shownLines(envoy.map((line, at) => (at === 0 ? line : `  ${line}`))))],
    ['Units', sidecars.flatMap(unitLines)],
    ['Variables for the application', shownLines(sidecars.flatMap(({ environment }) => environment))],
    ['Size', [sizeLine('before', before), sizeLine('after', after), ...platformLines(after)]],
  ]
  const shown = sections.filter(([, lines]) => lines.length > 0)
  const text = shown.map(
    ([title, lines]) => `\n${paint('bold', title)}\n${lines.map(line => `${line.trimEnd()}\n`).join('')}`,
  )
  return `${paint('bold', headline(preview))}\n${text.join('')}`
}
