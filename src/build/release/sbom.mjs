// What the package is made of, as CycloneDX: npm's own word, without the moment and the number of that one run of it.
import { execFileSync } from 'node:child_process'
import { VERSIONS } from './node.mjs'

const WORDS = [
  'sbom',
  '--package-lock-only',
  '--omit',
  'dev',
  '--sbom-format',
  'cyclonedx',
  '--sbom-type',
  'application',
]

/** In the single executable only. */
const NODE = {
  'bom-ref': `node@${VERSIONS.executable}`,
  type: 'platform',
  name: 'node',
  version: VERSIONS.executable,
  description: 'carries the single executable; the package runs on the Node that is there',
  scope: 'optional',
  purl: `pkg:generic/node@${VERSIONS.executable}`,
}

/** The bill of materials of the project in a folder. */
export function billOfMaterials(folder, { name }) {
  const { serialNumber, metadata, components, ...bom } = JSON.parse(
    execFileSync('npm', WORDS, { cwd: folder, encoding: 'utf8' }),
  )
  const { timestamp, tools, component, ...about } = metadata
  // npm names a project after its folder here.
  return { ...bom, metadata: { ...about, component: { ...component, name } }, components: [...components, NODE] }
}
