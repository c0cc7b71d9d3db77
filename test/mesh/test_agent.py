"""The agent's settings as the real Consul takes them: which file wins, whether it takes everything that annotations can say, and whether a
gossip key by path lets it join."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

import parts
from network import ROUTER, Network
from tool import PROJECT, tool
from waiting import eventually

P, A = 'consul.hashicorp.com/', 'alpha.consul.hashicorp.com/'
GENERATOR = PROJECT / 'userdata-templates/guest/generate-sidecar-configs.py'
KEY = 'pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s='


class Agent(unittest.TestCase):
    def setUp(self) -> None:
        self.consul = str(parts.consul() / 'usr/bin/consul')
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.root = Path(folder)
        (self.root / 'etc/consul.d').mkdir(parents=True)
        (self.root / 'data').mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.write_text(text)
        return path

    def configure(self, **annotations: str) -> dict:
        """What the generator makes of the annotations, in the directory of the agent: its files stand below a root of the test."""
        words = [word for name, value in annotations.items() for word in ('--annotation', f'{A}{name.replace("_", "-")}={value}')]
        document = self.write('web.yaml', f'#cloud-config\n# {P}connect-inject: "true"\n# {P}connect-service: "web"\n')
        injected = tool('inject', '--profile', 'prebuilt', *words, document).decode()
        config = re.search(r'(?ms)^=== 0640 /srv/consul/service-config.json once\n(.*?)^END-OF', injected).group(1)
        plan = json.loads(config)['plan']['agent']
        source = re.sub(r'"(?=/(?:srv|etc|run|var)[/"])', f'"{self.root}', GENERATOR.read_text())
        program = self.write('generator.py', source.replace('"uid": "consul"', '"uid": "root"'))
        # Only the agent's part of a plan, as `prepare` and `apply` bring it about.
        text = f'import runpy, json; g = runpy.run_path({str(program)!r}); files = g["prepare"]({{"agent": {plan!r}}})[1]; print(files[g["AGENT"]][0])'
        made = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True, check=True).stdout
        self.write('etc/consul.d/0-consul-vm-injected.json', made)
        return json.loads(made)

    @contextlib.contextmanager
    def agent(self, network: Network, *words: str) -> Iterator[None]:
        """Runs while the context lasts, at the router's address."""
        with (self.root / 'log').open('ab') as log:
            process = subprocess.Popen(
                ['nsenter', f'--net=/proc/{network.process.pid}/ns/net', self.consul, 'agent',
                 f'-config-dir={self.root}/etc/consul.d', f'-data-dir={self.root}/data', *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, 'HOME': str(self.root)})
        try:
            yield
        finally:
            process.kill()
            process.wait()

    def told(self, network: Network) -> dict:
        def ask() -> dict:
            answer = network.get('http://127.0.0.1:8500/v1/agent/self')
            if answer.status != 200:
                raise AssertionError(answer.text)
            return json.loads(answer.text)['DebugConfig']
        return eventually(ask, 30, lambda: (self.root / 'log').read_text()[-3000:])

    def test_files_of_the_operators_win_whatever_their_names(self) -> None:
        self.write('etc/consul.d/0-consul-vm-inject.json', json.dumps({'ports': {'grpc': 8502}, 'connect': {'enabled': True}}))
        self.write('etc/consul.d/00-base.hcl', f'datacenter = "theirs"\nbind_addr = "{ROUTER}"\nports {{ grpc = 9502 }}\nretry_join = ["127.0.0.9"]\n')
        self.configure(retry_join='127.0.0.8', datacenter='ours', bind_addr='127.0.0.7')
        with Network() as network, self.agent(network):
            config = self.told(network)
        self.assertEqual((config['Datacenter'], config['GRPCPort'], config['RetryJoinLAN']), ('theirs', 9502, ['127.0.0.9']))
        self.assertEqual(config['BindAddr'], ROUTER)

    def test_what_annotations_say_counts_where_nobody_else_says_it(self) -> None:
        self.write('etc/consul.d/consul.hcl', '# retry_join = ["x"]\n')
        self.configure(retry_join='127.0.0.8,127.0.0.9', datacenter='ours', bind_addr='mesh0')
        with Network() as network, self.agent(network):
            config = self.told(network)
        self.assertEqual((config['Datacenter'], config['BindAddr'], config['RetryJoinLAN']), ('ours', ROUTER, ['127.0.0.8', '127.0.0.9']))

    def test_everything_that_annotations_can_say_is_taken(self) -> None:
        subprocess.run([self.consul, 'tls', 'ca', 'create'], cwd=self.root, check=True, capture_output=True)
        subprocess.run([self.consul, 'tls', 'cert', 'create', '-client'], cwd=self.root, check=True, capture_output=True)
        ca, cert, key = (self.root / name for name in ('consul-agent-ca.pem', 'dc1-client-consul-0.pem', 'dc1-client-consul-0-key.pem'))
        made = self.configure(
            retry_join='provider=aws tag_key=a tag_value=b,10.0.0.1', datacenter='dc1', bind_addr='{{ GetAllInterfaces | attr "address" }}',
            encrypt_file=str(self.write('gossip', KEY + '\n')), agent_token_file=str(self.write('token', 'a token\n')),
            rpc_ca_file=str(ca), rpc_cert_file=str(cert), rpc_key_file=str(key), auto_encrypt='true')
        self.assertEqual((made['encrypt'], made['acl']['tokens']['agent']), (KEY, 'a token'))
        self.write('etc/consul.d/consul.hcl', 'data_dir = "/x"\n')
        said = subprocess.run([self.consul, 'validate', f'{self.root}/etc/consul.d'], capture_output=True, text=True)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_a_gossip_key_by_path_lets_the_agent_join_and_another_one_does_not(self) -> None:
        server = ('-server', '-bootstrap-expect=1', f'-bind={ROUTER}', f'-encrypt={KEY}')
        other = 'T3RoZXIga2V5IG9mIHRoaXJ0eS10d28gYnl0ZXMhISE='
        for key, joins in ((KEY, True), (other, False)):
            with self.subTest(joins=joins), tempfile.TemporaryDirectory() as folder, Network() as network:
                command = ['nsenter', f'--net=/proc/{network.process.pid}/ns/net', self.consul, 'agent',
                           f'-data-dir={folder}', *server, '-node=server', '-http-port=8400', '-dns-port=-1']
                with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                    try:
                        self.configure(retry_join=f'{ROUTER}:8301', encrypt_file=str(self.write('gossip', key)))
                        with self.agent(network, '-retry-interval=1s', '-serf-lan-port=8391', f'-data-dir={folder}/agent', f'-bind={ROUTER}'):
                            def members() -> list[str]:
                                found = json.loads(network.get('http://127.0.0.1:8500/v1/agent/members').text)
                                self.assertEqual(len(found), 2)
                                return [one['Name'] for one in found]
                            if joins:
                                self.assertIn('server', eventually(members, 30))
                            else:
                                with self.assertRaises(AssertionError):
                                    eventually(members, 6)
                                self.assertRegex((self.root / 'log').read_text(), r'Join cluster failed')
                    finally:
                        process.kill()


if __name__ == '__main__':
    unittest.main()
