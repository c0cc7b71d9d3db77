"""Names of the mesh and other names, with each resolver: counted through the mesh, after the agent was killed, and after a stop."""

import json
import unittest
from contextlib import ExitStack

import choice
import looks
import nspawn
import parts
from disk import Disk
from flavors import VALUES
from mesh import Mesh
from network import Network, address
from resolvers import UNITS, Old, layer, ways
from standing import Standing
from tool import PROJECT, example, tool
from waiting import eventually

TABLE = 'table inet consul_names'

GUEST = PROJECT / 'userdata-templates/guest'
# What the generator leaves behind of a plan.
STATE = {'sidecars': {'web': [{}, {}, [{'hole': 'resolved', 'then': ['[Resolve]', 'Domains=~mesh.test'], 'else': ['mesh.test', '8600']}]]}, 'agent': {'uid': '0'}}
AGENT = """consul agent -dev -domain=mesh.test -log-level=warn >/tmp/agent 2>&1 & agent=$!
until consul services register -name=web -address=192.0.2.9 >/dev/null 2>&1; do sleep 0.5; done
"""
ASK = """ask() { echo "$1 $(timeout 5 getent ahostsv4 "$2" | head -n 1 | cut -d ' ' -f 1)"; }
"""


class Resolvers(unittest.TestCase):
    """Without a machine: a real agent, real resolvers, the C library, and the rules."""

    def test_names_of_the_mesh_come_to_the_agent_and_no_others_whatever_the_resolver(self) -> None:
        disk = self.enterContext(Disk('dns', choice.suite, (parts.consul(), layer(choice.suite))))
        disk.run('useradd', '--system', 'consul')
        disk.write('/var/lib/consul-vm-inject/installed.json', json.dumps(STATE))
        for name, path in (('generate-sidecar-configs.py', '/srv/consul/'), ('consul-cleanup-iptables', '/usr/local/bin/')):
            disk.write(path + name, (GUEST / name).read_bytes(), 0o755)
        for name, (begin, _) in ways('10.77.1.2').items():
            for way in ('nftables', 'iptables'):
                with self.subTest(name, way=way), Network() as network, Old(network) as old:
                    hidden = 'mv /usr/sbin/nft /usr/sbin/nft.hidden\n' if way == 'iptables' else ''
                    seen = 'mv /usr/sbin/nft.hidden /usr/sbin/nft\n' if hidden else ''
                    script = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; mount -t proc proc /proc\n' + AGENT + ASK + \
                        begin + 'cksum </etc/resolv.conf\n' + hidden + \
                        'ask before web.service.mesh.test\npython3 /srv/consul/generate-sidecar-configs.py names web\n' + seen + \
                        'ask mesh web.service.mesh.test\nask upper WEB.service.MESH.test.\nask old a.example.com\nkill -9 $agent\n' \
                        'ask dead b.example.com\nask none web.service.mesh.test\nconsul-cleanup-iptables 2>/dev/null\nask after web.service.mesh.test\n' \
                        'ask later c.example.com\ncksum </etc/resolv.conf\niptables-save; nft list ruleset\n'
                    disk.console.unlink(missing_ok=True)
                    status = nspawn.run(disk.layers(), ['chroot', '{}', '/bin/sh', '-c', script], name='dns', timeout=90,
                                        output=disk.console, isolated=False, network=network.process.pid)
                    said = disk.console.read_text()
                    found = dict(line.split(' ', 1) for line in said.splitlines() if line.count(' ') == 1)
                    self.assertEqual(status, 0, said)
                    wanted = {'before': '', 'mesh': '192.0.2.9', 'upper': '192.0.2.9', 'old': '192.0.2.7', 'dead': '192.0.2.7', 'none': '', 'after': '',
                              'later': '192.0.2.7'}
                    self.assertEqual({key: found.get(key) for key in wanted}, wanted, said)
                    self.assertNotRegex(said.split('later')[1], '(?i)consul')
                    self.assertEqual(len({line for line in said.splitlines() if line.count(' ') == 1 and line.replace(' ', '').isdigit()}), 1)


