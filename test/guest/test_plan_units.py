"""plan_annotations.py: how Envoy is started, and what its unit says beside that."""
import random
import re
import unittest

import unit_file
from plans import ENTERPRISE, G, filled, literals, plan

READY = '/usr/bin/python3 /srv/consul/probe-sidecar.py ready 127.0.0.1:19000 '


def directives(facts=None, i=0, **given):
    """(section, name) -> values of the unit that a guest with these facts writes."""
    return unit_file.directives('\n'.join(filled(plan(**given)['sidecars'][i]['unit'], facts)) + '\n')


def argv(facts=None, i=0, **given):
    """The words of the command that starts Envoy, as systemd reads them."""
    reset, command = directives(facts, i, **given)['Service', 'ExecStart']
    assert reset == ''
    return unit_file.command(command, d='/run/credentials/x', n='x')


PORTS = '"CONSUL_PORTS=sidecar-port:20000 admin-port:19000 outbound-port:15001"'


class Envoy(unittest.TestCase):
    def test_arguments(self):
        start = ['/usr/bin/env', 'consul', 'connect', 'envoy', '-sidecar-for=web', '-admin-bind=127.0.0.1:19000']
        for given, expected in (
            ({}, ['--', '--concurrency', '2']),
            ({'consul_envoy_proxy_concurrency': '0'}, []),
            ({'consul_envoy_proxy_concurrency': 4}, ['--', '--concurrency', '4']),
            ({'envoy_extra_args': '-l debug "a b" \'$x\' # no'}, ['--', '--concurrency', '2', '-l', 'debug', 'a b', '$x']),
            ({'envoy_extra_args': '--concurrency=8'}, ['--', '--concurrency=8']),
            ({'envoy_extra_args': ''}, ['--', '--concurrency', '2']),
            ({'envoy_extra_args': "''"}, ['--', '--concurrency', '2', '']),
            ({'use_proxy_health_check': 't', 'consul_envoy_proxy_concurrency': '0'}, ['-envoy-ready-bind-address=127.0.0.1', '-envoy-ready-bind-port=20800']),
            ({'enable_metrics': 'true', 'prometheus_ca_path': '/ca', 'prometheus_cert_file': '/c', 'prometheus_key_file': '/k', 'consul_envoy_proxy_concurrency': '0'},
             ['-prometheus-scrape-path=/metrics', '-prometheus-ca-path=/ca', '-prometheus-cert-file=/c', '-prometheus-key-file=/k']),
            ({'prometheus_scrape_path': '/x', 'consul_envoy_proxy_concurrency': '0'}, []),
            ({'settings': ENTERPRISE, 'consul_namespace': 'n', 'consul_envoy_proxy_concurrency': '0'}, ['-namespace=n']),
        ):
            with self.subTest(given):
                self.assertEqual(argv(**given), start + expected)

    def test_the_second_service_has_ports_of_its_own(self):
        self.assertEqual(argv(i=1, connect_service='web,admin', transparent_proxy='false', use_proxy_health_check='true')[1:], [
            'consul', 'connect', 'envoy', '-sidecar-for=admin', '-admin-bind=127.0.0.1:19001', '-envoy-ready-bind-address=127.0.0.1',
            '-envoy-ready-bind-port=20801', '--', '--base-id', '1', '--concurrency', '2'])


