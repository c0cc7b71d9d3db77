import { readYamlStream } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import { injectManifest, uninjectManifest } from '../../src/kubernetes/manifest/manifest.ts'
import { ROOMY } from './kubevirt.ts'
import { brief, bytes } from './places.ts'

const utf8 = (content: Uint8Array): string => Buffer.from(content).toString('utf8')

/** A manifest with its user-data injected; throws where it is refused. */
export function injected(text: string, options: typeof ROOMY = ROOMY): string {
  const { output, diagnostics } = injectManifest(bytes(text), options)
  if (output === undefined) throw new Error(diagnostics.map(brief).join('\n'))
  return utf8(output)
}

/** A manifest with the injection taken out again; throws where it is refused. */
export function original(text: string): string {
  const { output, diagnostics } = uninjectManifest(bytes(text))
  if (output === undefined) throw new Error(diagnostics.map(brief).join('\n'))
  return utf8(output)
}

/** The documents of a manifest as data. */
export function dataIn(text: string): readonly unknown[] {
  const stream = readYamlStream(text)
  if (!stream.ok) throw new Error(stream.message)
  return stream.roots.map(toData)
}
