"""Questions for names of the mesh: by systemd-resolved, told as it wants it; else by rules, real ones, in network namespaces."""
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import GUEST
from test_apply import WEB, GuestCase
from test_redirect_netns import CLEANUP, WHY, Space

STUB = 'nameserver 127.0.0.53\noptions edns0\n'
DROP_IN = '/run/systemd/resolved.conf.d/consul-vm-inject.conf'
RESTART = 'systemctl --no-block try-restart systemd-resolved.service'


class Resolved(GuestCase):
    def names(self, *words, **env):
        """Which commands the generator's `names` runs."""
        self.guest.CHANGED.clear()
        self.log.write_text('')
        own, run = [], self.guest.run

        def seen(*command, text=''):
            if command[0] in ('nft', 'iptables-restore', 'ip6tables-restore'):
                own.append(command[0])
                return int(command[0] == 'nft'), ''
            return run(*command, text=text)

        with mock.patch.dict(os.environ, env), mock.patch.object(self.guest, 'run', seen):
            self.guest.names(*words)
        return [line for line in self.log.read_text().splitlines() if '--version' not in line] + own

    def test_where_programs_ask_it_it_is_told_and_at_the_end_no_longer(self):
        self.write('/etc/resolv.conf', STUB)
        self.apply(WEB)
        self.assertNotIn(DROP_IN, self.files())
        self.assertEqual(self.names('web'), [RESTART])
        self.assertEqual(self.read(DROP_IN), '[Resolve]\nDNS=127.0.0.1:8600\nDNSSEC=false\nDomains=~consul\n')
        self.assertEqual(self.names('web', FAKE_GLOBAL='127.0.0.1:8600'), [])
        self.assertEqual(self.names(), [RESTART])
        self.assertNotIn(DROP_IN, self.files())
        self.assertEqual(self.names(), [])
        self.assertEqual(self.read('/etc/resolv.conf'), STUB)

    def test_it_is_left_alone_where_it_is_not_asked_or_has_servers_of_its_own_or_is_too_old(self):
        rules = ['nft', 'ip6tables-restore', 'iptables-restore']
        self.apply(WEB)
        for text, env in (('nameserver 10.0.0.2\n', {}), (STUB, {'FAKE_GLOBAL': '10.0.0.3'}), (STUB, {'FAKE_GLOBAL': '127.0.0.1:8600 10.0.0.3'}),
                          (STUB, {'FAKE_SYSTEMD': '245'}), ('', {})):
            with self.subTest(text=text, **env):
                self.write('/etc/resolv.conf', text)
                (self.root / DROP_IN[1:]).unlink(missing_ok=True)
                self.assertEqual(self.names('web', **env), rules)
                self.assertNotIn(DROP_IN, self.files())

    def test_nothing_is_done_where_no_names_are_to_be_resolved(self):
        self.apply({**WEB, 'consul_dns': 'false'})
        self.assertEqual(self.names('web'), [])

    def test_it_is_told_as_long_as_one_sidecar_is_up(self):
        self.write('/etc/resolv.conf', STUB)
        self.apply(WEB)
        self.names('web')
        self.write('/run/consul-vm-inject/other.up', '')
        self.assertEqual(self.names(), [])
        self.assertIn(DROP_IN, self.files())

    def test_when_no_rules_can_be_made_that_is_told(self):
        self.write('/etc/resolv.conf', 'nameserver 10.0.0.2\n')
        self.apply(WEB)
        with mock.patch.object(self.guest, 'run', lambda *command, text='': (command[0] != 'systemctl', f'{command[0]} 252 : no such thing')):
            self.guest.names('web')
        self.assertIn('names under consul: iptables-restore 252 : no such thing', self.messages)

    def test_another_domain_restarts_the_sidecar(self):
        self.apply(WEB)
        self.assertEqual(self.guest.recall()['sidecars']['web'][2][0]['else'], ['consul', '8600'])
        commands, _ = self.apply({**WEB, 'consul_dns': 'false'})
        self.assertIn('systemctl --no-block restart envoy@web.service', commands)


