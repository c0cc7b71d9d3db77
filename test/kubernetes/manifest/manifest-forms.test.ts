import test from 'ava'
import { injectManifest, uninjectManifest } from '../../../src/kubernetes/manifest/manifest.ts'
import { admitted, ROOMY } from '../../support/kubevirt.ts'
import { dataIn, injected, original } from '../../support/manifest-runs.ts'
import { brief, bytes, codes } from '../../support/places.ts'

const OBJECT = 'apiVersion: v1\nkind: Secret\n'

const utf8 = (content: Uint8Array): string => Buffer.from(content).toString('utf8')
const NOTES = `
  annotations:
    consul.hashicorp.com/connect-inject: "true"
    consul.hashicorp.com/connect-service: web
`
const VMI = `apiVersion: kubevirt.io/v1
kind: VirtualMachineInstance
metadata:
  name: web${NOTES}spec:
  volumes:
    - cloudInitNoCloud: USERDATA
`
const withUserData = (value: string): string => VMI.replace('USERDATA', () => value)

const data = test.macro<[what: string, text: string]>({
  exec(t, _, text) {
    const after = injected(text)
    t.deepEqual(
      dataIn(after),
      dataIn(text).map(object => admitted(object)),
    )
    t.deepEqual(dataIn(original(after)), dataIn(text))
  },
  title: (_, what) => `${what} is injected and comes back with the same meaning`,
})
test(data, 'user-data in a flow mapping', withUserData('{userData: "#!/bin/sh\\n", networkData: x}'))
test(data, 'user-data in single quotes', withUserData("\n        userData: '#!/bin/sh'"))
test(
  data,
  'user-data in a folded block',
  withUserData('\n        userData: >\n          #!/bin/sh\n\n          echo\n'),
)
test(
  data,
  'user-data over several lines of double quotes',
  withUserData('\n        userData: "#!/bin/sh\\n\\\n         echo"'),
)
test(
  data,
  'a block with a header of all kinds',
  withUserData('\n        userData: !!str |2+ # why\n           #!/bin/sh\n\n\n'),
)
test(
  data,
  'a block with blanks on empty lines',
  withUserData('\n        userData: |\n          #!/bin/sh\n             \n          echo\n   \n\n'),
)
test(data, 'a volume without user-data', withUserData('{}').replace('{}', '\n        networkData: x'))
test(data, 'a volume with nothing in it', withUserData('{}'))

for (const value of ['', ' ""', " ''", ' ~']) {
  test(`user-data with nothing in it is injected, and taken out with its field: \`userData:${value}\``, t => {
    for (const end of ['', '\n']) {
      const text = withUserData(`\n        userData:${value}`).replace(/\n$/, end)
      t.is(original(injected(text)), withUserData('\n        {}').replace(/\n$/, end))
    }
  })
}

test('where lines end in different ways, user-data keeps its own', t => {
  const crlf = withUserData('\n        userData: |\n          #!/bin/sh\n          echo hi').replaceAll('\n', '\r\n')
  const lf = withUserData('\n        userData: |\n          #!/bin/sh\n          echo hi')
  for (const text of [`${crlf}---\n${lf}`, `${lf}---\n${crlf}`, `# CRLF\r\n${lf}`]) t.is(original(injected(text)), text)
})

test(
  data,
  'a block at the end without a line feed',
  withUserData('\n        userData: |\n          #!/bin/sh').trimEnd(),
)
test(
  data,
  'metadata as JSON',
  `{"kind":"Secret","apiVersion":"v1","metadata":{"annotations":{"consul.hashicorp.com/connect-service":"w","consul.hashicorp.com/connect-inject":"true"}},"stringData":{"userdata":""}}`,
)

/** A VM that is annotated itself, with metadata of its template as they may stand there. */
const templated = (metadata: string): string => `apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web${NOTES}spec:
  template:
    ${metadata}
    spec:
      volumes:
        - cloudInitNoCloud: {userData: "#!/bin/sh"}
`
const fills = test.macro<[metadata: string]>({
  exec(t, metadata) {
    const text = templated(metadata)
    t.deepEqual(
      dataIn(injected(text)),
      dataIn(text).map(object => admitted(object)),
    )
  },
  title: (_, metadata) => `the mark of an injection finds its place in ${JSON.stringify(metadata)}`,
})
test(fills, 'metadata:')
test(fills, 'metadata: null # none')
test(fills, 'metadata: {annotations: ~}')
test(fills, 'metadata:\n      annotations:')
test(fills, 'metadata: {}')

