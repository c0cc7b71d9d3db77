"""ACLs that deny, TLS both ways and encrypted gossip: the mesh counts by tokens that come late, that were wrong, and by logging in."""

import json
import time
import unittest

import choice
import looks
from capture import HANDSHAKE, Capture
from guarded import CLIENT, METHOD, TLS, TOKEN, Guarded
from standing import Standing
from waiting import eventually

REGISTRATION = '/etc/consul.d/service-registration.json'
SINK = '/run/consul-vm-inject/visitor.token'
# How the visitor's token and agent ended in the boot before this one.
TOLD_BEFORE = 'journalctl --boot=-1 --no-pager --output=short-monotonic --unit=consul-acl-token@visitor --unit=consul | tail -n 60'


def counted(machine: Standing) -> int:
    """What a dashboard is told by counting, now."""
    answer = machine.inside.get(looks.COUNT)
    if answer.status != 200:
        raise AssertionError(f'{answer.status}: {answer.text.strip()}')
    return json.loads(answer.text)['count']


def give(machine: Standing, token: str) -> None:
    """Puts a token there as an operator's agent does: for root alone, and whole."""
    machine.sh(f'mkdir -p "$(dirname {TOKEN})" && umask 077 && echo {token} >{TOKEN}.new && mv {TOKEN}.new {TOKEN}')


