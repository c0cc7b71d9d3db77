"""Boots the example as it is and injected, in turn, and says how long each boot took, in JSON. As root, with the machines of test/boot."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'boot'))
sys.dont_write_bytecode = True

import disk  # noqa: E402
import example  # noqa: E402
import root  # noqa: E402

DOCUMENT = example.EXAMPLES / 'counting/user-data.yaml'
BEGUN = 'systemctl show --value -p UserspaceTimestampMonotonic -p FinishTimestampMonotonic'


def boots(name: str, data: bytes) -> list[float]:
    """Seconds of a first boot and of a second, from the start of systemd until there is nothing left to start."""
    with example.machine(f'bench-{name}', data) as made:
        spans = []
        for _ in range(2):
            begun, finished = made.boot(run=(BEGUN,))['run'][BEGUN].split()
            spans.append((int(finished) - int(begun)) / 1e6)
        return spans


if __name__ == '__main__':
    root.debian_root(root.SUITE)
    disk.sweep()
    documents = {'plain': DOCUMENT.read_bytes(), 'injected': example.inject(DOCUMENT)}
    rounds = [{name: boots(name, data) for name, data in documents.items()} for _ in range(int(sys.argv[1]))]
    json.dump(rounds, sys.stdout)
