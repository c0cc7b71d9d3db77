"""Machines of the profile fetch, at the other end of a cable from a running `serve`: there in time, late, after a reboot, with other bytes."""

import shutil
import tempfile
import unittest
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import example
import seed_server
from example import BUNDLE, CONFIG, GUEST_FILES, REGISTRATION
from machine import FOLDER
from mesh_case import ACTIVE, UNIT, MeshCase
from seed_server import PORT, SERVER, SeedServer
from test_serve import ANNOTATED, META

FETCH = 'consul-vm-inject-fetch.service'
AT = f'http://{SERVER}:{PORT}/guest/'
OTHER = f'http://{SERVER}:{PORT}/healthz'
LOG = '/var/log/cloud-init-output.log'
INSTALLED = tuple(path for path in GUEST_FILES if path != CONFIG)
WANTED = {'units': (*example.UNITS, FETCH), 'files': (*GUEST_FILES, REGISTRATION, '/etc/consul.d/0-consul-vm-inject.json'),
          'texts': (LOG, '/var/lib/consul-vm-inject/fetched')}
SAYS = f'journalctl --boot --no-pager --unit={FETCH} --output=cat'
ENABLED = f'systemctl is-enabled {FETCH} || true'


class Fetched(MeshCase):
    """Each scenario has a machine of its own; two at a time."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix=f'{FOLDER}fetch.'))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / 'web').mkdir()
        (cls.folder / 'web/user-data').write_bytes(ANNOTATED)
        (cls.folder / 'web/meta-data').write_bytes(META)
        cls.pool = ThreadPoolExecutor(2)
        cls.addClassCleanup(cls.pool.shutdown)
        scenarios = (cls.in_time, cls.late, cls.next_boot, cls.other_bytes, cls.vendor, cls.cloud_config)
        cls.boots: dict[str, Future] = {scenario.__name__: cls.pool.submit(scenario) for scenario in scenarios}

    @classmethod
    def machine(cls, name: str, *options: str, url: str = AT) -> example.Machine:
        data = example.inject(cls.folder / 'web/user-data', '-q', '--profile', 'fetch', '--guest-url', url, *options)
        made = seed_server.connected(example.machine(f'fetch-{name}', data))
        # A boot without the cable would wait two minutes for it.
        made.link('/etc/systemd/system/systemd-networkd-wait-online.service', '/dev/null')
        return made

    @classmethod
    def in_time(cls) -> list[dict]:
        with cls.machine('in-time') as made:
            with SeedServer(cls.folder) as server:
                first = server.boot(made, **WANTED, wait_for=ACTIVE)
                again = server.boot(made, **WANTED, wait_for=ACTIVE)
                log = server.log()
            return [{**first, 'log': log}, again, made.boot(**WANTED, wait_for=ACTIVE)]

    @classmethod
    def late(cls) -> list[dict]:
        with cls.machine('late') as made, SeedServer(cls.folder, late=25) as server:
            return [server.boot(made, **WANTED, wait_for=ACTIVE, run=(SAYS,), settle=90)]

    @classmethod
    def next_boot(cls) -> list[dict]:
        with cls.machine('next-boot') as made:
            alone = made.boot(**WANTED)
            with SeedServer(cls.folder) as server:
                return [alone, server.boot(made, **WANTED, wait_for=ACTIVE)]

    @classmethod
    def other_bytes(cls) -> list[dict]:
        with cls.machine('other-bytes', url=OTHER) as made, SeedServer(cls.folder) as server:
            return [server.boot(made, **WANTED, run=(SAYS,)), server.boot(made, **WANTED, run=(SAYS,))]

    @classmethod
    def vendor(cls) -> list[dict]:
        options = ('--mode=vendor', '--profile=fetch', f'--guest-url={AT}')
        with seed_server.machine('fetch-vendor', ANNOTATED) as made, SeedServer(cls.folder, *options) as server:
            source = f'ds=nocloud-net;s=http://{SERVER}:{PORT}/web/'
            return [server.boot(made, source, **WANTED, wait_for=ACTIVE)]

    @classmethod
    def cloud_config(cls) -> list[dict]:
        with cls.machine('cloud-config', '--layout', 'cloud-config') as made:
            alone = made.boot(**WANTED, run=(ENABLED,))
            with SeedServer(cls.folder) as server:
                second = server.boot(made, **WANTED, wait_for=ACTIVE)
            return [alone, second, made.boot(**WANTED, wait_for=ACTIVE, run=(ENABLED,))]

    def joined(self, report: dict) -> None:
        self.in_the_mesh(report)
        for path, modes in GUEST_FILES.items():
            self.assertIn((report['files'][path] or {}).get('mode'), modes, path)

    def left_alone(self, report: dict) -> None:
        self.outside(report)
        self.assertEqual([path for path in (*INSTALLED, REGISTRATION) if report['files'][path]], [])

    def test_a_machine_fetches_the_guest_files_once_and_joins_without_a_network_thereafter(self) -> None:
        first, again, alone = self.boots['in_time'].result()
        for report in (first, again, alone):
            self.joined(report)
            self.assertEqual(report['files'], first['files'])
        asked = [line for line in first['log'] if line['message'] == 'request']
        self.assertEqual([(line['route'], line['status']) for line in asked], [('/guest/{digest}', 200)])

    def test_a_store_that_comes_after_the_boot_is_waited_for_by_a_unit(self) -> None:
        report, = self.boots['late'].result()
        self.joined(report)
        self.assertIn('nothing is installed yet', report['texts'][LOG])
        self.assertIn('nothing is installed yet', report['run'][SAYS])

    def test_a_machine_that_was_cut_off_before_goes_on_at_its_next_boot(self) -> None:
        alone, report = self.boots['next_boot'].result()
        self.left_alone(alone)
        self.joined(report)

    def test_other_bytes_install_nothing_and_leave_the_machine_as_it_was(self) -> None:
        for report in self.boots['other_bytes'].result():
            self.left_alone(report)
            self.assertEqual([path for path, found in report['files'].items() if found], [])
            self.assertIn('nothing is installed yet: no guest files of SHA-256', report['texts'][LOG])
            self.assertIn(f' at {OTHER}', report['run'][SAYS])

    def test_vendor_data_brings_it_as_well(self) -> None:
        report, = self.boots['vendor'].result()
        self.joined(report)

    def test_one_cloud_config_goes_on_at_the_next_boot_and_is_done_then(self) -> None:
        alone, second, third = self.boots['cloud_config'].result()
        self.left_alone(alone)
        self.assertEqual(alone['run'][ENABLED].strip(), 'enabled')
        self.joined(second)
        self.joined(third)
        self.assertEqual(third['run'][ENABLED].strip(), 'disabled')


if __name__ == '__main__':
    unittest.main()
