"""The stand-ins behave as the sections on redirect-traffic and `consul connect envoy` say, or say why not."""

import json
import unittest

import stand_ins
from machine import Machine

REDIRECT = 'consul connect redirect-traffic'
WEB = {'service': {'name': 'web', 'port': 8080, 'connect': {'sidecar_service': {
    'port': 20000, 'proxy': {'mode': 'transparent', 'config': {'envoy_prometheus_bind_addr': '0.0.0.0:20200'}}}}}}
ENVOY = ('systemd-run --quiet --unit=envoy-try --uid=envoy '
         'consul connect envoy -sidecar-for=web -admin-bind=127.0.0.1:19000 -- --concurrency 2')
GET = "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:19000/ready\").read().decode())'"
POST = "python3 -c 'import urllib.request as u; u.urlopen(\"http://127.0.0.1:19000/drain_listeners?graceful\", b\"\")'"
BANNER = "python3 -c 'import socket; print(socket.create_connection((\"127.0.0.1\", 20000)).recv(99).decode())'"
# Each is run in turn in the booted machine.
STEPS = {
    'no agent': f'systemctl stop consul; {REDIRECT} -proxy-uid 1 -proxy-id web-sidecar-proxy; systemctl start consul',
    'agent up': 'for i in $(seq 50); do consul reload && break; sleep 0.1; done',
    'unknown proxy': f'{REDIRECT} -proxy-uid=1 -proxy-id=api-sidecar-proxy',
    'unknown flag': f'{REDIRECT} -proxy-uid=1 -exclude-inbound-ports=22',
    'redirect': f'{REDIRECT} -proxy-uid=$(id -u envoy) -proxy-id=web-sidecar-proxy -exclude-inbound-port=22 '
                '-exclude-inbound-port 8301 -exclude-outbound-cidr=169.254.169.254/32 -exclude-uid=$(id -u consul) '
                '-consul-dns-ip=127.0.0.1 -consul-dns-port=8600',
    'rules': 'iptables -t nat -S',
    'redirect again': f'{REDIRECT} -proxy-uid=$(id -u envoy) -proxy-id=web-sidecar-proxy',
    'no sidecar': 'consul connect envoy -sidecar-for=api',
    'envoy': f'{ENVOY}; for i in $(seq 50); do {GET} 2>/dev/null && break; sleep 0.1; done',
    'banner': BANNER,
    'drain': POST,
    'stop': 'systemctl stop envoy-try',
    'bad file': 'echo \'{"service": {"name": "web", "prot": 1}}\' > /etc/consul.d/bad.json; '
                'chmod 644 /etc/consul.d/bad.json; consul validate /etc/consul.d/; consul reload',
    'unreadable file': 'rm /etc/consul.d/bad.json; install -m 600 /etc/hostname /etc/consul.d/other.json; '
                       'consul reload',
    'still known': f'iptables -t nat -F; iptables -t nat -X; {REDIRECT} -proxy-uid=1 -proxy-id=web-sidecar-proxy',
}
RULES = '''-N CONSUL_DNS_REDIRECT
-N CONSUL_PROXY_INBOUND
-N CONSUL_PROXY_IN_REDIRECT
-N CONSUL_PROXY_OUTPUT
-N CONSUL_PROXY_REDIRECT
-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND
-A OUTPUT -d 127.0.0.1/32 -p udp -m udp --dport 53 -j CONSUL_DNS_REDIRECT
-A OUTPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 53 -j CONSUL_DNS_REDIRECT
-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT
-A CONSUL_DNS_REDIRECT -d 127.0.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.1:8600
-A CONSUL_DNS_REDIRECT -d 127.0.0.1/32 -p tcp -m tcp --dport 53 -j DNAT --to-destination 127.0.0.1:8600
-A CONSUL_PROXY_INBOUND -p tcp -m tcp --dport 20200 -j RETURN
-A CONSUL_PROXY_INBOUND -p tcp -m tcp --dport 8301 -j RETURN
-A CONSUL_PROXY_INBOUND -p tcp -m tcp --dport 22 -j RETURN
-A CONSUL_PROXY_INBOUND -p tcp -j CONSUL_PROXY_IN_REDIRECT
-A CONSUL_PROXY_IN_REDIRECT -p tcp -j REDIRECT --to-ports 20000
-A CONSUL_PROXY_OUTPUT -m owner --uid-owner CONSUL -j RETURN
-A CONSUL_PROXY_OUTPUT -d 169.254.169.254/32 -j RETURN
-A CONSUL_PROXY_OUTPUT -m owner --uid-owner ENVOY -j RETURN
-A CONSUL_PROXY_OUTPUT -d 127.0.0.1/32 -j RETURN
-A CONSUL_PROXY_OUTPUT -j CONSUL_PROXY_REDIRECT
-A CONSUL_PROXY_REDIRECT -p tcp -j REDIRECT --to-ports 15001
'''


