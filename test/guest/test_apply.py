"""What generate-sidecar-configs.py does to a guest: files below a root of its own, systemctl and consul as stand-ins."""
import contextlib
import http.server
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from pathlib import Path
from unittest import mock

from plans import G as PLANNER
from plans import annotations
from support import BIN, GUEST, load_generator, run
from unit_file import directives

G = load_generator()
DROP_IN = G.FILES['unit']


def planned(**given):
    """The plan of annotations as it travels."""
    return json.loads(PLANNER.canonical(PLANNER.plan({'annotations': annotations(**given)})[0]))


def eventually(holds):
    until = time.monotonic() + 10
    while not holds():
        if time.monotonic() > until:
            raise AssertionError('still not')
        time.sleep(0.05)


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
        (self.root / 'run/systemd/system').mkdir(parents=True)
        self.messages = []
        self.guest = load_generator(self.root)
        self.guest.log = self.messages.append
        environment = {'PATH': f'{BIN}:{os.environ["PATH"]}', 'FAKE_LOG': str(self.log), 'FAKE_UNITS': str(self.units)}
        patch = mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)
        self.unit('consul.service', 'inactive')

    def unit(self, name, state):
        (self.units / name).write_text(state + '\n')

    def apply(self, given=None, plan=None):
        """Applies annotations (short names), or a plan, or that there is no configuration. Returns (commands, changed files)."""
        self.guest.CHANGED.clear()
        self.guest.apply(*self.guest.prepare(plan if plan is not None else {} if given is None else planned(**given)))
        commands = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.write_text('')
        asked = ('systemctl is-active', 'systemctl show', 'systemctl --version', "consul 'validate'")
        return [line for line in commands if not line.startswith(asked)], {name[len(str(self.root)):] for name in self.guest.CHANGED}

    def files(self):
        return sorted(str(path)[len(str(self.root)):] for path in self.root.rglob('*') if path.is_file())

    def read(self, name):
        return Path(str(self.root) + name).read_text(encoding='utf-8')

    def write(self, name, text):
        path = Path(str(self.root) + name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


WEB = {'connect_service': 'web', 'connect_service_port': '8080', 'connect_service_upstreams': 'api:9191'}
# None runs.
AGENT = 'systemctl --no-block reload-or-restart consul.service'
START, RESTART = 'systemctl --no-block start envoy@web.service', 'systemctl --no-block restart envoy@web.service'


class Apply(GuestCase):
    def test_the_first_run_writes_tells_the_agent_and_starts_the_sidecar(self):
        commands, _ = self.apply(WEB)
        self.assertEqual(self.files(), [
            '/etc/consul.d/service-registration.json', '/run/consul-vm-inject/web.redirect', '/run/consul/upstreams-web.env',
            '/run/systemd/system/envoy@web.service.d/50-consul-vm-inject.conf', G.STATE])
        self.assertEqual(commands, [AGENT, 'systemctl daemon-reload', RESTART])
        self.assertEqual(json.loads(self.read(G.REGISTRATION))['service']['name'], 'web')
        self.assertEqual(self.read(G.FILES['environment'] % 'web'), 'API_CONNECT_SERVICE_HOST=127.0.0.1\nAPI_CONNECT_SERVICE_PORT=9191\n')
        self.assertEqual(self.read(G.FILES['redirect'] % 'web').splitlines()[0], '-proxy-id=web-sidecar-proxy')
        self.assertEqual(self.read(DROP_IN % 'web').splitlines()[0], '[Service]')

    def test_the_second_run_writes_nothing_and_restarts_nothing(self):
        self.apply(WEB)
        times = {name: Path(str(self.root) + name).stat().st_mtime_ns for name in self.files()}
        self.unit('consul.service', 'active')
        self.unit('envoy@web.service', 'active')
        self.assertEqual(self.apply(WEB), ([AGENT, START], set()))
        self.assertEqual({name: Path(str(self.root) + name).stat().st_mtime_ns for name in self.files()}, times)

    def test_at_the_next_boot_only_what_run_lost_is_written(self):
        self.apply(WEB)
        for name in self.files():
            if name.startswith('/run/'):
                Path(str(self.root) + name).unlink()
        commands, changed = self.apply(WEB)
        self.assertTrue(all(name.startswith('/run/') for name in changed))
        self.assertIn(START, commands)

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
                commands, _ = self.apply({**WEB, **change})
                self.assertEqual((RESTART in commands, START in commands), (restart, not restart))
                self.assertEqual(str(self.root) + G.REGISTRATION in self.guest.CHANGED, reload)
                self.assertLess(commands.index(AGENT), commands.index(RESTART if restart else START))

    def test_what_could_not_be_finished_is_restarted_at_the_next_run(self):
        self.apply(WEB)
        self.unit('envoy@web.service', 'active')
        with mock.patch.object(self.guest, 'finish', side_effect=OSError('no space')), self.assertRaises(OSError):
            self.apply({**WEB, 'envoy_extra_args': '-l debug'})
        self.assertIn(RESTART, self.apply({**WEB, 'envoy_extra_args': '-l debug'})[0])

    def test_direct_mode_has_no_redirection_file(self):
        self.apply(WEB)
        self.apply({**WEB, 'transparent_proxy': 'false'})
        self.assertNotIn(G.FILES['redirect'] % 'web', self.files())

    def test_a_failed_sidecar_is_tried_at_once(self):
        self.apply(WEB)
        self.unit('envoy@web.service', 'failed')
        self.guest.CHANGED.clear()
        self.guest.apply(*self.guest.prepare(planned(**WEB)))
        self.assertEqual(self.log.read_text().splitlines()[-1], START)

    def test_a_renamed_service_is_stopped_before_the_new_one_starts(self):
        self.apply(WEB)
        commands, _ = self.apply({**WEB, 'connect_service': 'shop'})
        self.assertLess(commands.index('systemctl stop envoy@web.service'), commands.index('systemctl --no-block restart envoy@shop.service'))
        self.assertEqual([name for name in self.files() if 'web' in name], [])

    def test_two_services_and_then_one(self):
        two = {'connect_service': 'web,admin', 'connect_service_port': '8080,9090', 'transparent_proxy': 'false', 'sidecar_proxy_liveness_failure_seconds': '9'}
        commands, _ = self.apply(two)
        self.assertEqual(commands[-2:], [RESTART, 'systemctl --no-block restart envoy@admin.service'])
        self.assertIn(G.FILES['watch'] % 'admin', self.files())
        commands, _ = self.apply({**two, 'connect_service': 'admin', 'connect_service_port': '9090'})
        self.assertIn('systemctl stop envoy@web.service', commands)
        self.assertNotIn(G.FILES['watch'] % 'web', self.files())

    def test_a_removed_configuration_takes_the_vm_out_of_the_mesh(self):
        for given in (None, {'connect_service': 'web', 'connect_inject': 'false'}):
            with self.subTest(given):
                self.apply({**WEB, 'alpha_app_unit': 'app.service'})
                self.unit('consul.service', 'active')
                commands, _ = self.apply(given)
                self.assertEqual(self.files(), [])
                self.assertEqual(commands, [AGENT, 'systemctl stop envoy@web.service', "consul 'services' 'deregister' '-id=web'", 'systemctl daemon-reload'])
                self.assertEqual(self.apply(given), ([], set()))

    def test_a_registration_of_somebody_else_is_never_removed_and_kept_aside_when_replaced(self):
        theirs = '{"service": {"name": "db", "meta": {"managed-by": "me"}}}\n'
        for content in (theirs, 'not json', '{"services": [1]}', '[]', ''):
            with self.subTest(content):
                target = self.write(G.REGISTRATION, content)
                self.assertEqual(self.apply(None), ([], set()))
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

    def test_ours_is_known_again_without_its_state_and_when_it_was_edited(self):
        for spoil in (lambda: Path(str(self.root) + G.STATE).unlink(), lambda: self.write(G.STATE, '[]'), lambda: self.write(G.STATE, 'x'),
                      lambda: self.write(G.REGISTRATION, self.read(G.REGISTRATION).replace('8080', '8081'))):
            self.apply({'connect_service': 'web', 'connect_service_port': '8080'})
            spoil()
            self.apply(None)
            self.assertNotIn(G.REGISTRATION, self.files())

    def test_a_registration_that_consul_cannot_parse_is_not_written(self):
        for message, refused in (('Config validation failed: failed to parse /tmp/x/service-registration.json: x', True),
                                 ('Config validation failed: 1 error occurred: * invalid config key service.ports', True),
                                 ('Config validation failed: data_dir cannot be empty', False)):
            with self.subTest(message), mock.patch.dict(os.environ, FAKE_VALIDATE=message):
                with self.assertRaisesRegex(ValueError, 'consul refuses') if refused else contextlib.nullcontext():
                    self.apply({**WEB, 'service_tags': message})
                self.assertEqual(bool(self.files()), not refused)

    def test_the_application_waits_at_the_next_boot(self):
        self.apply({**WEB, 'alpha_app_unit': 'app.service'})
        order = G.PERMANENT % 'consul-sidecar-init.service'
        self.apply({**WEB, 'alpha_app_unit': 'app.service'})
        self.assertEqual('[Unit]\nBefore=app.service\n', self.read(order))
        self.assertNotIn(G.PERMANENT % 'app.service', self.files())
        self.apply(WEB)
        self.assertNotIn(order, self.files())

    def test_closed_holds_the_application_back_until_nobody_plans_it(self):
        closed = {**WEB, 'alpha_on_sidecar_failure': 'closed'}
        commands, _ = self.apply({**closed, 'alpha_app_unit': 'app.service'})
        self.assertIn('systemctl daemon-reload', commands)
        self.assertEqual(self.read(G.PERMANENT % 'app.service'),
                         '[Unit]\nPartOf=envoy@web.service\nConditionPathExists=/run/consul-vm-inject/web.up\n')
        self.assertIn('ExecStartPost=-/usr/local/bin/consul-hold-traffic web\n', self.read(G.PERMANENT % 'consul-sidecar-init.service'))
        self.assertIn('\nWants=app.service\n', self.read(G.FILES['unit'] % 'web'))
        for given, left in (({**closed, 'alpha_app_unit': 'other.service'}, ['other.service']), ({**WEB, 'alpha_app_unit': 'app.service'}, []), (None, [])):
            commands, _ = self.apply(given)
            self.assertIn('systemctl daemon-reload', commands)
            self.assertEqual([name for name in self.files() if name.startswith('/etc/systemd/system/') and 'init.service' not in name],
                             [G.PERMANENT % unit for unit in left])

    def test_files_are_replaced_whole_with_their_modes(self):
        target, name = self.root / 'etc/x', str(self.root / 'etc/x')
        target.parent.mkdir()
        target.symlink_to('/dev/null')
        user = 0 if os.geteuid() else 12345
        self.guest.write(name, 'content\n', 0o640, user)
        self.assertEqual((target.is_symlink(), target.read_text(), stat.S_IMODE(target.stat().st_mode)), (False, 'content\n', 0o640))
        self.assertEqual(target.stat().st_uid, user or os.geteuid())
        self.assertEqual([path.name for path in target.parent.iterdir()], ['x'])
        with mock.patch.object(os, 'replace', side_effect=OSError('no')), self.assertRaises(OSError):
            self.guest.write(name, 'other\n', 0o640)
        self.assertEqual(([path.name for path in target.parent.iterdir()], target.read_text()), (['x'], 'content\n'))
        target.chmod(0o600)
        self.guest.write(name, 'content\n', 0o640)
        self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)