# Runs in the namespace: servers that say who they are, a sidecar that is up, and then questions.
ASK = r"""
import json, socket, struct, sys, threading, types
guest, domain, agent = types.ModuleType('guest'), sys.argv[1], sys.argv[2] == 'agent'
exec(compile(open(sys.argv[3]).read(), 'guest', 'exec'), guest.__dict__)
guest.recall, guest.write = lambda: {'sidecars': {'web': [{}, {}, [domain, '8600']]}, 'agent': {'uid': '0'}}, lambda *_: None

def question(name):
    labels = (name + '.').split('.')
    return struct.pack('>6H', 1, 256, 1, 0, 0, 1) + b''.join(bytes([len(one)]) + one.encode() for one in labels) \
        + struct.pack('>HH', 1, 1) + b'\0' + struct.pack('>HHIH', 41, 1232, 0, 0)

def serve(address, port):
    server = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))
    def answer():
        while True:
            client = server.recvfrom(4096)[1]
            server.sendto(b'%d' % port, client)
    threading.Thread(target=answer, daemon=True).start()

for address in ('10.9.0.1', '127.0.0.53', '127.0.0.1', 'fd00::1'):
    serve(address, 53)
if agent:
    serve('127.0.0.1', 8600)
    serve('::1', 8600)
# As for each start of a sidecar whose rules are held.
guest.names('web')
guest.names('web')
long = '.'.join(letter * 63 for letter in 'abc')[:220 - len(domain)]
found = []
for address in ('10.9.0.1', '127.0.0.53', '127.0.0.1', 'fd00::1'):
    # One socket for all of them, as some resolvers have it.
    client = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(3)
    client.connect((address, 53))
    for name in ('web.virtual.' + domain, 'example.com', ('web.' + domain).upper(), domain + '.example.com', 'x' + domain, domain,
                 long + '.' + domain, 'example.org'):
        try:
            client.send(question(name))
            found.append(client.recv(4096).decode())
        except OSError as error:
            found.append('refused' if isinstance(error, ConnectionRefusedError) else 'nothing')
print(json.dumps(found))
"""
ADDRESSES = 'ip addr add 10.9.0.1/32 dev lo; ip addr add 10.9.0.5/32 dev lo; ip addr add fd00::1/128 nodad dev lo; ip addr add fd00::5/128 nodad dev lo'


@unittest.skipIf(WHY, WHY)
class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / 'ask.py').write_text(ASK)

    def space(self):
        space = Space()
        self.addCleanup(space.close)
        self.assertEqual(space.sh(ADDRESSES).returncode, 0)
        return space

    def asked(self, space, way, domain, agent='agent'):
        """Who answered, and what the generator said. A way is a backend of iptables, or `by nft`."""
        bin = self.folder / way
        bin.mkdir(exist_ok=True)
        if way != 'by nft' and not (bin / 'nft').exists():
            (bin / 'nft').write_text('#!/bin/sh\nexit 1\n')
            (bin / 'nft').chmod(0o755)
            for six in ('', '6'):
                (bin / f'ip{six}tables-restore').symlink_to(f'/usr/sbin/ip{six}tables-{way}-restore')
        path = f'{bin}:/usr/sbin:/sbin:{os.environ["PATH"]}'
        done = space.run('env', f'PATH={path}', sys.executable, self.folder / 'ask.py', domain, agent, GUEST / 'generate-sidecar-configs.py')
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done.stderr

    def test_by_the_name_whichever_server_is_asked_and_whatever_else_the_socket_asked(self):
        for way in ('by nft', 'nft', 'legacy'):
            for domain in ('consul', 'mesh-1.corp_x.example.com'):
                with self.subTest(way=way, domain=domain):
                    space = self.space()
                    before = space.state()
                    found, said = self.asked(space, way, domain)
                    self.assertEqual(found, ['8600', '53', '8600', '53', '53', '8600', '8600', '53'] * 4, said)
                    self.assertEqual(said, f'consul-vm-inject: names under {domain}: redirected\n' * 2)
                    if way == 'by nft':
                        self.assertEqual(space.sh('nft list table inet consul_names').stdout.count('jump find'), 1)
                    done = space.run(CLEANUP)
                    self.assertEqual((done.returncode, 'removed' in done.stderr), (0, True), done.stderr)
                    self.assertNotIn('CONSUL', space.state().upper(), before)

    def test_other_names_are_answered_while_the_agent_is_dead(self):
        for way in ('by nft', 'legacy'):
            with self.subTest(way=way):
                found, _ = self.asked(self.space(), way, 'consul', 'dead')
                self.assertEqual([one for one in found if one == '53'], ['53'] * 16, found)
                self.assertNotIn('8600', found)


if __name__ == '__main__':
    unittest.main()
