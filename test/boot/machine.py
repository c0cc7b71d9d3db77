"""A throw-away machine that systemd-nspawn boots, as often as one likes; each boot ends with a report of what it found."""

import json
import os
import sys
import threading
import time
from pathlib import Path

import nspawn
from disk import FOLDER, Disk, sweep

__all__ = ['FOLDER', 'HERE', 'BootFailed', 'Machine', 'may_skip', 'sweep']

HERE = Path(__file__).parent
PROBE = 'usr/local/lib/boot-probe'
SLOTS = threading.BoundedSemaphore(int(os.environ.get('CONSUL_VM_INJECT_MACHINES', '2')))


class BootFailed(AssertionError):
    """A boot that did not come to rest; the message holds the stuck jobs and the end of the console."""


def may_skip() -> bool:
    """False in CI, where a test that cannot run has failed."""
    return not os.environ.get('CONSUL_VM_INJECT_NO_SKIP')


class Machine(Disk):
    """One machine with its own disk and user-data; a context manager that leaves nothing behind."""

    def __init__(self, name: str, user_data: bytes, vendor_data: bytes | None = None) -> None:
        super().__init__(name)
        self.boots = 0
        try:
            self.seed(user_data, instance='i-boot-test', host='vm', vendor_data=vendor_data)
            self.write(f'/{PROBE}/boot-probe.py', (HERE / 'guest/boot-probe.py').read_bytes())
            self.write('/etc/systemd/system/boot-probe.service', (HERE / 'guest/boot-probe.service').read_bytes())
            self.link('/etc/systemd/system/sysinit.target.wants/boot-probe.service', '../boot-probe.service')
            # Names are resolved in the other way of the two; test/mesh has systemd-resolved.
            self.link('/etc/systemd/system/systemd-resolved.service', '/dev/null')
        except BaseException:
            self.close()
            raise

    def boot(self, *, timeout: float = 300, bound: float = 120, settle: float = 60, must_settle: bool = True,
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
            status = nspawn.run(self.layers(), nspawn.boot_command(name, 'vm', *options), name=name, timeout=timeout,
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
