import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from '../../src/cli/parse.ts'
import { serveCommand } from '../../src/cli/serve.ts'
import { readYaml } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import { mutate } from '../../src/index.ts'
import type { V1AdmissionReview } from '../../src/kubernetes/types.ts'
import { projectFolder } from '../shared.ts'
import { ask, stateOf } from './handlers.ts'

const example = (name: string): string => readFileSync(join(projectFolder, 'examples', 'kubevirt', name), 'utf8')
const yaml = readYaml(example('vm.yaml'))
const vm = (yaml.ok ? toData(yaml.root) : {}) as { spec: { template: { metadata: { annotations: object } } } }

const reviewOf = (object: unknown): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u-1', operation: 'CREATE', object },
  })

test('a review is answered with what the library makes of it', async t => {
  const { status, headers, text, note } = await ask(stateOf(), 'POST', '/mutate', reviewOf(vm))
  t.is(status, 200)
  t.is(headers['content-type'], 'application/json')
  t.deepEqual(JSON.parse(text), mutate(JSON.parse(reviewOf(vm)), { profile: 'prebuilt' }))
  const { response } = JSON.parse(text) as V1AdmissionReview
  t.like(response, { uid: 'u-1', allowed: true, patchType: 'JSONPatch' })
  t.is(note?.outcome, 'injected')
})

test('an object that is refused is an answer too, and is counted', async t => {
  const bad = structuredClone(vm)
  Object.assign(bad.spec.template.metadata.annotations, { 'consul.hashicorp.com/connect-service-port': '70700' })
  const { status, text, note } = await ask(stateOf(), 'POST', '/mutate', reviewOf(bad))
  t.is(status, 200)
  t.like((JSON.parse(text) as V1AdmissionReview).response, { uid: 'u-1', allowed: false })
  t.is(note?.outcome, 'refused')
})

test('an object of another kind is let through as it is', async t => {
  const { text, note } = await ask(stateOf(), 'POST', '/mutate', reviewOf({ apiVersion: 'v1', kind: 'Pod' }))
  t.deepEqual((JSON.parse(text) as V1AdmissionReview).response, { uid: 'u-1', allowed: true })
  t.is(note?.outcome, 'left')
})

for (const body of ['', '{', '[]', 'null', '"x"']) {
  test(`what is no JSON object is refused: ${JSON.stringify(body)}`, async t => {
    const { status, text } = await ask(stateOf(), 'POST', '/mutate', body)
    t.is(status, 400)
    t.like(JSON.parse(text), [{ code: 'E711' }])
  })
}

test('a review that cannot be judged is no success: the policy of the webhook decides', async t => {
  for (const [why, status] of [
    ['timeout', 422],
    ['fault', 500],
    ['busy', 503],
  ] as const) {
    const state = stateOf({ work: async () => ({ ok: false, why }) })
    t.is((await ask(state, 'POST', '/mutate', reviewOf(vm))).status, status)
  }
})

test('the webhook asks for a path that is served, of a server that takes its arguments', async t => {
  const paths = [...example('webhook/webhook.yaml').matchAll(/^ +path: (\S+)$/gm)].map(([, path = '']) => path)
  t.true(paths.length > 0)
  for (const path of paths) t.is((await ask(stateOf(), 'POST', path, reviewOf(vm))).note?.outcome, 'injected')
  const args = /^ +args: \[serve, (.*)\]$/m.exec(example('webhook/deployment.yaml'))?.[1]?.split(', ') ?? []
  t.true(args.length > 0)
  t.notThrows(() => parse(serveCommand, args))
})
