/** The tables of the guest's plan_annotations.py, which are part of that file: what of the model it takes to plan there. */

import { blocksOf } from './networks-reference.mjs'

const BEGIN =
  '# Made by src/build/plan-tables.mjs from the types in annotations/: do not edit, run `npm run generate`.\n'
const END = '# End of what is made.\n'

/** A Python dictionary, an entry a line. What JSON makes of these strings and lists of whole numbers is Python too. */
const dictionary = (name, entries) => {
  const python = value => (Array.isArray(value) ? `[${value.map(python).join(', ')}]` : JSON.stringify(value))
  return `${name} = {\n${entries.map(([key, value]) => `    "${key}": ${python(value)},\n`).join('')}}\n`
}

/** Syntaxes, defaults and old spellings of the annotations that mean something on a VM, and the ranges of whole numbers by syntax. */
function tablesOf(families, ranges) {
  const entries = families
    .flatMap(family => family.entries)
    .filter(({ verdict }) => verdict === 'applies' || verdict === 'maps')
  const given = (name, field) =>
    dictionary(
      name,
      entries.flatMap(entry => (entry[field] === undefined ? [] : [[entry.key, entry[field]]])),
    )
  return (
    given('SYNTAXES', 'syntax') +
    given('DEFAULTS', 'default') +
    given('ALIASES', 'aliasOf') +
    dictionary('RANGES', ranges) +
    dictionary(
      'ADDRESSES',
      ['metadata', 'services'].map(purpose => [purpose, blocksOf(purpose)]),
    )
  )
}

/** The text of plan_annotations.py with the tables that the model gives. */
export function withPlanTables(text, families, ranges) {
  const [before, inside, ...more] = text.split(BEGIN)
  const [, after, ...rest] = inside?.split(END) ?? []
  if (after === undefined || more.length + rest.length > 0) {
    throw new Error('plan_annotations.py needs the two lines between which its tables stand, once')
  }
  return before + BEGIN + tablesOf(families, ranges) + END + after
}
