"""What breaks in a mesh, and how it comes back by itself."""

import looks
from counted import Counted
from standing import Standing
from waiting import eventually

CONFIG = '/srv/consul/service-config.json'
# What a service has been given: its registration, and its files in /run.
LEFT = ("find /etc/consul.d/service-registration.json /run/consul /run/consul-vm-inject /run/systemd/system "
        "! -type d \\( -path '*counting*' -o -name service-registration.json \\) 2>/dev/null || true")


def process(machine: Standing, unit: str) -> str:
    return machine.sh(f'systemctl show --property=MainPID {unit}').strip()


def ssh_answers(case: Counted, machine: Standing) -> None:
    """Asserts that whoever is on the network reaches the SSH server of a machine."""
    with case.mesh.network.connect(machine.address, 22) as found:
        case.assertEqual(found.recv(8), b'SSH-2.0-')


class Faults(Counted):
    """One fault a test."""

    def kill(self, machine: Standing, unit: str) -> None:
        was = process(machine, unit)
        with self.again(f'{unit} of {machine.name} was killed'):
            machine.sh(f'systemctl kill --kill-who=main --signal=KILL {unit}')
            eventually(lambda: self.assertNotIn(process(machine, unit), (was, 'MainPID=0')), 60)

    def test_a_killed_envoy_comes_back_at_the_side_that_asks(self) -> None:
        self.kill(self.mesh.dashboard, 'envoy@dashboard')

    def test_a_killed_envoy_comes_back_at_the_side_that_answers(self) -> None:
        self.kill(self.mesh.counting, 'envoy@counting')

    def test_a_killed_agent_comes_back(self) -> None:
        for machine in self.mesh.machines.values():
            self.kill(machine, 'consul')

    def test_rules_that_others_flush_come_back(self) -> None:
        for machine in self.mesh.machines.values():
            with self.again(f'the rules of {machine.name} were flushed'):
                machine.sh('iptables -t nat -F')

    def test_a_restarted_agent_comes_back_and_leaves_envoy_alone(self) -> None:
        for name, machine in self.mesh.machines.items():
            envoy = process(machine, f'envoy@{name}')
            with self.again(f'the agent of {name} was restarted'):
                machine.sh('systemctl restart consul', timeout=180)
            self.assertEqual(process(machine, f'envoy@{name}'), envoy)
            self.healthy(name)

    def test_a_restarted_server_comes_back(self) -> None:
        with self.again('the server was restarted'):
            self.mesh.server.sh('systemctl restart consul', timeout=180)
        for name in self.mesh.machines:
            self.healthy(name, 60)

    def test_traffic_to_known_addresses_goes_on_while_the_server_is_down(self) -> None:
        dashboard = self.mesh.dashboard
        known = dashboard.sh('getent ahostsv4 counting.virtual.consul').split()[0]
        before = looks.statistic(dashboard, r'cluster\.counting\..*\.upstream_cx_total')
        self.mesh.server.sh('systemctl stop consul', timeout=180)
        with self.again('the server came back'):
            for _ in range(10):
                self.assertEqual(looks.told(dashboard, f'http://{known}/')['hostname'], 'counting')
            self.assertEqual(looks.statistic(dashboard, r'cluster\.counting\..*\.upstream_cx_total'), before + 10)
            self.mesh.server.sh('systemctl start consul')

    def test_machines_that_are_rebooted_while_the_server_is_down_count_once_it_is_back(self) -> None:
        machines = list(self.mesh.machines.values())
        self.mesh.server.sh('systemctl stop consul', timeout=180)
        for machine in machines:
            machine.ask_reboot()
        for machine in machines:
            machine.rebooting()
        for machine in machines:
            eventually(lambda: ssh_answers(self, machine), 60)
        with self.again('the server came back to rebooted machines'):
            self.mesh.server.sh('systemctl start consul')
            for machine in machines:
                machine.booted()
        for machine in machines:
            ssh_answers(self, machine)

    def test_a_service_whose_configuration_was_deleted_leaves_the_catalog(self) -> None:
        counting = self.mesh.counting
        counting.sh(f'mv {CONFIG} /root/kept.json && systemctl restart consul-sidecar-init')
        for service in ('counting', 'counting-sidecar-proxy'):
            eventually(lambda: self.assertEqual(looks.consul(self.mesh, f'catalog/service/{service}'), []), 30)
        eventually(lambda: self.assertEqual(looks.rules(counting), []), 30)
        self.assertIn('"count"', self.mesh.network.get(f'http://{counting.address}:80/').text)
        self.assertEqual(counting.try_sh('systemctl is-active envoy@counting')[1], 'inactive\n')
        self.assertEqual(counting.sh(LEFT), '')
        with self.again('its configuration was put back'):
            counting.sh(f'mv /root/kept.json {CONFIG} && systemctl restart consul-sidecar-init')
        self.healthy('counting')
