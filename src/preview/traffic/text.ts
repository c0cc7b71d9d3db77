import type { Paint } from '../../report/paint.ts'
import { fitted, padded } from './lines.ts'
import type { Arrow, Lane, Step, Traffic } from './model.ts'

/** Columns of a box's text, and of the way between two boxes: three boxes are 80 columns with their frames. */
const [INNER, GAP] = [20, 4]
const WIDTH = 3 * (INNER + 4) + 2 * GAP

const ARROWS: Readonly<Record<Arrow, readonly [drawn: string, meaning: string]>> = {
  mtls: ['===>', 'mTLS'],
  rules: ['~~~>', 'by the rules of iptables or nftables'],
  plain: ['--->', 'as it is'],
}

/** A row of the picture: a line of each box, and what leads from one to the next. */
interface Line {
  readonly texts: readonly string[]
  readonly arrows: readonly string[]
}

const BLANK = ' '.repeat(GAP)
const cellOf = ({ text, note }: Step): readonly string[] => [
  ...fitted(text, INNER),
  ...(note === undefined ? [] : fitted(note, INNER - 2).map(line => `  ${line}`)),
]

/** Lines of cells side by side; arrows lead to the first line of a step. */
function linesOf(cells: readonly (readonly string[])[], arrows: readonly string[]): readonly Line[] {
  const height = Math.max(0, ...cells.map(cell => cell.length))
  return Array.from({ length: height }, (_, at) => ({
    texts: cells.map(cell => cell[at] ?? ''),
    arrows: at === 0 ? arrows : arrows.map(() => BLANK),
  }))
}

const NO_ARROWS: readonly string[] = [BLANK, BLANK]
const EMPTY: Line = { texts: ['', '', ''], arrows: NO_ARROWS }

/** Steps that lead from one box to the next, each row at its height. */
function flowing(rows: Lane['rows']): readonly Line[] {
  return rows.flatMap((row, index) => {
    const stepIn = (box: number): Step | undefined => row.find(step => step.box === box)
    const cells = [0, 1, 2].map(box => {
      const step = stepIn(box)
      return step === undefined ? [] : cellOf(step)
    })
    const arrows = [1, 2].map(box => {
      const by = stepIn(box)?.by
      return by === undefined ? BLANK : ARROWS[by][0]
    })
    return [...(index === 0 ? [] : [EMPTY]), ...linesOf(cells, arrows)]
  })
}

/** Boxes that have nothing to do with each other. */
function listed(rows: Lane['rows']): readonly Line[] {
  const cells = [0, 1, 2].map(box =>
    rows
      .flat()
      .filter(step => step.box === box)
      .flatMap(cellOf),
  )
  return linesOf(cells, NO_ARROWS)
}

const FRAME = `+${'-'.repeat(INNER + 2)}+`

function laneLines({ title, boxes, rows }: Lane, paint: Paint): readonly string[] {
  const flows = rows.some(row => row.some(({ by }) => by !== undefined))
  const framed = ({ texts, arrows }: Line): string =>
    texts.map((text, at) => `${at === 0 ? '' : (arrows[at - 1] ?? BLANK)}| ${padded(text, INNER)} |`).join('')
  const rule = [FRAME, FRAME, FRAME].join(BLANK)
  const heads = linesOf(
    boxes.map(box => fitted(box, INNER)),
    NO_ARROWS,
  )
  const body = flows ? flowing(rows) : listed(rows)
  return [
    '',
    ...fitted(title, WIDTH).map(line => paint('bold', line)),
    rule,
    ...heads.map(framed),
    rule,
    ...body.map(framed),
    rule,
  ]
}

/** What the arrows mean, those that are there. */
function legend({ lanes }: Traffic): readonly string[] {
  const used = new Set(lanes.flatMap(({ rows }) => rows.flat().map(({ by }) => by)))
  const words = (Object.keys(ARROWS) as Arrow[]).filter(arrow => used.has(arrow)).map(arrow => ARROWS[arrow].join(' '))
  return words.length === 0 ? [] : ['', words.join('   ')]
}

/**
 * The picture as text of at most 80 columns. It is drawn in ASCII, the same everywhere: it goes through logs, tickets and serial
 * consoles, and no locale changes what is printed.
 */
export function trafficText(traffic: Traffic, paint: Paint): string {
  const title = fitted(traffic.title, WIDTH).map(line => paint('bold', line))
  const lines = [...title, ...traffic.lanes.flatMap(lane => laneLines(lane, paint)), ...legend(traffic)]
  return lines.map(line => `${line}\n`).join('')
}
