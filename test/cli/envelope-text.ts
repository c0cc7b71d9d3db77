import { gunzipSync, inflateSync } from 'node:zlib'

/** What the boothook installs: its own files, and of those that are packed mode and path, since they are the same everywhere. */
function installs(boothook: string): string {
  const segments = /<<'END-OF-SEGMENTS'[^\n]*\n([\s\S]*?)^ *END-OF-SEGMENTS$/m.exec(boothook)?.[1]
  return (segments ?? boothook).replace(
    /^( *)=== packed\n((?: *[A-Za-z0-9+/=]+\n)+)/m,
    (_, indent: string, packed: string) => {
      const text = inflateSync(Buffer.from(packed, 'base64')).toString('utf8')
      return Array.from(text.matchAll(/^=== (.*)$/gm), ([, header]) => `${indent}=== packed ${header}\n`).join('')
    },
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
 * have names, of our parts what they install is shown, wrappings stand as `[gzip]` and `[base64]`. The operator's part
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
