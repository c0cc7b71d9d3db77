"""What generate-sidecar-configs.py does to a guest: files below a root of its own, systemctl and consul as stand-ins."""
import contextlib
import http.server
import io
import json
import os
import stat
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from support import A, BIN, GUEST, P, load_generator, run

G = load_generator()
HOST = {'hostname': 'vm1', 'instance_id': 'i-1', 'resolved': True}
SCRIPT = GUEST / 'generate-sidecar-configs.py'


class GuestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / 'root'
        self.units = Path(folder.name) / 'units'
        self.log = Path(folder.name) / 'log'
        self.root.mkdir()
        self.units.mkdir()
        environment = {'PATH': f'{BIN}:{os.environ["PATH"]}', 'FAKE_LOG': str(self.log), 'FAKE_UNITS': str(self.units)}
        patch = mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)
        self.messages = []
        patch = mock.patch.object(G, 'log', self.messages.append)
        patch.start()
        self.addCleanup(patch.stop)
        self.unit('consul.service', 'inactive')

    def unit(self, name, state):
        (self.units / name).write_text(state + '\n')

    def apply(self, given=None, live=True, host=None):
        """Applies annotations (short names; None: there is no configuration). Returns (exit code, commands, changed files)."""
        found = {(A + key[6:] if key.startswith('alpha_') else P + key).replace('_', '-'): value for key, value in (given or {}).items()}
        wanted = G.Plan() if given is None else G.plan({'annotations': found}, {**HOST, **(host or {})})
        guest = G.Guest(str(self.root), live)
        code = guest.apply(wanted)
        commands = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.write_text('')
        return code, [line for line in commands if not line.startswith(('systemctl is-active', 'systemctl cat', "consul 'validate'"))], guest.changed

    def files(self):
        return sorted(str(path)[len(str(self.root)):] for path in self.root.rglob('*') if path.is_file())

    def read(self, name):
        return Path(str(self.root) + name).read_text(encoding='utf-8')


WEB = {'connect_service': 'web', 'connect_service_port': '8080', 'connect_service_upstreams': 'api:9191'}


