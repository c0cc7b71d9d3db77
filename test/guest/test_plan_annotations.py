"""plan_annotations.py as a function: annotations -> what is registered and redirected, with holes for what only the guest knows."""
import unittest

from plans import ENTERPRISE, G, annotations, config, faults, filled, plan, proxy, service, warnings
from support import A, P

HOSTNAME, INSTANCE_ID = {'hole': 'hostname'}, {'hole': 'instance-id'}


class Registration(unittest.TestCase):
    maxDiff = None

    def test_the_smallest_one_is_a_client_in_transparent_mode(self):
        self.assertEqual(plan()['registration'], {'service': {
            'name': 'web', 'meta': {'managed-by': 'consul-vm-inject'},
            'connect': {'sidecar_service': {'port': 20000, 'proxy': {'mode': 'transparent'}}}}})

    def test_everything_that_can_be_said_of_one_service(self):
        found = service(
            connect_service_port='8080', service_tags='v1,a\\,b,, ,$POD_NAME,x-$POD_NAME', service_meta_owner='pay ments',
            service_meta_host='$HOSTNAME', service_meta_id='$INSTANCE_ID', service_meta_mixed='x$POD_NAME', service_weight='7',
            proxy_config_map='{"local_connect_timeout_ms": 1000}', enable_metrics='true', connect_service_upstreams='api:9191:dc2',
            alpha_virtual_ip='10.9.8.7', alpha_dialed_directly='true', alpha_health_check_http='http://127.0.0.1:8080/ok',
            alpha_health_check_grpc='127.0.0.1:8080/x.Y', alpha_health_check_interval='5s', alpha_health_check_timeout='500ms',
            transparent_proxy_overwrite_probes='true', use_proxy_health_check='true')
        virtual = {'virtual': {'address': '10.9.8.7', 'port': 8080}}
        self.assertEqual(found, {
            'name': 'web', 'port': 8080, 'tags': ['v1', 'a,b', HOSTNAME, 'x-$POD_NAME'], 'weights': {'passing': 7},
            'meta': {'managed-by': 'consul-vm-inject', 'owner': 'pay ments', 'host': HOSTNAME, 'id': INSTANCE_ID, 'mixed': 'x$POD_NAME'},
            'tagged_addresses': virtual,
            'checks': [{'name': 'web HTTP', 'http': 'http://127.0.0.1:8080/ok', 'interval': '5s', 'timeout': '500ms'},
                       {'name': 'web gRPC', 'grpc': '127.0.0.1:8080/x.Y', 'interval': '5s', 'timeout': '500ms'}],
            'connect': {'sidecar_service': {
                'port': 20000, 'tagged_addresses': virtual,
                'checks': [{'name': 'Envoy Ready', 'http': 'http://127.0.0.1:20800/ready', 'interval': '10s', 'timeout': '2s'},
                           {'name': 'Connect Sidecar Aliasing web', 'alias_service': 'web'}],
                'proxy': {'mode': 'transparent', 'expose': {'checks': True}, 'transparent_proxy': {'dialed_directly': True},
                          'config': {'local_connect_timeout_ms': '1000', 'envoy_prometheus_bind_addr': '0.0.0.0:20200'},
                          'upstreams': [{'destination_type': 'service', 'destination_name': 'api', 'local_bind_port': 9191,
                                         'datacenter': 'dc2'}]}}}})

    def test_checks(self):
        tcp = {'name': 'web TCP', 'tcp': '127.0.0.1:8080', 'interval': '10s', 'timeout': '2s'}
        for given, expected in (
            ({'connect_service_port': '8080'}, [tcp]),
            ({}, None),
            ({'connect_service_port': '8080', 'alpha_health_check': 'false'}, None),
            ({'connect_service_port': '8080', 'alpha_health_check': 'false', 'alpha_health_check_tcp': '127.0.0.1:1'},
             [{**tcp, 'tcp': '127.0.0.1:1'}]),
            ({'alpha_health_check_tcp': '[::1]:1'}, [{**tcp, 'tcp': '[::1]:1'}]),
        ):
            with self.subTest(given):
                self.assertEqual(service(**given).get('checks'), expected)

    def test_modes_and_what_depends_on_them(self):
        for value, mode in (('true', 'transparent'), ('T', 'transparent'), ('false', 'direct'), (False, 'direct'), (True, 'transparent')):
            with self.subTest(value):
                self.assertEqual(proxy(transparent_proxy=value)['mode'], mode)
        direct = dict(transparent_proxy='false', connect_service_port='1', alpha_virtual_ip='1.2.3.4', transparent_proxy_overwrite_probes='1', alpha_health_check_http='http://h/')
        self.assertNotIn('tagged_addresses', service(**direct))
        self.assertNotIn('expose', proxy(**direct))
        self.assertIn((A + 'virtual-ip', 'used with the transparent proxy only'), warnings(**direct))
        self.assertNotIn('expose', proxy(transparent_proxy_overwrite_probes='true', connect_service_port='8080'))

    def test_metrics(self):
        self.assertEqual(proxy(enable_metrics='true', prometheus_scrape_port='20201', dual_stack='true')['config'], {'envoy_prometheus_bind_addr': '[::]:20201'})
        self.assertNotIn('config', proxy(prometheus_scrape_port='20201'))

    def test_several_services(self):
        found = plan(connect_service='web, admin,', connect_service_port='8080,9090', transparent_proxy='false', connect_service_upstreams='api:1',
                     alpha_health_check_tcp='127.0.0.1:5')['registration']['services']
        self.assertEqual([(one['name'], one['port'], one['connect']['sidecar_service']['port']) for one in found], [('web', 8080, 20000), ('admin', 9090, 20001)])
        self.assertIn('upstreams', found[0]['connect']['sidecar_service']['proxy'])
        self.assertNotIn('upstreams', found[1]['connect']['sidecar_service']['proxy'])
        self.assertEqual([one['checks'][0]['tcp'] for one in found], ['127.0.0.1:5', '127.0.0.1:9090'])
        shared = plan(connect_service='web,admin', connect_service_port='8080', transparent_proxy='false')['registration']['services']
        self.assertEqual([one['port'] for one in shared], [8080, 8080])

    def test_several_ports(self):
        given = {'connect_service_port': '8080,9090', 'connect_service_default_port': '9090'}
        self.assertEqual(service(**given)['port'], 9090)
        self.assertIn('Enterprise', dict(warnings(**given))[P + 'connect-service-port'])
        found = service(settings=ENTERPRISE, connect_service_port='8080,9090', service_meta_ports='mine')
        self.assertNotIn('port', found)
        self.assertEqual(found['ports'], [{'name': 'port-1', 'port': 8080, 'default': True}, {'name': 'port-2', 'port': 9090, 'default': False}])
        self.assertEqual(found['meta'], {'managed-by': 'consul-vm-inject', 'ports': 'mine', 'port-port-1': '8080', 'port-port-2': '9090'})
        self.assertEqual(found['checks'][0]['tcp'], '127.0.0.1:8080')

    def test_namespace(self):
        self.assertEqual(service(settings=ENTERPRISE, consul_namespace='team-a')['namespace'], 'team-a')
        self.assertEqual(faults(consul_namespace='team-a'), [P + 'consul-namespace: needs Consul Enterprise'])

    def test_the_short_form(self):
        found = G.plan({'name': 'web', 'port': 8080})[0]['registration']['service']
        self.assertEqual((found['name'], found['port']), ('web', 8080))
        with self.assertRaises(G.Refused):
            G.plan({'name': 'web', 'annotations': annotations(connect_service='other')})

    def test_numbers_and_booleans_are_taken_as_text(self):
        self.assertEqual(service(connect_service_port=8080, service_meta_n=5, service_meta_b=True)['meta'], {'managed-by': 'consul-vm-inject', 'n': '5', 'b': 'true'})

    def test_old_spellings(self):
        given = {'connect_service_tags': 'b', 'service_tags': 'a', 'enable_sidecar_proxy_shutdown_drain_listeners': 'false'}
        self.assertEqual(service(**given)['tags'], ['a', 'b'])
        self.assertIn(' wait 127.0.0.1:19000 30', ' '.join(filled(plan(**given)['sidecars'][0]['unit'])))
        self.assertEqual(len(warnings(**given)), 2)
        for given, tags in (({'connect_service_tags': 'b'}, ['b']), ({'connect_service_tags': 'a', 'service_tags': 'a'}, ['a']), ({'connect_service_tags': 'b', 'service_tags': ' '}, ['b']),
                            ({'connect_service_tags': '', 'service_tags': 'a'}, ['a'])):
            with self.subTest(given):
                self.assertEqual(service(**given)['tags'], tags)
        drain = 'enable_sidecar_proxy_lifecycle_shutdown_drain_listeners'
        self.assertEqual(len(faults(enable_sidecar_proxy_shutdown_drain_listeners='false', **{drain: 'true'})), 1)
        self.assertEqual(faults(enable_sidecar_proxy_shutdown_drain_listeners='true', **{drain: 'true'}), [])

    def test_a_refusal_keeps_the_vm_outside(self):
        for value in ('false', False, 'F', '0'):
            self.assertEqual(plan(connect_inject=value), {})
            self.assertEqual([key for key, _ in warnings(connect_inject=value)], [P + 'connect-inject'])

    def test_keys_that_are_not_known_or_mean_nothing_are_warned_of(self):
        found = warnings(connect_servce='x', kubernetes_service='x', service_meta_='x', enable_metrics='', enable_metrics_merging='no')
        self.assertEqual([key for key, _ in found], [P + name for name in ('connect-servce', 'enable-metrics', 'enable-metrics-merging', 'kubernetes-service', 'service-meta-')])
        self.assertEqual(warnings(), [])
        self.assertEqual(G.plan({'annotations': {**annotations(connect_service='web'), 'example.com/x': 'y'}})[1], [])

    def test_the_unit_of_the_application(self):
        self.assertEqual(plan(alpha_app_unit='web.service')['app_unit'], 'web.service')
        self.assertNotIn('app_unit', plan())


