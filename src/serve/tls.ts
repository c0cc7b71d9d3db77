import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

/** Paths of what TLS needs. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** Signs the certificates of clients; given, every request but a probe's needs one. */
  readonly clientCa?: string | undefined
}

/** What they hold. */
export interface TlsMaterial {
  readonly cert: Uint8Array
  readonly key: Uint8Array
  readonly ca: Uint8Array | undefined
  /** Seconds since 1970. */
  readonly notAfter: number
}

/** Reads and tries the files. Throws when one cannot be read, is no certificate or key, or when they do not belong together. */
export async function readTls(
  { cert, key, clientCa }: TlsFiles,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<TlsMaterial> {
  const [certBytes, keyBytes, ca] = await Promise.all([
    readFile(cert),
    readFile(key),
    clientCa === undefined ? undefined : readFile(clientCa),
  ])
  const leaf = new X509Certificate(certBytes)
  const material = { cert: certBytes, key: keyBytes, ca, notAfter: Date.parse(leaf.validTo) / 1000 }
  createSecureContext(contextOf(material))
  return material
}

/** The material as the options of a secure context. */
export const contextOf = ({ cert, key, ca }: TlsMaterial): { cert: Buffer; key: Buffer; ca?: Buffer } => ({
  cert: Buffer.from(cert),
  key: Buffer.from(key),
  ...(ca !== undefined && { ca: Buffer.from(ca) }),
})
