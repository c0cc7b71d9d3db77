import test from 'ava'
import {
  ASKED,
  admitted,
  answerTo,
  base64,
  MARK,
  operationsIn,
  P,
  PLAIN,
  ROOMY,
  review,
  vm,
  vmi,
} from '../../support/kubevirt.ts'
import { pool, replicaSet } from '../../support/kubevirt-network.ts'

const NOTES = { annotations: ASKED }
const STATUS = 'consul.hashicorp.com~1connect-inject-status'
const TEMPLATE = '/spec/virtualMachineTemplate/spec/template'

const mutated = test.macro<[what: string, object: unknown, operations: readonly string[]]>({
  exec(t, _, object, operations) {
    const answer = answerTo(review(object))
    t.deepEqual([answer.allowed, answer.warnings], [true, undefined])
    t.deepEqual(
      operationsIn(answer).map(({ op, path }) => `${op} ${path}`),
      operations,
    )
    t.is(answerTo(review(admitted(object))).patch, undefined)
  },
  title: (_, what) => `${what} is injected, and a second time nothing changes`,
})
const POOLED = `replace ${TEMPLATE}/spec/volumes/0/cloudInitNoCloud/userData`
test(mutated, 'a pool annotated where its instances are', pool([], { instance: NOTES }), [
  POOLED,
  `add ${TEMPLATE}/metadata/annotations/${STATUS}`,
])
test(mutated, 'a pool annotated where its VMs are', pool([], { vm: NOTES }), [
  POOLED,
  `add ${TEMPLATE}/metadata/annotations`,
])
test(mutated, 'a pool annotated itself', pool([], { pool: NOTES }), [POOLED, `add ${TEMPLATE}/metadata/annotations`])
test(mutated, 'a replica set of instances', replicaSet({ instance: NOTES }), [
  'replace /spec/template/spec/volumes/0/cloudInitNoCloud/userData',
  `add /spec/template/metadata/annotations/${STATUS}`,
])
test(mutated, 'a replica set annotated itself', replicaSet({ set: NOTES }), [
  'replace /spec/template/spec/volumes/0/cloudInitNoCloud/userData',
  'add /spec/template/metadata/annotations',
])

const specIn = (object: unknown, ...path: readonly string[]): { metadata: object; spec: object } =>
  path.reduce((value, key) => (value as Record<string, unknown>)[key], object) as { metadata: object; spec: object }

test('a VM that a pool makes, and the instance made of that, are left as the pool has them', t => {
  const stored = admitted(pool([], { pool: { annotations: { ...ASKED, [`${P}connect-service`]: 'pooled' } } }))
  const { metadata, spec } = specIn(stored, 'spec', 'virtualMachineTemplate')
  const made = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { ...metadata, name: 'web-0', ownerReferences: [{ kind: 'VirtualMachinePool' }] },
    spec,
  }
  t.deepEqual(answerTo(review(made)), { uid: 'a-uid', allowed: true })
  const instance = { ...vmi({}), ...specIn(made, 'spec', 'template') }
  const owned = { ...instance, metadata: { ...instance.metadata, ownerReferences: [{ kind: 'VirtualMachine' }] } }
  t.deepEqual(answerTo(review(owned)), { uid: 'a-uid', allowed: true })
})

test('an instance that a replica set makes is left as the set has it', t => {
  const stored = admitted(replicaSet({ set: NOTES }))
  const { metadata, spec } = specIn(stored, 'spec', 'template')
  const owner = { ownerReferences: [{ kind: 'VirtualMachineInstanceReplicaSet' }] }
  t.deepEqual(answerTo(review({ ...vmi({}), metadata: { ...metadata, ...owner }, spec })), {
    uid: 'a-uid',
    allowed: true,
  })
})

test('an instance that gets its annotations from an instance type is injected when it is made', t => {
  const owned = {
    ...vmi({ userData: PLAIN }, ASKED),
    metadata: { annotations: ASKED, ownerReferences: [{ kind: 'VirtualMachine' }] },
  }
  t.not(answerTo(review(owned)).patch, undefined)
})

