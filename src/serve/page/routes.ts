import { noteOf, refused } from '../outcome.ts'
import { posted } from '../posted.ts'
import { respond } from '../request.ts'
import type { Handler, Route } from '../router.ts'
import { ASSETS } from './generated/assets.ts'
import { guarded } from './guard.ts'

/** The page may load its own files and ask its own server: nothing inline, nothing from elsewhere, in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

const pathOf = (file: string): string => (file === 'page.html' ? '/' : `/${file}`)

/** A file of the page, as it was when the tool was built. */
function fileRoute([file, text]: readonly [file: string, text: string]): Route {
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  const response = respond(200, type, text)
  const answer = { ...response, headers: { ...response.headers, ...HEADERS } }
  const [name, pattern] = [pathOf(file), new RegExp(`^${pathOf(file).replaceAll('.', '\\.')}$`)]
  return { name, pattern, methods: ['GET', 'HEAD'], handle: guarded(() => answer) }
}

/** What would be made of user-data, as data; 422 and the diagnostics when it has errors. */
const previewHandler: Handler = posted('preview', done =>
  done.output === undefined ? refused(done) : respond(200, 'application/json', done.output, noteOf(done, false)),
)

/** The rows of the preview page; they are there only when they are asked for. */
export const PAGE_ROUTES: readonly Route[] = [
  ...Object.entries(ASSETS).map(fileRoute),
  { name: '/preview', pattern: /^\/preview$/, methods: ['POST'], hook: 'preview', handle: guarded(previewHandler) },
]
