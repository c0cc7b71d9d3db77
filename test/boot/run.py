#!/usr/bin/env python3
"""Runs the boot suite: `python3 test/boot/run.py [-v] [pattern ...]`; the last line is `N passed, N failed`.

Needs root, and fetches what else it needs (root.py). Without these the suite is skipped, or fails where
CONSUL_VM_INJECT_NO_SKIP is set. Patterns choose tests as `python3 -m unittest -k` does.
"""

import atexit
import os
import signal
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import nspawn  # noqa: E402
from machine import sweep  # noqa: E402
from root import Unavailable, debian_root  # noqa: E402


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


def main(argv: list[str]) -> int:
    verbose = '-v' in argv
    patterns = [word if '*' in word else f'*{word}*' for word in argv if not word.startswith('-')]
    try:
        print(f'boot: root {debian_root()}', file=sys.stderr, flush=True)
    except Unavailable as reason:
        print(f'boot: {reason}', file=sys.stderr)
        return conclude(0, 1) if os.environ.get('CONSUL_VM_INJECT_NO_SKIP') else conclude(0, 0, 1)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    sweep()
    atexit.register(nspawn.kill_all)
    loader = unittest.TestLoader()
    loader.testNamePatterns = patterns or None
    suite = loader.discover(str(HERE), top_level_dir=str(HERE))
    start = time.monotonic()
    runner = unittest.TextTestRunner(verbosity=2 if verbose else 1, resultclass=Result)
    try:
        result = runner.run(suite)
    except KeyboardInterrupt:
        print('boot: interrupted', file=sys.stderr)
        return 130
    broken = len({getattr(case, 'test_case', case).id() for case, _ in result.failures + result.errors})
    print(f'boot: {time.monotonic() - start:.0f} s', file=sys.stderr, flush=True)
    failed = broken + len(result.unexpectedSuccesses)
    if os.environ.get('CONSUL_VM_INJECT_NO_SKIP'):
        return conclude(result.passed, failed + len(result.skipped))
    return conclude(result.passed, failed, len(result.skipped))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
