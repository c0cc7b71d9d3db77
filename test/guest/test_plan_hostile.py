"""Hostile annotation values in plan_annotations.py: each is refused, or ends as the very same text for who reads it."""
import collections
import json
import os
import shlex
import unittest

import unit_file
from plans import G, filled, literals
from support import A, P

HOSTILE = {
    'substitution': '$(touch CANARY)', 'backticks': '`touch CANARY`', 'separator': ';touch CANARY;', 'spaced separator': ' ; touch CANARY ; ',
    'pipe': '|touch CANARY', 'and': '&& touch CANARY', 'short': '$(>CANARY)', 'short backticks': '`>CANARY`', 'tight': ';>CANARY', 'redirection': '>CANARY',
    'double quotes': '"; touch CANARY; "', 'single quotes': "'; touch CANARY; '", 'lone double quote': '"', 'lone single quote': "'",
    'backslash': '\\', 'backslashes': '\\\\', 'escapes': '\\x22\\n\\e\\u0022\\',
    'specifiers': '%n%i%d%%%s', 'lone percent': '%', 'variables': '$HOME${PATH}$$1', 'variable': '${CANARY}', 'braces': '{{ds.x}}{% x %}', 'globs': '*?[a-z]~',
    'hole': '{"hole": "python"}', 'newline': 'x\nExecStartPre=+/bin/touch CANARY\n', 'carriage return': 'x\r\ntouch CANARY', 'continuation': 'x\\\ntouch CANARY', 'nul': 'x\x00touch CANARY', 'tab': 'a\tb',
    'terminal': '\x1b]0;x\x07', 'unicode': 'ü→\u202e\U0001f600\u00a0é', 'line separator': 'a\u2028b', 'half a pair': '\ud800', 'option': '--config-path=CANARY', 'dash': '-',
    'comment': '# touch CANARY', 'section': '[Service]', 'prefix': '+/bin/touch CANARY', 'path': '../../../CANARY', 'large': 'A' * 65536, 'large substitution': '$(touch CANARY)' * 4096,
}
# What else a value must be made of so as not to be refused at once; {} stands for the hostile text.
FRAMES = {
    'connect-service': ['web{}', '{}'], 'service-tags': ['{}', 'a,{},b'], 'connect-service-upstreams': ['api:9191:{}', '{}:9191', 'api:9191:local_bind_address={}'],
    'transparent-proxy-exclude-inbound-ports': ['22,{}', '22{}'], 'transparent-proxy-exclude-outbound-ports': ['22{}'],
    'transparent-proxy-exclude-outbound-cidrs': ['10.0.0.0/8{}', '::1{}'], 'transparent-proxy-exclude-uids': ['1{}', 'envoy{}'],
    'health-check-http': ['http://127.0.0.1:1/{}', 'http://{}/'], 'health-check-tcp': ['{}:1'], 'health-check-grpc': ['h:1/{}'],
    'retry-join': ['{}', 'h{}', 'provider=aws a="{}"'], 'bind-addr': ['{}', 'eth{}', '{{{}}}'],
    'http-addr': ['unix:///{}', 'https://{}:1'], 'grpc-addr': ['unix:///a{}'], 'app-unit': ['a{}.service'], 'prometheus-scrape-path': ['/{}'],
}
KNOWN = {('Unit', name) for name in ('Before', 'Wants', 'After')} | {('Service', name) for name in (
    'ExecStart', 'ExecStop', 'ExecStartPost', 'TimeoutStartSec', 'TimeoutStopSec', 'CPUQuota', 'CPUWeight', 'MemoryMax', 'MemoryLow', 'AmbientCapabilities',
    'ReadWritePaths', 'ExecStartPre', 'Environment', 'LoadCredential', 'SetCredential')}
CREDENTIALS = [f'CONSUL_{variable}=/run/credentials/{name}' for _, variable, name in G.VARIABLES if name]

# Where the settings of the agent have the very text.
AGENT = {
    'encrypt-file': lambda agent: agent['encrypt']['path'], 'agent-token-file': lambda agent: agent['acl']['tokens']['agent']['path'],
    'rpc-ca-file': lambda agent: agent['tls']['internal_rpc']['ca_file'], 'rpc-cert-file': lambda agent: agent['tls']['internal_rpc']['cert_file'],
    'rpc-key-file': lambda agent: agent['tls']['internal_rpc']['key_file'], 'datacenter': lambda agent: agent['datacenter'], 'agent-config-dir': lambda agent: agent['folder'],
}


