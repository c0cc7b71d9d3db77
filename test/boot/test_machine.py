"""The harness proves itself on user-data that owes nothing to the injector."""

import unittest
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from machine import BootFailed, Machine

BOOTHOOK = '#!/bin/sh\necho "$INSTANCE_ID" >> /root/boothook\n'
SCRIPT = '#!/bin/sh\necho once >> /root/script\n'
STUCK_UNIT = '[Service]\nType=oneshot\nExecStart=/bin/true\n'


def multipart(*parts: tuple[str, str, str]) -> bytes:
    """A MIME user-data of (subtype, file name, text)."""
    message = MIMEMultipart(boundary='==boot-test==')
    for subtype, name, text in parts:
        part = MIMEText(text, subtype)
        part.add_header('Content-Disposition', 'attachment', filename=name)
        message.attach(part)
    return message.as_bytes()


class BootTwice(unittest.TestCase):
    """One machine, two boots."""

    @classmethod
    def setUpClass(cls) -> None:
        data = multipart(('cloud-boothook', 'hook', BOOTHOOK), ('x-shellscript', 'zz-last', SCRIPT))
        with Machine('harness', data) as machine:
            wanted = {'files': ('/root/*', '/root/none'), 'texts': ('/root/boothook', '/root/script'),
                      'units': ('ssh.service',)}
            cls.first = machine.boot(**wanted)
            machine.write('/root/between', 'the boots', 0o640)
            machine.remove('/etc/motd')
            cls.second = machine.boot(**wanted, run=('cat /etc/motd',), shutdown='clean')
            cls.left = machine.read('/root/script'), machine.read('/etc/motd')
            cls.folder = machine.folder

    def test_boothook_runs_at_each_boot(self) -> None:
        self.assertEqual(self.first['texts']['/root/boothook'], 'i-boot-test\n')
        self.assertEqual(self.second['texts']['/root/boothook'], 'i-boot-test\n' * 2)

    def test_script_runs_once(self) -> None:
        self.assertEqual(self.first['texts']['/root/script'], 'once\n')
        self.assertEqual(self.second['texts']['/root/script'], 'once\n')
        self.assertEqual(self.first['scripts'], {'zz-last': SCRIPT})

    def test_cloud_init_is_done_without_a_complaint(self) -> None:
        for boot in (self.first, self.second):
            self.assertIn('status: done', boot['cloud_init']['status'])
            self.assertEqual(boot['cloud_init']['errors'], [])
            self.assertEqual(boot['cloud_init']['warnings'], [])

    def test_system_is_running_and_nothing_failed(self) -> None:
        for boot in (self.first, self.second):
            self.assertEqual((boot['state'], boot['failed'], boot['jobs']), ('running', [], []))
            self.assertEqual(boot['units']['ssh.service']['ActiveState'], 'active')

    def test_each_boot_is_its_own(self) -> None:
        self.assertNotEqual(self.first['boot_id'], self.second['boot_id'])

    def test_files_carry_mode_and_owner(self) -> None:
        between = self.second['files']['/root/between']
        self.assertEqual((between['mode'], between['owner'], between['size']), ('0640', 'root', 9))
        self.assertNotIn('/root/between', self.first['files'])
        self.assertIsNone(self.first['files']['/root/none'])

    def test_disk_is_read_and_changed_between_boots(self) -> None:
        self.assertEqual(self.left, (b'once\n', None))
        self.assertIn('No such file', self.second['run']['cat /etc/motd'])

    def test_nat_table_is_reported(self) -> None:
        self.assertNotIn('CONSUL', self.first['nat']['iptables'])
        self.assertNotIn('exit', self.first['nat']['iptables'])

    def test_nothing_is_left_on_the_host(self) -> None:
        self.assertFalse(self.folder.exists())


class Stuck(unittest.TestCase):
    """A boot that hangs is a failure with a name, within its bound."""

    def test_deadlock_names_the_stuck_jobs(self) -> None:
        hook = '#!/bin/sh\nsystemctl daemon-reload\nsystemctl start late.service\n'
        with Machine('deadlock', multipart(('cloud-boothook', 'hook', hook))) as machine:
            machine.write('/etc/systemd/system/late.service', STUCK_UNIT)
            with self.assertRaises(BootFailed) as failed:
                machine.boot(bound=4)
        self.assertIn('late.service start waiting', str(failed.exception))
        self.assertIn('systemctl start late.service', str(failed.exception))

    def test_unsettled_unit_is_named(self) -> None:
        with Machine('unsettled', b'#!/bin/sh\nsystemctl start --no-block slow.service\n') as machine:
            machine.write('/etc/systemd/system/slow.service', STUCK_UNIT.replace('true', 'sleep 600'))
            with self.assertRaises(BootFailed) as failed:
                machine.boot(settle=2)
        self.assertIn('slow.service start running', str(failed.exception))

    def test_machine_without_a_report_is_killed(self) -> None:
        with Machine('silent', b'#!/bin/sh\n') as machine:
            machine.link('/etc/systemd/system/boot-probe.service', '/dev/null')
            with self.assertRaises(BootFailed) as failed:
                machine.boot(timeout=6)
        self.assertIn('no report after 6 s', str(failed.exception))


if __name__ == '__main__':
    unittest.main()