class Unit(unittest.TestCase):
    def test_its_lines_are_for_people_to_read(self):
        self.assertEqual(filled(plan(alpha_app_unit='web.service', envoy_extra_args='--log-path "/a b"')['sidecars'][0]['unit']), [
            '[Unit]', 'Before=web.service', '[Service]', 'ExecStart=', 'ExecStart=/usr/bin/env \\', '  consul connect envoy \\', '  -sidecar-for=web \\',
            '  -admin-bind=127.0.0.1:19000 \\', '  -- \\', '  --concurrency \\', '  2 \\', '  --log-path \\', '  "/a b"',
            'ExecStop=-/usr/bin/python3 /srv/consul/generate-sidecar-configs.py drain 127.0.0.1:19000 30', 'TimeoutStopSec=35',
            'Environment=' + PORTS])
        self.assertEqual(plan()['sidecars'][0]['unit'][0], '[Service]')

    def test_each_directive(self):
        for given, name, values in (
            ({}, 'TimeoutStopSec', ['35']),
            ({'sidecar_proxy_lifecycle_shutdown_grace_period_seconds': '60'}, 'TimeoutStopSec', ['65']),
            ({'sidecar_proxy_lifecycle_shutdown_grace_period_seconds': '0'}, 'TimeoutStopSec', ['15']),
            ({'enable_sidecar_proxy_lifecycle': 'false'}, 'TimeoutStopSec', None),
            ({'enable_sidecar_proxy_lifecycle': 'false'}, 'ExecStop', None),
            ({'enable_sidecar_proxy_lifecycle_shutdown_drain_listeners': 'false'}, 'ExecStop', ['-/usr/bin/python3 /srv/consul/generate-sidecar-configs.py wait 127.0.0.1:19000 30']),
            ({'sidecar_proxy_startup_failure_seconds': '60'}, 'ExecStartPost', [READY + '0 1 60 1']),
            ({'sidecar_proxy_startup_failure_seconds': '60'}, 'TimeoutStartSec', ['300']),
            ({'sidecar_proxy_lifecycle_startup_grace_period_seconds': '5'}, 'ExecStartPost', ['-' + READY + '0 1 5 1']),
            ({'enable_consul_dataplane_as_sidecar': 'true', 'sidecar_probe_failure_threshold': '3'}, 'ExecStartPost', [READY + '1 1 3 5']),
            ({'enable_consul_dataplane_as_sidecar': 'true', 'sidecar_probe_failure_threshold': '3'}, 'TimeoutStartSec', ['199']),
            ({'sidecar_probe_failure_threshold': '3'}, 'ExecStartPost', None),
            ({}, 'TimeoutStartSec', None),
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
            ({'consul_sidecar_access_log_path': '/var/log/envoy/a.log'}, 'ReadWritePaths', ['-/var/log/envoy']),
            ({'consul_sidecar_access_log_path': '/var/log/en voy/a.log'}, 'ReadWritePaths', ['"-/var/log/en voy"']),
            ({'consul_sidecar_access_log_path': '/dev/stdout'}, 'ReadWritePaths', None),
            ({'consul_sidecar_access_log_path': '/a.log'}, 'ReadWritePaths', None),
            ({'alpha_acl_token_file': '/etc/t%$"x', 'alpha_ca_file': '/ca', 'alpha_http_addr': 'https://127.0.0.1:8501'}, 'Environment',
             ['"CONSUL_HTTP_TOKEN_FILE=/etc/t%%$\\"x"', 'CONSUL_CACERT=/ca', 'CONSUL_HTTP_ADDR=https://127.0.0.1:8501', PORTS]),
            ({'alpha_acl_token_file': '/etc//./a:b/%n\\"$x/', 'alpha_client_cert_file': '/c', 'alpha_client_key_file': '/k'}, 'LoadCredential',
             ['acl-token:/etc/a:b/%%n\\"$x', 'client-cert:/c', 'client-key:/k']),
            ({'alpha_acl_token_file': '/t', 'alpha_ca_file': '/ca'}, 'LoadCredential', ['acl-token:/t', 'ca:/ca']),
            ({'alpha_acl_token_file': '/t'}, 'SetCredential', ['acl-token:missing']),
            ({'alpha_acl_token_file': '/t '}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '//.'}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '/t\\'}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '/t', 'facts': {'systemd': 246}}, 'LoadCredential', None),
            ({'alpha_acl_token_file': '/t', 'facts': {'systemd': 246}}, 'Environment', ['CONSUL_HTTP_TOKEN_FILE=/t', PORTS]),
            ({'alpha_admin_port': '19100', 'transparent_proxy': 'false', 'alpha_expose_paths': '21500:8080/health'}, 'Environment',
             ['"CONSUL_PORTS=sidecar-port:20000 admin-port:19100 expose-paths:21500"']),
            ({'alpha_acl_token_file': '/t', 'facts': {'systemd': 247}}, 'LoadCredential', ['acl-token:/t']),
            ({}, 'PermissionsStartOnly', None),
        ):
            with self.subTest(given=given, name=name):
                self.assertEqual(directives(**given).get(('Service', name)), values)

    def test_what_comes_before_and_beside_it(self):
        found = directives(alpha_app_unit='app@blue.service', sidecar_proxy_liveness_failure_seconds='9')
        self.assertEqual((found['Unit', 'Before'], found['Unit', 'Wants']), (['app@blue.service'], ['consul-envoy-watch@web.service']))

    def test_the_folder_of_the_access_log(self):
        for path, folder in (('/var/log/envoy/a.log', '/var/log/envoy'), ('//a//b//c', '//a//b'), ('/a/b/', '/a/b'), ('/a', None), ('/proc/1/fd/1', None), ('/devices/x', '/devices')):
            with self.subTest(path):
                for version, prefix in ((255, '-+'), (230, '-')):
                    unit = filled(plan(consul_sidecar_access_log_path=path)['sidecars'][0]['unit'], {'systemd': version})
                    found = [line.partition('=')[2] for line in unit if line.startswith('ExecStartPre=')]
                    command = prefix + '/bin/sh -c \'[ -d "$$0" ] || exec install -d -o envoy -g envoy "$$0"\' '
                    self.assertEqual(found, [command + folder] if folder else [])

    def test_only_envoy_is_given_the_copies_of_the_secrets_and_only_where_systemd_makes_them(self):
        for version, folder in ((246, None), (247, '/run/credentials/%n'), (249, '/run/credentials/%n'), (250, '%d'), (257, '%d')):
            with self.subTest(version):
                given = {'facts': {'systemd': version}, 'alpha_acl_token_file': '/etc/%d', 'alpha_client_key_file': '/k', 'alpha_client_cert_file': '/c'}
                lines = directives(**given)['Service', 'ExecStart'][1].split()
                copies = ['CONSUL_HTTP_TOKEN_FILE=%s/acl-token' % folder, 'CONSUL_CLIENT_CERT=%s/client-cert' % folder,
                          'CONSUL_CLIENT_KEY=%s/client-key' % folder] if folder else []
                self.assertEqual([word for word in lines if word != '\\'][:len(copies) + 2], ['/usr/bin/env', *copies, 'consul'])
                self.assertEqual(directives(**given)['Service', 'Environment'][:-1], ['"CONSUL_HTTP_TOKEN_FILE=/etc/%%d"', 'CONSUL_CLIENT_CERT=/c', 'CONSUL_CLIENT_KEY=/k'])

    def test_systemd_reads_back_every_word_it_is_given(self):
        rng = random.Random(7)
        alphabet = 'ab \\"\'%$;{}@#=-~*?!|&<>()`ü,:\u00a0'
        for _ in range(300):
            word = ''.join(rng.choice(alphabet) for _ in range(rng.randrange(1, 12)))
            quoted = "'" + word.replace("'", "'\\''") + "'"
            self.assertEqual(argv(envoy_extra_args=quoted)[-1], word, quoted)

    def test_words_have_quotes_where_they_need_them(self):
        for word, text in (('a', 'a'), ('--x=/a_B@c:1,2.3+', '--x=/a_B@c:1,2.3+'), ('', '""'), (';', '";"'), ('%', '"%%"'), ('$', '"$$"'), ('a\nExecStart=/bin/x\t\x7f', '"a\\x0aExecStart=/bin/x\\x09\\x7f"')):
            self.assertEqual(G.unit_word(word), text)
        self.assertEqual(G.unit_word('$', command=False), '"$"')

    def test_numbers_beyond_those_of_a_computer_stay_exact(self):
        most = str(G.RANGES['uint'][1])
        found = directives(enable_consul_dataplane_as_sidecar='true', sidecar_probe_period_seconds=most, sidecar_probe_failure_threshold=most)
        self.assertEqual(found['Service', 'TimeoutStartSec'], [str(180 + 1 + int(most) * (int(most) + 5))])

    def test_the_watch(self):
        self.assertNotIn('watch', plan()['sidecars'][0])
        self.assertEqual(filled(plan(sidecar_proxy_liveness_failure_seconds='9')['sidecars'][0]['watch']), [
            '[Unit]', 'PartOf=envoy@web.service', 'After=envoy@web.service', '[Service]', 'Restart=on-failure', 'RestartSec=5',
            'ExecStart=/usr/bin/python3 /srv/consul/probe-sidecar.py watch 127.0.0.1:19000 9 envoy@web.service'])

    def test_every_line_is_one_line_and_only_commands_go_on(self):
        nodes = plan(alpha_acl_token_file='/t', alpha_client_cert_file='/c', alpha_client_key_file='/k', sidecar_proxy_liveness_failure_seconds='9')['sidecars'][0]['unit']
        for line in literals(nodes):
            self.assertRegex(line, r'\A(\[[A-Z][a-z]+\]|[A-Z][A-Za-z]+=[^\\]*|ExecStart=/usr/bin/env \\|  [^\\]+( \\)?|/usr.*| /srv.*)\Z')
            self.assertNotRegex(line, re.compile('[\r\n]'))


if __name__ == '__main__':
    unittest.main()
