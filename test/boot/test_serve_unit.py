"""The systemd units of examples/serve on a real machine: started by the first request, hardened, stopped cleanly."""

import json
import re
import subprocess
import unittest
from pathlib import Path

import example
from machine import HERE, Machine

FOLDER = example.EXAMPLES / 'serve'
SEEDS = FOLDER / 'seeds'
TOOL = '/usr/local/lib/boot-probe/serve-unit.py'
CHECK = f'python3 {TOOL}'
# As the drop-in wants it: a certificate and a key that the group ssl-cert may read.
CERTIFICATE = '''set -e
groupadd --system ssl-cert
mkdir -p /etc/ssl/certs /etc/ssl/private
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \\
  -addext subjectAltName=DNS:localhost -keyout /etc/ssl/private/injector.pem -out /etc/ssl/certs/injector.pem
chgrp ssl-cert /etc/ssl/private /etc/ssl/private/injector.pem
chmod 710 /etc/ssl/private
chmod 640 /etc/ssl/private/injector.pem
node --version
systemctl enable consul-vm-inject.socket
'''


def drop_in(unit: str) -> str:
    """The drop-in that the head of the unit shows in its comment."""
    head = unit.partition('\n[Unit]')[0]
    return re.search(r'^\[Service\].*', re.sub('^# *', '', head, flags=re.MULTILINE), re.MULTILINE | re.DOTALL).group()


def install(made: Machine) -> None:
    """What a package of the injector would bring, the seeds of the example, and what the drop-in needs."""
    node = subprocess.check_output(['node', '--print', 'process.execPath'], text=True).strip()
    made.write('/usr/bin/node', Path(node).read_bytes(), 0o755)
    for path in example.BUNDLE.parent.iterdir():
        made.write(f'/usr/lib/consul-vm-inject/{path.name}', path.read_bytes(), 0o755)
    made.link('/usr/bin/consul-vm-inject', '/usr/lib/consul-vm-inject/consul-vm-inject.js')
    for kind in ('service', 'socket'):
        made.write(f'/etc/systemd/system/consul-vm-inject.{kind}', (FOLDER / f'consul-vm-inject.{kind}').read_bytes())
    for path in SEEDS.glob('*/*'):
        made.write(f'/srv/consul-vm-inject/{path.relative_to(SEEDS)}', path.read_bytes())
    made.write('/etc/consul-vm-inject/token', 'a-token\n', 0o600)
    made.write('/root/drop-in/override.conf', drop_in((FOLDER / 'consul-vm-inject.service').read_text()))
    made.write(TOOL, (HERE / 'guest/serve-unit.py').read_bytes())
    made.run('/bin/sh', '-c', CERTIFICATE)


class ServeUnit(unittest.TestCase):
    """One boot, in which the unit runs as it is, and then with its drop-in."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        with Machine('serve-unit', b'#cloud-config\n') as made:
            install(made)
            cls.report = made.boot(units=('consul-vm-inject.*',), run=(CHECK,))
        said = cls.report['run'][CHECK]
        try:
            cls.found = json.loads(said)
        except ValueError:
            raise AssertionError(said) from None

    def stopped(self, status: int, state: dict) -> None:
        # ExecMainCode 1: it exited by itself.
        wanted = {'ActiveState': 'inactive', 'SubState': 'dead', 'Result': 'success', 'NRestarts': '0',
                  'ExecMainCode': '1', 'ExecMainStatus': '0', 'MainPID': '0'}
        self.assertEqual((status, state), (0, wanted), self.found['journal'])

    def runs(self, state: dict) -> None:
        self.assertEqual((state['ActiveState'], state['SubState'], state['NRestarts']), ('active', 'running', '0'),
                         self.found['journal'])

    def test_the_first_request_starts_it(self) -> None:
        self.assertEqual((self.found['before']['ActiveState'], self.found['before']['ExecMainCode']), ('inactive', '0'))
        self.assertEqual(self.found['seed'], [200, example.inject(SEEDS / 'web1/user-data', '-q').decode()])
        self.runs(self.found['running'])

    def test_every_kind_of_answer_comes_through_the_filter_of_system_calls(self) -> None:
        self.assertEqual(self.found['none'][0], 404)
        self.assertEqual(self.found['pipe'][0], 200)
        self.assertIn('consul-vm-inject-start', self.found['pipe'][1])
        self.assertIn('documents_total{hook="nocloud",outcome="injected"} 1', self.found['metrics'][1])

    def test_it_has_no_rights(self) -> None:
        rights = self.found['rights']
        uid, = set(rights['Uid'].split())
        # What systemd gives to DynamicUser=.
        self.assertTrue(61184 <= int(uid) <= 65519, uid)
        self.assertEqual(rights['Groups'].split(), rights['Gid'].split()[:1])
        self.assertEqual({int(rights['CapEff'], 16), int(rights['CapBnd'], 16)}, {0})
        # Seccomp 2: a filter.
        self.assertEqual((rights['NoNewPrivs'], rights['Seccomp'], rights['own_network']), ('1', '2', True))

    def test_a_reload_keeps_the_process(self) -> None:
        self.assertEqual(self.found['reload'], [0, self.found['running']['MainPID']])

    def test_a_stop_is_clean_and_the_next_request_starts_it_again(self) -> None:
        self.stopped(*self.found['stop'])
        answer, state = self.found['again']
        self.assertEqual(answer, [200, (SEEDS / 'web1/meta-data').read_text()])
        self.runs(state)

    def test_the_drop_in_of_the_comment_adds_tls_and_a_token(self) -> None:
        given, refused, state = self.found['guarded']
        self.assertEqual(given, self.found['seed'])
        self.assertEqual(refused[0], 401)
        self.runs(state)
        self.stopped(*self.found['ended'])

    def test_nothing_failed(self) -> None:
        self.assertEqual((self.found['failed'], self.report['failed']), ('', []))
        lines = [json.loads(line) for line in self.found['journal'].splitlines() if line.startswith('{')]
        self.assertEqual([line for line in lines if line['level'] == 'error'], [])
        self.assertEqual([line['tls'] for line in lines if line['message'] == 'listening'], [False, False, True])
        self.assertEqual(len([line for line in lines if line['message'] == 'stopped']), 3)


if __name__ == '__main__':
    unittest.main()
