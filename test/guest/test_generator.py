"""generate-sidecar-configs.py as a reader of configurations: holes, formats, what it refuses, and its command line."""
import ast
import copy
import json
import os
import random
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from plans import G as PLANNER
from plans import annotations
from support import BIN, GUEST, P, load_generator, programs, run

G = load_generator()
# A plan as it travels, with every kind of node at every place that has one.
PLAN = {
    'app_unit': 'app.service',
    'units': {'consul-sidecar-init.service': ['[Unit]', ['Before=', {'hole': 'hostname'}]]},
    'registration': {'service': {
        'name': 'web', 'port': 8080, 'tags': ['v1', {'hole': 'hostname'}], 'meta': {'id': {'hole': 'instance-id'}, 'managed-by': 'consul-vm-inject'},
        'connect': {'sidecar_service': {'port': 20000, 'proxy': {'mode': 'transparent', 'config': {'hole': 'hostname'}}}}}},
    'dns': [{'hole': 'resolved', 'then': ['[Resolve]', 'DNS=127.0.0.1:8600']}],
    'sidecars': [{
        'service': 'web', 'environment': ['API_CONNECT_SERVICE_PORT=9191'],
        'redirect': ['-proxy-id=web-sidecar-proxy', {'hole': 'ssh-ports', 'prefix': '-exclude-inbound-port='}, '-exclude-inbound-port=22',
                     {'hole': 'uid', 'user': 'root', 'prefix': '-exclude-uid='}, {'hole': 'resolved', 'else': ['-consul-dns-port=8600']}],
        'unit': ['[Service]', {'hole': 'systemd', 'from': 247, 'then': ['New=1', {'hole': 'systemd', 'from': 250, 'else': ['Between=1']}], 'else': ['Old=1']},
                 ['ExecStop=-', {'hole': 'python'}, ' /srv/consul/generate-sidecar-configs.py drain 127.0.0.1:19000 30']],
        'watch': ['[Unit]', 'PartOf=envoy@web.service'],
    }],
}
WEB = {'annotations': {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'connect-service-upstreams': 'api:9191'}}


