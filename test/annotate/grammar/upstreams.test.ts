import test from 'ava'
import type { GrammarSettings } from '../../../src/annotate/grammar/settings.ts'
import { communityEdition } from '../../../src/annotate/grammar/settings.ts'
import type { Upstream } from '../../../src/annotate/grammar/upstream.ts'
import { upstreams } from '../../../src/annotate/grammar/upstreams.ts'
import { pointedAt, table } from './table.ts'

const enterprise: GrammarSettings = { enterprise: true, namespaces: false, partitions: false }
const scoped: GrammarSettings = { enterprise: true, namespaces: true, partitions: true }

const service = (destination_name: string, local_bind_port: number, more: Partial<Upstream> = {}): Upstream => ({
  destination_type: 'service',
  destination_name,
  local_bind_port,
  ...more,
})

const query = (destination_name: string, local_bind_port: number): Upstream => ({
  destination_type: 'prepared_query',
  destination_name,
  local_bind_port,
})

table('a list of upstreams', value => upstreams(value, communityEdition), {
  means: [
    ['', []],
    [' \n', []],
    ['api:1234', [service('api', 1234)]],
    ['api:1234:', [service('api', 1234)]],
    ['api:1234:foo=&dc=dc2', [service('api', 1234, { datacenter: 'dc2' })]],
    [' api : 1234 : dc2 ', [service('api', 1234, { datacenter: 'dc2' })]],
    ['\n  api:1234,\r\n\tdb:5432\n', [service('api', 1234), service('db', 5432)]],
    ['api.v1.x:1234', [service('api.v1.x', 1234)]],
    ['prepared_query:q:1235', [query('q', 1235)]],
    ['api.svc:1234', [service('api', 1234)]],
    ['api.svc.dc1.dc:1234', [service('api', 1234, { datacenter: 'dc1' })]],
    ['api.svc. p1 .peer:1234', [service('api', 1234, { destination_peer: 'p1' })]],
    ['api.svc:1234:dc=dc9', [service('api', 1234, { datacenter: 'dc9' })]],
    ['api.svc.dc1.dc:1234:datacenter=dc1', [service('api', 1234, { datacenter: 'dc1' })]],
    [
      'api:1234:dc2?mesh_gateway_mode=local',
      [service('api', 1234, { datacenter: 'dc2', mesh_gateway: { mode: 'local' } })],
    ],
    ['api:1234:dc2?dc=dc3', [service('api', 1234, { datacenter: 'dc3' })]],
    ['api:1234:dc2?', [service('api', 1234, { datacenter: 'dc2' })]],
    ['api:1234:?', [service('api', 1234)]],
    ['api:1234:?meshGatewayMode=remote', [service('api', 1234, { mesh_gateway: { mode: 'remote' } })]],
    ['api:1234:mesh-gateway-mode=none', [service('api', 1234, { mesh_gateway: { mode: 'none' } })]],
    ['api:1:local_bind_address=::1', [service('api', 1, { local_bind_address: '::1' })]],
    [
      'api:1:local-bind-address=127.0.0.5;dc=a',
      [service('api', 1, { datacenter: 'a', local_bind_address: '127.0.0.5' })],
    ],
    ['api:1:localBindAddress=127%2E0.0.5&&;port=', [service('api', 1, { local_bind_address: '127.0.0.5' })]],
    ['api:1,prepared_query:api:2', [service('api', 1), query('api', 2)]],
    [
      'api:1,db:1:local_bind_address=127.0.0.2',
      [service('api', 1), service('db', 1, { local_bind_address: '127.0.0.2' })],
    ],
  ],
  warns: [
    ['api:1,api:2:dc2', '"api:1" and "api:2:dc2" both set API_CONNECT_SERVICE_PORT', 'the later one', 'api:2:dc2'],
    ['api:1,api.svc.p.peer:2', '"api:1" and "api.svc.p.peer:2" both set API_CONNECT_SERVICE_PORT'],
    ['api.svc.a.peer:1,api.svc.b.peer:2', 'both set'],
    ['api:1:dc1,api:2:dc2', 'both set'],
    ['a-b:1,a.b:2', 'both set A_B_CONNECT_SERVICE_PORT'],
  ],
  refuses: [
    ['api', 'upstream structured incorrectly: api', 'NAME:PORT'],
    ['api.svc', 'upstream structured incorrectly: api.svc'],
    ['api.svc.x:1', 'upstream structured incorrectly: api.svc.x:1', 'NAME.svc[.PEER.peer|.DATACENTER.dc]:PORT'],
    ['api.svc.n.ns:1', 'upstream structured incorrectly: api.svc.n.ns:1', 'need Consul Enterprise'],
    ['api.svc.p.ap:1', 'upstream structured incorrectly', 'need Consul Enterprise'],
    ['api.svc.p.peer.d.dc:1', 'upstream structured incorrectly'],
    ['api.svc.dc1.dc:1:dc=dc2', 'upstream structured incorrectly: api.svc.dc1.dc:1:dc=dc2'],
    ['api:1:port=%zz', 'upstream structured incorrectly: api:1:port=%zz', 'escape', 'port=%zz'],
    ['api:1:dc=%ff', 'upstream structured incorrectly'],
    ['prepared_query:q', 'upstream structured incorrectly: prepared_query:q'],
    ['prepared_query::1', 'upstream structured incorrectly: prepared_query::1'],
    ['prepared_query:q:1:dc', 'invalid upstream local bind port "1:dc" in "prepared_query:q:1:dc"', undefined, '1:dc'],
    ['api:1,', 'upstream structured incorrectly: ', 'remove the comma', ''],
    ['api:1,,db:2', 'upstream structured incorrectly: ', 'remove the comma'],
    [',', 'upstream structured incorrectly: '],
    ['api:', 'invalid upstream local bind port "" in "api:"', 'decimal', ''],
    ['api:0', 'invalid upstream local bind port "0" in "api:0"', undefined, '0'],
    ['api:-1', 'invalid upstream local bind port "-1" in "api:-1"'],
    ['a:1, api:70000', 'invalid upstream local bind port "70000" in "api:70000"', 'from 1 to 65535', '70000'],
    ['api:http', 'invalid upstream local bind port "http" in "api:http"', 'write 80', 'http'],
    ['api:0x4d2', 'invalid upstream local bind port "0x4d2"', 'write it in decimal: 1234'],
    [':1234', 'the service name is empty in ":1234"', undefined, ''],
    ['.svc:1234', 'the service name is empty'],
    ['*:1', 'the service name is a wildcard in "*:1"', 'name one', '*'],
    ['a b:1', 'the service name "a b" holds " " in "a b:1"', undefined, 'a b'],
    ['a/../b:1', 'the service name "a/../b" holds "/"'],
    ['😀:1', 'the service name "😀" holds "😀"'],
    ['api:1:dc1:x', 'the datacenter "dc1:x" holds ":"', undefined, 'dc1:x'],
    ['api.svc..peer:1', 'the peer is empty'],
    [
      'api.svc.p.peer:1:dc=d',
      'a peer and a datacenter are given together in "api.svc.p.peer:1:dc=d"',
      'one of the two',
      'd',
    ],
    [
      'api:1:mesh_gateway_mode=x',
      'invalid upstream mesh gateway mode "x" in "api:1:mesh_gateway_mode=x"',
      'none, local or remote',
      'x',
    ],
    ['api:1:foo=1', 'unsupported upstream option "foo" in "api:1:foo=1"', 'the options are', 'foo=1'],
    ['api:1:=x', 'unsupported upstream option "" in "api:1:=x"', 'the options are', '=x'],
    ['api:1:dc2&dc=dc3', 'unsupported upstream option "dc2"'],
    ['api:1:__proto__=1', 'unsupported upstream option "__proto__"'],
    ['api.svc:1:dc2?dc=x', 'unsupported upstream option "dc2?dc"'],
    ['api:1:dc=a&datacenter=b', 'upstream option "datacenter" is given twice', 'give it once', 'datacenter=b'],
    [
      'api:1:local_bind_address=localhost',
      'the local bind address "localhost" is not an IP address',
      'looked up',
      'localhost',
    ],
    ['api:1:port=http', 'a destination port is given in "api:1:port=http"', 'Consul Enterprise', 'http'],
    ['api.svc:1:http', 'a destination port is given', 'Consul Enterprise', 'http'],
    [
      'api:1, api:2',
      'upstreams cannot contain duplicates: "api:2" has the same target as "api:1"',
      'even on different ports',
      'api:2',
    ],
    ['api:1,api.svc:2', 'upstreams cannot contain duplicates'],
    [
      'api:1,db:1',
      'duplicates by local bind address and port: "db:1" and "api:1" are both at 127.0.0.1:1',
      'own port',
      'db:1',
    ],
    ['api:1,db:1:local_bind_address=127.0.0.1', 'are both at 127.0.0.1:1'],
    ['a:1:local_bind_address=::1,b:1:local_bind_address=0:0::1', 'are both at [::1]:1'],
    ['static7890,\n static2:7892\nstatic3:7893', 'a line break (U+000A)', 'beside the comma', '\n'],
    ['api:\t1', 'a tab'],
    ['api:1\0', 'a NUL character'],
    ['api:1\u2028', 'a line separator'],
    ['api:1,\u0085db:2', 'U+0085'],
  ],
})

