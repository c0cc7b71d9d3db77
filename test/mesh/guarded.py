"""A mesh as production has it: ACLs that deny, TLS both ways, no plain HTTP API, encrypted gossip. Each machine has its token in its own way."""

import base64
import json
import subprocess
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path

import flavors
import parts
from mesh import Mesh
from network import Network, address
from standing import Standing
from tool import example, tool

MANAGEMENT, AGENT = str(uuid.uuid4()), str(uuid.uuid4())
TLS = '/etc/consul.d/tls'
TOKEN = '/etc/consul.d/tokens/service'
JWT = '/run/identity/jwt'
METHOD = 'vm-jwt'
# For commands in a machine.
CLIENT = (f'CONSUL_HTTP_ADDR=https://127.0.0.1:8501 CONSUL_CACERT={TLS}/ca.pem CONSUL_CLIENT_CERT={TLS}/cert.pem '
          f'CONSUL_CLIENT_KEY={TLS}/key.pem')
# Envoy shows the agent no certificate.
COMMON = '''datacenter = "dc1"
encrypt = "{gossip}"
ports {{ http = -1, https = 8501, grpc = -1, grpc_tls = 8503 }}
tls {{
  defaults {{ ca_file = "{tls}/ca.pem", cert_file = "{tls}/cert.pem", key_file = "{tls}/key.pem", verify_incoming = true, verify_outgoing = true }}
  grpc {{ verify_incoming = false }}
  internal_rpc {{ verify_server_hostname = true }}
}}
connect {{ enabled = true }}
retry_join = ["10.77.0.10"]
acl {{
  enabled = true
  default_policy = "deny"
  tokens {{ {tokens} }}
}}
'''
SERVER = '''server = true
bootstrap_expect = 1
bind_addr = "10.77.0.10"
'''
# What the agents themselves need, and whoever asks them without a token: names of the mesh are for everybody.
AGENT_RULES = 'node_prefix "" { policy = "write" } service_prefix "" { policy = "read" }'
VALUES = 'global: {datacenter: dc1, tls: {enabled: true}, acls: {manageSystemACLs: true}}\n'
HOW = {
    'http-addr': 'https://127.0.0.1:8501', 'grpc-addr': 'https://127.0.0.1:8503', 'ca-file': f'{TLS}/ca.pem',
    'client-cert-file': f'{TLS}/cert.pem', 'client-key-file': f'{TLS}/key.pem',
}
BY_FILE = {**HOW, 'acl-token-file': TOKEN}
BY_LOGIN = {**HOW, 'acl-auth-method': METHOD, 'acl-bearer-token-file': JWT}


def run(*argv: str | Path, folder: Path, text: str = '') -> bytes:
    done = subprocess.run(list(map(str, argv)), cwd=folder, input=text.encode(), capture_output=True)
    if done.returncode:
        raise AssertionError(f'{argv}: exit {done.returncode}\n{done.stderr.decode(errors="replace")}')
    return done.stdout


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Authority:
    """Keys and certificates, made on the spot: of the agents, and of whoever says which VM is which."""

    def __init__(self, consul: Path, folder: Path) -> None:
        self.consul, self.folder = consul / 'usr/bin/consul', folder
        run(self.consul, 'tls', 'ca', 'create', folder=folder)
        run(self.consul, 'tls', 'cert', 'create', '-server', '-dc', 'dc1', folder=folder)
        run(self.consul, 'tls', 'cert', 'create', '-client', '-dc', 'dc1', folder=folder)
        self.gossip = run(self.consul, 'keygen', folder=folder).decode().strip()
        run('openssl', 'genrsa', '-out', 'jwt.pem', '2048', folder=folder)
        self.public = run('openssl', 'rsa', '-in', 'jwt.pem', '-pubout', folder=folder).decode()

    def jwt(self, service: str) -> str:
        now = int(time.time())
        claims = {'iss': 'mesh', 'aud': 'consul', 'sub': service, 'service': service, 'nbf': now - 60, 'exp': now + 86400}
        said = '.'.join(encoded(json.dumps(part).encode()) for part in ({'alg': 'RS256', 'typ': 'JWT'}, claims))
        return f'{said}.{encoded(run("openssl", "dgst", "-sha256", "-sign", "jwt.pem", folder=self.folder, text=said))}'

    def equip(self, made: Standing, kind: str, more: str = '') -> None:
        """Puts the agent's settings on a disk; what is secret is for the agent's eyes only."""
        tokens = f'initial_management = "{MANAGEMENT}", agent = "{MANAGEMENT}"' if more else f'agent = "{AGENT}", default = "{AGENT}"'
        made.write('/etc/consul.d/zz-operator.hcl', more + COMMON.format(gossip=self.gossip, tls=TLS, tokens=tokens))
        for name, source in (('ca', 'consul-agent-ca'), ('cert', f'dc1-{kind}-consul-0'), ('key', f'dc1-{kind}-consul-0-key')):
            made.write(f'{TLS}/{name}.pem', (self.folder / f'{source}.pem').read_text())
        made.run('/bin/sh', '-c', f'chown -R consul:consul /etc/consul.d && chmod 0700 {TLS} && chmod 0600 {TLS}/* /etc/consul.d/zz-operator.hcl')


