"""Every example boots into the mesh, and the operator's part is the same as without injection."""

import difflib
import json
import unittest

import example
import tree
from example import CONFIG, GUEST_FILES, REGISTRATION


class Example:
    """The cases of one example; a subclass for each names its path."""

    path = None
    arguments = ()
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.plains, cls.meshed, cls.injected = example.boot_both(cls.path, *cls.arguments)
        cls.plain = cls.plains[0]
        cls.first, cls.second, cls.without = cls.meshed
        cls.annotations = json.loads(cls.first['config'] or b'{}').get('annotations', {})

    def services(self) -> list[dict]:
        self.assertIsNotNone(self.first['registration'], f'no {REGISTRATION} was written; {self.journal(self.first)}')
        return example.services(self.first['registration'])

    def journal(self, state: dict) -> str:
        texts = state['report']['journal'].items()
        return '\n'.join(f'== {unit}\n{text}' for unit, text in texts if 'cloud' not in unit)

    def same(self, was: str, now: str, what: str) -> None:
        if was != now:
            lines = difflib.unified_diff(was.splitlines(), now.splitlines(), 'plain', 'injected', lineterm='')
            self.fail(f'{what} differs:\n' + '\n'.join(lines))

    def test_operators_files_are_the_same(self) -> None:
        for plain, boot in zip(self.plains, self.meshed):
            lines = tree.differences(plain['tree'], boot['tree'])
            self.assertFalse(lines, 'injection changed the disk:\n' + '\n'.join(lines))

    def test_files_of_write_files_are_there(self) -> None:
        config = self.plain['report']['cloud_init']['config'] or {}
        for entry in config.get('write_files') or []:
            path = entry['path'].lstrip('/')
            if not any(path.startswith(top) for top in ('run/', 'tmp/', 'var/tmp/', 'var/log/')):
                self.assertIn(path, self.plain['tree'])
                self.assertEqual(self.plain['tree'][path], self.first['tree'].get(path), path)

    def test_operators_configuration_is_the_same(self) -> None:
        configs = (example.without_annotations(state['report']['cloud_init']['config'])
                   for state in (self.plain, self.first))
        self.same(*(json.dumps(config, indent=1, sort_keys=True) for config in configs), 'the merged cloud-config')

    def test_users_and_groups_are_the_same(self) -> None:
        for kind in ('passwd', 'group'):
            for boot in self.meshed:
                self.assertEqual(self.plain[kind], boot[kind])

    def test_packages_are_the_same(self) -> None:
        self.same(*('\n'.join(state['report']['packages']) for state in (self.plain, self.first)), 'dpkg-query -W')

    def test_scripts_are_the_same_apart_from_ours(self) -> None:
        ours = {example.stored_name(name) for name in example.own_parts(self.injected)}
        self.assertTrue(ours, 'the injected user-data has no part of ours')
        theirs = {path: text for path, text in self.first['scripts'].items() if path.rpartition('/')[2] not in ours}
        self.assertEqual(self.plain['scripts'], theirs)
        last = max(name for name in self.first['scripts'] if name.startswith('scripts/'))
        self.assertIn(last.rpartition('/')[2], ours, 'our script must be the last one to run')

    def test_cloud_init_is_done_without_errors(self) -> None:
        for name, state in (('plain', self.plain), *zip(('first', 'second', 'without config'), self.meshed)):
            cloud = state['report']['cloud_init']
            with self.subTest(boot=name):
                self.assertIn('status: done', cloud['status'])
                self.assertEqual(cloud['errors'], [])
        was, now = ({line.partition(' - ')[2] for line in state['report']['cloud_init']['warnings']}
                    for state in (self.plain, self.first))
        self.assertLessEqual(now, was, 'injection brought warnings')

    def test_no_unit_failed(self) -> None:
        for state in self.meshed:
            self.assertEqual(state['report']['failed'], self.plain['report']['failed'], self.journal(state))

    def test_guest_files_have_their_modes(self) -> None:
        for path, modes in GUEST_FILES.items():
            with self.subTest(path=path):
                found = self.first['report']['files'][path]
                self.assertIsNotNone(found, f'{path} is missing')
                self.assertIn(found['mode'], modes)
                self.assertEqual(found['owner'], 'root')

    def test_sidecar_init_succeeded(self) -> None:
        for boot in (self.first, self.second):
            unit = boot['report']['units']['consul-sidecar-init.service']
            self.assertEqual((unit['LoadState'], unit['Result'], unit['ExecMainStatus'], unit['ConditionResult']),
                             ('loaded', 'success', '0', 'yes'), self.journal(boot))
            self.assertNotEqual(unit['ExecMainStartTimestampMonotonic'], '0', 'it never ran')

    def test_registration_is_as_expected(self) -> None:
        for boot in (self.first, self.second):
            self.assertIsNotNone(boot['registration'], self.journal(boot))
            content = json.loads(boot['registration'])
            self.assertEqual(boot['registration'].decode(), json.dumps(content, indent=2, sort_keys=True) + '\n')
            expected = self.path.parent / 'expected-registration.json'
            if expected.exists():
                self.assertEqual(content, example.resolved(json.loads(expected.read_text())))

    def test_sidecars_are_up_at_the_first_try(self) -> None:
        for boot in (self.first, self.second):
            units = boot['report']['units']
            for service in self.services():
                name = f'envoy@{service["name"]}.service'
                self.assertIn(name, units, self.journal(boot))
                self.assertEqual((units[name]['ActiveState'], units[name]['SubState'], units[name]['NRestarts']),
                                 ('active', 'running', '0'), self.journal(boot))

    def test_sidecars_start_after_the_registration(self) -> None:
        for boot in (self.first, self.second):
            written = boot['report']['files'][REGISTRATION]['sha256']
            starts = [call for call in boot['report']['calls']
                      if (call['program'], call['event']) == ('envoy', 'start')]
            redirects = self.redirects(boot)
            self.assertEqual(len(starts), len(self.services()), self.journal(boot))
            for call in starts + redirects:
                self.assertTrue(call['registration_exists'], call)
            for call in redirects:
                self.assertEqual(call['registration'], written, 'the registration was written again after the redirect')

    def redirects(self, boot: dict) -> list[dict]:
        """The calls of redirect-traffic that succeeded; those before the agent knew the sidecar are tried again."""
        return [call for call in boot['report']['calls'] if call['event'] == 'redirected']

    def transparent(self) -> list[str]:
        return [service['name'] for service in self.services()
                if service['connect']['sidecar_service']['proxy'].get('mode') == 'transparent']

    def test_redirect_carries_every_exclusion(self) -> None:
        # Blocks are put in by the wrapper, each into the rules of its family.
        flags = {flag for flag in example.redirect_flags(self.annotations) if not flag.startswith('-exclude-outbound-cidr=')}
        for boot in (self.first, self.second):
            redirects = self.redirects(boot)
            self.assertEqual(len(redirects), len(self.transparent()), self.journal(boot))
            users = {line.split(':')[0]: line.split(':')[2] for line in boot['report']['passwd']}
            for call, service in zip(redirects, self.transparent()):
                argv = {word.replace('--', '-', 1) if word.startswith('--') else word for word in call['argv'][2:]}
                wanted = flags | {f'-proxy-id={service}-sidecar-proxy', f'-proxy-uid={users["envoy"]}',
                                  f'-exclude-uid={users["consul"]}'}
                self.assertLessEqual(wanted, argv, f'missing: {sorted(wanted - argv)}')
                self.assertEqual(call['uid'], 0)

    def test_rules_stand_once_and_spare_the_exclusions(self) -> None:
        for boot in (self.first, self.second):
            rules = boot['report']['nat']['iptables'].splitlines()
            if not self.transparent():
                self.assertFalse([rule for rule in rules if 'CONSUL' in rule])
                continue
            for jump in ('-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND', '-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT'):
                self.assertEqual(rules.count(jump), 1, '\n'.join(rules))
            for flag in sorted(example.redirect_flags(self.annotations)):
                name, _, value = flag.partition('=')
                if name == '-exclude-inbound-port' and ':' not in value:
                    self.assertTrue([rule for rule in rules if rule.startswith('-A CONSUL_PROXY_INBOUND')
                                     and f'--dport {value} -j RETURN' in rule], flag)
                if name == '-exclude-outbound-cidr':
                    start = f'-A CONSUL_PROXY_OUTPUT -d {value}'
                    self.assertTrue([rule for rule in rules if rule.startswith(start)], flag)

    def test_rules_go_with_the_sidecar_and_the_operators_stay(self) -> None:
        said = self.second['report']['run'][example.END]
        self.assertNotRegex(said, 'CONSUL_(PROXY|NAMES)|consul_(tproxy|names)')
        self.assertIn('-A POSTROUTING -p udp -m udp --dport 9 -j ACCEPT', said)

    def test_nothing_is_installed_where_all_is_present(self) -> None:
        for state in self.meshed:
            for program in ('usr/bin/consul', 'usr/bin/envoy'):
                self.assertEqual(state['tree'][program], self.plain['tree'][program])

    def test_second_boot_writes_nothing_of_ours(self) -> None:
        for path in GUEST_FILES:
            before, after = (boot['report']['files'][path] for boot in (self.first, self.second))
            with self.subTest(path=path):
                self.assertEqual(before, after)

    def test_without_its_configuration_the_machine_leaves_the_mesh(self) -> None:
        report = self.without['report']
        self.assertIsNone(self.without['config'], f'{CONFIG} came back')
        self.assertIsNone(self.without['registration'], f'{REGISTRATION} is still there; {self.journal(self.without)}')
        active = {name: unit['ActiveState'] for name, unit in report['units'].items() if name.startswith('envoy@')}
        self.assertFalse([name for name, is_now in active.items() if is_now != 'inactive'], self.journal(self.without))
        self.assertFalse([call for call in report['calls'] if call['argv'][:1] == ['connect']])
        self.assertNotIn('CONSUL', report['nat']['iptables'] + report['nft'])


