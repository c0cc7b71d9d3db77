"""ACL tokens on the guest: what generate-sidecar-configs.py registers with them, and how acl-token.py follows and gets them."""
import http.server
import json
import os
import pwd
import runpy
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from support import BIN, programs
from test_apply import AGENT, RESTART, START, WEB, GuestCase, G

ONE, OTHER = '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'
OWN = os.getuid()


class Registration(GuestCase):
    def setUp(self):
        super().setUp()
        self.file = self.root / 'token'
        self.given = {**WEB, 'alpha_acl_token_file': str(self.file)}
        programs(self.root, 'generate-sidecar-configs.py', 'acl-token.py')
        self.agent_is(pwd.getpwuid(OWN).pw_name)

    def agent_is(self, user):
        patch = mock.patch.dict(os.environ, FAKE_UNIT=f'User={user}\nExecStart={{ argv[]=/usr/bin/consul agent }}')
        patch.start()
        self.addCleanup(patch.stop)

    def files(self):
        return [name for name in super().files() if not name.startswith('/srv/')]

    def token(self):
        return json.loads(self.read(G.REGISTRATION))['service']['token']

    def test_it_holds_the_token_for_the_agent_alone(self):
        self.file.write_text(f' {ONE}\n')
        self.apply(self.given)
        self.assertEqual(self.token(), ONE)
        found = os.stat(str(self.root) + G.REGISTRATION)
        self.assertEqual((stat.S_IMODE(found.st_mode), found.st_uid), (0o600, OWN))
        self.assertEqual(stat.S_IMODE(os.stat(str(self.root) + G.STATE).st_mode), 0o600)
        self.assertNotIn(ONE, '\n'.join(self.messages))

    @unittest.skipIf(os.geteuid(), 'gives a file away')
    def test_another_user_of_the_agent_gets_it(self):
        self.file.write_text(ONE)
        for user in ('daemon', 'nobody'):
            self.agent_is(user)
            self.apply(self.given)
            self.assertEqual(os.stat(str(self.root) + G.REGISTRATION).st_uid, pwd.getpwnam(user).pw_uid)

    def test_what_was_readable_by_more_is_no_longer(self):
        with mock.patch.dict(os.environ, FAKE_UNIT='', FAKE_USERS='envoy'):
            self.apply(WEB)
        self.assertEqual(stat.S_IMODE(os.stat(str(self.root) + G.REGISTRATION).st_mode), 0o644)
        self.file.write_text(ONE)
        self.apply(self.given)
        self.assertEqual(stat.S_IMODE(os.stat(str(self.root) + G.REGISTRATION).st_mode), 0o600)
        self.apply(WEB)
        self.assertNotIn('token', json.loads(self.read(G.REGISTRATION))['service'])

    def test_a_token_that_is_late_registers_nothing_but_the_sidecar_is_prepared(self):
        for text in (None, '', ' \n'):
            with self.subTest(text):
                if text is not None:
                    self.file.write_text(text)
                commands, _ = self.apply(self.given)
                self.assertNotIn(G.REGISTRATION, self.files())
                self.assertIn(G.FILES['acl'] % 'web', self.files())
                self.assertIn('not registered yet: no token', self.messages)
        self.file.write_text(ONE)
        commands, _ = self.apply(self.given)
        self.assertEqual(self.token(), ONE)
        self.assertLess(commands.index(AGENT), commands.index(RESTART))

    def test_a_token_that_changes_is_registered_and_envoy_restarted_and_one_that_is_gone_stays(self):
        self.file.write_text(ONE)
        self.apply(self.given)
        self.file.write_text(OTHER)
        commands, _ = self.apply(self.given)
        self.assertEqual(self.token(), OTHER)
        self.assertLess(commands.index(AGENT), commands.index(RESTART))
        self.assertEqual(self.apply(self.given), ([AGENT, START], set()))
        self.file.unlink()
        self.apply(self.given)
        self.assertEqual(self.token(), OTHER)
        self.file.write_text(OTHER)
        _, changed = self.apply(self.given)
        self.assertEqual(changed, {G.STATE})
        self.apply(None)
        self.assertEqual(self.files(), ['/token'])

    def test_a_registration_of_somebody_else_stays_while_the_token_is_late(self):
        self.write(G.REGISTRATION, '{}')
        self.apply(self.given)
        self.assertEqual(self.read(G.REGISTRATION), '{}')
        self.apply(None)
        self.assertEqual(self.read(G.REGISTRATION), '{}')

    def test_a_token_is_a_text_whatever_it_holds(self):
        for text in ('"; touch /tmp/pwned', "'$(id)`id`", '\\u0000%n{"hole": "python"}', 'é"}'):
            with self.subTest(text):
                self.file.write_text(text)
                self.apply(self.given)
                self.assertEqual(self.token(), text)
        for text in ('secret\nb', 'secret\x00', 'secret\x1b[0m'):
            with self.subTest(text):
                self.file.write_text(text)
                with self.assertRaisesRegex(ValueError, 'token: not for this guest') as refused:
                    self.apply(self.given)
                self.assertNotIn('secret', str(refused.exception))


