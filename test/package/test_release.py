"""The files of a release: the same bytes wherever, whenever and with whichever Node they are made, and each what it says it is."""
import hashlib
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from project import PROJECT, copy_to, run

MANIFEST = json.loads((PROJECT / 'package.json').read_text())
NAME = f'consul-vm-inject-{MANIFEST["version"]}'


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Release(unittest.TestCase):
    """Made in a copy by the least Node, and again in another elsewhere, built there, by the newest in another time zone under a tight umask."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.made = cls.folder / 'made'
        # A copy: the build takes away what other suites use.
        cls.project = copy_to(cls.folder / 'project')
        run(['npm', 'run', '--silent', 'release', '--', '--draft', cls.made], cls.project, 'floor')

    def test_the_folder_holds_four_files_and_their_sums(self) -> None:
        names = sorted(path.name for path in self.made.iterdir())
        executable, = (name for name in names if name.endswith('.tar.gz'))
        self.assertEqual(names, sorted(['SHA256SUMS', f'{NAME}.tgz', f'{NAME}.cdx.json', executable]))
        run(['sha256sum', '--check', '--strict', 'SHA256SUMS'], self.made)
        self.assertEqual(len((self.made / 'SHA256SUMS').read_text().splitlines()), 3)
        for name in names:
            print(f'\n{name}: {(self.made / name).stat().st_size:,} bytes', end='', flush=True)

    def test_the_newest_node_makes_the_same_bytes_in_another_folder(self) -> None:
        with tempfile.TemporaryDirectory(prefix='x') as folder:
            copy = Path(folder, 'deep', 'copy')
            before = os.umask(0o077)
            try:
                copy.mkdir(parents=True)
                copy_to(copy)
                env = {'TZ': 'Pacific/Auckland', 'LC_ALL': 'C', 'HOME': os.environ['HOME']}
                run(['npm', 'run', '--silent', 'release', '--', '--draft', '--without-executable', 'out'], copy, '24', env=env)
            finally:
                os.umask(before)
            for name in (f'{NAME}.tgz', f'{NAME}.cdx.json'):
                if sha256(copy / 'out' / name) != sha256(self.made / name):
                    differ = [str(path) for path in (self.project / 'dist/bin').iterdir() if path.read_bytes() != (copy / 'dist/bin' / path.name).read_bytes()]
                    self.fail(f'{name}: other bytes, in the bundle of {differ}')

    def test_the_bill_of_materials_names_what_is_installed_with_the_package(self) -> None:
        bill = json.loads((self.made / f'{NAME}.cdx.json').read_text())
        self.assertEqual((bill['bomFormat'], bill['metadata']['component']['name'], bill['metadata']['component']['version']), ('CycloneDX', 'consul-vm-inject', MANIFEST['version']))
        self.assertFalse({'serialNumber', 'timestamp'} & {*bill, *bill['metadata']})
        lock = json.loads((PROJECT / 'package-lock.json').read_text())['packages']
        needed = {(path.removeprefix('node_modules/'), entry['version']) for path, entry in lock.items() if path and not entry.get('dev')}
        listed = {(component['name'], component['version']) for component in bill['components'] if component['type'] == 'library'}
        self.assertEqual(listed, needed)
        self.assertLessEqual(set(MANIFEST['dependencies']), {name for name, _ in listed})

    def test_what_is_not_kept_for_later_versions_is_not_released(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = copy_to(Path(folder))
            for words in (['init', '-q'], ['add', '-A'], ['-c', 'user.name=x', '-c', 'user.email=x@localhost', 'commit', '-qm', 'all']):
                run(['git', *words], copy)
            (copy / f'test/decode/injection/written/{MANIFEST["version"]}/script/multipart').write_text('of another time\n')
            done = subprocess.run(['npm', 'run', '--silent', 'release', '--', 'out'], cwd=copy, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, timeout=300, check=False)
            self.assertEqual((done.returncode, (copy / 'out').exists()), (2, False), done.stderr)
            self.assertIn('outputs that later versions must know are not kept as they are now: npm run freeze', done.stderr)
            self.assertIn('there is what was not committed', done.stderr)

    def test_the_executable_passes_the_golden_cases(self) -> None:
        archive, = self.made.glob('*.tar.gz')
        run(['tar', '-xzf', archive, '-C', self.folder], self.folder)
        root = self.folder / archive.name.removesuffix('.tar.gz')
        self.assertEqual(sorted(path.name for path in root.iterdir()), ['LICENSE', 'THIRD-PARTY-LICENSES', 'consul-vm-inject'])
        licences = (root / 'THIRD-PARTY-LICENSES').read_text()
        for name in ('node', *MANIFEST['dependencies']):
            self.assertRegex(licences, rf'(?m)^{name} \d')
        cases = ['dist/test/cli/golden.test.js', 'dist/test/cli/process.test.js', 'dist/test/serve/process.test.js']
        done = run(['node_modules/.bin/ava', *cases], self.project, env={'CONSUL_VM_INJECT_COMMAND': str(root / 'consul-vm-inject')})
        self.assertRegex(done.stdout, r'\n  \d{3} tests passed')
        # Nothing but itself: no Node, no modules.
        alone = subprocess.run([root / 'consul-vm-inject', '--version'], cwd='/', env={}, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
        self.assertIn(MANIFEST['version'], alone.stdout)


if __name__ == '__main__':
    unittest.main()
