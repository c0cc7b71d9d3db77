// What this version makes of the documents in test/decode/injection/written/documents, and of the example that guests are booted
// with: small in number, and of every format, layout, profile and wrapping. Later versions have to know all of it again.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { guest, inject, staticVendorData, VERSION, vendorData } from '../../../dist/src/index.js'
import { at, GUESTS, WRITTEN } from './frozen.mjs'

const read = name => readFileSync(at(name))

const DOCUMENTS = readdirSync(`${WRITTEN}/documents`)
const ANNOTATIONS = ['connect-inject=true', 'connect-service=web']
const PREBUILT = { profile: 'prebuilt' }
const FULL = { profile: 'full' }
const FETCH = { profile: 'fetch', guestUrl: 'https://guests.example/bundles/' }

/** Ending of the file -> how it is made, and of which documents. */
const VARIANTS = [
  ['', PREBUILT, DOCUMENTS],
  ['-full', FULL, ['cloud-config', 'cloud-config-with-keys', 'mime']],
  ['-fetch', FETCH, ['cloud-config', 'cloud-config-with-keys', 'mime']],
  ['-gzip', { ...PREBUILT, compress: 'always' }, ['cloud-config', 'script']],
]

const outputOf = (result, what) => {
  if (result.output === undefined) throw new Error(`${what}: ${JSON.stringify(result.diagnostics)}`)
  return result.output
}

/** Both layouts of a document; what is no cloud-config has the first one only. */
function injected(name, ending, options) {
  const document = read(`test/decode/injection/written/documents/${name}`)
  return ['multipart', 'cloud-config'].flatMap(layout => {
    const result = inject(document, { annotations: ANNOTATIONS, layout, ...options })
    if (layout === 'cloud-config' && result.output === undefined) return []
    return [[`${WRITTEN}/${VERSION}/${name}/${layout}${ending}`, outputOf(result, `${name}, ${layout}${ending}`)]]
  })
}

function vendor() {
  const document = read('test/decode/injection/written/documents/cloud-config')
  const made = [
    ['multipart', vendorData(document, PREBUILT)],
    ['multipart-full', vendorData(document, FULL)],
    ['multipart-fetch', vendorData(document, FETCH)],
    ['static', staticVendorData(PREBUILT)],
    ['static-full', staticVendorData(FULL)],
  ]
  return made.map(([file, result]) => [`${WRITTEN}/${VERSION}/vendor-data/${file}`, outputOf(result, file)])
}

function guests() {
  const document = read('examples/counting/user-data.yaml')
  const { script } = outputOf(guest(), 'guest')
  return [
    [`${GUESTS}/guest-${VERSION}.sh.gz`, gzipSync(script)],
    [`${GUESTS}/full-${VERSION}.txt.gz`, gzipSync(outputOf(inject(document, FULL), 'full'))],
    [`${GUESTS}/prebuilt-${VERSION}.txt`, outputOf(inject(document, PREBUILT), 'prebuilt')],
  ]
}

/** Path -> bytes. */
export const outputs = () =>
  new Map([
    ...VARIANTS.flatMap(([ending, options, names]) => names.flatMap(name => injected(name, ending, options))),
    ...vendor(),
    ...guests(),
  ])
