"""The doctor names each of many faults as the first that failed, and its remedy takes the fault away; on a sound machine it finds nothing."""

import io
import json
import re
import subprocess
import tarfile
import time
import unittest

import choice
import looks
from foreign import STATE
from guarded import TLS, TOKEN, Guarded
from ills import ILLS, RESCUE, Ill, cure
from mesh import Mesh
from standing import Standing
from test_guarded import give
from tool import tool
from waiting import BUSY, eventually

PROGRAM = tool('doctor')
COMMAND = re.compile(r'`([^`]+)`')
# What a remedy names for reading, not for doing.
LOOKS = re.compile(r'^(?:journalctl|du|ss|consul validate|consul operator|consul-vm-inject|/usr/local/bin/consul-mesh-packages)\b')


def seen(machine: Standing, *options: str, runner: str = '', user: str = '') -> tuple[int, bytes, bytes]:
    """Status and what a doctor writes that comes down the pipe."""
    python = ['python3', '-c', runner] if runner else ['python3', '-', *options]
    argv = machine.enter(*(['setpriv', f'--reuid={user}', '--regid=nogroup', '--clear-groups'] if user else []), *python)
    done = subprocess.run(argv, input=PROGRAM if not runner else tool('doctor', *options), capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def examined(machine: Standing, runner: str = '', user: str = '') -> dict:
    start = time.monotonic()
    status, out, err = seen(machine, '--output', 'json', runner=runner, user=user)
    if time.monotonic() - start > 20 * BUSY or not out:
        raise AssertionError(f'{time.monotonic() - start:.0f} s, status {status}: {err.decode()}')
    return {**json.loads(out), 'exit': status, 'seconds': time.monotonic() - start}


def found(report: dict, *but: str) -> list[dict]:
    """What is not ok."""
    return [one for one in report['checks'] if one['status'] not in ('ok', *but)]


class Named:
    """To be mixed into a TestCase that has a mesh."""

    unseen: tuple[tuple[str, str], ...] = ()

    def sound(self, machine: Standing, seconds: float = 90) -> dict:
        """The report of a machine, as soon as nothing is found."""
        def attempt() -> dict:
            report = examined(machine)
            self.assertEqual([one for one in found(report) if (one['id'], one['status']) not in self.unseen], [])
            return report
        return eventually(attempt, seconds, lambda: machine.journal('consul', 'consul-sidecar-init', 'envoy@*', lines=60))

    def named(self, machine: Standing, check: str, words: str, runner: str = '') -> dict:
        """The first check that failed. It is asked for a few times, where a fault takes its time to show."""
        def attempt() -> dict:
            report = examined(machine, runner)
            failed = [one for one in report['checks'] if one['status'] == 'failed']
            self.assertEqual([one['id'] for one in failed][:1], [check], found(report, 'skipped'))
            self.assertIn(words, failed[0]['cause'] + failed[0]['remedy'])
            self.assertEqual((report['exit'], report['first'], report['status']), (2, check, 'failed'))
            return failed[0]
        return eventually(attempt, 30)

    def follow(self, machine: Standing, remedy: str) -> None:
        """Runs the commands of a remedy, as they stand there."""
        for command in COMMAND.findall(remedy):
            if not LOOKS.match(command):
                machine.sh(command, timeout=120)


class DoctorPlain(Named, unittest.TestCase):
    """Without ACLs and TLS."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = cls.enterClassContext(Mesh('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        looks.first_count(cls.mesh)
        # Each test leaves it so.
        cls().sound(cls.mesh.dashboard)

    def ill(self, name: str, ill: Ill) -> None:
        machine = self.mesh.dashboard
        self.addCleanup(lambda: done or machine.try_sh(RESCUE, timeout=300))
        done = []
        try:
            (self.mesh.server if ill.on_server else machine).sh(ill.make, timeout=120)
            first = self.named(machine, ill.check, ill.words, ill.runner)
        finally:
            cure(self.mesh, machine, ill)
        if ill.follow:
            self.follow(machine, first['remedy'])
        report = self.sound(machine)
        done.append(name)
        print(f'doctor: {name}: {ill.check}: {first["cause"]} -> {first["remedy"]}; then sound in {report["seconds"]:.1f} s', flush=True)

    def test_on_sound_machines_it_finds_nothing_and_changes_nothing(self) -> None:
        for machine in (self.mesh.counting, self.mesh.dashboard):
            self.sound(machine)
            rules = machine.sh(STATE)
            modules = machine.sh('cut -d " " -f 1 /proc/modules 2>/dev/null || true')
            start = int(time.time())
            status, out, _ = seen(machine)
            self.assertEqual(status, 0, out)
            self.assertEqual(machine.sh(f"find / -xdev -newermt @{start} -type f ! -path '/var/log/*' ! -path '/opt/consul/*'"), '')
            self.assertEqual((machine.sh(STATE), machine.sh('cut -d " " -f 1 /proc/modules 2>/dev/null || true')), (rules, modules))
            self.assertIn(b'a peer reaches ' + machine.name.encode(), out)

    def test_without_root_it_says_what_it_cannot_see(self) -> None:
        self.sound(self.mesh.dashboard)
        report = examined(self.mesh.dashboard, user='nobody')
        self.assertEqual(found(report, 'unseen'), [])
        self.assertEqual(report['exit'], 0)
        unseen = {one['id'] for one in found(report)}
        self.assertLessEqual({'plan-current', 'traffic-rules', 'envoy-ports'}, unseen)
        self.assertLessEqual({'agent-joined', 'envoy-listeners', 'dns-mesh', 'mesh-handshake'}, {one['id'] for one in report['checks']} - unseen)

    def test_a_bundle_goes_down_the_pipe(self) -> None:
        status, out, err = seen(self.mesh.dashboard, '--bundle', '-')
        self.assertEqual(status, 0, err)
        with tarfile.open(fileobj=io.BytesIO(out)) as archive:
            names = {entry.name.split('/', 1)[1]: entry.size for entry in archive}
        for name in ('report.json', 'envoy/dashboard/config_dump.txt', 'agent/agent-self.json', 'units/consul.service.log', 'rules/iptables-nft.txt',
                     'files/srv/consul/service-config.json'):
            self.assertGreater(names.get(name, 0), 100, names)


def add(name: str, ill: Ill) -> None:
    def test(self: DoctorPlain) -> None:
        self.ill(name, ill)
    setattr(DoctorPlain, f'test_{name.replace(" ", "_").replace("-", "_")}_is_named', test)


for name_of_ill, one_ill in ILLS.items():
    add(name_of_ill, one_ill)

EXPIRED = '''[ca]
default_ca = own
[own]
new_certs_dir = .
database = index.txt
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
x509_extensions = usage
[any]
commonName = supplied
[usage]
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:client.dc1.consul, DNS:localhost, IP:127.0.0.1
'''
EXPIRE = '''openssl x509 -x509toreq -in dc1-client-consul-0.pem -signkey dc1-client-consul-0-key.pem -out expired.csr
touch index.txt; echo 1000 >serial
openssl ca -batch -notext -config expired.cnf -in expired.csr -out expired.pem -cert consul-agent-ca.pem -keyfile consul-agent-ca-key.pem \
  -startdate 20200101000000Z -enddate 20200201000000Z'''


class DoctorGuarded(Named, unittest.TestCase):
    """With ACLs that deny, and TLS both ways."""

    # What an agent says of itself it says to no service.
    unseen = (('agent-connect', 'unseen'),)
    mesh: Guarded

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = cls.enterClassContext(Guarded('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        cls.token = cls.mesh.token('dashboard')
        give(cls.mesh.counting, cls.mesh.token('counting'))
        give(cls.mesh.dashboard, cls.token)

    def setUp(self) -> None:
        self.machine = self.mesh.dashboard
        self.sound(self.machine, 240)

    def test_on_sound_machines_it_finds_nothing(self) -> None:
        for machine in self.mesh.machines.values():
            self.sound(machine, 240)

    def test_a_token_that_is_missing_is_named(self) -> None:
        self.machine.sh(f'rm {TOKEN}')
        self.named(self.machine, 'agent-token', 'missing')
        give(self.machine, self.token)
        self.sound(self.machine)

    def test_a_token_that_consul_does_not_know_is_named(self) -> None:
        give(self.machine, '01234567-89ab-cdef-0123-456789abcdef')
        self.named(self.machine, 'agent-token', 'does not know')
        give(self.machine, self.token)
        self.sound(self.machine, 240)

    def test_a_token_of_another_service_is_named(self) -> None:
        give(self.machine, self.mesh.token('counting'))
        self.named(self.machine, 'agent-token', 'lacks service:write for dashboard')
        give(self.machine, self.token)
        self.sound(self.machine, 240)

    def test_an_expired_certificate_is_named(self) -> None:
        (self.mesh.folder / 'expired.cnf').write_text(EXPIRED)
        subprocess.run(['sh', '-ec', EXPIRE], cwd=self.mesh.folder, check=True, capture_output=True)
        text = (self.mesh.folder / 'expired.pem').read_text()
        self.machine.sh(f"cp -p {TLS}/cert.pem /root/cert.pem; cat >{TLS}/cert.pem <<'END'\n{text}END\nsystemctl --no-block restart consul; sleep 3")
        first = self.named(self.machine, 'agent-certificate', 'expired')
        self.machine.sh(f'cp -p /root/cert.pem {TLS}/cert.pem')
        self.follow(self.machine, first['remedy'].replace('`consul tls cert create` makes one', ''))
        self.sound(self.machine)

    def test_a_port_for_envoy_without_tls_is_named(self) -> None:
        self.machine.sh("echo 'ports { grpc = 8503, grpc_tls = -1 }' >/etc/consul.d/zzz.hcl && systemctl restart consul", timeout=120)
        first = self.named(self.machine, 'agent-xds', 'speaks no TLS')
        self.machine.sh('rm /etc/consul.d/zzz.hcl')
        self.follow(self.machine, first['remedy'])
        self.sound(self.machine)

    def test_neither_report_nor_bundle_holds_a_secret(self) -> None:
        for machine in self.mesh.machines.values():
            registration = json.loads(machine.sh('cat /etc/consul.d/service-registration.json'))
            secrets = [registration['service']['token'], self.mesh.authority.gossip, machine.sh(f'sed -n 5p {TLS}/key.pem').strip(),
                       *re.findall(r'default = "([^"]+)"', machine.sh('cat /etc/consul.d/zz-operator.hcl'))]
            self.assertGreater(min(map(len, secrets)), 20)
            status, out, err = seen(machine, '--bundle', '-')
            with tarfile.open(fileobj=io.BytesIO(out)) as archive:
                files = {entry.name: archive.extractfile(entry).read().decode() for entry in archive}
            self.assertGreater(len(files), 30)
            for name, text in {**files, 'the report': err.decode()}.items():
                for secret in secrets:
                    self.assertNotIn(secret, text, name)


if __name__ == '__main__':
    unittest.main()
