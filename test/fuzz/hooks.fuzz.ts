import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Request } from '../../src/serve/request.ts'
import { ROUTES } from '../../src/serve/routes.ts'
import { readTarget } from '../../src/serve/target.ts'
import { perform } from '../../src/serve/work.ts'
import { dispatch, seedsOf, stateOf } from '../serve/handlers.ts'
import { hostile } from '../support/hostile-objects.ts'
import { bytes } from '../support/places.ts'
import { BODIES, FILES, MANIFESTS } from './corpus.ts'
import { mutated } from './mutation.ts'
import { bounded, lawForAWhile } from './trial.ts'

const asBase64 = (content: Uint8Array): string => Buffer.from(content).toString('base64')

const QUERY = 'strict&layout=cloud-config&annotation=connect-inject=true&annotation=connect-service=web&metadata={}'
const NAMES = ['profile', 'layout', 'platform', 'compress', 'strict', 'name', 'vendor-data', '__proto__', 'guest-url']

const query = fc.oneof(
  fc.constantFrom('', `?${QUERY}`),
  fc
    .array(
      fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('', 'full', 'kubevirt', 'auto', 'true', '%00', '%', '{')),
      { maxLength: 3 },
    )
    .map(pairs => `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`),
  fc.string({ maxLength: 12 }).map(text => `?${text}`),
)

/** What Nova might post, and what it never would. */
const posted = fc
  .record(
    {
      'user-data': fc.oneof(mutated(FILES).map(asBase64), hostile),
      metadata: hostile,
      'instance-id': hostile,
      x: hostile,
    },
    { requiredKeys: [] },
  )
  .map(body => bytes(JSON.stringify(body)))

/** What is asked for, and bodies of which sort. */
const asked = fc.oneof(
  fc.tuple(fc.constantFrom('/mutate', '/openstack/vendordata'), query, posted),
  fc.tuple(fc.constantFrom('/inject', '/check'), query, mutated([...FILES, ...MANIFESTS])),
  fc.tuple(fc.constantFrom('/mutate', '/openstack/vendordata'), query, mutated(BODIES)),
  fc.tuple(fc.constantFrom('/web/user-data', '/web/vendor-data', '/webuser-data'), query, mutated(FILES)),
)

lawForAWhile(
  'whatever is sent to the hooks, there is an answer, and it is never that the server failed',
  0.15,
  fc.tuple(asked, fc.constantFrom('mutate', 'vendor'), fc.constantFrom('pass', 'fail')),
  async ([[path, query, body], mode, onError]) => {
    const target = readTarget(`${path}${query}`)
    if (target === undefined) return 'malformed'
    const seeded = path.startsWith('/web')
    const state = stateOf({
      mode,
      onError,
      seeds: seedsOf({ web: { 'user-data': body } }),
      work: async job => bounded(() => perform(job)),
    })
    const request: Request = { method: seeded ? 'GET' : 'POST', ...target, headers: {}, body }
    const { status, headers, body: answer } = await dispatch(ROUTES, request, state)
    assert.ok(status < 500, `${status}: ${Buffer.from(answer)}`)
    if (/json/.test(headers['content-type'] ?? '')) JSON.parse(Buffer.from(answer).toString('utf8'))
    return String(status)
  },
  ['200', 0.2],
)
