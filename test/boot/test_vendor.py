"""Vendor-data beside user-data that stays untouched: of one VM, and one document for a fleet whose VMs decide by themselves."""

import json
import subprocess
import unittest
from concurrent.futures import Future, ThreadPoolExecutor

import example
from example import CONFIG, REGISTRATION
from machine import Machine
from mesh_case import ACTIVE, MeshCase

SEED = '/var/lib/cloud/seed/nocloud/'
START = 'zz-consul-vm-inject-vendor-start'
DECIDED = 'journalctl --boot --no-pager -o cat -t consul-vm-inject'
WANTED = {'units': example.UNITS, 'files': ('/srv/consul', '/srv/consul/*', '/etc/systemd/system/*consul*', '/etc/systemd/system/envoy*', '/run/consul-vm-inject/*',
                                            CONFIG, REGISTRATION),
          'texts': ('/root/*', CONFIG, '/var/lib/cloud/instance/user-data.txt'), 'run': (DECIDED,)}
# Everything that vendor-data as a cloud-config would lose by it; the last script of the operator's says when it ran.
PLAIN = b'''#cloud-config
write_files: [{path: /root/operator, content: operator}]
packages: [hello]
users: [default, {name: ops}]
runcmd: ["sleep 2; cut -d ' ' -f 1 /proc/uptime > /root/runcmd"]
'''
COMMENTS = b'''# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: counting
# consul.hashicorp.com/connect-service-port: "9001"
'''
ANNOTATED = PLAIN.replace(b'\n', b'\n' + COMMENTS, 1)


def vendor_data(*options: str, data: bytes = b'') -> bytes:
    return subprocess.run(['node', str(example.BUNDLE), 'vendor-data', '-q', *options], input=data, capture_output=True, timeout=60, check=True).stdout


def dynamic() -> dict:
    with example.machine('vendor-dynamic', ANNOTATED, vendor_data(data=ANNOTATED)) as made:
        return made.boot(**WANTED, wait_for=ACTIVE)


def annotated() -> tuple[dict, dict, dict]:
    """Twice as it is; then the disk becomes another instance, which is not annotated."""
    with example.machine('vendor-static', ANNOTATED, vendor_data('--static')) as made:
        first = made.boot(**WANTED, wait_for=ACTIVE)
        second = made.boot(**WANTED, wait_for=ACTIVE)
        made.write(SEED + 'user-data', PLAIN, 0o600)
        made.write(SEED + 'meta-data', 'instance-id: i-another\nlocal-hostname: vm\n')
        return first, second, made.boot(**WANTED)


def plain() -> dict:
    """No stand-ins: nothing of the mesh is on the machine, and nothing comes."""
    with Machine('vendor-plain', PLAIN.replace(b'packages: [hello]\n', b''), vendor_data('--static')) as made:
        return made.boot(**WANTED)


def tagged() -> tuple[dict, dict]:
    """Annotated in the metadata alone, by tags, as platforms have them that allow no slash; then switched off there."""
    with example.machine('vendor-tagged', b'#!/bin/sh\necho script > /root/script\n', vendor_data('--static')) as made:
        tags = 'consul.hashicorp.com:connect-inject: true\nconsul.hashicorp.com:connect-service: counting\n'
        made.write(SEED + 'meta-data', f'instance-id: i-tagged\nlocal-hostname: vm\n{tags}tags: {{consul.hashicorp.com:connect-service-port: 9001}}\n')
        first = made.boot(**WANTED, wait_for=ACTIVE)
        made.write(CONFIG, '{"annotations": {"consul.hashicorp.com/connect-service": "mine"}}\n', 0o640)
        made.write(SEED + 'meta-data', 'instance-id: i-untagged\nlocal-hostname: vm\n')
        return first, made.boot(**WANTED)


def both() -> dict:
    """User-data that was injected already, on a fleet with vendor-data of its own."""
    injected = subprocess.run(['node', str(example.BUNDLE), 'inject', '-q'], input=ANNOTATED, capture_output=True, timeout=60, check=True).stdout
    with example.machine('vendor-both', injected, vendor_data('--static', '--default-inject')) as made:
        return made.boot(**WANTED, wait_for=ACTIVE)


