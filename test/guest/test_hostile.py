"""Hostile annotation values: each is refused, or ends as the very same text in every file, and is executed by nothing."""
import json
import os
import re
import shlex
import shutil
import tempfile
import unittest
from pathlib import Path

import unit_file
from support import A, GUEST, P, load_generator, run

G = load_generator()
HOST = {'hostname': 'vm1', 'instance_id': 'i-1', 'ssh_ports': [], 'resolved': False, 'users': {}, 'python': '/usr/bin/python3'}
HOSTILE = {
    'substitution': '$(touch CANARY)', 'backticks': '`touch CANARY`', 'separator': ';touch CANARY;', 'spaced separator': ' ; touch CANARY ; ',
    'pipe': '|touch CANARY', 'and': '&& touch CANARY', 'short': '$(>CANARY)', 'short backticks': '`>CANARY`', 'tight': ';>CANARY', 'redirection': '>CANARY',
    'double quotes': '"; touch CANARY; "', 'single quotes': "'; touch CANARY; '", 'lone double quote': '"', 'lone single quote': "'",
    'backslash': '\\', 'backslashes': '\\\\', 'escapes': '\\x22\\n\\e\\u0022\\',
    'specifiers': '%n%i%d%%%s', 'lone percent': '%', 'variables': '$HOME${PATH}$$1', 'variable': '${CANARY}', 'braces': '{{ds.x}}{% x %}', 'globs': '*?[a-z]~',
    'newline': 'x\nExecStartPre=+/bin/touch CANARY\n', 'carriage return': 'x\r\ntouch CANARY', 'continuation': 'x\\\ntouch CANARY', 'nul': 'x\x00touch CANARY', 'tab': 'a\tb',
    'terminal': '\x1b]0;x\x07', 'unicode': 'ü→\u202e\U0001f600\u00a0é', 'line separator': 'a\u2028b', 'half a pair': '\ud800', 'option': '--config-path=CANARY', 'dash': '-',
    'comment': '# touch CANARY', 'section': '[Service]', 'prefix': '+/bin/touch CANARY', 'path': '../../../CANARY', 'large': 'A' * 65536, 'large substitution': '$(touch CANARY)' * 4096,
}
# What else a value must be made of so as not to be refused at once; {} stands for the hostile text.
FRAMES = {
    'connect-service': ['web{}', '{}'], 'service-tags': ['{}', 'a,{},b'], 'connect-service-upstreams': ['api:9191:{}', '{}:9191', 'api:9191:local_bind_address={}'],
    'transparent-proxy-exclude-inbound-ports': ['22,{}', '22{}'], 'transparent-proxy-exclude-outbound-ports': ['22{}'],
    'transparent-proxy-exclude-outbound-cidrs': ['10.0.0.0/8{}', '::1{}'], 'transparent-proxy-exclude-uids': ['1{}', 'envoy{}'],
    'health-check-http': ['http://127.0.0.1:1/{}', 'http://{}/'], 'health-check-tcp': ['{}:1'], 'health-check-grpc': ['h:1/{}'],
    'http-addr': ['unix:///{}', 'https://{}:1'], 'grpc-addr': ['unix:///a{}'], 'app-unit': ['a{}.service'], 'prometheus-scrape-path': ['/{}'],
}


