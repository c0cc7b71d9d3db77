import type { Arrow, Traffic } from './model.ts'
import { narrowLane } from './narrow.ts'
import { across, block, type Drawing, MEANINGS, type Shape } from './shapes.ts'
import { wideLane } from './wide.ts'

/** From this width on three boxes stand side by side. */
const WIDE = 620
const [BETWEEN, KEY] = [30, 9]

/** What the arrows mean, those that are there. */
function legend({ lanes }: Traffic, top: number, width: number): Drawing {
  const used = new Set(lanes.flatMap(({ rows }) => rows.flat().map(({ by }) => by)))
  const arrows = (Object.keys(MEANINGS) as Arrow[]).filter(arrow => used.has(arrow))
  const shapes: Shape[] = []
  let y = top
  for (const arrow of arrows) {
    const words = block('note', MEANINGS[arrow], 52, y, width - 52)
    shapes.push(across(arrow, 0, 40, y + 9, false), ...words.shapes)
    y += words.height + KEY
  }
  return { width, height: y - top, shapes }
}

/** The picture at a width, in pixels that are not scaled: as many boxes side by side as there is room for. */
export function drawingOf(traffic: Traffic, width: number): Drawing {
  const title = block('title', traffic.title, 0, 0, width)
  const shapes: Shape[] = [...title.shapes]
  let y = title.height + 16
  for (const lane of traffic.lanes) {
    const drawn = (width < WIDE ? narrowLane : wideLane)(lane, y, width)
    shapes.push(...drawn.shapes)
    y += drawn.height + BETWEEN
  }
  const key = legend(traffic, y, width)
  return { width, height: y + key.height, shapes: [...shapes, ...key.shapes] }
}

/** The picture in words, for who cannot see it. */
export const spoken = ({ lanes }: Traffic): string =>
  lanes
    .map(({ title, boxes, rows }) => {
      const said = rows.flat().map(({ box, text, note, by }) => {
        const way = by === undefined ? '' : ` (${MEANINGS[by]})`
        return `${boxes[box] ?? ''}${way}: ${text}${note === undefined ? '' : `, ${note}`}`
      })
      return `${title}. ${said.join('; ')}.`
    })
    .join(' ')
