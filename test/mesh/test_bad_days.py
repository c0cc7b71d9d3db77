"""Packages on a bad day, with a real apt and a real dnf: what is out of reach, held, not signed as it should be, or not yet valid."""

import json
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path

import choice
import looks
import nspawn
import proxy
import repository as repositories
from disk import Disk
from mesh import Mesh
from network import Network
from repository import Repository, Server, root
from tool import tool
from waiting import eventually

RELEASE = 'ID="rocky"\nVERSION_ID="9.4"\n'
ENTER = 'mount -t proc proc {{}}/proc && mount --rbind /dev {{}}/dev && exec chroot {{}} sh -c "{}"'
INSTALL = '/usr/local/bin/consul-mesh-packages'
# Takes the lock of dpkg, makes /said, and gives it back when that says that somebody waits.
LOCK = """python3 -c '
import fcntl, time
lock = open(\\"/var/lib/dpkg/lock-frontend\\", \\"w\\")
fcntl.lockf(lock, fcntl.LOCK_EX)
open(\\"/said\\", \\"w\\").close()
while \\": waiting: \\" not in open(\\"/said\\").read():
    time.sleep(0.2)
'"""
LIST = '/etc/apt/sources.list.d/consul-vm-inject-consul.list'


def small(layer: Path, name: str, said: str) -> Path:
    """A layer with a program that says its version, and does nothing else."""
    program = layer / 'usr/bin' / name
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    return layer


