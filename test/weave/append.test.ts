import test from 'ava'
import fc from 'fast-check'
import { leavesOf, type MimeEntity, parseMime } from '../../src/decode/mime.ts'
import { decodeBare } from '../../src/decode/user-data.ts'
import { inject, uninject } from '../../src/index.ts'
import { weave } from '../../src/weave/envelope.ts'
import { mimeOf } from '../support/documents.ts'
import { type Multipart, multipart } from '../support/multiparts.ts'
import { brief, bytes, codes, text } from '../support/places.ts'

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' } as const
const P = 'consul.hashicorp.com/'
const HEAD = 'MIME-Version: 1.0\nContent-Type: multipart/mixed'

const injected = (content: string, options: object = {}): string => {
  const { output, diagnostics } = inject(bytes(content), { ...OPTIONS, ...options })
  if (output === undefined) throw new Error(diagnostics.map(brief).join('\n'))
  return text(output)
}
const taken = (content: string, force = false): string | undefined => {
  const { output } = uninject(bytes(content), { force })
  return output && text(output)
}

const firstLevel = (content: string): readonly string[] =>
  parseMime(content).children.map(({ start, end }) => content.slice(start, end))
const isOurs = ({ headers }: MimeEntity): boolean => headers.has('x-consul-vm-inject')

/** The operator's parts as they leave: annotation keys are comments by then. */
const asSent = (content: string): string =>
  content.replace(/^consul\.hashicorp\.com\/(?:connect-inject|service-tags):.*$|^ {2}- a\r?$/gm, '# $&')

test('a multipart document keeps its parts at the first level, in order, byte for byte, and ours stand behind them', t => {
  fc.assert(
    fc.property(multipart, ({ text: content, parts }) => {
      const output = injected(content)
      const found = firstLevel(output)
      t.deepEqual(found.slice(0, -2), parts.map(asSent))
      const ours = parseMime(output).children.slice(-2)
      t.deepEqual(
        ours.map(({ contentType }) => contentType),
        ['text/cloud-boothook', 'text/x-shellscript'],
      )
      t.true(ours.every(isOurs))
    }),
    { numRuns: 400 },
  )
})

test('every byte of it stays where it was: ours is one piece more', t => {
  fc.assert(
    fc.property(multipart, ({ text: content, closed }) => {
      const sent = asSent(content)
      const output = injected(content)
      const own = parseMime(output).children.find(isOurs)?.delimiter ?? 0
      const before = output.slice(0, own)
      t.true(sent.startsWith(before) || before.replace(/\r?\n$/, '') === sent)
      const rest = sent.slice(before.length)
      t.true(output.endsWith(rest))
      if (!closed) t.is(rest, '')
    }),
    { numRuns: 300 },
  )
})

test('uninject gives it back, and injecting again gives the same, whatever was asked in between', t => {
  fc.assert(
    fc.property(multipart, fc.constantFrom('8080', '9090'), ({ text: content }, port) => {
      const once = injected(content)
      t.is(taken(once), content)
      t.is(injected(once), once)
      const other = { annotations: [...OPTIONS.annotations, `connect-service-port=${port}`], profile: 'full' }
      t.is(injected(injected(once, other)), once)
      t.is(taken(injected(once, other)), content)
    }),
    { numRuns: 300 },
  )
})

const unit = fc.constantFrom('--B', '--', '\n', '\r\n', '\r', ' ', HEAD, 'x', '\n\n', '--B--', 'é')
const noise = fc.tuple(fc.nat(1500), fc.nat(40), fc.string({ unit, maxLength: 4 }))
const noisy = ([at, length, put]: readonly [number, number, string], content: string): string =>
  content.slice(0, at) + put + content.slice(at + length)

test('whatever was done to a multipart document before, it comes back', t => {
  fc.assert(
    fc.property(multipart, noise, ({ text: content }, change) => {
      const input = bytes(noisy(change, content))
      const { output } = inject(input, OPTIONS)
      fc.pre(output !== undefined)
      t.is(text(uninject(output ?? input).output ?? bytes('')), text(input))
      t.is(text(inject(output ?? input, OPTIONS).output ?? bytes('')), text(output ?? input))
    }),
    { numRuns: 400 },
  )
})

test('whatever is done to an injected one, nothing throws', t => {
  fc.assert(
    fc.property(multipart, noise, fc.boolean(), ({ text: content }, change, force) => {
      const edited = bytes(noisy(change, injected(content)))
      t.notThrows(() => uninject(edited, { force }))
      t.notThrows(() => inject(edited, OPTIONS))
    }),
    { numRuns: 200 },
  )
})

