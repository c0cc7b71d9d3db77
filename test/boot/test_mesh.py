"""The life of a sidecar on a booted machine: late and restarted agents, changes, stops, missing tokens, two services, and values
that try to be executed."""

import json
import re
import subprocess
import tempfile
import unittest
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import example
import stand_ins

P, A = 'consul.hashicorp.com/', 'alpha.consul.hashicorp.com/'
COUNTING = example.EXAMPLES / 'counting/user-data.yaml'
UNIT = 'envoy@counting.service'
WANTED = {'units': (*example.UNITS, 'ssh.service'), 'files': (example.REGISTRATION,)}
PLAIN = b'#cloud-config\nruncmd:\n  - [touch, /var/tmp/operator-was-here]\n'
RULES = 'iptables-save -t nat | grep -c CONSUL_PROXY'
# What an annotation must never bring about.
CANARY = '/pwned'
HOSTILE = f"$(touch {CANARY}) `touch {CANARY}` ;touch {CANARY}; '\"\\ %n %s $HOME ${{HOME}} \u00e9\u2603"


def injected(document: bytes, **annotations: str) -> bytes:
    """The document injected, with annotations from outside; `_` stands for `-` and a leading `alpha_` for the VM's own domain."""
    flags = []
    for key, value in annotations.items():
        name = key.replace('_', '-')
        whole = A + name[len('alpha-'):] if name.startswith('alpha-') else P + name
        flags += ['--annotation', f'{whole}={value}']
    with tempfile.NamedTemporaryFile() as file:
        file.write(document)
        file.flush()
        done = subprocess.run(['node', str(example.BUNDLE), 'inject', '-q', *flags, file.name], capture_output=True, timeout=60)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def said(report: dict) -> list[str]:
    """What the commands that were run on the machine wrote, in order."""
    return list(report['run'].values())


def late() -> dict:
    """The agent answers half a minute after it was started."""
    with example.machine('mesh-late', example.inject(COUNTING)) as made:
        stand_ins.turn(made, 'agent-delay', '30')
        return made.boot(**WANTED, wait_for=(f'systemctl is-active {UNIT}', RULES), settle=90, timeout=200)


def life() -> dict:
    """One boot in which the agent restarts, the configuration changes, and the sidecar is stopped."""
    change = ("python3 - <<'E'\nimport json\np='/srv/consul/service-config.json'\nc=json.load(open(p))\n"
              "c['plan']['registration']['service']['tags']=['changed']\n"
              "c['plan']['sidecars'][0]['redirect']+=['-exclude-inbound-port=9100','-exclude-inbound-port=9200']\n"
              "json.dump(c,open(p,'w'))\nE\n")
    settled = f"for i in $(seq 100); do [ \"$(systemctl is-active {UNIT})\" = active ] && break; sleep 0.2; done; sleep 1; "
    data = injected(COUNTING.read_bytes(), sidecar_proxy_lifecycle_shutdown_grace_period_seconds='2')
    with example.machine('mesh-life', data) as made:
        return made.boot(**WANTED, timeout=200, run=(
            'systemctl restart consul.service; ' + settled + f'systemctl is-active {UNIT}; ' + RULES,
            change + 'systemctl restart consul-sidecar-init.service && sleep 1; ' + settled + 'cat ' + example.REGISTRATION,
            'iptables-save -t nat | grep -c -- "--dport 9200 -j RETURN"; systemctl is-active ' + UNIT,
            'cp /etc/consul.d/service-registration.json /tmp/good; echo "{broken" > /srv/consul/service-config.json; '
            'systemctl restart consul-sidecar-init.service; cmp /tmp/good /etc/consul.d/service-registration.json && echo unchanged; '
            f'systemctl is-active {UNIT}',
            f'systemctl stop {UNIT}; iptables-save -t nat; ip6tables-save -t nat; nft list tables',
            'journalctl --no-pager -o cat -u consul-sidecar-init.service',
            f'journalctl --no-pager -o cat -u {UNIT} | tail -n 30',
        ))


def missing_token() -> dict:
    data = injected(COUNTING.read_bytes(), alpha_acl_token_file='/etc/consul.d/no-such-token')
    with example.machine('mesh-token', data) as made:
        return made.boot(**WANTED, settle=90, timeout=200, must_settle=False, bound=60)


def late_token() -> dict:
    """The token is there a minute and a quarter after the boot: when the sidecar's first try has been given up."""
    data = injected(COUNTING.read_bytes(), alpha_acl_token_file='/run/late-token')
    with example.machine('mesh-late-token', data) as made:
        made.write('/etc/systemd/system/late-token.service',
                   "[Service]\nExecStart=/bin/sh -c 'sleep 75; echo secret >/run/late-token'\n[Install]\nWantedBy=multi-user.target\n")
        made.run('systemctl', 'enable', 'late-token.service')
        return made.boot(**WANTED, wait_for=(f'systemctl is-active {UNIT}', RULES), settle=150, timeout=300, bound=120)