class Upstreams(unittest.TestCase):
    def test_forms(self):
        community, scoped = None, ENTERPRISE
        partitions = {'enterprise': True, 'namespaces': False, 'partitions': True}
        for text, settings, expected in (
            ('api:1', community, {'destination_name': 'api'}),
            ('api: 1', community, {'destination_name': 'api'}),
            ('api.v1.x:1', community, {'destination_name': 'api.v1.x'}),
            ('api.ns1.p.x:1', scoped, {'destination_name': 'api', 'destination_namespace': 'ns1', 'destination_partition': 'p.x'}),
            ('api:1:dc2', community, {'destination_name': 'api', 'datacenter': 'dc2'}),
            ('api:1:', community, {'destination_name': 'api'}),
            ('api.svc:1', community, {'destination_name': 'api'}),
            ('api.svc.d.dc:1', community, {'destination_name': 'api', 'datacenter': 'd'}),
            ('api.svc.p.peer:1', community, {'destination_name': 'api', 'destination_peer': 'p'}),
            ('api.svc.n.ns.p.ap:1', partitions, {'destination_name': 'api', 'destination_namespace': 'n', 'destination_partition': 'p'}),
            ('api.svc:1:http', scoped, {'destination_name': 'api', 'destination_port': 'http'}),
            ('api:1:dc2?mesh-gateway-mode=local', community, {'destination_name': 'api', 'datacenter': 'dc2', 'mesh_gateway': {'mode': 'local'}}),
            ('api:1:?localBindAddress=127.0.0.5;dc=d', community, {'destination_name': 'api', 'local_bind_address': '127.0.0.5', 'datacenter': 'd'}),
            ('api:1:local_bind_address=::1', community, {'destination_name': 'api', 'local_bind_address': '::1'}),
            ('api:1:dc2?dc=dc3', community, {'destination_name': 'api', 'datacenter': 'dc3'}),
            ('prepared_query:q:1', community, {'destination_type': 'prepared_query', 'destination_name': 'q'}),
        ):
            with self.subTest(text):
                found = proxy(settings=settings, connect_service_upstreams=text)['upstreams']
                self.assertEqual(found, [{'destination_type': 'service', 'local_bind_port': 1, **expected}])

    def test_what_is_refused(self):
        for text in ('api', ':1', 'api:', 'api:0', 'api:65536', 'api:0x10', 'api:010', 'api:http', 'api:1,', ',', 'api:1,,b:2', '*:1', 'a b:1', 'api:1:dc x',
                     'a.svc.n.ns:1', 'a.svc.x.err:1', 'a.svc.x:1', 'prepared_query:q', 'prepared_query::1', 'api:1:x=y', 'api:1:dc=%zz', 'api:1:dc=%ff', 'api:1:dc=%1Cx',
                     'api:1:mesh_gateway_mode=x', 'api:1:local_bind_address=localhost', 'api.svc.d.dc:1:dc=e', 'api.svc.p.peer:1:dc=e', 'api.svc:1:http',
                     'api:1:dc1:x', 'api:1,api:2', 'api:1,db:1', 'api:1,db:1:local_bind_address=127.0.0.1', 'api:8080', 'api:20000', 'api:19000', 'api:20800',
                     'api:8301', 'api:8500', 'api:8600', 'api:15001', 'api:20200', 'api\n:1', 'a.svc.x.ns peer:1'):
            with self.subTest(text):
                self.assertTrue(faults(connect_service_port='8080', enable_metrics='true', connect_service_upstreams=text))

    def test_variables(self):
        found = plan(connect_service_upstreams='my-api.v1:9191,db:5432:local_bind_address=127.0.0.9,prepared_query:q:1,my_api-v1:2')
        self.assertEqual(found['sidecars'][0]['environment'], [
            'DB_CONNECT_SERVICE_HOST=127.0.0.9', 'DB_CONNECT_SERVICE_PORT=5432', 'MY_API_V1_CONNECT_SERVICE_HOST=127.0.0.1', 'MY_API_V1_CONNECT_SERVICE_PORT=2'])
        self.assertNotIn('environment', plan()['sidecars'][0])


