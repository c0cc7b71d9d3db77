"""A Consul agent as far as a sidecar's start needs one: reads its directory, answers on 127.0.0.1:8500."""

import json
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from stand_in import die, flags, knob, record

PORT = 8500
SERVICE = {'id', 'name', 'tags', 'address', 'socket_path', 'port', 'ports', 'meta', 'weights', 'namespace', 'partition',
           'tagged_addresses', 'check', 'checks', 'token', 'enable_tag_override', 'connect', 'kind', 'proxy',
           'locality'}
SIDECAR = SERVICE - {'connect', 'id'}
PROXY = {'mode', 'config', 'upstreams', 'expose', 'transparent_proxy', 'mesh_gateway', 'local_service_address',
         'local_service_port', 'local_service_socket_path', 'destination_service_name', 'destination_service_id',
         'access_logs', 'envoy_extensions'}


class Bad(Exception):
    """A configuration that Consul would refuse."""


def known(where, keys, allowed):
    for key in keys:
        if key not in allowed:
            raise Bad(f'invalid config key {where}.{key}')


def entries(definition, number):
    """The catalogue entries of one service definition: the service and, when it asks for one, its sidecar."""
    known('service', definition, SERVICE)
    name = definition.get('name') or ''
    identity = definition.get('id') or name
    if not identity:
        raise Bad('service.name: missing')
    service = {'ID': identity, 'Service': name, 'Port': definition.get('port', 0), 'Meta': definition.get('meta', {}),
               'Tags': definition.get('tags', []), 'Definition': definition}
    yield identity, service
    sidecar = definition.get('connect', {}).get('sidecar_service')
    if sidecar is None:
        return
    known('connect.sidecar_service', sidecar, SIDECAR)
    proxy = sidecar.get('proxy', {})
    transparent = proxy.get('transparent_proxy', {})
    known('connect.sidecar_service.proxy', proxy, PROXY)
    for value in (definition.get('meta', {}), sidecar.get('meta', {})):
        if not all(isinstance(item, str) for item in value.values()):
            raise Bad(f'service {identity}: meta values must be strings')
    yield f'{identity}-sidecar-proxy', {
        'Kind': 'connect-proxy', 'ID': f'{identity}-sidecar-proxy', 'Service': f'{name}-sidecar-proxy',
        'Port': sidecar.get('port', 21000 + number),
        'Proxy': {'DestinationServiceName': name, 'DestinationServiceID': identity, 'Mode': proxy.get('mode', ''),
                  'Config': proxy.get('config', {}), 'Upstreams': proxy.get('upstreams', []),
                  'TransparentProxy': {'OutboundListenerPort': transparent.get('outbound_listener_port', 0)},
                  'Expose': proxy.get('expose', {})}}


def load(paths):
    """The catalogue in the *.json files of the given files and directories. Raises Bad; *.hcl is not read."""
    files = []
    for path in map(Path, paths):
        files += sorted(path.glob('*.json')) if path.is_dir() else [path] if path.suffix == '.json' else []
    found = {}
    for path in files:
        try:
            content = json.loads(path.read_text())
        except OSError as error:
            raise Bad(f'open {path}: {error.strerror}') from error
        except ValueError as error:
            raise Bad(f'failed to parse {path}: {error}') from error
        if not isinstance(content, dict):
            raise Bad(f'failed to parse {path}: not an object')
        definitions = [content['service']] if 'service' in content else []
        for number, definition in enumerate(definitions + list(content.get('services', []))):
            found.update(entries(definition, number))
    return found


class Agent(BaseHTTPRequestHandler):
    """The few paths of the HTTP API that are asked for."""
    paths: list[str] = []
    catalogue: dict[str, dict] = {}

    @classmethod
    def reload(cls):
        """Reads the directory again; what was there stays when it is refused."""
        try:
            cls.catalogue = load(cls.paths)
        except Bad as error:
            print(f'agent: failed to reload configs: {error}', file=sys.stderr, flush=True)
            return str(error)
        print(f'agent: services now: {" ".join(sorted(cls.catalogue)) or "none"}', file=sys.stderr, flush=True)
        record('consul', 'reloaded', services=sorted(cls.catalogue))
        return None

    def answer(self, status, body):
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'text/plain' if isinstance(body, str) else 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path = self.path.partition('?')[0]
        prefix = '/v1/agent/service/'
        if path == '/v1/agent/self':
            self.answer(200, {'Config': {'NodeName': 'vm', 'Server': False, 'Version': '1.21.5'},
                              'DebugConfig': {'BindAddr': '127.0.0.1', 'GRPCPort': 8502, 'DNSPort': 8600},
                              'Member': {'Name': 'vm', 'Addr': '127.0.0.1', 'Port': 8301},
                              'xDS': {'SupportedProxies': {'envoy': ['1.34.1']},
                                      'Ports': {'Plaintext': 8502, 'TLS': -1}}})
        elif path == '/v1/status/leader':
            self.answer(200, '"127.0.0.1:8300"')
        elif path == '/v1/agent/services':
            self.answer(200, self.catalogue)
        elif path.startswith(prefix) and path[len(prefix):] in self.catalogue:
            self.answer(200, self.catalogue[path[len(prefix):]])
        elif path.startswith(prefix):
            self.answer(404, f'unknown service ID: {path[len(prefix):]}')
        else:
            self.answer(404, 'not in the stand-in')

    def do_PUT(self):
        if self.path.partition('?')[0] != '/v1/agent/reload':
            self.answer(404, 'not in the stand-in')
            return
        fault = self.reload()
        self.answer(500, fault) if fault else self.answer(200, '')

    def log_message(self, *_):
        pass


def run(argv):
    """`consul agent`, until SIGTERM."""
    values, _ = flags(argv, {'config-dir': list, 'config-file': list, 'dev': bool, 'data-dir': str, 'bind': str})
    record('consul', 'agent')
    if knob('agent-crash') is not None:
        die('==> stand-in agent crashes, as told')
    time.sleep(float(knob('agent-delay') or 0))
    Agent.paths = values['config-dir'] + values['config-file']
    fault = Agent.reload()
    if fault:
        die(f'==> {fault}')
    server = ThreadingHTTPServer(('127.0.0.1', PORT), Agent)
    signal.signal(signal.SIGHUP, lambda *_: Agent.reload())
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(0.1)