class GuardedMesh(unittest.TestCase):
    mesh: Guarded

    @classmethod
    def setUpClass(cls) -> None:
        cls.mesh = mesh = cls.enterClassContext(Guarded('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        # Before counting has a token, and while that of dashboard is wrong.
        cls.before = mesh.counting.try_sh(f'systemctl is-active consul; ls {REGISTRATION}; systemctl list-jobs --no-legend')[1]
        cls.waiting = mesh.counting.journal('consul-sidecar-init', 'consul-acl-token@counting')
        cls.wrong = eventually(cls.complaint, 90)
        start = time.monotonic()
        cls.token = mesh.token('counting')
        give(mesh.counting, cls.token)
        cls.eventually(lambda: counted(mesh.machines['visitor']), 90)
        print(f'mesh: counts {time.monotonic() - start:.0f} s after a late token', flush=True)
        start = time.monotonic()
        give(mesh.dashboard, mesh.token('dashboard'))
        cls.eventually(lambda: counted(mesh.dashboard), 120)
        print(f'mesh: counts {time.monotonic() - start:.0f} s after a wrong token was fixed', flush=True)

    @classmethod
    def complaint(cls) -> str:
        said = cls.mesh.dashboard.journal('envoy@dashboard', lines=300)
        if 'will not do' not in said:
            raise AssertionError('no word on the token:\n' + said)
        return said

    @classmethod
    def eventually(cls, attempt, seconds: float):
        def context() -> str:
            units = ('consul-sidecar-init', 'consul', 'consul-acl-token@*', 'envoy@*')
            return '\n'.join(f'{machine.name}:\n{machine.journal(*units)}' for machine in cls.mesh.machines.values())

        return eventually(attempt, seconds, context)

    def setUp(self) -> None:
        for name in ('dashboard', 'visitor'):
            self.eventually(lambda name=name: counted(self.mesh.machines[name]), 90)

    def test_a_token_that_is_missing_holds_nothing_up_and_registers_nothing(self) -> None:
        self.assertTrue(self.before.startswith('active\n'), self.before)
        self.assertIn(f"cannot access '{REGISTRATION}'", self.before)
        self.assertIn('not registered yet: no token', self.waiting)
        self.assertIn(f'{TOKEN} is missing or empty', self.waiting)

    def test_a_wrong_token_is_named_with_what_it_needs(self) -> None:
        self.assertIn(f'{TOKEN} will not do for dashboard: Consul does not know it: give it a service identity', self.wrong)

    def test_a_token_of_another_service_is_named_too(self) -> None:
        good = self.mesh.dashboard.sh(f'cat {TOKEN}').strip()
        give(self.mesh.dashboard, self.mesh.token('counting'))
        wanted = 'it lacks service:write for dashboard, service:write for dashboard-sidecar-proxy'
        eventually(lambda: self.assertIn(wanted, self.mesh.dashboard.journal('consul-acl-token@dashboard')), 60)
        give(self.mesh.dashboard, good)

    def test_only_the_agent_can_read_the_registration(self) -> None:
        for machine in self.mesh.machines.values():
            self.assertEqual(machine.sh(f'stat -c %a:%U {REGISTRATION}').strip(), '600:consul')
        self.assertEqual(self.mesh.machines['visitor'].sh(f'stat -c %a:%U:%G {SINK}').strip(), '640:root:envoy')

    def test_no_token_is_said_aloud(self) -> None:
        for machine in self.mesh.machines.values():
            token = json.loads(machine.sh(f'cat {REGISTRATION}'))['service']['token']
            said = machine.sh('journalctl --boot --no-pager; cat /var/log/cloud-init*.log; ps -eo args')
            self.assertIn('consul-sidecar-init', said)
            self.assertNotIn(token, said.replace(f'"id":"{token}"', ''))

    def test_there_is_no_plain_api_and_nothing_to_read_on_the_wire(self) -> None:
        with Capture(self.mesh.network) as capture:
            counted(self.mesh.dashboard)
            for machine in (self.mesh.server, *self.mesh.machines.values()):
                with self.assertRaises(OSError):
                    self.mesh.network.get(f'http://{machine.address}:8500/v1/status/leader')
            time.sleep(2)
        self.assertTrue(capture.with_bytes(HANDSHAKE))
        # The last is a field of gossip, which every second has some of.
        for plain in (b'"count"', b'GET / ', b'counting.virtual', b'dashboard-sidecar-proxy', b'SeqNo'):
            self.assertEqual(capture.with_bytes(plain), [])
        self.assertEqual(self.mesh.counting.sh(f'stat -c %a:%U {TLS}/ca.pem {TLS}/key.pem').split(), ['600:consul'] * 2)

    def test_the_catalog_has_them_with_what_the_agent_was_told(self) -> None:
        wanted = {'counting', 'counting-sidecar-proxy', 'dashboard', 'dashboard-sidecar-proxy', 'visitor', 'visitor-sidecar-proxy'}
        # What a wrong token kept out comes with the agent's next whole comparison, a minute or two later.
        self.eventually(lambda: self.assertLessEqual(wanted, self.mesh.services()), 180)

    def test_a_token_that_changes_is_followed_by_agent_and_envoy(self) -> None:
        counting, start = self.mesh.counting, time.monotonic()
        token = self.mesh.token('counting')
        give(counting, token)
        self.eventually(lambda: self.assertIn(token, counting.sh(f'cat {REGISTRATION}')), 30)
        self.eventually(lambda: self.assertIn(token, counting.inside.get('http://127.0.0.1:19000/config_dump').text), 60)
        self.mesh.consul(f'acl token delete -id={self.accessor(type(self).token)}')
        type(self).token = token
        self.eventually(lambda: counted(self.mesh.dashboard), 60)
        print(f'mesh: counts {time.monotonic() - start:.0f} s after a token was changed', flush=True)
        self.assertLessEqual({'counting', 'counting-sidecar-proxy'}, self.mesh.services())

    def test_the_one_that_logs_in_says_which_vm_it_is_and_logs_out_when_it_goes_down(self) -> None:
        visitor = self.mesh.machines['visitor']
        token = visitor.sh(f'cat {SINK}').strip()
        said = json.loads(self.mesh.consul(f'acl token read -self -format=json', token))
        self.assertEqual((said['AuthMethod'], [one['ServiceName'] for one in said['ServiceIdentities']]), (METHOD, ['visitor']))
        self.assertIn('{"vm":"visitor/visitor"}', said['Description'])
        visitor.ask_reboot()
        visitor.rebooting()
        known, start = self.mesh.known(token), time.monotonic()
        visitor.booted()
        self.assertFalse(known, visitor.try_sh(TOLD_BEFORE)[1])
        self.eventually(lambda: counted(visitor), 90)
        print(f'mesh: counts {time.monotonic() - start:.0f} s into the boot that logs in again', flush=True)
        self.assertNotEqual(visitor.sh(f'cat {SINK}').strip(), token)

    def test_a_login_that_consul_forgot_is_made_again(self) -> None:
        visitor, start = self.mesh.machines['visitor'], time.monotonic()
        token = visitor.sh(f'cat {SINK}').strip()
        self.mesh.consul(f'acl token delete -id={self.accessor(token)}')

        def again() -> None:
            now = visitor.sh(f'cat {SINK}').strip()
            self.assertNotEqual(now, token)
            self.assertIn(now, visitor.inside.get('http://127.0.0.1:19000/config_dump').text)

        self.eventually(again, 90)
        self.eventually(lambda: counted(visitor), 60)
        print(f'mesh: counts {time.monotonic() - start:.0f} s after its token was forgotten', flush=True)

    def test_what_is_taken_out_of_the_mesh_is_out_of_the_catalog_and_logged_out(self) -> None:
        visitor = self.mesh.machines['visitor']
        self.eventually(lambda: self.assertIn('visitor', self.mesh.services()), 120)
        token = visitor.sh(f'cat {SINK}').strip()
        visitor.sh('mv /srv/consul/service-config.json /root/ && systemctl start consul-sidecar-init', timeout=180)
        self.eventually(lambda: self.assertFalse({'visitor', 'visitor-sidecar-proxy'} & self.mesh.services()), 30)
        self.eventually(lambda: self.assertFalse(self.mesh.known(token)), 30)
        self.eventually(lambda: self.assertEqual(visitor.try_sh('ls /run/systemd/system/consul-acl-token* /run/consul-vm-inject/*.token 2>/dev/null')[1], ''), 20)
        visitor.sh('mv /root/service-config.json /srv/consul/ && systemctl start consul-sidecar-init', timeout=180)

    def accessor(self, token: str) -> str:
        return json.loads(self.mesh.consul('acl token read -self -format=json', token))['AccessorID']


if __name__ == '__main__':
    unittest.main()
