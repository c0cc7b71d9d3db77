"""Agents that are there already: of another directory and user, of a unit with another name, in a container. None gets a second one beside it; all count."""

import json
import unittest
from contextlib import ExitStack

import choice
import flavors
import looks
import packages
from mesh import Mesh
from network import address
from standing import Standing
from tool import example, tool
from waiting import eventually

P, A = 'consul.hashicorp.com/', 'alpha.consul.hashicorp.com/'
# As an operator has it: no port for Envoy.
CONFIG = json.dumps({'datacenter': 'dc1', 'retry_join': [address(10)]})
UNIT = '''[Unit]
After=network-online.target
[Service]
User={user}
ExecStart=/opt/consul/bin/consul agent -config-dir {folder} -data-dir /var/lib/{user}
ExecReload=/bin/kill -HUP $MAINPID
[Install]
WantedBy=multi-user.target
'''
# A container, but for the image: its own root, in which the configuration lies where the host has nothing, and a user that the host does not know.
# Started by nobody's unit, as by a container engine's: what is in a scope is not restarted.
RUN = '''mkdir -p /run/c && mount -t tmpfs none /run/c && mkdir -p /run/c/usr /run/c/consul /run/c/tmp /run/c/proc /run/c/dev /run/c/sys
for part in usr dev; do mount --rbind /$part /run/c/$part; done
mount -t proc proc /run/c/proc
for link in bin lib lib64 sbin; do ln -s usr/$link /run/c/$link; done
mkdir -p /run/c/consul/config /run/c/consul/data /run/c/etc
cp /root/agent.json /run/c/consul/config/
chown -R 100:1000 /run/c/consul
exec chroot /run/c setpriv --reuid=100 --regid=1000 --clear-groups consul agent -config-dir=/consul/config -data-dir=/consul/data
'''
LISTEN = 'systemd-run --quiet --unit=other-{port} /usr/bin/python3 -m http.server --bind {bind} {port}'


class There(Mesh):
    """counting has the agent of case 15; dashboard one of a unit with another name, and other ports; visitor one in a container."""

    def fill(self, stack: ExitStack) -> None:
        moved = {'admin-port': '19100', 'sidecar-port': '21250', 'outbound-port': '15101'}
        for number, (name, of, more) in enumerate((('counting', 'counting', {}), ('dashboard', 'dashboard', moved),
                                                   ('visitor', 'dashboard', {})), 11):
            words = [word for key, value in more.items() for word in ('--annotation', f'{A}{key}={value}')]
            user_data = tool('inject', '-q', '--values', flavors.VALUES, '--annotation', f'{P}connect-service={name}', *words, example(of))
            machine = stack.enter_context(Standing(name, self.network, address(number), suite=self.suite, above=self.way.above))
            machine.seed(user_data, instance=f'i-{name}', host=name)
            getattr(self, name + '_agent')(machine)
            self.machines[name] = machine
            machine.start()

    def of_a_unit(self, machine: Standing, unit: str, user: str, folder: str) -> None:
        machine.write(f'{folder}/config.json', CONFIG)
        machine.write(f'/etc/systemd/system/{unit}', UNIT.format(user=user, folder=folder))
        machine.run('/bin/sh', '-c', f'useradd -r -U {user} && mkdir -p /opt/consul/bin /var/lib/{user} && chown -R {user} {folder} /var/lib/{user} && '
                    f'chmod 0700 {folder} && ln -s /usr/bin/consul /opt/consul/bin/consul && systemctl enable {unit}')

    def counting_agent(self, machine: Standing) -> None:
        self.of_a_unit(machine, 'consul.service', 'hashi', '/opt/consul/config')

    def dashboard_agent(self, machine: Standing) -> None:
        packages.install(machine)
        self.of_a_unit(machine, 'consul-agent.service', 'mesher', '/srv/agent')
        # What is on the ports that ours would have.
        for port, bind in ((19000, '127.0.0.1'), (20000, '0.0.0.0'), (15001, '127.0.0.1')):
            machine.write(f'/etc/systemd/system/other-{port}.service', '[Service]\nExecStart=/usr/bin/python3 -m http.server '
                          f'--bind {bind} {port}\n[Install]\nWantedBy=multi-user.target\n')
            machine.run('systemctl', 'enable', f'other-{port}.service')

    def visitor_agent(self, machine: Standing) -> None:
        packages.install(machine)
        machine.write('/opt/container', RUN)
        machine.write('/root/agent.json', json.dumps({**json.loads(CONFIG), 'ports': {'grpc': 8502}}))
        machine.write('/etc/systemd/system/engine.service', '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=systemd-run --scope --collect '
                      '--unit=container setsid -f unshare --mount --pid --fork --mount-proc --kill-child sh /opt/container\n'
                      '[Install]\nWantedBy=multi-user.target\n')
        machine.run('systemctl', 'enable', 'engine.service')