class Apply(GuestCase):
    def test_the_first_run_writes_starts_the_agent_and_the_sidecar(self):
        code, commands, _ = self.apply(WEB)
        self.assertEqual(code, 0)
        self.assertEqual(self.files(), [
            '/etc/consul.d/service-registration.json', '/run/consul-vm-inject/web.redirect', '/run/consul/upstreams-web.env',
            '/run/systemd/resolved.conf.d/consul-vm-inject.conf', '/run/systemd/system/envoy@web.service.d/50-consul-vm-inject.conf',
            '/var/lib/consul-vm-inject/registration.sha256'])
        self.assertEqual(commands, ['systemctl daemon-reload', 'systemctl --no-block try-restart systemd-resolved.service',
                                    'systemctl --no-block start consul.service', 'systemctl --no-block start envoy@web.service'])
        self.assertEqual(json.loads(self.read(G.REGISTRATION))['service']['name'], 'web')
        self.assertEqual(self.read(G.RESOLVED), '[Resolve]\nDNS=127.0.0.1:8600\nDomains=~consul\n')
        self.assertEqual(self.read(G.ENVIRONMENT % 'web'), 'API_CONNECT_SERVICE_HOST=127.0.0.1\nAPI_CONNECT_SERVICE_PORT=9191\n')
        self.assertEqual(self.read(G.REDIRECT % 'web').splitlines()[0], '-proxy-id=web-sidecar-proxy')

    def test_the_second_run_writes_nothing_and_restarts_nothing(self):
        self.apply(WEB)
        times = {name: Path(str(self.root) + name).stat().st_mtime_ns for name in self.files()}
        self.unit('consul.service', 'active')
        self.unit('envoy@web.service', 'active')
        code, commands, changed = self.apply(WEB)
        self.assertEqual((code, changed), (0, set()))
        self.assertEqual(commands, ['systemctl --no-block start envoy@web.service'])
        self.assertEqual({name: Path(str(self.root) + name).stat().st_mtime_ns for name in self.files()}, times)

    def test_at_the_next_boot_only_what_run_lost_is_written(self):
        self.apply(WEB)
        for name in self.files():
            if name.startswith('/run/'):
                Path(str(self.root) + name).unlink()
        _, commands, changed = self.apply(WEB)
        self.assertTrue(all(name.startswith('/run/') for name in changed))
        self.assertIn('systemctl --no-block start envoy@web.service', commands)

    def test_a_change_reloads_the_agent_and_restarts_a_sidecar_only_when_it_has_to(self):
        self.unit('consul.service', 'active')
        self.apply(WEB)
        self.unit('envoy@web.service', 'active')
        for change, restart, reload in (
            ({'service_tags': 'v2'}, False, True), ({'service_tags': 'v2', 'connect_service_upstreams': 'api:9191,db:5432'}, False, True),
            ({'envoy_extra_args': '-l debug'}, True, True), ({'transparent_proxy_exclude_inbound_ports': '9100'}, True, False),
            ({'transparent_proxy': 'false'}, True, True), ({'proxy_config_map': '{"a": 1}'}, True, True),
            ({'sidecar_proxy_memory_limit': '1Gi', 'proxy_config_map': '{"a": 1}'}, True, False),
        ):
            with self.subTest(change):
                _, commands, _ = self.apply({**WEB, **change})
                self.assertEqual('systemctl --no-block restart envoy@web.service' in commands, restart)
                self.assertEqual('systemctl --no-block reload consul.service' in commands, reload)
                if reload and restart:
                    self.assertLess(commands.index('systemctl --no-block reload consul.service'), commands.index('systemctl --no-block restart envoy@web.service'))

    def test_direct_mode_has_no_redirection_file(self):
        self.apply(WEB)
        self.apply({**WEB, 'transparent_proxy': 'false'})
        self.assertNotIn(G.REDIRECT % 'web', self.files())

    def test_a_failed_sidecar_gets_another_chance(self):
        self.unit('envoy@web.service', 'failed')
        _, commands, _ = self.apply(WEB)
        self.assertEqual(commands[-2:], ['systemctl reset-failed envoy@web.service', 'systemctl --no-block start envoy@web.service'])

    def test_a_renamed_service_is_stopped_before_the_new_one_starts(self):
        self.apply(WEB)
        _, commands, _ = self.apply({**WEB, 'connect_service': 'shop'})
        self.assertLess(commands.index('systemctl stop envoy@web.service'), commands.index('systemctl --no-block start envoy@shop.service'))
        self.assertEqual([name for name in self.files() if 'web' in name], [])

    def test_two_services_and_then_one(self):
        two = {'connect_service': 'web,admin', 'connect_service_port': '8080,9090', 'transparent_proxy': 'false', 'sidecar_proxy_liveness_failure_seconds': '9'}
        _, commands, _ = self.apply(two)
        self.assertEqual(commands[-2:], ['systemctl --no-block start envoy@web.service', 'systemctl --no-block start envoy@admin.service'])
        self.assertIn(G.WATCH % 'admin', self.files())
        _, commands, _ = self.apply({**two, 'connect_service': 'admin', 'connect_service_port': '9090'})
        self.assertIn('systemctl stop envoy@web.service', commands)
        self.assertNotIn(G.WATCH % 'web', self.files())

    def test_a_removed_configuration_takes_the_vm_out_of_the_mesh(self):
        for given in (None, {'connect_service': 'web', 'connect_inject': 'false'}):
            with self.subTest(given):
                self.apply({**WEB, 'alpha_app_unit': 'app.service'})
                self.unit('consul.service', 'active')
                code, commands, _ = self.apply(given)
                self.assertEqual((code, self.files()), (0, []))
                self.assertEqual(commands, ['systemctl --no-block reload consul.service', 'systemctl stop envoy@web.service',
                                            'systemctl daemon-reload', 'systemctl --no-block try-restart systemd-resolved.service'])
                self.assertEqual(self.apply(given)[1:], ([], set()))

    def test_a_registration_of_somebody_else_is_never_removed_and_kept_aside_when_replaced(self):
        theirs = '{"service": {"name": "db", "meta": {"managed-by": "me"}}}\n'
        for content in (theirs, 'not json', '{"services": [1]}', '[]', ''):
            with self.subTest(content):
                target = Path(str(self.root) + G.REGISTRATION)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content)
                self.assertEqual(self.apply(None)[1:], ([], set()))
                self.assertEqual(target.read_text(), content)
                self.apply(WEB)
                self.assertEqual(json.loads(target.read_text())['service']['name'], 'web')
                if content:
                    self.assertEqual(self.read(G.REGISTRATION + '.before-consul-vm-inject'), content)
                self.apply(None)
                self.assertFalse(target.exists())

    def test_ours_is_known_again_when_the_operator_says_who_manages_it(self):
        self.apply({**WEB, 'service_meta_managed_by': 'me'})
        self.apply(None)
        self.assertEqual(self.files(), [])

    def test_a_registration_that_consul_cannot_parse_is_not_written(self):
        for message, code in (('Config validation failed: failed to parse /tmp/x/service-registration.json: x', 2),
                              ('Config validation failed: 1 error occurred: * invalid config key service.ports', 2),
                              ('Config validation failed: data_dir cannot be empty', 0)):
            with self.subTest(message), mock.patch.dict(os.environ, FAKE_VALIDATE=message):
                self.assertEqual(self.apply({**WEB, 'service_tags': message})[0], code)
                self.assertEqual(bool(self.files()), code == 0)

    def test_an_agent_without_a_unit_is_told_by_its_own_command(self):
        (self.units / 'consul.service').unlink()
        self.assertIn("consul 'reload'", self.apply(WEB)[1])
        self.unit('consul.service', 'active')
        with mock.patch.dict(os.environ, FAKE_FAILS='reload'):
            self.assertIn("consul 'reload'", self.apply({**WEB, 'service_tags': 'x'})[1])

    def test_without_systemd_nothing_is_run(self):
        self.assertEqual(self.apply(WEB, live=False)[1], [])
        self.assertIn(G.REGISTRATION, self.files())

    def test_the_application_waits_at_the_next_boot(self):
        self.apply({**WEB, 'alpha_app_unit': 'app.service'})
        self.assertIn('[Unit]\nBefore=app.service\n', self.read(G.ORDER))
        self.apply(WEB)
        self.assertNotIn(G.ORDER, self.files())

    def test_the_access_log_has_a_directory(self):
        self.apply({**WEB, 'consul_sidecar_access_log_path': '/var/log/envoy/access.log'})
        self.assertTrue((self.root / 'var/log/envoy').is_dir())

    def test_files_are_replaced_whole_with_their_modes(self):
        guest = G.Guest(str(self.root))
        target = self.root / 'etc/x'
        target.parent.mkdir()
        target.symlink_to('/dev/null')
        guest.write('/etc/x', 'content\n', 0o640, 0 if os.geteuid() else os.getgid())
        self.assertEqual((target.is_symlink(), target.read_text(), stat.S_IMODE(target.stat().st_mode)), (False, 'content\n', 0o640))
        self.assertEqual([path.name for path in target.parent.iterdir()], ['x'])
        with mock.patch.object(os, 'replace', side_effect=OSError('no')), self.assertRaises(OSError):
            guest.write('/etc/x', 'other\n')
        self.assertEqual(([path.name for path in target.parent.iterdir()], target.read_text()), (['x'], 'content\n'))


