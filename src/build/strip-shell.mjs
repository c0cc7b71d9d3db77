/**
 * A POSIX shell script without what only a reader needs: comments, blank lines, indentation, blanks beside `;`, `|` and `&&`, and
 * the line breaks of continued lines. Quoted text and here-documents stay as they are. What cannot be told apart without a whole parser is refused, with its line:
 * backquotes, `((`, `$'`, and inside double quotes a case, a here-document or a single quote of `${...}`.
 */

/** Characters that end a word: a `#` behind one of them, or at the start of a line, begins a comment. */
const META = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>'])
/** What parts commands, and needs no blank beside it. A single `&` does: to bash `& >` is something else than `&>`. */
const PARTS = /^(?:;|\||&&)/
const PARTED = /(?:;|\||&&)$/
const BLANKS = /[ \t]*/y
const REST = /[^\n]*/y

class Reader {
  constructor(text) {
    this.text = text
    this.at = 0
  }

  fail(why) {
    throw new Error(`line ${this.text.slice(0, this.at).split('\n').length}: ${why}`)
  }

  get next() {
    return this.text[this.at]
  }

  starts(text) {
    return this.text.startsWith(text, this.at)
  }

  /** Takes `length` characters. */
  take(length = 1) {
    if (this.at + length > this.text.length) this.fail('something is never closed')
    this.at += length
    return this.text.slice(this.at - length, this.at)
  }

  /** Takes up to the next `end`, and that with it. */
  takeThrough(end) {
    const found = this.text.indexOf(end, this.at)
    if (found < 0) this.fail(`there is no ${JSON.stringify(end)} to close this`)
    return this.take(found + end.length - this.at)
  }

  /** Takes what matches here; the pattern is sticky. */
  takeMatch(pattern) {
    pattern.lastIndex = this.at
    return this.take(pattern.exec(this.text)?.[0].length ?? 0)
  }

  /** Something quoted, escaped or expanded, whole and as it is; '' where nothing of the kind stands. */
  takeQuoted(inDoubleQuotes = false) {
    if (this.starts('`')) this.fail('write $(...) for backquotes')
    if (this.starts('\\')) return this.take(2)
    if (this.starts('"')) return this.takeDoubleQuotes()
    if (this.starts("'")) return this.take() + this.takeThrough("'")
    if (this.starts("$'") && !inDoubleQuotes) this.fail("$'...' means one thing to bash and another to sh")
    if (this.starts('$((')) return this.takeArithmetic()
    if (this.starts('${')) return this.takeParameter(inDoubleQuotes)
    if (this.starts('$#')) return this.take(2)
    return ''
  }

  takeDoubleQuotes() {
    let taken = this.take()
    while (!this.starts('"')) {
      if (this.starts('$(') && !this.starts('$((')) taken += this.takeSubstitution()
      else taken += this.starts("'") ? this.take() : this.takeQuoted(true) || this.take()
    }
    return taken + this.take()
  }

  takeArithmetic() {
    let taken = this.take(3)
    for (let depth = 2; depth > 0; ) {
      if (this.next === '(') depth++
      if (this.next === ')') depth--
      if (/["'\\`#\n]/.test(this.next ?? '')) this.fail('more than a plain expression in $((...))')
      taken += this.take()
    }
    if (!taken.endsWith('))')) this.fail('$(( is arithmetic: write $( (')
    return taken
  }

  takeParameter(inDoubleQuotes) {
    let taken = this.take(2)
    while (!this.starts('}')) {
      if (this.starts("'") && inDoubleQuotes) this.fail('a single quote in a ${...} in double quotes')
      if (this.starts('$(') && !this.starts('$((')) taken += this.takeSubstitution()
      else taken += this.takeQuoted(inDoubleQuotes) || this.take()
    }
    return taken + this.take()
  }

  /** A command in double quotes, which stays as it is. */
  takeSubstitution() {
    let taken = this.take(2)
    for (let depth = 1; depth > 0; ) {
      const starts = META.has(taken[taken.length - 1])
      if (starts && this.starts('#')) this.fail('a comment in a command in double quotes')
      if (starts && this.starts('case')) this.fail('case in a command in double quotes')
      if (this.starts('<<')) this.fail('a here-document in a command in double quotes')
      if (this.starts('(')) depth++
      if (this.starts(')')) depth--
      if (this.starts('$(') && !this.starts('$((')) taken += this.takeSubstitution()
      else taken += this.takeQuoted() || this.take()
    }
    return taken
  }

  /** The word behind `<<` or `<<-`, and the line that ends the document. */
  takeDelimiter() {
    const blanks = this.takeMatch(BLANKS)
    const start = this.at
    while (this.at < this.text.length && !META.has(this.next)) this.takeQuoted() || this.take()
    const word = this.text.slice(start, this.at)
    if (word === '' || /[$`\n]/.test(word)) this.fail('a here-document without a plain delimiter')
    return { taken: blanks + word, line: word.replace(/\\(.)|["']/g, '$1'), quoted: /[\\"']/.test(word) }
  }

  /** The lines of a here-document, its last line among them. */
  takeDocument({ line, quoted, tabs }) {
    let document = ''
    let before = '' // what a backslash joins to the next line, unless the delimiter is quoted
    for (;;) {
      const taken = this.takeThrough('\n')
      const own = tabs ? taken.replace(/^\t+/, '') : taken
      const whole = (before + own).slice(0, -1)
      document += taken
      if (before !== '' && (whole === line || own === `${line}\n`))
        this.fail('a here-document that ends in a joined line')
      if (whole === line) return document
      before = !quoted && /(?<!\\)(?:\\\\)*\\$/.test(whole) ? whole.slice(0, -1) || ' ' : ''
    }
  }
}

/** Shell source -> the same script for a machine. Line ends are line feeds, for to a shell a carriage return is part of a word. */
export function stripShell(source) {
  const interpreter = /^#!.*\n/.exec(source)?.[0] ?? ''
  const reader = new Reader(source.slice(interpreter.length).replace(/\n?$/, '\n'))
  const documents = [] // here-documents whose lines follow
  let line = ''
  let last = '\n' // the character before this one; '' when it is quoted, and so never the end of a word
  let written = interpreter
  while (reader.next !== undefined) {
    if (reader.starts('\\\n')) {
      reader.take(2)
    } else if (reader.starts('\n')) {
      reader.take()
      if (last === ' ') line = line.slice(0, -1)
      if (line !== '') written += `${line}\n`
      for (const document of documents.splice(0)) written += reader.takeDocument(document)
      line = ''
      last = '\n'
    } else if (reader.takeMatch(BLANKS) !== '') {
      const next = reader.text.slice(reader.at, reader.at + 2)
      if (last === '\n' || last === ' ' || (last !== '' && PARTED.test(line)) || PARTS.test(next)) continue
      line += ' '
      last = ' '
    } else if (reader.starts('#') && META.has(last)) {
      if (last === ')') reader.fail('a # at a bracket: is it a comment?')
      reader.takeMatch(REST)
    } else if (reader.starts('((') && META.has(last)) {
      reader.fail('(( is arithmetic to bash: write ( (')
    } else if (reader.starts('<<') && !reader.starts('<<<')) {
      const tabs = reader.starts('<<-')
      const operator = reader.take(tabs ? 3 : 2)
      const { taken, ...document } = reader.takeDelimiter()
      line += operator + taken
      last = ''
      documents.push({ ...document, tabs })
    } else {
      const quoted = reader.takeQuoted()
      last = quoted === '' ? reader.take() : ''
      line += quoted || last
    }
  }
  return written
}
