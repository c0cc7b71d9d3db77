import { onOneLine } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

const LONGEST = 4095

const pathIssues = (value: string): readonly Issue[] => {
  const issues: Issue[] = []
  if (!value.startsWith('/')) {
    const hint = value.startsWith('~')
      ? 'there is no home directory here: write the path from the root'
      : 'begin the path with "/"'
    issues.push(complaint(`${quote(value)} is not an absolute path`, hint))
  }
  for (const { index } of value.matchAll(/(?<=^|\/)\.\.(?=\/|$)/g)) {
    issues.push(complaint(`${quote(value)} leads upwards by ".."`, 'write the path it means', index, index + 2))
  }
  const bytes = Buffer.byteLength(value)
  if (bytes > LONGEST) issues.push(complaint(`the path is ${bytes} bytes long, more than ${LONGEST}`))
  return issues
}

/** An absolute path of the guest, as written, without `..`. */
export const absolutePath: (value: string) => Parsed<string> = onOneLine(value => {
  const issues = pathIssues(value)
  return issues.length > 0 ? { ok: false, issues } : meaning(value)
})

/** The path of a URL: begins with `/`, printable ASCII, no space, no fragment. */
export const urlPath: (value: string) => Parsed<string> = onOneLine(value => {
  if (!value.startsWith('/'))
    return refuse(complaint(`${quote(value)} does not begin with "/"`, `write "/${value.trim()}"`))
  const at = value.search(/[^!-~]|["#<>\\^`{|}]/)
  if (at < 0) return meaning(value)
  const character = quote(String.fromCodePoint(value.codePointAt(at) ?? 0))
  return refuse(
    complaint(`${quote(value)} holds ${character}, which a URL path cannot`, 'write it percent-encoded', at, at + 1),
  )
})