class Source(unittest.TestCase):
    def test_it_is_ascii_of_python_3_6_and_standard_library(self):
        for name in ('generate-sidecar-configs.py', 'probe-sidecar.py', 'acl-token.py', 'install-guest.py'):
            text = (GUEST / name).read_text(encoding='ascii')
            tree = ast.parse(text, feature_version=(3, 6))
            modules = {name.name.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
            modules |= {node.module.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            self.assertLessEqual(modules, {'base64', 'glob', 'http', 'json', 'os', 'plan_annotations', 'pwd', 're', 'runpy', 'shlex', 'shutil', 'signal', 'socket', 'ssl', 'subprocess', 'sys',
                                           'tempfile', 'time', 'urllib', 'zlib'})
            for newer in ('capture_output', 'removeprefix', 'removesuffix', 'text=True', 'missing_ok', 'shell=True', 'eval(', 'exec('):
                self.assertNotIn(newer, text)


class Prepared(unittest.TestCase):
    """What plans come to; facts come from stand-ins."""
    maxDiff = None

    def setUp(self):
        self.units = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.units)
        environment = {'PATH': f'{BIN}:{os.environ["PATH"]}', 'FAKE_UNITS': str(self.units)}
        facts = {'hostname': lambda _: ['vm1'], 'instance-id': lambda _: ['i-1'], 'python': lambda _: ['/usr/bin/python3']}
        self.messages = []
        for patch in (mock.patch.dict(os.environ, environment), mock.patch.dict(G.HOLES, facts), mock.patch.object(G, 'log', self.messages.append)):
            patch.start()
            self.addCleanup(patch.stop)
        self.resolved('10.0.0.2')

    def resolved(self, server='127.0.0.53'):
        """Whom programs ask."""
        read = G.read
        patch = mock.patch.object(G, 'read', lambda path: f'nameserver {server}\n' if path == '/etc/resolv.conf' else read(path))
        patch.start()
        self.addCleanup(patch.stop)

    def prepare(self, plan=PLAN):
        return G.prepare(copy.deepcopy(plan))[:3]

    def lines(self, *nodes, **facts):
        with mock.patch.dict(os.environ, {'FAKE_' + name: str(value) for name, value in facts.items()}):
            return G.lines('key', list(nodes))


class Holes(Prepared):
    def test_a_text_is_a_line_and_a_list_is_one_line(self):
        self.assertEqual(self.lines('a', ['b', ['c', {'hole': 'python'}], 'd'], []), ['a', 'bc/usr/bin/python3d', ''])

    def test_names_of_this_vm(self):
        self.assertEqual(self.lines({'hole': 'hostname'}, {'hole': 'instance-id'}, {'hole': 'python'}), ['vm1', 'i-1', '/usr/bin/python3'])

    def test_the_ports_of_sshd_by_its_configuration_and_its_socket(self):
        node = {'hole': 'ssh-ports', 'prefix': '-p='}
        self.assertEqual(self.lines(node, SSH_PORT='2222', LISTEN='2022')[:3], ['-p=2222', '-p=2222', '-p=2022'])
        self.assertIn('-p=22', self.lines(node))

    def test_ports_are_read_from_whatever_tells_them(self):
        text = '\n'.join(['Port 22', 'port 2222', '#Port 23', ' Port=24', 'PortForward 25', 'ListenAddress 0.0.0.0:26', 'listenaddress [::]:27', 'ListenAddress 10.0.0.1',
                          'Listen=[::]:28 (Stream)', 'Listen=29 (Stream)', 'Listen=/run/x.sock (Stream)', 'Listen=[::]:30 (Datagram)', 'Support 31', 'Failed to open 32'])
        with mock.patch.object(G, 'run', lambda *_: (0, text)):
            self.assertEqual(G.HOLES['ssh-ports']({}), ['22', '2222', '24', '26', '27', '28', '29'])

    def test_a_user_by_its_number_or_the_plan_is_refused(self):
        self.assertEqual(self.lines({'hole': 'uid', 'user': 'root', 'prefix': '-exclude-uid='}), ['-exclude-uid=0'])
        with self.assertRaisesRegex(ValueError, '^key: not for this guest: .*nobody-here'):
            self.lines({'hole': 'uid', 'user': 'nobody-here', 'prefix': '-exclude-uid='})

    def test_a_choice_by_the_version_of_systemd(self):
        node = {'hole': 'systemd', 'from': 247, 'then': ['new', {'hole': 'systemd', 'from': 250, 'then': ['newest']}], 'else': ['old']}
        for version, lines in (('219', ['old']), ('246', ['old']), ('247', ['new']), ('250', ['new', 'newest']), ('1000', ['new', 'newest'])):
            self.assertEqual(self.lines(node, SYSTEMD=version), lines)
        self.assertEqual(self.lines({'hole': 'systemd', 'from': 1}, {'hole': 'systemd', 'from': 9999}), [])

    def test_a_choice_by_who_resolves_names(self):
        node = {'hole': 'resolved', 'then': ['yes'], 'else': ['no']}
        self.assertEqual(self.lines(node), ['no'])
        self.resolved()
        self.assertEqual([self.lines(node, SYSTEMD=version) for version in ('245', '246', '1000')], [['no'], ['yes'], ['yes']])

    def test_the_id_of_the_instance_is_read_where_cloud_init_leaves_it(self):
        hole = load_generator().HOLES['instance-id']
        for text, found in (('i-1\n', 'i-1'), ('', '$INSTANCE_ID')):
            with mock.patch.dict(hole.__globals__, read=lambda path, text=text: text if path == '/var/lib/cloud/data/instance-id' else ''):
                self.assertEqual(hole({}), [found])


class Plans(Prepared):
    def test_every_hole_at_its_place_is_filled(self):
        text, files, _ = self.prepare()
        self.assertEqual(json.loads(text)['service']['tags'], ['v1', 'vm1'])
        self.assertEqual(json.loads(text)['service']['meta'], {'id': 'i-1', 'managed-by': 'consul-vm-inject'})
        self.assertEqual(files[G.FILES['unit'] % 'web'], ['[Service]', 'New=1', 'ExecStop=-/usr/bin/python3 /srv/consul/generate-sidecar-configs.py drain 127.0.0.1:19000 30'])
        redirect = files[G.FILES['redirect'] % 'web']
        self.assertEqual((redirect[0], redirect[-3:]), ('-proxy-id=web-sidecar-proxy', ['-exclude-uid=0', '-consul-dns-port=8600', '-exclude-uid=5996']))
        self.assertEqual(len(redirect), len(set(redirect)))
        self.assertEqual(files[G.PERMANENT % 'consul-sidecar-init.service'], ['[Unit]', 'Before=vm1'])
        self.resolved()
        _, files, _ = self.prepare()
        self.assertNotIn('-consul-dns-port=8600', files[G.FILES['redirect'] % 'web'])

    def test_what_looks_like_a_hole_elsewhere_is_left_alone(self):
        proxy = self.prepare()[0]
        self.assertEqual(json.loads(proxy)['service']['connect']['sidecar_service']['proxy']['config'], {'hole': 'hostname'})
        plan = copy.deepcopy(PLAN)
        hole = '{"hole": "hostname"}'
        plan['registration']['service'].update(tags=[hole, '{hostname}', '$POD_NAME'], checks=[{'hole': 'uid'}], weights={'hole': 'nothing known'})
        plan['sidecars'][0]['environment'] = [hole, '%(hostname)s']
        text, files, _ = self.prepare(plan)
        one = json.loads(text)['service']
        self.assertEqual((one['tags'], one['checks'], one['weights']), ([hole, '{hostname}', '$POD_NAME'], [{'hole': 'uid'}], {'hole': 'nothing known'}))
        self.assertEqual(files[G.FILES['environment'] % 'web'], [hole, '%(hostname)s'])

    def test_annotations_that_look_like_holes_end_as_themselves(self):
        given = annotations(connect_service='web', service_tags='{"hole": "hostname"}', service_meta_x='{"hole": "python"}',
                            proxy_config_map='{"a": [{"hole": "uid", "user": "nobody-here"}], "hole": "x"}', envoy_extra_args='\'{"hole": "hostname"}\'')
        plan = json.loads(PLANNER.canonical(PLANNER.plan({'annotations': given})[0]))
        text, files, _ = self.prepare(plan)
        one = json.loads(text)['service']
        self.assertEqual((one['tags'], one['meta']['x']), (['{"hole": "hostname"}'], '{"hole": "python"}'))
        self.assertEqual(one['connect']['sidecar_service']['proxy']['config'], {'a': [{'hole': 'uid', 'user': 'nobody-here'}], 'hole': 'x'})
        self.assertIn('  "{\\"hole\\": \\"hostname\\"}"', files[G.FILES['unit'] % 'web'])

    def test_the_registration_is_indented_json_of_ascii(self):
        plan = copy.deepcopy(PLAN)
        plan['registration']['service']['meta']['a'] = 'ü\U0001f600'
        text = self.prepare(plan)[0]
        self.assertEqual(text, json.dumps(json.loads(text), indent=2) + '\n')
        self.assertEqual(json.loads(text)['service']['meta']['a'], 'ü\U0001f600')

    def test_several_services_have_files_each_and_tags_where_they_have_some(self):
        services = [{'name': name, 'meta': {}, 'connect': {'sidecar_service': {'proxy': {}}}} for name in ('a', 'b')]
        text, files, sidecars = self.prepare({'registration': {'services': services}, 'sidecars': [{'service': 'a', 'unit': ['x']}, {'service': 'b', 'unit': ['y']}]})
        self.assertEqual((list(sidecars), files[G.FILES['unit'] % 'b']), (['a', 'b'], ['y']))
        self.assertNotIn('tags', text)

    def test_an_empty_plan_is_no_registration_and_no_file(self):
        text, files, sidecars = self.prepare({})
        self.assertEqual((text, [lines for lines in files.values() if lines], sidecars), (None, [], {}))

    def test_an_application_that_would_run_as_envoy_is_refused(self):
        with mock.patch.dict(os.environ, FAKE_APP_USER='envoy'), self.assertRaisesRegex(ValueError, '^app_unit: app.service runs as envoy'):
            self.prepare()

    def test_a_service_without_a_sidecar_is_refused(self):
        for sidecars in ([], [{'service': 'other', 'unit': []}]):
            with self.assertRaises(KeyError):
                self.prepare({**PLAN, 'sidecars': sidecars})

    def test_control_characters_and_halves_of_pairs_pass_into_no_line(self):
        for character in '\x00\n\r\x1b\x7f\ud800':
            for node in ('a%sb' % character, ['a', character], {'hole': 'uid', 'user': 'root', 'prefix': character}):
                with self.assertRaisesRegex(ValueError, '^key: not for this guest: .*a control character'):
                    self.lines(node)


def places(value, path=()):
    """Every place in nested data."""
    yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*path, key))