class Resolving(Mesh):
    """`counting` has systemd-resolved, `dashboard` what the test gives it, one after the other."""

    def fill(self, stack: ExitStack) -> None:
        self.add(stack, 'counting', self.way.user_data('counting'))
        self.way.above = (*self.way.above, layer(self.suite))
        made = stack.enter_context(self.way.machine(
            'dashboard', self.network, address(12), tool('inject', '--values', VALUES, example('dashboard'))))
        for unit in UNITS:
            made.link(f'/etc/systemd/system/{unit}.service', '/dev/null')
        made.run('rm', '/etc/resolv.conf')
        made.write('/etc/resolv.conf', 'nameserver 10.77.0.1\n')
        self.machines['dashboard'] = made
        made.start()


class Dns(unittest.TestCase):
    mesh: Mesh
    asked = 0

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = cls.enterClassContext(Resolving('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        cls.old = cls.enterClassContext(Old(cls.mesh.network))
        looks.first_count(cls.mesh, 120)

    def address(self, machine: Standing, name: str) -> str:
        """The first address that a program of the machine finds for a name, in five seconds at most; empty when there is none."""
        status, said = machine.try_sh(f'timeout 5 getent ahostsv4 {name}')
        return said.split()[0] if status == 0 else ''

    def old_name(self, machine: Standing) -> str:
        """The address of a name that nobody has asked for yet."""
        Dns.asked += 1
        return self.address(machine, f'a{Dns.asked}.example.com')

    def check(self, machine: Standing) -> None:
        """It counts by name; other names are answered by who answered them, also when the agent is dead."""
        service = 'counting'
        eventually(lambda: self.assertRegex(self.address(machine, f'{service}.virtual.consul'), r'^240\.'), 30,
                   lambda: machine.journal('envoy@*', 'consul'))
        self.assertRegex(self.address(machine, f'{service.upper()}.virtual.CONSUL.'), r'^240\.')
        self.assertEqual(self.old_name(machine), '192.0.2.7')
        self.assertFalse([name for name in self.old.asked if name.endswith('.consul')])
        machine.sh('systemctl kill --signal=KILL consul; systemctl stop consul')
        self.assertEqual(self.old_name(machine), '192.0.2.7')
        self.assertEqual(self.address(machine, f'{service}.virtual.consul'), '')
        self.assertEqual(self.old_name(machine), '192.0.2.7')
        machine.sh('systemctl start consul')
        looks.first_count(self.mesh)

    def test_a_resolver_is_left_as_it_is_and_names_come_to_the_agent_all_the_same(self) -> None:
        machine = self.mesh.dashboard
        self.addCleanup(machine.sh, 'systemctl start envoy@dashboard')
        for name, (begin, end) in list(ways(machine.address).items())[:3]:
            with self.subTest(name):
                machine.sh(begin)
                before = machine.sh('cat /etc/resolv.conf')
                machine.sh('systemctl restart envoy@dashboard')
                self.old.asked.clear()
                looks.first_count(self.mesh)
                self.check(machine)
                self.assertIn(TABLE, machine.sh('nft list tables'))
                self.assertEqual(machine.sh('cat /etc/resolv.conf'), before)
                # A lease that is renewed meanwhile.
                machine.sh("sed '$a# renewed' /etc/resolv.conf >/etc/resolv.conf.new && mv /etc/resolv.conf.new /etc/resolv.conf")
                machine.sh('systemctl stop envoy@dashboard')
                self.assertEqual(looks.rules(machine), [])
                self.assertNotRegex(self.address(machine, 'counting.virtual.consul'), r'^240\.')
                self.assertEqual(self.old_name(machine), '192.0.2.7')
                self.assertIn('# renewed', machine.sh('cat /etc/resolv.conf'))
                machine.sh(end or 'true')


if __name__ == '__main__':
    unittest.main()
