"""Other networks on the VM, both families, and the later generations of rules: what is forwarded passes by, and the mesh counts."""

import time
import unittest
from contextlib import ExitStack

import choice
import looks
import parts
from borders import answering
from flavors import VALUES
from mesh import EXAMPLES, Mesh
from network import BRIDGE, ROUTER, address
from standing import Standing
from tool import example, tool
from waiting import eventually

# The real Consul, but for the rules: those are made by the library of a later one, of both families.
CONSUL = '''#!/bin/sh
[ "$1 $2" = "connect redirect-traffic" ] && exec env DUAL_STACK=1 "/opt/$(cat /opt/generation)" "$@"
exec /usr/bin/consul "$@"
'''
GENERATIONS = {'counting': 'nftables', 'dashboard': 'iptables'}
# As Docker makes it: a bridge, a container with a server, and port 80, which is the service's own, published for it.
CONTAINER = '''set -e
sysctl -qw net.ipv4.ip_forward=1
ip link add docker0 type bridge
ip addr add 172.17.0.1/16 dev docker0
ip link set docker0 up
ip netns add box
ip link add veth0 type veth peer name eth0 netns box
ip link set veth0 master docker0 up
ip netns exec box sh -c 'ip addr add 172.17.0.2/16 dev eth0; ip link set eth0 up; ip link set lo up; ip route add default via 172.17.0.1'
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -t nat -A DOCKER -i docker0 -j RETURN
iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:8000
iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 9100 -j DNAT --to-destination 172.17.0.2:8000
systemd-run --collect --unit=box ip netns exec box python3 -m http.server 8000 --directory /etc/consul.d
'''
GET = "import urllib.request; print(urllib.request.urlopen('http://{}/', timeout=4).read().decode())"
THROUGH = r'cluster\.original-destination\.upstream_cx_total'
METADATA = {4: '169.254.169.254', 6: 'fd00:ec2::254'}
OTHER = 'fd77::1'


class Dual(Mesh):
    """The VMs have an address of each family."""

    def fill(self, stack: ExitStack) -> None:
        self.network.run('ip', 'addr', 'add', f'{OTHER}/64', 'dev', BRIDGE, 'nodad')
        for number, name in enumerate(EXAMPLES, 11):
            # With a bridge there are two private addresses, and an agent that is not told which is its own does not start.
            more = ['alpha.consul.hashicorp.com/bind-addr=host0']
            if name == 'dashboard':
                more.append('consul.hashicorp.com/dual-stack=true')
            user_data = tool('inject', '--values', VALUES, *(f'--annotation={one}' for one in more), example(name))
            made = stack.enter_context(self.way.machine(name, self.network, address(number), user_data))
            made.write('/usr/local/bin/consul', CONSUL, 0o755)
            made.write('/opt/generation', GENERATIONS[name])
            for generation in parts.REDIRECTS:
                made.write(f'/opt/{generation}', (parts.redirect(generation) / 'usr/bin/consul').read_bytes(), 0o755)
            self.machines[name] = made
            made.start()


def rules(machine: Standing) -> tuple[int, int, int]:
    """How many sets there are: of iptables in each family, and of nftables."""
    listed = machine.sh('iptables-save -t nat; echo =; ip6tables-save -t nat 2>/dev/null; echo =; nft list tables').split('=\n')
    return (*(text.count(looks.JUMPS[1]) for text in listed[:2]), listed[2].count('inet consul_tproxy'))


class Networks(unittest.TestCase):
    mesh: Dual

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = cls.enterClassContext(Dual('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        for number, machine in enumerate(cls.mesh.machines.values(), 11):
            machine.sh(f'ip addr add fd77::{number}/64 dev host0 nodad && ip -6 route add default via {OTHER}')
            machine.sh(CONTAINER)
        looks.first_count(cls.mesh)

    def setUp(self) -> None:
        looks.first_count(self.mesh)

    def test_each_has_one_set_of_rules_of_its_generation_in_both_families(self) -> None:
        self.assertEqual([rules(machine) for machine in self.mesh.machines.values()], [(0, 0, 1), (1, 1, 0)])

    def test_containers_reach_out_past_the_sidecar(self) -> None:
        for machine in self.mesh.machines.values():
            before = looks.statistic(machine, r'listener\..*_20000\.downstream_cx_total')
            with answering(self.mesh, ROUTER):
                said = machine.sh(f'ip netns exec box python3 -c "{GET.format(ROUTER)}"')
            self.assertIn(f'this is {ROUTER}', said)
            self.assertLess(looks.statistic(machine, r'listener\..*_20000\.downstream_cx_total') - before, 5)

    def test_a_published_port_is_captured_as_all_are_and_an_excluded_one_reaches_its_container(self) -> None:
        counting = self.mesh.counting
        for port in (80, 20000):
            with self.assertRaises(OSError):
                self.mesh.network.get(f'http://{counting.address}:{port}/')
        self.assertIn('Directory listing', self.mesh.network.get(f'http://{counting.address}:9100/').text)

    def test_metadata_of_both_families_is_reached_beside_the_sidecar(self) -> None:
        for host in METADATA.values():
            self.mesh.network.run('ip', 'addr', 'replace', host, 'dev', BRIDGE, *(['nodad'] if ':' in host else []))
        for machine in self.mesh.machines.values():
            for host in METADATA.values():
                before = looks.statistic(machine, THROUGH)
                with answering(self.mesh, host):
                    shown = f'[{host}]' if ':' in host else host
                    self.assertEqual(machine.inside.get(f'http://{shown}/').text, f'this is {host}')
                self.assertEqual(looks.statistic(machine, THROUGH), before)
            # Another address of that family is captured; an Envoy of this Consul has no listener for it.
            with self.assertRaises(OSError):
                machine.inside.get(f'http://[{OTHER}]/')

    def test_rules_that_are_flushed_come_back(self) -> None:
        for machine in self.mesh.machines.values():
            was, start = rules(machine), time.monotonic()
            machine.sh('nft flush ruleset')
            eventually(lambda: self.assertEqual(rules(machine), was), 40)
            looks.first_count(self.mesh)
            print(f'mesh: counts again {time.monotonic() - start:.0f} s after the rules of {machine.name} were flushed', flush=True)
        for machine in self.mesh.machines.values():
            machine.sh(CONTAINER[CONTAINER.index('iptables'):CONTAINER.index('systemd-run')])

    def test_rules_of_an_older_consul_go_when_it_is_replaced_under_a_running_vm(self) -> None:
        dashboard = self.mesh.dashboard
        dashboard.sh('echo nftables >/opt/generation && systemctl restart consul', timeout=180)
        looks.first_count(self.mesh)
        dashboard.sh('systemctl restart envoy@dashboard', timeout=180)
        looks.first_count(self.mesh)
        self.assertEqual(rules(dashboard), (0, 0, 1))
        dashboard.sh('echo iptables >/opt/generation && systemctl restart envoy@dashboard', timeout=180)
        looks.first_count(self.mesh)
        self.assertEqual(rules(dashboard), (1, 1, 0))


if __name__ == '__main__':
    unittest.main()
