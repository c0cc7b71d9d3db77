"""consul-redirect-traffic and consul-cleanup-iptables on real rules, in network namespaces of our own."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import rules
from plans import G as PLANNER
from plans import filled
from support import BIN, GUEST, P, run, vectors

CLEANUP = GUEST / 'consul-cleanup-iptables'
REDIRECT = GUEST / 'consul-redirect-traffic'
HOLD = GUEST / 'consul-hold-traffic'
WAIT = ('wait',)
ARGUMENTS = ['-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22', '-exclude-inbound-port=8301',
             '-exclude-outbound-cidr=169.254.169.254/32', '-exclude-uid=1000', '-consul-dns-ip=127.0.0.1', '-consul-dns-port=8600']

# What others have in the tables: nothing of it may change. (There are rules in PREROUTING and OUTPUT of both families, for
# iptables-nft makes these chains with the first rule, and keeps them.)
FOREIGN = '''
{4} -t nat -N DOCKER
{4} -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
{4} -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
{4} -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
{4} -t nat -A DOCKER -i docker0 -j RETURN
{4} -t nat -A DOCKER ! -i docker0 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
{4} -t filter -N DOCKER-USER
{4} -t filter -A FORWARD -j DOCKER-USER
{4} -t nat -N LIBVIRT_PRT
{4} -t nat -A POSTROUTING -j LIBVIRT_PRT
{4} -t nat -A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
{4} -t filter -N LIBVIRT_INP
{4} -t filter -A INPUT -j LIBVIRT_INP
{4} -t nat -N CONSUL_PROXY_OUTPUT_CUSTOM
{4} -t nat -A OUTPUT -p tcp --dport 9999 -j CONSUL_PROXY_OUTPUT_CUSTOM
{4} -t nat -A CONSUL_PROXY_OUTPUT_CUSTOM -j RETURN
{4} -t nat -A OUTPUT -p udp -m comment --comment "leave $(id) * alone -j CONSUL_PROXY_OUTPUT"
{4} -t nat -A OUTPUT -p tcp --dport 80 -m comment --comment "it's mine" -j RETURN
{6} -t nat -N DOCKER
{6} -t nat -A OUTPUT -p tcp --dport 81 -j DOCKER
{6} -t nat -A PREROUTING -p tcp --dport 81 -j DOCKER
{6} -t filter -A INPUT -p tcp --dport 82 -j ACCEPT
'''
FOREIGN_NFT = '''
table inet user_table {
  chain CONSUL_PROXY_OUTPUT { type nat hook output priority -50; tcp dport 7777 accept; }
  chain consul_tproxy { tcp dport 7778 accept; }
}
table ip consul_tproxy {
  chain x { tcp dport 7779 accept; }
}
'''


def usable():
    """Why these tests cannot run here, or None."""
    if os.geteuid() != 0:
        return 'not root: network namespaces cannot be made'
    missing = [tool for tool in ('ip', 'nft', 'iptables', 'ip6tables') if not shutil.which(tool, path='/usr/sbin:/sbin:/usr/bin:/bin')]
    if missing:
        return f'not installed: {", ".join(missing)}'
    name = f'cvi-{os.getpid()}-probe'
    made = subprocess.run(['ip', 'netns', 'add', name], capture_output=True, check=False)
    if made.returncode:
        return f'no network namespaces here: {made.stderr.decode().strip()}'
    probe = subprocess.run(['ip', 'netns', 'exec', name, 'nft', 'add', 'table', 'inet', 'x'], capture_output=True, check=False)
    subprocess.run(['ip', 'netns', 'del', name], check=False)
    return 'nftables does not work here' if probe.returncode else None


WHY = usable()

# One connection: answered, and asked with when a line comes on standard input.
ECHO = "import socket; s = socket.create_server(('', 7000)); print('ready', flush=True); c = s.accept()[0]; c.sendall(c.recv(9))"
ASK = ("import socket, sys; c = socket.create_connection((sys.argv[1], 7000), 10); print('connected', flush=True); sys.stdin.readline(); "
       "c.settimeout(5); c.sendall(b'x'); print('answered' if c.recv(9) == b'x' else 'cut', flush=True)")


def backend_works(space, backend):
    return space.sh(f'{backend} -t nat -S').returncode == 0


class Space:
    """A network namespace."""

    made = 0

    def __init__(self):
        Space.made += 1
        self.name = f'cvi-{os.getpid()}-{Space.made}'
        subprocess.run(['ip', 'netns', 'add', self.name], check=True)
        self.sh('ip link set lo up')

    def close(self):
        subprocess.run(['ip', 'netns', 'del', self.name], capture_output=True, check=False)

    def run(self, *argv, **options):
        return run('ip', 'netns', 'exec', self.name, *argv, **options)

    def sh(self, script):
        return self.run('sh', '-c', script)

    def foreign(self, tool):
        """Installs what others have; rules that this kernel has no module for are left out."""
        six = tool.replace('iptables', 'ip6tables')
        lines = [line.replace('{4}', tool).replace('{6}', six) for line in FOREIGN.strip().splitlines()]
        quoted = [re.sub(r'"([^"]*)"', lambda found: "'" + found.group(1).replace("'", "'\\''") + "'", line) for line in lines]
        self.sh('\n'.join(quoted))
        subprocess.run(['ip', 'netns', 'exec', self.name, 'nft', '-f', '-'], input=FOREIGN_NFT, text=True, check=True)

    def state(self):
        """Every rule there is, without counters and times. Legacy tables are looked at only where they exist."""
        found = self.sh('''
for family in ip ip6; do
  if grep -qx nat "/proc/net/${family}_tables_names" 2>/dev/null; then "${family}tables-legacy-save"; fi
  if nft list tables | grep -q "^table $family nat$"; then "${family}tables-nft-save" 2>/dev/null; fi
done
cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null
nft list ruleset''').stdout
        return re.sub(r'(?m)^# .*\n|\[\d+:\d+\]|counter packets \d+ bytes \d+ ?', '', found)

    def apply(self, todo, tolerant=False):
        """Runs commands in the namespace; with `tolerant` goes on after a failure."""
        script = '\n'.join(' '.join(f"'{word}'" for word in command) + ' 2>/dev/null' + ('' if tolerant else ' || exit 1') for command in todo)
        return self.sh(script + '\nexit 0').returncode == 0

    def cleanup(self):
        return self.run(CLEANUP)

    def redirect(self, service='web', arguments=None, stage=(), ports='', **env):
        """Runs consul-redirect-traffic with a settings file of these arguments."""
        with tempfile.TemporaryDirectory() as folder:
            if arguments is not None:
                (Path(folder) / f'{service}.redirect').write_text(''.join(word + '\n' for word in arguments))
            log = Path(folder) / 'log'
            if 'legacy' in env.get('FAKE_BACKEND', ''):
                for tool in ('iptables', 'ip6tables'):
                    (Path(folder) / tool).symlink_to(shutil.which(f'{tool}-legacy', path='/usr/sbin:/sbin'))
                env['PATH'] = f'{BIN}:{folder}:/usr/sbin:/sbin:{os.environ["PATH"]}'
            env = {'CONSUL_REDIRECT_DIR': folder, 'FAKE_LOG': str(log), 'CONSUL_PORTS': ports, **env}
            done = self.run(REDIRECT, service, *stage, env=env)
            done.log = log.read_text() if log.exists() else ''
            return done


@unittest.skipIf(WHY, WHY or '')
class Namespaces(unittest.TestCase):
    def space(self):
        space = Space()
        self.addCleanup(space.close)
        return space


class Cleanup(Namespaces):
    def backends(self):
        """(backend of the rules, tool of the foreign rules); legacy only where this kernel still has it."""
        yield 'iptables-nft', 'iptables-nft'
        yield 'nftables', 'iptables-nft'
        probe = self.space()
        if backend_works(probe, 'iptables-legacy') and backend_works(probe, 'ip6tables-legacy'):
            yield 'iptables-legacy+6', 'iptables-legacy'
            yield 'iptables-legacy', 'iptables-nft'

    def test_nothing_is_created_or_changed_where_nothing_is_ours(self):
        for tool in (None, 'iptables-nft', 'iptables-legacy'):
            with self.subTest(foreign=tool):
                space = self.space()
                if tool:
                    space.foreign(tool)
                before = space.state()
                self.assertEqual('DOCKER-USER' in before, bool(tool))
                done = space.cleanup()
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                self.assertEqual(space.state(), before)

    def test_rules_set_up_once_or_three_times_go_and_all_others_stay(self):
        for backend, tool in self.backends():
            for times in (1, 3):
                with self.subTest(backend=backend, foreign=tool, times=times):
                    space = self.space()
                    space.foreign(tool)
                    todo = rules.commands(['-proxy-uid=5995', *ARGUMENTS], backend)
                    if backend == 'iptables-legacy' and tool == 'iptables-nft':
                        space.sh('iptables-legacy -t nat -S')  # its tables come into being with the first look
                    before = space.state()
                    for _ in range(times):
                        space.apply(todo, tolerant=times > 1)
                    self.assertIn('CONSUL_PROXY_INBOUND', space.state())
                    done = space.cleanup()
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(space.state(), before)

    def test_rules_left_half_way_go_after_each_step(self):
        for backend, tool in list(self.backends())[:3]:
            todo = rules.commands(['-proxy-uid=5995', *ARGUMENTS], backend)
            space = self.space()
            space.foreign(tool)
            if backend.startswith('iptables-legacy'):
                space.sh('iptables-legacy -t nat -S; ip6tables-legacy -t nat -S')
            before = space.state()
            for steps in range(1, len(todo) + 1):
                with self.subTest(backend=backend, steps=steps):
                    self.assertTrue(space.apply(todo[:steps]))
                    self.assertEqual(space.cleanup().returncode, 0)
                    self.assertEqual(space.state(), before)
            space.close()

    def test_both_backends_are_cleaned_at_once(self):
        space = self.space()
        space.foreign('iptables-nft')
        before = space.state()
        for backend in ('iptables-nft+6', 'nftables'):
            self.assertTrue(space.apply(rules.commands(['-proxy-uid=5995', *ARGUMENTS], backend)))
        self.assertEqual(space.cleanup().returncode, 0)
        self.assertEqual(space.state(), before)

    def test_a_jump_from_a_foreign_chain_goes_with_its_target(self):
        space = self.space()
        space.foreign('iptables-nft')
        before = space.state()
        space.apply(rules.commands(['-proxy-uid=5995'], 'iptables-nft'))
        space.sh('iptables-nft -t nat -A DOCKER -p tcp -g CONSUL_PROXY_REDIRECT; iptables-nft -t nat -A DOCKER -s 10.0.0.1 -j CONSUL_DNS_REDIRECT')
        self.assertEqual(space.cleanup().returncode, 0)
        self.assertEqual(space.state(), before)

    def test_what_remains_is_named_and_fails(self):
        space = self.space()
        space.apply(rules.commands(['-proxy-uid=5995'], 'iptables-nft'))
        # A quoted comment cannot be taken apart again without evaluating it.
        space.sh("iptables-nft -t nat -A OUTPUT -p tcp -m comment --comment 'not a plain rule' -j CONSUL_PROXY_OUTPUT")
        done = space.cleanup()
        self.assertEqual(done.returncode, 1)
        self.assertIn('still there: -N CONSUL_PROXY_OUTPUT', done.stderr)
        self.assertIn('not a plain rule', done.stderr)

    def test_missing_tools_are_no_error(self):
        with tempfile.TemporaryDirectory() as folder:
            for tool in ('sh', 'sed', 'grep', 'tr', 'cat'):
                os.symlink(shutil.which(tool), f'{folder}/{tool}')
            script = CLEANUP.read_text().replace('PATH=$PATH:', 'PATH=' + folder + ' #')
            done = subprocess.run([f'{folder}/sh', '-c', script], env={'PATH': folder}, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ''))

    @unittest.skipUnless(vectors(), 'the consul-k8s cases are not present')
    def test_the_recorded_rules_of_consul_go(self):
        cases = [case for case in vectors() if case['kind'] == 'iptables' and 'rules' in case['expected']]
        space = self.space()
        space.foreign('iptables-nft')
        space.sh('ip6tables-nft -t nat -S')
        before, foreign = space.state(), self.standing(space)
        self.assertGreater(len(cases), 20)
        for case in cases:
            with self.subTest(case['id']):
                todo = [line.replace('iptables ', 'iptables-nft ', 1).replace('ip6tables ', 'ip6tables-nft ', 1) if not line.startswith('nft') else line
                        for line in case['expected']['rules']]
                # IPv4's iptables refuses the IPv6 blocks that a case may hold; every other rule has to be there.
                refused = space.sh('\n'.join(re.sub(r'(\{.*\})', r"'\1'", line) + f" || echo '{number}'" for number, line in enumerate(todo)))
                numbers = [int(number) for number in refused.stdout.split()]
                self.assertTrue(all(re.search(r'^iptables.* -d \S*:', todo[number]) for number in numbers), [todo[n] for n in numbers])
                self.assertEqual(self.standing(space) - foreign, self.asked_for(case['expected']['rules']) - len(numbers))
                self.assertEqual(space.cleanup().returncode, 0)
                self.assertEqual(space.state(), before)

    def asked_for(self, commands):
        """How many chains and rules of ours the recorded commands make."""
        nft = [line for line in commands if re.match('nft (add|insert) rule ', line)]
        return len(nft) if nft else sum(bool(re.search(' -[NAI] ', line)) for line in commands)

    def standing(self, space):
        """How many there are, look-alikes of others among them."""
        saved = space.sh('iptables-nft-save -t nat; ip6tables-nft-save -t nat').stdout
        table = space.sh('nft list table inet consul_tproxy 2>/dev/null').stdout
        ours = re.findall(r'(?m)^(?::CONSUL_|-A .*CONSUL_)', saved)
        rules_of_nft = [line for line in table.splitlines() if line.strip() and line.split()[0] not in ('table', 'chain', 'type', '}')]
        return len(ours) + len(rules_of_nft)


class Redirect(Namespaces):
    def test_arguments_reach_consul_one_by_one_and_nothing_is_evaluated(self):
        hostile = ['-proxy-id=web-sidecar-proxy', '-exclude-inbound-port=22;touch /tmp/x', '-x=$(id) `id` * "a" \'b\' \\ ', '  spaced  ']
        done = self.space().redirect(arguments=hostile)
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = ['connect', 'redirect-traffic', '-proxy-uid=5995', *hostile]
        self.assertEqual(done.log, 'consul ' + ' '.join(map(repr, expected)) + '\n')

    def test_without_a_user_envoy_it_fails_with_a_clear_line(self):
        done = self.space().redirect(arguments=['-proxy-id=x'], FAKE_USERS='')
        self.assertEqual((done.returncode, done.log), (1, ''))
        self.assertIn('there is no user envoy', done.stderr)

    def test_direct_mode_does_nothing(self):
        for stage in ((), ('wait',), ('up',)):
            done = self.space().redirect(arguments=None, stage=stage)
            self.assertEqual((done.returncode, done.log), (0, ''))

    def test_a_name_that_is_no_service_is_refused(self):
        for name in ('', '../../etc/passwd', '.hidden', 'a b', 'a/b', '$(id)'):
            with self.subTest(name):
                self.assertEqual(self.space().redirect(service=name, arguments=None).returncode, 2)

    def test_before_envoy_it_waits_for_the_agent_without_rules(self):
        space = self.space()
        before = space.state()
        space.apply(rules.commands(['-proxy-uid=5995', *ARGUMENTS], 'nftables'))
        done = space.redirect(arguments=[*ARGUMENTS, '-namespace=a'], stage=WAIT, FAKE_WAIT='2')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.log, "consul 'connect' 'envoy' '-bootstrap' '-sidecar-for=web' '-namespace=a'\n" * 3)
        self.assertEqual(done.stderr.count('waiting for the agent: No sidecar proxy registered for web'), 1)
        self.assertEqual(space.state(), before)

    def test_an_agent_that_does_not_read_the_registration_is_looked_for_once_more_and_then_given_it_by_its_api(self):
        done = self.space().redirect(arguments=ARGUMENTS, stage=WAIT, FAKE_WAIT='10')
        self.assertEqual(done.returncode, 0, done.stderr)
        told = [line for line in done.log.splitlines() if "'connect'" not in line]
        self.assertEqual(told, ['systemctl start consul-sidecar-init.service',
                                "consul 'services' 'register' '/etc/consul.d/service-registration.json'"])

    def test_a_port_that_is_taken_is_named_with_its_owner_and_what_moves_it(self):
        space, ports = self.space(), 'sidecar-port:20000 admin-port:19000'
        self.assertEqual(space.redirect(arguments=ARGUMENTS, stage=WAIT, ports=ports).returncode, 0)
        for address in ('127.0.0.1', '0.0.0.0', '::', '::1'):
            with self.subTest(address):
                program = f'import socket, time; s = socket.create_server(({address!r}, 19000), family=socket.AF_INET{"6" * (":" in address)}); print(flush=True); time.sleep(60)'
                owner = subprocess.Popen(['ip', 'netns', 'exec', space.name, sys.executable, '-c', program], stdout=subprocess.PIPE)
                self.assertEqual(owner.stdout.readline(), b'\n')
                for arguments in (ARGUMENTS, None):
                    done = space.redirect(arguments=arguments, stage=WAIT, ports=ports)
                    self.assertEqual(done.returncode, 1)
                    self.assertRegex(done.stderr, rf'not started, nothing is redirected: port 19000 is taken: admin-port moves it: .*pid={owner.pid}')
                owner.kill()
                owner.communicate()

    def test_a_missing_secret_leaves_no_rules_and_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            empty = Path(folder) / 'empty'
            empty.touch()
            for variable in ('CONSUL_HTTP_TOKEN_FILE', 'CONSUL_CLIENT_KEY', 'CONSUL_CLIENT_CERT', 'CONSUL_CACERT', 'CONSUL_GRPC_CACERT'):
                for file in (f'{folder}/a b\\n$(id)', str(empty)):
                    with self.subTest(variable=variable, file=file):
                        space = self.space()
                        before = space.state()
                        done = space.redirect(arguments=ARGUMENTS, FAKE_BACKEND='iptables-nft', CONSUL_REDIRECT_WAIT='0', stage=WAIT, **{variable: file})
                        self.assertEqual((done.returncode, done.log, space.state()), (1, '', before))
                        self.assertEqual(done.stderr, f'consul-redirect-traffic: web: not started, nothing is redirected: {file} is missing or empty\n')
                        space.close()
            self.assertEqual(self.space().redirect(arguments=None, stage=WAIT, CONSUL_REDIRECT_WAIT='0', CONSUL_HTTP_TOKEN_FILE='/nowhere').returncode, 1)

    def test_a_late_secret_is_waited_for(self):
        for given, code, calls in (({}, 0, 1), ({'CREDENTIALS_DIRECTORY': '/run/credentials/envoy@web.service'}, 1, 0)):
            with self.subTest(given), tempfile.TemporaryDirectory() as folder:
                token = Path(folder) / 'token'
                late = threading.Timer(2, token.write_text, ['secret'])
                late.start()
                self.addCleanup(late.join)
                done = self.space().redirect(arguments=ARGUMENTS, stage=WAIT, CONSUL_HTTP_TOKEN_FILE=str(token), **given)
                self.assertEqual((done.returncode, done.log.count('-bootstrap')), (code, calls), done.stderr)
                self.assertEqual(done.stderr.count('waiting for'), 1)
                self.assertEqual('starting once more' in done.stderr, bool(given))

    def test_it_gives_up_in_time(self):
        done = self.space().redirect(arguments=ARGUMENTS, stage=WAIT, FAKE_WAIT='9', CONSUL_REDIRECT_WAIT='1')
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.log.count('-bootstrap'), 2)
        self.assertIn('not started, nothing is redirected: No sidecar proxy registered', done.stderr)

    def test_a_failure_half_way_leaves_nothing(self):
        for backend in ('iptables-nft', 'nftables'):
            for steps in (1, 7, 13):
                with self.subTest(backend=backend, steps=steps):
                    space = self.space()
                    space.foreign('iptables-nft')
                    before = space.state()
                    done = space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend, FAKE_STOP=str(steps))
                    self.assertEqual(done.returncode, 1)
                    self.assertEqual(space.state(), before)
                    space.close()

    def test_old_rules_are_replaced_not_doubled(self):
        space = self.space()
        space.apply(rules.commands(['-proxy-uid=5995', *ARGUMENTS], 'nftables'))
        for _ in range(3):
            self.assertEqual(space.redirect(arguments=ARGUMENTS, FAKE_BACKEND='iptables-nft').returncode, 0)
        state = space.state()
        self.assertNotIn('consul_tproxy', state)
        self.assertEqual(state.count('-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND'), 1)

    def test_blocks_are_excluded_by_family_at_the_first_try(self):
        four, six = ('iptables-nft -t nat -S CONSUL_PROXY_OUTPUT', '-d 169.254.169.254/32 -j RETURN'), ('ip6tables-nft -t nat -S CONSUL_PROXY_OUTPUT', '-d fd00::/8 -j RETURN')
        for backend, arguments, found in (
            ('iptables-nft', [*ARGUMENTS, '-exclude-outbound-cidr=fd00::/8'], [four]),
            ('iptables-nft+6', ARGUMENTS, [four]),
            ('iptables-nft+6', [*ARGUMENTS, '-exclude-outbound-cidr=fd00::/8'], [four, six]),
            ('iptables-nft', ARGUMENTS, [four]),
        ):
            with self.subTest(backend=backend, arguments=arguments):
                space = self.space()
                done = space.redirect(arguments=arguments, FAKE_BACKEND=backend)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual((done.log.count('redirect-traffic'), done.stderr.count('redirected')), (1, 1), done.stderr)
                self.assertNotIn('not excluded', done.stderr)
                for command, rule in found:
                    self.assertEqual(space.sh(command).stdout.count(rule), 1)
                space.cleanup()
                self.assertNotIn('CONSUL', space.state())
        for backend in ('nftables', 'nftables+6'):
            space = self.space()
            done = space.redirect(arguments=[*ARGUMENTS, '-exclude-outbound-cidr=fd00::/8'], FAKE_BACKEND=backend)
            self.assertEqual((done.returncode, done.log.count('redirect-traffic')), (0, 1))
            chain = space.sh('nft list chain inet consul_tproxy CONSUL_PROXY_OUTPUT').stdout
            self.assertEqual((chain.count('ip daddr 169.254.169.254 return'), chain.count('ip6 daddr fd00::/8 return')), (1, 1))

    def test_connections_that_are_older_than_the_rules_go_on(self):
        for backend in ('iptables-nft', 'nftables'):
            with self.subTest(backend):
                space, peer = self.space(), self.space()
                subprocess.run(['ip', 'link', 'add', 'v0', 'netns', space.name, 'type', 'veth', 'peer', 'v1', 'netns', peer.name], check=True)
                space.sh('ip address add 10.99.0.1/24 dev v0; ip link set v0 up')
                peer.sh('ip address add 10.99.0.2/24 dev v1; ip link set v1 up')
                asks = [(space, '10.99.0.2', peer), (peer, '10.99.0.1', space)]
                servers = [subprocess.Popen(['ip', 'netns', 'exec', other.name, sys.executable, '-c', ECHO], stdout=subprocess.PIPE) for _, _, other in asks]
                for server in servers:
                    self.addCleanup(server.kill)
                self.assertEqual([server.stdout.readline() for server in servers], [b'ready\n'] * 2)
                clients = [subprocess.Popen(['ip', 'netns', 'exec', own.name, sys.executable, '-c', ASK, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                           for own, address, _ in asks]
                for client in clients:
                    self.addCleanup(client.kill)
                self.assertEqual([client.stdout.readline() for client in clients], [b'connected\n'] * 2)
                self.assertEqual(space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend).returncode, 0)
                self.assertEqual([client.communicate(b'go\n', timeout=20)[0] for client in clients], [b'answered\n'] * 2)
                space.cleanup()
                self.assertNotIn('CONSUL', space.state())

    def test_rules_that_are_held_are_touched_only_when_they_change(self):
        for backend in ('iptables-nft', 'nftables'):
            space = self.space()
            space.foreign('iptables-nft')
            with tempfile.TemporaryDirectory() as folder, self.subTest(backend):
                settings, log = Path(folder) / 'web.redirect', Path(folder) / 'log'
                env = {'CONSUL_REDIRECT_DIR': folder, 'FAKE_LOG': str(log), 'FAKE_BACKEND': backend}
                hold = lambda code=0, **more: self.assertEqual(space.run(HOLD, 'web', env={**env, **more}).returncode, code)
                hold()
                self.assertFalse(log.exists())  # nothing is planned
                settings.write_text('-proxy-inbound-port=20000\n-exclude-inbound-port=22\n')
                hold(1, FAKE_STOP='7')
                hold()
                made = space.state()
                self.assertIn('CONSUL_PROXY_INBOUND', made)
                self.assertEqual(log.read_text().count('redirect-traffic'), 2)
                hold()
                space.run(REDIRECT, 'web', 'wait', env={**env, 'CONSUL_HOLD': 'yes'})
                self.assertEqual((log.read_text().count('redirect-traffic'), space.state()), (2, made))
                settings.write_text('-proxy-inbound-port=20000\n-exclude-inbound-port=23\n')
                hold()
                self.assertEqual(log.read_text().count('redirect-traffic'), 3)
                self.assertEqual(space.state(), made.replace('dport 22 ', 'dport 23 '))
                space.cleanup()
                hold()
                self.assertEqual(space.state(), made.replace('dport 22 ', 'dport 23 '))

    def test_any_other_failure_is_not_repeated(self):
        done = self.space().redirect(arguments=[word for word in ARGUMENTS if 'cidr' not in word], FAKE_REFUSE='yes')
        self.assertEqual((done.returncode, done.log.count('redirect-traffic')), (1, 1))


# Answers every TCP connection and datagram with its own name and port, of both families, until it is killed.
SERVER = '''
import os, socket, sys, threading, time
name = sys.argv[1]
def serve(port, kind):
    server = socket.socket(socket.AF_INET6, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", port))
    if kind == socket.SOCK_STREAM:
        server.listen()
    os.write(1, b"listening\\n")
    while True:
        if kind == socket.SOCK_STREAM:
            connection, _ = server.accept()
            connection.sendall(f"{name}:{port}".encode())
            connection.close()
        else:
            server.sendto(f"{name}:{port}".encode(), server.recvfrom(9)[1])
for word in sys.argv[2:]:
    kind, port = word.split(":")
    threading.Thread(target=serve, args=(int(port), getattr(socket, "SOCK_" + kind)), daemon=True).start()
time.sleep(120)
'''
# Asks as a user: rows of uid, kind of socket, host, port; the answers, one a line.
CLIENT = '''
import json, os, socket, sys
for uid, kind, host, port in json.loads(sys.argv[1]):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setresuid(uid, uid, uid)
        try:
            s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, getattr(socket, "SOCK_" + kind))
            s.settimeout(3)
            s.connect((host, port))
            if kind == "DGRAM":
                s.send(b"x")
            print(s.recv(99).decode())
        except OSError as error:
            print(type(error).__name__)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
'''
USER, EXCLUDED, ENVOY, CONSUL = 1234, 1000, 5995, 5996  # the last two are those of the stand-in for id
TCP, UDP = 'STREAM', 'DGRAM'
VM_PORTS = [22, 2222, 8301, 8080, 443, 9100, 8000, 8005, 8010, 8011, 15001, 20000]
PEER_PORTS = [80, 443, 6379, 7000, 7005, 7011]


class Traffic(Namespaces):
    def rows(self, six, dual=False):
        """(who asks, uid, kind, host, port, answer without rules, answer with rules) of one family; names are asked for by `dual`."""
        vm, peer, excluded, local = ('fd99::1', 'fd99::2', 'fd98::2', '::1') if six else ('10.99.0.1', '10.99.0.2', '10.98.0.2', '127.0.0.1')
        for port in VM_PORTS:
            free = port in (22, 2222, 8301, 9100, 8000, 8005, 8010)
            yield 'peer', 0, TCP, vm, port, f'vm:{port}', f'vm:{port}' if free else 'vm:20000'
        yield 'peer', 0, UDP, vm, 8301, 'vm:8301', 'vm:8301'
        yield 'peer', 0, UDP, vm, 8080, 'vm:8080', 'vm:8080'
        for port in PEER_PORTS:
            yield 'vm', USER, TCP, peer, port, f'peer:{port}', f'peer:{port}' if port in (6379, 7000, 7005) else 'vm:15001'
        for uid, free in ((0, False), (EXCLUDED, True), (ENVOY, True), (CONSUL, True)):
            yield 'vm', uid, TCP, peer, 80, 'peer:80', 'peer:80' if free else 'vm:15001'
        yield 'vm', USER, TCP, excluded, 80, 'peer:80', 'peer:80'
        yield 'vm', USER, TCP, local, 8080, 'vm:8080', 'vm:8080'
        yield 'vm', USER, TCP, local, 20000, 'vm:20000', 'vm:20000'
        yield 'vm', USER, UDP, peer, 80, 'peer:80', 'peer:80'
        yield 'vm', USER, UDP, local, 53, 'vm:53', 'vm:53'

    def network(self):
        """The VM's namespace and a peer's on one wire, each with its servers."""
        vm, peer = self.space(), self.space()
        subprocess.run(['ip', 'link', 'add', 'cvi0', 'netns', vm.name, 'type', 'veth', 'peer', 'name', 'cvi0', 'netns', peer.name], check=True)
        for space, addresses in ((vm, ['10.99.0.1/24', '10.98.0.1/24', 'fd99::1/64', 'fd98::1/64']),
                                 (peer, ['10.99.0.2/24', '10.98.0.2/24', 'fd99::2/64', 'fd98::2/64'])):
            space.sh('\n'.join(f'ip addr add {address} dev cvi0 {"nodad" if ":" in address else ""}' for address in addresses) + '\nip link set cvi0 up')
        for name, space, words in (('vm', vm, [*(f'{TCP}:{port}' for port in VM_PORTS), *(f'{UDP}:{port}' for port in (53, 8080, 8301, 8600))]),
                                   ('peer', peer, [*(f'{TCP}:{port}' for port in PEER_PORTS), f'{UDP}:80'])):
            server = subprocess.Popen(['ip', 'netns', 'exec', space.name, 'python3', '-c', SERVER, name, *words], stdout=subprocess.PIPE)
            self.addCleanup(server.stdout.close)
            self.addCleanup(server.wait)
            self.addCleanup(server.kill)
            for _ in words:
                self.assertEqual(server.stdout.readline(), b'listening\n')
        return {'vm': vm, 'peer': peer}

    maxDiff = None

    def check(self, spaces, rows, redirected):
        """Asks every question of the rows (as of `rows`) and compares the answers."""
        for asker, space in spaces.items():
            own = [row for row in rows if row[0] == asker]
            done = space.run('python3', '-c', CLIENT, json.dumps([row[1:5] for row in own]))
            answers = done.stdout.splitlines()
            self.assertEqual(len(answers), len(own), done.stderr)
            self.assertEqual(dict(zip((row[:5] for row in own), answers)), {row[:5]: row[6 if redirected else 5] for row in own})

    def test_what_is_excluded_passes_and_all_other_tcp_goes_through_the_sidecar(self):
        config = {P + 'connect-service': 'web', P + 'connect-service-port': '8080', P + 'transparent-proxy-exclude-uids': str(EXCLUDED),
                  P + 'transparent-proxy-exclude-inbound-ports': '9100,8000-8010', P + 'transparent-proxy-exclude-outbound-ports': '6379,7000:7010',
                  P + 'transparent-proxy-exclude-outbound-cidrs': '10.98.0.0/24,fd98::/64'}
        spaces = self.network()
        vm = spaces['vm']
        backends = ['iptables-nft', 'nftables']
        if backend_works(vm, 'iptables-legacy') and backend_works(vm, 'ip6tables-legacy'):
            backends.append('iptables-legacy')
        for backend in backends:
            for dual in (False, True):
                with self.subTest(backend=backend, dual=dual):
                    four, six = list(self.rows(False, dual)), list(self.rows(True, dual))
                    self.check(spaces, four + six, False)
                    annotations = {**config, P + 'dual-stack': str(dual).lower()}
                    arguments = filled(PLANNER.plan({'annotations': annotations})[0]['sidecars'][0]['redirect'], {'ssh-ports': [2222], 'resolved': False}) + [f'-exclude-uid={CONSUL}']
                    done = vm.redirect(arguments=arguments, FAKE_BACKEND=backend + ('+6' if dual else ''))
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.check(spaces, four, True)
                    self.check(spaces, six, dual)
                    self.assertEqual(vm.cleanup().returncode, 0)
        self.check(spaces, four + six, False)


# What Docker makes for a bridge, and a container that publishes port 8080 of the VM; LIBVIRT and CNI have it in other words.
BRIDGE = '''
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip addr add fd17::1/64 dev docker0 nodad; ip link set docker0 up
{4} -t nat -N DOCKER
{4} -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
{4} -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
{4} -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
{4} -t nat -A DOCKER -i docker0 -j RETURN
{4} -t nat -A DOCKER ! -i docker0 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
{4} -t nat -A DOCKER ! -i docker0 -p tcp --dport 9100 -j DNAT --to-destination 172.17.0.2:80
{6} -t nat -A POSTROUTING -s fd17::/64 ! -o docker0 -j MASQUERADE
{6} -t nat -A PREROUTING -p tcp --dport 81 -j RETURN
{6} -t nat -A OUTPUT -p tcp --dport 81 -j RETURN
'''
# A restart of Docker takes its jump away and appends it again; one that came late did so, too.
RESTART = '{4} -t nat -D PREROUTING -m addrtype --dst-type LOCAL -j DOCKER; {4} -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER'


class Forwarded(Traffic):
    """A VM with Docker's bridge between a container and a peer."""

    test_what_is_excluded_passes_and_all_other_tcp_goes_through_the_sidecar = None

    def containers(self, tool):
        spaces = self.network()
        vm, box = spaces['vm'], self.space()
        vm.sh(BRIDGE.replace('{4}', tool).replace('{6}', tool.replace('iptables', 'ip6tables')))
        subprocess.run(['ip', 'link', 'add', 'veth0', 'netns', vm.name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', box.name], check=True)
        vm.sh('ip link set veth0 master docker0 up')
        box.sh('ip addr add 172.17.0.2/16 dev eth0; ip addr add fd17::2/64 dev eth0 nodad; ip link set eth0 up; '
               'ip route add default via 172.17.0.1; ip -6 route add default via fd17::1')
        server = subprocess.Popen(['ip', 'netns', 'exec', box.name, 'python3', '-c', SERVER, 'box', f'{TCP}:80'], stdout=subprocess.PIPE)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.assertEqual(server.stdout.readline(), b'listening\n')
        return {**spaces, 'box': box}

    # Who asks, as whom, for what; the answer without rules, and with them.
    def forwarded(self, dual=False):
        yield 'box', 0, TCP, '10.99.0.2', 80, 'peer:80', 'peer:80'
        yield 'box', 0, TCP, 'fd99::2', 80, 'peer:80', 'peer:80'
        # What is for the VM itself is captured, whoever asks.
        yield 'box', 0, TCP, '172.17.0.1', 443, 'vm:443', 'vm:20000'
        yield 'box', 0, TCP, 'fd17::1', 443, 'vm:443', 'vm:20000' if dual else 'vm:443'
        yield 'box', 0, TCP, '172.17.0.1', 22, 'vm:22', 'vm:22'
        # A published port that is the service's goes through the sidecar; one that is excluded reaches its container.
        yield 'peer', 0, TCP, '10.99.0.1', 8080, 'box:80', 'vm:20000'
        yield 'peer', 0, TCP, '10.99.0.1', 9100, 'box:80', 'box:80'
        # Envoy itself reaches the container as Docker would have it.
        yield 'vm', ENVOY, TCP, '10.99.0.1', 8080, 'box:80', 'box:80'
        yield 'vm', ENVOY, TCP, '172.17.0.2', 80, 'box:80', 'box:80'
        yield 'vm', USER, TCP, '10.99.0.2', 443, 'peer:443', 'vm:15001'

    def test_what_is_not_for_the_vm_passes_and_published_ports_are_captured(self):
        for backend, tool in (('iptables-nft', 'iptables-nft'), ('nftables', 'iptables-nft'), ('iptables-legacy', 'iptables-legacy')):
            spaces = self.containers(tool)
            vm = spaces['vm']
            if not backend_works(vm, tool):
                continue
            before = vm.state()
            for dual in (False, True):
                rows = list(self.forwarded(dual))
                with self.subTest(backend=backend, dual=dual):
                    self.check(spaces, rows, False)
                    done = vm.redirect(arguments=[*ARGUMENTS[:-2], '-exclude-inbound-port=9100'], FAKE_BACKEND=backend + ('+6' if dual else ''))
                    self.assertEqual((done.returncode, done.stderr.count('\n')), (0, 1), done.stderr)
                    self.check(spaces, rows, True)
                    vm.sh(RESTART.replace('{4}', tool))
                    self.check(spaces, rows, True)
                    self.assertEqual(vm.cleanup().returncode, 0)
                    self.check(spaces, rows, False)
                    self.assertEqual(vm.state(), before)
            for space in spaces.values():
                space.close()


# ufw with settings of its own, in a mount namespace of its own: this host's are not touched.
UFW = '''set -e
mount -t tmpfs none /run
mkdir /run/etc && cp -a /etc/ufw/. /run/etc/ && mount --bind /run/etc /etc/ufw
cp /etc/default/ufw /run/default && sed -i 's/^MANAGE_BUILTINS=.*/MANAGE_BUILTINS={}/' /run/default && mount --bind /run/default /etc/default/ufw
ufw allow 20000/tcp
ufw --force enable
ufw status
ufw reload
echo =====
iptables -S; iptables -t nat -S; nft list tables
'''


class Flushed(Namespaces):
    def setUp(self):
        # The generator, which makes the rules for names, is told apart from other programs in Python.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        python = Path(folder.name) / 'python3'
        python.write_text(f'#!/bin/sh\ncase $1 in /srv/consul/*) echo "$*" >>"$FAKE_LOG" ;; *) exec {sys.executable} "$@" ;; esac\n')
        python.chmod(0o755)
        self.again = {'stage': ('again',), 'PATH': f'{folder.name}:{BIN}:/usr/sbin:/sbin:{os.environ["PATH"]}'}

    @unittest.skipUnless(shutil.which('ufw', path='/usr/sbin:/usr/bin'), 'ufw is not installed')
    def test_ufw_leaves_the_rules_alone_unless_it_is_to_manage_all(self):
        for backend in ('iptables-nft', 'nftables'):
            for manage, left in (('no', True), ('yes', backend == 'nftables')):
                space = self.space()
                with self.subTest(backend=backend, manage=manage):
                    self.assertEqual(space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend).returncode, 0)
                    done = space.sh(UFW.format(manage))
                    said, rules_now = done.stdout.split('=====\n')
                    self.assertIn('Status: active', said, done.stderr)
                    self.assertIn('-A ufw-user-input -p tcp -m tcp --dport 20000 -j ACCEPT', rules_now)
                    jump = '-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND' if backend == 'iptables-nft' else 'table inet consul_tproxy'
                    self.assertEqual(jump in rules_now, left)
                    again = space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend, **self.again)
                    self.assertEqual((again.returncode, 'redirect-traffic' in again.log), (0, not left), again.stderr)
                    self.assertIn(jump, space.sh('iptables -t nat -S; nft list tables').stdout)
                space.close()

    def test_rules_that_others_flush_come_back(self):
        for backend, flush in (('iptables-nft', 'iptables-nft -t nat -F'), ('iptables-nft', 'for chain in OUTPUT PREROUTING; do iptables -t nat -F $chain; done'),
                               ('iptables-nft', 'nft flush ruleset'), ('nftables', 'nft flush ruleset'), ('iptables-nft+6', 'nft flush ruleset')):
            space = self.space()
            with self.subTest(backend=backend, flush=flush):
                self.assertEqual(space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend).returncode, 0)
                made = space.state()
                self.assertEqual(space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend, **self.again).log, '')
                self.assertEqual(space.state(), made)
                space.sh(flush)
                self.assertNotEqual(space.state(), made)
                done = space.redirect(arguments=ARGUMENTS, FAKE_BACKEND=backend, **self.again)
                self.assertEqual((done.returncode, done.log.count('redirect-traffic')), (0, 1), done.stderr)
                self.assertIn('generate-sidecar-configs.py names web', done.log, 'rules for names went along')
                self.assertEqual(sorted(space.state().splitlines()), sorted(made.splitlines()))
                space.cleanup()
            space.close()


if __name__ == '__main__':
    unittest.main()
