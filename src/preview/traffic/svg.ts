import { visible } from '../../report/visible.ts'
import { type Colours, DARK, LIGHT } from './colours.ts'
import { drawingOf, spoken } from './drawing.ts'
import type { Traffic } from './model.ts'
import { type Drawing, type Shape, shape } from './shapes.ts'

/** The picture for a large window, that for a small one, and the room around each. */
const [LARGE, SMALL, MARGIN] = [1040, 328, 16]

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Text of XML, with nothing in it that a reader cannot see or that XML cannot hold. */
const escaped = (text: string): string =>
  visible(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, character => NAMES[character] ?? '')

function xml({ name, attributes, children }: Shape): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
  const inner = children.map(child => (typeof child === 'string' ? escaped(child) : xml(child)))
  const [before, after] = name === 'g' || name === 'svg' ? ['\n', '\n'] : ['', '']
  if (children.length === 0) return `<${name}${given.join('')}/>`
  return `<${name}${given.join('')}>${before}${inner.join(before)}${after}</${name}>`
}

const coloursOf = ({ ground, box, edge, text, quiet, mtls, rules }: Colours): string =>
  [
    `svg{background:${ground}}`,
    `.traffic-ground{fill:${ground}}`,
    `.traffic-box{fill:${box};stroke:${edge}}`,
    `text{fill:${text}}`,
    `.traffic-note,.traffic-head{fill:${quiet}}`,
    `.traffic-arrow path{stroke:${quiet}}.traffic-arrow .traffic-tip,.traffic-arrow text{fill:${quiet}}`,
    `.traffic-mtls path{stroke:${mtls}}.traffic-mtls .traffic-tip,.traffic-mtls text{fill:${mtls}}`,
    `.traffic-rules path{stroke:${rules}}.traffic-rules .traffic-tip,.traffic-rules text{fill:${rules}}`,
  ].join('\n')

const STYLE = [
  'text{font-family:system-ui,sans-serif}',
  '.traffic-title{font-size:17px;font-weight:650}',
  '.traffic-lane{font-size:15px;font-weight:650}',
  '.traffic-head{font-size:12px;font-weight:600}',
  '.traffic-value{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}',
  '.traffic-note{font-size:12px}',
  '.traffic-label{font-size:11px}',
  '.traffic-list{stroke-dasharray:4 3}',
  '.traffic-arrow path{fill:none;stroke-width:1.5}',
  '.traffic-arrow .traffic-tip{stroke:none}',
  '.traffic-mtls path{stroke-width:2.5}',
  '.traffic-rules path{stroke-dasharray:6 4}',
].join('\n')

const within = (name: string, { shapes }: Drawing, attributes: Shape['attributes']): Shape =>
  shape('g', { id: name, transform: `translate(${MARGIN} ${MARGIN})`, ...attributes }, ...shapes)

/**
 * The picture as SVG that stands alone: it loads nothing, and looks as its reader's system does, light or dark. In a window that is
 * narrow and high it is drawn with its boxes below each other; as an image in a page it keeps its form and is scaled.
 */
export function trafficSvg(traffic: Traffic): string {
  const [large, small] = [drawingOf(traffic, LARGE), drawingOf(traffic, SMALL)]
  const [width, height] = [LARGE + 2 * MARGIN, large.height + 2 * MARGIN]
  const [narrow, tall] = [SMALL + 2 * MARGIN, small.height + 2 * MARGIN]
  const ratio = Math.min(75, Math.floor((90 * width) / height))
  const responsive = [
    `@media (max-width:${width - 1}px) and (max-aspect-ratio:${ratio}/100){`,
    `svg{width:${narrow}px;height:${tall}px}`,
    `#large{display:none}`,
    `#small{display:inline;transform:scale(${width / narrow}) translate(${MARGIN}px,${MARGIN}px)}`,
    '}',
  ].join('\n')
  const style = [STYLE, coloursOf(LIGHT), `@media (prefers-color-scheme:dark){\n${coloursOf(DARK)}\n}`, responsive]
  const root = shape(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'xMinYMin meet',
      role: 'img',
      'aria-labelledby': 'title description',
    },
    shape('title', { id: 'title' }, traffic.title),
    shape('desc', { id: 'description' }, spoken(traffic)),
    shape('rect', { x: 0, y: 0, width, height: Math.max(height, tall * (width / narrow)), class: 'traffic-ground' }),
    within('large', large, {}),
    within('small', small, { display: 'none' }),
  )
  const mark = '</desc>\n'
  return `${xml(root).replace(mark, () => `${mark}<style>\n${style.join('\n')}\n</style>\n`)}\n`
}