class StandIns(unittest.TestCase):
    """One boot, many commands."""

    @classmethod
    def setUpClass(cls) -> None:
        with Machine('stand-ins', b'#!/bin/sh\n') as machine:
            machine.write('/etc/consul.d/web.json', json.dumps(WEB))
            stand_ins.install(machine, users=('consul', 'envoy'), enabled=True)
            stand_ins.turn(machine, 'agent-delay', '0.5')
            report = machine.boot(run=tuple(STEPS.values()), units=('consul.service',))
            calls = machine.read('/var/log/stand-in/calls.jsonl')
        cls.report, cls.said = report, {step: report['run'][command] for step, command in STEPS.items()}
        cls.calls = [json.loads(line) for line in calls.splitlines()]
        cls.uids = {line.split(':')[0]: line.split(':')[2] for line in report['passwd']}

    def test_agent_runs_as_its_user(self) -> None:
        self.assertEqual(self.report['units']['consul.service']['ActiveState'], 'active')
        self.assertEqual(str(next(call['uid'] for call in self.calls if call['event'] == 'agent')), self.uids['consul'])

    def test_redirect_without_an_agent_fails(self) -> None:
        self.assertIn('failed to fetch proxy service from Consul Agent', self.said['no agent'])
        self.assertIn('refused', self.said['no agent'])

    def test_redirect_of_an_unknown_proxy_fails(self) -> None:
        self.assertIn('failed to fetch proxy service from Consul Agent: Unexpected response code: 404 '
                      '(unknown service ID: api-sidecar-proxy)', self.said['unknown proxy'])
        self.assertIn('[exit 1]', self.said['unknown proxy'])

    def test_unknown_flag_is_refused(self) -> None:
        self.assertIn('flag provided but not defined: -exclude-inbound-ports', self.said['unknown flag'])

    def test_redirect_applies_the_rules_of_consul(self) -> None:
        self.assertIn('Successfully applied', self.said['redirect'])
        said = '\n'.join(line for line in self.said['rules'].splitlines() if not line.startswith('-P')) + '\n'
        for user in ('consul', 'envoy'):
            said = said.replace(f'--uid-owner {self.uids[user]} ', f'--uid-owner {user.upper()} ')
        self.assertEqual(said, RULES)

    def test_redirect_twice_fails(self) -> None:
        self.assertIn('Chain already exists', self.said['redirect again'])

    def test_envoy_needs_a_registered_sidecar(self) -> None:
        self.assertIn('No sidecar proxy registered for api', self.said['no sidecar'])

    def test_envoy_serves_and_drains_and_stops(self) -> None:
        self.assertIn('LIVE', self.said['envoy'])
        self.assertIn('stand-in envoy public web-sidecar-proxy', self.said['banner'])
        envoy = [call for call in self.calls if call['program'] == 'envoy']
        self.assertEqual([call['event'] for call in envoy], ['start', 'admin', 'stop'])
        self.assertEqual(envoy[0]['argv'][-2:], ['--concurrency', '2'])
        self.assertEqual(str(envoy[0]['uid']), self.uids['envoy'])
        self.assertEqual(envoy[1]['path'], '/drain_listeners?graceful')

    def test_bad_configuration_is_refused_and_the_old_kept(self) -> None:
        self.assertIn('invalid config key service.prot', self.said['bad file'])
        self.assertIn('Error reloading: Unexpected response code: 500', self.said['bad file'])
        self.assertIn('Permission denied', self.said['unreadable file'])
        self.assertIn('Successfully applied', self.said['still known'])

    def test_calls_are_recorded_in_order(self) -> None:
        redirects = [call for call in self.calls
                     if call['event'] == 'call' and call['argv'][:2] == ['connect', 'redirect-traffic']]
        self.assertEqual(len(redirects), 6)
        self.assertEqual({(call['uid'], call['registration_exists']) for call in redirects}, {(0, False)})
        self.assertEqual([call['event'] for call in self.calls].count('redirected'), 2)
        times = [call['monotonic_us'] for call in redirects]
        self.assertEqual(times, sorted(times))


class Knobs(unittest.TestCase):
    """Scenarios can break the stand-ins."""

    def test_crashing_envoy_and_half_way_redirect(self) -> None:
        with Machine('knobs', b'#!/bin/sh\n') as machine:
            machine.write('/etc/consul.d/web.json', json.dumps(WEB))
            stand_ins.install(machine, users=('consul', 'envoy'), enabled=True)
            stand_ins.turn(machine, 'envoy-crash')
            stand_ins.turn(machine, 'redirect-fail')
            commands = ('consul connect envoy -sidecar-for=web', f'{REDIRECT} -proxy-uid=1 -proxy-id=web-sidecar-proxy',
                        'iptables -t nat -S')
            said = machine.boot(run=commands, wait_for=('consul reload',))['run']
            crash, half, rules = (said[command] for command in commands)
            self.assertIn('crashes, as told', crash)
            self.assertIn('half-way', half)
            self.assertIn('-N CONSUL_PROXY_OUTPUT', rules)
            self.assertNotIn('PREROUTING -p tcp', rules)
            stand_ins.turn(machine, 'envoy-crash', None)
            stand_ins.turn(machine, 'agent-crash')
            broken = machine.boot(units=('consul.service',), settle=2, must_settle=False)
            self.assertNotEqual(broken['units']['consul.service']['SubState'], 'running')


if __name__ == '__main__':
    unittest.main()
