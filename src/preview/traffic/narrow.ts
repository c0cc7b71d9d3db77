import type { Lane, Step } from './model.ts'
import { block, box, type Drawing, down, PADDING, type Shape, stepAt } from './shapes.ts'

/** Room between boxes: where an arrow leads, where it does not, and between what has nothing to do with each other. */
const [ARROW, ROW, ITEM] = [34, 18, 7]

/** A box with its head and steps below each other. */
function boxAt(head: string, steps: readonly Step[], top: number, width: number, kind: string): Drawing {
  const inner = width - 2 * PADDING
  const title = block('head', head, PADDING, top + 8, inner)
  const shapes: Shape[] = [...title.shapes]
  let y = top + 8 + title.height + 2
  for (const step of steps) {
    const drawn = stepAt(step, PADDING, y, inner)
    shapes.push(...drawn.shapes)
    y += drawn.height + ITEM
  }
  const height = y - ITEM + 10 - top
  return { width, height, shapes: [box(0, top, width, height, kind), ...shapes] }
}

/** A row from above down. Where it branches off one before, it begins with the step that it branches off. */
function chain(row: readonly Step[], before: readonly Step[]): readonly Step[] {
  const [first] = row
  const origin = first?.by === undefined ? undefined : before.findLast(({ box: at }) => at === first.box - 1)
  return origin === undefined ? row : [{ ...origin }, ...row]
}

function flowing({ boxes, rows }: Lane, top: number, width: number): Drawing {
  const shapes: Shape[] = []
  let y = top
  for (const [index, row] of rows.entries()) {
    for (const [at, step] of chain(row, rows.slice(0, index).flat()).entries()) {
      if (at > 0) {
        shapes.push(down(step.by ?? 'plain', 32, y + 3, y + ARROW - 3))
        y += ARROW
      }
      const drawn = boxAt(boxes[step.box] ?? '', [step], y, width, 'flow')
      shapes.push(...drawn.shapes)
      y += drawn.height
    }
    y += ROW
  }
  return { width, height: y - top - ROW, shapes }
}

function listed({ boxes, rows }: Lane, top: number, width: number): Drawing {
  const shapes: Shape[] = []
  let y = top
  for (const [at, head] of boxes.entries()) {
    const steps = rows.flat().filter(step => step.box === at)
    const drawn = boxAt(head, steps, y, width, 'list')
    shapes.push(...drawn.shapes)
    y += drawn.height + ROW
  }
  return { width, height: y - top - ROW, shapes }
}

/** A lane with its boxes below each other. */
export function narrowLane(lane: Lane, top: number, width: number): Drawing {
  const title = block('lane', lane.title, 0, top, width)
  const flows = lane.rows.some(row => row.some(({ by }) => by !== undefined))
  const body = (flows ? flowing : listed)(lane, top + title.height + 6, width)
  return { width, height: title.height + 6 + body.height, shapes: [...title.shapes, ...body.shapes] }
}