def crashing() -> dict:
    """Envoy crashes at once, each time; then somebody looks, stops it in its pause, fixes it, and starts it."""
    state = f'systemctl is-active {UNIT} consul-envoy-retry@counting; '
    with example.machine('mesh-crash', injected(COUNTING.read_bytes())) as made:
        stand_ins.turn(made, 'envoy-crash')
        return made.boot(**WANTED, timeout=300, must_settle=False, settle=20, run=(
            f'for i in $(seq 250); do journalctl -u {UNIT} | grep -q "next try in 20 s" && break; sleep 0.2; done; sleep 1; '
            + state + 'systemctl list-jobs --no-legend; iptables-save -t nat | grep -c CONSUL_PROXY',
            f'systemctl stop {UNIT}; sleep 1; ' + state,
            f'rm /etc/stand-in/envoy-crash; systemctl start {UNIT}; ' + state + RULES,
            f'journalctl --boot --no-pager -o cat -u {UNIT} | grep "next try"',
        ))


def two_services() -> tuple[dict, bytes]:
    data = injected(PLAIN, connect_inject='true', connect_service='web,admin', connect_service_port='8080,9090', transparent_proxy='false')
    with example.machine('mesh-two', data) as made:
        report = made.boot(**WANTED, wait_for=('systemctl is-active envoy@web.service envoy@admin.service',))
        return report, made.read(example.REGISTRATION)


def prebuilt() -> dict:
    """An image with everything baked in, and user-data that brings one small file."""
    script = subprocess.run(['node', str(example.BUNDLE), 'guest'], capture_output=True, timeout=60, check=True).stdout
    data = subprocess.run(['node', str(example.BUNDLE), 'inject', '-q', '--profile', 'prebuilt', str(COUNTING)],
                          capture_output=True, timeout=60, check=True).stdout
    with example.machine('mesh-prebuilt', data) as made:
        made.write('/root/install-guest.sh', script)
        made.run('sh', '/root/install-guest.sh')
        return made.boot(**WANTED, wait_for=(f'systemctl is-active {UNIT}',), run=('systemctl is-enabled consul-sidecar-init', RULES))


def hostile() -> tuple[dict, dict, bytes]:
    """First values that a transformer passes, since they are text; then a configuration that somebody wrote by hand."""
    data = injected(PLAIN, connect_inject='true', connect_service='web', service_tags=HOSTILE.replace(',', ''),
                    service_meta_note=HOSTILE, envoy_extra_args=f"--log-path '$(touch {CANARY});`touch {CANARY}` %n $HOME'")
    look = (f'ls {CANARY}* 2>&1; cat /run/systemd/system/envoy@web.service.d/*',)
    with example.machine('mesh-hostile', data) as made:
        first = made.boot(**WANTED, wait_for=('systemctl is-active envoy@web.service',), run=look)
        registration = made.read(example.REGISTRATION)
        schema = json.loads((example.PROJECT / 'annotations/schema.json').read_text())
        keys = schema['definitions']['ConsulAnnotations']['properties']
        values = {key: f'22;touch {CANARY}\n$(touch {CANARY})' for key in keys if key != P + 'connect-inject'}
        made.write(example.CONFIG, json.dumps({'annotations': values}), 0o640)
        # As in an image: annotations are planned on the VM.
        made.write('/srv/consul/plan_annotations.py', (example.PROJECT / 'userdata-templates/guest/plan_annotations.py').read_text())
        second = made.boot(**WANTED, run=look, settle=60)
        return first, second, registration


