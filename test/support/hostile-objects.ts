import fc from 'fast-check'
import { edited } from '../../src/kubernetes/objects/edit.ts'
import { ASKED, base64, MARK, P, PLAIN, secret, vm, vmi } from './kubevirt.ts'
import { connected, MESH, pool } from './kubevirt-network.ts'
import { pathsIn } from './paths.ts'

const IN_DOCUMENT = `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n`

/** JSON of the names that an object of Kubernetes has, and of such as are a trap, anywhere. */
export const hostile: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, '', 0, true, 'true', 'injected', '__proto__', '*', '\ud800', PLAIN, ASKED),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...['metadata', 'annotations', 'spec', 'template', 'volumes', 'cloudInitNoCloud', 'cloudInitConfigDrive'],
        ...['userData', 'userDataBase64', 'secretRef', 'name', 'data', 'stringData', 'userdata', '__proto__', 'length'],
        ...[
          'domain',
          'devices',
          'interfaces',
          'masquerade',
          'binding',
          'ports',
          'port',
          'protocol',
          'kind',
          'toString',
        ],
        ...['userDataSecretRef', 'virtualMachineTemplate'],
        ...[`${P}connect-inject`, `${P}connect-service`, MARK, 'constructor', 'ownerReferences', 'deletionTimestamp'],
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
})).any

/** An object of a kind that is looked at, with anything in it. */
export const hostileObject: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom('VirtualMachine', 'VirtualMachineInstance', 'VirtualMachinePool', 'Secret'), hostile)
  .map(([kind, object]) => {
    const group = kind === 'VirtualMachinePool' ? 'pool.kubevirt.io/' : 'kubevirt.io/'
    const apiVersion = kind === 'Secret' ? 'v1' : `${group}v1`
    return { ...(typeof object === 'object' ? object : { spec: object }), apiVersion, kind }
  })

const BASES = [
  vm({ userData: PLAIN }, ASKED),
  vmi({ userDataBase64: base64(IN_DOCUMENT) }),
  connected([{ name: 'a', masquerade: {}, ports: [...MESH] }]),
  pool([{ name: 'a', binding: { name: 'passt' }, ports: [...MESH] }], { vm: { annotations: ASKED } }),
  secret({ data: { userdata: base64(PLAIN) } }, ASKED),
]

/** An annotated object with anything in the place of one of its parts. */
export const damagedObject: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom(...BASES), fc.nat(), hostile)
  .map(([base, nth, value]) => {
    const all = pathsIn(base)
    return edited(base, [{ op: 'add', path: all[nth % all.length] ?? [], value }])
  })
