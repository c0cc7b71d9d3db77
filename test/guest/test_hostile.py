"""Hostile annotation values on a guest: what the generator writes of a plan is executed by nothing, and arrives as the same words."""
import json
import shutil
import tempfile
import unittest
from pathlib import Path

import unit_file
from plans import G as PLANNER
from plans import filled
from support import A, GUEST, P, load_generator, programs, run
from test_plan_hostile import HOSTILE, base, values

G = load_generator()


class Hostile(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.canary = self.folder / 'pwned'

    def planned(self, config):
        """The plan, or None when a value is refused."""
        try:
            return PLANNER.plan(config)[0]
        except PLANNER.Refused:
            return None

    def together(self, label):
        """A configuration with the hostile text as the value of as many of the keys as can have it at once, without users."""
        found = base(P + 'connect-service', 'web')
        for key in [*sorted(PLANNER.SYNTAXES), P + 'service-meta-x']:
            for value in values(key, HOSTILE[label].replace('CANARY', str(self.canary))):
                more = {'annotations': {**found['annotations'], **base(key, value)['annotations']}}
                # Users are looked up, and secrets are given to the agent's group.
                others = (*[P + name for name in ('connect-service', 'connect-inject', 'transparent-proxy-exclude-uids')], A + 'encrypt-file', A + 'agent-token-file', A + 'agent-user')
                if key not in others and self.planned(more):
                    found = more
                    break
        return found

    def test_nothing_is_executed_when_the_scripts_run(self):
        scripts = self.folder / 'bin'
        scripts.mkdir()
        shutil.copy(GUEST / 'consul-redirect-traffic', scripts)
        cleanup = scripts / 'consul-cleanup-iptables'
        cleanup.write_text('#!/bin/sh\nexit 0\n')
        cleanup.chmod(0o755)
        for number, label in enumerate(HOSTILE):
            with self.subTest(label):
                config = self.together(label)
                wanted = json.loads(PLANNER.canonical(self.planned(config)))
                root = self.folder / f'root{number}'
                script = programs(root)
                file = script.parent / 'service-config.json'
                # By turns as annotations, and as the plan that travels.
                file.write_text(json.dumps({'format': 2, 'plan': wanted} if number % 2 else config))
                done = run('python3', script, cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(all(line.startswith('consul-vm-inject: ') for line in done.stderr.split('\n')[:-1]), done.stderr)
                written = (root / (G.FILES['redirect'] % 'web')[1:]).read_text().split('\n')[:-1]
                unit = (root / (G.FILES['unit'] % 'web')[1:]).read_text()
                log = root / 'log'
                environment = {'FAKE_LOG': str(log), 'CONSUL_REDIRECT_DIR': f'{root}/run/consul-vm-inject', 'CONSUL_REDIRECT_WAIT': '0', 'CANARY': str(self.canary)}
                done = run(scripts / 'consul-redirect-traffic', 'web', env=environment, cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                start = unit_file.directives(unit)['Service', 'ExecStart'][1]
                done = run(*unit_file.command(start, d='/run/credentials'), env=environment, cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                planned = unit_file.directives('\n'.join(filled(wanted['sidecars'][0]['unit'], {'systemd': 252})))['Service', 'ExecStart'][1]
                words = unit_file.command(planned, d='/run/credentials')
                envoy = words[words.index('consul') + 1:]
                # Blocks of addresses are put in by the wrapper, each by its family.
                written = [line for line in written if not line.startswith('-exclude-outbound-cidr=')]
                redirect = ['connect', 'redirect-traffic', '-proxy-uid=5995', *written]
                self.assertEqual(log.read_text().split('\n'), ['consul ' + ' '.join(map(repr, words)) for words in (redirect, envoy)] + [''])
                # No such file holds a token, so that nothing is registered yet.
                if wanted['registration']['service'].pop('token_file', None):
                    self.assertFalse((root / G.REGISTRATION[1:]).exists())
                    file.write_text(json.dumps({'format': 2, 'plan': wanted}))
                    self.assertEqual(run('python3', script, cwd=self.folder).returncode, 0)
                registration = json.loads((root / G.REGISTRATION[1:]).read_text())
                for hole in ('hostname', 'instance-id'):
                    self.assertNotIn({'hole': hole}, [*registration['service'].get('tags', []), *registration['service']['meta'].values()])
                self.assertEqual(registration['service']['connect'], wanted['registration']['service']['connect'])
                self.assertFalse(self.canary.exists())
                outside = [path.name for path in self.folder.iterdir() if path.name != 'bin' and not path.name.startswith('root')]
                self.assertEqual(outside, [])

    def test_a_secret_file_with_a_hostile_name_is_looked_for_under_that_very_name(self):
        for label, hostile in HOSTILE.items():
            value = '/nowhere/' + hostile.replace('CANARY', str(self.canary))
            if self.planned(base(A + 'acl-token-file', value)) is None:
                continue
            with self.subTest(label):
                done = run(GUEST / 'consul-redirect-traffic', 'web', 'wait', env={'CONSUL_HTTP_TOKEN_FILE': value, 'CONSUL_REDIRECT_WAIT': '0', 'CONSUL_HOLD': 'yes'}, cwd=self.folder)
                self.assertEqual((done.returncode, done.stderr), (
                    1, f'consul-redirect-traffic: web: not started, nothing is redirected: {value} is missing or empty\n'))
                self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == '__main__':
    unittest.main()
