"""Each fault of a VM out of texts is named by the check that is about it, before any other; without one nothing is found."""

import json
import ssl
import unittest

from fake import ACTIVE, RULES, UUID, Fake, Unseen, examined, when

ENVOY, CONSUL, INIT = 'envoy@web.service', 'consul.service', 'consul-sidecar-init.service'
CONFIG = '/srv/consul/service-config.json'
FIRST = '/srv/generate-sidecar-configs.py'


def put(kind: str, key: object, value: object):
    return lambda vm: getattr(vm, kind).__setitem__(key, value)


def drop(kind: str, key: object):
    return lambda vm: getattr(vm, kind).pop(key)


def given(name: str, value: object):
    return lambda vm: setattr(vm, name, value)


def unit(name: str, **news: str):
    return lambda vm: vm.units.__setitem__(name, {**vm.units.get(name, ACTIVE), **news})


def rules(old: str, new: str):
    return lambda vm: vm.saved.__setitem__('iptables-nft', RULES.replace(old, new).splitlines())


def answered(path: str, change):
    return lambda vm: change(vm.agent_answers[path])


def certs(**news: object):
    def change(vm: Fake) -> None:
        found = json.loads(vm.admin_answers['/certs'])
        found['certificates'][0]['cert_chain'][0].update(news)
        vm.admin_answers['/certs'] = json.dumps(found)
    return change


