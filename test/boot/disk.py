"""The disk of a throw-away machine: an overlay of the cached Debian root, and of what else it is given, while it is off."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Self

import nspawn
from root import SUITE, Unavailable, debian_root

FOLDER = 'consul-vm-inject.'
# Timers that would start work of their own at a random moment.
TIMERS = ('apt-daily', 'apt-daily-upgrade', 'dpkg-db-backup', 'e2scrub_all', 'fstrim')
SITE = '''# boot tests: no network, no locales package, and one host key, for the others take as long as all the rest of a stage
datasource_list: [NoCloud, None]
locale: C.UTF-8
ssh_genkeytypes: [ed25519]
apt: {preserve_sources_list: true}
'''
SEED = '/var/lib/cloud/seed/nocloud'
ROOT = threading.Lock()


def sweep() -> None:
    """Deletes the disks and control groups of runs that were killed before they could do so themselves."""
    for left in Path(tempfile.gettempdir()).glob(f'{FOLDER}[0-9]*.*'):
        if not Path('/proc', left.name.split('.')[1]).exists() and not os.environ.get('CONSUL_VM_INJECT_KEEP'):
            shutil.rmtree(left, ignore_errors=True)
    nspawn.remove_cgroups([group for group in nspawn.groups_like('cvi-*')
                           if not Path('/proc', group.name.split('-')[1]).exists()])


class Disk:
    """A folder of its own that holds what is written; a context manager that leaves nothing behind.

    `above` are folders that lie over the root of the suite, the topmost first; neither is ever written to.
    """

    def __init__(self, name: str, suite: str = SUITE, above: tuple[Path, ...] = ()) -> None:
        with ROOT:
            self.lowers = (*above, debian_root(suite))
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f'{FOLDER}{os.getpid()}.{name}.'))
        self.console = self.folder / 'console'
        try:
            for part in ('upper', 'work', 'root'):
                (self.folder / part).mkdir(mode=0o755)
            self.upper = self.folder / 'upper'
            self._make()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Deletes the disk, unless CONSUL_VM_INJECT_KEEP asks for it (upper/ is what the machine wrote)."""
        if os.environ.get('CONSUL_VM_INJECT_KEEP'):
            print(f'boot: {self.name} is kept in {self.folder}', file=sys.stderr, flush=True)
            return
        shutil.rmtree(self.folder, ignore_errors=True)

    def layers(self) -> tuple[str, str, str, str]:
        """What nspawn.run mounts."""
        return (':'.join(map(str, self.lowers)), *(str(self.folder / part) for part in ('upper', 'work', 'root')))

    def _make(self) -> None:
        """Checks that the overlay mounts; copies its layers where it cannot (a temporary folder that is one itself)."""
        os.chmod(self.upper, stat.S_IMODE(os.stat(self.lowers[-1]).st_mode))
        if nspawn.run(self.layers(), ['true'], name='try', timeout=30, output=self.console, isolated=False) == 0:
            return
        whole, self.lowers = self.lowers, ()
        for layer in reversed(whole):
            subprocess.run(['cp', '-a', '--reflink=auto', f'{layer}/.', str(self.upper)], check=True)
        if nspawn.run(self.layers(), ['true'], name='try', timeout=30, output=self.console, isolated=False) != 0:
            raise Unavailable(f'cannot mount in a namespace of our own:\n{self.console_tail()}')

    def console_tail(self, lines: int = 25) -> str:
        return '\n'.join(self.console.read_text(errors='replace').splitlines()[-lines:])

    def path(self, path: str) -> Path | None:
        """Where a file of the machine is on the host while it is off; None when it has none."""
        relative = path.lstrip('/')
        for layer in (self.upper, *self.lowers):
            found = layer / relative
            if os.path.lexists(found):
                info = found.lstat()
                return None if stat.S_ISCHR(info.st_mode) and info.st_rdev == 0 else found
        return None

    def read(self, path: str) -> bytes | None:
        """The content of a file while the machine is off; None when it is not there."""
        found = self.path(path)
        return None if found is None else found.read_bytes()

    def _place(self, path: str) -> Path:
        """The path in the upper layer, free, with its folders made as they are below."""
        place = self.upper / path.lstrip('/')
        for folder in reversed(place.relative_to(self.upper).parents):
            here = self.upper / folder
            if not here.is_dir():
                here.mkdir()
                below = next((layer / folder for layer in self.lowers if (layer / folder).is_dir()), None)
                if below is not None:
                    assert not below.is_symlink(), f'{folder} is a link in the root: name its target'
                    shutil.copystat(below, here)
                    os.chown(here, below.stat().st_uid, below.stat().st_gid)
        place.unlink(missing_ok=True)
        return place

    def write(self, path: str, content: str | bytes, mode: int = 0o644) -> None:
        """Writes a file, owned by root, while the machine is off."""
        place = self._place(path)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        place.chmod(mode)

    def link(self, path: str, target: str) -> None:
        """Makes a symbolic link while the machine is off."""
        self._place(path).symlink_to(target)

    def run(self, *argv: str, timeout: float = 180) -> str:
        """Runs a command in the root of the machine while it is off; returns its output, raises when it fails."""
        out = self.folder / 'run'
        out.unlink(missing_ok=True)
        status = nspawn.run(self.layers(), ['chroot', '{}', *argv], name='run', timeout=timeout, output=out,
                            isolated=False)
        if status != 0:
            raise AssertionError(f'{" ".join(argv)}: status {status}\n{out.read_text(errors="replace")}')
        return out.read_text(errors='replace')

    def remove(self, *paths: str) -> None:
        """Deletes files while the machine is off."""
        self.run('rm', '-rf', '--', *paths)

    def seed(self, user_data: bytes, *, instance: str, host: str, vendor_data: bytes | None = None) -> None:
        """Gives cloud-init its user-data, as an instance of this id and host name, without any network."""
        self.write(f'{SEED}/user-data', user_data, 0o600)
        self.write(f'{SEED}/meta-data', f'instance-id: {instance}\nlocal-hostname: {host}\n')
        if vendor_data is not None:
            self.write(f'{SEED}/vendor-data', vendor_data, 0o600)
        self.write('/etc/cloud/cloud.cfg.d/90_boot_test.cfg', SITE)
        for timer in TIMERS:
            self.link(f'/etc/systemd/system/{timer}.timer', '/dev/null')
