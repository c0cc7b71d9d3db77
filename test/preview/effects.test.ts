import test from 'ava'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { nameOf } from '../../src/annotate/annotation.ts'
import { preview } from '../../src/index.ts'
import { exampleOf } from '../../src/preview/example.ts'
import type { AnnotationEffect } from '../../src/preview/model.ts'
import { bytes } from '../support/places.ts'

const BASE = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080']

function effects(annotations: readonly string[]): readonly AnnotationEffect[] {
  const { preview: found, diagnostics } = preview(bytes(''), { annotations: [...BASE, ...annotations] })
  if (found === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return found.annotations
}

const effectOf = (name: string, ...annotations: readonly string[]): readonly string[] | undefined =>
  effects(annotations).find(({ key }) => nameOf(key) === name)?.effects

test('an excluded port is an argument of redirect-traffic, also one that is excluded anyway', t => {
  t.deepEqual(effectOf('transparent-proxy-exclude-inbound-ports', 'transparent-proxy-exclude-inbound-ports=22,9100'), [
    'redirect-traffic -exclude-inbound-port=22',
    'redirect-traffic -exclude-inbound-port=9100',
  ])
  t.deepEqual(effectOf('transparent-proxy-exclude-ssh', 'transparent-proxy-exclude-inbound-ports=22'), [
    'redirect-traffic -exclude-inbound-port=22',
    'redirect-traffic -exclude-inbound-port={ssh-ports}',
  ])
})

test('what is switched off takes its arguments away', t => {
  t.deepEqual(
    effectOf('transparent-proxy-exclude-ssh', 'alpha.consul.hashicorp.com/transparent-proxy-exclude-ssh=false'),
    ['redirect-traffic without -exclude-inbound-port=22', 'redirect-traffic without -exclude-inbound-port={ssh-ports}'],
  )
  const off = effectOf('transparent-proxy', 'transparent-proxy=false')
  t.true(off?.includes('registration service.connect.sidecar_service.proxy.mode = "direct"'))
  t.true(off?.includes('redirect-traffic without -proxy-id=web-sidecar-proxy'))
  t.true(off?.includes('names of the mesh are not resolved by Consul'))
})

test('the service is where its name stands', t => {
  t.deepEqual(effectOf('connect-service'), [
    'registration service.name = "web"',
    'registration service.checks[0] = {"name":"web TCP","tcp":"127.0.0.1:8080","interval":"10s","timeout":"2s"}',
    'redirect-traffic -proxy-id=web-sidecar-proxy',
    'envoy -sidecar-for=web',
  ])
})

test('of several services each has its effects', t => {
  const given = [
    'connect-inject=true',
    'connect-service=web,api',
    'connect-service-port=80,81',
    'transparent-proxy=false',
  ]
  const found = preview(bytes(''), { annotations: given }).preview?.annotations ?? []
  const of = (name: string): readonly string[] => found.find(({ key }) => nameOf(key) === name)?.effects ?? []
  t.deepEqual(
    of('connect-service-port').filter(effect => / service\.port /.test(effect)),
    ['registration (web) service.port = 80', 'registration (api) service.port = 81'],
  )
  t.true(of('connect-service').includes('envoy (api) -sidecar-for=api'))
})

test('what is not registered because of an annotation is said', t => {
  t.deepEqual(effectOf('health-check', 'alpha.consul.hashicorp.com/health-check=false'), [
    'registration without service.checks[0]',
  ])
})

test('an annotation that needs another one does nothing without it', t => {
  t.deepEqual(effectOf('prometheus-scrape-port', 'prometheus-scrape-port=9102'), [])
  t.deepEqual(effectOf('prometheus-scrape-port', 'prometheus-scrape-port=9102', 'enable-metrics=true'), [
    'registration service.connect.sidecar_service.proxy.config.envoy_prometheus_bind_addr = "0.0.0.0:9102"',
    'unit Environment="CONSUL_PORTS=sidecar-port:20000 admin-port:19000 outbound-port:15001 prometheus-scrape-port:9102"',
  ])
  t.deepEqual(
    effectOf('transparent-proxy-exclude-uids', 'transparent-proxy-exclude-uids=100', 'transparent-proxy=false'),
    [],
  )
})

test('an annotation that means nothing on a VM is listed and does nothing', t => {
  const idle = ANNOTATIONS.find(({ verdict }) => verdict === 'warn')?.key ?? ''
  const found = effects([`${idle}=x`]).find(({ key }) => key === idle)
  t.deepEqual([found?.place, found?.effects], ['--annotation', []])
})

test('each says where it stands', t => {
  const document = '#cloud-config\n# consul.hashicorp.com/service-weight: 5\n'
  const metadata = { name: 'meta.yaml', text: 'annotations:\n  consul.hashicorp.com/service-tags: a\n' }
  const values = { name: 'values.yaml', text: 'connectInject:\n  sidecarProxy:\n    concurrency: 4\n' }
  const { preview: found } = preview(bytes(document), { name: 'web.yaml', annotations: BASE, metadata, values })
  const places = Object.fromEntries(found?.annotations.map(({ key, place }) => [nameOf(key), place]) ?? [])
  t.is(places['service-weight'], 'web.yaml:2')
  t.is(places['service-tags'], 'meta.yaml:2')
  t.is(places['consul-envoy-proxy-concurrency'], 'values.yaml:3')
  t.is(places['connect-service'], '--annotation')
  t.is(places['transparent-proxy'], 'default')
})

for (const row of ANNOTATIONS) {
  const { key, verdict, aliasOf } = row
  const idle =
    !['applies', 'maps'].includes(verdict) || aliasOf !== undefined || nameOf(key) === 'connect-inject-status'
  test(`the example of ${key} ${idle ? 'does nothing' : 'has an effect'} in the plan`, t => {
    const example = exampleOf(row)
    t.is(example === undefined, idle, JSON.stringify(example))
    t.true(example?.effects.every(effect => effect !== '') ?? true)
  })
}
