import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import type { AnnotationRow } from '../../annotations/row.ts'
import { distance } from '../report/nearest.ts'
import { DOMAIN, nameOf } from './annotation.ts'

const exact: ReadonlyMap<string, AnnotationRow> = new Map(
  ANNOTATIONS.filter(row => !row.prefix).map(row => [row.key, row] as const),
)
const families: readonly AnnotationRow[] = ANNOTATIONS.filter(row => row.prefix)

/** The model's row for a key, or undefined for a key the model does not know. */
export const rowOf = (key: string): AnnotationRow | undefined => exact.get(key) ?? families.find(row => isOf(row, key))

const isOf = ({ key: stem, suffix }: AnnotationRow, key: string): boolean =>
  key.startsWith(stem) && (suffix === undefined || (key.length > stem.length + suffix.length && key.endsWith(suffix)))

/** A key with its domain, which whoever is asked for one key may leave out: no two keys have the same name. */
export function wholeKey(given: string): string {
  if (given.includes('/')) return given
  const alpha = `alpha.${DOMAIN}${given}`
  return exact.has(alpha) ? alpha : DOMAIN + given
}

/** The row that tells of a key, or of the part before the star of a family's keys, whatever follows it. */
export const rowAbout = (key: string): AnnotationRow | undefined =>
  exact.get(key) ?? families.find(row => key.startsWith(row.key))

/** No key is as long: what is longer is not misspelt but something else. */
const LONGEST = 128

/** The known key nearest to a misspelt one, or undefined when none is near. */
export function nearestKey(key: string): string | undefined {
  const wanted = nameOf(key).toLowerCase()
  if (wanted.length > LONGEST) return undefined
  const limit = Math.max(2, Math.floor(wanted.length / 4))
  // What is a family of a few letters is near to everything.
  const ranked = ANNOTATIONS.filter(row => row.verdict !== 'reject' && !(row.prefix && nameOf(row.key).length < 5))
    .map(row => {
      const name = nameOf(row.key)
      // Of a family only the beginning is fixed.
      return { key: row.key, name, edits: distance(row.prefix ? wanted.slice(0, name.length) : wanted, name, limit) }
    })
    .filter(({ edits, name }) => edits <= limit || (wanted.length > 5 && name.includes(wanted)))
    .sort((a, b) => a.edits - b.edits)
  return ranked[0]?.key
}
