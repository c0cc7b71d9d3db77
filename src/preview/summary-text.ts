import { nameOf } from '../annotate/annotation.ts'
import { COUNTED } from '../fit/platforms.ts'
import { grouped } from '../report/grouped.ts'
import type { Paint } from '../report/paint.ts'
import { visible } from '../report/visible.ts'
import { hang, LINE } from '../report/wrap.ts'
import type { AnnotationEffect, FileChange, Group, Preview, Sidecar, Subject } from './model.ts'

const NOTHING = 'nothing on this VM'

/** The first column is as wide as its widest cell, but for one that stands out. */
const WIDEST = 32
const widthOf = (cells: readonly string[]): number =>
  Math.max(0, ...cells.map(({ length }) => length).filter(length => length <= WIDEST))

/** Where it stands, and what it says. */
function annotationLine({ key, value, place, effects }: AnnotationEffect, width: number): string {
  const said = `  ${visible(place).padEnd(width)}  ${nameOf(key)}: ${visible(value.replace(/\s*\n\s*/g, ' '))}`
  return effects.length === 0 ? `${said}  (${NOTHING})` : said
}

/** Columns of what is said; behind them stands because of which annotations. */
const SAID = 54

/** What is said, and beside it, or below what is long, because of which annotations. */
function groupLines({ lines }: Group): readonly string[] {
  const width = Math.max(...lines.map(({ words }) => visible(words).length).filter(length => length <= SAID), 0)
  return lines.flatMap(({ words, because }) => {
    const [said, names] = [visible(words), because.map(nameOf).join(', ')]
    const text = hang('  ', said, LINE)
    if (names === '') return [text]
    const beside = hang(`  ${said.padEnd(width)}  <- `, names, LINE)
    return [said.length <= width ? beside : `${text}\n${hang(`  ${' '.repeat(width)}  <- `, names, LINE)}`]
  })
}

const CHANGES: Readonly<Record<FileChange['change'], string>> = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
  none: 'unchanged',
}

/** Files that are made for this VM, and those of the tool that become others; of the rest how many there are. */
function fileLines({ files: all, version }: Preview): readonly string[] {
  const files = all.filter(({ common, change }) => !common || change === 'changed')
  const rest = all.filter(file => !files.includes(file))
  const changes = (['added', 'none', 'removed'] as const).flatMap(change => {
    const count = rest.filter(file => file.change === change).length
    return count === 0 ? [] : [`${count} ${CHANGES[change]}`]
  })
  const summed = `  guest files of ${version}, the same on every VM: ${changes.join(', ')}`
  return [...eachFile(files), ...(changes.length === 0 ? [] : [summed])]
}

function eachFile(files: readonly FileChange[]): readonly string[] {
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

const redirectLines = ({ redirect }: Sidecar): readonly string[] =>
  redirect.length === 0 ? [] : commandLines(['consul', 'connect', 'redirect-traffic', ...UIDS, ...redirect])

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

const TITLES: Readonly<Record<Group['title'], string>> = {
  Registration: 'Registration (<- the annotations that make it so)',
  Traffic: 'Traffic (--view traffic draws it)',
  Envoy: 'Envoy',
  Application: 'Variables for the application',
  Agent: 'Settings of the agent',
}

/** A preview for people, in sections; what there is nothing of is left out. */
export function summaryText(preview: Preview, paint: Paint): string {
  const { annotations, groups, files, fetches, guest, sidecars, before, after } = preview
  const places = widthOf(annotations.map(({ place }) => visible(place)))
  const image = guest === undefined || fetches !== undefined || files.some(({ common }) => common)
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['Annotations', annotations.map(annotation => annotationLine(annotation, places))],
    ...groups.map(group => [TITLES[group.title], groupLines(group)] as const),
    [
      `Files on the guest${image ? '' : ` (an image with guest files of ${guest} or newer will do)`}`,
      fileLines(preview),
    ],
    ['What the guest fetches', fetches === undefined ? [] : shownLines([fetches.url, `SHA-256 ${fetches.digest}`])],
    [
      'Commands on the guest (what only it knows stands in braces)',
      sidecars.flatMap(sidecar => [...redirectLines(sidecar), ...commandLines(sidecar.envoy)]),
    ],
    ['Size', [sizeLine('before', before), sizeLine('after', after), ...platformLines(after)]],
  ]
  const shown = sections.filter(([, lines]) => lines.length > 0)
  const text = shown.map(
    ([title, lines]) => `\n${paint('bold', title)}\n${lines.map(line => `${line.trimEnd()}\n`).join('')}`,
  )
  return `${paint('bold', headline(preview))}\n${text.join('')}`
}
