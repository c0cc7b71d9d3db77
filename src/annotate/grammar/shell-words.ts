import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'

/**
 * Words as google/shlex cuts them: spaces part words; single quotes keep all; double quotes and bare text drop a backslash and keep
 * the character after it; `#` where a word would begin starts a comment up to the end. Nothing is expanded or evaluated.
 */
export const shellWords: (value: string) => Parsed<readonly string[]> = onOneLine(value => {
  const words: string[] = []
  let word: string | undefined
  let quoteAt = -1
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at)
    const quoting = quoteAt < 0 ? '' : value.charAt(quoteAt)
    if (character === '\\' && quoting !== "'") {
      if (at + 1 === value.length && quoting === '') {
        return refuse(complaint('nothing follows the last backslash', 'to end in a backslash write two', at, at + 1))
      }
      at += 1
      word = (word ?? '') + value.charAt(at)
    } else if (quoting !== '' && character !== quoting) word += character
    else if (quoting !== '') quoteAt = -1
    else if (character === '"' || character === "'") {
      quoteAt = at
      word ??= ''
    } else if (character === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '#' && word === undefined) break
    else word = (word ?? '') + character
  }
  if (quoteAt >= 0) {
    const name = value.charAt(quoteAt) === '"' ? 'double' : 'single'
    return refuse(
      complaint(
        `the ${name} quote is never closed`,
        `close it, or write \\${value.charAt(quoteAt)} for the character`,
        quoteAt,
        quoteAt + 1,
      ),
    )
  }
  return meaning(word === undefined ? words : [...words, word])
})