class AgentThere(unittest.TestCase):
    mesh: There

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = cls.enterClassContext(There('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)

    def counts(self, name: str, seconds: float = 90) -> None:
        machine = self.mesh.machines[name]
        said = eventually(lambda: looks.told(machine), seconds, lambda: '\n'.join(
            one.journal('consul-sidecar-init', 'consul', 'consul-agent', 'envoy@*') for one in (machine, self.mesh.counting)))
        self.assertEqual(said['hostname'], 'counting')

    def agents(self, name: str) -> list[str]:
        """The users of the agents of a machine."""
        return self.mesh.machines[name].sh("ps -eo uid:1,args | sed -nE 's/^ *([0-9]+) [^ ]*consul agent .*/\\1/p'").split()

    def uid(self, name: str, user: str) -> str:
        return self.mesh.machines[name].sh(f'id -u {user}').strip()

    def test_one_of_another_directory_and_user_counts(self) -> None:
        self.counts('dashboard')
        counting, own = self.mesh.counting, self.uid('counting', 'hashi')
        self.assertEqual(self.agents('counting'), [own])
        self.assertIn(f'--uid-owner {own} -j RETURN', '\n'.join(looks.rules(counting)))
        self.assertEqual(counting.sh('stat -c "%U %a" /opt/consul/config/service-registration.json'), 'hashi 600\n')
        self.assertEqual(looks.jumps(counting), looks.JUMPS)

    def test_one_of_a_unit_with_another_name_counts_by_the_ports_that_were_moved(self) -> None:
        self.counts('dashboard')
        dashboard = self.mesh.dashboard
        self.assertEqual(self.agents('dashboard'), [self.uid('dashboard', 'mesher')])
        self.assertEqual(dashboard.try_sh('systemctl is-active consul.service')[1], 'inactive\n')
        # The agent looks at its listener every ten seconds.
        def moved() -> None:
            self.assertEqual([one['Service']['Port'] for one in looks.healthy(self.mesh, 'dashboard-sidecar-proxy')], [21250])

        eventually(moved, 30)
        self.assertGreater(looks.statistic(dashboard, r'cluster\.counting\..*\.upstream_cx_total', 19100), 0)
        self.assertIn('--to-ports 15101', '\n'.join(looks.rules(dashboard)))

    def test_one_in_a_container_counts_and_is_not_captured(self) -> None:
        self.counts('visitor')
        self.assertEqual(self.agents('visitor'), ['100'])
        self.assertIn('--uid-owner 100 -j RETURN', '\n'.join(looks.rules(self.mesh.machines['visitor'])))
        self.assertEqual(self.mesh.machines['visitor'].try_sh('systemctl is-active consul.service')[1], 'inactive\n')

    def test_no_second_one_comes_with_a_reboot(self) -> None:
        for name in ('visitor', 'dashboard'):
            self.mesh.machines[name].ask_reboot()
        for name in ('visitor', 'dashboard'):
            self.mesh.machines[name].rebooting()
        for name in ('visitor', 'dashboard'):
            self.mesh.machines[name].booted(180)
            self.counts(name)
            self.assertEqual(len(self.agents(name)), 1)

    def test_a_port_that_is_taken_is_named_with_who_has_it_and_what_moves_it(self) -> None:
        self.counts('visitor')
        visitor = self.mesh.machines['visitor']
        visitor.sh('systemctl stop envoy@visitor', timeout=180)
        visitor.sh(LISTEN.format(port=19000, bind='127.0.0.1'))
        visitor.try_sh('systemctl start envoy@visitor')
        self.assertRegex(visitor.journal('envoy@visitor'), r'nothing is redirected: port 19000 is taken: admin-port '
                         r'moves it: .*"python3",pid=\d+')
        self.assertEqual(looks.rules(visitor), [])
        visitor.sh('systemctl stop other-19000')
        self.counts('visitor')

    def test_a_registration_that_the_agent_refuses_is_told_and_the_old_one_stays(self) -> None:
        self.counts('dashboard')
        dashboard = self.mesh.dashboard
        dashboard.sh('cp -p /srv/consul/service-config.json /root/')
        dashboard.sh('sed -i \'s/"connect": {/"ports": [{"name": "a", "port": 1, "default": true}], "connect": {/\' /srv/consul/service-config.json')
        dashboard.try_sh('systemctl start consul-sidecar-init')
        self.assertIn('consul refuses the registration: ', dashboard.journal('consul-sidecar-init'))
        self.counts('dashboard', 10)
        dashboard.sh('cp -p /root/service-config.json /srv/consul/ && systemctl start consul-sidecar-init')
        self.counts('dashboard', 30)

    def test_a_vm_that_leaves_the_mesh_takes_back_what_its_agent_was_given(self) -> None:
        self.counts('visitor')
        visitor = self.mesh.machines['visitor']
        visitor.sh('mv /srv/consul/service-config.json /root/ && systemctl start consul-sidecar-init', timeout=180)
        eventually(lambda: self.assertEqual(looks.consul(self.mesh, 'health/service/visitor'), []), 20)
        visitor.sh('mv /root/service-config.json /srv/consul/ && systemctl start consul-sidecar-init')
        self.counts('visitor')


if __name__ == '__main__':
    unittest.main()
