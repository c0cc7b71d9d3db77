#!/usr/bin/env python3
"""Runs the boot suite: `python3 test/boot/run.py [-v] [pattern ...]`; the last line is `N passed, N failed`.

Needs root, and fetches what else it needs (root.py). Without these the suite is skipped, or fails where
CONSUL_VM_INJECT_NO_SKIP is set. Patterns choose tests as `python3 -m unittest -k` does.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import runner  # noqa: E402
from root import SUITE  # noqa: E402

if __name__ == '__main__':
    words = sys.argv[1:]
    sys.exit(runner.run(HERE, SUITE, [word for word in words if not word.startswith('-')], '-v' in words))
