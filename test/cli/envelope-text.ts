import { gunzipSync, inflateSync } from 'node:zlib'

interface File {
  readonly path: string
  readonly mode: string
  readonly content: string
  readonly once: boolean
}

/** What a boothook unpacks: the files of one VM, or those of a fleet with its defaults. */
type Bundle = readonly File[] | { readonly files: readonly File[] }

/** What the boothook unpacks, unpacked: its packing depends on the version of zlib. */
function installs(boothook: string): string {
  const packed = /(?:"""|<<'END-OF-BUNDLE' [^\n]*)\n([A-Za-z0-9+/=\n ]+)\n *(?:"""|END-OF-BUNDLE)/.exec(boothook)?.[1]
  if (packed === undefined) return boothook
  const bundle = JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString('utf8')) as Bundle
  const [files, rest] = 'files' in bundle ? [bundle.files, { ...bundle, files: [] }] : [bundle, undefined]
  const fleet = rest === undefined ? '' : `${JSON.stringify(rest, undefined, 2)}\n`
  return (
    fleet + files.map(({ path, mode, content, once }) => `[${path} ${mode}${once ? ' once' : ''}]\n${content}`).join('')
  )
}

/** One cloud-config with ours in it: digests and the version have names, what is packed is shown unpacked. */
const spliced = (text: string): string =>
  text
    .replace(/(# >>> consul-vm-inject )\S+(; part=)[0-9a-f]+/g, '$1VERSION$2DIGEST')
    .replace(/(# consul-vm-inject )\d+\.\d+\.\d+:/g, '$1VERSION:')
    .replace(
      /( *)encoding: gz\+b64\n *content: \|\n((?: *[A-Za-z0-9+/=]+\n)+)/g,
      (_, indent: string, packed: string) => {
        const content = gunzipSync(Buffer.from(packed, 'base64')).toString('latin1')
        return `${indent}[unpacked]\n${content}${indent}[end]\n`
      },
    )

/** The boundary before our first part. */
const BEFORE_OURS = /^ *--(.*)\n(?: *(?!--)\S.*\n)* *Content-Disposition: .*filename="consul-vm-inject-guest"/m

/**
 * Injected user-data as text that is the same on every machine and for every version of the tool: digests and the version
 * have names, what our parts install is shown unpacked, wrappings stand as `[gzip]` and `[base64]`. The operator's part
 * stays as it is. In a manifest it may be indented.
 */
export function envelopeText(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return `[gzip]\n${envelopeText(gunzipSync(bytes))}`
  const text = bytes.toString('latin1')
  if (/^[A-Za-z0-9+/=\r\n]+$/.test(text) && text !== '') return `[base64]\n${envelopeText(Buffer.from(text, 'base64'))}`
  const boundary = BEFORE_OURS.exec(text)?.[1]
  if (boundary === undefined) return Buffer.from(spliced(text), 'latin1').toString('utf8')
  const parts = text.split(`--${boundary}`).map(part => {
    const [head = '', ...rest] = part.split('\n\n')
    const body = rest.join('\n\n')
    if (head.includes('filename="consul-vm-inject-guest"')) return `${head}\n\n${installs(body)}`
    return /filename="z+-consul-vm-inject-start"/.test(head) ? `${head}\n\n[starts the sidecar]\n` : part
  })
  const shown = parts
    .join(`--${boundary}`)
    .replaceAll(/==consul-vm-inject-[0-9a-f]{16}==/g, '==BOUNDARY==')
    .replaceAll(/^( *X-Consul-VM-Inject: )[^\s;]+/gm, '$1VERSION')
    .replaceAll(/^( *X-Consul-VM-Inject: \S+ part=)[0-9a-f]{16}/gm, '$1DIGEST')
  return Buffer.from(shown, 'latin1').toString('utf8')
}
