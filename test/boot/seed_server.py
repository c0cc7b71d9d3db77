"""A real `serve` in a network namespace of its own, and the cable from there to one machine.

The namespace has no name: it ends with the server and the machine, and takes both ends of the cable with it.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import example
from machine import FOLDER, Machine

SERVER, GUEST, PORT = '192.0.2.1', '192.0.2.2', 8080
# $@ is the server, whose end of the cable is up before it listens.
CABLE = f'''
set -e
ip link set lo up
ip link add seed0 type veth peer name host0
ip addr add {SERVER}/30 dev seed0
ip link set seed0 up
exec "$@"
'''
SITE = 'network: {config: disabled}\n'
NETWORK = f'[Match]\nName=host0\n[Network]\nAddress={GUEST}/30\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n'


class SeedServer:
    """Serves a directory of instances until the context ends, with these options of `serve`; `late` are seconds until it begins."""

    def __init__(self, seeds: Path, *options: str, late: int = 0) -> None:
        self.late = late
        where = (f'--listen={SERVER}:{PORT}', f'--directory={seeds}')
        self.command = ['node', str(example.BUNDLE), 'serve', *where, *options]

    def __enter__(self) -> 'SeedServer':
        self.folder = Path(tempfile.mkdtemp(prefix=f'{FOLDER}{os.getpid()}.serve.'))
        argv = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--net', '/bin/sh', '-c', CABLE, 'cable', *self.command]
        if self.late:
            argv[-len(self.command):] = ['/bin/sh', '-c', f'echo cable; sleep {self.late}; exec "$@"', 'late', *self.command]
        with (self.folder / 'log').open('wb') as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        try:
            self._listen()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def text(self) -> str:
        """Everything the server has written so far."""
        return (self.folder / 'log').read_text()

    def log(self) -> list[dict]:
        """Its log, which is JSON line by line."""
        return [json.loads(line) for line in self.text().splitlines()]

    def _listen(self) -> None:
        until = time.monotonic() + 20
        while ('cable' if self.late else '"listening"') not in self.text():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f'serve does not listen: {self.text()}')
            time.sleep(0.05)

    def boot(self, machine: Machine, *source: str, **wanted: object) -> dict:
        """Boots a machine at the other end of the cable. `source` is what its kernel command line says of the seed, if anything."""
        return machine.boot(**wanted, network=self.process.pid, options=('--network-interface=host0', *source))


def connected(made: Machine) -> Machine:
    """Gives a machine its end of the cable, with systemd-networkd."""
    made.write('/etc/cloud/cloud.cfg.d/91_seed_server.cfg', SITE)
    made.write('/etc/systemd/network/10-host0.network', NETWORK)
    made.run('systemctl', 'enable', 'systemd-networkd.service')
    return made


def machine(name: str, data: bytes) -> Machine:
    """A connected machine without a seed of its own; `data` says which packages it can have."""
    made = example.machine(name, data)
    try:
        shutil.rmtree(made.upper / 'var/lib/cloud/seed')
        return connected(made)
    except BaseException:
        made.close()
        raise
