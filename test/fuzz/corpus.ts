import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isManifest } from '../../src/kubernetes/manifest/recognise.ts'
import { projectFolder, sharedPath } from '../shared.ts'
import { ASKED, base64, P, PLAIN, review, secret, vm, vmi } from '../support/kubevirt.ts'
import { bytes } from '../support/places.ts'

const LONGEST = 32_768

function filesBelow(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return all.map(name => join(folder, name)).filter(path => statSync(path).isFile())
}

const project = (folder: string): readonly string[] => filesBelow(join(projectFolder, folder))

/** The inputs of the golden cases, the examples, what earlier versions wrote, and the reference corpus where it is there. */
const paths: readonly string[] = [
  ...project('test/golden').filter(path =>
    /\/(?:input|earlier|values|metadata|vendor|plain)[^/]*$|\/user-data\//.test(path),
  ),
  ...project('examples').filter(path => !path.endsWith('README.md')),
  ...project('test/decode/injection/written').filter(path => !path.endsWith('.json')),
  ...[sharedPath('corpus')].flatMap(folder => (folder === undefined ? [] : filesBelow(folder))),
]

/** Every file of them that is not too long to be read some thousand times. */
export const FILES: readonly Uint8Array[] = paths
  .map(path => Uint8Array.from(readFileSync(path)))
  .filter(({ length }) => length <= LONGEST)

export const MANIFESTS: readonly Uint8Array[] = FILES.filter(isManifest)

export const VALUES: readonly Uint8Array[] = paths
  .filter(path => /values[^/]*\.ya?ml$|mesh\.yaml$/.test(path))
  .map(path => Uint8Array.from(readFileSync(path)))

/** Bodies of what is asked of the hooks: AdmissionReviews, and what Nova posts. */
export const BODIES: readonly Uint8Array[] = [
  review(vm({ userData: PLAIN }, ASKED)),
  review(vmi({ userDataBase64: base64(PLAIN) }, ASKED)),
  review(secret({ data: { userdata: base64(PLAIN) } }, ASKED), { operation: 'UPDATE', oldObject: null }),
  {
    'project-id': 'p',
    'instance-id': 'i-1',
    'image-id': 'x',
    'user-data': base64(PLAIN),
    hostname: 'web',
    metadata: { [`${P}connect-inject`]: 'true', 'consul.hashicorp.com:connect-service': 'web' },
    'boot-roles': 'member',
  },
].map(body => bytes(JSON.stringify(body)))
