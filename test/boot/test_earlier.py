"""Earlier versions beside this one, booted: documents of either on images of either. Working, or refused in so many words; never half."""

import gzip
import subprocess
import unittest
from concurrent.futures import Future, ThreadPoolExecutor

import example
from mesh_case import ACTIVE, MeshCase

EARLIER = example.PROJECT / 'test/guest/earlier'
# Versions whose documents carry a plan in the form of today's; what they made is kept by `npm run freeze`, that of this version included.
PLANNING = ('0.2.0',)
COUNTING = example.EXAMPLES / 'counting/user-data.yaml'
LOG = '/var/log/cloud-init-output.log'
WANTED = {'units': example.UNITS, 'files': (example.CONFIG, example.REGISTRATION), 'run': (f'cat {LOG}',)}


def tool(*words: str) -> bytes:
    return subprocess.run(['node', str(example.BUNDLE), *words], capture_output=True, timeout=60, check=True).stdout


def image(name: str, script: bytes, data: bytes) -> object:
    """A machine that was baked by a script, and boots user-data."""
    made = example.machine(name.replace('.', '-'), data)
    made.write('/root/install-guest.sh', script)
    made.run('sh', '/root/install-guest.sh')
    return made


def old_image(version: str = '0.1.0') -> bytes:
    return gzip.decompress((EARLIER / f'guest-{version}.sh.gz').read_bytes())


def old_full(version: str = '0.1.0') -> bytes:
    return gzip.decompress((EARLIER / f'full-{version}.txt.gz').read_bytes())


def prebuilt_on_old_image(version: str = '0.1.0') -> dict:
    with image(f'earlier-prebuilt-{version}', old_image(version), tool('inject', '-q', '--profile', 'prebuilt', str(COUNTING))) as made:
        return made.boot(**WANTED, wait_for=ACTIVE if version in PLANNING else ())


def full_on_old_image() -> tuple[dict, dict]:
    with image('earlier-full', old_image(), tool('inject', '-q', str(COUNTING))) as made:
        return made.boot(**WANTED, wait_for=ACTIVE), made.boot(**WANTED, wait_for=ACTIVE)


def old_prebuilt_on_image(version: str = '0.1.0') -> tuple[dict, dict]:
    with image(f'earlier-old-prebuilt-{version}', tool('guest'), (EARLIER / f'prebuilt-{version}.txt').read_bytes()) as made:
        return made.boot(**WANTED, wait_for=ACTIVE), made.boot(**WANTED, wait_for=ACTIVE)


def old_full_on_image() -> dict:
    with image('earlier-old-full', tool('guest'), old_full()) as made:
        return made.boot(**WANTED, wait_for=ACTIVE)


def upgraded(version: str = '0.1.0') -> tuple[dict, dict]:
    """A machine of an earlier version whose platform hands out a document of this one from its second boot on."""
    with example.machine(f'earlier-upgraded-{version.replace(".", "-")}', old_full(version)) as made:
        first = made.boot(**WANTED, wait_for=ACTIVE)
        made.write('/var/lib/cloud/seed/nocloud/user-data', tool('inject', '-q', str(COUNTING)), 0o600)
        made.write('/var/lib/cloud/seed/nocloud/meta-data', 'instance-id: i-upgraded\nlocal-hostname: vm\n')
        return first, made.boot(**WANTED, wait_for=ACTIVE)


class Earlier(MeshCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.pool = ThreadPoolExecutor(2)
        scenarios = (prebuilt_on_old_image, full_on_old_image, old_prebuilt_on_image, old_full_on_image, upgraded)
        cls.boots: dict[str, Future] = {make.__name__: cls.pool.submit(make) for make in scenarios}
        later = (prebuilt_on_old_image, old_prebuilt_on_image, upgraded)
        cls.later = {(version, make.__name__): cls.pool.submit(make, version) for version in PLANNING for make in later}

    @classmethod
    def tearDownClass(cls) -> None:
        cls.pool.shutdown()

    def test_a_document_that_an_image_of_0_1_0_cannot_serve_is_refused_in_words(self) -> None:
        report = self.boots['prebuilt_on_old_image'].result()
        self.outside(report)
        self.assertIn('this image has no guest of ', report['run'][f'cat {LOG}'])
        self.assertIn('or use --profile full', report['run'][f'cat {LOG}'])
        self.assertEqual([report['files'][path] for path in WANTED['files']], [None, None])

    def test_one_that_brings_its_guest_joins_on_an_image_of_0_1_0(self) -> None:
        for report in self.boots['full_on_old_image'].result():
            self.in_the_mesh(report)

    def test_a_document_of_0_1_0_joins_on_an_image_of_today(self) -> None:
        for report in self.boots['old_prebuilt_on_image'].result():
            self.in_the_mesh(report)

    def test_one_that_brings_its_guest_of_0_1_0_joins_with_that_on_an_image_of_today(self) -> None:
        self.in_the_mesh(self.boots['old_full_on_image'].result())

    def test_a_machine_of_0_1_0_goes_on_with_the_document_of_today(self) -> None:
        for report in self.boots['upgraded'].result():
            self.in_the_mesh(report)

    def test_versions_with_a_plan_of_this_form_and_this_one_serve_each_other(self) -> None:
        self.assertGreater(len(self.later), 0)
        for (version, scenario), future in self.later.items():
            with self.subTest(version=version, scenario=scenario):
                reports = future.result()
                for report in reports if isinstance(reports, tuple) else (reports,):
                    self.in_the_mesh(report)


if __name__ == '__main__':
    unittest.main()