CHECKS, SERVICES, SELF = '/v1/agent/checks', '/v1/agent/services', '/v1/agent/self'
DENY = {'SourceName': 'web', 'DestinationName': 'db', 'Action': 'deny'}
# The check that names it, a word of the cause, and how it is made.
FAULTS = [
    ('system-clock', 'ahead', lambda vm: vm.files.update({'/sys/class/rtc/rtc0/since_epoch': str(int(vm.clock) - 3600)})),
    ('system-disk', 'full', given('free', (0, 5, 1))),
    ('system-disk', 'inodes', given('free', (10 << 30, 0, 1))),
    ('system-memory', '9 MiB', put('files', '/proc/meminfo', 'MemAvailable: 10000 kB\n')),
    ('plan-readable', 'not injected', drop('files', CONFIG)),
    ('plan-readable', 'no JSON', put('files', CONFIG, '{')),
    ('plan-format', 'format 3', put('files', CONFIG, '{"format": 3, "plan": {}}')),
    ('plan-format', 'no plan', put('files', CONFIG, '{"annotations": {}}')),
    ('files-present', 'missing', drop('files', FIRST)),
    ('files-present', 'not executable', put('modes', FIRST, 0o644)),
    ('files-enabled', 'not enabled', drop('files', f'/etc/systemd/system/multi-user.target.wants/{INIT}')),
    ('files-enabled', 'masked', unit(ENVOY, LoadState='masked')),
    ('plan-run', 'ended with an error; it last said: no such thing', lambda vm: (
        unit(INIT, Result='exit-code', ActiveState='failed')(vm), vm.logs.update({INIT: ['fine', 'no such thing']}))),
    ('plan-run', 'has not run', unit(INIT, ExecMainStartTimestampMonotonic='0')),
    ('plan-current', 'edited', put('same', '/etc/consul.d/service-registration.json', 'edited')),
    ('plan-current', 'missing', put('same', '/run/x', 'missing')),
    ('plan-current', 'refuses', given('same', {'error': 'tags: not for this guest'})),
    ('agent-installed', 'no program', drop('programs', 'consul')),
    ('agent-running', 'enable', lambda vm: (unit(CONSUL, ActiveState='inactive', MainPID='0')(vm), given('silent', 'nothing listens there')(vm))),
    ('agent-running', 'bind: address already in use', lambda vm: (
        unit(CONSUL, ActiveState='failed', MainPID='0', Result='exit-code')(vm), given('silent', 'nothing')(vm),
        vm.logs.update({CONSUL: ['Error: bind: address already in use']}))),
    ('agent-running', 'stopped by a signal', put('states', 200, 'T')),
    ('agent-api', 'nothing listens there', given('silent', 'nothing listens there')),
    ('agent-api', 'speaks TLS', put('refusals', '/v1/status/leader', (400, 'Client sent an HTTP request to an HTTPS server.\n'))),
    ('agent-joined', 'joined no server', put('refusals', '/v1/status/leader', (500, 'No known Consul servers'))),
    ('agent-joined', 'do not answer: s1', lambda vm: (put('refusals', '/v1/status/leader', (500, 'rpc error'))(vm), vm.agent_answers.update({
        '/v1/agent/members': [{'Name': 's1', 'Addr': '10.0.0.1', 'Tags': {'role': 'consul'}}]}))),
    ('agent-joined', 'no leader', put('refusals', '/v1/status/leader', (500, 'No cluster leader'))),
    ('agent-token', 'missing', drop('files', '/etc/token')),
    ('agent-token', 'empty', put('files', '/etc/token', '\n')),
    ('agent-token', 'does not know', put('refusals', '/v1/acl/token/self', (403, 'ACL not found'))),
    ('agent-token', 'lacks service:write for web', given('lacking', [{'Resource': 'service', 'Access': 'write', 'Segment': 'web'}])),
    ('agent-connect', 'disabled', answered(SELF, lambda one: one['DebugConfig'].update(ConnectEnabled=False))),
    ('agent-xds', 'no port', answered(SELF, lambda one: one['xDS']['Ports'].update(Plaintext=-1))),
    ('agent-xds', 'nothing listens', given('xds_error', ConnectionRefusedError())),
    ('registration-agent', 'does not know web', answered(SERVICES, lambda all: all.pop('web'))),
    ('registration-agent', 'knows no sidecar', answered(SERVICES, lambda all: all.pop('web-sidecar-proxy'))),
    ('registration-agent', '9003', answered(SERVICES, lambda all: all['web'].update(Port=9003))),
    ('registration-agent', '2 instances', answered(SERVICES, lambda all: all.update(old={**all['web'], 'ID': 'old'}))),
    ('registration-agent', 'maintenance', answered(CHECKS, lambda all: all.update({'_service_maintenance:web': {}}))),
    ('registration-catalog', 'does not have web', put('agent_answers', '/v1/catalog/service/web', [])),
    ('service-listening', 'nothing listens on port 9002', lambda vm: vm.sockets.remove((9002, '0.0.0.0', 'w1', 1000))),
    ('service-listening', 'at 10.0.0.5 only', lambda vm: vm.sockets.__setitem__(4, (9002, '10.0.0.5', 'w1', 1000))),
    ('service-checks', 'connection refused', answered(CHECKS, lambda all: all['a'].update(Status='critical', Output='connection refused'))),
    ('envoy-installed', 'no program', drop('programs', 'envoy')),
    ('envoy-installed', 'does not run', put('programs', 'envoy', (1, '', 'GLIBC_2.34 not found'))),
    ('envoy-installed', 'older', put('programs', 'envoy', 'envoy version: x/1.20.0/y')),
    ('envoy-user', 'no user envoy', put('programs', 'id', (1, '', 'no such user'))),
    ('envoy-user', 'number of web', put('files', '/etc/passwd', 'envoy:x:991:1::/:\nweb:x:991:1::/:\n')),
    ('envoy-ports', 'port 20000, for its public listener, is taken by nginx (process 77)', lambda vm: (
        vm.processes.update(e1=77), vm.names.update({77: 'nginx'}))),
    ('envoy-unit', 'does not run', unit(ENVOY, ActiveState='inactive')),
    ('envoy-unit', 'waiting for the agent', lambda vm: (unit(ENVOY, ActiveState='activating')(vm), vm.logs.update({ENVOY: ['waiting for the agent']}))),
    ('envoy-unit', 'tried again, every 40 seconds', lambda vm: (
        unit(ENVOY, ActiveState='failed', Result='signal')(vm), vm.files.update({'/run/consul-vm-inject/web.pause': '40\n'}))),
    ('envoy-ready', 'stopped by a signal', put('states', 300, 'T')),
    ('envoy-ready', 'nothing listens there', drop('admin_answers', '/ready')),
    ('envoy-configured', 'cannot bind', put('admin_answers', '/config_dump', json.dumps(
        {'configs': [{'dynamic_listeners': [{'name': 'public_listener', 'error_state': {'details': 'cannot bind'}}]}]}))),
    ('envoy-configured', 'no connection to the agent', put('admin_answers', '/stats', 'control_plane.connected_state: 0\n')),
    ('envoy-listeners', 'no outbound_listener', put('admin_answers', '/listeners', 'public_listener:0.0.0.0:20000::0.0.0.0:20000\n')),
    ('envoy-certificate', 'expired', certs(expiration_time=when(-7200))),
    ('envoy-certificate', 'clock is behind', certs(valid_from=when(7200))),
    ('envoy-certificate', '/svc/other', certs(subject_alt_names=[{'uri': 'spiffe://x/svc/other'}])),
    ('traffic-rules', 'gone', drop('saved', 'iptables-nft')),
    ('traffic-rules', 'gone', put('saved', 'iptables-nft', [])),
    ('traffic-rules', 'from PREROUTING', rules('-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND\n', '')),
    ('traffic-rules', 'port 20000', rules('--to-ports 20000', '--to-ports 20001')),
    ('traffic-once', '2 sets', put('saved', 'iptables-legacy', RULES.splitlines())),
    ('traffic-once', '2 sets', rules('-A OUTPUT', '-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT\n-A OUTPUT')),
    ('traffic-once', 'past the mesh', rules('-A OUTPUT -p', '-A OUTPUT -j ACCEPT\n-A OUTPUT -p')),
    ('traffic-excluded', '8301', rules('--dport 8301', '--dport 8302')),
    ('traffic-excluded', '9000:9010', rules('--dport 9000:9010', '--dport 9000')),
    ('traffic-excluded', '169.254.169.254', rules('169.254.169.254/32', '169.254.169.253/32')),
    ('traffic-excluded', 'exclude-uid=990', rules('--uid-owner 990', '--uid-owner 1990')),
    ('traffic-excluded', 'sshd listens on port 2222', lambda vm: vm.sockets.__setitem__(5, (2222, '0.0.0.0', 's1', 0))),
    ('traffic-users', 'circle', rules('--uid-owner 991', '--uid-owner 992')),
    ('traffic-others', 'Istio', rules(':CONSUL_PROXY_OUTPUT', ':ISTIO_OUTPUT - [0:0]\n:CONSUL_PROXY_OUTPUT')),
    ('dns-agent', 'does not answer', drop('dns', ('127.0.0.1', 8600))),
    ('dns-mesh', 'not systemd-resolved', lambda vm: (vm.files.update({'/etc/resolv.conf': 'nameserver 9.9.9.9\n'}), vm.names_known.clear())),
    ('dns-mesh', 'does not run', lambda vm: (unit('systemd-resolved.service', ActiveState='inactive')(vm), vm.names_known.clear())),
    ('dns-mesh', 'does not run', lambda vm: (
        unit('systemd-resolved.service', ActiveState='inactive')(vm), vm.names_known.clear(), vm.files.pop('/etc/resolv.conf'),
        vm.same.update({'/run/systemd/resolved.conf.d/consul-vm-inject.conf': 'left', '/run/consul-vm-inject/web.redirect': 'edited'}))),
    ('dns-other', 'does not answer', drop('dns', ('127.0.0.53', 53))),
    ('mesh-handshake', 'speaks no TLS', given('peer_names', ssl.SSLError(1, '[SSL: WRONG_VERSION_NUMBER] wrong version number'))),
    ('mesh-handshake', 'certificate of', given('peer_names', ['spiffe://x/svc/other'])),
    ('mesh-checks', 'listens is critical', answered(CHECKS, lambda all: all['b'].update(Status='critical', Output='refused'))),
    ('mesh-intentions', 'reach its upstream db', put('agent_answers', '/v1/connect/intentions/check?source=web&destination=db', {'Allowed': False})),
    ('mesh-intentions', 'denies web to reach db', put('agent_answers', '/v1/connect/intentions/match?by=source&name=web', {'web': [DENY]})),
]


