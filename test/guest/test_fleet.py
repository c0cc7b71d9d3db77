"""The vendor-data of a fleet on the guest, without a boot: what it writes, what it takes away, and the order of its script."""
import email
import gzip
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import BIN, P, ROOT, below, load_reader, programs

BUNDLE = ROOT / 'dist/bin/consul-vm-inject.js'
STATE = 'var/lib/consul-vm-inject/installed.json'
FLEET = {'defaults': {'annotations': {P + 'transparent-proxy': 'true'}}, 'inject': False}
ANNOTATED = '#!/bin/sh\n# %sconnect-inject: "true"\n# %sconnect-service: web\n' % (P, P)


def parts(*arguments, data=b''):
    """Boothook and script of vendor-data, by name."""
    made = subprocess.run(['node', str(BUNDLE), 'vendor-data', '-q', *arguments], input=data, stdout=subprocess.PIPE, timeout=60, check=True).stdout
    return {part.get_filename(): part.get_payload() for part in email.message_from_bytes(made).get_payload()}


@unittest.skipIf(os.geteuid(), 'writes files that root owns')
class Fleet(unittest.TestCase):
    """One guest, whose files stand below a folder, at one boot after another."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix='consul-vm-inject-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.config, self.joins, self.state = (self.folder / name for name in ('srv/consul/service-config.json', 'run/joins', STATE))

    def boot(self, user_data=None, metadata=None, fleet=FLEET, instance='i-1', files=''):
        """What was decided."""
        if user_data is not None:
            self.write('var/lib/cloud/instance/user-data.txt', user_data)
        if metadata is not None:
            self.write('run/cloud-init/instance-data.json', metadata if isinstance(metadata, str) else json.dumps({'ds': metadata}))
        said = []
        guest = load_reader(self.folder)
        guest.__dict__.update(decided=said.append, do=lambda *_: True, log=lambda _: None)
        with mock.patch.dict(os.environ, INSTANCE_ID=instance):
            guest.join(files + '=== join\npass\n', '=== fleet\n' + json.dumps({**fleet, 'joins': str(self.joins)}, indent=2))
        self.assertEqual(len(said), 1)
        return said[0]

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_an_annotated_vm_gets_its_configuration_and_the_mark_of_this_boot(self):
        self.assertEqual(self.boot(ANNOTATED), 'connect-inject is "true": this VM joins the mesh')
        config = {'annotations': {P + 'connect-inject': 'true', P + 'connect-service': 'web', P + 'transparent-proxy': 'true'}}
        self.assertEqual(self.config.read_text(), json.dumps(config, indent=2) + '\n')
        self.assertEqual(self.config.stat().st_mode & 0o7777, 0o640)
        self.assertTrue(self.joins.exists())

    def test_the_files_that_travel_come_to_an_annotated_vm_only(self):
        file = self.folder / 'etc/guest-file'
        files = '=== 0755 %s\nx\n' % file
        self.boot('#!/bin/sh\n', files=files)
        self.assertEqual((file.exists(), self.joins.exists()), (False, False))
        self.boot(ANNOTATED, files=files)
        self.assertEqual((file.read_text(), file.stat().st_mode & 0o7777), ('x\n', 0o755))
        self.assertFalse([path for path in self.folder.rglob('*') if path.is_file() and 'pass' in path.read_text()])

    def test_a_vm_without_user_data_and_metadata_is_left_alone(self):
        self.assertEqual(self.boot(), 'connect-inject is not set: this VM is left alone')
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_the_metadata_may_annotate_and_outranks_the_user_data(self):
        self.boot(ANNOTATED, {'meta': {'consul.hashicorp.com:connect-service': 'api'}})
        self.assertEqual(json.loads(self.config.read_text())['annotations'][P + 'connect-service'], 'api')
        self.assertEqual(self.boot(metadata={'meta': {'consul.hashicorp.com:connect-inject': 'false'}}), 'connect-inject is "false": this VM is left alone')

    def test_its_own_configuration_goes_when_the_annotations_go(self):
        self.boot(ANNOTATED)
        self.boot('#!/bin/sh\n')
        self.assertEqual((self.config.exists(), self.joins.exists()), (False, False))
        self.assertFalse(self.state.exists())

    def test_one_that_the_operator_wrote_or_edited_never_goes(self):
        self.config.parent.mkdir(parents=True)
        self.config.write_text('{"annotations": {}}')
        self.boot('#!/bin/sh\n')
        self.assertTrue(self.config.exists())
        self.boot(ANNOTATED)
        self.config.write_text('{"annotations": {"edited": "x"}}')
        self.boot('#!/bin/sh\n')
        self.assertEqual(self.config.read_text(), '{"annotations": {"edited": "x"}}')

    def test_one_that_the_operator_deleted_comes_back_with_other_annotations_only(self):
        self.boot(ANNOTATED)
        self.config.unlink()
        self.boot(ANNOTATED)
        self.assertFalse(self.config.exists())
        self.boot(ANNOTATED.replace('web', 'api'))
        self.assertTrue(self.config.exists())
        self.boot('#!/bin/sh\n')
        self.config.parent.rmdir()

    def test_a_disk_that_becomes_another_vm_is_written_anew(self):
        self.boot(ANNOTATED)
        self.config.write_text('{}')
        self.boot(ANNOTATED, instance='i-2')
        self.assertIn('web', self.config.read_text())

    def test_user_data_that_brings_the_injection_itself_is_left_alone(self):
        self.boot(ANNOTATED)
        injected = ANNOTATED + '# %sconnect-inject-status: injected\n' % P
        self.assertEqual(self.boot(injected), 'connect-inject-status says "injected": this VM is left alone')
        self.assertEqual((self.config.exists(), self.joins.exists()), (True, False))

    def test_one_cloud_config_that_brings_the_injection_itself_is_left_alone(self):
        config = '#cloud-config\n' + ANNOTATED.partition('\n')[2]
        spliced = config + 'runcmd: [ # >>> consul-vm-inject 0.1.0; part=0123456789abcdef\n [x],\n # <<< consul-vm-inject\n ]\n'
        self.assertIn('joins', self.boot(config))
        self.assertEqual(self.boot(spliced), 'connect-inject-status says "injected": this VM is left alone')

    def test_what_is_not_clear_changes_nothing_and_is_told(self):
        self.boot(ANNOTATED)
        before = self.config.read_bytes()
        for user_data, metadata in ((ANNOTATED.replace('true', 'yes'), '{}'), (ANNOTATED + ANNOTATED.replace('web', 'api'), '{}'), (ANNOTATED, '{"ds": '), (ANNOTATED, '\xff'),
                                    ('#cloud-config\n%sproxy-config-map: %s\n' % (P, '[' * 5000), '{}')):
            self.assertRegex(self.boot(user_data, metadata), '^left as it is, the annotations are not clear: ')
            self.assertEqual((self.config.read_bytes(), self.joins.exists()), (before, False))

    def test_values_stay_data(self):
        canary = self.folder / 'pwned'
        hostile = '$(touch %s)`touch %s`;\\u001b[0m\u2028' % (canary, canary)
        self.boot('#!/bin/sh\n# %sconnect-inject: "true"\n# %sservice-meta-x: %s\n' % (P, P, hostile))
        self.assertEqual(json.loads(self.config.read_text())['annotations'][P + 'service-meta-x'], hostile.rstrip('\u2028'))
        said = self.boot('#!/bin/sh\n# %sconnect-inject: $(touch %s)\x1b[2J\n' % (P, canary))
        self.assertIn('\\u001b', said)
        self.assertFalse(canary.exists())


@unittest.skipUnless(BUNDLE.exists() and shutil.which('node'), 'the command line is not built')
class Script(unittest.TestCase):
    """The final script: behind the operator's own, and only where the VM joins."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix='consul-vm-inject-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.scripts = self.folder / 'scripts'
        (self.scripts / 'vendor').mkdir(parents=True)
        bin_folder = self.folder / 'bin'
        bin_folder.mkdir()
        self.calls = self.folder / 'calls'
        for name in ('systemctl', 'consul-mesh-packages'):
            (bin_folder / name).write_text('#!/bin/sh\necho "%s $*" >> %s\n' % (name, self.calls))
            (bin_folder / name).chmod(0o755)
        self.environment = dict(os.environ, PATH='%s:%s:%s' % (bin_folder, BIN, os.environ['PATH']))

    def run_script(self, path):
        return subprocess.run([str(path)], env=self.environment, stderr=subprocess.PIPE, timeout=60, check=True)

    def vendor(self, *arguments):
        text = parts('--profile', 'prebuilt', *arguments, data=ANNOTATED.encode())['zz-consul-vm-inject-start']
        path = self.scripts / 'vendor/zz-consul-vm-inject-start'
        path.write_text(text.replace('/run/consul-vm-inject/joins', str(self.folder / 'joins')))
        path.chmod(0o700)
        return path

    def runs(self):
        """Runs vendor's scripts and then those of the operator, as cloud-init does: what started, and the names in order."""
        for path in sorted((self.scripts / 'vendor').iterdir()):
            self.run_script(path)
        listed = sorted(name for name in os.listdir(self.scripts) if (self.scripts / name).is_file())
        called = self.calls.read_text() if self.calls.exists() else ''
        for name in listed:
            self.run_script(self.scripts / name)
        return called, (self.calls.read_text() if self.calls.exists() else ''), listed

    def test_it_starts_the_sidecar_behind_whatever_scripts_there_are(self):
        for names in ([], ['runcmd', 'part-001'], ['zz'], ['zzzz.sh', 'zz top'], ['zz-consul-vm-inject-start'], ['zzz-consul-vm-inject-start', 'zz-consul'], ['z' * 200], ['\u00fc', '~x']):
            with self.subTest(names):
                self.setUp()
                self.vendor()
                for name in names:
                    (self.scripts / name).write_text('#!/bin/sh\necho %s >> %s\n' % ('operator', self.calls))
                    (self.scripts / name).chmod(0o700)
                before, after, listed = self.runs()
                self.assertEqual(before, '')
                self.assertEqual(after, 'operator\n' * len(names) + 'systemctl start --no-block consul-sidecar-init.service\n')
                self.assertEqual(len(listed), len(names) + 1)
                self.assertEqual((self.scripts / listed[-1]).stat().st_mode & 0o777, 0o700)

    def test_running_twice_adds_nothing(self):
        self.vendor()
        self.runs()
        self.assertEqual(len(self.runs()[2]), 1)

    def test_where_it_cannot_be_put_behind_it_starts_the_sidecar_at_once(self):
        self.vendor()
        (self.scripts / ('z' * 250)).touch()
        self.run_script(self.scripts / 'vendor/zz-consul-vm-inject-start')
        self.assertIn('systemctl start', self.calls.read_text())

    def test_as_user_data_it_starts_the_sidecar_where_it_stands(self):
        path = self.vendor().rename(self.scripts / 'zz-consul-vm-inject-start')
        self.run_script(path)
        self.assertIn('systemctl start', self.calls.read_text())
        self.assertEqual([entry.name for entry in self.scripts.iterdir() if entry.is_file()], [path.name])

    def test_that_of_a_fleet_does_nothing_where_the_vm_does_not_join(self):
        self.vendor('--static')
        self.assertEqual(self.runs(), ('', '', []))
        (self.folder / 'joins').touch()
        self.assertIn('systemctl start', self.runs()[1])

    @unittest.skipUnless(shutil.which('shellcheck'), 'shellcheck is not installed')
    def test_shellcheck_has_nothing_to_complain_of(self):
        for arguments in (['--static'], ['--static', '--profile', 'prebuilt'], []):
            for name, text in parts(*arguments, data=ANNOTATED.encode()).items():
                done = subprocess.run(['shellcheck', '-s', 'sh', '-'], input=text, stdout=subprocess.PIPE, text=True, check=False)
                self.assertEqual(done.stdout, '', name)

    def boot(self, *arguments):
        """Runs the boothook, whose files stand below a folder."""
        (self.folder / 'var/lib/cloud/instance').mkdir(parents=True, exist_ok=True)
        (self.folder / 'var/lib/cloud/instance/user-data.txt').write_text(ANNOTATED)
        text = parts('--static', *arguments)['consul-vm-inject-guest']
        text.encode('ascii')
        (self.folder / 'boothook').write_text(below(text, self.folder))
        return subprocess.run(['sh', str(self.folder / 'boothook')], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=True)

    def test_the_boothook_brings_what_plans_and_joins(self):
        done = self.boot()
        self.assertIn('this VM joins the mesh', done.stderr)
        subprocess.run(['python3', str(self.folder / 'srv/consul/generate-sidecar-configs.py')], env=self.environment, stderr=subprocess.PIPE, check=True)
        registration = json.loads((self.folder / 'etc/consul.d/service-registration.json').read_text())
        self.assertEqual(registration['service']['name'], 'web')
        self.assertTrue((self.folder / 'run/consul-vm-inject/joins').exists())

    def test_the_boothook_takes_the_rest_from_the_image_if_that_can_plan(self):
        done = self.boot('--profile', 'prebuilt')
        self.assertIn('bake it in with consul-vm-inject guest, or use --profile full', done.stdout)
        self.assertFalse((self.folder / 'srv').exists())
        programs(self.folder)
        done = self.boot('--profile', 'prebuilt')
        self.assertIn('this VM joins the mesh', done.stderr)
        self.assertIn('annotations', json.loads((self.folder / 'srv/consul/service-config.json').read_text()))

    def test_its_size_has_a_bar_of_its_own(self):
        self.assertLess(len(gzip.compress(parts('--static')['consul-vm-inject-guest'].encode())), 32 * 1024)


if __name__ == '__main__':
    unittest.main()