class CommandLine(unittest.TestCase):
    def run_script(self, content, *words, env=None, plans=True, python='python3'):
        with tempfile.TemporaryDirectory() as folder:
            script = programs(folder, *(['generate-sidecar-configs.py'] + ['plan_annotations.py'] * plans))
            ours = set(script.parent.iterdir())
            file = script.parent / 'service-config.json'
            if content is not None:
                file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            done = run(python, '-W', 'error', script, *words, env=env)
            self.assertNotIn('Traceback', done.stderr)
            done.written = {str(path)[len(folder):]: path.read_text() for path in Path(folder).rglob('*') if path.is_file() and path not in {file, *ours}}
            done.stderr = done.stderr.replace(folder, '')
            done.lines = done.stderr.splitlines()
            return done

    def refused(self, content, *words, plans=True):
        """Refused in lines that hold these words, with nothing written."""
        done = self.run_script(content, plans=plans)
        self.assertEqual((done.returncode, done.written), (2, {}), done.stderr)
        self.assertTrue(done.lines)
        for line in done.lines:
            self.assertTrue(line.startswith('consul-vm-inject: /srv/consul/service-config.json: '), line)
        for word in words:
            self.assertIn(word, done.stderr)
        return done

    def test_a_plan_is_applied_below_its_root_only(self):
        done = self.run_script({'format': 2, 'plan': PLAN})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.written['/etc/consul.d/service-registration.json'])['service']['name'], 'web')
        self.assertIn('/run/systemd/system/envoy@web.service.d/50-consul-vm-inject.conf', done.written)

    def test_annotations_are_planned_on_the_guest_and_their_warnings_told(self):
        for config in (WEB, {'name': 'web', 'port': 8080}, {'annotations': {P + 'connect-service': 'web', P + 'conect-service-port': '1'}}):
            done = self.run_script(config)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.written['/etc/consul.d/service-registration.json'])['service']['name'], 'web')
        self.assertIn('conect-service-port: not known', done.stderr)

    def test_numbers_of_the_operator_stay_numbers(self):
        done = self.run_script({'annotations': {P + 'connect-service': 'web', P + 'proxy-config-map': '{"a": 1.5, "b": [1e3, 7], "c": "7"}'}})
        service = json.loads(done.written['/etc/consul.d/service-registration.json'])['service']
        self.assertEqual(service['connect']['sidecar_service']['proxy']['config'], {'a': 1.5, 'b': [1000, 7], 'c': '7'})

    def test_where_nothing_plans_annotations_it_says_what_to_do(self):
        for config in (WEB, {'name': 'web', 'port': 8080}, {}, [], {'plan': PLAN}):
            self.refused(config, 'no plan: inject again', plans=False)
        self.assertEqual(self.run_script({'format': 2, 'plan': PLAN}, plans=False).returncode, 0)

    def test_annotations_that_are_at_fault_are_lines_and_nothing_is_written(self):
        given = {P + 'connect-service': 'a b', P + 'connect-service-port': 'http', P + 'enable-metrics': 'x\x1b[31m'}
        done = self.refused({'annotations': given})
        self.assertEqual([line.split(': ')[2] for line in done.lines[:3]], [P + name for name in ('connect-service', 'connect-service-port', 'enable-metrics')])
        self.assertNotIn('\x1b', done.stderr)

    def test_a_format_that_it_does_not_know_leaves_the_vm_outside_the_mesh_in_words(self):
        for number in (1, 3, 99, '2', None, True, [], {}, 2.5):
            done = self.run_script({'format': number, 'plan': PLAN, 'name': 'web', 'annotations': WEB['annotations']})
            self.assertEqual((done.returncode, done.written), (2, {}), done.stderr)
            self.assertIn('format %s: this guest knows 2: use a newer image' % number, done.stderr)
            self.assertIn('outside the mesh', done.stderr)

    def test_files_that_are_no_configuration(self):
        for content in (b'', b'{', b'\xff\xfe{}', b'null', b'"x"', b'1', b'[]', b'{}', b'{"annotations": {"\x00": "x"}}', b'\x00' * 100, b'[' * 100000, b'{"a":' * 50000,
                        b'{"annotations": {"consul.hashicorp.com/connect-service": "\\ud800"}}', b'1' * 10000, b' ' * (2 ** 20 + 1),
                        b'{"annotations": {"a": "1", "a": "2"}}', b'{"annotations": {}} x', b'{"format": 2}', b'{"format": 2, "plan": []}', b'{"format": 2, "plan": null}'):
            with self.subTest(content[:30]):
                self.refused(content)

    def test_a_byte_order_mark_and_values_of_16_kilobytes_are_no_trouble(self):
        self.assertEqual(self.run_script(b'\xef\xbb\xbf' + json.dumps(WEB).encode()).returncode, 0)
        self.assertEqual(self.run_script(b'\xef\xbb\xbf' + json.dumps({'format': 2, 'plan': PLAN}).encode()).returncode, 0)
        self.assertEqual(self.run_script({'annotations': {P + 'connect-service': 'web', P + 'service-tags': 'x' * 16384}}).returncode, 0)
        self.refused({'annotations': {P + 'connect-service': 'web', P + 'service-tags': 'x' * 16385}})
        self.refused({'annotations': {P + 'connect-service': 'x' * 65536}})

    def test_without_a_configuration_where_it_belongs_there_is_nothing_to_do(self):
        done = self.run_script(None)
        self.assertEqual((done.returncode, done.written, done.stderr), (0, {}, 'consul-vm-inject: outside the mesh; 0 files changed\n'))

    def test_words_that_are_no_command_change_nothing(self):
        for word in ('--dry-run', '--help', 'main', 'os'):
            done = self.run_script({'format': 2, 'plan': PLAN}, word)
            self.assertEqual((done.returncode, done.written), (2, {}), word)

    def test_every_python_from_3_6_on_does_the_same(self):
        results = {}
        for python in ('python3', *(f'python3.{minor}' for minor in range(6, 20))):
            try:
                if run(python, '-c', '').returncode:
                    continue
            except FileNotFoundError:
                continue
            for name, config in (('plan', {'format': 2, 'plan': PLAN}), ('annotations', WEB)):
                done = self.run_script(config, python=python)
                written = {path: text for path, text in done.written.items() if path != G.STATE and '.service.d' not in path}
                results[python, name] = (done.returncode, written, done.stderr.count('\n'))
                self.assertEqual(results[python, name], results['python3', name], (python, done.stderr))
        self.assertEqual(results['python3', 'plan'][0], 0)

    def test_it_reads_and_writes_utf_8_in_any_locale(self):
        plan = copy.deepcopy(PLAN)
        plan['sidecars'][0]['environment'], plan['registration']['service']['meta']['a'] = ['A=ü→'], 'ü→'
        done = self.run_script(json.dumps({'format': 2, 'plan': plan}, ensure_ascii=False).encode(), env={'LC_ALL': 'C', 'PYTHONIOENCODING': 'ascii', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'})
        self.assertEqual(done.written[G.FILES['environment'] % 'web'], 'A=ü→\n')
        self.assertEqual(json.loads(done.written[G.REGISTRATION])['service']['meta']['a'], 'ü→')


class Fuzz(Prepared):
    """Other JSON in place of any part of a plan: refused in words, or a plan all the same; never half."""
    OTHER = [None, True, 0, -1, 1.5, 10**30, float('inf'), '', 'x', '\x00', '\ud800', 'a\nb', [], {}, [[]], [{}], [None], {'hole': 'colour'}, {'hole': []}, {'hole': 'systemd'},
             {'hole': 'systemd', 'from': 'x', 'then': 'abc'}, {'hole': 'resolved', 'then': 'abc', 'else': {}}, {'hole': 'uid'}, {'hole': 'uid', 'user': 7}, {'hole': 'uid', 'user': '\x00'},
             {'hole': 'ssh-ports', 'prefix': []}, {'x': {'y': []}}]
    # Branches that do not count here, with systemd 252 and without systemd-resolved.
    IDLE = [('dns', 0, 'then'), ('sidecars', 0, 'unit', 1, 'else'), ('sidecars', 0, 'unit', 1, 'then', 1, 'else')]

    def setUp(self):
        super().setUp()
        answers = {'--version': (0, 'systemd 252 (252.1)'), 'is-active': (3, 'inactive'), '-c': (0, 'Port 22\nPort 2222')}
        patch = mock.patch.object(G, 'run', lambda *words: answers.get(words[1], (0, '')))
        patch.start()
        self.addCleanup(patch.stop)

    def outcome(self, plan):
        """None when it is a plan, else what is wrong with it."""
        try:
            text, files, sidecars = G.prepare(copy.deepcopy(plan))[:3]
        except Exception as error:
            return '%s: %s' % (type(error).__name__, error)
        json.loads(text or '{}')
        for path, found in files.items():
            self.assertTrue(isinstance(path, str) and all(isinstance(line, str) for line in found))
            ''.join(found).encode()
        return None

    def replaced(self, path, value):
        plan = copy.deepcopy(PLAN)
        if not path:
            return value
        at = plan
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        return plan

    def test_each_part_replaced_by_each_other_thing(self):
        refused = 0
        for path in places(PLAN):
            for other in self.OTHER:
                with self.subTest(path=path, other=other):
                    found = self.outcome(self.replaced(path, other))
                    refused += found is not None
                    text = isinstance(other, str) and other.isprintable() and '\ud800' not in other
                    is_node = path[:1] == ('dns',) or {'redirect', 'unit', 'watch', 'tags', 'environment'} & set(path)
                    if is_node and not text and path[-1] != 'from' and not any(path[:len(idle)] == idle for idle in self.IDLE) and other in (None, 0, 1.5, 'a\nb', '\x00', {'hole': 'colour'}, [{}], [None], {'hole': 'uid'}):
                        self.assertIsNotNone(found, 'taken')
        self.assertGreater(refused, 600)

    def test_random_json_is_refused_by_the_program_without_a_traceback(self):
        rng = random.Random(5)
        paths = list(places(PLAN))
        for _ in range(40):
            plan = self.replaced(rng.choice(paths), rng.choice([other for other in self.OTHER if other == other]))
            if self.outcome(plan) is None:
                continue
            with tempfile.TemporaryDirectory() as folder:
                script = programs(folder, 'generate-sidecar-configs.py')
                file = script.parent / 'service-config.json'
                file.write_text(json.dumps({'format': 2, 'plan': plan}))
                done = run('python3', script)
                self.assertEqual(done.returncode, 2, (plan, done.stderr))
                self.assertNotIn('Traceback', done.stderr)
                self.assertTrue(done.stderr.startswith(f'consul-vm-inject: {file}: '))
                self.assertEqual({path for path in Path(folder).rglob('*') if path.is_file()}, {script, file})


if __name__ == '__main__':
    unittest.main()
