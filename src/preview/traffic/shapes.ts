import { fitted } from './lines.ts'
import type { Arrow, Step } from './model.ts'

/** An element of SVG. Its names are ours; texts and values of attributes are written by whoever makes it visible. */
export interface Shape {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly children: readonly (Shape | string)[]
}

/** Shapes, and how much room they take. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}

export const shape = (
  name: string,
  attributes: Shape['attributes'],
  ...children: readonly (Shape | string)[]
): Shape => ({ name, attributes, children })

/** Widest character of a class of text, in pixels: fonts differ, and nothing may reach beyond its box. */
const CHARACTER: Readonly<Record<string, number>> = { title: 9.6, lane: 8.6, head: 7.4, value: 7.9, note: 7 }
const LINE: Readonly<Record<string, number>> = { title: 24, lane: 22, head: 18, value: 19, note: 17 }
export const PADDING = 14

/** A text in lines that fit a width, from a point down. */
export function block(kind: string, text: string, x: number, y: number, width: number): Drawing {
  const [character, line] = [CHARACTER[kind] ?? 8, LINE[kind] ?? 18]
  const lines = fitted(text, Math.max(8, Math.floor(width / character)))
  const shapes = lines.map((words, at) =>
    shape('text', { x, y: Math.round(y + line * (at + 0.75)), class: `traffic-${kind}` }, words),
  )
  return { width, height: lines.length * line, shapes }
}

/** A step: what it is, and below it why. */
export function stepAt({ text, note, plan }: Step, x: number, y: number, width: number): Drawing {
  const value = block('value', text, x, y, width)
  const why = note === undefined ? undefined : block('note', note, x, y + value.height, width)
  const shapes = [...value.shapes, ...(why?.shapes ?? [])]
  return {
    width,
    height: value.height + (why?.height ?? 0),
    shapes: [shape('g', { 'data-plan': plan.join(' ') }, ...shapes)],
  }
}

export const box = (x: number, y: number, width: number, height: number, kind: string): Shape =>
  shape('rect', { x, y, width, height, rx: 8, class: `traffic-box traffic-${kind}` })

/** What an arrow says of itself. */
const LABELS: Readonly<Record<Arrow, string>> = { mtls: 'mTLS', rules: 'rules', plain: '' }
export const MEANINGS: Readonly<Record<Arrow, string>> = {
  mtls: 'mTLS',
  rules: 'redirected by iptables or nftables',
  plain: 'as it is',
}
const HEAD = 8

const label = (arrow: Arrow, x: number, y: number, anchor: string): readonly Shape[] =>
  LABELS[arrow] === '' ? [] : [shape('text', { x, y, class: 'traffic-label', 'text-anchor': anchor }, LABELS[arrow])]

/** An arrow to the right, its name above it. */
export const across = (arrow: Arrow, from: number, to: number, y: number, named: boolean = true): Shape =>
  shape(
    'g',
    { class: `traffic-arrow traffic-${arrow}` },
    shape('path', { d: `M${from} ${y}H${to - HEAD}` }),
    shape('path', { d: `M${to} ${y}l-${HEAD + 1} -5v10z`, class: 'traffic-tip' }),
    ...(named ? label(arrow, (from + to - HEAD) / 2, y - 7, 'middle') : []),
  )

/** An arrow down, its name beside it. */
export const down = (arrow: Arrow, x: number, from: number, to: number): Shape =>
  shape(
    'g',
    { class: `traffic-arrow traffic-${arrow}` },
    shape('path', { d: `M${x} ${from}V${to - HEAD}` }),
    shape('path', { d: `M${x} ${to}l-5 -${HEAD + 1}h10z`, class: 'traffic-tip' }),
    ...label(arrow, x + 12, (from + to) / 2 + 3, 'start'),
  )
