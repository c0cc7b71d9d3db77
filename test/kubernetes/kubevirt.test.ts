import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { readYamlStream } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import { uninject } from '../../src/index.ts'
import { valueAt } from '../../src/kubernetes/objects/path.ts'
import { mutate } from '../../src/kubernetes/objects/review.ts'
import { projectFolder } from '../shared.ts'
import { answerTo, base64, operationsIn, review } from '../support/kubevirt.ts'

const folder = join(projectFolder, 'examples', 'kubevirt')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

const objectsIn = (name: string): readonly unknown[] => {
  const stream = readYamlStream(read(name))
  if (!stream.ok) throw new Error(`${name}: ${stream.message}`)
  return stream.roots.map(toData)
}
const at = (object: unknown, path: string): unknown =>
  valueAt(
    object,
    path.split('.').map(key => (/^\d+$/.test(key) ? Number(key) : key)),
  )
const resources = at(objectsIn('webhook/kustomization.yaml')[0], 'resources') as readonly string[]
const objects = resources.flatMap(name => objectsIn(`webhook/${name}`))
const kind = (name: string): unknown => objects.find(object => at(object, 'kind') === name)
const webhooks = at(kind('MutatingWebhookConfiguration'), 'webhooks') as readonly unknown[]
const POD = 'spec.template.spec'

test('the webhook asks for what the Deployment serves: Service, port, path, certificate', t => {
  const [deployment, service, certificate] = [kind('Deployment'), kind('Service'), kind('Certificate')]
  const { name, namespace } = at(service, 'metadata') as { name: string; namespace: string }
  t.is(webhooks.length, 2)
  for (const webhook of webhooks) {
    t.deepEqual(at(webhook, 'clientConfig.service'), {
      name,
      namespace,
      path: '/mutate',
      port: at(service, 'spec.ports.0.port'),
    })
    t.deepEqual(at(webhook, 'admissionReviewVersions'), ['v1'])
    t.like(webhook, { sideEffects: 'None', failurePolicy: 'Fail', reinvocationPolicy: 'IfNeeded' })
    t.true((at(webhook, 'timeoutSeconds') as number) <= 10)
  }
  const container = at(deployment, `${POD}.containers.0`)
  t.is(at(service, 'spec.ports.0.targetPort'), at(container, 'ports.0.name'))
  t.deepEqual(at(service, 'spec.selector'), at(deployment, 'spec.template.metadata.labels'))
  t.deepEqual(at(deployment, 'spec.selector.matchLabels'), at(deployment, 'spec.template.metadata.labels'))
  t.deepEqual(at(kind('PodDisruptionBudget'), 'spec.selector.matchLabels'), at(service, 'spec.selector'))
  const args = at(container, 'args') as readonly string[]
  t.is(args[0], 'serve')
  t.true(args.includes(`--listen=:${at(container, 'ports.0.containerPort')}`))
  for (const file of ['--tls-cert=/tls/tls.crt', '--tls-key=/tls/tls.key']) t.true(args.includes(file))
  t.is(at(container, 'volumeMounts.0.mountPath'), '/tls')
  t.is(at(deployment, `${POD}.volumes.0.secret.secretName`), at(certificate, 'spec.secretName'))
  t.deepEqual(at(certificate, 'spec.dnsNames'), [`${name}.${namespace}.svc`])
  t.is(at(certificate, 'spec.issuerRef.name'), at(kind('Issuer'), 'metadata.name'))
  t.deepEqual(at(kind('MutatingWebhookConfiguration'), 'metadata.annotations'), {
    'cert-manager.io/inject-ca-from': `${namespace}/${at(certificate, 'metadata.name')}`,
  })
  for (const probe of ['livenessProbe', 'readinessProbe']) {
    t.like(at(container, `${probe}.httpGet`), { port: 'https', scheme: 'HTTPS' })
  }
})