def values(key, hostile):
    """The hostile text as a value of this key, in each form in which it might pass."""
    text, name, syntax = hostile.replace('CANARY', '/tmp/pwned'), key.split('/', 1)[1], G.SYNTAXES.get(key)
    if syntax == 'shell-words':
        return [text, shlex.quote(text), '-l ' + shlex.quote(text)]
    if syntax == 'json-object':
        return [text, json.dumps({text: text})]
    frames = FRAMES.get(name, ['{}', '/etc/{}', '/etc/{}/x'] if syntax == 'absolute-path' else ['{}', '1{}', 'true{}'])
    return [frame.replace('{}', text) for frame in frames]


def base(key, value):
    """A configuration with this value in which the others let it have its effect."""
    found = {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'sidecar-proxy-liveness-failure-seconds': '9', key: value}
    if key.startswith(P + 'prometheus-') and key[len(P):] in G.TLS:
        found = {**{P + name: '/f' for name in G.TLS}, P + 'enable-metrics': 'true', **found}
    if key == P + 'prometheus-scrape-path':
        found[P + 'enable-metrics'] = 'true'
    if key in (A + 'rpc-cert-file', A + 'rpc-key-file'):
        found = {A + 'rpc-cert-file': '/f', A + 'rpc-key-file': '/f', **found}
    if key in (A + 'acl-auth-method', A + 'acl-bearer-token-file', A + 'acl-aws-iam'):
        proof = {} if key == A + 'acl-aws-iam' else {A + 'acl-bearer-token-file': '/jwt'}
        found = {A + 'acl-auth-method': 'vm', **proof, **found}
    return {'annotations': found}


