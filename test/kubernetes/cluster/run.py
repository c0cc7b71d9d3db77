#!/usr/bin/env python3
"""Runs the cluster suite: kubectl, a real API server and the webhook; the last line is `N passed, N failed`.

Needs root for a network namespace, and makes what else it needs once (programs.py). Without these the suite is skipped, or fails where
CONSUL_VM_INJECT_NO_SKIP is set. Everything runs in process and network namespaces of its own, and ends with them.
"""

import argparse
import os
import signal
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parents[1] / folder) for folder in ('mesh', 'boot'))]
sys.dont_write_bytecode = True

import case  # noqa: E402
import cluster  # noqa: E402
import programs  # noqa: E402
from root import Unavailable  # noqa: E402
from runner import Result, conclude  # noqa: E402

# Set for the process that is inside the namespaces already.
INSIDE = 'CONSUL_VM_INJECT_CLUSTER'
NAMESPACES = ('unshare', '--net', '--pid', '--fork', '--kill-child', '--mount-proc')


def stop(number: int, _: object) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)


def test(patterns: list[str], verbose: bool) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    cluster.network()
    loader = unittest.TestLoader()
    loader.testNamePatterns = [word if '*' in word else f'*{word}*' for word in patterns] or None
    start = time.monotonic()
    runner = unittest.TextTestRunner(verbosity=2 if verbose else 1, resultclass=Result)
    try:
        result = runner.run(loader.discover(str(HERE), top_level_dir=str(HERE)))
    except KeyboardInterrupt:
        print('cluster: interrupted', file=sys.stderr)
        return 130
    finally:
        case.stop()
    print(f'cluster: {time.monotonic() - start:.0f} s', file=sys.stderr, flush=True)
    broken = {getattr(case, 'test_case', case).id() for case, _ in result.failures + result.errors}
    return conclude(result.passed, len(broken) + len(result.unexpectedSuccesses))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('patterns', nargs='*', metavar='PATTERN', help='choose tests, as `python3 -m unittest -k` does')
    parser.add_argument('-v', '--verbose', action='store_true', help='name each test')
    options = parser.parse_args()
    if os.environ.get(INSIDE):
        return test(options.patterns, options.verbose)
    try:
        if os.geteuid() != 0:
            raise Unavailable('a network namespace needs root')
        programs.ready()
    except Unavailable as reason:
        print(f'cluster: {reason}', file=sys.stderr)
        return conclude(0, 1) if os.environ.get('CONSUL_VM_INJECT_NO_SKIP') else conclude(0, 0, 1)
    os.environ[INSIDE] = '1'
    os.execvp(NAMESPACES[0], [*NAMESPACES, '--', sys.executable, str(HERE / 'run.py'), *sys.argv[1:]])


if __name__ == '__main__':
    sys.exit(main())
