"""One run of systemd-nspawn that cannot outlive us: its mounts, processes and control groups end with the process.

Everything happens in a private mount and PID namespace (`unshare --kill-child`), so there is nothing to unmount
afterwards, not even after SIGKILL; only the control groups and the temporary folder are ours to remove.
"""

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

LIVE: set[subprocess.Popen] = set()
LOCK = threading.Lock()

# $1 lower folder, $2 upper, $3 work, $4 mount point, $5 the control groups to enter, $6 set when the network namespace
# is not that of /sys, where systemd-nspawn looks for interfaces; the rest is run.
# An empty $1 means that the upper folder is a whole root by itself. systemd-nspawn leaves folders where a tmpfs is put.
ENTER = r'''
set -e
lower=$1 upper=$2 work=$3 root=$4 groups=$5 network=$6
shift 6
for group in $groups; do echo 0 > "$group/cgroup.procs"; done
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
if [ -n "$network" ]; then
  mount -t sysfs -o ro sysfs "$root"
  mount --rbind /sys/fs/cgroup "$root/fs/cgroup"
  mount --move "$root" /sys
fi
if [ -n "$lower" ]; then
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
else
  mount --bind "$upper" "$root"
fi
exec "$@"
'''


def host_cgroups() -> dict[str, str]:
    """Mount points of the hierarchies a container keeps its units in, with our own path in each."""
    mounts = {}
    for line in Path('/proc/self/mountinfo').read_text().splitlines():
        fields, _, rest = line.partition(' - ')
        kind, _, options = rest.split(' ', 2)
        point = fields.split(' ')[4]
        if kind == 'cgroup2':
            mounts[''] = point
        elif kind == 'cgroup' and 'name=systemd' in options.split(','):
            mounts['name=systemd'] = point
    own = {}
    for line in Path('/proc/self/cgroup').read_text().splitlines():
        _, controllers, path = line.split(':', 2)
        if controllers in mounts:
            own[mounts[controllers]] = path
    return own


def make_cgroups(name: str) -> list[Path]:
    """A control group of its own for one machine, in each hierarchy: two machines must not share unit groups."""
    made = []
    for point, path in host_cgroups().items():
        group = Path(point + path.rstrip('/')) / name
        try:
            group.mkdir()
        except OSError:
            continue
        made.append(group)
    return made


def groups_like(pattern: str) -> list[Path]:
    """Control groups beside ours by name, left by earlier runs."""
    return [group for point, path in host_cgroups().items() for group in Path(point + path.rstrip('/')).glob(pattern)]


def remove_cgroups(groups: list[Path]) -> None:
    """Removes the groups, deepest first; the kernel needs a moment after the last process ended."""
    for group in groups:
        for _ in range(20):
            for folder, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
            if not group.exists():
                break
            time.sleep(0.05)


def kill(process: subprocess.Popen) -> None:
    """Ends the whole namespace of one run, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def kill_all() -> None:
    """Ends every run that is under way; the threads that wait for them go on and clean up."""
    with LOCK:
        for process in LIVE:
            kill(process)


class Run:
    """A command over the overlay (lower, upper, work, mount point), its output going to a file, until the context ends.

    `{}` in the command is the mount point; the lower folders are joined with colons, the topmost first. `isolated` gives it
    control groups of its own, called `name`; `network` is a process whose network namespace it starts in. It dies with the
    thread that made it.
    """

    def __init__(self, layers: tuple[str, str, str, str], command: list[str], *, name: str, output: Path,
                 isolated: bool = True, network: int | None = None) -> None:
        self.groups = make_cgroups(name) if isolated else []
        enter = [] if network is None else ['nsenter', f'--net=/proc/{network}/ns/net']
        argv = ['setpriv', '--pdeathsig', 'KILL', *enter, 'unshare', '--mount', '--pid', '--fork', '--kill-child',
                '--mount-proc', '/bin/sh', '-c', ENTER, 'enter', *layers, ' '.join(map(str, self.groups)),
                str(network or ''), *(word.replace('{}', layers[3]) for word in command)]
        environment = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C.UTF-8',
                       'DEBIAN_FRONTEND': 'noninteractive', 'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY': '1'}
        try:
            with output.open('ab') as out, LOCK:
                self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                                env=environment, start_new_session=True)
                LIVE.add(self.process)
        except BaseException:
            remove_cgroups(self.groups)
            raise

    def __enter__(self) -> 'Run':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends it at once, with everything that it started."""
        kill(self.process)
        self.process.wait()
        with LOCK:
            LIVE.discard(self.process)
        remove_cgroups(self.groups)

    def wait(self, timeout: float) -> int | None:
        """The exit status, or None when `timeout` seconds were not enough."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def init(self) -> int | None:
        """The process that is PID 1 of the machine which the command has booted, or None as long as there is none."""
        below = [self.process.pid]
        for process in below:
            try:
                status = Path(f'/proc/{process}/status').read_text()
                below += map(int, Path(f'/proc/{process}/task/{process}/children').read_text().split())
            except OSError:
                continue
            numbers = re.search(r'^NSpid:\s+(.*)$', status, re.MULTILINE).group(1).split()
            if len(numbers) > 2 and numbers[-1] == '1' and status.startswith('Name:\tsystemd\n'):
                return process
        return None


def run(layers: tuple[str, str, str, str], command: list[str], *, name: str, timeout: float,
        output: Path, isolated: bool = True, network: int | None = None) -> int | None:
    """Runs a command as Run does. Returns the exit status, or None when `timeout` seconds were not enough."""
    with Run(layers, command, name=name, output=output, isolated=isolated, network=network) as started:
        return started.wait(timeout)


def boot_command(name: str, host: str, *options: str) -> list[str]:
    """The systemd-nspawn command line that boots the mount point; what is no option goes to its kernel command line."""
    return ['systemd-nspawn', '--quiet', '--directory={}', f'--machine={re.sub("[^a-z0-9]", "-", name)}',
            f'--hostname={host}', '--boot', '--private-network', '--register=no', '--keep-unit', '--settings=no',
            '--link-journal=no', '--resolv-conf=off', '--timezone=off', '--suppress-sync=yes', '--console=read-only',
            *options]