table('a list of Enterprise upstreams', value => upstreams(value, enterprise), {
  means: [
    ['api:1:destination_port=http', [service('api', 1, { destination_port: 'http' })]],
    ['api:1:destination-port=http', [service('api', 1, { destination_port: 'http' })]],
    ['api:1:destinationPort=http', [service('api', 1, { destination_port: 'http' })]],
    ['api:1:port=http', [service('api', 1, { destination_port: 'http' })]],
    ['api.svc:1:http', [service('api', 1, { destination_port: 'http' })]],
  ],
  warns: [
    [
      'api:1:port=a,api:2:port=b',
      'has the same target as "api:1:port=a", apart from the destination port',
      'refuses to start',
    ],
  ],
  refuses: [
    ['api:1:port=a,api.svc:2:a', 'upstreams cannot contain duplicates'],
    ['api:1:port=a%20b', 'the destination port "a b" holds " "', undefined, 'a%20b'],
    ['api:1:port=a+b', 'the destination port "a b" holds " "'],
  ],
})

const inNamespace = (destination_namespace: string) => ({ destination_namespace })

table('a list of upstreams with namespaces and partitions', value => upstreams(value, scoped), {
  means: [
    ['api:1', [service('api', 1)]],
    ['api.n:1', [service('api', 1, inNamespace('n'))]],
    ['api.n.p:1', [service('api', 1, { ...inNamespace('n'), destination_partition: 'p' })]],
    ['api.n.p.q:1', [service('api', 1, { ...inNamespace('n'), destination_partition: 'p.q' })]],
    ['api.svc.n.ns:1', [service('api', 1, inNamespace('n'))]],
    ['api.svc.n.ns.p.peer:1', [service('api', 1, { ...inNamespace('n'), destination_peer: 'p' })]],
    ['api.svc.n.ns.p.ap:1', [service('api', 1, { ...inNamespace('n'), destination_partition: 'p' })]],
    ['api.svc.n.ns.d.dc:1', [service('api', 1, { ...inNamespace('n'), datacenter: 'd' })]],
    ['api.a:1,apix.b:2', [service('api', 1, inNamespace('a')), service('apix', 2, inNamespace('b'))]],
    [
      'api.n.default:1:dc2',
      [service('api', 1, { ...inNamespace('n'), destination_partition: 'default', datacenter: 'dc2' })],
    ],
  ],
  warns: [
    ['api.n.p:1:dc2', 'a partition and a datacenter are given together in "api.n.p:1:dc2"', 'agents refuse', 'p:1:dc2'],
    ['api.n.p:1,api.n.q:2', 'both set'],
    ['api.a:1,api.b:2', 'both set API_CONNECT_SERVICE_PORT'],
  ],
  refuses: [
    ['api.svc.p.peer:1', 'upstream structured incorrectly: api.svc.p.peer:1', 'NAMESPACE.ns'],
    ['api.svc.n.err:1', 'upstream structured incorrectly: api.svc.n.err:1'],
    ['api.svc.n.ns.p.err:1', 'upstream structured incorrectly'],
    ['api.svc.n.ns.p.peer.d.dc:1', 'upstream structured incorrectly'],
    ['api.:1', 'the namespace is empty in "api.:1"'],
    ['api.n.*:1', 'the partition is a wildcard'],
    ['api.n:1,api.svc.n.ns:2', 'upstreams cannot contain duplicates'],
  ],
})

test('every complaint about a list is told at once, in order, each at its place', t => {
  const value = 'api:0:mesh_gateway_mode=x, ok:1, :2, api'
  const parsed = upstreams(value, communityEdition)
  t.deepEqual(parsed.ok ? [] : parsed.issues.map(issue => pointedAt(value, issue)), ['0', 'x', '', 'api'])
})
