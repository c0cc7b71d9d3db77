"""The command line of the project, as an operator runs it."""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
BUNDLE = PROJECT / 'dist/bin/consul-vm-inject.js'


def tool(*arguments: str | Path, data: bytes = b'') -> bytes:
    """What it writes to standard output, with `data` as its standard input. Raises AssertionError with what it complained about when it fails."""
    if not BUNDLE.exists():
        raise AssertionError(f'{BUNDLE} is missing: run `npm ci` or `npm run build` first')
    done = subprocess.run(['node', str(BUNDLE), *map(str, arguments)], input=data, capture_output=True, timeout=60)
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors='replace')
        raise AssertionError(f'consul-vm-inject {" ".join(map(str, arguments))}: exit {done.returncode}\n{said}')
    return done.stdout


def example(name: str) -> Path:
    """The user-data of an example of the repository."""
    return PROJECT / 'examples' / name / 'user-data.yaml'
