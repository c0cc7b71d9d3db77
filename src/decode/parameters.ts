/** The parameters of a structured header, `; name=value`, as they stand: a semicolon in quotes parts nothing. */
const PARAMETERS = /;\s*([^\s=;]+)\s*=\s*((?:"(?:[^"\\]|\\.)*"|[^;])*)/g

/** A value without its quotes or angle brackets, as Python's `email.utils.unquote` has it. */
function unquoted(value: string): string {
  if (/^".*"$/s.test(value)) return value.slice(1, -1).replace(/\\(.)/g, '$1')
  return /^<.*>$/s.test(value) ? value.slice(1, -1) : value
}

/** The long way of RFC 2231: `utf-8''web%20server.sh`. What does not decode stays as it is. */
function decodedLong(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^[^']*'[^']*'/, ''))
  } catch {
    return value
  }
}

/** A parameter of a header, also when it is written the long way (`filename*=`); undefined when there is none. */
export function parameterOf(header: string | undefined, name: string): string | undefined {
  const found = new Map<string, string>()
  for (const [, key = '', value = ''] of (header ?? '').matchAll(PARAMETERS)) {
    const lower = key.toLowerCase()
    if (!found.has(lower)) found.set(lower, unquoted(value.trim()))
  }
  const long = found.get(`${name}*`)
  return long === undefined ? found.get(name) : decodedLong(long)
}
