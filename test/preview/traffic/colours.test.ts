import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type Colours, DARK, LIGHT } from '../../../src/preview/traffic/colours.ts'
import { trafficSvg } from '../../../src/preview/traffic/svg.ts'
import { projectFolder } from '../../shared.ts'

/** The part of a channel in the luminance, after WCAG. */
const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (bright + 0.05) / (dim + 0.05)
}

test('contrast is what WCAG calls so', t => {
  t.is(contrast('#000000', '#ffffff'), 21)
  t.is(contrast('#767676', '#ffffff').toFixed(2), '4.54')
})

/** What stands out from what, and how much: names of boxes and what is in them, labels and titles beside them, edges, arrows. */
const PAIRS: readonly (readonly [what: keyof Colours, behind: keyof Colours, least: number])[] = [
  ['text', 'ground', 4.5],
  ['text', 'box', 4.5],
  ['quiet', 'ground', 4.5],
  ['quiet', 'box', 4.5],
  ['mtls', 'ground', 4.5],
  ['rules', 'ground', 4.5],
  ['edge', 'ground', 3],
  ['edge', 'box', 3],
]

/** The same colours in the page, by the names that they have there. */
const IN_PAGE: Readonly<Record<keyof Colours, string>> = {
  ground: 'ground',
  box: 'raised',
  edge: 'edge',
  text: 'text',
  quiet: 'quiet',
  mtls: 'good',
  rules: 'accent',
}

const [lightPage = '', darkPage = ''] = readFileSync(
  join(projectFolder, 'src', 'serve', 'page', 'page.css'),
  'utf8',
).split('prefers-color-scheme: dark')

for (const [scheme, colours, page] of [
  ['light', LIGHT, lightPage],
  ['dark', DARK, darkPage],
] as const) {
  test(`in the picture every ${scheme} text stands out by 4.5 to 1 at least, every edge and arrow by 3 to 1`, t => {
    const faint = PAIRS.map(([what, behind, least]) => ({
      what,
      behind,
      least,
      is: contrast(colours[what], colours[behind]),
    }))
    t.deepEqual(
      faint.filter(({ is, least }) => is < least),
      [],
    )
  })

  test(`the picture has the ${scheme} colours of the table and no others, and the page draws it in the same`, t => {
    const svg = trafficSvg({ title: 'Traffic of web', lanes: [] })
    for (const [name, colour] of Object.entries(colours)) {
      t.true(svg.includes(colour), name)
      t.true(page.includes(`--${IN_PAGE[name as keyof Colours]}: ${colour};`), name)
    }
    const known: readonly string[] = [...Object.values(LIGHT), ...Object.values(DARK)]
    t.deepEqual(
      [...svg.matchAll(/#[0-9a-f]{6}\b/g)].map(([colour]) => colour).filter(colour => !known.includes(colour)),
      [],
    )
  })
}

test('in the page the boxes of the picture have the edge that stands out', t => {
  const style = readFileSync(join(projectFolder, 'src', 'serve', 'page', 'page-traffic.css'), 'utf8')
  t.regex(style, /\.traffic-box \{\n {2}fill: var\(--raised\);\n {2}stroke: var\(--edge\);\n\}/)
})
