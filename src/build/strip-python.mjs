/**
 * Python without what only a reader needs: comments, docstrings, blank lines, line breaks in brackets and between statements, blanks
 * that part nothing, and indentation beyond one blank a level. The syntax tree stays that of the source without its docstrings. Python 3.6's
 * grammar: in a field of an f-string its own quote cannot stand.
 */
const STRING_PREFIXES = new Set(['', 'r', 'u', 'b', 'br', 'rb', 'f', 'fr', 'rf'])
const DOCSTRING = /^[ru]?["']/i
/** Comments that Python itself reads: the interpreter in line 1, the encoding in lines 1 and 2. */
const INTERPRETER = /^#!/
const ENCODING = /^#.*?coding[:=][ \t]*[-\w.]+/
const TAB = 8

/** @typedef {{ kind: 'word' | 'string' | 'mark', text: string, apart: boolean }} Token: `apart` from the one before it */
/** @typedef {{ column: number, tokens: Token[] }} Line: one logical line, however many lines it stands on */

const fail = (source, at, why) => {
  throw new Error(`line ${source.slice(0, at).split('\n').length}: ${why}`)
}

/** The end of the string whose opening quote is at `at`. A backslash takes the next character with it, in raw strings as well. */
function endOfString(source, at) {
  const quote = source[at]
  const mark = source.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote
  for (let end = at + mark.length; end < source.length; end++) {
    if (source[end] === '\\') end++
    else if (source.startsWith(mark, end)) return end + mark.length
    else if (source[end] === '\n' && mark.length === 1) break
  }
  return fail(source, at, 'a string is never closed')
}

/** The width of a line's indentation, as Python measures it. */
function columnOf(blanks) {
  let column = 0
  for (const blank of blanks) {
    if (blank === '\f') column = 0
    else column += blank === '\t' ? TAB - (column % TAB) : 1
  }
  return column
}

/** @returns {{ lines: Line[], kept: string[] }} the logical lines, and the comments that Python itself reads */
function readLines(source) {
  const lines = []
  const kept = []
  /** @type {Line | undefined} */
  let line
  let depth = 0
  let apart = false
  let at = 0
  const match = pattern => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0] ?? ''
  }
  while (at < source.length) {
    const startOfLine = line === undefined
    const blanks = match(/[ \t\f]*/y)
    at += blanks.length
    if (blanks !== '') apart = true
    const start = at
    const next = source[at]
    if (next === undefined) break
    if (next === '#') {
      const comment = match(/[^\n]*/y)
      const above = source.slice(0, at).match(/\n/g)?.length ?? 0
      if ((at === 0 && INTERPRETER.test(comment)) || (lines.length === 0 && above < 2 && ENCODING.test(comment)))
        kept.push(comment)
      at += comment.length
      continue
    }
    if (next === '\n') {
      at++
      if (depth > 0) apart = true
      else line = undefined
      continue
    }
    if (next === '\\') {
      if (source[at + 1] !== '\n') fail(source, at, 'a backslash that does not end its line')
      if (startOfLine) fail(source, at, 'a line of a backslash alone')
      at += 2
      apart = true
      continue
    }
    const word = match(/[\w\u0080-\u{10ffff}]*/uy)
    const quote = source[at + word.length]
    let kind = word === '' ? 'mark' : 'word'
    if ((quote === '"' || quote === "'") && STRING_PREFIXES.has(word.toLowerCase())) {
      kind = 'string'
      at = endOfString(source, at + word.length)
    } else at += word.length || 1
    if ('([{'.includes(next)) depth++
    if (')]}'.includes(next)) depth--
    if (line === undefined) {
      line = { column: columnOf(blanks), tokens: [] }
      lines.push(line)
      apart = false
    }
    line.tokens.push({ kind, text: source.slice(start, at), apart })
    apart = false
  }
  if (depth !== 0) fail(source, source.length, 'a bracket is never closed')
  return { lines, kept }
}

