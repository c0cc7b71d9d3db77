import test from 'ava'
import { shownDns } from '../../src/plan/dns.ts'
import { planned } from '../support/plans.ts'

const dnsOf = (annotations: Readonly<Record<string, string>>, values = '{}') =>
  planned({ 'connect-service': 'web', ...annotations }, values).plan?.serviceConfig.plan.dns

const resolvedWith = (domain: string) => [
  {
    hole: 'resolved' as const,
    then: ['[Resolve]', 'DNS=127.0.0.1:8600', 'DNSSEC=false', `Domains=~${domain}`],
    else: [domain, '8600'] as const,
  },
]

test('names of the mesh are resolved where traffic is redirected, or where they are asked for', t => {
  t.deepEqual(dnsOf({}), resolvedWith('consul'))
  t.deepEqual(dnsOf({ 'transparent-proxy': 'false', 'consul-dns': 'true' }), resolvedWith('consul'))
  t.is(dnsOf({ 'transparent-proxy': 'false' }), undefined)
  t.is(dnsOf({ 'consul-dns': 'false' }), undefined)
})

test('the domain of the values file is the one that is asked for', t => {
  t.deepEqual(dnsOf({}, JSON.stringify({ global: { domain: 'mesh.corp.test' } })), resolvedWith('mesh.corp.test'))
})

test('what is no name of a domain is refused before it gets anywhere', t => {
  for (const domain of ['.', '~.', 'a b', 'a\nDNS=10.0.0.1', 'a..b', '-a', `${'a'.repeat(64)}.b`, '$(id)']) {
    const { diagnostics, plan } = planned({ 'connect-service': 'web' }, JSON.stringify({ global: { domain } }))
    t.is(plan, undefined, domain)
    t.true(
      diagnostics.some(({ message }) => message.includes('domain')),
      domain,
    )
  }
})

test('people read which names go to the agent, and that the guest decides how', t => {
  t.is(
    shownDns(resolvedWith('mesh')),
    'are resolved by Consul: those under mesh, by {systemd-resolved, else redirect rules}',
  )
  t.is(shownDns([]), 'are not resolved by Consul')
})
