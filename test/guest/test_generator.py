"""generate-sidecar-configs.py as a function: configuration and host facts -> plan."""
import ast
import json
import random
import re
import unittest

from support import A, GUEST, P, load_generator, vectors

G = load_generator()
HOST = {'hostname': 'vm1', 'instance_id': 'i-123', 'resolved': True}
ENTERPRISE = {'enterprise': True, 'namespaces': True, 'partitions': False}


def annotations(**given):
    """connect_service='web' -> {P + 'connect-service': 'web'}; names that begin with alpha_ are VM-only."""
    found = {}
    for name, value in given.items():
        prefix = A if name.startswith('alpha_') else P
        found[prefix + name.replace('alpha_', '').replace('_', '-')] = value
    return found


def config(settings=None, **given):
    found = {'annotations': annotations(**{'connect_service': 'web', **given})}
    return {**found, 'settings': settings} if settings else found


def plan(settings=None, host=None, **given):
    return G.plan(config(settings, **given), {**HOST, **(host or {})})


def service(**given):
    return plan(**given).registration['service']


def proxy(**given):
    return service(**given)['connect']['sidecar_service']['proxy']


def faults(settings=None, host=None, **given):
    """The faults of a configuration as lines `key: message`."""
    try:
        plan(settings, host, **given)
    except G.Refused as refused:
        return [f'{key}: {message}' for key, message in refused.args[0]]
    return []


