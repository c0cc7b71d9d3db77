"""`npm run mesh`: the dashboard's page on a loopback port of the host, and nothing left behind, however it ends."""

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import choice
import nspawn
from disk import FOLDER, sweep
from network import BRIDGE
from waiting import BUSY, eventually

UP = Path(__file__).parent / 'up.py'


def below(process: int) -> list[int]:
    """A process and all that it has started, and these in their turn."""
    found = [process]
    for one in found:
        for task in Path(f'/proc/{one}/task').glob('*/children'):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                pass
    return found


def alive(process: int) -> bool:
    try:
        return ') Z ' not in Path(f'/proc/{process}/stat').read_text()
    except OSError:
        return False


class Up(unittest.TestCase):
    """Each test runs the command once."""

    def setUp(self) -> None:
        output = tempfile.TemporaryFile('w+')
        argv = [sys.executable, str(UP), '--port=0', '--consul-port=0', f'--suite={choice.suite}']
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        self.output = output
        self.addCleanup(output.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)

    def said(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def wait_for(self, pattern: str, seconds: float) -> str:
        """The first group of what matches in the output."""
        until = time.monotonic() + seconds * BUSY
        while not (found := re.search(pattern, self.said(), re.MULTILINE)):
            if self.process.poll() is not None or time.monotonic() > until:
                self.fail(f'no {pattern} in:\n{self.said()}')
            time.sleep(0.2)
        return found.group(1)

    def end(self, number: signal.Signals) -> int:
        """Sends a signal; asserts that no process of it is alive soon after. Returns the exit status."""
        started = below(self.process.pid)
        self.assertGreater(len(started), 10)
        self.process.send_signal(number)
        status = self.process.wait(20 * BUSY)
        eventually(lambda: self.assertEqual([one for one in started if alive(one)], []), 10)
        return status

    def count(self, page: str) -> int:
        """On a busy host the dashboard may give up on counting once, which it says."""
        try:
            with urllib.request.urlopen(page + 'count', timeout=5) as answer:
                return json.load(answer)['count']
        except urllib.error.HTTPError as error:
            raise AssertionError(f'{error.code}: {error.read().decode()}') from error

    def left(self) -> list[object]:
        """Disks, control groups, mounts and bridges; a network namespace ends with its last process."""
        mounts = [line for line in Path('/proc/self/mountinfo').read_text().splitlines() if f'{FOLDER}{self.process.pid}.' in line]
        return [*Path(tempfile.gettempdir()).glob(f'{FOLDER}{self.process.pid}.*'), *nspawn.groups_like(f'cvi-{self.process.pid}-*'),
                *mounts, *Path('/sys/class/net').glob(BRIDGE)]

    def test_the_page_is_on_a_port_of_the_host_until_ctrl_c(self) -> None:
        page = self.wait_for(r'^Dashboard +(\S+)$', 120)
        with urllib.request.urlopen(page, timeout=5) as answer:
            self.assertIn('text/html', answer.headers['Content-Type'])
            self.assertIn('<title>Dashboard</title>', answer.read().decode())
        counts = [eventually(lambda: self.count(page), 20) for _ in range(2)]
        self.assertLess(counts[0], counts[1])
        consul = self.wait_for(r'^Consul +(\S+)$', 5)
        self.assertIn('counting', json.load(urllib.request.urlopen(consul + 'v1/catalog/services', timeout=5)))
        shell = self.wait_for(r'^counting +10\..*\n +(.*)$', 5)
        inside = subprocess.run(['/bin/sh', '-c', f'{shell} -c hostname'], capture_output=True, timeout=20, check=True)
        self.assertEqual(inside.stdout, b'counting\n')
        self.assertEqual(self.end(signal.SIGINT), 130)
        self.assertEqual(self.left(), [])

    def test_a_kill_leaves_no_process_and_the_next_run_takes_the_disks_away(self) -> None:
        self.wait_for(r'^mesh: (server) booted', 60)
        self.assertEqual(self.end(signal.SIGKILL), -signal.SIGKILL)
        sweep()
        self.assertEqual(self.left(), [])


if __name__ == '__main__':
    unittest.main()
