// Strips texts for the tests: [[name, text], ...] as JSON in, the texts without what only a reader needs out, null for one refused.
import { readFileSync } from 'node:fs'
import { strip } from '../../src/build/strip.mjs'

const attempt = ([name, text]) => {
  try {
    return strip(name, text)
  } catch {
    return null
  }
}
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(attempt)))
