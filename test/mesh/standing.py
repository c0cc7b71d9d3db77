"""A machine that stays up while one looks into it: booted, rebooted and stopped at will, with commands run inside."""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import nspawn
from disk import Disk
from namespace import Namespace
from network import BRIDGE, Network, guest_network
from root import SUITE

# What systemd-nspawn ends with when the machine asks for a reboot.
REBOOT = 133
# What is under way, with the last words of each unit that is starting.
STUCK = """systemctl list-jobs --no-pager
for unit in $(systemctl list-units --plain --no-legend --state=activating | cut -d ' ' -f 1); do
  journalctl --boot --no-pager --output=short-monotonic --lines=15 --unit="$unit"
done"""


class Standing(Disk):
    """One machine on the bridge of a network; a context manager that leaves nothing behind.

    It has the boot's own network namespace, so that nothing of the kernel's state outlives a reboot.
    """

    def __init__(self, name: str, network: Network, address: str, *, suite: str = SUITE,
                 above: tuple[Path, ...] = ()) -> None:
        super().__init__(name, suite, above)
        self.network, self.address = network, address
        self.run_of_nspawn: nspawn.Run | None = None
        self.inside: Namespace | None = None
        self.init = 0
        try:
            self.write('/etc/systemd/network/10-host0.network', guest_network(address))
            self.write('/etc/cloud/cloud.cfg.d/91_network.cfg', 'network: {config: disabled}\n')
            self.run('systemctl', 'enable', 'systemd-networkd.service', 'systemd-resolved.service')
            self.link('/etc/resolv.conf', '/run/systemd/resolve/stub-resolv.conf')
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.cut()
        super().close()

    def start(self) -> None:
        """Switches it on; see `booted`. The machine dies with the thread that calls this."""
        name = f'cvi-{os.getpid()}-{self.name}-{self.folder.name.rsplit(".", 1)[-1].strip("_")}'
        command = nspawn.boot_command(self.name, self.name, f'--network-bridge={BRIDGE}')
        self.run_of_nspawn = nspawn.Run(self.layers(), command, name=name, output=self.console,
                                        network=self.network.process.pid)
        self.started = time.monotonic()

    def booted(self, seconds: float = 240) -> None:
        """Waits until cloud-init has finished and the job queue is empty."""
        until = time.monotonic() + seconds
        while not self.init:
            self._alive(until)
            self.init = self.run_of_nspawn.init() or 0
        self.inside = Namespace(self.init)
        settled = 'test -e /run/cloud-init/result.json && test -z "$(systemctl list-jobs --no-legend)"'
        while self.try_sh(settled)[0] != 0:
            self._alive(until)
        print(f'mesh: {self.name} booted in {time.monotonic() - self.started:.1f} s', file=sys.stderr, flush=True)

    def _alive(self, until: float) -> None:
        """Waits a moment. Raises AssertionError when the machine has ended, or the time is over."""
        status = self.run_of_nspawn.wait(0.2)
        if status is not None or time.monotonic() > until:
            why = 'not booted in time' if status is None else f'systemd-nspawn ended with {status}'
            jobs = self.try_sh(STUCK)[1] if self.init and status is None else ''
            raise AssertionError(f'{self.name}: {why}\n{jobs}\nthe end of its console:\n{self.console_tail()}')

    def ended(self) -> int | None:
        """What systemd-nspawn ended with; None while the machine is up, or was never switched on."""
        return self.run_of_nspawn.process.poll() if self.run_of_nspawn else None

    def cut(self) -> None:
        """Pulls the plug."""
        if self.inside:
            self.inside.close()
        if self.run_of_nspawn:
            self.run_of_nspawn.close()
        self.inside, self.run_of_nspawn, self.init = None, None, 0

    def ask_reboot(self) -> None:
        """Has it reboot in order, as an operator would; see `rebooting`."""
        self.sh('systemctl --no-block reboot')

    def rebooting(self, seconds: float = 180) -> None:
        """Waits until it has gone down, and switches it on; see `booted`."""
        status = self.run_of_nspawn.wait(seconds)
        if status != REBOOT:
            raise AssertionError(f'{self.name}: asked to reboot, ended with {status}\n{self.console_tail()}')
        self.cut()
        self.start()

    def enter(self, *argv: str) -> list[str]:
        """The command line, for this host, of a command inside."""
        return ['nsenter', f'--target={self.init}', '--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd', '--',
                '/usr/bin/env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8',
                'HOME=/root', f'TERM={os.environ.get("TERM", "dumb")}', *argv]

    def try_sh(self, command: str, timeout: float = 120) -> tuple[int, str]:
        """Exit status and output of a shell command inside; 124 when it is not done in time."""
        try:
            done = subprocess.run(self.enter('/bin/sh', '-c', command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout)
        except subprocess.TimeoutExpired as late:
            return 124, (late.stdout or b'').decode(errors='replace')
        return done.returncode, done.stdout.decode(errors='replace')

    def sh(self, command: str, timeout: float = 120) -> str:
        """The output of a shell command inside. Raises AssertionError when it fails."""
        status, output = self.try_sh(command, timeout)
        if status:
            raise AssertionError(f'{self.name}: {command}: exit {status}\n{output}')
        return output

    def journal(self, *units: str, lines: int = 40) -> str:
        """What units of this boot have logged, for messages."""
        named = ' '.join(f'--unit={shlex.quote(unit)}' for unit in units)
        return self.try_sh(f'journalctl --boot --no-pager --output=short-monotonic --lines={lines} {named}')[1]
