"""A throw-away machine: an overlay of the cached Debian root that systemd-nspawn boots, as often as one likes."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nspawn
from root import Unavailable, debian_root

HERE = Path(__file__).parent
PROBE = 'usr/local/lib/boot-probe'
SITE = '''# boot tests: no network, no locales package
datasource_list: [NoCloud, None]
locale: C.UTF-8
apt: {preserve_sources_list: true}
'''
# Timers that would start work of their own at a random moment.
TIMERS = ('apt-daily', 'apt-daily-upgrade', 'dpkg-db-backup', 'e2scrub_all', 'fstrim')
FOLDER = 'consul-vm-inject.'
SLOTS = threading.BoundedSemaphore(int(os.environ.get('CONSUL_VM_INJECT_MACHINES', '2')))
ROOT = threading.Lock()


class BootFailed(AssertionError):
    """A boot that did not come to rest; the message holds the stuck jobs and the end of the console."""


def may_skip() -> bool:
    """False in CI, where a test that cannot run has failed."""
    return not os.environ.get('CONSUL_VM_INJECT_NO_SKIP')


def sweep() -> None:
    """Deletes the disks and control groups of runs that were killed before they could do so themselves."""
    for left in Path(tempfile.gettempdir()).glob(f'{FOLDER}[0-9]*.*'):
        if not Path('/proc', left.name.split('.')[1]).exists() and not os.environ.get('CONSUL_VM_INJECT_KEEP'):
            shutil.rmtree(left, ignore_errors=True)
    nspawn.remove_cgroups([group for group in nspawn.groups_like('cvi-*')
                           if not Path('/proc', group.name.split('-')[1]).exists()])


class Machine:
    """One machine with its own disk (an overlay) and user-data; a context manager that leaves nothing behind."""

    def __init__(self, name: str, user_data: bytes, vendor_data: bytes | None = None) -> None:
        with ROOT:
            self.lower = debian_root()
        self.name, self.boots = name, 0
        self.folder = Path(tempfile.mkdtemp(prefix=f'{FOLDER}{os.getpid()}.{name}.'))
        self.console = self.folder / 'console'
        try:
            for part in ('upper', 'work', 'root'):
                (self.folder / part).mkdir(mode=0o755)
            self.upper = self.folder / 'upper'
            self._make_disk()
            seed = '/var/lib/cloud/seed/nocloud'
            self.write(f'{seed}/user-data', user_data, 0o600)
            self.write(f'{seed}/meta-data', 'instance-id: i-boot-test\nlocal-hostname: vm\n')
            if vendor_data is not None:
                self.write(f'{seed}/vendor-data', vendor_data, 0o600)
            self.write('/etc/cloud/cloud.cfg.d/90_boot_test.cfg', SITE)
            self.write(f'/{PROBE}/boot-probe.py', (HERE / 'guest/boot-probe.py').read_bytes())
            self.write('/etc/systemd/system/boot-probe.service', (HERE / 'guest/boot-probe.service').read_bytes())
            self.link('/etc/systemd/system/sysinit.target.wants/boot-probe.service', '../boot-probe.service')
            for timer in TIMERS:
                self.link(f'/etc/systemd/system/{timer}.timer', '/dev/null')
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> 'Machine':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Deletes the disk, unless CONSUL_VM_INJECT_KEEP asks for it (upper/ is what the machine wrote)."""
        if os.environ.get('CONSUL_VM_INJECT_KEEP'):
            print(f'boot: {self.name} is kept in {self.folder}', file=sys.stderr, flush=True)
            return
        shutil.rmtree(self.folder, ignore_errors=True)

    def _layers(self) -> tuple[str, str, str, str]:
        lower = '' if self.lower is None else str(self.lower)
        return (lower, *(str(self.folder / part) for part in ('upper', 'work', 'root')))

    def _make_disk(self) -> None:
        """Checks that the overlay mounts; copies the root where it cannot (a temporary folder that is one itself)."""
        os.chmod(self.upper, stat.S_IMODE(os.stat(self.lower).st_mode))
        if nspawn.run(self._layers(), ['true'], name='try', timeout=30, output=self.console, isolated=False) == 0:
            return
        whole, self.lower = self.lower, None
        self.upper.rmdir()
        subprocess.run(['cp', '-a', '--reflink=auto', str(whole), str(self.upper)], check=True)
        if nspawn.run(self._layers(), ['true'], name='try', timeout=30, output=self.console, isolated=False) != 0:
            raise Unavailable(f'cannot mount in a namespace of our own:\n{self.console_tail()}')

    def path(self, path: str) -> Path | None:
        """Where a file of the machine is on the host while it is off; None when it has none."""
        relative = path.lstrip('/')
        for layer in (self.upper, self.lower):
            found = layer / relative if layer else None
            if found is not None and os.path.lexists(found):
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
                below = self.lower / folder if self.lower else None
                if below is not None and below.is_dir():
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

    def run(self, *argv: str, timeout: float = 60) -> str:
        """Runs a command in the root of the machine while it is off; returns its output, raises when it fails."""
        out = self.folder / 'run'
        out.unlink(missing_ok=True)
        status = nspawn.run(self._layers(), ['chroot', '{}', *argv], name='run', timeout=timeout, output=out,
                            isolated=False)
        if status != 0:
            raise AssertionError(f'{" ".join(argv)}: status {status}\n{out.read_text(errors="replace")}')
        return out.read_text(errors='replace')

    def remove(self, *paths: str) -> None:
        """Deletes files while the machine is off."""
        self.run('rm', '-rf', '--', *paths)

    def console_tail(self, lines: int = 25) -> str:
        return '\n'.join(self.console.read_text(errors='replace').splitlines()[-lines:])

    def boot(self, *, timeout: float = 150, bound: float = 60, settle: float = 30, must_settle: bool = True,
             shutdown: str = 'cut', units: tuple[str, ...] = (), files: tuple[str, ...] = (),
             texts: tuple[str, ...] = (), wait_for: tuple[str, ...] = (), run: tuple[str, ...] = (),
             network: int | None = None, options: tuple[str, ...] = ()) -> dict:
        """Boots once, until the probe has reported and powered the machine off; returns its report.

        Seconds: `bound` for cloud-init to finish, `settle` more for the job queue to empty and the shell commands of
        `wait_for` to succeed, `timeout` for everything, after which the machine is killed. `units` and `files` may be
        glob patterns. `shutdown` is "cut" (the plug) or "clean". `network` is a process in whose network namespace
        systemd-nspawn is started, `options` are more of its command line. Raises BootFailed unless the boot came to
        rest; with `must_settle` false only when there is no report at all.
        """
        self.boots += 1
        request = {'bound': bound, 'settle': settle, 'shutdown': shutdown, 'units': units, 'files': files,
                   'texts': texts, 'wait_for': wait_for, 'run': run}
        self.write(f'/{PROBE}/request.json', json.dumps(request))
        result = self.upper / PROBE / 'result.json'
        result.unlink(missing_ok=True)
        self.console.write_bytes(b'')
        with SLOTS:
            start = time.monotonic()
            name = f'cvi-{os.getpid()}-{self.folder.name.rsplit(".", 1)[-1].strip("_")}'
            status = nspawn.run(self._layers(), nspawn.boot_command(name, *options), name=name, timeout=timeout,
                                output=self.console, network=network)
            seconds = time.monotonic() - start
        ended = 'killed' if status is None else 'off' if status == 0 else f'status {status}'
        print(f'boot: {self.name} #{self.boots} {seconds:.1f} s {ended}', file=sys.stderr, flush=True)
        if not result.exists():
            why = f'no report after {timeout} s' if status is None else f'no report, systemd-nspawn ended with {status}'
            raise BootFailed(f'{self.name} boot {self.boots}: {why}; the end of its console:\n{self.console_tail()}')
        report = json.loads(result.read_text())
        report['seconds'] = round(seconds, 2)
        report['calls'] = [call for call in report.get('calls', ()) if call['monotonic_us'] > start * 1e6]
        self._check(report, must_settle, status)
        return report

    def _check(self, report: dict, must_settle: bool, status: int | None) -> None:
        """Raises BootFailed with everything one needs to find the cause."""
        faults = []
        if 'probe_error' in report:
            faults.append(f'the probe failed: {report["probe_error"]}')
        if status is None:
            faults.append('the machine had to be killed: it did not power off')
        if must_settle and not report['finished']:
            faults.append(f'cloud-init had not finished after {report["finished_after"]} s')
        if must_settle and not report['settled']:
            jobs = '\n'.join('  ' + ' '.join(job) for job in report['jobs']) or '  none'
            faults.append(f'not settled after {report["settled_after"]} s; systemctl list-jobs:\n{jobs}\n'
                          f'units in between: {" ".join(report["activating"]) or "none"}\n'
                          f'{report.get("processes", "")}')
        if must_settle and report['unmet']:
            faults.append('still untrue: ' + '; '.join(report['unmet']))
        if faults:
            journal = '\n'.join(report.get('journal', {}).values())
            raise BootFailed(f'{self.name} boot {self.boots}: ' + '\n'.join(faults) +
                             f'\n{journal}\nthe end of its console:\n{self.console_tail()}')