# Of every platform, which the guest does not know the name of.
BLOCKS = [f'-exclude-outbound-cidr={block}' for block in G.ADDRESSES['metadata'] + G.ADDRESSES['services']]


class Redirect(unittest.TestCase):
    def arguments(self, facts=None, **given):
        return filled(plan(**given)['sidecars'][0].get('redirect', []), facts)

    def test_what_is_left_alone_automatically(self):
        self.assertEqual(self.arguments({'ssh-ports': [2222]}), [
            '-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22', '-exclude-inbound-port=2222', '-exclude-inbound-port=8301',
            *BLOCKS])
        off = {f'alpha_transparent_proxy_exclude_{name}': 'false' for name in ('ssh', 'serf', 'metadata', 'platform')}
        self.assertEqual(self.arguments({'ssh-ports': [2222]}, **off), ['-proxy-id=web-sidecar-proxy'])

    def test_what_the_annotations_add_in_their_order_and_once(self):
        found = plan(
            settings=ENTERPRISE, consul_namespace='n', consul_dns='false',
            transparent_proxy_exclude_inbound_ports='9100, 8000-8010,22,9:9,8301', transparent_proxy_exclude_outbound_ports=' 443 ,1:2',
            transparent_proxy_exclude_outbound_cidrs='10.0.0.0/8,fd00::/8,192.0.2.7', transparent_proxy_exclude_uids='1000,postgres,117,1000,postgres')
        self.assertEqual(found['sidecars'][0]['redirect'], [
            '-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22', {'hole': 'ssh-ports', 'prefix': '-exclude-inbound-port='}, '-exclude-inbound-port=8301',
            '-exclude-inbound-port=9100', '-exclude-inbound-port=8000:8010', '-exclude-inbound-port=9', '-exclude-outbound-port=443', '-exclude-outbound-port=1:2',
            *BLOCKS, '-exclude-outbound-cidr=10.0.0.0/8', '-exclude-outbound-cidr=fd00::/8', '-exclude-outbound-cidr=192.0.2.7',
            '-exclude-uid=1000', {'hole': 'uid', 'user': 'postgres', 'prefix': '-exclude-uid='}, '-exclude-uid=117', '-namespace=n'])

    def test_direct_mode_has_none(self):
        self.assertNotIn('redirect', plan(transparent_proxy='false', transparent_proxy_exclude_inbound_ports='22')['sidecars'][0])

    def test_names_under_consul(self):
        def forwarded(domain='consul'):
            return ['[Resolve]', 'DNS=127.0.0.1:8600', 'DNSSEC=false', f'Domains=~{domain}']

        for given, resolved, lines in (
            ({}, True, forwarded()), ({}, False, ['consul', '8600']), ({'consul_dns': 'false'}, False, []),
            ({'transparent_proxy': 'false'}, True, []), ({'transparent_proxy': 'false', 'consul_dns': 'true'}, True, forwarded()),
            ({'alpha_domain': 'mesh.corp.test'}, True, forwarded('mesh.corp.test')),
            ({'alpha_domain': 'mesh.corp.test', 'alpha_dns_port': '8653'}, False, ['mesh.corp.test', '8653']),
        ):
            with self.subTest(given=given, resolved=resolved):
                self.assertEqual(filled(plan(**given).get('dns', []), {'resolved': resolved}), lines)
                self.assertNotIn('-dns-', str(plan(**given).get('sidecars')))


if __name__ == '__main__':
    unittest.main()
