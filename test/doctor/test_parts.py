"""The parts of the doctor on this machine: deadlines, TLS, names, masks, what is printed, and the archive."""

import io
import json
import os
import socket
import ssl
import subprocess
import tarfile
import tempfile
import threading
import time
import unittest
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from fake import PLAN, TABLE, UUID, Fake, examined

import bundle
import certificates
import main
import mesh_checks
import report
import traffic_checks
from examination import examine, verdict
from outcome import FUNCTIONS, Failed, Late, Unseen
from words import masked, masked_data, shown, span


def made(folder: str, name: str) -> tuple[str, str]:
    """A key and a certificate that is its own CA, as files."""
    key, certificate = f'{folder}/{name}.key', f'{folder}/{name}.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2',
                    '-subj', f'/CN={name}', '-addext', f'subjectAltName=URI:spiffe://x/svc/{name},IP:127.0.0.1'], check=True, capture_output=True)
    return key, certificate


@contextmanager
def serving(answer, wrap=None):
    """A port of loopback at which each connection gets what `answer` makes of it."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        def serve() -> None:
            while True:
                try:
                    near, _ = listener.accept()
                except OSError:
                    return
                try:
                    with (wrap(near) if wrap else near) as open_one:
                        answer(open_one)
                except OSError:
                    pass
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


class Table(unittest.TestCase):
    def test_each_row_has_a_function_and_each_function_a_row(self) -> None:
        self.assertEqual([row['id'] for row in TABLE if row['id'] not in FUNCTIONS], [])
        self.assertEqual(set(FUNCTIONS), {row['id'] for row in TABLE})

    def test_what_a_check_needs_comes_before_it_and_sections_are_whole(self) -> None:
        seen, sections = set(), []
        for row in TABLE:
            self.assertLessEqual(set(row['needs']), seen, row['id'])
            self.assertRegex(row['meaning'], r'^\S.*\.$')
            seen.add(row['id'])
            sections += [] if sections[-1:] == [row['section']] else [row['section']]
        self.assertEqual(len(sections), len(set(sections)))

    def test_what_needs_a_failed_check_is_skipped_of_the_same_service_only(self) -> None:
        vm = Fake()
        other = json.loads(json.dumps(vm.plan_text['registration']['service']))
        other['name'] = 'api'
        vm.plan_text['registration'] = {'services': [vm.plan_text['registration']['service'], other]}
        table = [{'id': name, 'section': 'S', 'title': name, 'needs': needs, 'each': each, 'meaning': ''} for name, needs, each in (
            ('one', [], True), ('two', ['one'], True), ('all', ['two'], False), ('free', [], False))]

        def one(vm: Fake, name: str) -> str:
            if name == 'web':
                raise Failed('bad', 'do')
            return ''
        kept = dict(FUNCTIONS)
        self.addCleanup(lambda: (FUNCTIONS.clear(), FUNCTIONS.update(kept)))
        FUNCTIONS.update(one=one, two=lambda vm, name: 1 / 0, all=lambda vm: '', free=lambda vm: '')
        found = [(result.id, result.service, result.status) for result in examine(vm, table)]
        self.assertEqual(found, [('one', 'web', 'failed'), ('one', 'api', 'ok'), ('two', 'web', 'skipped'), ('two', 'api', 'unseen'),
                                 ('all', None, 'skipped'), ('free', None, 'ok')])

    def test_the_status_is_0_2_or_with_strict_1(self) -> None:
        vm = Fake()
        self.assertEqual(verdict(examined(vm), True), 0)
        vm.digests = {}
        self.assertEqual((verdict(examined(vm)), verdict(examined(vm), True)), (0, 1))
        vm.silent = 'x'
        self.assertEqual(verdict(examined(vm), True), 2)


class Deadlines(unittest.TestCase):
    def test_a_command_that_hangs_is_ended_with_all_that_it_started(self) -> None:
        start = time.monotonic()
        self.assertEqual(main.Vm(9).run('sh', '-c', 'sleep 61 & sleep 61', seconds=0.3)[0], 124)
        self.assertLess(time.monotonic() - start, 5)

    def test_what_no_deadline_reaches_is_ended_by_the_alarm(self) -> None:
        kept, alarm = dict(FUNCTIONS), main.ALARM
        self.addCleanup(lambda: (FUNCTIONS.clear(), FUNCTIONS.update(kept), setattr(main, 'ALARM', alarm)))
        main.TABLE[:], main.ALARM = TABLE[:2], 0.5
        self.addCleanup(main.TABLE.clear)
        FUNCTIONS['system-disk'] = lambda vm: time.sleep(60)
        out, start = io.StringIO(), time.monotonic()
        with redirect_stdout(out):
            self.assertEqual(main.main(['--output', 'json']), 0)
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual([one['status'] for one in json.loads(out.getvalue())['checks']], ['ok', 'unseen'])

    def test_when_the_time_is_over_what_is_left_is_not_seen(self) -> None:
        vm = Fake()
        vm.end = time.monotonic() - 1
        self.assertEqual({result.status for result in examined(vm)}, {'unseen'})

    def test_an_agent_that_accepts_and_is_silent_is_given_up(self) -> None:
        with serving(lambda near: time.sleep(3)) as port:
            vm = Asking(port)
            with self.assertRaisesRegex(main.Agent.request.__globals__['Silent'], 'did not answer in time'):
                vm.request('GET', '/', seconds=0.3)
            start = time.monotonic()
            with self.assertRaisesRegex(Unseen, 'did not answer in time'):
                vm.ask('/v1/agent/self')
            self.assertLess(time.monotonic() - start, 0.3)

    def test_an_agent_of_the_enterprise_edition_is_asked_in_the_namespace_of_the_service(self) -> None:
        vm, asked = Fake(), []
        vm.plan_text['registration']['service'].update(namespace='shop', partition='east')
        vm.request = lambda method, path, **more: asked.append(path) or (200, '{}')
        vm.ask('/v1/agent/services')
        vm.ask('/v1/health/connect/db?passing')
        self.assertEqual(asked, ['/v1/agent/services?ns=shop&partition=east', '/v1/health/connect/db?passing&ns=shop&partition=east'])

    def test_facts_are_found_out_once_and_so_is_that_they_cannot_be(self) -> None:
        vm = main.Vm(9)
        vm.read = lambda path, calls=[]: (_ for _ in ()).throw(Unseen('no')) if not calls.append(1) and len(calls) < 2 else 'late'
        for _ in range(2):
            with self.assertRaises(Unseen):
                vm.config_text


class Asking(main.Vm):
    """Its agent is at a port of loopback."""

    def __init__(self, port: int, scheme: str = 'http', **variables: str) -> None:
        super().__init__(9)
        self.facts['api',] = (scheme, '127.0.0.1', port), None
        self.facts['first_variables',] = variables, None
        self.facts['registrations',] = {'web': PLAN['registration']['service']}, None
        self.facts['plan',] = PLAN, None
        self.facts['environment', 'envoy@web.service'] = variables, None
        self.facts['token', 'web'] = (None, ''), None


class Tls(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = self.enterContext(tempfile.TemporaryDirectory()) if hasattr(self, 'enterContext') else tempfile.mkdtemp()
        self.key, self.certificate = made(self.folder, 'web')

    def context(self, client: str | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        if client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client)
        return context

    def test_the_dates_of_a_certificate_are_read(self) -> None:
        begin, end = certificates.validity(certificates.ders(Path(self.certificate).read_text())[0])
        self.assertEqual(end - begin, 2 * 86400)
        self.assertLess(abs(begin - time.time()), 60)
        for junk in (b'', b'0', b'\x30\x03\x02\x01\x01', os.urandom(64)):
            with self.assertRaises(ValueError):
                certificates.validity(junk)

    def xds(self, port: int, tls: bool, **variables: str) -> str:
        scheme = 'https://' if tls else ''
        return FUNCTIONS['agent-xds'](Asking(1, CONSUL_GRPC_ADDR=f'{scheme}127.0.0.1:{port}', **variables), 'web')

    def test_the_port_for_envoy_is_spoken_to_as_envoy_will(self) -> None:
        def settings(near: socket.socket) -> None:
            near.recv(99)
            near.sendall(b'\0\0\6\4\0\0\0\0\0' + b'\0' * 6)
        wrap = lambda near: self.context().wrap_socket(near, server_side=True)  # noqa: E731
        with serving(settings) as plain, serving(settings, wrap) as secure:
            self.assertIn(str(plain), self.xds(plain, False))
            with self.assertRaisesRegex(Failed, 'knows no CA'):
                self.xds(secure, True)
            self.assertIn('by TLS', self.xds(secure, True, CONSUL_CACERT=self.certificate))
            for port, tls, words in ((plain, True, 'speaks no TLS|ended the connection'), (secure, False, 'without TLS')):
                with self.assertRaisesRegex(Failed, words):
                    self.xds(port, tls, CONSUL_CACERT=self.certificate)
            with self.assertRaisesRegex(Failed, 'not of the CA'):
                self.xds(secure, True, CONSUL_CACERT=made(self.folder, 'other')[1])

    def test_a_listener_is_shown_the_certificate_of_the_service_and_nothing_touches_a_disk(self) -> None:
        key, certificate = made(self.folder, 'peer')
        vm = Asking(1)
        vm.facts['ask', '/v1/agent/connect/ca/leaf/web'] = {'CertPEM': Path(certificate).read_text(), 'PrivateKeyPEM': Path(key).read_text()}, None
        vm.facts['ask', '/v1/agent/connect/ca/roots'] = {'Roots': [{'RootCert': Path(self.certificate).read_text()}]}, None
        seen = []

        def look(near: ssl.SSLSocket) -> None:
            seen.append(near.getpeercert()['subject'][0][0][1])
        wrap = lambda near: self.context(certificate).wrap_socket(near, server_side=True)  # noqa: E731
        with serving(look, wrap) as port:
            self.assertIn('spiffe://x/svc/web', mesh_checks.handshake(vm, 'web', '127.0.0.1', port))
        self.assertEqual(seen, ['peer'])
        with serving(look, lambda near: self.context(self.certificate).wrap_socket(near, server_side=True)) as port:
            with self.assertRaises(ssl.SSLError):
                mesh_checks.handshake(vm, 'web', '127.0.0.1', port)


class Names(unittest.TestCase):
    def test_a_server_is_asked_once_over_loopback(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(('127.0.0.1', 0))

            def answer() -> None:
                asked, peer = server.recvfrom(512)
                server.sendto(asked[:2] + b'\x81\x83' + asked[4:6] + b'\0\2' + asked[8:], peer)
            threading.Thread(target=answer, daemon=True).start()
            vm = main.Vm(9)
            self.assertEqual(vm.query('127.0.0.1', server.getsockname()[1], 'consul.service.consul'), (3, 2))
        self.assertIsNone(main.Vm(9).query('127.0.0.1', 1, 'x', 0.2))

    def test_a_module_is_not_loaded_by_asking(self) -> None:
        for loaded, built, has in ((None, None, True), ('', None, True), ('nft_nat 1 0\n', 'kernel/net/x.ko\n', False), ('nf_tables 1 0\n', '', True), ('', 'kernel/net/netfilter/nf_tables.ko\n', True)):
            vm = main.Vm(9)
            vm.read = lambda path, loaded=loaded, built=built: loaded if path == '/proc/modules' else built
            self.assertEqual(vm.has_module('nf_tables'), has, (loaded, built))

    def test_sockets_that_listen_are_read_of_both_families(self) -> None:
        with socket.create_server(('127.0.0.1', 0)) as four, socket.create_server(('::1', 0), family=socket.AF_INET6) as six:
            found = {(port, address) for port, address, _, _ in main.Vm(9).listening}
            self.assertLessEqual({('127.0.0.1', four.getsockname()[1])[::-1], ('::1', six.getsockname()[1])[::-1]}, found)

    def test_exclusions_are_found_in_the_language_of_nftables(self) -> None:
        lines = ['tcp dport 22 return', 'tcp dport 9000-9010 return', 'ip daddr 169.254.169.254 return', 'ip6 daddr fd00:ec2::254 return', 'meta skuid 990 return']
        for flag, value in (('exclude-inbound-port', '22'), ('exclude-outbound-port', '9000:9010'), ('exclude-outbound-cidr', '169.254.169.254/32'),
                            ('exclude-outbound-cidr', 'fd00:ec2::254/128'), ('exclude-uid', '990')):
            self.assertTrue(traffic_checks.left_alone(lines, flag, value), value)
            self.assertFalse(traffic_checks.left_alone([line for line in lines if value.split('/')[0].replace(':', '-' if 'port' in flag else ':') not in line], flag, value))


class Words(unittest.TestCase):
    def test_secrets_are_masked_by_name_shape_and_value(self) -> None:
        for text in ('"token": "hunter2"', "gossip_key = 'hunter2'", 'encrypt=hunter2', 'X-Consul-Token: hunter2', 'http://u:hunter2@h/', 'Bearer hunter2',
                     '-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----', 'dbPassword: hunter2', 'said hunter2', '?token=hunter2', '--token=hunter2'):
            self.assertNotIn('hunter2', masked(text, {'hunter2'} if text.startswith('said') else ()), text)

    def test_what_is_no_secret_is_left(self) -> None:
        for text in ('token_file: /etc/token', '"ConnectEnabled": true', 'public_key_type = rsa', 'waiting for /etc/consul.d/tokens/service', 'into /etc/token: it needs service:write',  'cluster.web.upstream_cx_total: 5',
                     'ssl.session_reused: 0', 'CONSUL_HTTP_TOKEN_FILE=/etc/token', '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----'):
            self.assertEqual(masked(text), text)

    def test_data_is_masked_by_key_and_by_a_name_beside_it(self) -> None:
        found = masked_data({'initial_metadata': [{'key': 'x-consul-token', 'value': 'hunter2'}], 'token': 'hunter2', 'tokens': {'agent_token': 'hunter2'}, 'port': 5,
                             'url': '/v1/x', 'note': 'known'}, {'known'})
        self.assertNotIn('hunter2', str(found))
        self.assertEqual((found['port'], found['url'], found['note']), (5, '/v1/x', '********'))

    def test_nothing_moves_the_cursor(self) -> None:
        self.assertEqual(shown('a\n\x1b[2Jb\u202e'), 'a \\u001b[2Jb\\u202e')
        self.assertEqual([span(seconds) for seconds in (1, -59, 3600, 7200, 200000)], ['1 second', '59 seconds', '60 minutes', '2 hours', '2 days'])


class Printed(unittest.TestCase):
    def people(self, encoding: str, colour: str = 'auto') -> str:
        vm, raw = Fake(), io.BytesIO()
        vm.silent = 'nothing \u2014 listens'
        printer = report.People(io.TextIOWrapper(raw, encoding=encoding), colour)
        results = examined(vm)
        for result in results:
            printer.add(result)
        printer.end(results)
        return raw.getvalue().decode(encoding)

    def test_a_line_a_check_in_the_order_of_the_table_and_below_a_failed_one_what_to_do(self) -> None:
        said = self.people('utf-8')
        self.assertIn('\n  \u00d7 its API answers\n      cause   http://127.0.0.1:8500: nothing \u2014 listens\n      remedy  make the agent', said)
        self.assertIn('      more    `consul-vm-inject explain doctor/agent-api`\n', said)
        self.assertIn('\n  - it has joined the servers: skipped, see agent-api\n', said)
        self.assertIn('\nBegin with this: its API answers (agent-api)\n', said)
        sections = [line for line in said.splitlines() if line and line[0] != ' ']
        self.assertEqual(sections[:9], list(dict.fromkeys(row['section'] for row in TABLE))[:9])
        self.assertNotIn('\x1b', said)

    def test_an_encoding_without_the_signs_gets_words(self) -> None:
        said = self.people('ascii')
        self.assertIn('  FAILED its API answers\n', said)
        self.assertIn('nothing \\u2014 listens', said)

    def test_colours_are_for_terminals_and_for_whom_asks(self) -> None:
        self.assertIn('\x1b[31m\u00d7\x1b[0m', self.people('utf-8', 'always'))
        terminal = io.StringIO()
        terminal.isatty = lambda: True
        was = {key: os.environ.pop(key, None) for key in ('NO_COLOR', 'TERM')}
        self.addCleanup(lambda: os.environ.update({key: value for key, value in was.items() if value}))
        self.assertTrue(report.wants_colour('auto', terminal))
        os.environ['NO_COLOR'] = '1'
        self.assertFalse(report.wants_colour('auto', terminal))
        del os.environ['NO_COLOR']

    def test_as_data_it_says_the_same(self) -> None:
        vm, stream = Fake(), io.StringIO()
        vm.silent = 'nothing'
        results = examined(vm)
        report.Programs(stream).end(results)
        found = json.loads(stream.getvalue())
        self.assertEqual((found['first'], found['status'], found['version']), ('agent-api', 'failed', '1.2.3'))
        self.assertEqual([one['id'] for one in found['checks']], [row['id'] for row in TABLE])


class Archive(unittest.TestCase):
    def test_it_holds_what_support_asks_for_and_no_secret(self) -> None:
        vm = Fake()
        secret = 'c2VjcmV0LWdvc3NpcC1rZXk='
        vm.files['/etc/consul.d/service-registration.json'] = json.dumps({'service': {'name': 'web', 'token': UUID}})
        vm.files['/etc/consul.d/0-consul-vm-injected.json'] = json.dumps({'encrypt': secret})
        vm.files['/var/lib/consul-vm-inject/installed.json'] = json.dumps({'registration': json.dumps({'service': {'token': UUID}})})
        vm.admin_answers['/config_dump'] = json.dumps({'metadata': [{'key': 'x-consul-token', 'value': UUID}]})
        vm.programs.update(journalctl=f'it said {UUID} and {secret}\n', systemctl=f'Environment=CONSUL_HTTP_TOKEN={UUID}\n', ip='1: lo\n')
        vm.agent_answers['/v1/agent/services']['web']['Token'] = UUID
        results = examined(vm)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'x.tar.gz'
            missing = bundle.write(vm, results, str(path))
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            with tarfile.open(path) as archive:
                files = {entry.name.split('/', 1)[1]: archive.extractfile(entry).read().decode() for entry in archive}
        for name in ('report.json', 'files/srv/consul/service-config.json', 'rules/iptables-nft.txt', 'envoy/web/config_dump.txt', 'agent/agent-self.json',
                     'units/envoy@web.service.log', 'commands/addresses.txt'):
            self.assertTrue(files.get(name), name)
        for name, text in files.items():
            self.assertNotIn(UUID, text, name)
            self.assertNotIn(secret, text, name)
        self.assertIn('iptables', files['rules/iptables-nft.txt'] + 'iptables')
        self.assertEqual([line for line in missing if 'agent-self' in line], [])


class Program(unittest.TestCase):
    """The modules as one program, as it goes through a pipe."""

    @classmethod
    def setUpClass(cls) -> None:
        tool = Path(__file__).parent.parent.parent / 'dist/bin/consul-vm-inject.js'
        cls.tool = ['node', str(tool), 'doctor']
        cls.text = subprocess.run(cls.tool, check=True, capture_output=True).stdout

    def run_it(self, *options: str, text: bytes | None = None, **more: object) -> subprocess.CompletedProcess:
        return subprocess.run(['/usr/bin/python3', '-', *options], input=self.text if text is None else text, capture_output=True, timeout=60, **more)

    def test_it_is_python_3_6_and_imports_the_standard_library_alone(self) -> None:
        import ast
        import sys
        tree = ast.parse(self.text, feature_version=(3, 6))
        names = {alias.name.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        self.assertLessEqual(names, set(sys.stdlib_module_names))
        self.assertNotIn('capture_output', self.text.decode())

    def test_it_finds_that_this_machine_was_not_injected(self) -> None:
        start = time.monotonic()
        done = self.run_it('--output', 'json')
        self.assertLess(time.monotonic() - start, 20)
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, found['first'], done.stderr), (2, 'plan-readable', b''))
        self.assertEqual(len(found['checks']), len(TABLE))

    def test_options_may_be_baked_in(self) -> None:
        baked = subprocess.run([*self.tool, '--output=json', '--strict'], check=True, capture_output=True).stdout
        self.assertEqual(json.loads(self.run_it(text=baked).stdout)['first'], 'plan-readable')
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/it's '''\u00e4.tar.gz"
            baked = subprocess.run([*self.tool, '--bundle', path], check=True, capture_output=True).stdout
            self.run_it(text=baked)
            self.assertTrue(tarfile.is_tarfile(path))

    def test_a_bundle_goes_down_the_pipe_and_the_report_beside_it(self) -> None:
        done = self.run_it('--bundle', '-')
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            self.assertTrue(archive.getnames())
        self.assertIn(b'Begin with this', done.stderr)

    def test_it_writes_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.run_it(cwd=folder, env={'HOME': folder, 'TMPDIR': folder, 'PATH': os.environ['PATH']})
            self.assertEqual(os.listdir(folder), [])


if __name__ == '__main__':
    unittest.main()