class Vendor(MeshCase):
    """Each scenario boots a machine of its own; two at a time."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.pool = ThreadPoolExecutor(2)
        cls.boots: dict[str, Future] = {make.__name__: cls.pool.submit(make) for make in (dynamic, annotated, plain, tagged, both)}

    @classmethod
    def tearDownClass(cls) -> None:
        cls.pool.shutdown()

    def starts_last(self, report: dict) -> None:
        self.assertEqual(max(name for name in report['scripts'] if '/' not in name), START)
        started = int(report['units']['consul-sidecar-init.service']['ExecMainStartTimestampMonotonic']) / 1e6
        self.assertGreater(started, float(report['texts']['/root/runcmd']) - 0.1)

    def operators(self, report: dict, data: bytes) -> None:
        self.assertEqual(report['texts']['/var/lib/cloud/instance/user-data.txt'], data.decode())
        self.assertEqual(report['texts']['/root/operator'], 'operator')
        self.assertTrue([line for line in report['passwd'] if line.startswith('ops:')])

    def test_vendor_data_of_one_vm_joins_it_behind_all_that_the_operator_runs(self) -> None:
        report = self.boots['dynamic'].result()
        self.in_the_mesh(report)
        self.starts_last(report)
        self.operators(report, ANNOTATED)
        self.assertTrue([line for line in report['packages'] if line.startswith('hello')])

    def test_an_annotated_vm_of_a_fleet_joins_and_stays(self) -> None:
        first, second, _ = self.boots['annotated'].result()
        for report in (first, second):
            self.in_the_mesh(report)
            self.starts_last(first)
            self.operators(report, ANNOTATED)
            self.assertEqual(report['run'][DECIDED], 'connect-inject is "true": this VM joins the mesh\n')
            self.assertIn('/run/consul-vm-inject/joins', report['files'])
        self.assertEqual(first['files'][CONFIG], second['files'][CONFIG])
        self.assertEqual(first['files'][CONFIG]['mode'], '0640')
        theirs = subprocess.run(['node', '--input-type=module', '-e', f'''
            import {{ vendorData }} from {json.dumps(str(example.PROJECT / 'dist/src/index.js'))}
            console.log(JSON.stringify(vendorData(Buffer.from({json.dumps(ANNOTATED.decode())})).plan.serviceConfig))'''],
            capture_output=True, timeout=60, check=True).stdout
        # What the VM was told comes to the plan that the command line makes.
        planner = example.PROJECT / 'userdata-templates/guest/plan_annotations.py'
        planned = subprocess.run(['/usr/bin/python3', '-B', str(planner)], input=first['texts'][CONFIG].encode(), capture_output=True,
                                 timeout=60, check=True).stdout
        self.assertEqual(json.loads(planned), json.loads(theirs))

    def test_a_disk_that_becomes_another_vm_without_annotations_leaves_the_mesh(self) -> None:
        report = self.boots['annotated'].result()[2]
        self.outside(report)
        self.assertEqual(report['run'][DECIDED], 'connect-inject is not set: this VM is left alone\n')
        self.assertIsNone(report['files'][CONFIG])
        self.assertIsNone(report['files'][REGISTRATION])
        self.operators(report, PLAIN)

    def test_a_vm_of_a_fleet_that_is_not_annotated_is_left_alone(self) -> None:
        report = self.boots['plain'].result()
        self.outside(report)
        self.assertEqual(report['run'][DECIDED], 'connect-inject is not set: this VM is left alone\n')
        self.assertEqual([path for path, found in report['files'].items() if found], [])
        self.assertEqual(sorted(report['scripts']), ['runcmd', 'vendor/zz-consul-vm-inject-start'])
        self.assertFalse([line for line in report['passwd'] if line.startswith(('envoy:', 'consul:'))])

    def test_tags_of_the_metadata_join_a_vm_whose_user_data_says_nothing(self) -> None:
        first, _ = self.boots['tagged'].result()
        self.in_the_mesh(first)
        annotations = json.loads(first['texts'][CONFIG])['annotations']
        self.assertEqual(annotations['consul.hashicorp.com/connect-service-port'], '9001')
        self.assertEqual(first['texts']['/root/script'], 'script\n')

    def test_a_configuration_that_the_operator_has_edited_is_never_taken_away(self) -> None:
        _, second = self.boots['tagged'].result()
        self.assertIn('"mine"', second['texts'][CONFIG])
        self.assertIn('this VM is left alone', second['run'][DECIDED])

    def test_user_data_that_was_injected_itself_is_not_joined_twice(self) -> None:
        report = self.boots['both'].result()
        self.in_the_mesh(report)
        self.assertEqual(report['run'][DECIDED], 'connect-inject-status says "injected": this VM is left alone\n')
        self.assertEqual([name for name in report['scripts'] if 'consul' in name], ['vendor/zz-consul-vm-inject-start', 'zz-consul-vm-inject-start'])


if __name__ == '__main__':
    unittest.main()