/** Where the tokens of a line are outside all brackets: `visit(token, index)` until it gives something other than undefined. */
function atTop(tokens, visit) {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'mark' && ')]}'.includes(token.text)) depth--
    const found = depth === 0 ? visit(token, index) : undefined
    if (found !== undefined) return found
    if (token.kind === 'mark' && '([{'.includes(token.text)) depth++
  }
  return undefined
}

/** The place behind the colon of a class or a function, where its body can begin; undefined for any other line. */
function startOfBody(tokens) {
  const [first, second] = tokens.map(({ text }) => text)
  if (first !== 'def' && first !== 'class' && !(first === 'async' && second === 'def')) return undefined
  let lambdas = 0
  return atTop(tokens, ({ text }, index) => {
    if (text === 'lambda') lambdas++
    if (text !== ':') return undefined
    return lambdas-- > 0 ? undefined : index + 1
  })
}

/** The tokens from `start` on without a docstring that stands there. */
function withoutDocstring(tokens, start) {
  let end = start
  while (end < tokens.length && tokens[end].kind === 'string' && DOCSTRING.test(tokens[end].text)) end++
  if (end === start || (end < tokens.length && tokens[end].text !== ';')) return tokens
  return [...tokens.slice(0, start), ...tokens.slice(end + 1)]
}

const PASS = { kind: 'word', text: 'pass', apart: true }

/** The lines without docstrings; `pass` where nothing else is left of a body. */
function withoutDocstrings(lines) {
  const kept = []
  let opens = true // whether this line is the first of a module, class or function
  for (const [index, { column, tokens }] of lines.entries()) {
    let own = opens ? withoutDocstring(tokens, 0) : tokens
    if (own.length === 0 && index > 0 && (lines[index + 1]?.column ?? 0) < column) own = [PASS]
    const body = startOfBody(own)
    opens = body !== undefined && body === own.length
    if (body !== undefined && !opens) {
      own = withoutDocstring(own, body)
      if (own.length === body) own = [...own, PASS]
    }
    if (own.length > 0) kept.push({ column, tokens: own })
  }
  return kept
}

/** A logical line in one line, with a blank only where two tokens would be read as one: two strings could make three quotes. */
const written = tokens =>
  tokens.reduce((line, { kind, text, apart }, index) => {
    const before = tokens[index - 1]
    const needed = apart && before?.kind !== 'mark' && (kind !== 'mark' || text === '.')
    return line + (needed && line !== '' ? ' ' : '') + text
  }, '')

/** Words that begin what has a body: no statement can stand before one in its line, nor one behind another's colon. */
const COMPOUND = new Set('if elif else for while try except finally with def class async @'.split(' '))

/** @typedef {{ level: number, text: string, simple: boolean }} Written: one line; `simple` where it may share it with another */

/** Statements with nothing between them in one line, and in that of what they are the whole body of. */
function joined(lines) {
  const fewer = []
  for (const { level, text, simple } of lines) {
    const last = fewer[fewer.length - 1]
    if (simple && last?.simple && last.level === level) last.text += `${last.text.endsWith(';') ? '' : ';'}${text}`
    else fewer.push({ level, text, simple })
  }
  return fewer.reduce((kept, { level, text, simple }, index) => {
    const header = kept[kept.length - 1]
    const whole = simple && header?.level === level - 1 && (fewer[index + 1]?.level ?? 0) < level
    if (whole && fewer[index - 1].level === level - 1) header.text += text
    else kept.push({ level, text })
    return kept
  }, [])
}

/** Python source -> the same program for a machine. A source that reads its `__doc__` keeps its docstrings. */
export function stripPython(source) {
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const { lines, kept } = readLines(text)
  const levels = [0]
  const light = (text.includes('__doc__') ? lines : withoutDocstrings(lines)).map(({ column, tokens }, index, all) => {
    while (column < levels[levels.length - 1]) levels.pop()
    if (column > levels[levels.length - 1]) levels.push(column)
    const simple = !COMPOUND.has(tokens[0].text) && (all[index + 1]?.column ?? 0) <= column
    return { level: levels.length - 1, text: written(tokens), simple }
  })
  return [...kept, ...joined(light).map(({ level, text }) => ' '.repeat(level) + text)]
    .map(line => `${line}\n`)
    .join('')
}
