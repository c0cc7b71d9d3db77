"""A sidecar that ends, or cannot start: it is tried again, ever more slowly; traffic goes on without it, or is held back."""

import re
import time
import unittest

import choice
import looks
from flavors import FLAVORS, VALUES, Boot
from mesh import Mesh
from namespace import Namespace
from standing import Standing
from tool import example, tool
from waiting import eventually

UNIT = 'envoy@counting'
RETRY = 'consul-envoy-retry@counting'
OWN = '/run/consul-vm-inject/counting'
CLOSED = ('alpha.consul.hashicorp.com/on-sidecar-failure=closed', 'alpha.consul.hashicorp.com/app-unit=counting.service')


class Closed(Boot):
    """As boot, but that counting holds its traffic back while Envoy is away."""

    def user_data(self, name: str) -> bytes:
        flags = [word for pair in CLOSED for word in ('--annotation', pair)] if name == 'counting' else []
        return tool('inject', '--values', VALUES, *flags, example(name))


FLAVORS['closed'] = Closed


def entered(machine: Standing) -> None:
    """Waits until the machine can be looked into; its boot may take longer."""
    def init() -> int:
        found = machine.run_of_nspawn.init()
        assert found, 'no init'
        return found

    machine.init = eventually(init, 60)
    machine.inside = Namespace(machine.init)


def kept(machine: Standing) -> tuple[list[str], int]:
    """The rules, and how many packets they have seen since they were made."""
    found = looks.rules(machine)
    packets = sum(map(int, re.findall(r'packets (\d+)', '\n'.join(found))))
    return [re.sub(r'packets \d+ bytes \d+|\[\d+:\d+\]', '', line) for line in found], packets


def state(machine: Standing, *units: str) -> list[str]:
    return machine.try_sh(f'systemctl is-active {" ".join(units)}')[1].split()


def pauses(machine: Standing) -> list[int]:
    """The pauses that the log of this boot tells, in order."""
    return list(map(int, re.findall(r'next try in (\d+) s', machine.journal(UNIT, lines=100000))))


