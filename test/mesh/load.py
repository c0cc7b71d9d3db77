"""Many requests at a time, from within a machine, and how long they took."""

import json
import shlex
import subprocess
from dataclasses import dataclass

from standing import Standing

# Runs in the machine. The name is resolved once; each request has a connection of its own, as the counting service wants it.
PROGRAM = r'''
import concurrent.futures, http.client, json, socket, sys, time
host, port, total, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
address = socket.getaddrinfo(host, port, socket.AF_INET)[0][4][0]
def ask(_):
    start = time.monotonic()
    try:
        connection = http.client.HTTPConnection(address, port, timeout=10)
        connection.request("GET", "/", headers={"Host": host})
        answer = connection.getresponse()
        said = json.loads(answer.read())["count"] if answer.status == 200 else "status %d" % answer.status
        connection.close()
    except Exception as error:
        said = repr(error)
    return time.monotonic() - start, said
with concurrent.futures.ThreadPoolExecutor(width) as pool:
    list(pool.map(ask, range(width)))
    start = time.monotonic()
    done = list(pool.map(ask, range(total)))
    print(json.dumps([time.monotonic() - start, done]))
'''


@dataclass(frozen=True)
class Load:
    """What came of it; times in seconds, in order of size."""

    took: float
    times: list[float]
    counts: list[int]
    lost: list[str]

    def __str__(self) -> str:
        """The median, the slowest but one in a hundred, and how many a second."""
        p50, p99 = (1000 * self.times[int(part * (len(self.times) - 1))] for part in (0.5, 0.99))
        return f'p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(self.times) / self.took:.0f} requests a second'


def load(machine: Standing, user: str, host: str, port: int, total: int = 500, width: int = 8) -> Load:
    """Asks a counting service `total` times, `width` at a time, as a user of a machine."""
    argv = machine.enter('setpriv', f'--reuid={user}', '--clear-groups', '/usr/bin/python3', '-c', PROGRAM, host, str(port),
                         str(total), str(width))
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    if done.returncode:
        raise AssertionError(f'{shlex.join(argv[-4:])}: exit {done.returncode}\n{done.stderr.decode(errors="replace")}')
    took, pairs = json.loads(done.stdout)
    said = [one for _, one in pairs]
    return Load(took, sorted(time for time, _ in pairs), [one for one in said if isinstance(one, int)],
                [one for one in said if not isinstance(one, int)])
