#!/usr/bin/env python3
"""Boots the whole environment and keeps it up until Ctrl-C: a Consul server, counting and dashboard, each a machine.

Run as root. It leaves nothing behind, also when it is killed; then the next run deletes the disks.
"""

import argparse
import os
import shlex
import signal
import socket
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'boot')]
sys.dont_write_bytecode = True

import looks  # noqa: E402
import parts  # noqa: E402
from disk import sweep  # noqa: E402
from flavors import FLAVORS  # noqa: E402
from forward import Forward  # noqa: E402
from mesh import Mesh  # noqa: E402
from namespace import LIBC  # noqa: E402
from root import SUITE, SUITES, Unavailable  # noqa: E402
from standing import REBOOT, Standing  # noqa: E402

PR_SET_PDEATHSIG = 1


def say(text: str = '') -> None:
    print(text, flush=True)


def shell(machine: Standing) -> str:
    return shlex.join(machine.enter('/bin/bash', '--login'))


def forward(stack: ExitStack, port: int, machine: Standing, inner: int) -> Forward:
    """A port of the host that leads to a loopback port in a machine, also after it has been rebooted."""
    def connect() -> socket.socket:
        if not machine.inside:
            raise ConnectionError(f'{machine.name} is off')
        return machine.inside.connect('127.0.0.1', inner)

    return stack.enter_context(Forward(port, connect))


def describe(mesh: Mesh, page: Forward, consul: Forward) -> None:
    say(f'\nDashboard      http://127.0.0.1:{page.port}/')
    say(f'Consul         http://127.0.0.1:{consul.port}/')
    for machine in (mesh.server, *mesh.machines.values()):
        say(f'\n{machine.name:<14} {machine.address}, its console is in {machine.console}\n  {shell(machine)}')
    say('\nCtrl-C ends it all.')


def keep(mesh: Mesh, ended: threading.Event) -> None:
    """Until the end: a machine that asks for a reboot gets it; one that goes off stays off."""
    while not ended.wait(0.3):
        for machine in (mesh.server, *mesh.machines.values()):
            status = machine.ended()
            if status is None:
                continue
            machine.cut()
            say(f'{machine.name} {"reboots" if status == REBOOT else "is off"}')
            if status == REBOOT:
                machine.start()
                machine.booted()
                say(f'  {shell(machine)}')


def main() -> int:
    parser = argparse.ArgumentParser(prog='npm run mesh --', description=__doc__)
    parser.add_argument('--flavor', choices=FLAVORS, default='boot', help='boot: all of it at deployment; image: a base image (%(default)s)')
    parser.add_argument('--suite', choices=SUITES, default=SUITE, help='Debian release of the machines (%(default)s)')
    parser.add_argument('--envoy', choices=parts.ENVOYS, help='version of Envoy')
    parser.add_argument('--port', type=int, default=9002, help='where the dashboard is to be, 0 for any (%(default)s)')
    parser.add_argument('--consul-port', type=int, default=8500, help='where Consul is to be, 0 for any (%(default)s)')
    options = parser.parse_args()
    if 'npm_lifecycle_event' in os.environ:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    ended = threading.Event()

    def end(*_: object) -> None:
        # Once more ends what hangs; the machines die with this process.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if ended.is_set():
            return
        ended.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    sweep()
    try:
        with ExitStack() as stack:
            mesh = stack.enter_context(Mesh(options.flavor, options.suite, options.envoy))
            page = forward(stack, options.port, mesh.dashboard, 9002)
            consul = forward(stack, options.consul_port, mesh.server, 8500)
            say(f'\nThe dashboard counts: {looks.first_count(mesh, 90)}')
            describe(mesh, page, consul)
            keep(mesh, ended)
    except KeyboardInterrupt:
        say('\nended')
        return 130
    except (Unavailable, AssertionError, OSError) as error:
        print(f'mesh: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