class Agent(GuestCase):
    """Who may read the token."""

    def test_it_is_the_user_of_the_unit_or_root_where_that_names_none_or_consul(self):
        (self.root / 'token').write_text(ONE)
        start = 'ExecStart={ argv[]=/usr/bin/consul agent -config-dir=/etc/consul.d }'
        for told, uid in ((f'User=nobody\n{start}', 65534), (start, 0), ('', 5996), ('User=nobody\nExecStart={ argv[]=/usr/bin/dockerd }', 5996)):
            with self.subTest(told), mock.patch.dict(os.environ, FAKE_UNIT=told):
                self.apply({**WEB, 'alpha_acl_token_file': str(self.root / 'token')})
                self.assertEqual(os.stat(str(self.root) + G.REGISTRATION).st_uid, uid)
                self.apply()

    def test_where_nobody_is_the_agent_nothing_is_written_and_that_is_said(self):
        before = self.files()
        for told, users in (('', 'envoy'), ('User=nobody-of-that-name\nExecStart={ argv[]=/usr/bin/consul agent }', 'envoy consul')):
            with self.subTest(told), mock.patch.dict(os.environ, FAKE_UNIT=told, FAKE_USERS=users), \
                    self.assertRaisesRegex(ValueError, '^no agent to read the secrets'):
                self.apply({**WEB, 'alpha_acl_token_file': str(self.root / 'token')})
        self.assertEqual(self.files(), before)