class Guarded(Mesh):
    """counting and dashboard have their tokens in files; visitor, which is a second dashboard, logs in."""

    def _make(self, stack: ExitStack) -> None:
        layers = (parts.consul(), parts.envoy(self.envoy))
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.authority = Authority(layers[0], self.folder)
        self.network = stack.enter_context(Network())
        self.server = stack.enter_context(self._server(layers))
        self.server.start()
        (self.folder / 'values.yaml').write_text(VALUES)
        boot = flavors.Boot(self.suite, layers, stack)
        for number, (name, of, how) in enumerate((('counting', 'counting', BY_FILE), ('dashboard', 'dashboard', BY_FILE),
                                                  ('visitor', 'dashboard', BY_LOGIN)), 11):
            given = {'consul.hashicorp.com/connect-service': name,
                     **{f'alpha.consul.hashicorp.com/{key}': value for key, value in how.items()}}
            words = [word for key, value in given.items() for word in ('--annotation', f'{key}={value}')]
            user_data = tool('inject', '--values', self.folder / 'values.yaml', *words, example(of))
            machine = stack.enter_context(boot.machine(name, self.network, address(number), user_data))
            self.authority.equip(machine, 'client')
            machine.run('systemctl', 'enable', 'consul.service')
            self.machines[name] = machine
        self.machines['dashboard'].write(TOKEN, f'{uuid.uuid4()}\n', 0o600)
        # As a platform's own agent does, at each boot, before and without cloud-init.
        identity = self.machines['visitor']
        identity.write('/etc/tmpfiles.d/identity.conf', f'd /run/identity 0700\nf {JWT} 0600 - - - {self.authority.jwt("visitor")}\n')
        self.server.booted()
        self._rule()
        for machine in self.machines.values():
            machine.start()
        for machine in self.machines.values():
            # A sidecar without its token is starting for a minute.
            machine.booted(180)

    def _server(self, layers: tuple) -> Standing:
        made = super()._server(layers)
        made.write('/etc/consul.d/server.hcl', '# see zz-operator.hcl\n')
        self.authority.equip(made, 'server', SERVER)
        return made

    def consul(self, command: str, token: str = MANAGEMENT) -> str:
        """The output of a command to Consul, on the server."""
        return self.server.sh(f'{CLIENT} CONSUL_HTTP_TOKEN={token} consul {command}')

    def _rule(self) -> None:
        """What an operator sets up once: the agents' token, the auth method, the intentions."""
        self.server.sh(f'until {CLIENT} consul acl token read -self -token={MANAGEMENT}; do sleep 0.3; done')
        self.consul(f"acl policy create -name=agent -rules='{AGENT_RULES}'")
        self.consul(f'acl token create -policy-name=agent -secret={AGENT}')
        method = {'JWTValidationPubKeys': [self.authority.public], 'BoundIssuer': 'mesh', 'BoundAudiences': ['consul'],
                  'ClaimMappings': {'service': 'service'}}
        self.consul(f"acl auth-method create -type=jwt -name={METHOD} -config='{json.dumps(method)}'")
        self.consul(f"acl binding-rule create -method={METHOD} -bind-type=service -bind-name='${{value.service}}'")
        for source in ('dashboard', 'visitor'):
            self.consul(f'intention create -allow {source} counting')

    def token(self, service: str) -> str:
        """A new token of a service."""
        made = json.loads(self.consul(f'acl token create -format=json -service-identity={service}'))
        return made['SecretID']

    def known(self, token: str) -> bool:
        return self.server.try_sh(f'{CLIENT} CONSUL_HTTP_TOKEN={token} consul acl token read -self')[0] == 0

    def services(self) -> set[str]:
        """What the catalog has."""
        return set(self.consul('catalog services').split())
