import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool } from '../cli/tool.ts'

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A folder for certificates, and what makes them with the `openssl` program. The caller removes the folder. */
export function authority(): { folder: string; ca: string; issue(name: string): Certificate } {
  const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-tls-'))
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): string => runTool('openssl', args)
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...fresh, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-days', '2', '-subj', '/CN=test CA')
  return {
    folder,
    ca: at('ca.crt'),
    issue(name) {
      const [cert, key] = [at(`${name}.crt`), at(`${name}.key`)]
      openssl(
        ...['req', '-x509', ...fresh, '-keyout', key, '-out', cert, '-days', '1', '-subj', `/CN=${name}`],
        ...['-addext', 'subjectAltName=DNS:localhost', '-CA', at('ca.crt'), '-CAkey', at('ca.key')],
      )
      return { cert, key }
    },
  }
}