class BadDays(unittest.TestCase):
    """In a root that has apt, or dnf and no apt, as far as that goes without a system of the kind."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        # Small programs: it is the packages that count here.
        layers = [small(folder / name, name, said) for name, said in (('consul', 'Consul v1.22.1'), ('envoy', 'envoy  version: f00/1.35.3/Clean'))]
        cls.repository = cls.enterClassContext(Repository(choice.suite, *layers))
        cls.addClassCleanup(setattr, cls, 'repository', None)
        cls.repository.add_apt()
        cls.repository.add_rpm('RHEL/9/x86_64')

    def setUp(self) -> None:
        self.network = self.enterContext(Network())

    def serve(self) -> Server:
        return self.enterContext(Server(self.network, self.repository))

    def once_it_waits(self, disk: Disk, do: Callable[[], object]) -> None:
        """Has something done after a first try that failed."""
        def watch() -> None:
            eventually(lambda: self.assertIn(': waiting: ', disk.console_tail(80)), 150)
            do()

        disk.console.write_bytes(b'')
        watcher = threading.Thread(target=watch)
        watcher.start()
        self.addCleanup(watcher.join)

    def disk(self, manager: str, url: str = repositories.URL, **changes: str) -> Disk:
        """A root with what the guest has of ours, and the CA of the repository."""
        disk = self.enterContext(Disk(manager, choice.suite, (root(choice.suite),)))
        values = self.repository.folder / 'values.json'
        values.write_text(json.dumps({'vm': self.repository.values(url, **changes)}))
        disk.write('/root/install-guest.sh', tool('guest', '--values', values))
        disk.run('sh', '/root/install-guest.sh')
        disk.write('/usr/local/share/ca-certificates/test.crt', self.repository.ca)
        disk.run('update-ca-certificates')
        disk.write('/etc/apt/sources.list', '')
        if manager == 'dnf':
            disk.run('mkdir', '-p', '/etc/pki/rpm-gpg', '/etc/yum.repos.d', '/etc/dnf')
            disk.remove('/usr/bin/apt-get', '/etc/os-release')
            disk.write('/etc/os-release', RELEASE)
        return disk

    def install(self, disk: Disk, command: str = INSTALL) -> tuple[int, str]:
        """Exit status and output."""
        status = nspawn.run(disk.layers(), ['/bin/sh', '-c', ENTER.format(command)], name='packages', timeout=200, output=disk.console,
                            isolated=False, network=self.network.process.pid)
        return status, disk.console_tail(80)

    def installed(self, disk: Disk, manager: str) -> None:
        of = ('dpkg', '-S') if manager == 'apt' else ('rpm', '-qf')
        self.assertRegex(disk.run(*of, '/usr/bin/consul'), r'^consul\b')
        self.assertRegex(disk.run(*of, '/usr/bin/envoy'), r'^hashicorp-envoy\b')
        self.assertIsNone(disk.path('/var/lib/consul-vm-inject/missing'))

    def test_a_mirror_serves_both_without_gpg_and_brings_the_tool_for_redirection(self) -> None:
        self.serve()
        disk = self.disk('apt')
        disk.run('dpkg', '--purge', '--force-depends', 'iptables')
        disk.remove('/usr/bin/gpg')
        status, said = self.install(disk)
        self.assertEqual(status, 0, said)
        self.installed(disk, 'apt')
        self.assertIn('iptables: installed', said)
        self.assertEqual(disk.run('dpkg', '-S', '/usr/bin/iptables'), 'iptables: /usr/bin/iptables\n')

    def test_a_key_of_another_fingerprint_is_not_trusted_and_its_source_does_not_stay(self) -> None:
        self.serve()
        disk = self.disk('apt', keyFingerprint='0' * 40)
        status, said = self.install(disk)
        self.assertEqual(status, 1, said)
        self.assertIn('not signed', said)
        self.assertEqual((disk.path('/usr/bin/consul'), disk.path(LIST)), (None, None))
        self.assertIsNotNone(disk.path('/var/lib/consul-vm-inject/missing'))

    def test_a_repository_that_is_down_for_a_moment_is_waited_for(self) -> None:
        for manager in ('apt', 'dnf'):
            with self.subTest(manager):
                self.setUp()
                disk = self.disk(manager)
                self.once_it_waits(disk, self.serve)
                status, said = self.install(disk)
                self.assertEqual(status, 0, said)
                self.assertRegex(said, '(?m)^consul-mesh-packages: consul: waiting: .*onnect.*$')
                self.installed(disk, manager)

    def test_a_lock_is_waited_for(self) -> None:
        self.serve()
        disk = self.disk('apt')
        status, said = self.install(disk, f'{LOCK} & until [ -e /said ]; do sleep 0.1; done; {INSTALL} > /said 2>&1 && cat /said')
        self.assertEqual(status, 0, said)
        self.assertRegex(said, '(?m)^consul-mesh-packages: consul: waiting: .*lock.*$')
        self.installed(disk, 'apt')

    def test_a_proxy_that_only_the_package_manager_knows_serves_the_key_as_well(self) -> None:
        self.serve()
        between = self.enterContext(proxy.Proxy(self.network))
        for manager, file, text in (('apt', '/etc/apt/apt.conf.d/proxy', f'Acquire::https::Proxy "{proxy.URL}";\n'),
                                    ('dnf', '/etc/dnf/dnf.conf', f'[main]\nproxy = {proxy.URL}\n')):
            with self.subTest(manager):
                between.asked.clear()
                disk = self.disk(manager, url=f'https://{repositories.NAME}')
                disk.write(file, text)
                status, said = self.install(disk)
                self.assertEqual(status, 0, said)
                self.installed(disk, manager)
                self.assertIn(f'CONNECT {repositories.NAME}:443', '\n'.join(between.asked))

    def test_a_clock_that_is_behind_is_waited_for(self) -> None:
        # The repository is signed an hour from now.
        self.serve()
        self.addCleanup(self.repository.release, time.time())
        self.repository.release(time.time() + 3600)
        disk = self.disk('apt')
        self.once_it_waits(disk, lambda: self.repository.release(time.time()))
        status, said = self.install(disk)
        self.assertEqual(status, 0, said)
        self.assertRegex(said, '(?m)^consul-mesh-packages: consul: waiting: .*not valid yet.*$')
        self.installed(disk, 'apt')

    def test_a_suite_that_is_absent_is_told_from_a_network_that_is_down(self) -> None:
        self.serve()
        disk = self.disk('apt')
        disk.write('/etc/apt/sources.list', f'deb [trusted=yes] {repositories.URL}/elsewhere x main\n')
        status, said = self.install(disk)
        self.assertEqual(status, 0, f'a source of the operator that is broken:\n{said}')
        disk = self.disk('apt')
        disk.remove('/etc/os-release')
        disk.write('/etc/os-release', 'ID=debian\nVERSION_CODENAME=nosuch\n')
        status, said = self.install(disk)
        self.assertEqual(status, 1, said)
        self.assertRegex(said, '(?m)^consul-mesh-packages: consul: failed: .* 404 .*$')
        self.assertNotIn('waiting', said)
        settings = disk.read('/srv/consul/packages.conf').decode()
        disk.write('/srv/consul/packages.conf', settings.replace('APT_FALLBACK_SUITE=\n', f'APT_FALLBACK_SUITE={choice.suite}\n'))
        status, said = self.install(disk)
        self.assertEqual(status, 0, said)
        self.assertIn(f'no packages for nosuch: taking {choice.suite}', said)
        self.installed(disk, 'apt')


class Late(Mesh):
    """Beside the server one machine from nothing, whose repository is empty until `arrive`."""

    def __init__(self) -> None:
        super().__init__('nothing', choice.suite, choice.envoy)

    def fill(self, stack) -> None:
        self.there = self.way.repository.served / 'apt'
        self.there.rename(self.there.with_name('not-yet'))
        self.add(stack, 'counting', self.way.user_data('counting'))

    def arrive(self) -> None:
        self.there.with_name('not-yet').rename(self.there)


class LateRepository(unittest.TestCase):
    def test_packages_that_come_late_are_installed_without_a_reboot_and_are_asked_for_at_each_boot(self) -> None:
        with Late() as mesh:
            machine = mesh.counting
            self.assertIn('status: error', machine.try_sh('cloud-init status --long')[1])
            self.assertRegex(machine.sh('cat /var/log/cloud-init-output.log'), r'(?m)^consul-mesh-packages: consul: failed: .*404.*$')
            for boot in ('first', 'second'):
                if boot == 'second':
                    machine.ask_reboot()
                    machine.rebooting()
                    machine.booted()
                said = eventually(lambda: self.asked(machine), 90)
                self.assertIn('consul: not installed', said)
                self.assertIn('packages are missing', machine.journal('envoy@counting'))
                self.assertEqual(looks.jumps(machine), [])
            mesh.arrive()
            context = lambda: machine.journal('envoy@counting', 'consul-mesh-packages', 'consul')
            eventually(lambda: self.assertEqual(looks.jumps(machine), looks.JUMPS), 150, context)
            eventually(lambda: self.assertTrue(looks.healthy(mesh, 'counting')), 60, context)
            self.assertEqual(machine.try_sh('test -e /var/lib/consul-vm-inject/missing')[0], 1)

    def asked(self, machine) -> str:
        """What was said when it was tried in the background, in this boot."""
        said = machine.journal('consul-mesh-packages')
        self.assertIn('failed', said)
        return said


if __name__ == '__main__':
    unittest.main()
