"""Version 0.1.0 beside this one, booted: documents of either on images of either. Working, or refused in so many words; never half."""

import gzip
import subprocess
import unittest
from concurrent.futures import Future, ThreadPoolExecutor

import example
from mesh_case import ACTIVE, MeshCase

EARLIER = example.PROJECT / 'test/guest/earlier'
COUNTING = example.EXAMPLES / 'counting/user-data.yaml'
LOG = '/var/log/cloud-init-output.log'
WANTED = {'units': example.UNITS, 'files': (example.CONFIG, example.REGISTRATION), 'run': (f'cat {LOG}',)}


def tool(*words: str) -> bytes:
    return subprocess.run(['node', str(example.BUNDLE), *words], capture_output=True, timeout=60, check=True).stdout


def image(name: str, script: bytes, data: bytes) -> object:
    """A machine that was baked by a script, and boots user-data."""
    made = example.machine(name, data)
    made.write('/root/install-guest.sh', script)
    made.run('sh', '/root/install-guest.sh')
    return made


def old_image() -> bytes:
    return gzip.decompress((EARLIER / 'guest-0.1.0.sh.gz').read_bytes())


def old_full() -> bytes:
    return gzip.decompress((EARLIER / 'full-0.1.0.txt.gz').read_bytes())


def prebuilt_on_old_image() -> dict:
    with image('earlier-prebuilt', old_image(), tool('inject', '-q', '--profile', 'prebuilt', str(COUNTING))) as made:
        return made.boot(**WANTED)


def full_on_old_image() -> tuple[dict, dict]:
    with image('earlier-full', old_image(), tool('inject', '-q', str(COUNTING))) as made:
        return made.boot(**WANTED, wait_for=ACTIVE), made.boot(**WANTED, wait_for=ACTIVE)


def old_prebuilt_on_image() -> tuple[dict, dict]:
    with image('earlier-old-prebuilt', tool('guest'), (EARLIER / 'prebuilt-0.1.0.txt').read_bytes()) as made:
        return made.boot(**WANTED, wait_for=ACTIVE), made.boot(**WANTED, wait_for=ACTIVE)


def old_full_on_image() -> dict:
    with image('earlier-old-full', tool('guest'), old_full()) as made:
        return made.boot(**WANTED, wait_for=ACTIVE)


def upgraded() -> tuple[dict, dict]:
    """A machine of 0.1.0 whose platform hands out a document of this version from its second boot on."""
    with example.machine('earlier-upgraded', old_full()) as made:
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


if __name__ == '__main__':
    unittest.main()