class Source(unittest.TestCase):
    def test_it_is_python_3_6_and_standard_library(self):
        text = (GUEST / 'generate-sidecar-configs.py').read_text(encoding='utf-8')
        tree = ast.parse(text, feature_version=(3, 6))
        modules = {name.name.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        modules |= {node.module.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        self.assertLessEqual(modules, {
            'argparse', 'fractions', 'glob', 'grp', 'hashlib', 'http', 'ipaddress', 'json', 'math', 'os', 'pwd', 're', 'shutil',
            'socket', 'ssl', 'subprocess', 'sys', 'tempfile', 'time', 'urllib'})
        for newer in ('capture_output', 'removeprefix', 'removesuffix', 'text=True', 'missing_ok', 'shell=True', 'eval(', 'exec('):
            self.assertNotIn(newer, text)


class Registration(unittest.TestCase):
    maxDiff = None

    def test_the_smallest_one_is_a_client_in_transparent_mode(self):
        self.assertEqual(plan().registration, {'service': {
            'name': 'web', 'meta': {'managed-by': 'consul-vm-inject'},
            'connect': {'sidecar_service': {'port': 20000, 'proxy': {'mode': 'transparent'}}}}})

    def test_everything_that_can_be_said_of_one_service(self):
        found = plan(
            connect_service_port='8080', service_tags='v1,a\\,b,, ,$POD_NAME,x-$POD_NAME', service_meta_owner='pay ments',
            service_meta_host='$HOSTNAME', service_meta_id='$INSTANCE_ID', service_meta_mixed='x$POD_NAME', service_weight='7',
            proxy_config_map='{"local_connect_timeout_ms": 1000}', enable_metrics='true', connect_service_upstreams='api:9191:dc2',
            alpha_virtual_ip='10.9.8.7', alpha_dialed_directly='true', alpha_health_check_http='http://127.0.0.1:8080/ok',
            alpha_health_check_grpc='127.0.0.1:8080/x.Y', alpha_health_check_interval='5s', alpha_health_check_timeout='500ms',
            transparent_proxy_overwrite_probes='true', use_proxy_health_check='true').registration['service']
        virtual = {'virtual': {'address': '10.9.8.7', 'port': 8080}}
        self.assertEqual(found, {
            'name': 'web', 'port': 8080, 'tags': ['v1', 'a,b', 'vm1', 'x-$POD_NAME'], 'weights': {'passing': 7},
            'meta': {'managed-by': 'consul-vm-inject', 'owner': 'pay ments', 'host': 'vm1', 'id': 'i-123', 'mixed': 'x$POD_NAME'},
            'tagged_addresses': virtual,
            'checks': [{'name': 'web HTTP', 'http': 'http://127.0.0.1:8080/ok', 'interval': '5s', 'timeout': '500ms'},
                       {'name': 'web gRPC', 'grpc': '127.0.0.1:8080/x.Y', 'interval': '5s', 'timeout': '500ms'}],
            'connect': {'sidecar_service': {
                'port': 20000, 'tagged_addresses': virtual,
                'checks': [{'name': 'Envoy Ready', 'http': 'http://127.0.0.1:20800/ready', 'interval': '10s', 'timeout': '2s'},
                           {'name': 'Connect Sidecar Aliasing web', 'alias_service': 'web'}],
                'proxy': {'mode': 'transparent', 'expose': {'checks': True}, 'transparent_proxy': {'dialed_directly': True},
                          'config': {'local_connect_timeout_ms': 1000, 'envoy_prometheus_bind_addr': '0.0.0.0:20200'},
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
        direct = plan(transparent_proxy='false', connect_service_port='1', alpha_virtual_ip='1.2.3.4', transparent_proxy_overwrite_probes='1',
                      alpha_health_check_http='http://h/')
        self.assertNotIn('tagged_addresses', direct.registration['service'])
        self.assertNotIn('expose', direct.registration['service']['connect']['sidecar_service']['proxy'])
        self.assertIn((A + 'virtual-ip', 'used with the transparent proxy only'), direct.warnings)
        self.assertNotIn('expose', proxy(transparent_proxy_overwrite_probes='true', connect_service_port='8080'))

    def test_metrics(self):
        self.assertEqual(proxy(enable_metrics='true', prometheus_scrape_port='20201', dual_stack='true')['config'],
                         {'envoy_prometheus_bind_addr': '[::]:20201'})
        self.assertNotIn('config', proxy(prometheus_scrape_port='20201'))

    def test_several_services(self):
        found = plan(connect_service='web, admin,', connect_service_port='8080,9090', transparent_proxy='false',
                     connect_service_upstreams='api:1', alpha_health_check_tcp='127.0.0.1:5').registration['services']
        self.assertEqual([(one['name'], one['port'], one['connect']['sidecar_service']['port']) for one in found],
                         [('web', 8080, 20000), ('admin', 9090, 20001)])
        self.assertIn('upstreams', found[0]['connect']['sidecar_service']['proxy'])
        self.assertNotIn('upstreams', found[1]['connect']['sidecar_service']['proxy'])
        self.assertEqual([one['checks'][0]['tcp'] for one in found], ['127.0.0.1:5', '127.0.0.1:9090'])
        shared = plan(connect_service='web,admin', connect_service_port='8080', transparent_proxy='false').registration['services']
        self.assertEqual([one['port'] for one in shared], [8080, 8080])

    def test_several_ports(self):
        found = plan(connect_service_port='8080,9090', connect_service_default_port='9090')
        self.assertEqual(found.registration['service']['port'], 9090)
        self.assertIn('Enterprise', dict(found.warnings)[P + 'connect-service-port'])
        found = service(settings=ENTERPRISE, connect_service_port='8080,9090', service_meta_ports='mine')
        self.assertNotIn('port', found)
        self.assertEqual(found['ports'], [{'name': 'port-1', 'port': 8080, 'default': True}, {'name': 'port-2', 'port': 9090, 'default': False}])
        self.assertEqual(found['meta'], {'managed-by': 'consul-vm-inject', 'ports': 'mine', 'port-port-1': '8080', 'port-port-2': '9090'})
        self.assertEqual(found['checks'][0]['tcp'], '127.0.0.1:8080')

    def test_namespace(self):
        self.assertEqual(service(settings=ENTERPRISE, consul_namespace='team-a')['namespace'], 'team-a')
        self.assertEqual(faults(consul_namespace='team-a'), [P + 'consul-namespace: needs Consul Enterprise'])

    def test_the_short_form(self):
        found = G.plan({'name': 'web', 'port': 8080}, HOST).registration['service']
        self.assertEqual((found['name'], found['port']), ('web', 8080))
        with self.assertRaises(G.Refused):
            G.plan({'name': 'web', 'annotations': annotations(connect_service='other')}, HOST)

    def test_numbers_and_booleans_are_taken_as_text(self):
        self.assertEqual(service(connect_service_port=8080, service_meta_n=5, service_meta_b=True)['meta'],
                         {'managed-by': 'consul-vm-inject', 'n': '5', 'b': 'true'})

    def test_old_spellings(self):
        found = plan(connect_service_tags='b', service_tags='a', enable_sidecar_proxy_shutdown_drain_listeners='false')
        self.assertEqual(found.registration['service']['tags'], ['a', 'b'])
        self.assertIn('"wait"', found.services[0]['drop_in'])
        self.assertEqual(len(found.warnings), 2)

    def test_its_text_is_sorted_indented_json_of_utf_8(self):
        text = G.registration_text(plan(service_meta_a='ü'))
        self.assertEqual(text, json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + '\n')
        self.assertIn('ü', text)

    def test_a_refusal_keeps_the_vm_outside(self):
        for value in ('false', False, 'F', '0'):
            found = plan(connect_inject=value)
            self.assertEqual((found.registration, found.services), (None, []))

    def test_keys_that_are_not_known_or_mean_nothing_are_warned_of(self):
        found = plan(connect_servce='x', kubernetes_service='x', service_meta_='x', enable_metrics='')
        self.assertEqual([key for key, _ in found.warnings], [P + 'connect-servce', P + 'enable-metrics', P + 'kubernetes-service', P + 'service-meta-'])
        self.assertEqual(G.plan({'annotations': {**annotations(connect_service='web'), 'example.com/x': 'y'}}, HOST).warnings, [])


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
                     'a.svc.n.ns:1', 'a.svc.x.err:1', 'a.svc.x:1', 'prepared_query:q', 'prepared_query::1', 'api:1:x=y', 'api:1:dc=%zz', 'api:1:dc=%ff',
                     'api:1:mesh_gateway_mode=x', 'api:1:local_bind_address=localhost', 'api.svc.d.dc:1:dc=e', 'api.svc.p.peer:1:dc=e', 'api.svc:1:http',
                     'api:1:dc1:x', 'api:1,api:2', 'api:1,db:1', 'api:1,db:1:local_bind_address=127.0.0.1', 'api:8080', 'api:20000', 'api:19000', 'api:20800',
                     'api:8301', 'api:8500', 'api:8600', 'api:15001', 'api:20200', 'api\n:1', 'a.svc.x.ns peer:1'):
            with self.subTest(text):
                self.assertTrue(faults(connect_service_port='8080', enable_metrics='true', connect_service_upstreams=text))

    def test_variables(self):
        found = plan(connect_service_upstreams='my-api.v1:9191,db:5432:local_bind_address=127.0.0.9,prepared_query:q:1')
        self.assertEqual(found.services[0]['environment'], {
            'MY_API_V1_CONNECT_SERVICE_HOST': '127.0.0.1', 'MY_API_V1_CONNECT_SERVICE_PORT': '9191',
            'DB_CONNECT_SERVICE_HOST': '127.0.0.9', 'DB_CONNECT_SERVICE_PORT': '5432'})


class Redirect(unittest.TestCase):
    def arguments(self, host=None, **given):
        return plan(host=host, **given).services[0]['redirect']

    def test_what_is_left_alone_automatically(self):
        self.assertEqual(self.arguments(host={'ssh_ports': [22, 2222]}), [
            '-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22', '-exclude-inbound-port=2222', '-exclude-inbound-port=8301',
            '-exclude-outbound-cidr=169.254.169.254/32'])
        off = {f'alpha_transparent_proxy_exclude_{name}': 'false' for name in ('ssh', 'serf', 'metadata')}
        self.assertEqual(self.arguments(host={'ssh_ports': [2222]}, **off), ['-proxy-id=web-sidecar-proxy'])

    def test_what_the_annotations_add_in_their_order_and_once(self):
        self.assertEqual(self.arguments(
            host={'users': {'postgres': 117}}, settings=ENTERPRISE, consul_namespace='n',
            transparent_proxy_exclude_inbound_ports='9100, 8000-8010,22,9:9,8301', transparent_proxy_exclude_outbound_ports=' 443 ,1:2',
            transparent_proxy_exclude_outbound_cidrs='10.0.0.0/8,fd00::/8,192.0.2.7', transparent_proxy_exclude_uids='1000,postgres,117'), [
                '-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22', '-exclude-inbound-port=8301', '-exclude-inbound-port=9100',
                '-exclude-inbound-port=8000:8010', '-exclude-inbound-port=9', '-exclude-outbound-port=443', '-exclude-outbound-port=1:2',
                '-exclude-outbound-cidr=169.254.169.254/32', '-exclude-outbound-cidr=10.0.0.0/8', '-exclude-outbound-cidr=fd00::/8',
                '-exclude-outbound-cidr=192.0.2.7', '-exclude-uid=1000', '-exclude-uid=117', '-namespace=n'])

    def test_direct_mode_has_none(self):
        self.assertEqual(self.arguments(transparent_proxy='false', transparent_proxy_exclude_inbound_ports='22'), [])

    def test_names_under_consul(self):
        dns = ['-consul-dns-ip=127.0.0.1', '-consul-dns-port=8600']
        for given, resolved, arguments, drop_in in (
            ({}, True, [], True), ({}, False, dns, False), ({'consul_dns': 'false'}, False, [], False), ({'consul_dns': 'false'}, True, [], False),
            ({'dual_stack': 'true'}, False, ['-consul-dns-ip=::1', dns[1]], False),
            ({'transparent_proxy': 'false'}, True, [], False), ({'transparent_proxy': 'false', 'consul_dns': 'true'}, True, [], True),
        ):
            with self.subTest(given=given, resolved=resolved):
                found = plan(host={'resolved': resolved}, **given)
                self.assertEqual([word for word in found.services[0]['redirect'] if '-dns-' in word], arguments)
                self.assertEqual(found.resolved, drop_in)

    def test_a_user_that_is_not_there_is_a_fault(self):
        self.assertEqual(faults(transparent_proxy_exclude_uids='nobody2'), [P + 'transparent-proxy-exclude-uids: there is no user nobody2 on this VM'])


class Envoy(unittest.TestCase):
    def argv(self, i=0, **given):
        return plan(**given).services[i]['envoy']

    def test_arguments(self):
        start = ['consul', 'connect', 'envoy', '-sidecar-for=web', '-admin-bind=127.0.0.1:19000']
        for given, expected in (
            ({}, ['--', '--concurrency', '2']),
            ({'consul_envoy_proxy_concurrency': '0'}, []),
            ({'consul_envoy_proxy_concurrency': 4}, ['--', '--concurrency', '4']),
            ({'envoy_extra_args': '-l debug "a b" \'$x\' # no'}, ['--', '--concurrency', '2', '-l', 'debug', 'a b', '$x']),
            ({'envoy_extra_args': '--concurrency=8'}, ['--', '--concurrency=8']),
            ({'envoy_extra_args': ''}, ['--', '--concurrency', '2']),
            ({'use_proxy_health_check': 't', 'consul_envoy_proxy_concurrency': '0'}, ['-envoy-ready-bind-address=127.0.0.1', '-envoy-ready-bind-port=20800']),
            ({'enable_metrics': 'true', 'prometheus_ca_path': '/ca', 'prometheus_cert_file': '/c', 'prometheus_key_file': '/k', 'consul_envoy_proxy_concurrency': '0'},
             ['-prometheus-scrape-path=/metrics', '-prometheus-ca-path=/ca', '-prometheus-cert-file=/c', '-prometheus-key-file=/k']),
            ({'prometheus_scrape_path': '/x', 'consul_envoy_proxy_concurrency': '0'}, []),
            ({'settings': ENTERPRISE, 'consul_namespace': 'n', 'consul_envoy_proxy_concurrency': '0'}, ['-namespace=n']),
        ):
            with self.subTest(given):
                self.assertEqual(self.argv(**given), start + expected)

    def test_the_second_service_has_ports_of_its_own(self):
        self.assertEqual(self.argv(1, connect_service='web,admin', transparent_proxy='false', use_proxy_health_check='true'), [
            'consul', 'connect', 'envoy', '-sidecar-for=admin', '-admin-bind=127.0.0.1:19001', '-envoy-ready-bind-address=127.0.0.1',
            '-envoy-ready-bind-port=20801', '--', '--base-id', '1', '--concurrency', '2'])


def as_systemd_reads(line):
    """The words of a command line as systemd takes it apart: continuation, quotes, C escapes, then `%%` and `$$`."""
    words, text, at = [], line.replace('\\\n', ' '), 0
    while at < len(text):
        if text[at] in ' \t':
            at += 1
            continue
        word = ''
        quote = text[at] if text[at] in '"\'' else ''
        at += len(quote)
        while at < len(text) and (text[at] != quote if quote else text[at] not in ' \t'):
            if text[at] == '\\':
                escape = re.match(r'\\(x[0-9a-f]{2}|["\\n])', text[at:])
                word += {'"': '"', '\\': '\\', 'n': '\n'}.get(escape.group(1)) or chr(int(escape.group(1)[1:], 16))
                at += escape.end()
            else:
                word += text[at]
                at += 1
        at += len(quote)
        word = re.sub('%(.)', lambda found: {'%': '%'}[found.group(1)], word)
        words.append(re.sub(r'\$(.)', lambda found: {'$': '$'}[found.group(1)], word))
    return words


class DropIn(unittest.TestCase):
    def directives(self, host=None, **given):
        """name -> values of the drop-in, continued lines as one."""
        found = {}
        for line in re.sub(r' \\\n\s+', ' ', plan(host=host, **given).services[0]['drop_in']).splitlines():
            name, separator, value = line.partition('=')
            if separator and not line.startswith('#'):
                found.setdefault(name, []).append(value)
        return found

    def test_each_directive(self):
        for given, name, values in (
            ({}, 'TimeoutStopSec', ['35']),
            ({'sidecar_proxy_lifecycle_shutdown_grace_period_seconds': '60'}, 'TimeoutStopSec', ['65']),
            ({'sidecar_proxy_lifecycle_shutdown_grace_period_seconds': '0'}, 'TimeoutStopSec', ['15']),
            ({'enable_sidecar_proxy_lifecycle': 'false'}, 'TimeoutStopSec', None),
            ({'enable_sidecar_proxy_lifecycle': 'false'}, 'ExecStop', None),
            ({}, 'ExecStop', ['-/usr/bin/python3 "/srv/consul/generate-sidecar-configs.py" "drain" "127.0.0.1:19000" "30"']),
            ({'sidecar_proxy_startup_failure_seconds': '60'}, 'ExecStartPost',
             ['/usr/bin/python3 "/srv/consul/generate-sidecar-configs.py" "ready" "127.0.0.1:19000" "0" "1" "60" "1"']),
            ({'sidecar_proxy_startup_failure_seconds': '60'}, 'TimeoutStartSec', ['270']),
            ({'sidecar_proxy_lifecycle_startup_grace_period_seconds': '5'}, 'ExecStartPost',
             ['-/usr/bin/python3 "/srv/consul/generate-sidecar-configs.py" "ready" "127.0.0.1:19000" "0" "1" "5" "1"']),
            ({'enable_consul_dataplane_as_sidecar': 'true', 'sidecar_probe_failure_threshold': '3'}, 'ExecStartPost',
             ['/usr/bin/python3 "/srv/consul/generate-sidecar-configs.py" "ready" "127.0.0.1:19000" "1" "1" "3" "5"']),
            ({'sidecar_probe_failure_threshold': '3'}, 'ExecStartPost', None),
            ({'sidecar_proxy_liveness_failure_seconds': '9'}, 'Wants', ['consul-envoy-watch@web.service']),
            ({'alpha_app_unit': 'app@blue.service'}, 'Before', ['app@blue.service']),
            ({'sidecar_proxy_cpu_limit': '200m'}, 'CPUQuota', ['20%']),
            ({'sidecar_proxy_cpu_limit': '2'}, 'CPUQuota', ['200%']),
            ({'sidecar_proxy_cpu_limit': '1m'}, 'CPUQuota', ['1%']),
            ({'sidecar_proxy_cpu_limit': '0'}, 'CPUQuota', None),
            ({'sidecar_proxy_cpu_request': '1'}, 'CPUWeight', None),
            ({'sidecar_proxy_cpu_request': '1500m'}, 'CPUWeight', ['150']),
            ({'sidecar_proxy_cpu_request': '1000'}, 'CPUWeight', ['10000']),
            ({'sidecar_proxy_memory_limit': '64M'}, 'MemoryMax', ['64000000']),
            ({'sidecar_proxy_memory_limit': '64Mi'}, 'MemoryMax', ['67108864']),
            ({'sidecar_proxy_memory_limit': '0'}, 'MemoryMax', None),
            ({'sidecar_proxy_memory_request': '1.5k'}, 'MemoryLow', ['1500']),
            ({'connect_service_upstreams': 'api:443'}, 'AmbientCapabilities', ['CAP_NET_BIND_SERVICE']),
            ({'connect_service_upstreams': 'api:1443'}, 'AmbientCapabilities', None),
            ({'consul_sidecar_access_log_path': '/var/log/en voy/a.log'}, 'ReadWritePaths', ['"-/var/log/en voy"']),
            ({'consul_sidecar_access_log_path': '/dev/stdout'}, 'ReadWritePaths', None),
            ({'consul_sidecar_access_log_path': '/a.log'}, 'ReadWritePaths', None),
            ({'alpha_acl_token_file': '/etc/t%$"x', 'alpha_ca_file': '/ca', 'alpha_http_addr': 'https://127.0.0.1:8501'}, 'Environment',
             ['"CONSUL_HTTP_TOKEN_FILE=/etc/t%%$\\"x"', '"CONSUL_CACERT=/ca"', '"CONSUL_HTTP_ADDR=https://127.0.0.1:8501"']),
            ({'alpha_acl_token_file': '/etc//./a:b/%n\\"$x/', 'alpha_client_key_file': '/k'}, 'LoadCredential',
             ['acl-token:/etc/a:b/%%n\\"$x', 'client-key:/k']),
            ({'alpha_acl_token_file': '/t', 'alpha_client_cert_file': '/c', 'alpha_ca_file': '/ca'}, 'LoadCredential', ['acl-token:/t']),
            ({'alpha_acl_token_file': '/t'}, 'SetCredential', ['acl-token:missing']),
            ({'alpha_acl_token_file': '/t '}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '//.'}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '/t\\'}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '/t', 'host': {'systemd': 246}}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '/t', 'host': {'systemd': 246}}, 'Environment', ['"CONSUL_HTTP_TOKEN_FILE=/t"']),
            ({'alpha_acl_token_file': '/t', 'host': {'systemd': 247}}, 'LoadCredential', ['acl-token:/t']),
            ({}, 'PermissionsStartOnly', None),
            ({'host': {'systemd': 219}}, 'PermissionsStartOnly', ['yes']),
            ({'host': {'systemd': 219}}, 'ExecStopPost', ['', '/usr/local/bin/consul-cleanup-iptables']),
        ):
            with self.subTest(given=given, name=name):
                self.assertEqual(self.directives(**given).get(name), values)

    def test_the_command_is_reset_then_given_whole(self):
        found = self.directives()['ExecStart']
        self.assertEqual(found[0], '')
        self.assertEqual(as_systemd_reads(found[1]), ['/usr/bin/env', *plan().services[0]['envoy']])

    def test_only_envoy_is_given_the_copies_of_the_secrets_and_only_where_systemd_makes_them(self):
        for version, folder in ((246, None), (247, '/run/credentials/%n'), (249, '/run/credentials/%n'), (250, '%d'), (257, '%d')):
            with self.subTest(version):
                found = self.directives(host={'systemd': version}, alpha_acl_token_file='/etc/%d', alpha_client_key_file='/k', alpha_client_cert_file='/c')
                copies = f'"CONSUL_HTTP_TOKEN_FILE={folder}/acl-token" "CONSUL_CLIENT_KEY={folder}/client-key" '
                self.assertTrue(found['ExecStart'][1].startswith('/usr/bin/env ' + (copies if folder else '') + '"consul" "connect" '))
                self.assertEqual(found['Environment'], ['"CONSUL_HTTP_TOKEN_FILE=/etc/%%d"', '"CONSUL_CLIENT_CERT=/c"', '"CONSUL_CLIENT_KEY=/k"'])

    def test_systemd_reads_back_every_word_it_is_given(self):
        rng = random.Random(7)
        alphabet = 'ab \\"\'%$;{}@#=-~*?!|&<>()`ü,:\u00a0'
        for _ in range(300):
            word = ''.join(rng.choice(alphabet) for _ in range(rng.randrange(1, 12)))
            quoted = "'" + word.replace("'", "'\\''") + "'"
            text = plan(envoy_extra_args=quoted).services[0]['drop_in']
            command = re.search(r'(?ms)^ExecStart=(/.*?[^\\])$', text).group(1)
            self.assertEqual(as_systemd_reads(command)[-1], word, quoted)

    def test_control_characters_cannot_leave_their_word(self):
        self.assertEqual(G.unit_quote('a\nExecStart=/bin/x\t\x7f'), '"a\\x0aExecStart=/bin/x\\x09\\x7f"')

    def test_the_watch(self):
        self.assertIsNone(plan().services[0]['watch'])
        text = plan(sidecar_proxy_liveness_failure_seconds='9').services[0]['watch']
        self.assertIn('PartOf=envoy@web.service\n', text)
        self.assertEqual(as_systemd_reads(re.search(r'(?ms)^ExecStart=(.*)\n\Z', text).group(1))[2:],
                         ['watch', '127.0.0.1:19000', '9', 'envoy@web.service'])


class Refusals(unittest.TestCase):
    def test_each_bad_value_is_named_with_its_key(self):
        for name, values in {
            'connect_service': ['a b', 'a/b', '-a', 'a-', 'é', 'x' * 64, 'a,a', ',', 'web;id', '../x', 'web\n'],
            'connect_service_port': ['http', '0', '70000', '0x50', '-1', '8080.0', '80 80', '8500', '20000'],
            'connect_inject': ['yes', 'on', ' true', 'TrUe'], 'transparent_proxy': ['no'], 'enable_metrics': ['maybe'],
            'prometheus_scrape_port': ['80', '65536'], 'prometheus_scrape_path': ['metrics', '/a b', '/a#b'],
            'prometheus_ca_file': ['ca.pem', '/a/../b'], 'service_weight': ['0', 'x'], 'proxy_config_map': ['{', '[]', '{"a": NaN}', '{"a": 1e999}', '{"a":' * 70 + '1' + '}' * 70],
            'service_meta_a': ['x' * 513, 'a\nb', '\x00'], 'service_meta_consul_x': ['a'], 'service_meta_' + 'k' * 129: ['a'], 'service_meta_ü': ['a'],
            'transparent_proxy_exclude_inbound_ports': ['ssh', '22;touch /tmp/x', '9-1', '1:', '22 23'],
            'transparent_proxy_exclude_outbound_cidrs': ['example.com', '10.0.0.0/33', '10.0.0.0/8 -j ACCEPT', '::1%lo', '010.0.0.1', '::ffff:1.2.3.4'],
            'transparent_proxy_exclude_uids': ['Root', '-1', '4294967295', '$(id)'], 'envoy_extra_args': ['"', "'", '\\', 'a\nb'],
            'sidecar_proxy_cpu_limit': ['50%', '-1', '1 core', 'x', '1e9999'], 'sidecar_proxy_memory_limit': ['64MB', '64mi', '9Ei '],
            'sidecar_proxy_startup_failure_seconds': ['30s', '-1', '1.5'], 'consul_sidecar_access_log_path': ['log', '/../x'],
            'alpha_virtual_ip': ['web', '1.2.3', '[::1]'], 'alpha_health_check_http': ['127.0.0.1', 'file:///etc/passwd', 'http://u:p@h/', 'http://h/ x'],
            'alpha_health_check_tcp': ['8080', 'h:', '::1:80', 'http://h:1', '1.2.3:4'], 'alpha_health_check_grpc': ['h:1/', 'h/x'],
            'alpha_health_check_interval': ['10', '-1s', '0s', '9999999999h', '10 s'], 'alpha_app_unit': ['web', 'web.socket', 'a b.service', '@x.service', 'a@.service', 'x\n.service'],
            'alpha_acl_token_file': ['token', 's3cr3t'], 'alpha_http_addr': ['localhost', 'ftp://h:1', 'unix://x'],
        }.items():
            for value in values:
                with self.subTest(name=name, value=value[:30]):
                    given = {'settings': ENTERPRISE} if name == 'consul_namespace' else {}
                    key = next(iter(annotations(**{name: value})))
                    self.assertTrue(any(line.startswith(key + ': ') for line in faults(**given, **{name: value})), faults(**{name: value}))

    def test_annotations_that_contradict_each_other(self):
        several = {'connect_service': 'web,admin'}
        for given, key in (
            (several, 'transparent-proxy'),
            ({**several, 'transparent_proxy': 'false', 'enable_metrics': 'true'}, 'enable-metrics'),
            ({**several, 'transparent_proxy': 'false', 'enable_metrics_merging': 'true'}, 'enable-metrics-merging'),
            ({'connect_service': 'a,b,c', 'transparent_proxy': 'false', 'connect_service_port': '1,2'}, 'connect-service-port'),
            ({'prometheus_cert_file': '/c', 'prometheus_key_file': '/k'}, 'prometheus-ca-file'),
            ({'prometheus_ca_file': '/c', 'prometheus_key_file': '/k'}, 'prometheus-cert-file'),
            ({'prometheus_ca_file': '/c', 'prometheus_cert_file': '/k'}, 'prometheus-key-file'),
            ({'connect_service': ''}, 'connect-service'),
        ):
            with self.subTest(given):
                self.assertTrue(any(line.startswith(f'{P}{key}: ') for line in faults(**given)), faults(**given))
        self.assertTrue(faults(alpha_virtual_ip='1.2.3.4'))
        self.assertTrue(faults(alpha_app_unit='web.service', host={'app_user': 'envoy'}))
        self.assertEqual(faults(alpha_app_unit='web.service', host={'app_user': 'web'}), [])
        self.assertEqual(len(faults(**{f'service_meta_k{n}': 'v' for n in range(64)})), 1)
        self.assertEqual(faults(**{f'service_meta_k{n}': 'v' for n in range(63)}), [])

    def test_all_faults_come_at_once(self):
        found = faults(connect_service='a b', connect_service_port='x,y,80', enable_metrics='yes', alpha_virtual_ip='z')
        self.assertEqual([line.split(': ')[0] for line in found], [A + 'virtual-ip', P + 'connect-service', P + 'connect-service-port', P + 'connect-service-port', P + 'enable-metrics'])

    def test_other_shapes_of_the_file(self):
        for shape in (None, [], 'x', 1, {}, {'annotation': {}}, {'annotations': None}, {'annotations': []}, {'annotations': 'x'},
                      {'annotations': {}, 'settings': []}, {'annotations': {P + 'connect-service': 'web'}, 'settings': {'enterprise': 'yes'}},
                      {'name': None}, {'name': ['web']}, {'name': 'web', 'port': 80.5},
                      {'annotations': {P + 'connect-service': None}}, {'annotations': {P + 'connect-service': ['web']}},
                      {'annotations': {P + 'connect-service': {'a': 1}}}, {'annotations': {P + 'connect-service': 1.5}}):
            with self.subTest(shape):
                with self.assertRaises(G.Refused):
                    G.plan(shape, HOST)

    def test_hostile_values_of_any_key_never_crash(self):
        rng = random.Random(3)
        hostile = ['', ' ', ',', '\x00', 'a' * 65536, ',' * 65536, '"' * 5001, '{"a":' * 20000, '[' * 65000, '\ud800', '\u2028', '%s%n', '../' * 50, '$(id)',
                   ';id', '`id`', '1' * 5000, '9' * 65536, '1e' + '9' * 50, 'a:' * 999, 'a:1,' * 20000, '\\' * 333, 'é' * 300, True, False, 0, -1, 10**30, None, [], {}, 1.5]
        for key in sorted(G.KEYS) + [P + 'service-meta-x', P, A, P + 'service-meta-']:
            for value in rng.sample(hostile, 12):
                found = {P + 'connect-service': 'web', key: value}
                try:
                    text = G.registration_text(G.plan({'annotations': found}, HOST))
                    json.loads(text or '{}')
                except G.Refused as refused:
                    self.assertTrue(refused.args[0])


@unittest.skipUnless(vectors(), 'the consul-k8s cases are not present')
class Vectors(unittest.TestCase):
    """The cases of consul-k8s. Where a VM is stricter on purpose, the case is named here with the reason."""
    STRICTER = {'c039': 'no named ports on a VM', 'c040': 'decimal ports only', 'c070': 'no port above 65535'}

    def settings(self, case):
        given = case['input']
        namespaces, partitions = given.get('consul_namespaces_enabled', False), given.get('consul_partitions_enabled', False)
        return {'enterprise': True, 'namespaces': namespaces, 'partitions': partitions}

    def test_upstreams(self):
        count = 0
        for case in vectors():
            text = case['input'].get('annotations', {}).get(P + 'connect-service-upstreams')
            if text is None or case['input'].get('output') == 'env' or not (case['kind'] == 'upstreams' or case.get('area') == 'upstreams'):
                continue
            with self.subTest(case['id']):
                count += 1
                found = faults(settings=self.settings(case), connect_service_upstreams=text)
                if case['kind'] == 'error' or case['id'] in self.STRICTER:
                    self.assertTrue(found)
                    if case['kind'] == 'error' and case['expected'].get('match') == 'equals':
                        self.assertIn(case['expected']['error'], '\n'.join(found))
                else:
                    self.assertEqual(proxy(settings=self.settings(case), connect_service_upstreams=text).get('upstreams', []), case['expected']['upstreams'])
        self.assertGreater(count, 40)

    def test_tags_meta_and_what_the_first_version_got_wrong(self):
        count = 0
        for case in vectors():
            given, expected = case['input'].get('annotations') or {}, case['expected']
            if not {'tags', 'user_meta', 'proxy_mode', 'redirect_args'} & set(expected) or case.get('area') in ('tproxy-registration', 'decision'):
                continue
            with self.subTest(case['id']):
                count += 1
                found = G.plan({'annotations': {P + 'connect-service': 'web', **given}}, {**HOST, 'hostname': case['input'].get('instance_name', '<hostname>')})
                one = found.registration['service']
                if 'tags' in expected:
                    self.assertEqual(one.get('tags', []), [tag for tag in expected['tags'] if tag.strip()])
                if 'user_meta' in expected:
                    self.assertEqual({key: value for key, value in one['meta'].items() if key != 'managed-by'}, expected['user_meta'])
                if 'proxy_mode' in expected:
                    self.assertEqual(one['connect']['sidecar_service']['proxy']['mode'], expected['proxy_mode'])
                if 'redirect_args' in expected:
                    self.assertLessEqual(set(expected['redirect_args']), set(found.services[0]['redirect']))
        self.assertGreater(count, 10)


if __name__ == '__main__':
    unittest.main()
