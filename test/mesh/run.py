#!/usr/bin/env python3
"""Runs the mesh suite: machines with a real Consul and a real Envoy; the last line is `N passed, N failed`.

Needs root, and fetches what else it needs (../boot/root.py, parts.py). Without these the suite is skipped, or fails where
CONSUL_VM_INJECT_NO_SKIP is set.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'boot')]
sys.dont_write_bytecode = True

import choice  # noqa: E402
import parts  # noqa: E402
import runner  # noqa: E402
from root import SUITES  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('patterns', nargs='*', metavar='PATTERN', help='choose tests, as `python3 -m unittest -k` does')
    parser.add_argument('-v', '--verbose', action='store_true', help='name each test')
    parser.add_argument('--suite', choices=SUITES, default=choice.suite, help='Debian release of the machines (%(default)s)')
    parser.add_argument('--envoy', choices=parts.ENVOYS, help='version of Envoy')
    options = parser.parse_args()
    choice.suite, choice.envoy = options.suite, options.envoy
    return runner.run(HERE, options.suite, options.patterns, options.verbose)


if __name__ == '__main__':
    sys.exit(main())