class Failure:
    """The tests of one choice, all of them on one mesh."""

    flavor: str
    mesh: Mesh

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = cls.enterClassContext(Mesh(cls.flavor, choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)

    def setUp(self) -> None:
        self.counting = self.mesh.counting
        self.counting.try_sh(f'systemctl reset-failed {UNIT}; systemctl start {UNIT}', timeout=200)
        looks.first_count(self.mesh, 90)

    def pausing(self, last: int) -> None:
        """Makes the next pause twice as long as the last, in seconds, and at most 300: a busy machine may look at it late."""
        # The pause before, where the test before did not wait for its end, says nothing any more.
        self.counting.sh(f'rm -f {OWN}.pause; echo {last} > {OWN}.last')

    def kill(self, signal: str = 'KILL') -> None:
        self.counting.sh(f'systemctl kill --kill-who=main --signal={signal} {UNIT}')
        eventually(lambda: self.assertEqual(state(self.counting, UNIT), ['failed']), 60)

    def back(self, what: str, start: float, seconds: float = 60) -> None:
        """Counts again by itself, by one set of rules."""
        looks.first_count(self.mesh, seconds)
        print(f'mesh: {self.flavor}: counts again {time.monotonic() - start:.0f} s after {what}', flush=True)
        # Envoy listens a moment before traffic is redirected to it.
        eventually(lambda: self.assertEqual(looks.jumps(self.counting), looks.JUMPS), 20)

    def plain(self) -> str:
        """What counting answers whoever asks it beside the mesh. Raises OSError."""
        return self.mesh.network.get(f'http://{self.counting.address}:80/', timeout=2).text

    def test_it_is_tried_again_whatever_ended_it_and_each_time_later(self) -> None:
        self.counting.sh(f'systemctl restart {UNIT}', timeout=180)  # by hand: from the start
        before = len(pauses(self.counting))
        for signal in ('KILL', 'TERM', 'SEGV'):
            start = time.monotonic()
            self.kill(signal)
            self.back(f'SIG{signal}', start)
        self.assertEqual(pauses(self.counting)[before:], [5, 10, 20])

    def test_a_start_by_hand_does_not_wait_for_the_pause(self) -> None:
        self.pausing(160)
        self.kill()
        self.assertEqual(pauses(self.counting)[-1], 300)
        start = time.monotonic()
        self.counting.sh(f'systemctl start {UNIT}')
        self.back('a start by hand', start)
        self.assertLess(time.monotonic() - start, 200)

    def test_ten_healthy_minutes_make_the_pause_short(self) -> None:
        self.counting.sh(f'echo 160 > {OWN}.last; touch --date="11 minutes ago" {OWN}.up')
        self.kill()
        self.assertEqual(pauses(self.counting)[-1], 5)

    def test_a_stop_ends_it_at_once_also_in_a_pause(self) -> None:
        self.pausing(10)
        self.kill()
        eventually(lambda: self.assertEqual(state(self.counting, RETRY), ['active']), 10)
        self.counting.sh(f'systemctl stop {UNIT}')
        time.sleep(22)
        self.assertEqual(state(self.counting, RETRY), ['inactive'])
        self.assertIn(state(self.counting, UNIT)[0], ('failed', 'inactive'))

    def test_a_server_that_is_late_is_waited_for(self) -> None:
        self.mesh.server.sh('systemctl stop consul')
        self.addCleanup(self.mesh.server.sh, 'systemctl start consul', 180)
        self.counting.ask_reboot()
        self.counting.rebooting()
        entered(self.counting)
        # The agent has not joined in a minute and a half; then the sidecar has its first try, and gets no listeners.
        eventually(lambda: self.assertTrue(pauses(self.counting)), 400, lambda: self.counting.journal(UNIT))
        self.without_a_server()
        start = time.monotonic()
        self.mesh.server.sh('systemctl start consul', timeout=180)
        self.back('the server', start, 240)

    def without_a_server(self) -> None:
        raise NotImplementedError


class Open(Failure, unittest.TestCase):
    flavor = 'boot'

    def test_traffic_goes_on_while_it_is_away(self) -> None:
        self.pausing(160)
        self.kill()
        self.assertEqual(looks.rules(self.counting), [])
        self.assertIn('"count"', self.plain())

    def without_a_server(self) -> None:
        self.assertEqual(looks.rules(self.counting), [])
        self.assertIn('"count"', self.plain())


class Held(Failure, unittest.TestCase):
    flavor = 'closed'

    def reached(self) -> bool:
        try:
            return bool(self.plain())
        except OSError:
            return False

    def ssh(self) -> bytes:
        with self.mesh.network.connect(self.counting.address, 22) as made:
            return made.recv(4)

    def held(self) -> None:
        # The jump of PREROUTING is put in the first place by taking it away and adding it again: a look may fall between.
        eventually(lambda: self.assertEqual(looks.jumps(self.counting), looks.JUMPS), 5)
        self.assertFalse(self.reached())
        with self.assertRaises(OSError):
            self.counting.inside.connect(self.mesh.server.address, 8500, 2)
        self.assertEqual(self.ssh(), b'SSH-')

    def test_traffic_is_held_while_it_is_away_and_the_application_goes_on(self) -> None:
        main = self.counting.sh('systemctl show --property=MainPID counting')
        made, packets = kept(self.counting)
        self.pausing(160)
        self.kill()
        self.held()
        start = time.monotonic()
        self.counting.sh(f'systemctl start {UNIT}')
        self.back('a start by hand', start)
        self.assertEqual(self.counting.sh('systemctl show --property=MainPID counting'), main)
        after, more = kept(self.counting)
        self.assertEqual(after, made)
        self.assertGreaterEqual(more, packets)  # they were never taken away

    def test_the_application_does_not_start_without_it(self) -> None:
        self.pausing(160)
        self.kill()
        self.counting.sh('systemctl restart counting')
        self.assertEqual(state(self.counting, 'counting'), ['inactive'])
        start = time.monotonic()
        self.counting.sh(f'systemctl start {UNIT}')
        self.back('a start by hand', start)
        self.assertEqual(state(self.counting, 'counting'), ['active'])

    def test_a_stop_takes_rules_and_application_away(self) -> None:
        self.counting.sh(f'systemctl stop {UNIT}', timeout=180)
        self.assertEqual(looks.rules(self.counting), [])
        self.assertEqual(state(self.counting, 'counting'), ['inactive'])

    def test_a_stop_in_the_pause_takes_the_held_rules_away_too(self) -> None:
        self.pausing(160)
        self.kill()
        self.held()
        self.counting.sh(f'systemctl stop {UNIT}', timeout=180)
        eventually(lambda: self.assertEqual(looks.rules(self.counting), []), 20)

    def test_after_a_reboot_nothing_gets_past_it(self) -> None:
        self.counting.ask_reboot()
        self.counting.rebooting()
        self.counting.booted(200)
        start = time.monotonic()
        self.back('a reboot', start)
        order = self.counting.sh('journalctl --boot --no-pager --output=cat | grep -E "redirected with|Started counting|Started Counting|Starting Consul|agent: Starting"')
        self.assertIn('redirected with', order.splitlines()[0], order)

    def without_a_server(self) -> None:
        self.held()
        self.assertEqual(state(self.counting, 'counting'), ['inactive'])


if __name__ == '__main__':
    unittest.main()