test('everything of the webhook is in its namespace, which the webhook does not select', t => {
  const namespace = at(kind('Namespace'), 'metadata.name')
  for (const object of objects) {
    if (['Namespace', 'MutatingWebhookConfiguration'].includes(String(at(object, 'kind')))) continue
    t.is(at(object, 'metadata.namespace'), namespace)
  }
  for (const webhook of webhooks) {
    const [label] = Object.keys(at(webhook, 'namespaceSelector.matchLabels') as object)
    t.false(Object.hasOwn(at(kind('Namespace'), 'metadata.labels') as object, label ?? ''))
  }
})

test('the Pod of the webhook has no rights that it does not need', t => {
  const pod = at(kind('Deployment'), POD)
  t.like(pod, { automountServiceAccountToken: false, serviceAccountName: at(kind('ServiceAccount'), 'metadata.name') })
  t.is(at(kind('ServiceAccount'), 'automountServiceAccountToken'), false)
  t.like(at(pod, 'securityContext'), { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  t.deepEqual(at(pod, 'containers.0.securityContext'), {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
})

test('the webhook is asked about every kind that is mutated, and of Secrets about labelled ones only', t => {
  const asked = webhooks.map(webhook =>
    (at(webhook, 'rules') as readonly unknown[]).flatMap(rule => at(rule, 'resources') as readonly string[]),
  )
  t.deepEqual(asked, [
    ['virtualmachines', 'virtualmachineinstancereplicasets', 'virtualmachinepools', 'virtualmachineinstances'],
    ['secrets'],
  ])
  t.is(at(webhooks[0], 'objectSelector'), undefined)
  const [secret] = objectsIn('vm-with-secret.yaml')
  t.deepEqual(at(webhooks[1], 'objectSelector.matchLabels'), at(secret, 'metadata.labels'))
})

test('the example goes through the admission: its Secret is injected and its VM refers to it', t => {
  const [secret, vm] = objectsIn('vm-with-secret.yaml')
  const userdata = base64(String(at(secret, 'stringData.userdata')))
  const stored = { apiVersion: 'v1', kind: 'Secret', metadata: at(secret, 'metadata'), data: { userdata } }
  const answer = mutate(review(stored)).response
  t.deepEqual(answer === undefined ? [] : operationsIn(answer).map(({ path }) => path), [
    '/data/userdata',
    '/metadata/annotations/consul.hashicorp.com~1connect-inject-status',
  ])
  t.deepEqual(mutate(review(vm)).response, { uid: 'a-uid', allowed: true })
  t.is(at(vm, 'spec.template.spec.volumes.1.cloudInitNoCloud.secretRef.name'), at(secret, 'metadata.name'))
})

test('the golden case of the pipe is the example', t => {
  const golden = join(projectFolder, 'test', 'golden', 'a-kubernetes-secret-is-injected-in-place', 'input.yaml')
  t.is(readFileSync(golden, 'utf8'), read('vm-with-secret.yaml'))
})

test('the pool lists the ports of the mesh, and has room for the injection of a prebuilt image', t => {
  const response = answerTo(review(objectsIn('pool.yaml')[0]), { profile: 'prebuilt' })
  t.deepEqual([response.allowed, response.warnings], [true, undefined])
  t.true(
    operationsIn(response).some(({ path }) =>
      path.startsWith('/spec/virtualMachineTemplate/spec/template/spec/volumes/1'),
    ),
  )
})

test('the VM with inline user-data has room for the injection of a prebuilt image', t => {
  const [object] = objectsIn('vm.yaml')
  const response = answerTo(review(object), { profile: 'prebuilt' })
  t.true(response.allowed)
  const changed = operationsIn(response).find(({ path }) => path.endsWith('/userData'))
  const userData = Buffer.from(String(changed && 'value' in changed ? changed.value : ''))
  t.true(userData.length <= 2048)
  const { output, injected } = uninject(userData)
  t.true(injected)
  t.is(
    Buffer.from(output ?? []).toString('utf8'),
    String(at(object, 'spec.template.spec.volumes.1.cloudInitNoCloud.userData')),
  )
})
