"""The Debian roots that machines are overlays of: one a suite, made once, cached, never written to again."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUITE = 'bookworm'
SUITES = ('bullseye', 'bookworm', 'trixie', 'sid')
MIRROR = os.environ.get('CONSUL_VM_INJECT_MIRROR')
PACKAGES = (
    'systemd-sysv', 'dbus', 'cloud-init', 'iptables', 'nftables', 'iproute2', 'python3', 'python3-cffi-backend',
    'procps', 'openssh-server',
)
# What the harness itself runs, and the host package that brings it.
TOOLS = {'debootstrap': 'debootstrap', 'systemd-nspawn': 'systemd-container', 'unshare': 'util-linux',
         'setpriv': 'util-linux', 'nsenter': 'util-linux', 'ip': 'iproute2', 'dpkg-deb': 'dpkg'}


class Unavailable(Exception):
    """This host cannot boot a machine; the message says what is missing."""


def cache() -> Path:
    """The folder of cached roots; it may not exist yet."""
    named = os.environ.get('CONSUL_VM_INJECT_CACHE')
    return Path(named) if named else Path.home() / '.cache' / 'consul-vm-inject'


def missing_tools() -> list[str]:
    """Host packages that are still needed, by name."""
    path = os.environ.get('PATH', '') + ':/usr/sbin:/sbin'
    return sorted({package for tool, package in TOOLS.items() if not shutil.which(tool, path=path)})


def need_tools() -> None:
    """Installs the missing host tools. Raises Unavailable without root, without apt, or when apt fails."""
    if os.geteuid() != 0:
        raise Unavailable('the boot tests need root: overlay mounts, network namespaces and systemd-nspawn')
    packages = missing_tools()
    if not packages:
        return
    if not shutil.which('apt-get'):
        raise Unavailable(f'missing on this host: {" ".join(packages)}')
    quiet = {'env': {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'}, 'stdin': subprocess.DEVNULL,
             'stdout': sys.stderr.fileno()}
    subprocess.run(['apt-get', 'update', '-q'], check=False, **quiet)
    installed = subprocess.run(['apt-get', 'install', '-qy', '--no-install-recommends', *packages], **quiet)
    if installed.returncode or missing_tools():
        raise Unavailable(f'apt-get could not install {" ".join(packages)}')


def packages_of(suite: str) -> tuple[str, ...]:
    """What the root of a suite holds; since bookworm systemd-resolved is a package of its own."""
    return PACKAGES if suite == 'bullseye' else (*PACKAGES, 'systemd-resolved')


def has_packages(root: Path, packages: tuple[str, ...]) -> bool:
    """Whether the dpkg database of a root holds every one of the packages, installed."""
    try:
        database = (root / 'var/lib/dpkg/status').read_text()
    except OSError:
        return False
    installed = set()
    for stanza in database.split('\n\n'):
        fields = dict(line.split(': ', 1) for line in stanza.splitlines() if ': ' in line and line[0] != ' ')
        if fields.get('Status') == 'install ok installed':
            installed.add(fields['Package'])
    return installed.issuperset(packages)


def make_root(root: Path, suite: str, packages: tuple[str, ...]) -> None:
    """Debootstraps a root of a suite with packages beside `root`, then renames it into place: an interrupted run leaves no half root."""
    with tempfile.TemporaryDirectory(prefix=f'{root.name}.', dir=root.parent) as folder:
        fresh, log = Path(folder) / 'root', Path(folder) / 'debootstrap.log'
        print(f'boot: making {root}, once (a minute or two) ...', file=sys.stderr, flush=True)
        with log.open('wb') as out:
            made = subprocess.run(
                ['debootstrap', '--variant=minbase', f'--include={",".join(packages)}', suite, str(fresh),
                 *([MIRROR] if MIRROR else [])],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        if made.returncode:
            tail = ''.join(log.read_text(errors='replace').splitlines(keepends=True)[-15:])
            raise Unavailable(f'debootstrap failed with {made.returncode}:\n{tail}')
        for archive in (fresh / 'var/cache/apt/archives').glob('*.deb'):
            archive.unlink()
        (fresh / 'etc/hostname').write_text('vm\n')
        os.chmod(fresh, 0o755)
        if root.exists():
            root.rename(Path(folder) / 'outdated')
        fresh.rename(root)


@contextmanager
def sole_maker(made: Path) -> Iterator[None]:
    """Lets one process at a time make what is cached at a path: several suites may run side by side."""
    made.parent.mkdir(parents=True, exist_ok=True)
    with open(made.parent / f'.{made.name}.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def debian_root(suite: str = SUITE, kind: str = '', more: tuple[str, ...] = ()) -> Path:
    """The cached root of a suite, made first when it is absent or lacks a package; one of another kind has more packages. Raises
    Unavailable."""
    need_tools()
    root = cache() / f'debian-{suite}{kind and "-"}{kind}'
    wanted = (*packages_of(suite), *more)
    with sole_maker(root):
        if not has_packages(root, wanted):
            make_root(root, suite, wanted)
    return root


if __name__ == '__main__':
    print(debian_root(*sys.argv[1:]))