class OneCloudConfig(Example, unittest.TestCase):
    """The counting example, injected into its one cloud-config: no part of ours, only keys."""

    path = example.EXAMPLES / 'counting/user-data.yaml'
    arguments = ('--layout', 'cloud-config')

    def test_operators_configuration_is_the_same(self) -> None:
        was, now = (example.without_annotations(state['report']['cloud_init']['config'])
                    for state in (self.plain, self.first))
        ours = example.own_entries(self.injected)
        self.assertEqual(now['write_files'][:len(ours)], ours)
        now['write_files'] = now['write_files'][len(ours):]
        self.assertEqual(now['runcmd'].pop(0), ['systemctl', 'enable', 'consul-sidecar-init.service'])
        self.same(*(json.dumps(config, indent=1, sort_keys=True) for config in (was, now)), 'the merged cloud-config')

    def test_scripts_are_the_same_apart_from_ours(self) -> None:
        enable = "'systemctl' 'enable' 'consul-sidecar-init.service'\n"
        theirs = {path: text.replace(enable, '', 1) for path, text in self.first['scripts'].items()
                  if not path.endswith(example.START)}
        self.assertEqual(self.plain['scripts'], theirs)
        self.assertEqual(max(name for name in self.first['scripts'] if name.startswith('scripts/')),
                         f'scripts/{example.START}', 'our script must be the last one to run')


class Examples(unittest.TestCase):
    """The examples themselves."""

    def test_there_are_examples(self) -> None:
        self.assertTrue(example.found(), f'no user-data below {example.EXAMPLES}')


for _path in example.found():
    _name = 'Example_' + ''.join(letter if letter.isalnum() else '_' for letter in example.title(_path))
    globals()[_name] = type(_name, (Example, unittest.TestCase),
                            {'path': _path, '__module__': __name__, '__doc__': str(_path)})


if __name__ == '__main__':
    unittest.main()
