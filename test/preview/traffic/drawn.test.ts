import test from 'ava'
import fc from 'fast-check'
import { drawingOf } from '../../../src/preview/traffic/drawing.ts'
import { fitted } from '../../../src/preview/traffic/lines.ts'
import type { Arrow, Lane, Step, Traffic } from '../../../src/preview/traffic/model.ts'
import type { Shape } from '../../../src/preview/traffic/shapes.ts'
import { trafficSvg } from '../../../src/preview/traffic/svg.ts'
import { trafficText } from '../../../src/preview/traffic/text.ts'
import { painter } from '../../../src/report/paint.ts'
import { columnsOf } from '../../../src/report/visible.ts'

const said = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    ']]>',
    '&amp;',
    '"\'',
    '\u001b[2J',
    '\u202eabc',
    '漢字'.repeat(30),
    'x'.repeat(300),
  ),
)
const arrow = fc.constantFrom<Arrow>('mtls', 'rules', 'plain')

const step = (box: number): fc.Arbitrary<Step> =>
  fc
    .record({ text: said, note: said, by: arrow })
    .map(({ by, ...one }) => ({ box, ...one, plan: ['/sidecars/0'], ...(box > 0 && { by }) }))
const lane: fc.Arbitrary<Lane> = fc.record({
  title: said,
  boxes: fc.tuple(said, said, said),
  rows: fc.array(fc.tuple(step(0), step(1), step(2)), { maxLength: 4 }),
})
const traffic: fc.Arbitrary<Traffic> = fc.record({ title: said, lanes: fc.array(lane, { maxLength: 4 }) })

const plain = painter(false)
const columns = (line: string): number => [...line].reduce((sum, character) => sum + columnsOf(character), 0)
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

test('whatever it is of, the text is at most 80 columns wide and holds nothing that a terminal obeys', t => {
  fc.assert(
    fc.property(traffic, given => {
      const lines = trafficText(given, plain).split('\n')
      t.deepEqual(
        lines.filter(line => columns(line) > 80 || HARMFUL.test(line)),
        [],
      )
    }),
  )
  t.pass()
})

test('a text is cut into lines without anything lost, at seams where it has some', t => {
  fc.assert(
    fc.property(said, fc.integer({ min: 2, max: 40 }), (text, width) => {
      const lines = fitted(text, width)
      t.true(lines.every(line => columns(line) <= width))
      t.is(lines.join('').replace(/\s/g, ''), fitted(text, 10_000).join('').replace(/\s/g, ''))
    }),
  )
  t.deepEqual(fitted('0.0.0.0:20200/metrics', 20), ['0.0.0.0:20200', '/metrics'])
  t.deepEqual(fitted('2001:db8:aaaa:bbbb:cccc::/64', 20), ['2001:db8:aaaa:bbbb:', 'cccc::/64'])
})

/** Text of XML with nothing but elements that are closed in their order, attributes in quotes, and the five entities. */
function elementsOf(xml: string): readonly string[] {
  const open: string[] = []
  const names: string[] = []
  let rest = xml
  while (rest !== '') {
    const tag = /^<(\/?)([a-z]+)((?: [\w:-]+="(?:[^"<&]|&(?:amp|lt|gt|quot|#39);)*")*)(\/?)>/.exec(rest)
    const words = /^(?:[^<&]|&(?:amp|lt|gt|quot|#39);)+/.exec(rest)
    const found = tag?.[0] ?? words?.[0]
    if (found === undefined) throw new Error(`not XML: ${rest.slice(0, 80)}`)
    rest = rest.slice(found.length)
    if (tag === null) continue
    const [, closing, name = '', , empty] = tag
    if (closing === '/' && open.pop() !== name) throw new Error(`${name} closes what is not open`)
    if (closing !== '/') names.push(name)
    if (closing !== '/' && empty !== '/') open.push(name)
  }
  if (open.length > 0) throw new Error(`${open.join()} stays open`)
  return names
}

const ELEMENTS = ['desc', 'g', 'path', 'rect', 'style', 'svg', 'text', 'title']

test('whatever it is of, the SVG is XML of our elements alone: no value becomes markup', t => {
  fc.assert(
    fc.property(traffic, given => {
      const svg = trafficSvg(given)
      const names = elementsOf(svg)
      t.deepEqual(
        names.filter(name => !ELEMENTS.includes(name)),
        [],
      )
      t.is(names.filter(name => name === 'style').length, 1)
      t.false(HARMFUL.test(svg.replaceAll('\n', '')))
      t.false(/https?:(?!\/\/www\.w3\.org\/2000\/svg")/.test(svg.replace(/<(?:text|desc|title)[^>]*>[^<]*/g, '')))
    }),
    { numRuns: 60 },
  )
})

test('the SVG has a title and a description, and follows the reader’s colours', t => {
  const svg = trafficSvg({
    title: 'Traffic of web',
    lanes: [
      {
        title: 'Into web',
        boxes: ['From outside', 'Envoy', 'web'],
        rows: [
          [
            { box: 0, text: 'services', plan: ['/x'] },
            { box: 1, by: 'mtls', text: ':20000', note: 'listener', plan: ['/x'] },
          ],
        ],
      },
    ],
  })
  t.regex(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" .*role="img" aria-labelledby="title description">/)
  t.true(svg.includes('<title id="title">Traffic of web</title>'))
  t.true(
    svg.includes('<desc id="description">Into web. From outside: services; Envoy (mTLS): :20000, listener.</desc>'),
  )
  t.true(svg.includes('@media (prefers-color-scheme:dark)'))
})

const shapesIn = (shape: Shape): readonly Shape[] => [
  shape,
  ...shape.children.flatMap(child => (typeof child === 'string' ? [] : shapesIn(child))),
]

test('at any width no two boxes touch, and everything is within the drawing', t => {
  fc.assert(
    fc.property(traffic, fc.integer({ min: 280, max: 1400 }), (given, width) => {
      const drawing = drawingOf(given, width)
      const boxes = drawing.shapes
        .flatMap(shapesIn)
        .filter(({ name }) => name === 'rect')
        .map(({ attributes: { x, y, width: across, height } }) => [x, y, across, height].map(Number))
      for (const [index, [x = 0, y = 0, across = 0, height = 0]] of boxes.entries()) {
        t.true(x >= 0 && x + across <= drawing.width && y >= 0 && y + height <= drawing.height)
        for (const [x2 = 0, y2 = 0, across2 = 0, height2 = 0] of boxes.slice(index + 1))
          t.true(x + across <= x2 || x2 + across2 <= x || y + height <= y2 || y2 + height2 <= y)
      }
    }),
    { numRuns: 60 },
  )
})