class User(unittest.TestCase):
    def made(self, there, root=''):
        """The commands by which the user is made."""
        commands = []
        with mock.patch.object(G, 'account', lambda name: there), mock.patch.object(G, 'log', lambda message: None), \
                mock.patch.object(G, 'run', lambda *argv: commands.append(argv) or (0, '')):
            G.Guest(root, True).ensure_user()
        return commands

    def test_envoys_user_is_made_where_it_is_missing(self):
        [command] = self.made(None)
        self.assertEqual((command[:2], command[-1]), (('useradd', '--system'), 'envoy'))

    def test_a_user_that_is_there_and_another_root_are_left_alone(self):
        self.assertEqual(self.made(object()), [])
        self.assertEqual(self.made(None, '/somewhere'), [])


class Facts(GuestCase):
    def test_they_come_from_this_host(self):
        config = {'annotations': {P + 'connect-service': 'web', P + 'transparent-proxy-exclude-uids': 'root,nobody-here,5', A + 'app-unit': 'app.service'}}
        self.unit('systemd-resolved.service', 'active')
        environment = {'FAKE_SSH_PORT': '2222', 'FAKE_LISTEN': '2022', 'FAKE_APP_USER': 'envoy'}
        for version, resolved in (('245', False), ('246', True), ('1000', True)):
            with self.subTest(version), mock.patch.dict(os.environ, environment, FAKE_SYSTEMD=version):
                facts = G.gather(config)
                self.assertEqual((facts['ssh_ports'], facts['users'], facts['app_user'], facts['resolved'], facts['systemd']),
                                 ([2022, 2222], {'root': 0}, 'envoy', resolved, int(version)))
        (self.units / 'systemd-resolved.service').unlink()
        self.assertFalse(G.gather(config)['resolved'])


