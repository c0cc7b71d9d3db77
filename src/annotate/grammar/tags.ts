import { trim } from './list.ts'
import { onOneLine } from './one-line.ts'
import { meaning, type Parsed } from './parsed.ts'

/**
 * Service tags: cut at commas, `\,` being a comma within a tag, each trimmed. A backslash elsewhere stands for itself, at the end
 * too. As consul-k8s' parsetags, except that blank tags are dropped.
 */
export const tags: (value: string) => Parsed<readonly string[]> = onOneLine(value =>
  meaning(
    value
      .split(/(?<!\\),/)
      .map(text => trim(text.replaceAll('\\,', ',')))
      .filter(tag => tag !== ''),
  ),
)
