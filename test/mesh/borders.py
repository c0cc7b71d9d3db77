"""Who reaches what: by intention, past the sidecar, and where traffic is not redirected at all."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import looks
from counted import Counted
from faults import ssh_answers
from mesh import Mesh
from network import BRIDGE, ROUTER
from waiting import eventually

METADATA = '169.254.169.254'


def intention(source: str, destination: str) -> str:
    return f'connect/intentions/exact?source={source}&destination={destination}'


@contextmanager
def answering(mesh: Mesh, host: str) -> Iterator[None]:
    """Something answers one request at an address of the bridge."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with mesh.network.call(lambda: socket.create_server((host, 80), family=family)) as listener:
        def answer() -> None:
            with listener.accept()[0] as near:
                near.recv(4096)
                near.sendall(f'HTTP/1.0 200 OK\r\n\r\nthis is {host}'.encode())

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield
        thread.join(5)


class Borders(Counted):
    """The namespace of the bridge is the third machine: it is no member of the mesh."""

    def denied(self) -> None:
        """Raises AssertionError while dashboard still hears of counting."""
        try:
            looks.count(self.mesh)
        except AssertionError as error:
            if 'counting is unreachable' in str(error):
                return
            raise
        raise AssertionError('it still counts')

    def test_an_intention_denies_and_another_allows(self) -> None:
        steps = (
            ('denied', 'PUT', intention('dashboard', 'counting'), {'Action': 'deny'}, self.denied),
            ('no longer denied', 'DELETE', intention('dashboard', 'counting'), None, lambda: looks.count(self.mesh)),
            ('denied to all', 'PUT', intention('*', '*'), {'Action': 'deny'}, self.denied),
            ('allowed by name', 'PUT', intention('dashboard', 'counting'), {'Action': 'allow'}, lambda: looks.count(self.mesh)),
            ('denied by name', 'PUT', intention('dashboard', 'counting'), {'Action': 'deny'}, self.denied),
        )
        try:
            for what, method, path, body, holds in steps:
                start = time.monotonic()
                looks.consul(self.mesh, path, method, body)
                eventually(holds, 30)
                print(f'mesh: {what} after {time.monotonic() - start:.1f} s', flush=True)
        finally:
            for pair in (('dashboard', 'counting'), ('*', '*')):
                looks.consul(self.mesh, intention(*pair), 'DELETE')

    def test_the_service_is_not_reached_beside_its_sidecar(self) -> None:
        counting = self.mesh.counting
        refused = looks.statistic(counting, r'listener\..*_20000\.ssl\.fail_verify_no_cert')
        for port in (80, 20000):
            with self.assertRaises(OSError):
                self.mesh.network.get(f'http://{counting.address}:{port}/')
            self.assertEqual(self.by_tls(counting.address, port), b'')
        # TLS it is, and Envoy turns away whoever has no certificate of the mesh.
        self.assertEqual(looks.statistic(counting, r'listener\..*_20000\.ssl\.fail_verify_no_cert'), refused + 2)

    def by_tls(self, address: str, port: int) -> bytes:
        """What a stranger without a certificate is answered."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with self.mesh.network.connect(address, port) as plain, context.wrap_socket(plain) as wrapped:
                wrapped.sendall(b'GET / HTTP/1.0\r\n\r\n')
                return wrapped.recv(100)
        except OSError:
            return b''

    def test_ssh_is_reached(self) -> None:
        for machine in self.mesh.machines.values():
            ssh_answers(self, machine)

    def test_an_excluded_port_is_reached_and_another_is_not(self) -> None:
        counting = self.mesh.counting
        with self.beside(9100), self.beside(9101):
            for port in (9100, 9101):
                eventually(lambda: looks.told(counting, f'http://127.0.0.1:{port}/'), 10)
            self.assertIn('"count"', self.mesh.network.get(f'http://{counting.address}:9100/').text)
            with self.assertRaises(OSError):
                self.mesh.network.get(f'http://{counting.address}:9101/')

    @contextmanager
    def beside(self, port: int) -> Iterator[None]:
        """Counting runs once more, on another port."""
        self.mesh.counting.sh(f'systemd-run --collect --unit=beside-{port} --setenv=PORT={port} /usr/local/bin/counting-service')
        try:
            yield
        finally:
            self.mesh.counting.sh(f'systemctl stop beside-{port}')

    def test_the_metadata_address_is_reached_beside_the_sidecar(self) -> None:
        self.mesh.network.run('ip', 'addr', 'replace', f'{METADATA}/32', 'dev', BRIDGE)
        for machine in self.mesh.machines.values():
            through = []
            for host in (METADATA, ROUTER):
                before = looks.statistic(machine, r'cluster\.original-destination\.upstream_cx_total')
                with answering(self.mesh, host):
                    self.assertEqual(machine.inside.get(f'http://{host}/').text, f'this is {host}')
                through.append(looks.statistic(machine, r'cluster\.original-destination\.upstream_cx_total') - before)
            # The other address outside the mesh is there to show that Envoy would have counted it.
            self.assertEqual(through, [0, 1])