class Hostile(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.canary = self.folder / 'pwned'

    def values(self, key, hostile):
        """The hostile text as a value of this key, in each form in which it might pass."""
        text = hostile.replace('CANARY', str(self.canary))
        name, parse = key.split('/', 1)[1], G.KEYS.get(key)
        if name == 'envoy-extra-args':
            return [text, shlex.quote(text), '-l ' + shlex.quote(text)]
        if parse is G.json_object:
            return [text, json.dumps({text: text})]
        frames = FRAMES.get(name, ['{}', '/etc/{}', '/etc/{}/x'] if parse is G.path else ['{}', '1{}', 'true{}'])
        return [frame.replace('{}', text) for frame in frames]

    def base(self, key, value):
        """A configuration with this value in which the others let it have its effect."""
        found = {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'sidecar-proxy-liveness-failure-seconds': '9', key: value}
        if key.startswith(P + 'prometheus-') and key[len(P):] in G.PROMETHEUS:
            found = {**{P + name: '/f' for name in G.PROMETHEUS}, P + 'enable-metrics': 'true', **found}
        if key == P + 'prometheus-scrape-path':
            found[P + 'enable-metrics'] = 'true'
        return {'annotations': found}

    def planned(self, key, value):
        """The plan, or None when the value is refused, in words that stay on their line."""
        try:
            return G.plan(self.base(key, value), HOST)
        except G.Refused as refused:
            for name, message in refused.args[0]:
                self.assertIsInstance(message, str)
                self.assertLess(len(name + message), 140000)
            return None

    def check_files(self, wanted):
        """Every file that a plan writes holds the plan's own words again when it is read by who reads it."""
        one = wanted.services[0]
        self.assertEqual(json.loads(G.registration_text(wanted)), wanted.registration)
        files = {name: text for name, text in G.service_files(one).items() if text}
        self.assertLessEqual({name.split(one['name'])[0] for name in files}, {
            '/run/consul-vm-inject/', '/run/consul/upstreams-', '/run/systemd/system/envoy@', '/run/systemd/system/consul-envoy-watch@'})
        self.assertEqual(G.views(one)['redirect'].split('\n')[:-1], one['redirect'])
        self.assertEqual(G.views(one)['envoy'].split('\n')[:-1], one['envoy'])
        self.assertEqual(unit_file.environment_file(G.views(one)['environment']), one['environment'])
        for text in (one['drop_in'], one['watch'] or ''):
            self.assertIsNone(re.search(r'[^\n\x20-\x7e\xa1-\U0010ffff\xa0]|[\u2028\u2029\ud800-\udfff]', text))
        found = unit_file.directives(one['drop_in'])
        known = {('Unit', name) for name in ('Before', 'Wants')} | {('Service', name) for name in (
            'ExecStart', 'ExecStop', 'ExecStartPost', 'TimeoutStartSec', 'TimeoutStopSec', 'CPUQuota', 'CPUWeight', 'MemoryMax', 'MemoryLow', 'AmbientCapabilities',
            'ReadWritePaths', 'Environment', 'LoadCredential', 'SetCredential')}
        self.assertLessEqual(set(found), known)
        start = unit_file.command(found['Service', 'ExecStart'][1], d='/run/credentials')
        secrets = [word for word in start[1:] if word.startswith('CONSUL_')]
        self.assertEqual(start, ['/usr/bin/env', *secrets, *one['envoy']])
        self.assertTrue(all(word in ('CONSUL_HTTP_TOKEN_FILE=/run/credentials/acl-token', 'CONSUL_CLIENT_KEY=/run/credentials/client-key') for word in secrets), secrets)
        return found

    def accepted(self, labels):
        """(label, key, value, plan) of every value that is not refused."""
        for key in [*sorted(G.KEYS), P + 'service-meta-x', P + 'nobody-knows-this', A + 'x\ny']:
            for label in labels:
                for value in self.values(key, HOSTILE[label]):
                    with self.subTest(key=key, hostile=label, value=value[:60]):
                        wanted = self.planned(key, value)
                        if wanted and wanted.services:
                            yield label, key, value, wanted

    def test_each_is_refused_or_ends_as_the_same_text(self):
        accepted = 0
        for _, key, value, wanted in self.accepted(HOSTILE):
            accepted += 1
            found = self.check_files(wanted)
            if G.KEYS.get(key) is G.path and key.startswith(A):
                variable = 'CONSUL_' + dict(G.VARIABLES)[key[len(A):]]
                variables = [unit_file.specified(word) for line in found['Service', 'Environment'] for word in unit_file.unquote(line)]
                self.assertEqual(variables, [f'{variable}={value}'])
                for line in found.get(('Service', 'LoadCredential'), []):
                    loaded = unit_file.specified(line.partition(':')[2])
                    self.assertEqual(loaded, os.path.normpath(value))
            elif key == P + 'consul-sidecar-access-log-path':
                words = [word for line in found.get(('Service', 'ReadWritePaths'), []) for word in unit_file.unquote(line)]
                folder = os.path.dirname(value).rstrip('/')
                self.assertEqual([unit_file.specified(word) for word in words], ['-' + folder] if folder else [])
            elif key == P + 'envoy-extra-args':
                words = shlex.split(value, comments=True)
                self.assertEqual(wanted.services[0]['envoy'][-len(words):] if words else [], words)
            elif key == P + 'service-meta-x':
                self.assertEqual(wanted.registration['service']['meta']['x'], value)
        self.assertGreater(accepted, 400)
        self.assertFalse(self.canary.exists())

    def test_control_characters_pass_nowhere(self):
        for key in [*sorted(G.KEYS), P + 'service-meta-x']:
            for character in '\x00\x01\x0b\x1b\x7f\x85\u2028\ud800' + ('' if G.KEYS.get(key) in (G.json_object, G.upstreams) else '\n\r\t'):
                for value in self.values(key, f'a{character}b'):
                    with self.subTest(key=key, value=value):
                        wanted = self.planned(key, value)
                        if wanted and G.KEYS.get(key) is G.json_object:
                            # An escape sequence stands for it in JSON, and does again afterwards, where JSON needs one.
                            self.assertEqual(json.loads(G.registration_text(wanted)), wanted.registration)
                            self.assertNotIn(character, wanted.services[0]['drop_in'])
                        elif wanted:
                            self.assertNotIn(character, G.registration_text(wanted) + wanted.services[0]['drop_in'])

    def test_nothing_is_executed_when_the_scripts_run(self):
        scripts = self.folder / 'bin'
        scripts.mkdir()
        shutil.copy(GUEST / 'consul-redirect-traffic', scripts)
        cleanup = scripts / 'consul-cleanup-iptables'
        cleanup.write_text('#!/bin/sh\nexit 0\n')
        cleanup.chmod(0o755)
        for number, label in enumerate(HOSTILE):
            with self.subTest(label):
                together = self.base(P + 'connect-service', 'web')
                for _, key, value, _ in list(self.accepted([label])):
                    # As many of the keys as can have it at once.
                    more = {'annotations': {**together['annotations'], **self.base(key, value)['annotations']}}
                    try:
                        if key != P + 'connect-service' and G.plan(more, HOST).services:
                            together = more
                    except G.Refused:
                        pass
                root = self.folder / f'root{number}'
                root.mkdir()
                config = root / 'config.json'
                config.write_text(json.dumps(together))
                done = run('python3', GUEST / 'generate-sidecar-configs.py', '--root', root, '--config', config, '--host', json.dumps(HOST), cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(all(line.startswith('consul-sidecar-init: ') for line in done.stderr.split('\n')[:-1]), done.stderr)
                wanted = G.plan(together, HOST).services[0]
                log = root / 'log'
                environment = {'FAKE_LOG': str(log), 'CONSUL_REDIRECT_DIR': f'{root}/run/consul-vm-inject', 'CONSUL_REDIRECT_WAIT': '0', 'CANARY': str(self.canary)}
                done = run(scripts / 'consul-redirect-traffic', 'web', env=environment, cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                start = unit_file.directives((root / G.DROP_IN[1:].replace('%s', 'web')).read_text())['Service', 'ExecStart'][1]
                done = run(*unit_file.command(start, d='/run/credentials'), env=environment, cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                redirect = ['connect', 'redirect-traffic', '-proxy-uid=5995', '-exclude-uid=5996', *wanted['redirect']]
                self.assertEqual(log.read_text().split('\n'), ['consul ' + ' '.join(map(repr, words)) for words in (redirect, wanted['envoy'][1:])] + [''])
                self.assertFalse(self.canary.exists())
                outside = [path.name for path in self.folder.iterdir() if path.name != 'bin' and not path.name.startswith('root')]
                self.assertEqual(outside, [])

    def test_a_secret_file_with_a_hostile_name_is_looked_for_under_that_very_name(self):
        for label, hostile in HOSTILE.items():
            value = '/nowhere/' + hostile.replace('CANARY', str(self.canary))
            if self.planned(A + 'acl-token-file', value) is None:
                continue
            with self.subTest(label):
                done = run(GUEST / 'consul-redirect-traffic', 'web', env={'CONSUL_HTTP_TOKEN_FILE': value, 'CONSUL_REDIRECT_WAIT': '0'}, cwd=self.folder)
                self.assertEqual((done.returncode, done.stderr), (
                    1, f'consul-redirect-traffic: web: not started, nothing is redirected: {value} is missing or empty\n'))
                self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == '__main__':
    unittest.main()
