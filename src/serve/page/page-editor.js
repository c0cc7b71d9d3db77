const MARKS = { error: '×', warning: '!', note: '' }

/** The box for user-data: its line numbers, with a mark at lines that something is said of, and places in it. */
export function editor(box, numbers) {
  let marks = new Map()

  function number() {
    const lines = box.value.split('\n').length
    numbers.textContent = Array.from({ length: lines }, (_, at) => `${marks.get(at + 1) ?? ''} ${at + 1}`).join('\n')
    numbers.scrollTop = box.scrollTop
  }
  box.addEventListener('input', () => {
    marks = new Map()
    number()
  })
  box.addEventListener('scroll', () => {
    numbers.scrollTop = box.scrollTop
  })

  /** Where a place stands, in the units of the box; columns of diagnostics count characters. */
  function offsetOf(line, column) {
    const all = box.value.split('\n')
    const before = all.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
    return before + [...(all[line - 1] ?? '')].slice(0, column - 1).join('').length
  }

  const made = {
    /** What the document is called, so that a place in it is told from one elsewhere. */
    name: 'user-data',
    /** Whether the text is what is read: not so when it is base64. */
    plain: true,
    has: ({ file, line }) => made.plain && file === made.name && line <= box.value.split('\n').length,
    goTo({ line, column, endLine = line, endColumn = column }) {
      box.focus()
      box.setSelectionRange(offsetOf(line, column), offsetOf(endLine, endColumn))
      const { lineHeight, paddingTop } = getComputedStyle(box)
      box.scrollTop = Math.max(0, Number.parseFloat(paddingTop) + (line - 4) * Number.parseFloat(lineHeight))
      box.scrollLeft = 0
    },
    mark(diagnostics) {
      marks = new Map()
      for (const diagnostic of diagnostics.toReversed()) {
        if (made.has(diagnostic)) marks.set(diagnostic.line, MARKS[diagnostic.severity])
      }
      number()
    },
    /** Puts another text in, in a way that the browser can undo. */
    fill(text, name) {
      made.name = name
      box.focus()
      box.select()
      // Named obsolete, and the one way there is to keep the undo of a box.
      const kept = text !== '' && text.length < 100_000 && document.execCommand('insertText', false, text)
      if (!kept) {
        box.value = text
        box.dispatchEvent(new Event('input'))
      }
      box.setSelectionRange(0, 0)
      box.scrollTop = 0
    },
  }
  number()
  return made
}
