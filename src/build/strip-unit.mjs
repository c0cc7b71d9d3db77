/**
 * A unit file, or settings of lines NAME=value, without what only a reader needs: comments, blank lines, Documentation=. A line that ends with a backslash goes on in the
 * next, whatever that is. A comment that ends with one is refused: systemd before 238 lets it go on, later ones do not.
 */
export function stripUnit(source) {
  const lines = []
  let continued = false
  for (const line of source.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')) {
    const comment = /^[ \t]*[#;]/.test(line)
    const continues = /(?<!\\)(?:\\\\)*\\$/.test(line)
    if (comment && continues) throw new Error(`a comment that ends with a backslash: ${line}`)
    const read = !comment && line.trim() !== '' && (continues || !/^Documentation *=/.test(line))
    if (continued || read) lines.push(`${line}\n`)
    continued = continues
  }
  return lines.join('')
}