class Mesh(unittest.TestCase):
    """Each scenario boots a machine of its own; two at a time."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.pool = ThreadPoolExecutor(2)
        cls.boots: dict[str, Future] = {
            make.__name__: cls.pool.submit(make) for make in (late, life, missing_token, late_token, crashing, two_services, prebuilt, hostile)
        }

    @classmethod
    def tearDownClass(cls) -> None:
        cls.pool.shutdown()

    def test_an_agent_that_is_half_a_minute_late_is_waited_for_without_a_restart(self) -> None:
        report = self.boots['late'].result()
        unit = report['units'][UNIT]
        self.assertEqual((unit['ActiveState'], unit['NRestarts']), ('active', '0'), report['journal']['envoy@*.service'])

    def test_a_restart_of_the_agent_leaves_the_sidecar_and_its_rules(self) -> None:
        words = said(self.boots['life'].result())[0].split()
        self.assertEqual(words[0], 'active', words)
        self.assertGreater(int(words[-1]), 0)

    def test_a_changed_configuration_is_registered_and_redirected_anew(self) -> None:
        report = self.boots['life'].result()
        self.assertEqual(json.loads(said(report)[1])['service']['tags'], ['changed'])
        self.assertEqual(said(report)[2].split(), ['1', 'active'])

    def test_a_broken_configuration_changes_nothing_and_is_told(self) -> None:
        report = self.boots['life'].result()
        self.assertEqual(said(report)[3].split()[-2:], ['unchanged', 'active'], said(report)[3])
        self.assertIn('/srv/consul/service-config.json: ', said(report)[5])

    def test_a_stop_drains_first_and_then_takes_the_rules_away(self) -> None:
        report = self.boots['life'].result()
        self.assertNotIn('CONSUL', said(report)[4])
        self.assertNotIn('consul_tproxy', said(report)[4])
        words = ('draining Envoy: status 200', '"event": "stop"', 'redirection removed')
        self.assertEqual(sorted(words, key=said(report)[6].rindex), list(words), said(report)[6])

    def test_without_its_token_file_the_machine_is_reachable_and_says_why(self) -> None:
        report = self.boots['missing_token'].result()
        self.assertEqual(report['units']['ssh.service']['ActiveState'], 'active')
        self.assertNotEqual(report['units'][UNIT]['ActiveState'], 'active')
        self.assertNotIn('CONSUL', report['nat']['iptables'] + report['nft'])
        self.assertIn('no-such-token', report['journal']['envoy@*.service'])

    def test_a_token_that_is_later_than_a_try_still_leads_into_the_mesh(self) -> None:
        report = self.boots['late_token'].result()
        journal = report['journal']['envoy@*.service']
        self.assertEqual(report['units'][UNIT]['ActiveState'], 'active', journal)
        self.assertIn('/run/late-token is missing or empty', journal)
        self.assertIn('next try in 5 s', journal)

    def test_a_sidecar_that_crashes_is_tried_ever_more_slowly_and_can_be_stopped(self) -> None:
        report = self.boots['crashing'].result()
        pausing, stopped, started, journal = said(report)
        self.assertEqual(re.findall(r'next try in (\d+) s', journal), ['5', '10', '20'], journal)
        self.assertEqual(pausing.split()[:3], ['failed', 'active', '0'], pausing)
        self.assertEqual(stopped.split()[1], 'inactive', stopped)
        self.assertEqual(started.split()[0], 'active', started)
        self.assertGreater(int(started.split()[-1]), 0)

    def test_two_services_have_a_registration_and_an_envoy_each(self) -> None:
        report, registration = self.boots['two_services'].result()
        self.assertEqual([service['name'] for service in json.loads(registration)['services']], ['web', 'admin'])
        starts = {call['argv'][2]: call['argv'] for call in report['calls'] if call['program'] == 'consul' and call['argv'][1:2] == ['envoy']}
        self.assertIn('-admin-bind=127.0.0.1:19000', starts['-sidecar-for=web'])
        self.assertIn('-admin-bind=127.0.0.1:19001', starts['-sidecar-for=admin'])
        self.assertEqual(starts['-sidecar-for=admin'][starts['-sidecar-for=admin'].index('--base-id') + 1], '1')
        self.assertNotIn('CONSUL', report['nat']['iptables'] + report['nft'])

    def test_an_image_with_the_guest_baked_in_needs_one_small_file(self) -> None:
        report = self.boots['prebuilt'].result()
        self.assertEqual(said(report)[0].split(), ['enabled'])
        self.assertGreater(int(said(report)[1]), 0)
        self.assertEqual(report['units'][UNIT]['ActiveState'], 'active')
        self.assertNotIn('packages', ''.join(report['journal'].values()))

    def test_values_that_try_to_be_executed_are_inert(self) -> None:
        first, _, registration = self.boots['hostile'].result()
        self.assertIn('No such file', said(first)[0])
        service = json.loads(registration)['service']
        self.assertEqual(service['meta']['note'], HOSTILE)
        [start] = [call for call in first['calls'] if call['program'] == 'consul' and call['argv'][1:2] == ['envoy'] and '-bootstrap' not in call['argv']]
        self.assertIn(f'$(touch {CANARY});`touch {CANARY}` %n $HOME', start['argv'])

    def test_a_hostile_configuration_by_hand_is_refused_whole(self) -> None:
        _, second, _ = self.boots['hostile'].result()
        self.assertIn('No such file', said(second)[0])
        self.assertEqual(second['units']['consul-sidecar-init.service']['Result'], 'exit-code')
        self.assertIn('transparent-proxy-exclude-inbound-ports', second['journal']['consul-sidecar-init.service'])


if __name__ == '__main__':
    unittest.main()
