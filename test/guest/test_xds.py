"""What envoy@.service asks of the agent before Envoy starts: does it serve xDS at all? Against an HTTP server of our own."""
import http.server
import json
import socketserver
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from support import GUEST, run

SCRIPT = GUEST / 'generate-sidecar-configs.py'
NO_PORT = 'the agent listens on no port that gives Envoy its configuration (xDS)'
NO_CONNECT = 'Connect is disabled in the agent'


class Agent(http.server.BaseHTTPRequestHandler):
    """Answers with `status` and `text`, to the token alone where there is one."""

    def do_GET(self):
        allowed = not self.server.token or self.headers.get('X-Consul-Token') == self.server.token
        content = self.server.text.encode()
        self.send_response(self.server.status if allowed else 403)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.server.asked.append(self.path)

    def address_string(self):
        return 'somebody'

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingUnixStreamServer):
    pass


class Xds(unittest.TestCase):
    def setUp(self):
        self.serve(http.server.ThreadingHTTPServer(('127.0.0.1', 0), Agent))

    def serve(self, server):
        self.server = server
        server.status, server.text, server.token, server.asked = 200, '{}', '', []
        threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01}, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def agent(self, **settings):
        self.server.text = json.dumps({'DebugConfig': settings})

    def xds(self, **variables):
        """Exit code and log of the command."""
        own = {'CONSUL_HTTP_ADDR': f'127.0.0.1:{self.server.server_address[1]}', **variables}
        done = run('python3', SCRIPT, 'xds', env=own)
        self.assertEqual(done.stdout, '')
        return done.returncode, done.stderr

    def test_an_agent_that_listens_is_no_matter_to_speak_of(self):
        for ports in ({'GRPCPort': 8502, 'GRPCTLSPort': -1}, {'GRPCPort': -1, 'GRPCTLSPort': 8503}, {'GRPCPort': 8502}):
            self.agent(ConnectEnabled=True, **ports)
            self.assertEqual(self.xds(), (0, ''), ports)
        self.assertEqual(self.server.asked, ['/v1/agent/self'] * 3)

    def test_an_agent_without_a_port_is_told_of_and_the_sidecar_is_not_started(self):
        for ports in ({'GRPCPort': -1, 'GRPCTLSPort': -1}, {'GRPCPort': -1}, {'GRPCPort': 0, 'GRPCTLSPort': 0}):
            self.agent(ConnectEnabled=True, **ports)
            code, said = self.xds()
            self.assertEqual(code, 1, ports)
            self.assertIn(NO_PORT, said)
            self.assertIn('ports { grpc = 8502 }', said)
            self.assertNotIn(NO_CONNECT, said)

    def test_an_agent_with_connect_disabled_is_told_of_and_tried(self):
        # Only the servers' setting decides: Envoy may well be served.
        self.agent(ConnectEnabled=False, GRPCPort=8502)
        code, said = self.xds()
        self.assertEqual(code, 0)
        self.assertIn(NO_CONNECT, said)
        self.assertNotIn(NO_PORT, said)

    def test_an_envoy_that_asks_elsewhere_does_not_need_the_agents_port(self):
        self.agent(ConnectEnabled=True, GRPCPort=-1)
        self.assertEqual(self.xds(CONSUL_GRPC_ADDR='10.0.0.5:8502'), (0, ''))

    def test_what_the_agent_does_not_tell_is_not_held_against_it(self):
        for status, text in ((403, 'Permission denied'), (500, ''), (200, 'no JSON'), (200, '[]'), (200, '{"DebugConfig": null}'),
                             (200, '{"DebugConfig": {"GRPCPort": "none"}}'), (404, '{"DebugConfig": {"GRPCPort": -1}}')):
            self.server.status, self.server.text = status, text
            self.assertEqual(self.xds(), (0, ''), (status, text))
        self.assertEqual(self.xds(CONSUL_HTTP_ADDR='127.0.0.1:1'), (0, ''))
        self.assertEqual(self.xds(CONSUL_HTTP_ADDR='unix:///nowhere'), (0, ''))
        self.assertEqual(self.xds(CONSUL_HTTP_ADDR='https://127.0.0.1:1', CONSUL_CACERT='/nowhere'), (0, ''))

    def test_the_token_is_that_of_the_file_before_that_of_the_environment(self):
        self.agent(GRPCPort=-1)
        self.server.token = 'secret'
        with tempfile.NamedTemporaryFile('w') as file:
            file.write('secret\n')
            file.flush()
            self.assertEqual(self.xds(CONSUL_HTTP_TOKEN_FILE=file.name, CONSUL_HTTP_TOKEN='other')[0], 1)
        self.assertEqual(self.xds(CONSUL_HTTP_TOKEN='secret')[0], 1)
        self.assertEqual(self.xds(CONSUL_HTTP_TOKEN='other'), (0, ''))

    def test_the_agent_is_asked_over_a_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            self.serve(UnixServer(f'{folder}/agent.sock', Agent))
            self.agent(GRPCPort=-1)
            self.assertEqual(self.xds(CONSUL_HTTP_ADDR=f'unix://{folder}/agent.sock')[0], 1)

    def test_the_agent_is_asked_over_tls_and_trusted_by_its_ca_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate = Path(folder) / 'both.pem'
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=agent',
                            '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', certificate, '-out', f'{folder}/cert.pem'],
                           check=True, capture_output=True)
            certificate.write_text(certificate.read_text() + Path(folder, 'cert.pem').read_text())
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
            context.load_cert_chain(certificate)
            context.verify_mode = ssl.CERT_REQUIRED
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.agent(GRPCPort=-1)
            place = self.server.server_address[1]
            own = {'CONSUL_CLIENT_CERT': str(certificate), 'CONSUL_CACERT': str(certificate)}
            self.assertEqual(self.xds(CONSUL_HTTP_ADDR=f'https://127.0.0.1:{place}', **own)[0], 1)
            self.assertEqual(self.xds(CONSUL_HTTP_SSL='true', **own)[0], 1)
            del own['CONSUL_CACERT']
            self.assertEqual(self.xds(CONSUL_HTTP_ADDR=f'https://127.0.0.1:{place}', **own), (0, ''))


if __name__ == '__main__':
    unittest.main()