class Authorize(http.server.BaseHTTPRequestHandler):
    """The agent's answer to what a token allows: `denied` holds the names that it does not."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        self.server.tokens.append(self.headers['X-Consul-Token'])
        said = json.dumps([dict(one, Allow=one['Segment'] not in self.server.denied) for one in asked]).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *words):
        pass


# consul: `acl token read` knows the tokens of the file `known`; `login` fails while there is `refuses`, else each login gives another token.
CONSUL = r'''#!/bin/sh
echo "consul $* $CONSUL_HTTP_TOKEN_FILE" >>"$FAKE_LOG"
case $1 in
  acl) grep -q "$(cat "$CONSUL_HTTP_TOKEN_FILE")" "$FAKE/known" || { echo '403 (ACL not found)'; exit 1; } ;;
  login)
    [ -z "$CONSUL_HTTP_TOKEN_FILE" ] || { echo 'a token would be used to log in'; exit 1; }
    [ ! -e "$FAKE/refuses" ] || { cat "$FAKE/refuses"; exit 1; }
    echo "login-$(grep -c '^consul login' "$FAKE_LOG")" | tee -a "$FAKE/known" >"${2#-token-sink-file=}" ;;
esac
'''
# systemctl: the generator puts the token into the registration.
SYSTEMCTL = r'''#!/bin/sh
echo "systemctl $*" >>"$FAKE_LOG"
[ ! -e "$ROOT/refuses" ] || exit 2
printf '{"token": "%s"}\n' "$(cat "$TOKEN")" >"$ROOT/etc/consul.d/service-registration.json"
'''


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        programs(self.root, 'generate-sidecar-configs.py', 'acl-token.py')
        self.log, self.token = self.root / 'log', self.root / 'run/consul-vm-inject/web.token'
        self.unit = self.root / 'run/systemd/system/consul-acl-token@web.service'
        for path in (self.log, self.token, self.unit, self.root / 'etc/consul.d/x', self.root / 'bin/x'):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.unit.write_text('[Service]\n')
        self.log.write_text('')
        (self.root / 'known').write_text(ONE + '\n')
        for name, text in (('consul', CONSUL), ('systemctl', SYSTEMCTL)):
            (self.root / 'bin' / name).write_text(text)
            (self.root / 'bin' / name).chmod(0o755)
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Authorize)
        self.server.denied, self.server.tokens = set(), []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def start(self, *words):
        environment = {'PATH': f'{self.root}/bin:{BIN}:{os.environ["PATH"]}', 'FAKE_LOG': str(self.log), 'FAKE': str(self.root), 'ROOT': str(self.root),
                       'TOKEN': str(self.token), 'CONSUL_HTTP_TOKEN_FILE': str(self.token), 'CONSUL_HTTP_ADDR': f'http://127.0.0.1:{self.server.server_port}'}
        self.said = self.root / 'said'
        with self.said.open('a') as said:
            self.process = subprocess.Popen([sys.executable, '-B', str(self.root / 'srv/consul/acl-token.py'), 'web', *words], env=environment, stdin=subprocess.DEVNULL,
                                            stdout=said, stderr=said)
        self.addCleanup(lambda: (self.process.kill(), self.process.wait()))

    def give(self, token):
        (self.root / 'new').write_text(token + '\n')
        (self.root / 'new').rename(self.token)

    def wait(self, holds, what):
        until = time.monotonic() + 90
        while not holds():
            self.assertLess(time.monotonic(), until, f'{what}\n{self.log.read_text()}\n{self.said.read_text()}')
            time.sleep(0.05)

    def registered(self):
        registration = self.root / 'etc/consul.d/service-registration.json'
        return registration.read_text() if registration.exists() else ''

    def applied(self):
        return self.log.read_text().count('systemctl start consul-sidecar-init.service')

    def test_a_token_that_comes_late_and_one_that_changes_are_applied_once_each(self):
        self.start()
        self.wait(lambda: 'is missing or empty: waiting for it' in self.said.read_text(), 'said nothing')
        self.give(ONE)
        self.wait(lambda: self.applied() == 1, 'not applied')
        self.wait(lambda: 'is good for web' in self.said.read_text(), 'not judged')
        self.assertEqual(set(self.server.tokens), {ONE})
        (self.root / 'known').write_text(OTHER + '\n')
        self.give(OTHER)
        self.wait(lambda: self.applied() == 2, 'not applied again')
        time.sleep(2.5)
        self.assertEqual(self.applied(), 2)
        self.assertNotIn(ONE, self.said.read_text())

    def test_what_could_not_be_applied_is_not_asked_for_without_a_pause(self):
        (self.root / 'refuses').touch()
        self.give(ONE)
        self.start()
        self.wait(lambda: self.applied() == 2, 'not applied')
        time.sleep(3)
        self.assertEqual(self.applied(), 2)
        self.give(OTHER)
        time.sleep(3)
        self.assertEqual(self.applied(), 2)

    def test_what_is_registered_already_is_not_applied_again(self):
        (self.root / 'etc/consul.d/service-registration.json').write_text('{\n  "token": "%s"\n}\n' % ONE)
        self.give(ONE)
        self.start()
        self.wait(lambda: 'is good for web' in self.said.read_text(), 'not judged')
        self.assertEqual(self.applied(), 0)

    def test_a_wrong_token_is_named_with_what_it_lacks_and_needs(self):
        self.give(OTHER)
        self.start()
        self.wait(lambda: 'will not do for web: Consul does not know it: give it a service identity' in self.said.read_text(), 'not named')
        self.server.denied = {'web-sidecar-proxy'}
        self.give(ONE)
        self.wait(lambda: 'it lacks service:write for web-sidecar-proxy: give it' in self.said.read_text(), 'not named')
        self.assertEqual(self.said.read_text().count('does not know it'), 1)

    def test_it_logs_in_until_that_goes_well_and_out_when_it_ends(self):
        (self.root / 'refuses').write_text('403 (Permission denied)')
        self.start('-method=vm', '-meta=vm=h/web')
        self.wait(lambda: self.log.read_text().count('consul login') >= 2, 'tried once only')
        self.assertEqual(self.said.read_text().count('consul login failed: 403 (Permission denied)'), 1)
        (self.root / 'refuses').unlink()
        self.wait(lambda: self.applied() == 1, 'not applied')
        self.assertIn(f'consul login -token-sink-file={self.token} -method=vm -meta=vm=h/web \n', self.log.read_text())
        self.assertEqual(stat.S_IMODE(self.token.stat().st_mode) & 0o007, 0o004 if not self.has_envoy() else 0)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)
        self.assertTrue(self.log.read_text().endswith(f'consul logout {self.token}\n'))
        self.assertFalse(self.token.exists())

    @staticmethod
    def has_envoy():
        return subprocess.run(['getent', 'group', 'envoy'], stdout=subprocess.DEVNULL, check=False).returncode == 0

    def test_what_consul_no_longer_knows_is_logged_in_for_again(self):
        self.token.write_text('expired\n')
        self.start('-method=vm')
        self.wait(lambda: 'login-1' in self.registered(), 'no new token')

    def test_it_ends_and_logs_out_when_its_unit_changes_and_a_moment_later_when_that_is_gone(self):
        self.start('-method=vm')
        self.wait(lambda: self.applied() == 1, 'not applied')
        self.unit.write_text('[Service]\nRestart=always\n')
        self.process.wait(90)
        self.assertIn('consul logout', self.log.read_text())
        self.start('-method=vm')
        self.wait(self.token.exists, 'not logged in')
        start = time.monotonic()
        self.unit.unlink()
        self.process.wait(90)
        self.assertGreater(time.monotonic() - start, 4)
        self.assertEqual(self.log.read_text().count('consul logout'), 2)

    def test_a_file_of_the_operator_is_never_removed(self):
        self.give(ONE)
        self.start()
        self.wait(lambda: self.applied() == 1, 'not applied')
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)
        self.assertEqual(self.token.read_text(), ONE + '\n')
        self.assertNotIn('logout', self.log.read_text())


if __name__ == '__main__':
    unittest.main()
