import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { inject, type Preview, type PreviewOptions, preview } from '../../src/index.ts'
import { diffText } from '../../src/preview/diff-text.ts'
import { summaryText } from '../../src/preview/summary-text.ts'
import { trafficSvg } from '../../src/preview/traffic/svg.ts'
import { trafficText } from '../../src/preview/traffic/text.ts'
import { painter } from '../../src/report/paint.ts'
import { pretty } from '../../src/report/pretty.ts'
import { mimeOf } from '../support/documents.ts'
import { bytes, codes } from '../support/places.ts'
import { secretive } from '../support/secrets.ts'
import { userData } from '../support/user-data.ts'

const ANNOTATIONS = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080']
const WEB =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const PREBUILT: PreviewOptions = { name: 'web.yaml', profile: 'prebuilt' }

function previewed(input: Uint8Array | string, options: PreviewOptions = PREBUILT): Preview {
  const { preview: found, diagnostics } = preview(typeof input === 'string' ? bytes(input) : input, options)
  if (found === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return found
}

const plain = painter(false)
const injected = (input: string, options: PreviewOptions = PREBUILT): Uint8Array => {
  const { output } = inject(bytes(input), options)
  if (output === undefined) throw new Error('it was refused')
  return output
}

test('"unchanged" is said exactly when inject gives the input back', t => {
  fc.assert(
    fc.property(userData, fc.constantFrom([], ANNOTATIONS, ['connect-inject=false']), (input, annotations) => {
      const options = { ...PREBUILT, annotations }
      const { output } = inject(input, options)
      const { preview: found } = preview(input, options)
      t.is(found === undefined, output === undefined)
      if (found === undefined || output === undefined) return
      const same = Buffer.compare(output, input) === 0
      t.is(found.changed, !same)
      t.is(diffText(found, plain) === '', same)
      // An injected document comes back as it is.
      t.is(previewed(output, options).changed, false)
    }),
    { numRuns: 60 },
  )
})

test('"unchanged" is said exactly when inject gives the earlier output again', t => {
  const port = fc.constantFrom('8080', '9090')
  fc.assert(
    fc.property(userData, port, port, (input, then, now) => {
      const options = (value: string) => ({
        ...PREBUILT,
        annotations: ['connect-inject=true', 'connect-service=web', `connect-service-port=${value}`],
      })
      const earlier = inject(input, options(then)).output
      const { output } = inject(input, options(now))
      if (earlier === undefined || output === undefined) return
      const found = previewed(input, { ...options(now), against: { name: 'earlier', bytes: earlier } })
      t.is(found.changed, Buffer.compare(earlier, output) !== 0)
      t.is(diffText(found, plain) === '', !found.changed)
      t.is(found.changed, then !== now)
    }),
    { numRuns: 40 },
  )
})

const WRAPPED: readonly ((document: string) => Uint8Array)[] = [
  bytes,
  document => gzipSync(document),
  document => bytes(Buffer.from(document).toString('base64')),
  document => bytes(mimeOf(`Content-Type: text/plain\n\n${document}`)),
  document =>
    bytes(
      mimeOf(
        `Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n${Buffer.from(document).toString('base64')}`,
      ),
    ),
  document => bytes(mimeOf(`Content-Transfer-Encoding: base64\n\n${gzipSync(document).toString('base64')}`)),
  document => bytes(`${document}# é\n`),
]

const drawn = ({ traffic }: Preview): readonly string[] =>
  traffic === undefined ? [] : [trafficText(traffic, plain), trafficSvg(traffic)]

/** All that a person or a program gets to see. */
function seen(input: Uint8Array, options: PreviewOptions): string {
  const { preview: found, diagnostics } = preview(input, options)
  const views =
    found === undefined
      ? []
      : [
          diffText(found, plain, true),
          diffText(found, plain),
          summaryText(found, plain),
          JSON.stringify(found),
          ...drawn(found),
        ]
  return [...views, pretty(diagnostics, false)].join('\n')
}

test('no secret of a document ever appears in any view, however the document is packed', t => {
  fc.assert(
    fc.property(
      secretive,
      secretive,
      fc.constantFrom(...WRAPPED),
      fc.constantFrom(ANNOTATIONS, [...ANNOTATIONS, 'service-weight=many'], []),
      (now, then, wrap, annotations) => {
        const options = { ...PREBUILT, annotations }
        const earlier = inject(wrap(then.document), { ...PREBUILT, annotations: ANNOTATIONS }).output
        const against = earlier === undefined ? {} : { against: { name: 'earlier', bytes: earlier } }
        for (const text of [seen(wrap(now.document), options), seen(wrap(now.document), { ...options, ...against })]) {
          for (const { secret } of [now, then]) {
            if (text.includes(secret.slice(0, 10))) throw new Error(`${secret} in\n${now.document}\n${then.document}`)
          }
        }
      },
    ),
    { numRuns: 150 },
  )
  t.pass()
})

test('a document that is not annotated is left as it is, and nothing is shown', t => {
  const { preview: found, diagnostics } = preview(bytes('#cloud-config\n{}\n'))
  t.is(found?.changed, false)
  t.deepEqual(found?.changes, [])
  t.deepEqual(found?.files, [])
  t.is(found?.reason, 'connect-inject is not set')
  t.deepEqual(codes(diagnostics), ['N101'])
})

test('the files are those that the bytes carry, all of them new', t => {
  const { files } = previewed(WEB, { name: 'web.yaml' })
  t.deepEqual(
    files.map(({ path, mode, content }) => [path, mode, content.length > 0]),
    inject(bytes(WEB)).injection?.files.map(({ path, mode }) => [path, mode, true]),
  )
  t.deepEqual([...new Set(files.map(({ change }) => change))], ['added'])
})

test('against an earlier output unchanged files are not shown, others are by what changed', t => {
  const against = { name: 'earlier', bytes: injected(WEB, { name: 'web.yaml' }) }
  const { changes, files } = previewed(`${WEB}# consul.hashicorp.com/service-weight: 5\n`, {
    name: 'web.yaml',
    against,
  })
  t.deepEqual(
    changes.map(({ path }) => path),
    [undefined, '/srv/consul/service-config.json'],
  )
  t.deepEqual(
    files.filter(({ change }) => change !== 'none').map(({ path, change }) => [path, change]),
    [['/srv/consul/service-config.json', 'changed']],
  )
})

test('files that would go away are removed, to /dev/null', t => {
  const against = { name: 'earlier', bytes: injected(WEB, { name: 'web.yaml' }) }
  const found = previewed(WEB, { ...PREBUILT, against })
  const { changes, files } = found
  const gone = changes.filter(({ after }) => after === undefined).map(({ path }) => path)
  t.is(gone.length, 11)
  t.deepEqual(
    files.filter(({ change }) => change === 'removed').map(({ path }) => path),
    gone as string[],
  )
  t.regex(
    diffText(found, plain, true),
    /^--- guest:\/etc\/systemd\/system\/envoy@\.service \(0644 root:root, by boothook\)\n\+\+\+ \/dev\/null$/m,
  )
})

test('packed otherwise only, the difference is said in words', t => {
  const output = injected(WEB)
  const against = { name: 'earlier', bytes: bytes(Buffer.from(gzipSync(output, { level: 1 })).toString('base64')) }
  const input = gzipSync(WEB)
  const found = previewed(Uint8Array.from(input), { ...PREBUILT, against })
  t.true(found.changed)
  t.regex(
    diffText(found, plain),
    /^--- earlier \(injected by \S+; multipart, base64, gzip\)\n\+\+\+ web.yaml \(injected; multipart, gzip\)\n\(the bytes differ/,
  )
})

test('an earlier output that was edited by hand can be compared with, one that cannot be read is refused', t => {
  const text = Buffer.from(injected(WEB)).toString('latin1')
  const edited = { name: 'edited', bytes: bytes(text.replace('systemctl start --no-block', 'systemctl start')) }
  t.regex(
    diffText(previewed(WEB, { ...PREBUILT, against: edited }), plain),
    /^-systemctl start consul.*\n\+systemctl start --no-block consul/m,
  )
  for (const bad of [text.replace(/^=== 0640 .*$/m, '=== packed'), WEB, '']) {
    const { preview: found, diagnostics } = preview(bytes(bad === WEB ? bad : WEB), {
      ...PREBUILT,
      against: { name: 'bad', bytes: bytes(bad) },
    })
    t.is(found, undefined)
    t.deepEqual(codes(diagnostics), ['E103'])
  }
})

test('on errors there is no preview', t => {
  const { preview: found, diagnostics } = preview(bytes(WEB), { annotations: ['connect-inject=maybe'] })
  t.is(found, undefined)
  t.deepEqual(codes(diagnostics), ['E301'])
})