class Hostile(unittest.TestCase):
    maxDiff = None

    def planned(self, key, value):
        """The plan, or None when the value is refused."""
        try:
            return G.plan(base(key, value))[0]
        except G.Refused as refused:
            for name, message in refused.args[0]:
                self.assertIsInstance(message, str)
                self.assertLess(len(name + message), 140000)
            return None

    def accepted(self, labels):
        """(key, value, plan) of every value that is not refused."""
        for key in [*sorted(G.SYNTAXES), P + 'service-meta-x', P + 'nobody-knows-this', A + 'x\ny']:
            for label in labels:
                for value in values(key, HOSTILE[label]):
                    wanted = self.planned(key, value)
                    if wanted:
                        yield key, value, wanted

    def check(self, wanted):
        """Every line is one line, and who reads the files finds no more in them than was planned. Returns the unit's directives."""
        text = G.canonical({'format': 2, 'plan': wanted})
        self.assertRegex(text, r'\A[\n\x20-\x7e]*\Z')
        self.assertEqual(json.loads(text, parse_int=G.Number, parse_float=G.Number), {'format': '2', 'plan': json.loads(json.dumps(wanted), parse_int=G.Number)})
        one = wanted['sidecars'][0]
        for line in literals([*wanted.get('dns', []), *one['redirect'], *one['unit'], *one['watch'], *one.get('acl', []), *one.get('environment', [])]):
            self.assertNotRegex(line, '[^\x20-\x7e\xa1-\U0010ffff\xa0]|[\u2028\u2029\ud800-\udfff]')
        self.assertTrue(all(word.startswith('-') for word in filled(one['redirect'], {'users': collections.defaultdict(int)})))
        for line in one.get('environment', []):
            self.assertRegex(line, r'\A[A-Z0-9_]+_CONNECT_SERVICE_(HOST=[0-9A-Fa-f:.]+|PORT=[0-9]+)\Z')
        for version in (219, 247, 255):
            found = unit_file.directives('\n'.join(filled(one['unit'], {'systemd': version})) + '\n')
            self.assertLessEqual(set(found), KNOWN)
            start = unit_file.command(found['Service', 'ExecStart'][1], d='/run/credentials', n='x')
            copies = [word for word in start[1:3] if word.startswith('CONSUL_')]
            self.assertEqual([word for word in copies if word.replace('/run/credentials/x/', '/run/credentials/') not in CREDENTIALS], [])
            self.assertEqual(start, ['/usr/bin/env', *copies, 'consul', 'connect', 'envoy', *start[4 + len(copies):]])
            self.assertEqual(len(found['Service', 'ExecStart']), 2)
        self.assertEqual(set(unit_file.directives('\n'.join(filled(one['watch'])) + '\n')), {
            ('Unit', 'PartOf'), ('Unit', 'After'), ('Service', 'Restart'), ('Service', 'RestartSec'), ('Service', 'ExecStart')})
        if 'acl' in one:
            follows = unit_file.directives('\n'.join(filled(one['acl'])) + '\n')
            self.assertEqual(set(follows), {('Unit', 'After')} | {('Service', name) for name in (
                'LogExtraFields', 'ExecStart', 'Restart', 'RestartSec', 'KillMode', 'EnvironmentFile', 'Environment')})
            self.assertEqual(unit_file.command(follows['Service', 'ExecStart'][0])[1:3], ['/srv/consul/acl-token.py', 'web'])
        return found, start

    def test_each_is_refused_or_ends_as_the_same_text(self):
        count = 0
        for key, value, wanted in self.accepted(HOSTILE):
            count += 1
            with self.subTest(key=key, value=value[:60]):
                self.same_text(key, value, wanted)
        self.assertGreater(count, 400)

    def same_text(self, key, value, wanted):
        found, start = self.check(wanted)
        if key[len(A):] in AGENT:
            self.assertEqual(AGENT[key[len(A):]](wanted.get('agent') or wanted['agent_is']), value)
        elif key == A + 'acl-bearer-token-file':
            follows = unit_file.directives('\n'.join(filled(wanted['sidecars'][0]['acl'])) + '\n')
            self.assertIn('-bearer-token-file=' + value, unit_file.command(follows['Service', 'ExecStart'][0]))
        elif G.SYNTAXES.get(key) == 'absolute-path' and key.startswith(A):
            variable = 'CONSUL_' + {name: variable for name, variable, _ in G.VARIABLES}[key[len(A):]]
            variables = [unit_file.specified(word) for line in found['Service', 'Environment'] for word in unit_file.unquote(line)]
            self.assertEqual([own for own in variables if not own.startswith('CONSUL_PORTS=')], [f'{variable}={value}'])
            for line in found.get(('Service', 'LoadCredential'), []):
                self.assertEqual(unit_file.specified(line.partition(':')[2]), os.path.normpath(value))
        elif key == P + 'consul-sidecar-access-log-path':
            words = [word for line in found.get(('Service', 'ReadWritePaths'), []) for word in unit_file.unquote(line)]
            folder = os.path.dirname(value).rstrip('/')
            self.assertEqual([unit_file.specified(word) for word in words], ['-' + folder] if folder else [])
            made = [unit_file.command(line)[-1] for line in found.get(('Service', 'ExecStartPre'), [])]
            self.assertEqual(made, [folder] if folder else [])
        elif key == P + 'envoy-extra-args':
            words = shlex.split(value, comments=True)
            self.assertEqual(start[-len(words):] if words else [], words)
        elif key == P + 'prometheus-scrape-path' or key[len(P):] in G.TLS:
            self.assertIn('-%s=%s' % (key[len(P):], value), start)
        elif key == P + 'service-meta-x':
            self.assertEqual(wanted['registration']['service']['meta']['x'], value)

    def test_control_characters_pass_nowhere_but_in_json(self):
        for key in [*sorted(G.SYNTAXES), P + 'service-meta-x']:
            for character in '\x00\x01\x0b\x1b\x7f\x85\u2028\ud800' + ('' if G.SYNTAXES.get(key) in ('json-object', 'upstreams') else '\n\r\t'):
                for value in values(key, f'a{character}b'):
                    with self.subTest(key=key, value=value):
                        wanted = self.planned(key, value)
                        if wanted and G.SYNTAXES.get(key) == 'json-object':
                            # An escape sequence stands for it in JSON, and does again afterwards.
                            self.assertEqual(wanted['registration']['service']['connect']['sidecar_service']['proxy']['config'], json.loads(value))
                            self.check(wanted)
                        elif wanted:
                            self.assertNotIn(json.dumps(character)[1:-1], G.canonical(wanted))


if __name__ == '__main__':
    unittest.main()
