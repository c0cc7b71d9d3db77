// How time grows with the value of an annotation: the worst exponent of each syntax over values of any shape, as long as a value may be.
import { ANNOTATIONS } from '../../dist/annotations/generated/table.js'
import { grammars } from '../../dist/src/annotate/grammar/index.js'
import { communityEdition } from '../../dist/src/annotate/grammar/settings.js'
import { exponentsOf, times } from './exponent.mjs'
import { row } from './table.mjs'

/** Characters. A value may have 16,384. */
const SIZES = [1000, 4000, 16_000]
/** Pieces of values that are valid, and what made a grammar slow once, or may: again and again. */
const SHAPES = [
  '7',
  'a',
  '0',
  ' ',
  'x!,',
  '1.',
  'a:',
  '/',
  '[',
  '{"a":',
  '"',
  '\\',
  '10.0.0.0/8,',
  'a:1,',
  '1h',
  '::',
  "'a' ",
  '-',
  '[1],',
  'é',
]
const MOST = 1.1
const PATIENCE = 1

export const title = 'Growth of time with the value of an annotation, as an exponent of its length'

export function measure() {
  const syntaxes = [...new Set(ANNOTATIONS.map(({ syntax }) => syntax))].filter(syntax => syntax in grammars)
  const found = syntaxes.flatMap(syntax =>
    SHAPES.map(shape => {
      const works = SIZES.map(size => ({
        size,
        work: () => grammars[syntax](shape.repeat(size / shape.length), communityEdition),
      }))
      return { name: `${syntax} of \`${shape}\``, ...exponentsOf(times(works, PATIENCE)) }
    }),
  )
  const worst = found.reduce((a, b) => (b.exponent > a.exponent ? b : a))
  const what = `the worst of ${syntaxes.length} syntaxes and ${SHAPES.length} shapes (${worst.name})`
  return [row(what, worst.rounds, { middle: worst.exponent, most: MOST })]
}
