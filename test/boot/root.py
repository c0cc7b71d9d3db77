"""The Debian root every machine of the boot tests is an overlay of: made once, cached, never written to again."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUITE = 'bookworm'
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


def has_packages(root: Path) -> bool:
    """Whether the dpkg database of a root holds every one of PACKAGES, installed."""
    try:
        database = (root / 'var/lib/dpkg/status').read_text()
    except OSError:
        return False
    installed = set()
    for stanza in database.split('\n\n'):
        fields = dict(line.split(': ', 1) for line in stanza.splitlines() if ': ' in line and line[0] != ' ')
        if fields.get('Status') == 'install ok installed':
            installed.add(fields['Package'])
    return installed.issuperset(PACKAGES)


def make_root(root: Path) -> None:
    """Debootstraps a root beside `root`, then renames it into place: an interrupted run leaves no half root."""
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f'{root.name}.', dir=root.parent) as folder:
        fresh, log = Path(folder) / 'root', Path(folder) / 'debootstrap.log'
        print(f'boot: making {root}, once (a minute or two) ...', file=sys.stderr, flush=True)
        with log.open('wb') as out:
            made = subprocess.run(
                ['debootstrap', '--variant=minbase', f'--include={",".join(PACKAGES)}', SUITE, str(fresh),
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


def debian_root() -> Path:
    """The cached root, made first when it is absent or lacks a package. Raises Unavailable."""
    need_tools()
    root = cache() / 'debian-root'
    if not has_packages(root):
        make_root(root)
    return root


if __name__ == '__main__':
    print(debian_root())
