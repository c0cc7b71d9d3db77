import fc from 'fast-check'

/** Indents every line that is not empty. */
export const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))

const NOTES = 'consul.hashicorp.com/connect-inject: "true"\nconsul.hashicorp.com/connect-service: web\n'
const DOCUMENTS = [
  '#cloud-config\npackages: [nginx]\n',
  '#cloud-config\npackages: [nginx]',
  '#!/bin/sh\n\n\techo "a\\b" <&2\n\n# the end\n\n\n',
  '#cloud-config\n# é 😀\nruncmd:\n  - echo hi  \n',
  '#!/bin/sh\r\necho hi\r\n',
  '#cloud-config\n# consul.hashicorp.com/service-tags: a\nkey: "v"\n',
]

/** A text as YAML of one line, or as a literal block where it can stand in one; after its key. */
function written(text: string, style: string, column: number, indent: number): string {
  if (style === 'single-base64') return ` '${Buffer.from(text).toString('base64')}'`
  if (style === 'plain-base64') return ` ${Buffer.from(text).toString('base64')}`
  if (style === 'double' || /[\r\t]|^\s/.test(text)) return ` ${JSON.stringify(text)}`
  const chomping = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-'
  return ` |${chomping}\n${indented(text, column + indent)}`.replace(/\n$/, '')
}

const style = fc.record({
  text: fc.constantFrom(...DOCUMENTS),
  style: fc.constantFrom('literal', 'literal', 'double', 'plain-base64', 'single-base64'),
  indent: fc.constantFrom(2, 4, 1),
  annotated: fc.boolean(),
  comment: fc.constantFrom('', ' # why'),
})

const volumesOf = (value: string, key: string, at: number): string =>
  indented(
    `volumes:\n  - name: disk\n    containerDisk: {image: "x"} # as ever\n  - name: cloudinit\n    cloudInitNoCloud:\n      ${key}:`,
    at,
  ) + value

const vmOf = fc
  .tuple(style, fc.constantFrom('template', 'own'))
  .map(([{ text, style, indent, annotated, comment }, where]) => {
    const key = style.endsWith('base64') ? 'userDataBase64' : 'userData'
    const notes = annotated ? `annotations:${comment}\n${indented(NOTES, 2)}` : 'labels: {app: web}\n'
    const volumes = volumesOf(written(text, style, 12, indent), key, 6)
    const own = where === 'own' ? indented(notes, 2) : ''
    const template = where === 'own' ? '' : `    metadata:\n${indented(notes, 6)}`
    return `apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: web\n${own}spec:\n  running: true\n  template:\n${template}    spec:\n${volumes}\n`
  })

/** A VM as the template of a pool. */
const poolOf = vmOf.map(text => {
  const template = indented(text.slice(text.indexOf('metadata:')), 4)
  const head = 'apiVersion: pool.kubevirt.io/v1alpha1\nkind: VirtualMachinePool\nmetadata: {name: web}\n'
  return `${head}spec:\n  replicas: 2\n  virtualMachineTemplate:\n${template}`
})

const vmiOf = style.map(({ text, style, indent, annotated, comment }) => {
  const key = style.endsWith('base64') ? 'userDataBase64' : 'userData'
  const notes = annotated ? `  annotations:${comment}\n    # asked for\n${indented(NOTES, 4)}` : ''
  const volumes = volumesOf(written(text, style, 8, indent), key, 2)
  return `kind: VirtualMachineInstance\nspec:\n${volumes}\napiVersion: kubevirt.io/v1\nmetadata:\n  name: web\n${notes}`
})

const secretOf = style.map(({ text, style, indent, annotated }) => {
  const inBase64 = style.endsWith('base64')
  const notes = annotated ? `  annotations:\n${indented(NOTES, 4)}` : ''
  const value = written(text, style, 2, indent)
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n${notes}${inBase64 ? 'data' : 'stringData'}:\n  userdata:${value}\n  other: 'x'\n`
})

const json = fc.tuple(style, fc.constantFrom(0, 2, 4), fc.boolean()).map(([{ text, annotated }, width, byGo]) => {
  const annotations = annotated
    ? { 'consul.hashicorp.com/connect-inject': 'true', 'consul.hashicorp.com/connect-service': 'web' }
    : undefined
  const metadata = annotations === undefined ? { name: 'web' } : { annotations, name: 'web' }
  const spec = { volumes: [{ name: 'c', cloudInitConfigDrive: { networkData: 'x', userData: text } }] }
  const whole = JSON.stringify(
    { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', metadata, spec },
    null,
    width,
  )
  const quoted = byGo ? whole.replace(/[<>&]/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`) : whole
  return `${quoted}\n`
})

const others = fc.constantFrom(
  '',
  '# only a comment\n',
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata:\n  a: &x "b"   # kept\n  b: *x\n',
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: t\ndata:\n  token: aHVudGVyMg==\n',
  'kind: List\napiVersion: v1\nitems: []\n',
)

/** `items` of a List. */
const listOf = (items: readonly string[]): string =>
  `apiVersion: v1\nitems:\n${items.map(item => `- ${indented(item, 2).trimStart()}`).join('')}kind: List\n`

const object = fc.oneof(vmOf, vmiOf, secretOf, poolOf)

/** A stream of manifests: VMs, VMIs and Secrets in several styles, some annotated, among other documents; as YAML or JSON. */
export const manifest: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: json },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.array(fc.oneof(object, object, others, fc.array(object, { minLength: 1, maxLength: 2 }).map(listOf)), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom('', '---\n', '# first\n---\n'),
        fc.boolean(),
      )
      .map(([documents, head, crlf]) => {
        const text = head + documents.join('---\n')
        return crlf && !text.includes('\r') ? text.replaceAll('\n', '\r\n') : text
      }),
  },
)
