"""What consul-redirect-traffic asks of the agent before Envoy starts: does it serve xDS at all?"""
import json
import tempfile
import unittest
from pathlib import Path

from support import GUEST, run

NO_PORT = 'the agent has no port for Envoy (xDS)'
NO_CONNECT = 'Connect is disabled'


class Xds(unittest.TestCase):
    """`consul debug` asks the agent, in the way that the sidecar's own settings say: address, TLS, token."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scripts, self.log = self.folder / 'bin', self.folder / 'log'
        self.scripts.mkdir()
        self.script = self.scripts / 'consul-redirect-traffic'
        self.script.write_bytes((GUEST / 'consul-redirect-traffic').read_bytes())
        (self.scripts / 'consul-cleanup-iptables').write_text(f'#!/bin/sh\necho cleanup >>{self.log}\n')
        for path in self.scripts.iterdir():
            path.chmod(0o755)

    def redirect(self, agent='', transparent=True, **variables):
        """Exit code, and what is said of the agent, before Envoy starts."""
        self.log.write_text('')
        settings = self.folder / 'web.redirect'
        settings.write_text('-proxy-id=web-sidecar-proxy\n') if transparent else settings.unlink(missing_ok=True)
        text = agent if isinstance(agent, str) else json.dumps({'Config': {'Datacenter': 'dc1'}, 'DebugConfig': agent}, indent='\t')
        environment = {'FAKE_LOG': self.log, 'FAKE_AGENT': text, 'CONSUL_REDIRECT_DIR': self.folder, 'CONSUL_REDIRECT_WAIT': 0, 'TMPDIR': self.folder, **variables}
        done = run('sh', self.script, 'web', 'wait', env={name: str(value) for name, value in environment.items()})
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith('tmp')], [])
        return done.returncode, done.stderr.strip()

    def test_an_agent_that_listens_is_no_matter_to_speak_of(self):
        for ports in ({'GRPCPort': 8502, 'GRPCTLSPort': -1}, {'GRPCPort': -1, 'GRPCTLSPort': 8503}, {'GRPCPort': 8502}):
            for transparent in (True, False):
                self.assertEqual(self.redirect({'ConnectEnabled': True, **ports}, transparent), (0, ''), ports)

    def test_an_agent_without_a_port_is_told_of_and_the_sidecar_is_not_started(self):
        for ports in ({'GRPCPort': -1, 'GRPCTLSPort': -1}, {'GRPCPort': -1}, {'GRPCPort': 0, 'GRPCTLSPort': 0}):
            for transparent in (True, False):
                code, said = self.redirect({'ConnectEnabled': True, **ports}, transparent)
                self.assertEqual(code, 1, ports)
                self.assertIn(NO_PORT, said)
                self.assertIn('ports { grpc = 8502 }', said)
                self.assertNotIn(NO_CONNECT, said)

    def test_an_agent_with_connect_disabled_is_told_of_and_tried(self):
        # Only the servers' setting decides: Envoy may well be served.
        code, said = self.redirect({'ConnectEnabled': False, 'GRPCPort': 8502})
        self.assertEqual(code, 0)
        self.assertIn(NO_CONNECT, said)
        self.assertNotIn(NO_PORT, said)

    def test_an_envoy_that_asks_elsewhere_does_not_need_the_agents_port(self):
        self.assertEqual(self.redirect({'ConnectEnabled': True, 'GRPCPort': -1}, CONSUL_GRPC_ADDR='10.0.0.5:8502'), (0, ''))

    def test_what_the_agent_does_not_tell_is_not_held_against_it(self):
        for text in ('', 'no JSON', '[]', '{"DebugConfig": null}', '{"DebugConfig": {"HTTPPort": -1}}'):
            for transparent in (True, False):
                self.assertEqual(self.redirect(text, transparent), (0, ''), text)

    def test_where_nothing_can_be_written_the_agent_is_not_asked(self):
        self.assertEqual(self.redirect({'GRPCPort': -1}, TMPDIR='/nowhere')[0], 0)


if __name__ == '__main__':
    unittest.main()
