import { isHarmlessValue, isPlaceOfSecret, isSecretName } from './names.ts'
import { heredocEnd, linesWithOffsets, type Range } from './range.ts'

/** A value that goes by the name of a secret: where it begins in its line. */
interface NamedSecret {
  readonly column: number
  /** Column of the name. */
  readonly name: number
  readonly value: string
  /** Whether it is the value of a key, so that deeper lines below belong to it. */
  readonly assigned: boolean
}

/** What is asked of each line below a secret: does it belong to it? `skip`: no, but a later one may. */
type Below = (line: string) => 'in' | 'last' | 'skip' | 'out'

const OUR_DOMAIN = /(?:^|[^\w.-])(?:alpha\.)?consul\.hashicorp\.com\/$/
const ASSIGNED = /^["'`)\]}]*[ \t]*(?:=>|[:?+]?=|:)(?![=~])[ \t]*/
const CALLED = /^[ \t]*\([ \t]*(?=["'])/
const APART = /^["'`]?[ \t,]+(?=\S)/
const IS_FLAG = /(?:^|[\s"'`[,(=])--?$/
const IS_WORD = /(?:^|[\s"'`[,(])$/
/** Words behind which a secret stands without a sign between: in .netrc, SQL, debconf, redis, on command lines. */
const BARE =
  /^(?:password|passphrase|passcode|secret|token|requirepass|masterauth|.+[_.-](?:password|passphrase|secret|token|psk|access_key|api_key))$/i

const isComment = (line: string): boolean => /^\s*(?:- \s*)?#(?!!)/.test(line)

/** What stands between a name of a secret and its value, if a value follows. */
function separatorOf(
  name: string,
  before: string,
  after: string,
  comment: boolean,
): Omit<NamedSecret, 'name'> | undefined {
  const at = before.length + name.length
  const assigned = ASSIGNED.exec(after)
  const apart = assigned ?? CALLED.exec(after) ?? (IS_FLAG.test(before) ? APART.exec(after) : null)
  const bare = apart ?? (BARE.test(name) && !comment && IS_WORD.test(before) ? APART.exec(after) : null)
  if (bare === null) return undefined
  return { column: at + bare[0].length, value: after.slice(bare[0].length), assigned: assigned !== null }
}

/** The first secret of a line: all that stands behind its name is one. */
function firstIn(line: string): NamedSecret | undefined {
  const comment = isComment(line)
  for (const { 0: word, index } of line.matchAll(/[A-Za-z0-9_](?:[\w.-]*\w)?/g)) {
    const before = line.slice(0, index)
    if (!isSecretName(word) || OUR_DOMAIN.test(before)) continue
    const found = separatorOf(word, before, line.slice(index + word.length), comment)
    if (found === undefined || isPlaceOfSecret(word, found.value)) continue
    const empty = /^\s*(?:#.*)?$/.test(found.value)
    if (isHarmlessValue(found.value) && !(empty && found.assigned)) continue
    return { ...found, name: index }
  }
  return undefined
}

/** The column at which the text of a line begins; of a comment, the text behind its sign. */
const indentOf = (line: string, comment: boolean): number => line.search(comment ? /[^\s#]|$/ : /\S|$/)

/** Deeper lines are the value too: a YAML block, a list, the rest of a plain scalar. */
function deeper(line: string, { name, value }: NamedSecret): Below {
  const comment = isComment(line)
  const leads = /^[\s#]*(?:- +)*["']?(?:\? +)?$/.test(line.slice(0, name))
  const column = leads ? name - (/["']$/.test(line.slice(0, name)) ? 1 : 0) : indentOf(line, comment)
  const empty = /^\s*(?:#.*)?$/.test(value)
  let child: number | undefined
  return below => {
    if (/^[\s#]*$/.test(below)) return 'skip'
    if (comment && !isComment(below)) return 'out'
    const indent = indentOf(below, comment)
    const inside = indent > column || (empty && indent === column && /^[\s#]*- /.test(below))
    // JSON may have its value at any column.
    const alone = empty && child === undefined && /^\s*(["'])(?:(?!\1)[^\\]|\\.)*\1[\s,}\]]*$/.test(below)
    if (!inside && !alone) return !comment && isComment(below) ? 'skip' : 'out'
    child ??= indent
    return empty && indent === child && /^\s*expire:\s+\w+\s*$/.test(below) ? 'skip' : 'in'
  }
}

const occurrences = (line: string, quote: string): number => line.replace(/\\./g, '').split(quote).length - 1

/** A quote that a line leaves open, before the secret or in it: what it quotes goes on until the quote is closed. */
function quoted(line: string, { value }: NamedSecret): Below | undefined {
  const before = line.slice(0, line.length - value.length)
  // An apostrophe opens nothing within a word.
  const single = /^(?:[!&]\S*\s+)*\$?'/.test(value) || /(?:^|[\s:=,[({-])'[^']*$/.test(before)
  const quote = ['"', ...(single ? ["'"] : [])].find(sign => occurrences(line, sign) % 2 === 1)
  if (quote === undefined) return undefined
  return below => (occurrences(below, quote) % 2 === 1 ? 'last' : 'in')
}

const unclosed = (line: string): number => {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '')
  return bare.replace(/[^[{]/g, '').length - bare.replace(/[^\]}]/g, '').length
}

/** A list or a mapping in flow style goes on, at any column, until its bracket is closed. */
function bracketed({ value }: NamedSecret): Below | undefined {
  let depth = /^[[{]/.test(value) ? unclosed(value) : 0
  if (depth <= 0) return undefined
  return below => {
    depth += unclosed(below)
    return depth <= 0 ? 'last' : 'in'
  }
}

const continued = (line: string): boolean => /\\\r?$/.test(line)

/** What of the lines below belongs to the secret of this line. */
function belowOf(line: string, found: NamedSecret): readonly Below[] {
  const heredoc = heredocEnd(found.value)
  const open = [quoted(line, found), bracketed(found)].filter(below => below !== undefined)
  return [
    ...(found.assigned ? [deeper(line, found)] : []),
    ...open,
    ...(heredoc === undefined ? [] : [(it: string) => (it.trim() === heredoc ? ('last' as const) : ('in' as const))]),
    ...(continued(line) ? [(it: string) => (continued(it) ? ('in' as const) : ('last' as const))] : []),
  ]
}

/**
 * Secrets by their names, line by line, in a text of any kind: `password: x`, `export X_TOKEN=x`, `--secret x`, `Authorization: x`,
 * with the lines below that belong to them. From the value on the whole line is taken: quoting and lists cannot hide a part.
 */
export function secretsInLines(text: string): readonly Range[] {
  const ranges: Range[] = []
  let states: readonly Below[] = []
  for (const [at, line] of linesWithOffsets(text)) {
    const verdicts = states.map(state => [state, state(line)] as const)
    states = verdicts.flatMap(([state, verdict]) => (verdict === 'in' || verdict === 'skip' ? [state] : []))
    if (verdicts.some(([, verdict]) => verdict === 'in' || verdict === 'last')) {
      ranges.push([at + line.search(/\S|$/), at + line.length])
      continue
    }
    const found = firstIn(line)
    if (found === undefined) continue
    if (!/^\s*(?:[|>][-+\d]*\s*)?(?:#.*)?$/.test(found.value)) ranges.push([at + found.column, at + line.length])
    states = [...states, ...belowOf(line, found)]
  }
  return ranges
}
