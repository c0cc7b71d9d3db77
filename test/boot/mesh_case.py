"""What the tests of vendor-data and of served seeds say of a machine whose service is `counting`."""

import unittest

UNIT = 'envoy@counting.service'
ACTIVE = (f'systemctl is-active {UNIT}',)


class MeshCase(unittest.TestCase):
    """Assertions on the report of a boot: the machine joined the mesh, or it was left alone."""

    maxDiff = None

    def in_the_mesh(self, report: dict) -> None:
        journal = '\n'.join(report['journal'].values())
        self.assertEqual(report['units'][UNIT]['ActiveState'], 'active', journal)
        self.assertEqual(report['failed'], [], journal)
        self.assertIn('CONSUL_PROXY_INBOUND', report['nat']['iptables'])
        self.done(report)

    def outside(self, report: dict) -> None:
        self.assertNotIn('CONSUL', report['nat']['iptables'] + report['nft'])
        self.assertEqual([name for name in report['units'] if name.startswith('envoy@')], [])
        self.assertEqual(report['failed'], [])
        self.done(report)

    def done(self, report: dict) -> None:
        self.assertIn('status: done', report['cloud_init']['status'])
        self.assertEqual((report['cloud_init']['errors'], report['cloud_init']['warnings']), ([], []))