class CommandLine(unittest.TestCase):
    def run_script(self, content, *argv, env=None):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / 'service-config.json'
            if content is not None:
                file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            root = Path(folder) / 'root'
            root.mkdir()
            done = run('python3', SCRIPT, '--root', root, '--config', file, *argv, env=env)
            self.assertNotIn('Traceback', done.stderr)
            done.written = sorted(str(path)[len(str(root)):] for path in root.rglob('*') if path.is_file())
            done.lines = [line.replace(folder, '') for line in done.stderr.splitlines()]
            return done

    WEB = {'annotations': {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'connect-service-upstreams': 'api:9191'}}

    def test_it_writes_below_its_root_only(self):
        done = self.run_script(self.WEB)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('/etc/consul.d/service-registration.json', done.written)

    def test_one_part_can_be_looked_at(self):
        host = ['--host', json.dumps({'resolved': True, 'ssh_ports': []})]
        for kind, start in (('service-registration', '{\n  "service"'), ('redirect', '-proxy-id=web-sidecar-proxy\n'), ('envoy', 'consul\nconnect\nenvoy\n'),
                            ('environment', 'API_CONNECT_SERVICE_HOST=127.0.0.1\n'), ('drop-in', '# Written')):
            with self.subTest(kind):
                done = self.run_script(self.WEB, '--dry-run', '--type', kind, '--service', 'web', *host)
                self.assertEqual((done.returncode, done.written), (0, []))
                self.assertTrue(done.stdout.startswith(start), done.stdout)
        self.assertEqual(json.loads(self.run_script(self.WEB, '--type', 'service-registration').stdout), G.plan(self.WEB, HOST).registration)
        done = self.run_script(self.WEB, '--dry-run')
        self.assertIn('# /etc/consul.d/service-registration.json\n', done.stdout)
        self.assertIn('# /run/systemd/system/envoy@web.service.d/50-consul-vm-inject.conf\n', done.stdout)

    def test_faults_are_lines_and_nothing_is_written(self):
        done = self.run_script({'annotations': {P + 'connect-service': 'a b', P + 'connect-service-port': 'http', P + 'enable-metrics': 'x\x1b[31m'}})
        self.assertEqual((done.returncode, done.written, done.stdout), (2, [], ''))
        self.assertEqual([line.split(': ')[:3] for line in done.lines], [
            ['consul-sidecar-init', '/service-config.json', P + name] for name in ('connect-service', 'connect-service-port', 'enable-metrics')])
        self.assertNotIn('\x1b', done.stderr)

    def test_files_that_are_no_configuration(self):
        for content in (b'', b'{', b'\xff\xfe{}', b'null', b'"x"', b'[]', b'{}', b'{"annotations": {"\x00": "x"}}', b'\x00' * 100, b'[' * 100000, b'{"a":' * 50000,
                        b'{"annotations": {"consul.hashicorp.com/connect-service": "\\ud800"}}', b'1' * 10000, b' ' * (2 ** 20 + 1),
                        b'{"annotations": {"a": "1", "a": "2"}}', b'{"annotations": {}} x', None):
            with self.subTest(content and content[:30]):
                done = self.run_script(content)
                self.assertEqual((done.returncode, done.written), (2, []), done.stderr)
                self.assertTrue(done.stderr)

    def test_a_byte_order_mark_and_values_of_64_kilobytes_are_no_trouble(self):
        self.assertEqual(self.run_script(b'\xef\xbb\xbf' + json.dumps(self.WEB).encode()).returncode, 0)
        self.assertEqual(self.run_script({'annotations': {P + 'connect-service': 'web', P + 'service-tags': 'x' * 65536}}).returncode, 0)
        self.assertEqual(self.run_script({'annotations': {P + 'connect-service': 'x' * 65536}}).returncode, 2)

    def test_without_a_configuration_where_it_belongs_there_is_nothing_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run('python3', SCRIPT, '--root', folder)
            self.assertEqual((done.returncode, done.stderr), (0, 'consul-sidecar-init: outside the mesh; 0 files changed\n'))

    def test_every_python_from_3_6_on_says_the_same(self):
        config = {'annotations': {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'connect-service-upstreams': 'api:80:?local_bind_address=::1',
                                  P + 'sidecar-proxy-cpu-limit': '1.', A + 'health-check-interval': '1.s', P + 'proxy-config-map': '{"a": 1.0, "b": [1e3, 0.5]}',
                                  P + 'transparent-proxy-exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8', P + 'envoy-extra-args': "'a b' --x"}}
        facts = json.dumps({**HOST, 'ssh_ports': [], 'python': '/usr/bin/python3'})
        outputs = {}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / 'c.json').write_text(json.dumps(config))
            for python in ('python3', *(f'python3.{minor}' for minor in range(6, 20))):
                try:
                    if run(python, '-c', '').returncode:
                        continue
                except FileNotFoundError:
                    continue
                done = run(python, '-W', 'error', SCRIPT, '--config', f'{folder}/c.json', '--dry-run', '--host', facts)
                outputs[python] = (done.returncode, done.stdout, done.stderr)
        self.assertEqual(outputs['python3'][0], 0)
        for python, output in outputs.items():
            self.assertEqual(output, outputs['python3'], python)

    def test_output_is_utf_8_in_any_locale(self):
        config = {'annotations': {P + 'connect-service': 'web', P + 'service-meta-a': 'ü→'}}
        done = self.run_script(config, '--type', 'service-registration', env={'LC_ALL': 'C', 'PYTHONIOENCODING': 'ascii', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'})
        self.assertEqual(json.loads(done.stdout)['service']['meta']['a'], 'ü→')


class Admin(http.server.BaseHTTPRequestHandler):
    """Envoy's admin API: not ready for the first `unready` questions."""

    def do_GET(self):
        self.server.unready -= 1
        self.send_response(503 if self.server.unready >= 0 else 200)
        self.end_headers()

    def do_POST(self):
        self.server.posts.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Helpers(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Admin)
        self.server.unready, self.server.posts = 0, []
        self.admin = f'127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def helper(self, *words, env=None):
        return run('python3', SCRIPT, *words, env=env)

    def test_ready_says_so_or_fails(self):
        self.assertEqual(self.helper('ready', self.admin, 0, 0, 5, 1).returncode, 0)
        self.server.unready = 2
        self.assertEqual(self.helper('ready', self.admin, 0, 0, 3, 1).returncode, 0)
        self.server.unready = 99
        done = self.helper('ready', self.admin, 0, 0, 2, 1)
        self.assertEqual(done.returncode, 1)
        self.assertIn('did not become ready in time', done.stderr)
        self.assertEqual(self.helper('ready', '127.0.0.1:1', 0, 0, 1, 1).returncode, 1)

    def test_ready_gives_up_when_envoy_has_ended(self):
        done = run('python3', SCRIPT, 'ready', '127.0.0.1:1', 0, 1, 600, 1, env={'MAINPID': '999999999'}, timeout=20)
        self.assertEqual(done.returncode, 1)

    def test_drain_asks_envoy_and_waits_until_it_is_gone(self):
        done = self.helper('drain', self.admin, 30, env={'MAINPID': '999999999'})
        self.assertEqual((done.returncode, self.server.posts), (0, ['/drain_listeners?graceful']))
        self.assertEqual(self.helper('wait', self.admin, 0).returncode, 0)
        self.assertEqual(len(self.server.posts), 1)

    def test_drain_without_envoy_is_no_failure(self):
        self.assertEqual(self.helper('drain', '127.0.0.1:1', 0).returncode, 0)

    def test_drain_does_not_wait_for_a_process_that_systemd_no_longer_names(self):
        done = run('python3', SCRIPT, 'drain', '127.0.0.1:1', 600, env={'MAINPID': ''}, timeout=20)
        self.assertEqual(done.returncode, 0)

    def test_watch_kills_what_no_longer_answers(self):
        for state, killed in (('active', True), ('failed', False), ('inactive', False)):
            with self.subTest(state), tempfile.TemporaryDirectory() as folder:
                log = Path(folder) / 'log'
                (Path(folder) / 'envoy@web.service').write_text(state)
                self.server.unready = 99
                done = self.helper('watch', self.admin, 1, 'envoy@web.service', env={'FAKE_LOG': str(log), 'FAKE_UNITS': folder})
                self.assertEqual(done.returncode, 0)
                kill = 'systemctl kill --kill-who=main --signal=SIGKILL envoy@web.service'
                self.assertEqual(kill in log.read_text().splitlines(), killed)


class Log(unittest.TestCase):
    def test_a_line_stays_a_line(self):
        output = io.TextIOWrapper(io.BytesIO(), encoding='ascii')
        with contextlib.redirect_stderr(output):
            G.log('a\nb\x1b\u2028\ud800ü')
        self.assertEqual(output.buffer.getvalue(), 'consul-sidecar-init: a\\u000ab\\u001b\\u2028\\ud800ü\n'.encode())


if __name__ == '__main__':
    unittest.main()
