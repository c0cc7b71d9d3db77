import type { Lane } from './model.ts'
import { across, block, box, type Drawing, PADDING, type Shape, stepAt } from './shapes.ts'

/** Room between rows, and how far from the top of a step the arrow that leads to it is. */
const [ROW, ARROW] = [14, 11]

interface Columns {
  readonly width: number
  readonly gap: number
}

const BOXES = [0, 1, 2]

/** Rows below each other, each as high as its highest step; arrows lead from box to box. */
function flowing({ rows }: Lane, top: number, { width, gap }: Columns): Drawing {
  const shapes: Shape[] = []
  let y = top
  for (const row of rows) {
    let height = 0
    for (const step of row) {
      const x = step.box * (width + gap)
      const drawn = stepAt(step, x + PADDING, y, width - 2 * PADDING)
      shapes.push(...drawn.shapes)
      if (step.by !== undefined) shapes.push(across(step.by, x - gap + 4, x - 3, y + ARROW))
      height = Math.max(height, drawn.height)
    }
    y += height + ROW
  }
  return { width, height: y - top - ROW, shapes }
}

/** Boxes that are lists, each by itself. */
function listed({ rows }: Lane, top: number, { width, gap }: Columns): Drawing {
  const shapes: Shape[] = []
  const ends = BOXES.map(at => {
    let y = top
    for (const step of rows.flat().filter(one => one.box === at)) {
      const drawn = stepAt(step, at * (width + gap) + PADDING, y, width - 2 * PADDING)
      shapes.push(...drawn.shapes)
      y += drawn.height + ROW / 2
    }
    return y - top - ROW / 2
  })
  return { width, height: Math.max(0, ...ends), shapes }
}

/** A lane as three boxes side by side. */
export function wideLane(lane: Lane, top: number, whole: number): Drawing {
  const gap = whole < 900 ? 56 : 76
  const columns = { width: Math.floor((whole - 2 * gap) / 3), gap }
  const title = block('lane', lane.title, 0, top, whole)
  const start = top + title.height + 6
  const flows = lane.rows.some(row => row.some(({ by }) => by !== undefined))
  const heads = lane.boxes.map((head, at) =>
    block('head', head, at * (columns.width + gap) + PADDING, start + 10, columns.width - 2 * PADDING),
  )
  const head = Math.max(...heads.map(({ height }) => height)) + 16
  const body = (flows ? flowing : listed)(lane, start + head + 4, columns)
  const height = head + 4 + body.height + PADDING
  const boxes = BOXES.map(at => box(at * (columns.width + gap), start, columns.width, height, flows ? 'flow' : 'list'))
  return {
    width: whole,
    height: start + height - top,
    shapes: [...title.shapes, ...boxes, ...heads.flatMap(({ shapes }) => shapes), ...body.shapes],
  }
}
