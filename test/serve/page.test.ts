import test from 'ava'
import { PLATFORMS, preview } from '../../src/index.ts'
import { ASSETS } from '../../src/serve/page/generated/assets.ts'
import { PAGE_ROUTES } from '../../src/serve/page/routes.ts'
import { readTarget } from '../../src/serve/target.ts'
import { ANNOTATED, ask, dispatch, FAULTY, PLAIN, stateOf } from './handlers.ts'

const HOST = 'localhost:8080'
const OWN = { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }

/** One request through the rows of the page. */
async function visit(
  method: string,
  url: string,
  body: string = '',
  headers: Readonly<Record<string, string | undefined>> = OWN,
) {
  const { path, query } = readTarget(url) ?? { path: '', query: new URLSearchParams() }
  const request = { method, path, query, headers, body: Uint8Array.from(Buffer.from(body)) }
  const response = await dispatch(PAGE_ROUTES, request, stateOf())
  return { ...response, text: Buffer.from(response.body).toString() }
}

type Records = readonly { readonly code: string; readonly message: string; readonly line?: number }[]

test('without the page there is nothing at any of its paths', async t => {
  for (const { name } of PAGE_ROUTES) t.is((await ask(stateOf(), 'GET', name)).status, 404, name)
})

test('the preview is the one of the library, with the options of the query', async t => {
  const { status, headers, text } = await visit('POST', '/preview?name=web.yaml&layout=cloud-config', ANNOTATED)
  t.is(status, 200)
  t.is(headers['content-type'], 'application/json')
  const options = { name: 'web.yaml', layout: 'cloud-config', profile: 'prebuilt' } as const
  const expected = preview(Buffer.from(ANNOTATED), options)
  t.deepEqual(JSON.parse(text).preview, JSON.parse(JSON.stringify(expected.preview)))
  t.is(JSON.parse(text).diagnostics.length, expected.diagnostics.length)
})

test('user-data without annotations has a preview in which nothing changes', async t => {
  const { note, text } = await visit('POST', '/preview', PLAIN)
  t.is(JSON.parse(text).preview.changed, false)
  t.is(note?.outcome, 'left')
})

test('user-data with errors is answered as /inject answers it', async t => {
  const { status, text } = await visit('POST', '/preview?name=web.yaml', FAULTY)
  const same = await ask(stateOf(), 'POST', '/inject?name=web.yaml', FAULTY)
  t.deepEqual([status, text], [422, same.text])
})

test('a manifest is not user-data, and a query that means nothing is refused', async t => {
  const manifest = await visit('POST', '/preview', 'apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n')
  t.is(manifest.status, 422)
  t.is((JSON.parse(manifest.text) as Records)[0]?.code, 'E718')
  t.is((await visit('POST', '/preview?layout=round', PLAIN)).status, 400)
})

test('secrets of the document are not in the answer', async t => {
  const { status, text } = await visit('POST', '/preview', `${ANNOTATED}password: hunter2-hunter2\n`)
  t.is(status, 200)
  t.false(text.includes('hunter2'))
})

for (const host of ['localhost:8080', 'LOCALHOST:9', 'localhost', '127.0.0.1:8080', '127.0.0.2:1', '[::1]:8080']) {
  test(`the page is for this machine by its own names: ${host}`, async t => {
    t.is((await visit('GET', '/', '', { host })).status, 200)
  })
}

for (const host of [
  undefined,
  '',
  'example.org',
  'localhost.example.org:8080',
  'notlocalhost:8080',
  '127.example.org:8080',
  '127.0.0.1.example.org',
  '127.0.0.999:8080',
  '10.0.0.1:8080',
  '[::2]:8080',
  'localhost:8080@example.org',
  'localhost:x',
]) {
  test(`a name that another may have is refused, as one that was made to lead here: ${host}`, async t => {
    for (const { name, methods } of PAGE_ROUTES) {
      const headers = { ...OWN, host, origin: `http://${host}` }
      t.is((await visit(methods[0] ?? '', name, PLAIN, headers)).status, 403, name)
    }
  })
}

for (const [what, headers, status] of [
  ['by both headers', {}, 200],
  ['by its origin alone', { 'sec-fetch-site': undefined }, 200],
  ['by its site alone', { origin: undefined }, 200],
  ['over TLS', { origin: `https://${HOST}` }, 200],
  ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['of another port', { origin: 'http://localhost:9090' }, 403],
  ['of a site of the same name', { 'sec-fetch-site': 'same-site' }, 403],
  ['of nothing', { origin: 'null' }, 403],
  ['of the address bar', { origin: undefined, 'sec-fetch-site': 'none' }, 403],
  ['of no browser', { origin: undefined, 'sec-fetch-site': undefined }, 403],
] as const) {
  test(`a preview is given to the page alone: a request ${what} is answered ${status}`, async t => {
    t.is((await visit('POST', '/preview', PLAIN, { ...OWN, ...headers })).status, status)
  })
}

/** The name of SVG's elements looks like an address and is none: nothing is fetched by it. */
const SVG = "'http://www.w3.org/2000/svg'"

const [html = '', ...code] = ['page.html', ...Object.keys(ASSETS).filter(name => name.endsWith('.js'))].map(
  name => ASSETS[name],
)
const found = (pattern: RegExp, text: string = html): readonly string[] =>
  [...text.matchAll(pattern)].map(([, group = '']) => group)

test('the page offers the platforms, profiles and layouts that there are', t => {
  const optionsOf = (id: string): readonly string[] =>
    found(/<option(?: value="([^"]*)")?/g, new RegExp(`<select id="${id}"[\\s\\S]*?</select>`).exec(html)?.[0])
  t.deepEqual(optionsOf('platform'), ['', ...PLATFORMS.map(({ name }) => name)])
  for (const { title } of PLATFORMS) t.true(html.includes(`>${title}</option>`), title)
  t.is(optionsOf('profile').length, 3)
  t.is(optionsOf('layout').length, 2)
})

test('every option of the page is a parameter of the query', async t => {
  const names = found(/data-parameter="([^"]+)"/g)
  t.deepEqual(names, ['profile', 'layout', 'platform', 'default-inject', 'strict'])
  const values = ['prebuilt', 'multipart', 'ec2', 'true', 'true']
  const query = names.map((name, index) => `${name}=${values[index]}`).join('&')
  t.is((await visit('POST', `/preview?${query}&annotation=connect-service=web`, PLAIN)).status, 200)
})

test('the files of the page are all there, and nothing of another place is named in them', async t => {
  const named = [
    ...found(/(?:src|href)="(\/[^"]*)"/g),
    ...code.flatMap(text => found(/from ["']\.(\/[^"']+)["']/g, text)),
  ]
  t.true(named.length > 8)
  for (const path of new Set(named)) t.is((await visit('GET', path)).status, 200, path)
  for (const [name, text] of Object.entries(ASSETS)) t.notRegex(text.replace(SVG, ''), /https?:|\/\/[a-z]/i, name)
})

test('nothing in the page is inline, and no text is made markup', t => {
  t.notRegex(html, /<style|\bstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:/i)
  t.notRegex(
    code.join('\n'),
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|\bFunction\(|\.style\b/,
  )
})
