"""The rules of three generations of Consul, made and taken away beside those of others: byte for byte, without a machine."""

import json
import shlex
import unittest
from pathlib import Path

import choice
import nspawn
import parts
from disk import Disk
from foreign import DOCKER, STATE
from network import Network
from tool import PROJECT

GUEST = PROJECT / 'userdata-templates/guest'
# What the plan has for a sidecar; the program is told its port, as there is no agent to ask.
PLATFORMS = [row['cidr'] for row in json.loads((PROJECT / 'annotations/addresses.json').read_text())]
ARGUMENTS = ('-proxy-inbound-port=20000', '-exclude-inbound-port=22', '-exclude-inbound-port=8301',
             '-exclude-outbound-port=9000:9010', *(f'-exclude-outbound-cidr={block}' for block in PLATFORMS),
             '-exclude-uid=1000', '-consul-dns-port=8600')
# Ours, by the line that takes the traffic: of iptables a rule in each family, of nftables a table for both.
JUMP = '-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT'
TABLE = 'table inet consul_tproxy {'
# What forwarded traffic returns at, in either language.
FORWARDED = ('-A CONSUL_PROXY_INBOUND -m addrtype ! --dst-type LOCAL -j RETURN', 'fib daddr type != local return')
SEPARATOR = '\necho =====\n'


class Rules(unittest.TestCase):
    """A case a combination of a generation, the tool that serves as `iptables`, and the families."""

    def disk(self, layer: Path) -> Disk:
        made = self.enterContext(Disk('rules', choice.suite, (layer,)))
        for name in ('consul-redirect-traffic', 'consul-cleanup-iptables'):
            made.write(f'/usr/local/bin/{name}', (GUEST / name).read_bytes(), 0o755)
        made.run('useradd', '--system', '--user-group', 'envoy')
        for kind in ('nft', 'legacy'):
            for tool in ('iptables', 'ip6tables'):
                made.link(f'/opt/{kind}/{tool}', f'/usr/sbin/{tool}-{kind}')
        return made

    def sh(self, script: str) -> str:
        """The output of a script in the root and the namespace of this case."""
        self.disk_of_case.console.unlink(missing_ok=True)
        script = f'mount -t proc proc /proc; PATH=/opt/{self.kind}:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin; set -e\n{script}'
        status = nspawn.run(self.disk_of_case.layers(), ['chroot', '{}', '/bin/sh', '-c', script], name='rules', timeout=60,
                            output=self.disk_of_case.console, isolated=False, network=self.network.process.pid)
        said = self.disk_of_case.console.read_text()
        self.assertEqual(status, 0, said)
        return said

    def come_and_go(self, layer: Path, kind: str, dual_stack: bool, jumps: int, tables: int) -> None:
        """Makes and removes rules, with Docker's and without; asserts how many there were."""
        self.disk_of_case, self.kind = self.disk(layer), kind
        dual = f'DUAL_STACK={"1" if dual_stack else ""}'
        redirect = f'mkdir -p /run/r; printf "%s\\n" {shlex.join(ARGUMENTS)} >/run/r/web.redirect\n' \
            f'env {dual} CONSUL_REDIRECT_DIR=/run/r CONSUL_REDIRECT_WAIT=0 consul-redirect-traffic web'
        for foreign in (DOCKER, ''):
            with self.subTest(foreign=bool(foreign)), Network() as self.network:
                # Twice: the second set takes the place of the first.
                said = self.sh(SEPARATOR.join((foreign, STATE, redirect, STATE, redirect, STATE, 'consul-cleanup-iptables', STATE)))
                _, before, first, one, second, two, removal, after = said.split('=====\n')
                for told, made in ((first, one), (second, two)):
                    self.assertNotIn('not excluded', told)
                    self.assertIn('redirected with', told)
                    self.assertEqual((made.count(JUMP), made.count(TABLE)), (jumps, tables), made)
                    # What iptables-nft has made is listed in both languages.
                    self.assertEqual(made.count(FORWARDED[0]), jumps, made)
                    self.assertEqual(made.count(FORWARDED[1]), tables or (jumps if kind == 'nft' else 0), made)
                    for block in PLATFORMS:
                        six, plain = '6' if ':' in block else '', block.replace('/32', '').replace('/128', '')
                        found = made.count(f'ip{six} daddr {plain} return') if tables else made.count(f'-d {block} -j RETURN')
                        self.assertEqual(found, 1 if tables or dual_stack or not six else 0, block)
                self.assertIn('redirection removed', removal)
                self.assertNotRegex(after.replace('MY_CONSUL_PROXY_OUTPUT', '').replace('"-j CONSUL_PROXY_OUTPUT"', ''), '(?i)consul')
                if foreign:
                    self.assertEqual(after, before)

    def test_those_of_consul_1_14(self) -> None:
        for kind in ('nft', 'legacy'):
            with self.subTest(kind):
                self.come_and_go(parts.consul(), kind, False, 1, 0)

    def test_those_of_the_later_iptables_of_one_family_and_of_both(self) -> None:
        for kind in ('nft', 'legacy'):
            for dual_stack in (False, True):
                with self.subTest(kind, dual_stack=dual_stack):
                    self.come_and_go(parts.redirect('iptables'), kind, dual_stack, 2 if dual_stack else 1, 0)

    def test_those_of_nftables_of_one_family_and_of_both(self) -> None:
        for dual_stack in (False, True):
            with self.subTest(dual_stack=dual_stack):
                self.come_and_go(parts.redirect('nftables'), 'nft', dual_stack, 0, 1)


if __name__ == '__main__':
    unittest.main()
