"""Dashboard counts: in both flavours, through both sidecars, again after whatever was done to them."""

import unittest

import looks
from borders import Borders
from capture import HANDSHAKE, Capture
from counted import Counted
from faults import Faults
from foreign import DOCKER, STATE
from load import load
from waiting import eventually

AGENT = '/etc/consul.d/0-consul-vm-inject.json'


class Counting(Counted):
    """What holds in every flavour."""

    def test_the_count_rises_from_call_to_call(self) -> None:
        counts = [looks.count(self.mesh) for _ in range(5)]
        self.assertEqual(counts, list(range(counts[0], counts[0] + 5)))

    def test_every_request_goes_through_both_sidecars(self) -> None:
        watched = [
            (self.mesh.dashboard, r'cluster\.counting\..*\.upstream_cx_total'),
            (self.mesh.counting, r'tcp\.public_listener\.downstream_cx_total'),
            (self.mesh.counting, r'listener\..*_20000\.ssl\.handshake'),
        ]
        before = [looks.statistic(*one) for one in watched]
        for _ in range(5):
            looks.count(self.mesh)
        risen = [looks.statistic(*one) - was for one, was in zip(watched, before)]
        # Health checks of the agent reach the listener too, but end before a handshake.
        self.assertEqual((risen[0], risen[2]), (5, 5))
        self.assertGreaterEqual(risen[1], 5)

    def test_nothing_of_it_can_be_read_on_the_wire(self) -> None:
        with Capture(self.mesh.network) as capture:
            looks.count(self.mesh)
            self.mesh.network.get(f'http://{self.mesh.server.address}:8500/v1/status/leader')
        self.assertTrue(capture.with_bytes(b'GET /v1/status/leader'), 'plain text is not seen at all')
        self.assertTrue(capture.with_bytes(HANDSHAKE))
        for plain in (b'GET / ', b'"count"', b'counting.virtual.consul', b'HTTP/1.0 200'):
            self.assertEqual(capture.with_bytes(plain), [])

    def test_traffic_is_redirected_by_one_set_of_rules(self) -> None:
        for machine in self.mesh.machines.values():
            self.assertEqual(looks.jumps(machine), looks.JUMPS)

    def test_the_catalog_has_the_service_and_its_sidecar(self) -> None:
        for service in ('counting', 'counting-sidecar-proxy', 'dashboard', 'dashboard-sidecar-proxy'):
            self.assertEqual([one['Node']['Node'] for one in self.healthy(service)], [service.split('-')[0]])
        meta = looks.healthy(self.mesh, 'dashboard')[0]['Service']['Meta']
        self.assertEqual((meta['version'], meta['instance']), ('1.0', 'dashboard'))

    def test_a_sidecar_that_is_stopped_leaves_no_rules_and_those_of_others_as_they_were(self) -> None:
        counting = self.mesh.counting
        self.assertTrue(looks.rules(counting))
        counting.sh('systemctl stop envoy@counting', timeout=180)
        self.assertEqual(looks.rules(counting), [])
        self.assertIn('"count"', self.mesh.network.get(f'http://{counting.address}:80/').text)
        counting.sh(DOCKER)
        before = counting.sh(STATE)
        counting.sh('systemctl start envoy@counting')
        looks.first_count(self.mesh)
        self.assertIn(looks.JUMPS[0], counting.sh(STATE))
        counting.sh('systemctl stop envoy@counting', timeout=180)
        self.assertEqual(counting.sh(STATE), before)
        counting.sh('nft flush ruleset')
        with self.again('its sidecar was started'):
            counting.sh('systemctl start envoy@counting')

    def test_machines_that_are_rebooted_count_again(self) -> None:
        with self.again('a reboot was asked for'):
            for machine in self.mesh.machines.values():
                machine.ask_reboot()
            for machine in self.mesh.machines.values():
                machine.rebooting()
            for machine in self.mesh.machines.values():
                machine.booted()


class BootFlavor(Counting, Borders, Faults, unittest.TestCase):
    flavor = 'boot'

    def test_no_request_of_many_at_a_time_is_lost(self) -> None:
        counting, dashboard = self.mesh.counting, self.mesh.dashboard
        before = looks.statistic(counting, r'tcp\.public_listener\.downstream_cx_total')
        meshed = load(dashboard, 'dashboard', 'counting.virtual.consul', 80)
        self.assertEqual(meshed.lost, [])
        self.assertEqual(sorted(meshed.counts), list(range(min(meshed.counts), min(meshed.counts) + 500)))
        self.assertGreaterEqual(looks.statistic(counting, r'tcp\.public_listener\.downstream_cx_total'), before + 500)
        with self.beside(9100):
            eventually(lambda: looks.told(counting, 'http://127.0.0.1:9100/'), 10)
            # What Envoy's own user sends is never redirected.
            plain = load(dashboard, 'envoy', counting.address, 9100)
        self.assertEqual(plain.lost, [])
        print(f'mesh: 500 requests, 8 at a time, through both sidecars: {meshed}', flush=True)
        print(f'mesh: 500 requests, 8 at a time, without the mesh:      {plain}', flush=True)


class ImageFlavor(Counting, unittest.TestCase):
    flavor = 'image'

    def test_an_agent_that_cannot_serve_envoy_is_named_and_can_be_mended(self) -> None:
        counting = self.mesh.counting
        # As in an image that lacks the agent's mesh settings: it joins, and has no port for Envoy.
        counting.sh(f'cp {AGENT} /root/agent.json && sed -i \'/"grpc": 8502/d\' {AGENT}')
        counting.sh('systemctl stop envoy@counting && systemctl restart consul', timeout=180)
        counting.try_sh('systemctl start envoy@counting')
        said = counting.journal('envoy@counting', lines=200)
        self.assertIn('the agent has no port for Envoy (xDS)', said)
        eventually(lambda: self.assertEqual(looks.rules(counting), []), 20)
        self.assertIn('"count"', self.mesh.network.get(f'http://{counting.address}:80/').text)
        counting.sh(f'cp /root/agent.json {AGENT} && systemctl restart consul')
        with self.again('the agent was fixed'):
            counting.sh('systemctl reset-failed envoy@counting; systemctl start envoy@counting')


if __name__ == '__main__':
    unittest.main()
