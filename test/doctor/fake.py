"""A VM out of texts: sound unless a test changes one of them."""

import copy
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

PROJECT = Path(__file__).parent.parent.parent
SOURCES = PROJECT / 'userdata-templates/doctor'
sys.path.insert(0, str(SOURCES))
sys.dont_write_bytecode = True

import agent_checks  # noqa: E402,F401
import boot_checks  # noqa: E402
import certificates  # noqa: E402,F401
import main  # noqa: E402
import report  # noqa: E402
from examination import examine  # noqa: E402
from outcome import Unseen  # noqa: E402

TABLE = json.loads((SOURCES / 'checks.json').read_text())
GUEST = {f'/srv/{name}' if name.endswith('.py') else f'/usr/{name}': ['0755', 'full', 'light'] for name in boot_checks.NEEDED}
boot_checks.GUEST.update(GUEST)
boot_checks.VERSION = report.VERSION = '1.2.3'

UUID = '0f0e0d0c-1111-2222-3333-444455556666'
PLAN = {
    'registration': {'service': {
        'name': 'web', 'port': 9002, 'checks': [], 'meta': {}, 'token_file': '/etc/token',
        'connect': {'sidecar_service': {'port': 20000, 'proxy': {
            'mode': 'transparent', 'upstreams': [{'destination_name': 'db', 'local_bind_port': 5432}]}}},
    }},
    'resolved': [{'hole': 'resolved', 'then': []}],
    'sidecars': [{'service': 'web', 'redirect': ['-proxy-id=web-sidecar-proxy'], 'unit': ['-admin-bind=127.0.0.1:19000']}],
}
REDIRECT = ['-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22', '-exclude-inbound-port=8301',
            '-exclude-outbound-port=9000:9010', '-exclude-outbound-cidr=169.254.169.254/32', '-exclude-uid=990']
RULES = ''':PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:CONSUL_PROXY_INBOUND - [0:0]
:CONSUL_PROXY_IN_REDIRECT - [0:0]
:CONSUL_PROXY_OUTPUT - [0:0]
:CONSUL_PROXY_REDIRECT - [0:0]
-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND
-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT
-A CONSUL_PROXY_INBOUND -p tcp -m tcp --dport 22 -j RETURN
-A CONSUL_PROXY_INBOUND -p tcp -m tcp --dport 8301 -j RETURN
-A CONSUL_PROXY_INBOUND -p tcp -j CONSUL_PROXY_IN_REDIRECT
-A CONSUL_PROXY_IN_REDIRECT -p tcp -j REDIRECT --to-ports 20000
-A CONSUL_PROXY_OUTPUT -d 169.254.169.254/32 -j RETURN
-A CONSUL_PROXY_OUTPUT -p tcp -m tcp --dport 9000:9010 -j RETURN
-A CONSUL_PROXY_OUTPUT -m owner --uid-owner 990 -j RETURN
-A CONSUL_PROXY_OUTPUT -m owner --uid-owner 991 -j RETURN
-A CONSUL_PROXY_OUTPUT -j CONSUL_PROXY_REDIRECT
-A CONSUL_PROXY_REDIRECT -p tcp -j REDIRECT --to-ports 15001'''
ACTIVE = {'LoadState': 'loaded', 'ActiveState': 'active', 'Result': 'success', 'MainPID': '0', 'ExecMainStartTimestampMonotonic': '5'}
SERVICE = {'ID': 'web', 'Service': 'web', 'Port': 9002}
PROXY = {'ID': 'web-sidecar-proxy', 'Service': 'web-sidecar-proxy', 'Kind': 'connect-proxy', 'Port': 20000,
         'Proxy': {'DestinationServiceName': 'web'}}


def when(seconds: float) -> str:
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + seconds))