/** Everything that KubeVirt reads of a VM beside its user-data. */
const RICH = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'web' },
  spec: {
    runStrategy: 'Always',
    instancetype: { name: 'u1.small' },
    preference: { kind: 'VirtualMachineClusterPreference', name: 'debian' },
    dataVolumeTemplates: [{ metadata: { name: 'root' }, spec: { source: { http: { url: 'http://images/a.img' } } } }],
    template: {
      metadata: { annotations: ASKED },
      spec: {
        accessCredentials: [
          { sshPublicKey: { source: { secret: { secretName: 'keys' } }, propagationMethod: { noCloud: {} } } },
          {
            sshPublicKey: {
              source: { secret: { secretName: 'keys' } },
              propagationMethod: { qemuGuestAgent: { users: ['debian'] } },
            },
          },
        ],
        domain: { devices: { disks: [{ name: 'cloudinit', disk: { bus: 'virtio' } }] } },
        volumes: [
          { name: 'root', dataVolume: { name: 'root' } },
          {
            name: 'cloudinit',
            cloudInitNoCloud: {
              userData: PLAIN,
              networkDataSecretRef: { name: 'network' },
              networkData: 'version: 2\n',
            },
          },
        ],
      },
    },
  },
}

test('instance types, credentials, disks and network data stay as they are, whatever the volume is', t => {
  for (const source of ['cloudInitNoCloud', 'cloudInitConfigDrive']) {
    const object = JSON.parse(JSON.stringify(RICH).replace('cloudInitNoCloud', source))
    const stored = admitted(object)
    const { userData } = stored.spec.template.spec.volumes[1][source]
    t.regex(userData, /consul-vm-inject/)
    stored.spec.template.spec.volumes[1][source].userData = PLAIN
    delete stored.spec.template.metadata.annotations[MARK]
    t.deepEqual(stored, object)
  }
})

test('a Secret that is named as the messages of KubeVirt name it is refused with the name that counts', t => {
  const { allowed, status } = answerTo(review(vm({ userDataSecretRef: { name: 'web' } } as never, ASKED)))
  t.false(allowed)
  t.regex(status?.message ?? '', /E606 .*cloudInitNoCloud\.userDataSecretRef: .*it is secretRef there/)
})

test('a VM of Windows is refused with the reason', t => {
  const object = {
    ...vm({}, ASKED),
    spec: { template: { metadata: NOTES, spec: { volumes: [{ name: 'a', sysprep: {} }] } } },
  }
  t.regex(answerTo(review(object)).status?.message ?? '', /E608 .*sysprep, which is for Windows/)
})

const WITHOUT = vm({ userData: PLAIN }, { other: 'x', [MARK]: 'injected' })
const update = (before: unknown): Readonly<Record<string, unknown>> => ({ operation: 'UPDATE', oldObject: before })

test('an update that takes connect-inject off takes the injection out, and the mark', t => {
  const before = admitted(vm({ userDataBase64: base64(PLAIN) }, { ...ASKED, other: 'x' }))
  const source = before.spec.template.spec.volumes?.[1]?.cloudInitNoCloud ?? {}
  const after = admitted(vm(source, { other: 'x', [MARK]: 'injected' }), ROOMY, update(before))
  t.deepEqual(after, vm({ userDataBase64: base64(PLAIN) }, { other: 'x' }))
  const all = { ...ROOMY, defaultInject: true, annotations: ['connect-service=web'] }
  t.not(admitted(vm(source, { [MARK]: 'injected' }), all, update(before)).spec.template.metadata, undefined)
})

test('an update that applies the manifest without annotations anew leaves no mark of what was', t => {
  const before = admitted(vm({ userData: PLAIN }, ASKED))
  t.deepEqual(admitted(WITHOUT, ROOMY, update(before)), vm({ userData: PLAIN }, { other: 'x' }))
  t.is(answerTo(review(WITHOUT)).patch, undefined, 'a mark in a new object is not the tool’s to judge')
})

test('what the user-data itself asks for stays when something else is updated', t => {
  const asking = `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n`
  const before = admitted(vm({ userData: asking }, { [`${P}connect-inject`]: 'true' }))
  const source = before.spec.template.spec.volumes?.[1]?.cloudInitNoCloud ?? {}
  t.is(answerTo(review(vm(source, { [MARK]: 'injected' }), update(before))).patch, undefined)
})
