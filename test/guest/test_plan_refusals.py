"""plan_annotations.py: what is refused, in which words, and what consul-k8s makes of the same annotations."""
import json
import random
import unittest

from plans import ENTERPRISE, G, annotations, faults, filled, proxy
from support import A, P, vectors


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
            'transparent_proxy_exclude_outbound_cidrs': ['example.com', '10.0.0.0/33', '10.0.0.0/8 -j ACCEPT', '::1%lo', '010.0.0.1', '::ffff:1.2.3.4', '::01.2.3.4'],
            'transparent_proxy_exclude_uids': ['Root', '-1', '4294967295', '$(id)', '²'], 'envoy_extra_args': ['"', "'", '\\', 'a\nb'],
            'sidecar_proxy_cpu_limit': ['50%', '-1', '1 core', 'x', '1e9999'], 'sidecar_proxy_memory_limit': ['64MB', '64mi', '9Ei '],
            'sidecar_proxy_startup_failure_seconds': ['30s', '-1', '1.5', '4294967296'], 'consul_sidecar_access_log_path': ['log', '/../x'],
            'alpha_virtual_ip': ['web', '1.2.3', '[::1]'], 'alpha_health_check_http': ['127.0.0.1', 'file:///etc/passwd', 'http://u:p@h/', 'http://h/ x', 'http://[1.2.3.4]/'],
            'alpha_health_check_tcp': ['8080', 'h:', '::1:80', 'http://h:1', '1.2.3:4'], 'alpha_health_check_grpc': ['h:1/', 'h/x'],
            'alpha_health_check_interval': ['10', '-1s', '0s', '9999999999h', '10 s'], 'alpha_app_unit': ['web', 'web.socket', 'a b.service', '@x.service', 'a@.service', 'x\n.service'],
            'alpha_acl_token_file': ['token', 's3cr3t', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'], 'alpha_http_addr': ['localhost', 'ftp://h:1', 'unix://x', 'unix:///../x'],
            'connect_inject_status': ['x' * 4097, '\U0001f600' * 2049],
            'service_tags': ['6BA7b810-9dad-11d1-80b4-00c04fd430c8', '-----BEGIN EC PRIVATE KEY-----'],
        }.items():
            for value in values:
                with self.subTest(name=name, value=value[:30]):
                    key = next(iter(annotations(**{name: value})))
                    self.assertTrue(any(line.startswith(key + ': ') for line in faults(**{name: value})), faults(**{name: value}))

    def test_a_secret_is_not_repeated_in_the_words_that_refuse_it(self):
        found = faults(connect_service_tags='6ba7b810-9dad-11d1-80b4-00c04fd430c8', alpha_acl_token_file='6ba7b810-9dad-11d1-80b4-00c04fd430c8')
        self.assertEqual(len(found), 2)
        self.assertNotIn('6ba7', ''.join(found))

    def test_annotations_that_contradict_each_other(self):
        several = {'connect_service': 'web,admin'}
        for given, key in (
            (several, 'transparent-proxy'),
            ({**several, 'transparent_proxy': 'false', 'enable_metrics': 'true'}, 'enable-metrics'),
            ({**several, 'transparent_proxy': 'false', 'enable_metrics_merging': 'true'}, 'enable-metrics-merging'),
            ({'enable_metrics_merging': 'T', 'prometheus_ca_file': '/a', 'prometheus_cert_file': '/c', 'prometheus_key_file': '/k'}, 'enable-metrics-merging'),
            ({'connect_service': 'a,b,c', 'transparent_proxy': 'false', 'connect_service_port': '1,2'}, 'connect-service-port'),
            ({'prometheus_cert_file': '/c', 'prometheus_key_file': '/k'}, 'prometheus-ca-file'),
            ({'prometheus_ca_file': '/c', 'prometheus_key_file': '/k'}, 'prometheus-cert-file'),
            ({'prometheus_ca_file': '/c', 'prometheus_cert_file': '/k'}, 'prometheus-key-file'),
            ({'connect_service': ''}, 'connect-service'),
        ):
            with self.subTest(given):
                self.assertEqual([line for line in faults(**given) if not line.startswith(f'{P}{key}: ')], [])
                self.assertTrue(faults(**given))
        self.assertTrue(faults(alpha_virtual_ip='1.2.3.4'))
        self.assertEqual(faults(alpha_virtual_ip='1.2.3.4', connect_service_port='1'), [])

    def test_an_agent_takes_64_meta_entries_of_a_service(self):
        pairs = {f'service_meta_k{n}': 'v' for n in range(64)}
        self.assertEqual(len(faults(**pairs)), 1)
        del pairs['service_meta_k63']
        self.assertEqual(faults(**pairs), [])
        several = {'settings': ENTERPRISE, 'connect_service_port': '1,2'}
        self.assertEqual(len(faults(**several, **pairs)), 1)
        for name in ('k62', 'k61', 'k60'):
            del pairs['service_meta_' + name]
        self.assertEqual(faults(**several, **pairs), [])

    def test_all_faults_come_at_once(self):
        found = faults(connect_service='a b', connect_service_port='x,y,80', enable_metrics='yes', alpha_virtual_ip='z')
        self.assertEqual([line.split(': ')[0] for line in found], [A + 'virtual-ip', P + 'connect-service', P + 'connect-service-port', P + 'connect-service-port', P + 'enable-metrics'])

    def test_other_shapes_of_the_file(self):
        for shape in (None, [], 'x', 1, {}, {'annotation': {}}, {'annotations': None}, {'annotations': []}, {'annotations': 'x'},
                      {'annotations': {}, 'settings': []}, {'annotations': {P + 'connect-service': 'web'}, 'settings': {'enterprise': 'yes'}},
                      {'name': None}, {'name': ['web']}, {'name': 'web', 'port': 80.5}, {'format': 2, 'plan': {}},
                      {'annotations': {P + 'connect-service': None}}, {'annotations': {P + 'connect-service': ['web']}},
                      {'annotations': {P + 'connect-service': {'a': 1}}}, {'annotations': {P + 'connect-service': 1.5}}):
            with self.subTest(shape):
                with self.assertRaises(G.Refused):
                    G.plan(shape)

    def test_hostile_values_of_any_key_never_crash(self):
        rng = random.Random(3)
        hostile = ['', ' ', ',', '\x00', 'a' * 65536, ',' * 65536, '"' * 5001, '{"a":' * 20000, '[' * 65000, '\ud800', '\u2028', '%s%n', '../' * 50, '$(id)',
                   ';id', '`id`', '1' * 5000, '9' * 65536, '1e' + '9' * 50, 'a:' * 999, 'a:1,' * 20000, '22,' * 20000, '\\' * 333, 'é' * 300, True, False, 0, -1, 10**30, None, [], {}, 1.5]
        for key in [*sorted(G.SYNTAXES), P + 'service-meta-x', P, A, P + 'service-meta-']:
            for value in rng.sample(hostile, 12):
                found = {P + 'connect-service': 'web', key: value}
                try:
                    json.loads(G.canonical(G.plan({'annotations': found})[0]))
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
                found = G.plan({'annotations': {P + 'connect-service': 'web', **given}})[0]
                one = found['registration']['service']
                facts = {'hostname': case['input'].get('instance_name', '<hostname>')}
                if 'tags' in expected:
                    self.assertEqual(filled(one.get('tags', []), facts), [tag for tag in expected['tags'] if tag.strip()])
                if 'user_meta' in expected:
                    self.assertEqual({key: filled([value], facts)[0] for key, value in one['meta'].items() if key != 'managed-by'}, expected['user_meta'])
                if 'proxy_mode' in expected:
                    self.assertEqual(one['connect']['sidecar_service']['proxy']['mode'], expected['proxy_mode'])
                if 'redirect_args' in expected:
                    self.assertLessEqual(set(expected['redirect_args']), set(filled(found['sidecars'][0]['redirect'])))
        self.assertGreater(count, 10)


if __name__ == '__main__':
    unittest.main()