const lines = test.macro<[what: string, text: string, found: readonly string[]]>({
  exec(t, _, text, found) {
    const { output, diagnostics } = injectManifest(bytes(text), ROOMY)
    t.is(output, undefined)
    t.deepEqual(
      diagnostics.map(entry => `${brief(entry)} | ${entry.span?.source.name}`),
      found,
    )
  },
  title: (_, what) => `${what} is refused, and it is said where`,
})
const BLOCK = '\n        userData: |\n          #!/bin/sh\n          # consul.hashicorp.com/conect-service: x\n'
test(
  lines,
  'a fault in an annotation and one in the user-data',
  withUserData(BLOCK).replace('service: web', 'srvice: web'),
  [
    'E201 7:5 consul.hashicorp.com/connect-srvice is not a known annotation | <stdin>',
    'E201 2:3 consul.hashicorp.com/conect-service is not a known annotation | <stdin> (VirtualMachineInstance web: spec.volumes[0].cloudInitNoCloud.userData)',
  ],
)
test(
  lines,
  'an annotation that is no string',
  withUserData(BLOCK).replace('"true"', 'true').replace('conect', 'connect'),
  ['E203 6:42 consul.hashicorp.com/connect-inject is not a string | <stdin>'],
)
const UNSAFE = 'the manifest cannot be changed here without writing it anew | <stdin>'
test(
  lines,
  'user-data that stands elsewhere',
  withUserData('\n        userData: *x').replace('name: web', 'name: &x web'),
  [`E605 11:9 ${UNSAFE}`],
)
test(
  lines,
  'user-data that is used elsewhere',
  withUserData('\n        userData: &x "#!/bin/sh"\n        networkData: *x'),
  [`E605 11:9 ${UNSAFE}`],
)
test(
  lines,
  'an object that takes parts in through a merge key',
  withUserData('\n        <<: {userData: "#!/bin/sh"}'),
  [`E605 2:1 ${UNSAFE}`],
)
test(lines, 'a stream with a document that is not YAML', `${withUserData('{}')}---\na: [\n`, [
  'E604 13:1 the manifest is not YAML: unexpected end of the stream within a flow collection | <stdin>',
])

test('a manifest that is not UTF-8 is refused', t => {
  const { output, diagnostics } = injectManifest(Uint8Array.from([...bytes(OBJECT), 0xff]))
  t.deepEqual([output, codes(diagnostics)], [undefined, ['E609']])
})

test('annotations given beside a manifest go to its VMs, and to no Secret that is not annotated', t => {
  const text = `${withUserData('{}').replace(NOTES, '\n')}---\napiVersion: v1\nkind: Secret\ndata:\n  userdata: IyEK\n`
  const after = injected(text, { ...ROOMY, annotations: ['connect-inject=true', 'connect-service=web'] })
  t.regex(after, /userData": "Content-Type/)
  t.true(after.endsWith('  userdata: IyEK\n'))
})

const TEMPLATE = `apiVersion: template.openshift.io/v1
kind: Template
objects:
  - metadata:
      annotations: {consul.hashicorp.com/connect-inject: "true"}
`
const unread = test.macro<[what: string, text: string, hint: RegExp | undefined]>({
  exec(t, _, text, hint) {
    const { output, diagnostics } = injectManifest(bytes(text), ROOMY)
    t.is(utf8(output ?? bytes('')), text)
    t.deepEqual(codes(diagnostics), [hint === undefined ? 'N101' : 'W605'])
    if (hint !== undefined) t.regex(diagnostics[0]?.hint ?? '', hint)
    const strict = injectManifest(bytes(text), { ...ROOMY, strict: true })
    t.is(strict.output === undefined, hint !== undefined)
  },
  title: (_, what, __, hint) => `${what} is ${hint === undefined ? 'not spoken of' : 'named, with what to do instead'}`,
})
test(unread, 'an annotated template of OpenShift', TEMPLATE, /oc process/)
test(
  unread,
  'an annotated instance type',
  `apiVersion: instancetype.kubevirt.io/v1beta1\nkind: VirtualMachineInstancetype\nmetadata: {name: a}\nspec:${NOTES}`,
  /annotate the VirtualMachine/,
)
test(
  unread,
  'an annotated preset',
  `apiVersion: kubevirt.io/v1\nkind: VirtualMachineInstancePreset\nmetadata:${NOTES}`,
  /annotate the VirtualMachine/,
)
test(
  unread,
  'an instance type',
  'apiVersion: instancetype.kubevirt.io/v1\nkind: VirtualMachineInstancetype\n',
  undefined,
)
test(
  unread,
  'a Deployment whose Pods the injector of Kubernetes injects',
  `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    metadata:${NOTES.replaceAll('\n', '\n    ')}`.trimEnd() +
    '\n',
  undefined,
)

test('what was edited inside the injected parts is not taken out, and comes out by force', t => {
  const edited = injected(withUserData('\n        userData: "#!/bin/sh\\n"')).replace('joins the mesh', 'joins a mesh')
  const { output, diagnostics } = uninjectManifest(bytes(edited))
  t.deepEqual([output, codes(diagnostics)], [undefined, ['E102']])
  const forced = uninjectManifest(bytes(edited), { force: true })
  t.deepEqual(codes(forced.diagnostics), ['E102'])
  t.is(utf8(forced.output ?? bytes('')), withUserData('\n        userData: "#!/bin/sh\\n"'))
})

test('what is wrong with an option is said once, what is missing in an object for each of them', t => {
  const other = withUserData('{}').replace('name: web', 'name: api').replaceAll('service: web', 'service-port: "1"')
  const text = `${withUserData('{}').replaceAll('service: web', 'service-port: "1"')}---\n${other}`
  const { diagnostics } = injectManifest(bytes(text), { ...ROOMY, annotations: ['conect-inject=1'] })
  t.deepEqual(
    diagnostics
      .map(brief)
      .map(line => line.slice(0, 10))
      .sort(),
    ['E201 1:1 c', 'E303 15:3 ', 'E303 4:3 c'],
  )
})
