/** Where a request goes: its path, segment by segment without escapes, and what stands behind the question mark. */
export interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

/** What no segment of a path may hold once its escapes are resolved: more segments, an end of the string, controls. */
const FORBIDDEN = /[/\\\x00-\x1f\x7f]|^\.{0,2}$/

function segmentOf(raw: string): string | undefined {
  try {
    const segment = decodeURIComponent(raw)
    return FORBIDDEN.test(segment) ? undefined : segment
  } catch {
    return undefined
  }
}

/** Reads a request target, also one that a proxy was asked for (`http://host/path`). Undefined when it is malformed. */
export function readTarget(raw: string): Target | undefined {
  const [, path = '', query = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?$/i.exec(raw) ?? []
  if (path === '/') return { path, query: new URLSearchParams(query) }
  if (!path.startsWith('/')) return undefined
  const segments = path.slice(1).split('/').map(segmentOf)
  if (segments.some(segment => segment === undefined)) return undefined
  return { path: `/${segments.join('/')}`, query: new URLSearchParams(query) }
}