test('our delimiters and headers end as those of the document do', t => {
  fc.assert(
    fc.property(multipart, ({ text: content, newline }) => {
      const output = injected(content)
      const { children, boundary = '' } = parseMime(output)
      const delimiters = [...output.matchAll(/^--.*(?:\r?\n|$)/gm)].map(([line]) => line)
      for (const child of children.filter(isOurs)) {
        const head = output.slice(child.delimiter, child.bodyStart)
        t.is(head.replaceAll(newline, '').search(/[\r\n]/), -1)
        t.true(output.slice(0, child.delimiter).endsWith(newline))
        t.true(output.slice(child.end).startsWith(`${newline}--${boundary}`))
      }
      t.true(delimiters.length > 0)
    }),
    { numRuns: 200 },
  )
})

test('our parts are 7bit, and are run without their other headers', t => {
  const output = injected(mimeOf('Content-Type: application/node.eks.aws\n\nx: 1'))
  const ours = parseMime(output).children.filter(isOurs)
  t.is(ours.length, 2)
  for (const { bodyStart, end, encoding } of ours) {
    const body = output.slice(bodyStart, end)
    t.is(encoding, '7bit')
    t.regex(body, /^#!\/bin\/sh\n[\t\n\x20-\x7e]*$/)
  }
})

test('a document whose parts lost the marks says that it was injected all the same', t => {
  const output = injected(mimeOf('\n#!/bin/sh\ntrue'))
  const bare = output.replaceAll(/^(?:X-Consul|MIME|Content-Transfer|Content-Disposition)[^\n]*\n/gm, '')
  const again = inject(bytes(`MIME-Version: 1.0\n${bare}`), { ...OPTIONS, annotations: [] })
  t.false(again.decision.inject)
  t.regex(again.diagnostics.map(brief).join(), /connect-inject-status says "injected"/)
})

/** Parts of others in a message, at a place among its parts. */
function withPart(content: string, at: number, part: string): string {
  const { children, boundary, closing = content.length } = parseMime(content)
  const newline = /\r\n|\n/.exec(content.slice(children[0]?.delimiter ?? 0))?.[0] ?? '\n'
  const offset = children[at]?.delimiter ?? closing
  return `${content.slice(0, offset)}--${boundary}${newline}${part.replaceAll('\n', newline)}${newline}${content.slice(offset)}`
}

const FOREIGN = 'Content-Type: application/node.eks.aws\n\nkind: NodeConfig'
const hasForeign = (content: string | undefined, { newline }: Pick<Multipart, 'newline'>): boolean =>
  content !== undefined && firstLevel(content).includes(FOREIGN.replaceAll('\n', newline))

test('parts that others add, before ours, between them or behind them, survive inject and uninject', t => {
  fc.assert(
    fc.property(multipart, fc.nat(6), fc.boolean(), (document, place, force) => {
      const once = injected(document.text)
      const at = Math.min(place, parseMime(once).children.length)
      const added = withPart(once, at, FOREIGN)
      const back = taken(added, force)
      t.true(hasForeign(back, document))
      const theirs = firstLevel(back ?? '').filter(part => part !== FOREIGN.replaceAll('\n', document.newline))
      t.deepEqual(
        theirs.map(part => part.trimEnd()),
        document.parts.map(part => part.trimEnd()),
      )
      const again = injected(added)
      t.true(hasForeign(again, document))
      t.is(parseMime(again).children.filter(isOurs).length, 2)
      t.is(injected(again), again)
      t.is(injected(back ?? ''), again)
    }),
    { numRuns: 300 },
  )
})

test('so they do in the envelope around a document that is not multipart', t => {
  for (const content of [
    `#cloud-config\n${P}connect-service: web # é\n${P}service-tags: [a]\npackages: [x]\n`,
    `#cloud-config\n${P}connect-service: web\n`,
    '#!/bin/sh\r\necho crlf\r\n',
    '',
    'MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n',
  ]) {
    for (const at of [0, 1, 2, 3]) {
      const added = withPart(injected(content), at, FOREIGN)
      const back = taken(added) ?? ''
      t.true(hasForeign(back, { newline: '\n' }), content)
      const inner = leavesOf(parseMime(back)).filter(({ contentType }) => contentType !== 'application/node.eks.aws')
      const bodies = inner.map(({ start, bodyStart, end, encoding }) => {
        const message = content.startsWith('MIME')
        const body = back.slice(message ? start : bodyStart, end)
        return encoding === 'base64' ? Buffer.from(body, 'base64').toString() : body
      })
      t.deepEqual(bodies, content === '' ? [] : [content])
      // Keys in an encoded part cannot be made comments.
      if (content.includes('é')) continue
      t.is(injected(added), injected(back))
      t.is(injected(injected(added)), injected(added))
    }
  }
})

test('an edit in one of our parts is refused, and force takes ours out and leaves what others added', t => {
  const document = mimeOf('Content-Type: text/x-shellscript\n\n#!/bin/sh\ntrue')
  const edited = withPart(injected(document), 2, FOREIGN).replace('--no-block', '')
  const { output, diagnostics } = uninject(bytes(edited))
  t.is(output, undefined)
  t.regex(diagnostics.map(brief).join('\n'), /^E102 \d+:1 the injected parts were edited by hand$/)
  t.is(taken(edited, true), withPart(document, 1, FOREIGN))
  const alone = withPart(injected(document), 2, FOREIGN)
  const gone = `${alone.slice(0, parseMime(alone).children.at(-1)?.delimiter)}--B--\n`
  t.regex(uninject(bytes(gone)).diagnostics.map(brief).join(), /one of the injected parts is gone/)
})

test('annotations as keys of a part are comments in it, and come back', t => {
  const part = `Content-Type: text/cloud-config\n\n#cloud-config\n${P}connect-service: web\npackages: [x]`
  const document = mimeOf('Content-Type: text/x-shellscript\n\n#!/bin/sh', part)
  const output = injected(document)
  t.regex(output, /^X-Consul-VM-Inject-Commented: 2\/2:2=[0-9a-f]{16}$/m)
  t.deepEqual(firstLevel(output)[1], part.replace(P, `# ${P}`))
  t.is(taken(output), document)
  const moved = withPart(output, 0, FOREIGN)
  t.is(taken(moved), withPart(document, 0, FOREIGN))
})

const nested = test.macro<[what: string, content: string, why: RegExp, options?: object]>({
  exec(t, _, content, why, options) {
    const { output, diagnostics } = inject(bytes(content), { ...OPTIONS, ...options })
    const said = diagnostics.filter(({ code }) => code === 'W403')
    t.is(said.length, 1)
    t.regex(said[0]?.message ?? '', why)
    t.regex(text(output ?? bytes('')), /^X-Consul-VM-Inject: \S+; operator=(?:verbatim|open)$/m)
    t.is(taken(text(output ?? bytes(''))), content)
    t.is(inject(bytes(content), { ...OPTIONS, strict: true }).output, undefined)
  },
  title: (_, what) => `${what} is nested, with a warning that says why`,
})

const BODY = '\n\n--B\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--B--\n'
test(nested, 'a multipart that names no boundary', HEAD + BODY, /it names no boundary$/)
test(nested, 'one with an empty boundary', `${HEAD}; boundary=""${BODY}`, /it names no boundary$/)
test(
  nested,
  'one that has no end and does not end as its delimiters do',
  `${HEAD}; boundary=B${BODY}`.replace('--B--\n', '').replaceAll('\n', '\r\n').replace(/\r\n$/, '\n'),
  /its last line does not end as its delimiters do$/,
)

test(
  nested,
  'one whose headers do not end',
  'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a:b\n',
  /its headers do not end$/,
)

test('one whose delimiter begins a line of ours is nested, too', t => {
  const { userData } = decodeBare(bytes(`${HEAD}; boundary=B${BODY}`), 'web')
  for (const line of ['--B', '--B--', '--B \t', '--Bx']) {
    const scripts = { boothook: `#!/bin/sh\n${line}\nexit 0\n`, script: '#!/bin/sh\n' }
    const { bytes: output, diagnostics } = weave(userData, [], scripts)
    t.deepEqual(diagnostics.map(brief), [
      'W403 1:1 this multipart document is nested one level deep: a line of the injected parts begins with its delimiter, --B',
    ])
    t.is(taken(text(output)), text(userData.bytes))
    t.is(parseMime(text(output)).children.length, 3)
  }
  t.deepEqual(weave(userData, [], { boothook: '#!/bin/sh\n x --B\n', script: '-B\n' }).diagnostics, [])
})

test('a document that is not multipart is nowhere nested, and nothing is said', t => {
  for (const content of ['#!/bin/sh\n', 'MIME-Version: 1.0\n\n#!/bin/sh\n', '#cloud-config\n# mime-version: 1.0\n']) {
    t.false(codes(inject(bytes(content), OPTIONS).diagnostics).includes('W403'))
  }
})
