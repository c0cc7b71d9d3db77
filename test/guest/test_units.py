"""The unit files and the shell scripts as text: what systemd and shellcheck say of them, and what must never be in them."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from plans import G as PLANNER
from plans import filled
from support import A, GUEST, P, load_generator

G = load_generator()
SCRIPTS = ['consul-cleanup-iptables', 'consul-hold-traffic', 'consul-mesh-packages', 'consul-redirect-traffic', 'consul-retry-sidecar']


def directives(name):
    """Directive -> values, in order."""
    found = {}
    for line in (GUEST / name).read_text().splitlines():
        key, separator, value = line.partition('=')
        if separator and not line.startswith('#'):
            found.setdefault(key, []).append(value)
    return found


class Units(unittest.TestCase):
    def test_the_generator_runs_after_the_network_stage_and_waits_for_no_later_one(self):
        unit = directives('consul-sidecar-init.service')
        after = ' '.join(unit['After']).split()
        self.assertLessEqual({'network-online.target', 'cloud-init.service', 'cloud-init-network.service'}, set(after))
        for late in ('cloud-final.service', 'cloud-config.service', 'cloud-init.target', 'multi-user.target'):
            self.assertNotIn(late, after)
        self.assertEqual((unit['Before'], unit['Type'], unit['WantedBy']), (['consul.service'], ['oneshot'], ['multi-user.target']))
        self.assertNotIn('RemainAfterExit', unit)  # `systemctl start` runs it again
        self.assertEqual(unit['ConditionPathExists'], ['|' + G.CONFIG, '|' + G.REGISTRATION])
        self.assertNotIn('Requires', unit)

    def test_the_sidecar_is_never_enabled_and_its_end_always_looked_after(self):
        unit = directives('envoy@.service')
        self.assertNotIn('WantedBy', unit)
        self.assertEqual(unit['ExecStartPre'], ['+/usr/local/bin/consul-redirect-traffic %i wait'])
        self.assertEqual(unit['ExecStartPost'], ['+/usr/local/bin/consul-redirect-traffic %i up'])
        self.assertEqual(unit['ExecStopPost'], ['+/usr/local/bin/consul-retry-sidecar %i'])
        self.assertTrue(unit['ExecStart'][0].startswith('/usr/bin/env consul connect envoy -sidecar-for=%i'))
        self.assertEqual((unit['User'], unit['Group']), (['envoy'], ['envoy']))
        self.assertEqual(unit['EnvironmentFile'], ['-/etc/consul.d/consul.env', '-/etc/consul.d/envoy-%i.env'])

    def test_one_mechanism_alone_tries_it_again_for_ever(self):
        unit, retry = directives('envoy@.service'), directives('consul-envoy-retry@.service')
        self.assertEqual(unit['StartLimitInterval'], ['0'])
        self.assertNotIn('Restart', unit)
        self.assertEqual(unit['OnFailure'], ['consul-envoy-retry@%i.service'])
        self.assertEqual((retry['PartOf'], retry['Restart']), (['envoy@%i.service'], ['on-failure']))
        self.assertEqual(retry['ExecStart'], ['/usr/local/bin/consul-retry-sidecar %i pause'])
        self.assertGreater(int(unit['TimeoutStartSec'][0]), 60 + 60 + 20)

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd-analyze is not installed')
    def test_systemd_has_nothing_to_complain_of(self):
        everything = {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'connect-service-upstreams': 'api:443',
                      P + 'enable-consul-dataplane-as-sidecar': 'true', P + 'sidecar-proxy-startup-failure-seconds': '9',
                      P + 'sidecar-proxy-liveness-failure-seconds': '9', P + 'sidecar-proxy-lifecycle-startup-grace-period-seconds': '9',
                      P + 'sidecar-proxy-cpu-limit': '200m', P + 'sidecar-proxy-cpu-request': '2', P + 'sidecar-proxy-memory-limit': '1Gi',
                      P + 'sidecar-proxy-memory-request': '1Mi', P + 'consul-sidecar-access-log-path': '/var/log/a b%/x',
                      P + 'envoy-extra-args': '"a b" %i ${HOME} \'\\\' ;', A + 'app-unit': 'app.service', A + 'acl-token-file': '/etc/a b%$:"',
                      A + 'client-cert-file': '/etc/c', A + 'client-key-file': '/etc//k', A + 'on-sidecar-failure': 'closed'}
        sidecar = PLANNER.plan({'annotations': everything})[0]['sidecars'][0]
        with tempfile.TemporaryDirectory() as folder:
            for name in ('consul-sidecar-init.service', 'envoy@.service', 'consul-envoy-retry@.service'):
                shutil.copy(GUEST / name, folder)
            drop_in = Path(folder) / 'envoy@web.service.d'
            drop_in.mkdir()
            (drop_in / '50.conf').write_text('\n'.join(filled(sidecar['unit'])) + '\n')
            (Path(folder) / 'consul-envoy-watch@web.service').write_text('\n'.join(filled(sidecar['watch'])) + '\n')
            (Path(folder) / 'consul-acl-token@web.service').write_text('\n'.join(filled(sidecar['acl'])) + '\n')
            units = ['consul-sidecar-init.service', 'envoy@web.service', 'consul-envoy-watch@web.service', 'consul-acl-token@web.service']
            shutil.copy(GUEST / 'envoy@.service', Path(folder) / 'envoy@web.service')
            done = subprocess.run(['systemd-analyze', 'verify', '--man=no', *(f'{folder}/{unit}' for unit in units)], capture_output=True, text=True, check=False)
        ours = [line for line in (done.stdout + done.stderr).splitlines()
                if re.search('consul-sidecar-init|envoy|consul-acl', line) and 'is not executable' not in line and 'Failed to open /dev/tty' not in line]
        self.assertEqual(ours, [])


class Scripts(unittest.TestCase):
    @unittest.skipUnless(shutil.which('shellcheck'), 'shellcheck is not installed')
    def test_shellcheck_has_nothing_to_complain_of(self):
        done = subprocess.run(['shellcheck', '-s', 'sh', *(GUEST / name for name in SCRIPTS)], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, '')

    def test_nothing_is_evaluated_and_no_table_is_flushed(self):
        for name in SCRIPTS:
            text = (GUEST / name).read_text()
            self.assertIsNone(re.search(r'\beval\b|^\s*source |^\s*\. |nft flush|--flush| -F *$|flush ruleset', text, re.M), name)
            self.assertTrue(text.startswith('#!/bin/sh\n'))

    def test_they_are_executable(self):
        for name in [*SCRIPTS, 'generate-sidecar-configs.py', 'acl-token.py', 'install-guest.py']:
            self.assertTrue((GUEST / name).stat().st_mode & 0o100, name)


if __name__ == '__main__':
    unittest.main()
