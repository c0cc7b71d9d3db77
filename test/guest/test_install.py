"""What brings the guest files: segments and their installation, the scripts of the envelopes, and what version 0.1.0 made."""
import base64
import email
import gzip
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zlib
from pathlib import Path
from unittest import mock

from support import BIN, ENVELOPES, GUEST, ROOT, below, load_generator, run
from test_generator import PLAN, WEB

G = load_generator()
BUNDLE = ROOT / 'dist/bin/consul-vm-inject.js'
EARLIER = Path(__file__).resolve().parent / 'earlier'
# Versions whose documents carry a plan: what they made is kept by `npm run freeze`, that of this version included.
PLANNING = sorted(path.name[len('guest-'):-len('.sh.gz')] for path in EARLIER.glob('guest-*.sh.gz') if '0.1.0' not in path.name)
INIT, WANTS = '/etc/systemd/system/consul-sidecar-init.service', '/etc/systemd/system/multi-user.target.wants/consul-sidecar-init.service'
ENABLE = 'systemctl enable consul-sidecar-init.service'


def segment(path, content='content\n', mode='0644', once=False):
    return '=== %s %s%s\n%s' % (mode, path, ' once' if once else '', content)


class InstallCase(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix='consul-vm-inject-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.root, self.log = self.folder / 'root', self.folder / 'log'
        self.root.mkdir()

    def path(self, name):
        return Path(str(self.root) + name)

    def commands(self):
        found = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.write_text('')
        return found

    def files(self):
        return {str(path)[len(str(self.root)):] for path in self.root.rglob('*') if path.is_file()}


class Install(InstallCase):
    """The generator's function, run after run."""

    def setUp(self):
        super().setUp()
        self.messages = []
        self.guest = load_generator(self.root)
        self.guest.log = self.messages.append
        self.live = self.path('/run/systemd/system')
        self.live.mkdir(parents=True)
        environment = {'PATH': f'{BIN}:{os.environ["PATH"]}', 'FAKE_LOG': str(self.log), 'INSTANCE_ID': 'i-1'}
        patch = mock.patch.dict(os.environ, environment)
        patch.start()
        self.addCleanup(patch.stop)

    def install(self, *segments):
        """Returns (how many files failed, changed files)."""
        self.guest.CHANGED.clear()
        failed = self.guest.install('\n' + re.sub('(?m)^(=== [0-7]+ )', rf'\g<1>{self.root}', ''.join(segments)))
        return failed, {name[len(str(self.root)):] for name in self.guest.CHANGED} - {G.STATE}

    def test_files_are_written_with_their_modes_and_only_when_they_changed(self):
        given = [segment('/srv/a', 'a\n\nb\n', '0755'), segment('/etc/b', '  === no header\n', '0640')]
        self.assertEqual(self.install(*given), (0, {'/srv/a', '/etc/b'}))
        self.assertEqual([self.path('/srv/a').read_text(), self.path('/etc/b').read_text()], ['a\n\nb\n', '  === no header\n'])
        self.assertEqual([self.path(name).stat().st_mode & 0o7777 for name in ('/srv/a', '/etc/b')], [0o755, 0o640])
        self.assertEqual(self.install(*given), (0, set()))
        self.path('/srv/a').write_text('edited')
        self.path('/etc/b').chmod(0o666)
        self.assertEqual(self.install(*given), (0, {'/srv/a', '/etc/b'}))
        self.assertEqual(self.path('/etc/b').stat().st_mode & 0o7777, 0o640)

    def test_what_is_once_an_instance_may_be_edited_and_deleted(self):
        given = segment('/srv/c', 'ours\n', '0640', once=True)
        self.assertEqual(self.install(given)[1], {'/srv/c'})
        self.path('/srv/c').write_text('theirs')
        self.assertEqual(self.install(given)[1], set())
        self.path('/srv/c').unlink()
        self.assertEqual(self.install(given)[1], set())
        self.assertEqual(self.install(given.replace('ours', 'new'))[1], {'/srv/c'})
        self.path('/srv/c').unlink()
        with mock.patch.dict(os.environ, INSTANCE_ID='i-2'):
            self.assertEqual(self.install(given.replace('ours', 'new'))[1], {'/srv/c'})

    def test_what_version_0_1_0_installed_once_is_written_anew(self):
        self.path(G.STATE).parent.mkdir(parents=True)
        self.path(G.STATE).write_text('{"instance": "i-1", "once": {"/srv/c": "0123"}}')
        self.assertEqual(self.install(segment('/srv/c', once=True))[1], {'/srv/c'})

    def test_a_state_that_cannot_be_read_counts_as_none(self):
        for content in ('', '{', '[]', 'null', '1', '"x"', '\xff'):
            self.path(G.STATE).parent.mkdir(parents=True, exist_ok=True)
            self.path(G.STATE).write_text(content)
            self.path('/srv/c').unlink() if self.path('/srv/c').exists() else None
            self.assertEqual(self.install(segment('/srv/c', once=True)), (0, {'/srv/c'}))

    def test_the_unit_is_enabled_once_and_systemd_reads_what_changed(self):
        unit = segment(INIT, '[Unit]\n')
        self.install(unit)
        self.assertEqual(self.commands(), ['systemctl daemon-reload', ENABLE])
        self.path(WANTS).parent.mkdir()
        self.path(WANTS).symlink_to(INIT)
        self.install(unit)
        self.assertEqual(self.commands(), [])
        self.install(unit.replace('[Unit]', '[Unit]\nAfter=x'))
        self.assertEqual(self.commands(), ['systemctl daemon-reload'])
        self.live.rmdir()
        self.install(unit)
        self.assertEqual(self.commands(), [])

    def test_what_fails_is_told_and_counted_and_the_rest_goes_on(self):
        self.path('/srv').write_text('no folder')
        given = [segment('/srv/a'), segment('/etc/b'), segment('/srv/c', once=True)]
        self.assertEqual(self.install(*given), (2, {'/etc/b'}))
        self.assertRegex('\n'.join(self.messages), 'cannot write .*/srv/a: ')
        self.path('/srv').unlink()
        self.assertEqual(self.install(*given), (0, {'/srv/a', '/srv/c'}))

    def test_labels_are_put_right_where_the_system_has_them(self):
        with mock.patch.object(shutil, 'which', lambda name: '/sbin/' + name), mock.patch.object(self.guest, 'run', lambda *words: self.messages.append(words) or (0, '')):
            self.install(segment('/etc/b'))
        self.assertIn(('restorecon', str(self.path('/etc/b'))), self.messages)


@unittest.skipUnless(BUNDLE.exists() and shutil.which('node'), 'the command line is not built')
class Scripts(InstallCase):
    """The scripts of the envelopes, run in a shell: their paths lead below a folder."""

    def made(self, *words, data=b'# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'):
        return subprocess.run(['node', str(BUNDLE), *words], input=b'#!/bin/sh\n' + data, stdout=subprocess.PIPE, timeout=60, check=True).stdout.decode()

    def boothook(self, *words, **options):
        """The boothook of injected user-data."""
        return boothook_in(self.made('inject', '-q', *words, **options))

    def sh(self, script):
        file = self.folder / 'script'
        file.write_text(below(script, self.root))
        return run('sh', file, env={'FAKE_LOG': str(self.log)})

    def test_a_boothook_of_the_full_profile_installs_what_makes_the_registration(self):
        done = self.sh(self.boothook())
        self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
        generator = self.path('/srv/consul/generate-sidecar-configs.py')
        self.assertTrue(os.access(generator, os.X_OK))
        self.assertLessEqual({'/usr/local/bin/consul-redirect-traffic', '/usr/local/bin/consul-cleanup-iptables', '/usr/local/bin/consul-mesh-packages', '/srv/consul/packages.conf', INIT,
                              '/etc/systemd/system/envoy@.service', '/etc/consul.d/0-consul-vm-inject.json', '/srv/consul/service-config.json'}, self.files())
        self.assertEqual(self.path('/srv/consul/service-config.json').stat().st_mode & 0o7777, 0o640)
        self.assertNotIn('/srv/consul/probe-sidecar.py', self.files())
        self.assertEqual(self.commands(), [ENABLE])
        done = run('python3', generator)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(self.path('/etc/consul.d/service-registration.json').read_text())['service']['name'], 'web')

    def test_what_asks_a_sidecar_travels_where_the_plan_has_it_asked(self):
        for key in ('sidecar-proxy-liveness-failure-seconds', 'sidecar-proxy-startup-failure-seconds'):
            self.sh(self.boothook('--annotation', f'{key}=9'))
            self.assertIn('/srv/consul/probe-sidecar.py', self.files())
            self.path('/srv/consul/probe-sidecar.py').unlink()

    def test_the_plan_can_be_read_in_the_boothook(self):
        for words in ([], ['--profile', 'prebuilt']):
            boothook = self.boothook(*words, data=b'# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n# consul.hashicorp.com/service-tags: "\xc3\xbc"\n')
            boothook.encode('ascii')
            self.assertIn('\n=== 0640 /srv/consul/service-config.json once\n{\n "format": 2,\n "plan": {\n', boothook)
            self.assertIn('"\\u00fc"', boothook)

    def test_an_image_takes_what_the_prebuilt_profile_brings(self):
        done = self.sh(self.made('guest'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLessEqual({'/srv/consul/plan_annotations.py', '/srv/consul/probe-sidecar.py', '/srv/consul/install-guest.py', '/usr/lib/sysusers.d/consul-vm-inject.conf',
                              '/usr/lib/systemd/system-preset/50-consul-vm-inject.preset'}, self.files())
        for path in GUEST.iterdir():
            if path.is_file() and path.name != 'packages.conf' and '/srv/consul/' + path.name in self.files():
                self.assertEqual(self.path('/srv/consul/' + path.name).read_text().replace(str(self.root), ''), path.read_text())
        done = self.sh(self.boothook('--profile', 'prebuilt'))
        self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
        self.assertEqual(json.loads(self.path('/srv/consul/service-config.json').read_text())['format'], 2)

    def test_an_image_without_a_guest_that_plans_is_told_of_and_nothing_is_installed(self):
        for made in (lambda: None, lambda: install_earlier(self)):
            made()
            before = self.files()
            done = self.sh(self.boothook('--profile', 'prebuilt'))
            self.assertEqual((done.returncode, self.files()), (0, before))
            self.assertIn('bake it in with consul-vm-inject guest, or use --profile full', done.stdout)

    def test_an_image_takes_what_version_0_1_0_made_of_the_prebuilt_profile(self):
        self.sh(self.made('guest'))
        boothook = (EARLIER / 'prebuilt-0.1.0.txt').read_text()
        boothook = boothook[boothook.index('#!/bin/sh\n# consul-vm-inject'):boothook.rindex('\nexit 0\n')]
        packed = re.search("(?<=\\n)[A-Za-z0-9+/=\n]+(?=\nEND-OF-BUNDLE)", boothook).group()
        files = json.loads(zlib.decompress(base64.b64decode(packed)).decode())
        files = [dict(file, path=str(self.path(file['path']))) for file in files]
        boothook = boothook.replace(packed, base64.b64encode(zlib.compress(json.dumps(files).encode())).decode())
        done = self.sh(boothook)
        self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
        self.assertIn('annotations', json.loads(self.path('/srv/consul/service-config.json').read_text()))
        done = run('python3', self.path('/srv/consul/generate-sidecar-configs.py'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(self.path('/etc/consul.d/service-registration.json').read_text())['service']['name'], 'counting')

    def test_the_guest_of_version_0_1_0_refuses_a_plan_whole(self):
        install_earlier(self)
        config = self.folder / 'config.json'
        config.write_text(json.dumps({'format': 2, 'plan': PLAN}))
        before = self.files()
        done = run('python3', self.path('/srv/consul/generate-sidecar-configs.py'), '--root', self.root, '--config', config)
        self.assertEqual((done.returncode, self.files()), (2, before), done.stderr)
        self.assertIn('the file is not of the form', done.stderr)
        config.write_text(json.dumps(WEB))
        self.assertEqual(run('python3', self.path('/srv/consul/generate-sidecar-configs.py'), '--root', self.root, '--config', config).returncode, 0)

    def anew(self, name):
        self.root = self.folder / name
        self.root.mkdir()

    def joins_or_is_told_apart(self):
        """A plan that the guest here knows makes its registration; any other is refused in words, and nothing is written."""
        generator, form = self.path('/srv/consul/generate-sidecar-configs.py'), json.loads(self.path('/srv/consul/service-config.json').read_text())['format']
        done, registration = run('python3', generator), self.path('/etc/consul.d/service-registration.json')
        if re.search(r'config\["format"\] ?== ?%d\b' % form, generator.read_text()):
            self.assertEqual((done.returncode, registration.exists()), (0, True), done.stderr)
        else:
            self.assertEqual((done.returncode, registration.exists()), (2, False), done.stderr)
            self.assertIn('format %d: this guest knows ' % form, done.stderr)

    def test_documents_of_today_and_of_other_versions_on_images_of_the_other(self):
        self.assertGreater(len(PLANNING), 0)
        for version in PLANNING:
            with self.subTest(version=version):
                for name, image, document in (('image', gzip.decompress((EARLIER / f'guest-{version}.sh.gz').read_bytes()).decode(), self.boothook('--profile', 'prebuilt')),
                                              ('document', self.made('guest'), boothook_in((EARLIER / f'prebuilt-{version}.txt').read_text()))):
                    self.anew(f'{name}-{version}')
                    self.assertEqual(self.sh(image).returncode, 0)
                    done = self.sh(document)
                    self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
                    self.joins_or_is_told_apart()

    def test_a_document_of_today_brings_its_guest_to_a_machine_of_another_version(self):
        self.anew('fresh')
        self.sh(self.boothook())
        fresh = {path: self.path(path).read_text().replace(str(self.root), '') for path in self.files() - {'/srv/consul/service-config.json', G.STATE}}
        self.assertGreater(len(fresh), 8)
        for version in PLANNING:
            with self.subTest(version=version):
                self.anew(version)
                self.sh(boothook_in(gzip.decompress((EARLIER / f'full-{version}.txt.gz').read_bytes()).decode()))
                done = self.sh(self.boothook())
                self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
                self.assertEqual({path: self.path(path).read_text().replace(str(self.root), '') for path in fresh}, fresh)
                self.joins_or_is_told_apart()

    def test_a_boot_goes_on_without_python_and_says_so(self):
        done = self.sh(self.boothook().replace('$(command -v python3 || echo /usr/libexec/platform-python)', 'no-such-python'))
        self.assertEqual(done.returncode, 0)
        self.assertIn('not all was installed (no Python 3?)', done.stdout)

    @unittest.skipUnless(shutil.which('shellcheck'), 'shellcheck is not installed')
    def test_shellcheck_has_nothing_to_complain_of(self):
        for script in (self.boothook(), self.boothook('--profile', 'prebuilt'), self.made('guest')):
            done = subprocess.run(['shellcheck', '-s', 'sh', '-'], input=script, stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.stdout, '')


def boothook_in(document):
    return next(part.get_payload() for part in email.message_from_string(document).get_payload() if part.get_filename() == 'consul-vm-inject-guest')


def install_earlier(case):
    """Puts the guest files of version 0.1.0 below the root of a case."""
    script = gzip.decompress((EARLIER / 'guest-0.1.0.sh.gz').read_bytes()).decode()
    bundle = re.search('BUNDLE = """\n([^"]+)\n"""', script).group(1)
    for file in json.loads(zlib.decompress(base64.b64decode(bundle)).decode()):
        path = case.path(file['path'])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file['content'])
        path.chmod(int(file['mode'], 8))


class Sources(unittest.TestCase):
    def test_no_line_of_a_guest_file_could_be_taken_for_a_header(self):
        for path in [*GUEST.iterdir(), *ENVELOPES.iterdir()]:
            if path.is_file():
                self.assertNotRegex(path.read_text(encoding='utf-8'), r'(?m)^(?:=== |END-OF-SEGMENTS$)', path.name)

    def test_the_bootstrap_can_stand_between_single_quotes(self):
        code = (ENVELOPES / 'bootstrap.py').read_text().partition('"""\n')[2]
        self.assertNotIn("'", code)


if __name__ == '__main__':
    unittest.main()
