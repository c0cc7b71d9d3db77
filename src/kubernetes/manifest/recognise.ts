import { formatOf } from '../../decode/format.ts'
import { isGzip } from '../../decode/gzip.ts'

/** Lines that say nothing of what a document is: empty, comment, directive, marker. */
const SKIPPED = /^(?:\s*(?:#[^\n]*)?|%[^\n]*|---\s*(?:#[^\n]*)?|\.\.\.\s*)$/
/** How an object of Kubernetes begins: with one of its keys, or as JSON. */
const OPENING =
  /^(?:---\s+)?(?:\{|["']?(?:apiVersion|kind|metadata|spec|status|items|data|stringData|type|immutable)["']?\s*:)/
const KEYS = [/(?:^|[\s{,])["']?apiVersion["']?\s*:/, /(?:^|[\s{,])["']?kind["']?\s*:/]

/** User-data of EKS nodes, and of Talos: of the form of an object, and none that Kubernetes knows. */
const NODE_CONFIG = /^apiVersion:[ \t]*["']?(?:node\.eks\.aws\/|v1alpha1\b)/m

/**
 * Whether an input is a manifest of Kubernetes and not user-data: cloud-init knows no such beginning, and the first line that says
 * something is a key of an object.
 */
export function isManifest(input: Uint8Array): boolean {
  if (isGzip(input)) return false
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('utf8')
  if (formatOf(text) !== 'unknown') return false
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (!SKIPPED.test(text.slice(start, end))) break
    start = end + 1
  }
  if (NODE_CONFIG.test(text.slice(start))) return false
  const [line = ''] = text.slice(start, start + 200).split('\n')
  return OPENING.test(line) && KEYS.every(key => key.test(text))
}