class User(GuestCase):
    def made(self, users):
        with mock.patch.dict(os.environ, FAKE_USERS=users):
            return [line for line in self.apply(WEB)[0] if re.match('group|user', line)]

    def test_envoys_user_is_made_where_it_is_missing_whether_or_not_the_group_is_there(self):
        group, user = self.made('')
        self.assertEqual(group, 'groupadd -rf envoy')
        self.assertRegex(user, '^useradd -r -g envoy .* envoy$')

    @unittest.skipIf(os.geteuid(), 'makes a user and a group of its own')
    def test_the_real_commands_make_the_user_where_its_group_is_there(self):
        (self.root / 'etc').mkdir(exist_ok=True)
        for name, line in (('passwd', 'root:x:0:0::/:/bin/sh'), ('group', 'root:x:0:\nenvoy:x:1234:'), ('shadow', 'root:*:1::::::'), ('gshadow', 'root:*::\nenvoy:!::')):
            (self.root / 'etc' / name).write_text(line + '\n')
        for command in self.made(''):
            name, *words = command.split()
            done = subprocess.run([shutil.which(name, path='/usr/sbin:/sbin'), '--prefix', str(self.root), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex((self.root / 'etc/passwd').read_text(), r'\nenvoy:x:[0-9]+:1234::/:/\S*nologin\n')

    def test_a_user_that_is_there_is_left_alone(self):
        self.assertEqual(self.made('envoy'), [])


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

    def helper(self, command, *words, **options):
        name = 'probe-sidecar.py' if command in ('ready', 'watch') else 'generate-sidecar-configs.py'
        return run('python3', GUEST / name, command, *words, **options)

    def test_ready_says_so_or_fails(self):
        self.assertEqual(self.helper('ready', self.admin, 0, 0, 5, 1).returncode, 0)
        self.server.unready = 2
        self.assertEqual(self.helper('ready', self.admin, 0, 0, 3, 1).returncode, 0)
        self.server.unready = 99
        done = self.helper('ready', self.admin, 0, 0, 2, 1)
        self.assertEqual(done.returncode, 1)
        self.assertIn('was not ready in time', done.stderr)
        self.assertEqual(self.helper('ready', '127.0.0.1:1', 0, 0, 1, 1).returncode, 1)

    def test_ready_gives_up_when_envoy_has_ended(self):
        done = self.helper('ready', '127.0.0.1:1', 0, 1, 600, 1, env={'MAINPID': '999999999'}, timeout=20)
        self.assertEqual(done.returncode, 1)

    def test_drain_asks_envoy_and_waits_until_it_is_gone(self):
        done = self.helper('drain', self.admin, 30, env={'MAINPID': '999999999'})
        self.assertEqual((done.returncode, self.server.posts), (0, ['/drain_listeners?inboundonly&graceful&skip_exit']))
        self.assertEqual(self.helper('wait', self.admin, 0).returncode, 0)
        self.assertEqual(len(self.server.posts), 1)

    def test_drain_without_envoy_is_no_failure(self):
        self.assertEqual(self.helper('drain', '127.0.0.1:1', 0).returncode, 0)

    def test_drain_does_not_wait_for_a_process_that_systemd_no_longer_names(self):
        done = self.helper('drain', '127.0.0.1:1', 600, env={'MAINPID': ''}, timeout=20)
        self.assertEqual(done.returncode, 0)

    def test_watch_kills_what_no_longer_answers(self):
        for state, killed in (('active', True), ('failed', False), ('inactive', False)):
            with self.subTest(state), tempfile.TemporaryDirectory() as folder:
                log = Path(folder) / 'log'
                (Path(folder) / 'envoy@web.service').write_text(state)
                self.server.unready = 99
                done = self.helper('watch', self.admin, 1, 'envoy@web.service', env={'FAKE_LOG': str(log), 'FAKE_UNITS': folder})
                self.assertEqual(done.returncode, 0)
                kill = 'systemctl kill -sKILL --kill-who=main envoy@web.service'
                self.assertEqual(kill in log.read_text().splitlines(), killed)

    def test_watch_counts_answers_and_not_the_clock(self):
        probe = types.ModuleType('probe_sidecar')
        with mock.patch.dict(sys.modules, {'generate-sidecar-configs': G}):
            exec(compile((GUEST / 'probe-sidecar.py').read_text(encoding='utf-8'), 'probe-sidecar.py', 'exec'), probe.__dict__)
        now, said, sleeps = [0.0], [], []
        answers = iter([200, 0, 0, 200, 0, 0, 0, 0])

        def ask(*_):
            said.append(next(answers))
            now[0] += 60  # the whole VM stood still for a minute
            return said[-1], ''

        with mock.patch.multiple(probe, ask=ask, run=lambda *_: (0, 'active'), do=lambda *words: said.append(words) or True, log=said.append,
                                 time=types.SimpleNamespace(monotonic=lambda: now[0], sleep=sleeps.append)):
            self.assertEqual(probe.watch('127.0.0.1:1', '3', 'envoy@web.service'), 0)
        self.assertEqual(said[:7], [200, 0, 0, 200, 0, 0, 0])
        self.assertIn('systemctl', said[8])
        self.assertEqual(sleeps, [])


class Log(unittest.TestCase):
    def test_a_line_stays_a_line(self):
        output = io.TextIOWrapper(io.BytesIO(), encoding='ascii')
        with contextlib.redirect_stderr(output):
            G.log('a\nb\x1b\u2028\ud800ü')
            output.flush()
        self.assertEqual(output.buffer.getvalue(), b'consul-vm-inject: a\\nb\\x1b\\u2028\\ud800\\xfc\n')


class Agent(GuestCase):
    """What a plan says for the agent."""
    OURS, THEIRS = '/etc/consul.d/0-consul-vm-injected.json', '/etc/consul.d/agent.hcl'
    SETTINGS = {'retry_join': ['10.0.0.1'], 'bind_addr': '{{ GetInterfaceIP "eth1" }}'}

    def joined(self, **more):
        return {**planned(**WEB), 'agent': {**self.SETTINGS, **more}}

    def test_its_settings_are_a_file_that_sorts_before_others_and_it_is_started_once(self):
        commands, changed = self.apply(plan=self.joined())
        self.assertIn(self.OURS, changed)
        self.assertEqual(json.loads(self.read(self.OURS)), self.SETTINGS)
        self.assertEqual([line for line in commands if 'consul.service' in line], [AGENT])
        self.assertEqual(self.apply(plan=self.joined()), ([AGENT, START], set()))

    def test_a_file_of_the_operators_that_says_whom_to_join_is_left_alone(self):
        for name, text in (('agent.hcl', 'retry_join = ["10.9.9.9"]\n'), ('x.json', '{"data_dir":"/opt/x","retry_join":["h"]}'),
                           ('old.hcl', 'start_join = ["h"]'), ('00-base.hcl', '  retry_join=["h"]')):
            with self.subTest(name=name):
                path = self.write('/etc/consul.d/' + name, text)
                self.apply(plan=self.joined())
                self.assertEqual(json.loads(self.read(self.OURS)), {'bind_addr': self.SETTINGS['bind_addr']})
                path.unlink()

    def test_what_only_looks_like_that_is_none(self):
        for name, text in (('agent.hcl', '# retry_join = ["10.9.9.9"]\n // start_join = []\nretry_join_wan = ["h"]\n'), ('a.hcl.rpmsave', 'retry_join = ["h"]'),
                           ('0-consul-vm-inject.json', '{"retry_join": ["h"]}')):
            with self.subTest(name=name):
                self.write('/etc/consul.d/' + name, text)
                self.apply(plan=self.joined())
                self.assertEqual(json.loads(self.read(self.OURS)), self.SETTINGS)

    def test_secrets_are_read_on_the_guest_into_a_file_for_the_agent(self):
        key, token = self.write('/gossip', 'a2V5\n'), self.write('/token', ' t \n')
        hole = {'hole': 'secret', 'path': str(key)}
        plan = self.joined(encrypt=hole, acl={'enabled': True, 'tokens': {'agent': {'hole': 'secret', 'path': str(token)}}})
        self.apply(plan=plan)
        self.assertEqual(json.loads(self.read(self.OURS)), {**self.SETTINGS, 'encrypt': 'a2V5', 'acl': {'enabled': True, 'tokens': {'agent': 't'}}})
        self.assertEqual(stat.S_IMODE(os.stat(str(self.root) + self.OURS).st_mode), 0o600)
        self.assertEqual(os.stat(str(self.root) + self.OURS).st_uid, 5996)
        # At a later boot they come late: what the agent has of them still holds.
        before = self.read(self.OURS)
        key.unlink()
        self.apply(plan=plan)
        self.assertEqual(self.read(self.OURS), before)

    def test_without_the_file_or_without_a_user_of_the_agent_nothing_is_written(self):
        hole = {'hole': 'secret', 'path': str(self.root / 'none')}
        with self.assertRaisesRegex(ValueError, 'agent: .*none'):
            self.apply(plan=self.joined(encrypt=hole))
        (self.root / 'none').write_text('x')
        with mock.patch.dict(os.environ, FAKE_USERS='envoy'), self.assertRaisesRegex(ValueError, 'no agent to read the secrets'):
            self.apply(plan=self.joined(encrypt=hole))
        self.assertNotIn(self.OURS, self.files())

    def test_a_vm_that_leaves_the_mesh_keeps_them_to_tell_the_servers(self):
        self.apply(plan=self.joined())
        self.apply()
        self.assertIn(self.OURS, self.files())


class There(GuestCase):
    """An agent that is there: a process of that name, its directory, its user."""
    THEIRS = '/srv/agent'

    def agent(self, *words, uid=65534):
        """A process whose command line is an agent's; it writes a line when it is told to reload."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        folder.chmod(0o777)
        (folder / 'agent').write_text('trap "echo reloaded >>told" HUP\necho up >told\nwhile :; do sleep 0.1; done\n')
        process = subprocess.Popen(['/opt/x/consul', 'agent', *words], executable='/bin/sh', cwd=folder, user=uid)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.told = folder / 'told'
        eventually(self.told.exists)
        return process

    def in_its_folder(self):
        return sorted(path.name for path in Path(str(self.root) + self.THEIRS).iterdir())

    def test_it_gets_copies_in_its_directory_is_told_and_not_captured_and_no_second_one_is_started(self):
        Path(str(self.root) + self.THEIRS).mkdir(parents=True)
        self.write('/etc/consul.d/0-consul-vm-inject.json', '{"ports": {"grpc": 8502}}')
        for words in (('-config-dir', f'{self.root}{self.THEIRS}/', '-bind=::1'), (f'-config-dir={self.root}{self.THEIRS}',)):
            with self.subTest(words):
                process = self.agent(*words)
                commands, _ = self.apply(WEB)
                self.assertEqual([line for line in commands if 'consul' in line and 'envoy' not in line], [])
                self.assertEqual(self.in_its_folder(), ['0-consul-vm-inject.json', 'service-registration.json'])
                copy = os.stat(str(self.root) + self.THEIRS + '/service-registration.json')
                self.assertEqual((copy.st_uid, stat.S_IMODE(copy.st_mode)), (65534, 0o600))
                self.assertEqual(self.read(self.THEIRS + '/service-registration.json'), self.read(G.REGISTRATION))
                self.assertIn('-exclude-uid=65534', self.read(G.FILES['redirect'] % 'web').splitlines())
                eventually(lambda: 'reloaded' in self.told.read_text())
                process.kill()
                process.wait()
                # At the next boot, before it is up.
                commands, changed = self.apply(WEB)
                self.assertEqual((commands, changed), ([START], set()))
                self.apply()
                self.assertEqual(self.in_its_folder(), ['0-consul-vm-inject.json'])

    def test_one_that_runs_as_root_keeps_its_ports_only(self):
        self.agent(uid=0)
        self.apply(WEB)
        redirect = self.read(G.FILES['redirect'] % 'web').splitlines()
        self.assertIn('-exclude-outbound-port=8300:8302', redirect)
        self.assertEqual([line for line in redirect if line.startswith('-exclude-uid')], [])

    def test_one_in_another_network_is_not_ours(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / 'agent').write_text('sleep 60')
        other = subprocess.Popen(['unshare', '--net', '/usr/bin/python3', '-c', 'import os; os.execv("/bin/sh", ["consul", "agent"])'], cwd=folder)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        eventually(lambda: b'consul\0agent' in Path(f'/proc/{other.pid}/cmdline').read_bytes())
        self.assertIn(AGENT, self.apply(WEB)[0])

    def test_what_annotations_say_of_it_counts_before_what_is_found(self):
        Path(str(self.root) + '/opt/c').mkdir(parents=True)
        self.agent('-config-dir=/nowhere')
        commands, _ = self.apply({**WEB, 'alpha_agent_config_dir': f'{self.root}/opt/c', 'alpha_agent_user': '77', 'alpha_agent_unit': 'docker.service'})
        self.assertEqual(os.stat(f'{self.root}/opt/c/service-registration.json').st_uid, 77)
        self.assertIn('-exclude-uid=77', self.read(G.FILES['redirect'] % 'web').splitlines())
        self.assertNotIn('docker.service', ' '.join(commands))

    def test_the_unit_tells_as_long_as_it_does_not_run(self):
        Path(str(self.root) + self.THEIRS).mkdir(parents=True)
        for user, uid in (('nobody', 65534), ('', 0)):
            told = f'User={user}\nExecStart={{ path=/x/consul ; argv[]=/x/consul agent -config-dir {self.root}{self.THEIRS} ; ignore_errors=no }}'
            with self.subTest(user), mock.patch.dict(os.environ, FAKE_UNIT=told):
                self.apply(WEB)
                self.assertEqual(os.stat(f'{self.root}{self.THEIRS}/service-registration.json').st_uid, uid)
                self.apply()

    def test_a_unit_of_another_name_that_is_enabled_is_started_in_place_of_consul_service(self):
        self.write('/etc/systemd/system/multi-user.target.wants/other.service', '[Service]\nExecStart=/usr/bin/other\n')
        self.write('/etc/systemd/system/multi-user.target.wants/mesh-agent.service', '[Service]\nExecStart=/opt/consul agent -config-dir=/opt/c\n')
        self.assertEqual([line for line in self.apply(WEB)[0] if '.service' in line and 'envoy' not in line],
                         ['systemctl --no-block reload-or-restart mesh-agent.service'])

    def test_a_unit_that_is_named_is_started_in_place_of_consul_service(self):
        self.assertIn('systemctl --no-block reload-or-restart consul-agent.service', self.apply({**WEB, 'alpha_agent_unit': 'consul-agent.service'})[0])


if __name__ == '__main__':
    unittest.main()
