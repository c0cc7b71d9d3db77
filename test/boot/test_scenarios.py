"""What can go wrong with the mesh on a machine: slow, crashing or absent parts must never cost the machine itself."""

import unittest
from concurrent.futures import Future, ThreadPoolExecutor

import example
import stand_ins
from machine import Machine

UNIT = 'envoy@counting.service'
WANTED = {'units': (*example.UNITS, 'ssh.service')}


def boot(name: str, knobs: dict[str, str], **options: object) -> dict:
    """Boots the injected example with knobs set; the machine has everything but what the knobs take away."""
    path = example.EXAMPLES / 'counting/user-data.yaml'
    with example.machine(f'counting-{name}', example.inject(path)) as made:
        for knob, value in knobs.items():
            stand_ins.turn(made, knob, value)
        return made.boot(**WANTED, **options)


def boot_bare() -> dict:
    """The full profile where neither program is there and nothing can be fetched: the installer keeps trying."""
    with Machine('counting-bare', example.inject(example.EXAMPLES / 'counting/user-data.yaml')) as made:
        return made.boot(**WANTED, bound=20, must_settle=False)


class Scenarios(unittest.TestCase):
    """Each boots a machine of its own; two at a time."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        failed = {'wait_for': (f'systemctl is-failed {UNIT}',), 'settle': 120, 'timeout': 220}
        cls.pool = ThreadPoolExecutor(2)
        cls.boots: dict[str, Future] = {
            'crash': cls.pool.submit(boot, 'crash', {'envoy-crash': '0.2'}, **failed),
            'redirect': cls.pool.submit(boot, 'redirect', {'redirect-fail': ''}, **failed),
            'slow': cls.pool.submit(boot, 'slow', {'agent-delay': '4'}),
            'bare': cls.pool.submit(boot_bare),
        }

    @classmethod
    def tearDownClass(cls) -> None:
        cls.pool.shutdown()

    def reachable(self, report: dict) -> None:
        self.assertNotIn('CONSUL', report['nat']['iptables'] + report['nft'])
        self.assertEqual(report['units']['ssh.service']['ActiveState'], 'active')
        self.assertIn('status: done', report['cloud_init']['status'])

    def test_crashing_envoy_leaves_the_machine_reachable(self) -> None:
        report = self.boots['crash'].result()
        self.assertEqual(report['failed'], [UNIT])
        self.assertTrue([call for call in report['calls'] if call['event'] == 'crash'])
        self.reachable(report)

    def test_redirection_that_fails_half_way_is_taken_back(self) -> None:
        report = self.boots['redirect'].result()
        self.assertEqual(report['failed'], [UNIT])
        self.reachable(report)

    def test_slow_agent_is_waited_for(self) -> None:
        report = self.boots['slow'].result()
        unit = report['units'][UNIT]
        self.assertEqual((unit['ActiveState'], unit['NRestarts'], report['failed']), ('active', '0', []),
                         report['journal']['envoy@*.service'])
        self.assertIn('CONSUL_PROXY_INBOUND', report['nat']['iptables'])

    def test_machine_without_the_programs_is_reachable(self) -> None:
        report = self.boots['bare'].result()
        self.assertNotIn('CONSUL', report['nat']['iptables'] + report['nft'])
        self.assertEqual(report['units']['ssh.service']['ActiveState'], 'active')


if __name__ == '__main__':
    unittest.main()
