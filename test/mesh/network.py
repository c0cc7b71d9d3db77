"""The private bridge of one mesh, in a network namespace without a name: it ends with this process, whatever happens."""

import subprocess

from namespace import Namespace

BRIDGE = 'mesh0'
ROUTER = '10.77.0.1'
# The router is nobody: packets for elsewhere end there. Virtual addresses of the mesh need a route, as on any VM.
MAKE = f'''
set -e
ip link set lo up
ip link add {BRIDGE} type bridge
ip addr add {ROUTER}/24 dev {BRIDGE}
ip link set {BRIDGE} up
echo made
exec sleep infinity
'''


def address(number: int) -> str:
    return f'10.77.0.{number}'


def guest_network(own: str) -> str:
    """What systemd-networkd of a machine with this address is told."""
    return (f'[Match]\nName=host0\n[Network]\nAddress={own}/24\nGateway={ROUTER}\nLinkLocalAddressing=no\n'
            'IPv6AcceptRA=no\n')


class Network(Namespace):
    """A namespace with a bridge; a context manager."""

    def __init__(self) -> None:
        argv = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--net', '/bin/sh', '-c', MAKE]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        said = self.process.stdout.readline()
        if said != b'made\n':
            rest = self.process.communicate()[0]
            raise AssertionError(f'cannot make a bridge: {(said + rest).decode(errors="replace")}')
        super().__init__(self.process.pid)

    def __enter__(self) -> 'Network':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, *argv: str) -> None:
        """Runs a command there."""
        subprocess.run(['nsenter', f'--net=/proc/{self.process.pid}/ns/net', '--', *argv], stdin=subprocess.DEVNULL, check=True)

    def close(self) -> None:
        super().close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
