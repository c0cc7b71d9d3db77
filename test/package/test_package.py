"""The package as a stranger has it: installed with one line, its command and its typed library, and what it holds."""
import json
import re
import tarfile
import tempfile
import unittest
from pathlib import Path

from project import PROJECT, run

README = (PROJECT / 'README.md').read_text()
MANIFEST = json.loads((PROJECT / 'package.json').read_text())
VERSION = MANIFEST['version']
WEB = re.search(r'```yaml before\n(.*?)```', README, re.S).group(1)
LIBRARY = re.search(r'```js library\n(.*?)```', README, re.S).group(1)

# What a program in TypeScript does with it: each function with its options, and types by name.
TYPED = '''
import { check, inject, preview, uninject, vendorData, VERSION, type Diagnostic, type InjectOptions, type InjectResult } from 'consul-vm-inject'
const options: InjectOptions = { profile: 'prebuilt', layout: 'cloud-config', platform: 'ec2' }
const bytes = new TextEncoder().encode('#cloud-config\\n# consul.hashicorp.com/connect-inject: "true"\\n# consul.hashicorp.com/connect-service: web\\n')
const result: InjectResult = inject(bytes, options)
const said: readonly Diagnostic[] = result.diagnostics
const back: Uint8Array | undefined = uninject(result.output ?? bytes).output
const same: boolean = new TextDecoder().decode(back) === new TextDecoder().decode(bytes)
// @ts-expect-error: no such profile
check(bytes, { profile: 'none' })
process.stdout.write(JSON.stringify([VERSION, same, check(bytes, options).ok, preview(bytes).preview !== undefined, vendorData(bytes).output!.length > 100, said.map(({ code }) => code)]))
'''


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        run(['node', PROJECT / 'src/build/release/package.mjs', cls.folder], PROJECT)
        cls.tarball, = cls.folder.glob('*.tgz')
        cls.stranger = cls.folder / 'stranger'
        cls.stranger.mkdir()
        # One line, in an empty project: npm would go up to a folder that looks like one.
        (cls.stranger / 'package.json').write_text('{}')
        cls.said = run(['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', cls.tarball], cls.stranger).stderr

    def test_whoever_is_told_to_install_it_is_told_its_name(self) -> None:
        documents = [PROJECT / 'README.md', *(PROJECT / 'examples').glob('*/README.md')]
        named = {name for document in documents for name in re.findall(r'consul-vm-inject-[\w.]+\.tgz', document.read_text())}
        self.assertEqual(named, {self.tarball.name})

    def test_to_install_it_no_script_has_to_be_trusted(self) -> None:
        manifest = json.loads((self.installed / 'package.json').read_text())
        self.assertEqual({'scripts', 'devDependencies'} & set(manifest), set())
        self.assertEqual({key: manifest[key] for key in ('name', 'version', 'bin', 'exports', 'dependencies', 'engines')},
                         {key: MANIFEST[key] for key in ('name', 'version', 'bin', 'exports', 'dependencies', 'engines')})
        self.assertNotIn('scripts', self.said)

    def test_every_link_of_its_documents_leads_to_a_file_in_it(self) -> None:
        documents = [path for path in self.installed.rglob('*.md') if 'node_modules' not in path.relative_to(self.installed).parts]
        self.assertGreater(len(documents), 20)
        links = [(document, link) for document in documents for link in re.findall(r'\]\(([^)#\s]+)[^)]*\)', document.read_text()) if '://' not in link]
        self.assertGreater(len(links), 40)
        self.assertEqual([(str(document.relative_to(self.installed)), link) for document, link in links if not (document.parent / link).exists()], [])

    def test_it_holds_what_is_needed_and_nothing_else(self) -> None:
        with tarfile.open(self.tarball) as tar:
            members = {member.name.removeprefix('package/'): member for member in tar.getmembers()}
        self.assertLessEqual({'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'dist/bin/consul-vm-inject.js', 'dist/src/index.js', 'dist/src/index.d.ts'}, set(members))
        unwanted = re.compile(r'\.map$|(^|/)(test|node_modules)/|^(?!examples/).*(?<!\.d)\.ts$|^dist/src/(cli|serve)/')
        self.assertEqual([name for name in members if unwanted.search(name)], [])
        self.assertEqual([name for name, member in members.items() if member.mode & 0o111 and not name.startswith('examples/')], ['dist/bin/consul-vm-inject.js'])
        maps = [name for name in members if name.endswith('.js') and '//# sourceMappingURL' in (self.installed / name).read_text()]
        self.assertEqual(maps, [])
        packed, unpacked = self.tarball.stat().st_size, sum(member.size for member in members.values())
        print(f'\n{self.tarball.name}: {packed:,} bytes, {unpacked:,} unpacked, {len(members)} files', flush=True)
        self.assertLess(packed, 1_900_000)
        self.assertLess(unpacked, 6_000_000)

    @property
    def installed(self) -> Path:
        return self.stranger / 'node_modules/consul-vm-inject'

    def test_nothing_but_what_it_needs_is_installed_with_it(self) -> None:
        found = {path.name for path in (self.stranger / 'node_modules').iterdir() if not path.name.startswith('.')}
        self.assertLessEqual({*MANIFEST['dependencies'], 'consul-vm-inject'}, found)
        self.assertLess(len(found), 12)

    def test_its_command_makes_what_the_readme_shows(self) -> None:
        (self.stranger / 'web.yaml').write_text(WEB)
        done = run(['npx', '--no-install', 'consul-vm-inject', 'web.yaml'], self.stranger)
        self.assertIn(WEB, done.stdout)
        self.assertEqual(done.stdout, run(['node', PROJECT / 'dist/bin/consul-vm-inject.js', 'web.yaml'], self.stranger).stdout)
        self.assertIn(VERSION, run(['npx', '--no-install', 'consul-vm-inject', '--version'], self.stranger).stdout)

    def test_its_library_does_what_the_readme_shows(self) -> None:
        (self.stranger / 'library.mjs').write_text(LIBRARY)
        done = run(['node', 'library.mjs'], self.stranger)
        self.assertTrue(done.stdout.startswith('Content-Type: multipart/mixed'))
        self.assertIn('note[N102]', done.stderr)

    def test_a_program_in_typescript_is_checked_against_it_and_runs(self) -> None:
        (self.stranger / 'program.mts').write_text(TYPED)
        (self.stranger / 'globals.d.ts').write_text('declare const process: { stdout: { write(text: string): void } }\n')
        strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '']
        for module, resolution in (('nodenext', 'nodenext'), ('esnext', 'bundler')):
            with self.subTest(resolution=resolution):
                run([PROJECT / 'node_modules/.bin/tsc', *strict, '--module', module, '--moduleResolution', resolution, 'program.mts', 'globals.d.ts'], self.stranger)
        done = run(['node', 'program.mjs'], self.stranger)
        self.assertEqual(json.loads(done.stdout), [VERSION, True, True, True, True, ['N102', 'N104']])

    def test_publint_finds_nothing(self) -> None:
        self.assertIn('All good!', run([PROJECT / 'node_modules/.bin/publint', self.installed, '--strict'], self.stranger).stdout)


if __name__ == '__main__':
    unittest.main()