class Fake(main.Vm):
    """Its attributes are what a test changes before it asks."""

    root = True

    def __init__(self) -> None:
        super().__init__(60)
        self.plan_text = copy.deepcopy(PLAN)
        self.files = {
            '/srv/consul/service-config.json': None, '/run/cloud-init/result.json': '{"v1": {"errors": []}}', '/run/cloud-init/status.json': '{"v1": {}}',
            '/proc/meminfo': 'MemAvailable: 900000 kB\n', '/etc/token': UUID + '\n', '/etc/resolv.conf': 'nameserver 127.0.0.53\n',
            '/etc/passwd': 'root:x:0:0::/:\nenvoy:x:991:991::/:\n', '/run/consul-vm-inject/web.redirect': '\n'.join(REDIRECT) + '\n',
            '/proc/300/limits': 'Max open files            65536                65536                files\n',
            '/etc/systemd/system/multi-user.target.wants/consul-sidecar-init.service': '', **dict.fromkeys(GUEST, 'x')}
        self.modes: dict[str, int] = {}
        self.digests = dict.fromkeys(GUEST, 'light')
        self.free = (10 << 30, 10000, 1)
        self.units = {'consul-sidecar-init.service': {**ACTIVE, 'ActiveState': 'inactive'}, 'consul.service': {**ACTIVE, 'MainPID': '200'},
                      'envoy@web.service': {**ACTIVE, 'MainPID': '300', 'ExecStart': '{ argv[]=/usr/bin/env -admin-bind=127.0.0.1:19000 ; }'}, 'systemd-resolved.service': dict(ACTIVE)}
        self.logs: dict[str, list[str]] = {}
        self.states = {200: 'S', 300: 'S'}
        self.programs = {'consul': 'Consul v1.22.1\n', 'envoy': 'envoy version: abc/1.36.2/Clean\n', 'cloud-init': '', 'id': '991\n'}
        self.same = {'/etc/consul.d/service-registration.json': 'same'}
        self.agent_answers = {
            '/v1/status/leader': '10.0.0.1:8300',
            '/v1/agent/self': {'DebugConfig': {'ConnectEnabled': True, 'DNSPort': 8600, 'DNSDomain': 'consul.', 'DataDir': '/opt/consul'},
                               'xDS': {'SupportedProxies': {'envoy': ['1.36.2', '1.33.1']}, 'Ports': {'TLS': -1, 'Plaintext': 8502}}},
            '/v1/agent/services': {'web': dict(SERVICE), 'web-sidecar-proxy': dict(PROXY)},
            '/v1/agent/checks': {'a': {'ServiceName': 'web', 'Name': 'web TCP', 'Status': 'passing'},
                                 'b': {'ServiceName': 'web-sidecar-proxy', 'Name': 'listens', 'Status': 'passing'}},
            '/v1/catalog/service/web': [{'ServiceID': 'web'}], '/v1/catalog/service/web-sidecar-proxy': [{'ServiceID': 'web-sidecar-proxy'}],
            '/v1/acl/token/self': {}, '/v1/connect/intentions/match?by=source&name=web': {'web': []},
            '/v1/connect/intentions/match?by=destination&name=web': {'web': []},
            '/v1/connect/intentions/check?source=web&destination=db': {'Allowed': True},
            '/v1/health/connect/db?passing': [{}],
        }
        self.refusals: dict[str, tuple[int, str]] = {}
        self.silent = ''
        self.lacking: list[dict] = []
        self.admin_answers = {
            '/ready': 'LIVE\n', '/stats': 'control_plane.connected_state: 1\ncluster_manager.active_clusters: 4\nlistener_manager.total_listeners_active: 2\n',
            '/listeners': 'public_listener:0.0.0.0:20000::0.0.0.0:20000\noutbound_listener:127.0.0.1:15001::127.0.0.1:15001\n',
            '/config_dump': json.dumps({'configs': []}),
            '/certs': json.dumps({'certificates': [{'cert_chain': [{'valid_from': when(-60), 'expiration_time': when(86400),
                                                                    'subject_alt_names': [{'uri': 'spiffe://x.consul/ns/default/dc/dc1/svc/web'}]}]}]}),
        }
        self.sockets = [(20000, '0.0.0.0', 'e1', 991), (19000, '127.0.0.1', 'e2', 991), (15001, '127.0.0.1', 'e3', 991), (5432, '127.0.0.1', 'e4', 991),
                        (9002, '0.0.0.0', 'w1', 1000), (22, '0.0.0.0', 's1', 0)]
        self.processes = {'e1': 300, 'e2': 300, 'e3': 300, 'e4': 300, 'w1': 400, 's1': 500}
        self.names = {300: 'envoy', 400: 'web', 500: 'sshd'}
        self.saved = {'iptables-nft': RULES.splitlines()}
        self.names_known = {'consul.service.consul': ['10.0.0.1']}
        self.dns = {('127.0.0.1', 8600): (0, 1), ('127.0.0.53', 53): (3, 0)}
        self.xds_error: Exception | None = None
        self.peer_names: list[str] | Exception = ['spiffe://x.consul/ns/default/dc/dc1/svc/web']
        self.clock = time.time()

    def now(self) -> float:
        return self.clock

    def read(self, path: str, most: int = 0) -> str | None:
        if path == '/srv/consul/service-config.json' and self.files.get(path, '') is None:
            return json.dumps({'format': 2, 'plan': self.plan_text})
        found = self.files.get(path)
        if isinstance(found, Exception):
            raise found
        return found

    def stat(self, path: str) -> object:
        return SimpleNamespace(st_mode=self.modes.get(path, 0o755)) if path in self.files else None

    def digest(self, path: str) -> str | None:
        return self.digests.get(path)

    def space(self, path: str) -> tuple | None:
        return self.free

    def lists(self, folder: str) -> list[str]:
        return sorted({path[len(folder) + 1:].split('/')[0] for path in self.files if path.startswith(folder + '/')})

    def links(self, folder: str) -> list[str]:
        return []

    def which(self, program: str) -> str | None:
        return f'/usr/bin/{program}' if program in self.programs else None

    def run(self, *argv: str, **more: object) -> tuple[int, str, str]:
        if argv[0] not in self.programs:
            return 127, '', 'there is no such program'
        found = self.programs[argv[0]]
        return found if isinstance(found, tuple) else (0, found, '')

    def unit(self, name: str) -> dict:
        return self.units.get(name, {})

    def told(self, name: str, lines: int = 60):
        return [('it', line) for line in self.logs.get(name, [])]

    def environment(self, name: str) -> dict:
        return {}

    def process_state(self, pid: int) -> str:
        return self.states.get(pid, '')

    def user_of(self, pid: int) -> int:
        return 991

    def name_of(self, pid: int) -> str:
        return self.names.get(pid, 'other')

    def connect(self, host: str, port: int, seconds: float = 2):
        if self.silent and port == 8500:
            raise ConnectionRefusedError
        if self.xds_error:
            raise self.xds_error
        return Speaking()

    def request(self, method: str, path: str, body: object = None, token: str | None = None, seconds: float = 3) -> tuple[int, str]:
        if self.silent:
            raise agent_checks.Silent(self.silent)
        if path in self.refusals:
            return self.refusals[path]
        if path == '/v1/internal/acl/authorize':
            return 200, json.dumps([{**one, 'Allow': one not in self.lacking} for one in body])
        if path not in self.agent_answers:
            return 404, ''
        return 200, json.dumps(self.agent_answers[path])

    def envoy(self, name: str, path: str) -> tuple[int, str]:
        found = self.admin_answers.get(path, 'nothing listens there')
        return (200, found) if path in self.admin_answers else (0, found)

    def resolve(self, name: str) -> list[str]:
        return self.names_known.get(name, [])

    def query(self, host: str, port: int, name: str, seconds: float = 2) -> tuple | None:
        return self.dns.get((host, port))

    @property
    def compared(self) -> dict:
        if isinstance(self.same, Exception):
            raise self.same
        return self.same

    @property
    def listening(self) -> list:
        return self.sockets

    @property
    def owners(self) -> dict:
        if not self.root:
            raise Unseen('which process has a port: only root sees that (sudo)')
        return self.processes

    @property
    def rules(self) -> dict:
        if not self.root:
            raise Unseen('the rules of the kernel: only root sees that (sudo)')
        return self.saved


class Speaking:
    """A connection to an agent that speaks HTTP/2."""

    def __enter__(self) -> 'Speaking':
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        pass

    def recv(self, size: int) -> bytes:
        return b'\0\0\x1e\4\0\0\0\0\0'


def examined(vm: Fake) -> list:
    import mesh_checks
    original = mesh_checks.handshake

    def handshake(*_: object) -> list[str]:
        if isinstance(vm.peer_names, Exception):
            raise vm.peer_names
        return vm.peer_names
    mesh_checks.handshake = handshake
    try:
        return list(examine(vm, TABLE))
    finally:
        mesh_checks.handshake = original