class FaultsOfTexts(unittest.TestCase):
    def test_on_a_sound_vm_every_check_is_ok(self) -> None:
        for result in examined(Fake()):
            self.assertEqual((result.id, result.status), (result.id, 'ok'), result)

    def test_each_fault_is_the_first_that_failed_with_cause_and_remedy(self) -> None:
        for wanted, words, make in FAULTS:
            with self.subTest(wanted, words=words):
                vm = Fake()
                make(vm)
                results = examined(vm)
                failed = [result for result in results if result.status == 'failed']
                self.assertTrue(failed, [result for result in results if result.status != 'ok'])
                self.assertEqual(failed[0].id, wanted, failed[0])
                self.assertIn(words, failed[0].cause + failed[0].remedy)
                self.assertGreater(len(failed[0].remedy), 10)
                self.assertNotIn('cannot cope', ' '.join(result.note for result in results))

    def test_every_check_that_can_fail_does_in_one_of_the_cases(self) -> None:
        from fake import TABLE
        warns = {'cloud-init-done', 'cloud-init-errors', 'files-own', 'agent-certificate', 'envoy-limits', 'mesh-upstreams'}
        self.assertEqual({row['id'] for row in TABLE} - {wanted for wanted, _, _ in FAULTS}, warns)

    def test_what_is_to_be_warned_of_fails_nothing(self) -> None:
        for wanted, make in (
                ('cloud-init-done', lambda vm: (vm.files.pop('/run/cloud-init/result.json'), vm.files.update({'/run/cloud-init/status.json': '{"v1": {"stage": "modules-final"}}'}))),
                ('cloud-init-errors', put('files', '/run/cloud-init/result.json', '{"v1": {"errors": ["runcmd failed"]}}')),
                ('files-own', put('digests', FIRST, 'another')),
                ('system-memory', put('files', '/proc/meminfo', 'MemAvailable: 80000 kB\n')),
                ('envoy-unit', unit(ENVOY, NRestarts='9')),
                ('envoy-limits', put('files', '/proc/300/limits', 'Max open files  1024  1024 files\n')),
                ('traffic-users', lambda vm: vm.sockets.__setitem__(4, (9002, '0.0.0.0', 'w1', 991))),
                ('service-checks', answered(CHECKS, lambda all: all['a'].update(Status='critical', Output=''))),
                ('mesh-checks', answered(CHECKS, lambda all: all['b'].update(Status='critical', Output=''))),
                ('dns-agent', put('dns', ('127.0.0.1', 8600), (5, 0))),
                ('mesh-upstreams', put('agent_answers', '/v1/health/connect/db?passing', []))):
            with self.subTest(wanted):
                vm = Fake()
                make(vm)
                found = {result.id: result.status for result in examined(vm) if result.status not in ('ok', 'unseen')}
                self.assertEqual(found, {wanted: 'warning'})

    def test_a_run_that_systemd_has_forgotten_is_known_by_what_it_wrote(self) -> None:
        vm = Fake()
        unit(INIT, ExecMainStartTimestampMonotonic='0')(vm)
        vm.files['/run/systemd/system/envoy@web.service.d/50-consul-vm-inject.conf'] = ''
        self.assertEqual([result for result in examined(vm) if result.status != 'ok'], [])

    def test_guest_files_of_another_version_are_not_called_edited(self) -> None:
        vm = Fake()
        vm.digests[FIRST] = 'another'
        vm.files['/var/lib/cloud/instance/boothooks/part-002'] = '#!/bin/sh\n# consul-vm-inject 1.2.2, profile full\n'
        self.assertIn('those of 1.2.2', next(result for result in examined(vm) if result.id == 'files-own').note)

    def test_without_root_it_says_what_it_cannot_see_and_judges_the_rest(self) -> None:
        vm = Fake()
        vm.root, vm.same = False, Unseen('only root sees that (sudo)')
        vm.files['/etc/token'] = Unseen('/etc/token may not be read: run it as root (sudo)')
        results = examined(vm)
        self.assertEqual([result for result in results if result.status not in ('ok', 'unseen')], [])
        unseen = {result.id for result in results if result.status == 'unseen'}
        self.assertLessEqual({'plan-current', 'agent-token', 'envoy-ports', 'traffic-rules'}, unseen)
        self.assertIn('dns-mesh', {result.id for result in results if result.status == 'ok'})

    def test_whatever_the_configuration_is_every_check_has_a_result(self) -> None:
        for text in ('', '[]', '1', '{"format": 2}', '{"format": 2, "plan": []}', '{"format": 2, "plan": {"registration": []}}', '{"format": 2, "plan": {"agent_is": 1}}',
                     '{"format": 2, "plan": {"registration": {"services": [1]}, "sidecars": 5}}', '{"plan": {}}', '{"format": "x", "plan": {"registration": {"service": {}}}}',
                     '{"format": 2, "plan": {"registration": {"service": {"name": "web", "connect": 3}}, "sidecars": [{}]}}', Unseen('it may not be read')):
            with self.subTest(text=text):
                vm = Fake()
                vm.files[CONFIG] = text
                self.assertGreaterEqual(len(examined(vm)), 45)

    def test_whoever_may_not_read_the_plan_knows_the_services_by_their_units(self) -> None:
        vm = Fake()
        vm.root, vm.same = False, Unseen('only root sees that (sudo)')
        vm.files[CONFIG] = Unseen('it may not be read: run it as root (sudo)')
        vm.programs['systemctl'] = '  envoy@web.service loaded active running Envoy sidecar of web\n'
        vm.agent_answers['/v1/agent/services']['web-sidecar-proxy']['Proxy']['Mode'] = 'transparent'
        results = {result.id: result.status for result in examined(vm)}
        self.assertEqual({name for name, status in results.items() if status not in ('ok', 'unseen')}, set())
        self.assertEqual([results[name] for name in ('envoy-ready', 'envoy-listeners', 'mesh-handshake', 'dns-mesh')], ['ok'] * 4)

    def test_a_token_is_never_said(self) -> None:
        vm = Fake()
        vm.logs[ENVOY] = [f'error: no such token {UUID}']
        unit(ENVOY, ActiveState='failed')(vm)
        self.assertNotIn(UUID, str(examined(vm)))


if __name__ == '__main__':
    unittest.main()
