"""From nothing into the mesh: Consul and Envoy installed by the injected VM itself, and joined by annotation; and the RPM branch of
what installs them."""

import json
import shutil
import time
import unittest

import choice
import looks
import nspawn
import parts
from counted import Counted
from disk import Disk
from network import Network
from repository import Repository, Server, root
from tool import tool
from waiting import BUSY

RELEASE = 'ID="rocky"\nVERSION_ID="9.4"\n'
ENTER = 'mount -t proc proc {}/proc && mount --rbind /dev {}/dev && exec chroot {} /usr/local/bin/consul-mesh-packages'


class FromNothing(Counted, unittest.TestCase):
    flavor = 'nothing'

    def test_both_programs_are_of_the_packages_that_it_installed(self) -> None:
        for machine in self.mesh.machines.values():
            self.assertEqual(machine.sh('dpkg -S /usr/bin/consul /usr/bin/envoy'), 'consul: /usr/bin/consul\nhashicorp-envoy: /usr/bin/envoy\n')
            self.assertFalse((root(choice.suite) / 'usr/bin/consul').exists())

    def test_the_agent_joined_as_the_annotation_says(self) -> None:
        for machine in self.mesh.machines.values():
            settings = json.loads(machine.sh('cat /etc/consul.d/0-consul-vm-injected.json'))
            self.assertEqual(settings, {'retry_join': [self.mesh.server.address]})
            self.assertRegex(machine.sh('consul members'), r'server +10\.77\.0\.10:8301 +alive')
            self.assertEqual(machine.sh('systemctl is-active consul').strip(), 'active')

    def test_a_boot_without_its_server_reaches_its_target_at_once_and_counts_when_the_server_is_back(self) -> None:
        dashboard = self.mesh.dashboard
        self.mesh.server.sh('systemctl stop consul')
        dashboard.ask_reboot()
        dashboard.rebooting()
        started = time.monotonic()
        while True:
            try:
                dashboard.booted(1)
            except AssertionError:
                pass
            if dashboard.inside and dashboard.try_sh('systemctl is-active multi-user.target')[0] == 0:
                break
            self.assertLess(time.monotonic() - started, 60 * BUSY, dashboard.console_tail())
        print(f'mesh: multi-user.target {time.monotonic() - started:.0f} s after a boot without the server', flush=True)
        self.mesh.server.sh('systemctl start consul')
        looks.first_count(self.mesh, 200)


class Rpm(unittest.TestCase):
    """In a root that has dnf and no apt, as far as that goes without a system of the kind."""

    def test_the_rpm_branch_installs_both_from_a_signed_repository(self) -> None:
        with Network() as network, Repository(choice.suite, parts.consul(), parts.envoy(choice.envoy)) as repository:
            repository.add_rpm('RHEL/9/x86_64')
            with Server(network, repository) as server, Disk('dnf', choice.suite, (root(choice.suite),)) as disk:
                self.prepare(disk, repository)
                status = nspawn.run(disk.layers(), ['/bin/sh', '-c', ENTER], name='dnf', timeout=200, output=disk.console,
                                    isolated=False, network=network.process.pid)
                said = disk.console_tail(60)
                self.assertEqual(status, 0, f'{said}\n{server.asked}')
                self.assertIn('added the source https://10.77.0.1/rpm/RHEL/9/x86_64'.replace('x86_64', '$basearch'), said)
                self.assertRegex(disk.run('rpm', '-qa', '--qf', '%{NAME} %{RSAHEADER:pgpsig}\n'), r'(?m)^consul RSA/SHA')
                self.assertIn('consul', disk.run('rpm', '-qf', '/usr/bin/consul'))
                self.assertIn('hashicorp-envoy', disk.run('rpm', '-qf', '/usr/bin/envoy'))
                self.assertIn('consul:', disk.read('/etc/passwd').decode())

    def test_a_package_that_another_key_has_signed_is_not_installed(self) -> None:
        with Network() as network, Repository(choice.suite, parts.consul(), parts.envoy(choice.envoy)) as repository, \
                Repository(choice.suite, parts.consul(), parts.envoy(choice.envoy)) as other:
            other.add_rpm('RHEL/9/x86_64')
            shutil.copytree(other.served / 'rpm', repository.served / 'rpm')
            with Server(network, repository), Disk('dnf', choice.suite, (root(choice.suite),)) as disk:
                self.prepare(disk, repository)
                status = nspawn.run(disk.layers(), ['/bin/sh', '-c', ENTER], name='dnf', timeout=200, output=disk.console,
                                    isolated=False, network=network.process.pid)
                said = disk.console_tail(60)
                self.assertEqual(status, 1, said)
                self.assertIn('GPG', said)
                self.assertIsNone(disk.path('/usr/bin/consul'))

    def prepare(self, disk: Disk, repository: Repository) -> None:
        """A root of a system with RPM packages: what the guest has of ours, the CA, and no apt."""
        values = repository.folder / 'values.json'
        values.write_text(json.dumps({'vm': repository.values()}))
        disk.write('/root/install-guest.sh', tool('guest', '--values', values))
        disk.run('sh', '/root/install-guest.sh')
        disk.write('/usr/local/share/ca-certificates/test.crt', repository.ca)
        disk.run('update-ca-certificates')
        disk.run('mkdir', '-p', '/etc/pki/rpm-gpg', '/etc/yum.repos.d')
        disk.remove('/usr/bin/apt-get', '/etc/os-release')
        disk.write('/etc/os-release', RELEASE)


if __name__ == '__main__':
    unittest.main()
