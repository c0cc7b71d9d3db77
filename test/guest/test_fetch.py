"""The profile fetch on the guest: its boothook, the script that fetches, and the bundle, run as root on file systems of their own."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import ROOT

TOOL = ROOT / 'dist/bin/consul-vm-inject.js'
USER_DATA = '''#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: "web"
# consul.hashicorp.com/connect-service-port: "8080"
'''
STATE = '/var/lib/consul-vm-inject'
FETCH, UNIT = f'{STATE}/fetch', 'consul-vm-inject-fetch.service'
ADDRESS = 'http://127.0.0.1:8123/'
# Private copies of the paths that are written, in a mount and a network namespace that end with the shell.
WORLD = r'''
set -e
for folder in /run /srv /var/lib/consul-vm-inject /var/lib/cloud /etc/consul.d /etc/systemd/system /usr/local/bin /var/log; do
  mkdir -p $folder
  mount -t tmpfs none $folder
done
mount --bind "$1/environment" /etc/environment
mkdir /var/lib/cloud/data
echo i-one >/var/lib/cloud/data/instance-id
ip link set lo up
export PATH="$1/bin" CALLS="$1/calls" HERE="$1"
set +e
. "$1/steps"
'''
# Each fake says how it was called, and gives what $HERE/store holds by the name of the program, if anything.
FAKE = '#!/bin/sh\necho "${0##*/} $*" >>"$CALLS"\n[ ! -e "$HERE/store/${0##*/}" ] || cat "$HERE/store/${0##*/}"\n'
TOOLS = ('sh', 'awk', 'cat', 'cp', 'grep', 'head', 'ls', 'mkdir', 'mv', 'rm', 'sed', 'sha256sum', 'sleep', 'timeout', 'env', 'stat', 'tr',
         'kill', 'echo', 'touch', 'printf', 'seq', 'basename')


def tool(*words, data=None):
    return subprocess.run(['node', str(TOOL), *words], input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def usable():
    """Why these tests cannot run here, or None."""
    if os.geteuid() != 0:
        return 'not root'
    if not TOOL.exists():
        return f'{TOOL} is missing: run `npm run build` first'
    probe = subprocess.run(['unshare', '--mount', '--net', 'ip', 'link', 'set', 'lo', 'up'], capture_output=True, check=False)
    return probe.stderr.decode().strip() if probe.returncode else None


REASON = usable()
if REASON and os.environ.get('CONSUL_VM_INJECT_NO_SKIP'):
    raise AssertionError(REASON)


@unittest.skipIf(REASON, REASON)
class Fetch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = tool('guest', '--bundle', '-', '-q')
        cls.digest = hashlib.sha256(cls.bundle).hexdigest()

    def setUp(self):
        self.here = Path(tempfile.mkdtemp(prefix='consul-vm-inject-fetch-'))
        self.addCleanup(shutil.rmtree, self.here)
        for folder in ('bin', 'store'):
            (self.here / folder).mkdir()
        (self.here / 'environment').write_text('LANG=C\n')
        for name in TOOLS:
            found = shutil.which(name)
            if found:
                (self.here / 'bin' / name).symlink_to(found)
        (self.here / 'bin/python3').symlink_to('/usr/bin/python3')
        self.fake('systemctl')
        # What is installed must not install anything here.
        for name in ('consul', 'envoy'):
            self.fake(name)

    def fake(self, *names, text=FAKE):
        for name in names:
            path = self.here / 'bin' / name
            path.unlink(missing_ok=True)  # it may be a link to the real one
            path.write_text(text)
            path.chmod(0o755)

    def gives(self, name, content):
        self.fake(name)
        (self.here / 'store' / name).write_bytes(content)

    def inject(self, user_data=USER_DATA, address=ADDRESS):
        """Puts boothook and script there as parts of a document, by the names $HERE/boothook and $HERE/script."""
        out = tool('-q', '--profile', 'fetch', '--guest-url', address, '-', data=user_data.encode()).decode()
        hook, script = re.findall(r'\n\n(#!/bin/sh\n.*?)\n--==', out, re.S)[-2:]
        (self.here / 'boothook').write_text(hook.replace('/var/log/cloud-init-output.log', '/dev/stdout'))
        (self.here / 'script').write_text(script)

    def steps(self, *lines, timeout=60):
        """Runs steps in a world of their own; its output, and what was called."""
        (self.here / 'steps').write_text('\n'.join(['boothook() { INSTANCE_ID=${1:-i-one} sh "$HERE/boothook" 2>&1; }',
                                                    'script() { sh "$HERE/script" 2>&1; echo "status $?"; }',
                                                    f'unit() {{ sh {FETCH} 2>&1; echo "status $?"; }}', *lines, '']))
        (self.here / 'calls').write_text('')
        argv = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '/bin/sh', '-c', WORLD, 'world', str(self.here)]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
        return done.stdout.decode(), (self.here / 'calls').read_text().splitlines()

    FILES = 'cd /; ls -d srv/consul/* etc/consul.d/* usr/local/bin/* 2>/dev/null; echo end'

    def test_it_is_fetched_by_its_digest_and_installed_with_the_plan(self):
        self.gives('curl', self.bundle)
        self.inject()
        out, calls = self.steps('boothook', f'ls -A /srv; echo ---', 'script', self.FILES, f'cat {STATE}/fetched')
        self.assertEqual(out.split('---')[0].strip(), '', out)
        self.assertIn('status 0', out)
        self.assertTrue(out.endswith(self.digest), out)
        for path in ('srv/consul/service-config.json', 'srv/consul/generate-sidecar-configs.py', 'etc/consul.d/0-consul-vm-inject.json',
                     'usr/local/bin/consul-redirect-traffic'):
            self.assertIn(f'\n{path}\n', out)
        self.assertEqual([call for call in calls if call.startswith('curl')], [f'curl -gfsSL {ADDRESS}{self.digest}'])
        self.assertIn('systemctl start --no-block consul-sidecar-init.service', calls)
        self.assertIn(f'systemctl start --no-block {UNIT}', calls)  # for the boothook knows nothing of what is to come

    def test_what_curl_cannot_is_left_to_wget_and_then_to_python(self):
        for name in ('curl', 'wget'):
            self.gives(name, b'a page of the proxy')
        (self.here / 'www').mkdir()
        (self.here / 'www' / self.digest).write_bytes(self.bundle)
        self.inject()
        serve = ['/usr/bin/python3 -m http.server 8123 --bind 127.0.0.1 --directory "$HERE/www" >"$HERE/served" 2>&1 &',
                 'until grep -q 1FBB /proc/net/tcp; do sleep 0.1; done']
        out, calls = self.steps(*serve, 'boothook', 'script')
        self.assertIn('status 0', out)
        self.assertEqual([call.split()[0] for call in calls if call[:4] in ('curl', 'wget')], ['curl', 'wget'])
        self.assertEqual((self.here / 'served').read_text().count('GET /'), 1)

    def test_without_curl_and_wget_python_fetches(self):
        (self.here / 'www').mkdir()
        (self.here / 'www' / self.digest).write_bytes(self.bundle)
        self.inject()
        out, calls = self.steps('/usr/bin/python3 -m http.server 8123 --bind 127.0.0.1 --directory "$HERE/www" >/dev/null 2>&1 &',
                                'until grep -q 1FBB /proc/net/tcp; do sleep 0.1; done', 'boothook', 'script', self.FILES)
        self.assertIn('status 0', out)
        self.assertIn('srv/consul/service-config.json', out)

    def test_wget_alone_will_do(self):
        self.gives('wget', self.bundle)
        self.inject()
        out, calls = self.steps('boothook', 'script')
        self.assertIn('status 0', out)
        self.assertIn(f'wget -qO- {ADDRESS}{self.digest}', calls)

    def test_other_bytes_install_nothing_and_that_is_said(self):
        self.gives('curl', self.bundle + b'\n')
        self.inject()
        out, calls = self.steps('boothook', 'script', self.FILES)
        self.assertTrue(out.endswith('status 0\nend\n'), out)
        self.assertIn(f'nothing is installed yet: no guest files of SHA-256 {self.digest} at {ADDRESS}{self.digest}', out)
        self.assertNotIn('systemctl start --no-block consul-sidecar-init.service', calls)

    def test_endless_bytes_are_cut_off(self):
        self.fake('curl', text='#!/bin/sh\nexec cat /dev/zero\n')
        shutil.copy(self.here / 'bin/curl', self.here / 'bin/wget')
        self.fake('python3', text='#!/bin/sh\nexec cat /dev/zero\n')
        self.inject()
        out, _ = self.steps('boothook', f'sh {FETCH} once >/dev/null 2>&1; stat -c "size %s" {STATE}/{self.digest}')
        self.assertIn('size 999999\n', out)

    def test_the_unit_tries_ever_more_slowly_until_it_is_there(self):
        self.fake('curl', text=FAKE.replace('[ ! -e', '[ "$(grep -c ^curl "$CALLS")" -lt 9 ] || [ ! -e'))
        (self.here / 'store/curl').write_bytes(self.bundle)
        self.fake('sleep')
        self.inject()
        out, calls = self.steps('boothook', 'unit')
        self.assertIn('status 0', out)
        self.assertEqual([call for call in calls if call.startswith('sleep')], [f'sleep {n}' for n in (5, 10, 20, 40, 80, 160, 300, 300)])
        self.assertEqual(out.count('nothing is installed yet'), 8)

    def test_once_installed_nothing_is_asked_for(self):
        self.gives('curl', self.bundle)
        self.inject()
        out, calls = self.steps('boothook', 'script', 'unit', ': >"$CALLS"', 'rm -r /run/*', 'boothook', 'unit')
        self.assertEqual(out.count('status 0'), 3, out)
        self.assertEqual([call for call in calls if re.match('curl|systemctl (start|daemon-reload)', call)], [])

    def test_what_power_loss_left_of_the_bundle_is_fetched_again(self):
        self.gives('curl', self.bundle)
        self.inject()
        out, calls = self.steps('boothook', f'head -c 5000 "$HERE/store/curl" >{STATE}/{self.digest}', 'boothook', 'unit')
        self.assertIn('status 0', out)
        self.assertEqual(len([call for call in calls if call.startswith('curl')]), 1)

    def test_a_bundle_that_was_fetched_and_not_installed_is_installed_without_asking(self):
        self.gives('curl', self.bundle)
        self.inject()
        out, calls = self.steps(f'mkdir -p {STATE}; cp "$HERE/store/curl" {STATE}/{self.digest}', 'boothook', self.FILES, 'unit')
        self.assertIn('srv/consul/service-config.json', out)
        self.assertIn('status 0', out)
        self.assertEqual([call for call in calls if call.startswith('curl')], [])
        self.assertIn(f'systemctl start --no-block {UNIT}', calls)
        self.assertIn('systemctl start --no-block consul-sidecar-init.service', calls)

    def test_what_could_not_be_written_is_tried_again_at_the_next_boot(self):
        self.gives('curl', self.bundle)
        self.inject()
        out, calls = self.steps('boothook', 'mkdir -p /srv/consul/packages.conf/x', 'script', f'ls {STATE}/fetched',
                                'rm -r /srv/consul/packages.conf', ': >"$CALLS"', 'boothook', 'unit', f'cat {STATE}/fetched')
        self.assertIn('status 1', out)
        self.assertIn('No such file', out)
        self.assertTrue(out.endswith(self.digest), out)
        self.assertEqual([call for call in calls if call.startswith('curl')], [])

    def test_a_changed_document_counts_from_the_next_boot_on_and_asks_for_nothing(self):
        self.gives('curl', self.bundle)
        self.inject(USER_DATA.replace('8080', '9090'))
        shutil.copy(self.here / 'boothook', self.here / 'changed')
        self.inject()
        out, calls = self.steps('boothook', 'script', ': >"$CALLS"', 'cp "$HERE/changed" "$HERE/boothook"', 'boothook',
                                'grep -c 9090 /srv/consul/service-config.json')
        self.assertEqual(out.split()[-1], '2', out)
        self.assertEqual([call for call in calls if call.startswith('curl')], [])

    def test_a_document_of_another_version_changes_nothing_until_its_bundle_is_there(self):
        other = self.bundle + b'\n'
        digest = hashlib.sha256(other).hexdigest()
        self.gives('curl', self.bundle)
        self.inject(USER_DATA.replace('8080', '9090'))
        (self.here / 'changed').write_text((self.here / 'boothook').read_text().replace(self.digest, digest))
        (self.here / 'other').write_bytes(other)
        self.inject()
        count = 'grep -c 9090 /srv/consul/service-config.json'
        out, calls = self.steps('boothook', 'script', 'cp "$HERE/changed" "$HERE/boothook"', 'boothook', count,
                                f'sh {FETCH} once', count, 'cp "$HERE/other" "$HERE/store/curl"', 'unit', count, f'ls {STATE}')
        self.assertEqual(re.findall(r'^[0-9]$', out, re.M), ['0', '0', '2'], out)
        self.assertEqual(re.findall('^[0-9a-f]{64}$', out, re.M), [digest])

    def test_what_is_written_once_an_instance_stays_as_the_operator_left_it_until_the_next_instance(self):
        self.gives('curl', self.bundle)
        self.inject()
        out, _ = self.steps('boothook', 'script', 'rm /srv/consul/service-config.json', 'boothook', 'ls /srv/consul/*.json',
                            'boothook i-two', 'ls /srv/consul/*.json')
        self.assertEqual(len(re.findall('^/srv/consul/service-config.json$', out, re.M)), 1, out)

    def test_proxies_are_those_of_etc_environment_and_nothing_in_it_is_evaluated(self):
        self.fake('curl', text='#!/bin/sh\nenv | grep -i proxy >"$HERE/seen"\n')
        (self.here / 'environment').write_text(
            'PATH=/nowhere\n# http_proxy=http://comment\nexport http_proxy="http://proxy:3128"\nHTTPS_PROXY=\'http://proxy:3128/$(touch /run/x)\'\r\n'
            'no_proxy="localhost, 10.0.0.1, *.example.com"\nnot a setting\nEVIL-_proxy=x\nalias_proxy=`touch /run/x`\n')
        self.inject()
        out, _ = self.steps('boothook', 'script', 'ls -R /run')
        self.assertEqual(sorted((self.here / 'seen').read_text().splitlines()), [
            'HTTPS_PROXY=http://proxy:3128/$(touch/run/x)', 'alias_proxy=`touch/run/x`', 'http_proxy=http://proxy:3128',
            'no_proxy=localhost,10.0.0.1,*.example.com'])
        self.assertNotIn('\nx\n', out)

    @unittest.skipUnless(shutil.which('shellcheck'), 'shellcheck is not installed')
    def test_shellcheck_has_nothing_to_complain_of(self):
        self.inject(address='https://[::1]:8/a&b;c(d)$/')
        hook = (self.here / 'boothook').read_text()
        fetch = re.search(rf'=== 0755 {FETCH}\n(.*?)=== ', hook, re.S).group(1)
        for text in (hook, (self.here / 'script').read_text(), fetch):
            # Proxies are meant to be split; the path of Python has nothing to split.
            done = subprocess.run(['shellcheck', '-s', 'sh', '-e', 'SC2046,SC2086', '-'], input=text, stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.stdout, '')

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd-analyze is not installed')
    def test_systemd_has_nothing_to_complain_of(self):
        self.inject()
        unit = re.search(rf'=== 0644 /etc/systemd/system/{UNIT}\n(.*?)END-OF', (self.here / 'boothook').read_text(), re.S).group(1)
        (self.here / UNIT).write_text(unit)
        done = subprocess.run(['systemd-analyze', 'verify', self.here / UNIT], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual([line for line in done.stdout.splitlines() if 'fetch' in line], [])


if __name__ == '__main__':
    unittest.main()
