"""Runs the tests of a folder; the last line is `N passed, N failed`."""

import atexit
import os
import signal
import sys
import time
import unittest
from pathlib import Path

import nspawn
from disk import sweep
from root import Unavailable, debian_root


class Result(unittest.TextTestResult):
    """Counts what passed; a failed subtest is a failure of its test, once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def stop(number: int, _: object) -> None:
    """Ctrl-C and SIGTERM: the machines die at once, then the tests end."""
    nspawn.kill_all()
    raise KeyboardInterrupt(signal.Signals(number).name)


def conclude(passed: int, failed: int, skipped: int = 0) -> int:
    if skipped:
        print(f'{skipped} skipped')
    print(f'{passed} passed, {failed} failed', flush=True)
    return 1 if failed or not passed + skipped else 0


def run(folder: Path, suite: str, patterns: list[str], verbose: bool) -> int:
    """Runs the tests below `folder` on machines of a Debian suite. Returns the exit status.

    Patterns choose tests as `python3 -m unittest -k` does. Where the machines are not available the tests are skipped, or have
    failed where CONSUL_VM_INJECT_NO_SKIP is set.
    """
    label = folder.name
    try:
        print(f'{label}: root {debian_root(suite)}', file=sys.stderr, flush=True)
    except Unavailable as reason:
        print(f'{label}: {reason}', file=sys.stderr)
        return conclude(0, 1) if os.environ.get('CONSUL_VM_INJECT_NO_SKIP') else conclude(0, 0, 1)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    sweep()
    atexit.register(nspawn.kill_all)
    loader = unittest.TestLoader()
    loader.testNamePatterns = [word if '*' in word else f'*{word}*' for word in patterns] or None
    tests = loader.discover(str(folder), top_level_dir=str(folder))
    start = time.monotonic()
    runner = unittest.TextTestRunner(verbosity=2 if verbose else 1, resultclass=Result)
    try:
        result = runner.run(tests)
    except KeyboardInterrupt:
        print(f'{label}: interrupted', file=sys.stderr)
        return 130
    broken = len({getattr(case, 'test_case', case).id() for case, _ in result.failures + result.errors})
    print(f'{label}: {time.monotonic() - start:.0f} s', file=sys.stderr, flush=True)
    failed = broken + len(result.unexpectedSuccesses)
    if os.environ.get('CONSUL_VM_INJECT_NO_SKIP'):
        return conclude(result.passed, failed + len(result.skipped))
    return conclude(result.passed, failed, len(result.skipped))
