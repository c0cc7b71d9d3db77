"""consul-mesh-packages with stand-ins for the package managers and for the network, and a real gpg."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import GUEST

SCRIPT = GUEST / 'consul-mesh-packages'
TOOLS = ['sh', 'sed', 'tail', 'tr', 'grep', 'cut', 'awk', 'cat', 'mktemp', 'mkdir', 'cp', 'chmod', 'rm', 'sleep', 'sort', 'gpg', 'gpg-agent', 'touch']

# The stand-ins write their words to $LOG. An installed package leaves its program in $BIN.
MANAGER = '''#!/bin/sh
echo "$(basename_ $0) $*" >>"$LOG"
if [ -n "${LOCKED-}" ] && [ ! -e "$LOG.locked" ]; then touch "$LOG.locked"; echo "E: Could not get lock /var/lib/dpkg/lock" >&2; exit 100; fi
if [ -n "${CUT-}" ] && [ ! -e "$LOG.configured" ]; then echo "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem." >&2; exit 100; fi
for last; do :; done
case " $* " in
  *" install "*) [ -z "${BROKEN-}" ] || { echo "GPG error: not signed" >&2; exit 100; } ;;
  *" list "*) apt-cache madison "$last" | sed "s/^ *$last | \\([^ ]*\\) |/$last.x86_64   \\1   repo/"; exit 0 ;;
  *) exit 0 ;;
esac
name=$(echo "$last" | sed 's/^hashicorp-//; s/nftables/nft/; s/[-=][0-9].*//') version=$(echo "$last" | sed -n 's/^[a-z-]*[-=]//p')
case $name in
  consul) text="echo 'Consul v$version'" ;;
  *) text="echo 'envoy  version: f00/$version/Clean'" ;;
esac
printf '#!/bin/sh\\n%s\\n' "$text" >"$BIN/$name"; chmod +x "$BIN/$name"
'''
# What the sources have, for apt and for dnf.
MADISON = '''#!/bin/sh
[ "$1" = madison ] || exit 0
case $2 in
  consul) versions=${CONSULS-1.20.2-1 1.20.1-2 1.20.1-1 1.2.0} ;;
  hashicorp-envoy | envoy) versions=${ENVOYS-1.31.4-1 1.28.7-1 1.9.9-1} ;;
  *) versions= ;;
esac
for version in $versions; do echo " $2 | $version | x"; done
'''
# For apt-helper download-file URL FILE, and for curl ... -o FILE URL.
DOWNLOAD = '''#!/bin/sh
case $1 in
  download-file) url=$2 file=$3 ;;
  *) for url; do :; done; while [ "$1" != -o ]; do shift; done; file=$2 ;;
esac
echo "download $url" >>"$LOG"
case $url in
  */gpg)
    if [ -n "${OFFLINE-}" ] && [ ! -e "$LOG.online" ]; then touch "$LOG.online"; echo "Could not resolve host" >&2; exit 6; fi
    cp "$KEY" "$file" ;;
  */dists/bookworm/Release) echo ok >"$file" ;;
  *) echo "  404  Not Found [IP: 192.0.2.1 443]" >&2; exit 100 ;;
esac
'''


def make_key(home, name):
    """A new key in its own gpg home; returns (fingerprint, exported file)."""
    home.mkdir(mode=0o700)
    gpg = ['gpg', '--homedir', str(home), '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '']
    subprocess.run([*gpg, '--quick-gen-key', f'{name} <{name}@example.com>', 'ed25519', 'sign', 'never'], check=True, capture_output=True)
    listing = subprocess.run([*gpg, '--with-colons', '--list-keys'], check=True, capture_output=True, text=True).stdout
    fingerprint = next(line.split(':')[9] for line in listing.splitlines() if line.startswith('fpr'))
    exported = subprocess.run([*gpg, '--armor', '--export'], check=True, capture_output=True).stdout
    subprocess.run(['gpgconf', '--homedir', str(home), '--kill', 'all'], check=False, capture_output=True)
    return fingerprint, exported


@unittest.skipUnless(shutil.which('gpg'), 'gpg is not installed')
class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = Path(tempfile.mkdtemp(prefix='cvi-gpg-'))
        cls.addClassCleanup(shutil.rmtree, cls.keys, ignore_errors=True)
        cls.fingerprint, first = make_key(cls.keys / 'a', 'first')
        cls.other, second = make_key(cls.keys / 'b', 'second')
        cls.key = cls.keys / 'first.asc'
        cls.key.write_bytes(first)
        cls.both = cls.keys / 'both.asc'
        cls.both.write_bytes(first + second)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bin = self.folder / 'bin'
        self.root = self.folder / 'root'
        for name in ('bin', 'root/srv/consul', 'root/etc/apt/sources.list.d', 'root/etc/yum.repos.d', 'root/var/lib'):
            (self.folder / name).mkdir(parents=True)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        (self.root / 'etc/os-release').write_text('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')

    def program(self, name, text):
        (self.bin / name).write_text(text.replace('$(basename_ $0)', name))
        (self.bin / name).chmod(0o755)

    def apt(self):
        self.program('apt-get', MANAGER)
        self.program('apt-helper', DOWNLOAD)
        self.program('apt-cache', MADISON)

    def dnf(self, release='ID="rocky"\nVERSION_ID="9.4"\n'):
        self.program('dnf', MANAGER)
        self.program('apt-cache', MADISON)
        self.program('curl', DOWNLOAD)
        (self.root / 'etc/os-release').write_text(release)

    def settings(self, **changes):
        given = {'ENVOY_APT_PACKAGE': 'hashicorp-envoy', 'ENVOY_RPM_PACKAGE': 'hashicorp-envoy'}
        for product in ('CONSUL', 'ENVOY'):
            given.update({f'{product}_APT_URL': f'https://{product.lower()}.example.com', f'{product}_APT_COMPONENT': 'main',
                          f'{product}_APT_KEY_URL': f'https://{product.lower()}.example.com/gpg', f'{product}_APT_KEY_FINGERPRINT': self.fingerprint,
                          f'{product}_RPM_BASE_URL': f'https://{product.lower()}.example.com/{{distribution}}/{{release}}/$basearch/stable',
                          f'{product}_RPM_KEY_URL': f'https://{product.lower()}.example.com/gpg', f'{product}_RPM_KEY_FINGERPRINT': self.fingerprint})
        given.update(changes)
        return ''.join(f'{key}={value}\n' for key, value in given.items() if value is not None)

    def run_script(self, settings=None, window='600', kernel='6.1.0-1-amd64', **env):
        if settings is not None:
            (self.root / 'srv/consul/packages.conf').write_text(settings)
        log = self.folder / 'log'
        log.write_text('')
        own = {'PATH': str(self.bin), 'BIN': str(self.bin), 'LOG': str(log), 'KEY': str(self.key), 'HOME': str(self.folder), 'TMPDIR': str(self.folder), **env}
        # The script as it is, but for where the system's folders are, and without pauses.
        script = re.sub(r'(?<![\w"}])/(?=(?:etc|srv|var/lib)/)|(?<=")/(?=etc/)', f'{self.root}/', SCRIPT.read_text())
        script = script.replace('PATH=$PATH:', 'PATH=$PATH #').replace('sleep 10', 'sleep 0').replace('120', window).replace('600', window)
        self.program('uname', f'#!/bin/sh\necho {kernel}\n')
        done = subprocess.run([str(self.bin / 'sh'), '-c', script, 'consul-mesh-packages'], env=own, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
        done.log = log.read_text()
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith('tmp.')], [])
        return done

    def file(self, name):
        return (self.root / name).read_text().replace(str(self.root), '')

    def present(self, *names):
        for name in names:
            self.program(name, "#!/bin/sh\necho 'Consul v1.20.2'\n" if name == 'consul' else '#!/bin/sh\n')

    def gone(self, *names):
        for name in names:
            (self.bin / name).unlink(missing_ok=True)

    def installs(self, done):
        return [line.split()[-1] for line in done.log.splitlines() if ' install ' in line]

    def test_what_is_there_stays_as_it_is(self):
        self.apt()
        self.present('consul', 'envoy', 'iptables')
        done = self.run_script(self.settings())
        self.assertEqual((done.returncode, done.log), (0, ''))
        self.assertIn('consul: there already', done.stderr)

    def test_apt_installs_both_from_sources_of_their_own(self):
        self.apt()
        done = self.run_script(self.settings())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.file('etc/apt/sources.list.d/consul-vm-inject-consul.list'),
                         f'deb [signed-by=/etc/consul-vm-inject-consul.asc,{self.fingerprint}] https://consul.example.com bookworm main\n')
        self.assertTrue((self.root / 'etc/consul-vm-inject-envoy.asc').exists())
        self.assertEqual(self.installs(done), ['consul=1.20.2-1', 'hashicorp-envoy=1.31.4-1', 'iptables'])
        self.assertTrue(all('--no-install-recommends' in line and '-y' in line for line in done.log.splitlines() if ' install ' in line))
        self.assertFalse((self.root / 'var/lib/consul-vm-inject/missing').exists())
        done = self.run_script(self.settings())
        self.assertEqual((done.returncode, done.log), (0, ''))

    def test_only_the_missing_one_is_installed(self):
        self.apt()
        self.present('consul')
        done = self.run_script(self.settings())
        self.assertEqual(done.returncode, 0)
        self.assertFalse((self.root / 'etc/apt/sources.list.d/consul-vm-inject-consul.list').exists())

    def test_a_source_that_the_system_has_is_not_added_again(self):
        self.apt()
        self.present('envoy')
        (self.root / 'etc/apt/sources.list.d/hashicorp.list').write_text('deb [signed-by=/x] https://consul.example.com bookworm main\n')
        done = self.run_script(self.settings())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse((self.root / 'etc/apt/sources.list.d/consul-vm-inject-consul.list').exists())

    def test_a_pinned_version_is_found_with_its_revision(self):
        self.apt()
        self.present('envoy')
        for pin, installed in (('1.20.1', 'consul=1.20.1-2'), ('1.20.1-1', 'consul=1.20.1-1'), ('1.2.0', 'consul=1.2.0'), ('1.20', None), ('9', None), ('1.*', None)):
            with self.subTest(pin):
                (self.bin / 'consul').unlink(missing_ok=True)
                done = self.run_script(self.settings(CONSUL_VERSION=pin))
                self.assertEqual((done.returncode, (self.bin / 'consul').exists()), (0, True) if installed else (1, False))
                self.assertIn(f' {installed}\n' if installed else f'there is no consul {pin}\n', done.log + done.stderr)

    def test_a_key_is_trusted_by_its_fingerprint_only(self):
        # apt checks the fingerprint itself, when it reads the source: see test/mesh/test_packages.py.
        spaced = ' '.join(self.fingerprint[at:at + 4] for at in range(0, 40, 4)).lower()
        for manager in (self.apt, self.dnf):
            wrong = [None, '', self.fingerprint[-16:], self.fingerprint + '0', '$(id)', '--version', *([self.other] if manager == self.dnf else [])]
            for fingerprint, code in ((self.fingerprint, 0), (spaced, 0), *((one, 2) for one in wrong)):
                with self.subTest(manager.__name__, fingerprint=fingerprint):
                    self.gone('apt-get', 'consul', 'iptables')
                    manager()
                    self.present('envoy')
                    sources = [self.root / 'etc/apt/sources.list.d/consul-vm-inject-consul.list', self.root / 'etc/yum.repos.d/consul-vm-inject-consul.repo']
                    for file in sources:
                        file.unlink(missing_ok=True)
                    done = self.run_script(self.settings(CONSUL_APT_KEY_FINGERPRINT=fingerprint, CONSUL_RPM_KEY_FINGERPRINT=fingerprint))
                    self.assertEqual(done.returncode, code, done.stderr)
                    self.assertIn(': refused\n' if code else 'consul: installed', done.stderr)
                    self.assertEqual(any(file.exists() for file in sources), code == 0)
                    self.assertEqual(' install ' in done.log, code == 0)

    def test_a_fingerprint_is_nothing_else_to_apt(self):
        self.apt()
        self.present('envoy')
        done = self.run_script(self.settings(CONSUL_APT_KEY_FINGERPRINT=f'{self.fingerprint[:-2]},/etc/passwd,'))
        self.assertNotIn('passwd', done.stderr)
        self.assertEqual((done.returncode, list((self.root / 'etc/apt/sources.list.d').iterdir())), (2, []), done.stderr)

    def test_a_file_with_other_keys_as_well_is_refused_where_all_would_be_trusted(self):
        self.dnf()
        self.present('envoy')
        done = self.run_script(self.settings(), KEY=str(self.both))
        self.assertEqual((done.returncode, ' install ' in done.log), (2, False), done.stderr)

    def test_a_fingerprint_of_a_part_of_a_key_is_not_the_key_s(self):
        home = self.keys / 'c'
        fingerprint, _ = make_key(home, 'third')
        gpg = ['gpg', '--homedir', str(home), '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '']
        subprocess.run([*gpg, '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never'], check=True, capture_output=True)
        listing = subprocess.run([*gpg, '--with-colons', '--list-keys'], check=True, capture_output=True, text=True).stdout
        subprocess.run(['gpgconf', '--homedir', str(home), '--kill', 'all'], check=False, capture_output=True)
        part = [line.split(':')[9] for line in listing.splitlines() if line.startswith('fpr')][1]
        key = self.keys / 'third.asc'
        key.write_bytes(subprocess.run([*gpg, '--armor', '--export'], check=True, capture_output=True).stdout)
        self.dnf()
        self.present('envoy')
        for wanted, code in ((part, 2), (fingerprint, 0)):
            done = self.run_script(self.settings(CONSUL_RPM_KEY_FINGERPRINT=wanted), KEY=str(key))
            self.assertEqual((done.returncode, ' install ' in done.log), (code, not code), done.stderr)

    def test_an_envoy_is_chosen_that_goes_with_the_pinned_consul(self):
        self.apt()
        bounds = {'ENVOY_FROM': '1.28', 'ENVOY_UPTO': '1.31', 'ENVOY_UPTO_OLD': '1.31', 'CONSUL_VERSION': '1.20.1'}
        for envoys, installed in (('1.35.3-1 1.31.4-1 1.28.7-1', ['hashicorp-envoy=1.31.4-1']), ('1.35.3-1 1.31.4-1 1.31.10-1', ['hashicorp-envoy=1.31.10-1']),
                                  ('1.35.3-1 1.27.2-1 1.9.0', []), ('', [])):
            with self.subTest(envoys):
                self.gone('consul', 'envoy', 'iptables')
                done = self.run_script(self.settings(**bounds), ENVOYS=envoys)
                self.assertEqual(self.installs(done), ['consul=1.20.1-2', *installed, 'iptables'], done.stderr)
                self.assertEqual(done.returncode, 0 if installed else 1)
                self.assertEqual('envoy: there is no hashicorp-envoy  up to 1.31\n' in done.stderr, not installed)

    def test_a_kernel_that_does_not_know_the_rules_of_consul_2_1_gets_an_older_one(self):
        self.apt()
        bounds = {'CONSUL_UPTO_OLD': '2.0', 'ENVOY_UPTO': '1.38', 'ENVOY_UPTO_OLD': '1.37'}
        versions = {'CONSULS': '2.1.0-1 2.0.3-1 1.22.9-1', 'ENVOYS': '1.39.0-1 1.38.4-1 1.37.2-1'}
        for kernel, expected in (('4.18.0-553.el8.x86_64', ['consul=2.0.3-1', 'hashicorp-envoy=1.37.2-1', 'iptables']),
                                 ('5.1.9', ['consul=2.0.3-1', 'hashicorp-envoy=1.37.2-1', 'iptables']),
                                 ('5.2.0', ['consul=2.1.0-1', 'hashicorp-envoy=1.38.4-1', 'nftables']), ('5.10.0', ['consul=2.1.0-1', 'hashicorp-envoy=1.38.4-1', 'nftables'])):
            with self.subTest(kernel):
                self.gone('consul', 'envoy', 'iptables', 'nft')
                self.assertEqual(self.installs(self.run_script(self.settings(**bounds), kernel=kernel, **versions)), expected)
        self.gone('consul', 'envoy', 'iptables', 'nft')
        done = self.run_script(self.settings(CONSUL_VERSION='2.1.0', **bounds), kernel='4.18.0', **versions)
        self.assertEqual(done.returncode, 1)
        self.assertIn('consul: there is no consul 2.1.0 up to 2.0\n', done.stderr)

    def test_the_tool_that_consul_redirects_by_is_installed_where_consul_is_there_already(self):
        for manager in (self.apt, self.dnf):
            for version, tool, package in (('1.14.11', 'iptables', 'iptables'), ('2.0.9', 'iptables', 'iptables'), ('2.1.0', 'nft', 'nftables'), ('3.0.1', 'nft', 'nftables')):
                with self.subTest(manager.__name__, version=version):
                    self.gone('apt-get', 'iptables', 'nft')
                    manager()
                    self.present('envoy')
                    self.program('consul', f"#!/bin/sh\necho 'Consul v{version}'\n")
                    done = self.run_script(self.settings())
                    self.assertEqual((done.returncode, self.installs(done), (self.bin / tool).exists()), (0, [package], True), done.stderr)
                    self.assertEqual(list((self.root / 'etc/apt/sources.list.d').iterdir()), [])

    def test_a_setting_of_all_products_counts_where_one_has_none_of_its_own(self):
        self.apt()
        common = {f'APT_{name}': value for name, value in (('URL', 'https://mirror.example.com'), ('KEY_URL', 'https://mirror.example.com/gpg'), ('KEY_FINGERPRINT', self.fingerprint))}
        done = self.run_script(''.join(f'{name}={value}\n' for name, value in {**common, 'ENVOY_APT_PACKAGE': 'hashicorp-envoy'}.items()))
        self.assertEqual((done.returncode, self.installs(done)), (0, ['consul=1.20.2-1', 'hashicorp-envoy=1.31.4-1', 'iptables']), done.stderr)
        self.assertIn('envoy: there already: https://mirror.example.com\n', done.stderr)

    def test_a_program_of_the_operator_s_own_is_left_to_the_operator(self):
        self.apt()
        done = self.run_script(self.settings(ENVOY_OWN='yes'))
        self.assertEqual((done.returncode, self.installs(done)), (0, ['consul=1.20.2-1', 'iptables']), done.stderr)

    def test_what_is_missing_is_said_as_long_as_it_is(self):
        self.apt()
        marker = self.root / 'var/lib/consul-vm-inject/missing'
        for broken, there in (({'BROKEN': 'yes'}, True), ({}, False)):
            done = self.run_script(self.settings(), **broken)
            self.assertEqual((done.returncode, marker.exists()), (int(there), there), done.stderr)
            self.assertEqual((self.root / 'etc/apt/sources.list.d/consul-vm-inject-consul.list').exists(), not there)

    def test_the_proxy_of_dnf_is_that_of_the_key(self):
        self.dnf()
        self.present('envoy')
        (self.root / 'etc/dnf').mkdir()
        self.program('curl', '#!/bin/sh\necho "proxy ${https_proxy-none}" >>"$LOG"\n' + DOWNLOAD.partition('\n')[2])
        for text, proxy in (('[main]\nproxy = http://proxy.example.com:3128\n', 'http://proxy.example.com:3128'), ('[main]\nproxy=\n', 'none'), ('[main]\n#proxy=x\n', 'none')):
            with self.subTest(text):
                self.gone('consul')
                (self.root / 'etc/dnf/dnf.conf').write_text(text)
                self.assertIn(f'proxy {proxy}\n', self.run_script(self.settings()).log)

    def test_a_network_that_is_not_up_is_waited_for_and_in_the_end_named(self):
        for manager in (self.apt, self.dnf):
            for window, code, downloads in (('600', 0, 2), ('0', 1, 1)):
                with self.subTest(manager.__name__, window=window):
                    for name in ('bin/apt-get', 'bin/consul', 'log.online', 'root/etc/apt/sources.list.d/consul-vm-inject-consul.list'):
                        (self.folder / name).unlink(missing_ok=True)
                    manager()
                    self.present('envoy')
                    done = self.run_script(self.settings(), window, OFFLINE='yes')
                    self.assertEqual((done.returncode, done.log.count('download https://consul.example.com/gpg')), (code, downloads), done.stderr)
                    self.assertIn('consul: failed: ' if code else 'consul: waiting: Could not resolve host;\n', done.stderr)
                    self.assertEqual(done.stderr.count('Could not resolve host'), 1)

    def test_one_product_that_is_refused_does_not_hold_up_the_other(self):
        self.apt()
        done = self.run_script(self.settings(ENVOY_APT_KEY_FINGERPRINT=None))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r'envoy: not https, or no fingerprint of 40 digits: .*: refused\n')
        self.assertIn('consul: installed', done.stderr)

    def test_a_release_without_packages_of_its_own_takes_the_fallback(self):
        self.apt()
        self.present('envoy')
        (self.root / 'etc/os-release').write_text('ID=ubuntu\nVERSION_CODENAME=zesty\n')
        done = self.run_script(self.settings(CONSUL_APT_FALLBACK_SUITE='bookworm'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(' bookworm main', self.file('etc/apt/sources.list.d/consul-vm-inject-consul.list'))

    def test_urls_other_than_https_and_stray_characters_are_refused(self):
        self.apt()
        self.present('envoy')
        for name, value in (('CONSUL_APT_URL', 'http://x'), ('CONSUL_APT_KEY_URL', 'http://x/gpg'), ('CONSUL_APT_KEY_URL', None), ('CONSUL_APT_KEY_URL', 'https://x/`id`'), ('CONSUL_APT_URL', 'https://x y'), ('CONSUL_APT_SUITE', 'a;b'),
                            ('CONSUL_APT_COMPONENT', 'main [trusted=yes]'), ('CONSUL_APT_URL', ''), ('CONSUL_APT_URL', 'https://x/$(touch${IFS}/tmp/x)')):
            with self.subTest(value):
                done = self.run_script(self.settings(**{name: value}))
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(list((self.root / 'etc/apt/sources.list.d').iterdir()), [])

    def test_rpm_families(self):
        for release, url in (('ID="rocky"\nVERSION_ID="9.4"\n', 'RHEL/9'), ('ID=amzn\nVERSION_ID="2023"\n', 'AmazonLinux/latest'), ('ID=fedora\nVERSION_ID=41\n', 'fedora/41')):
            with self.subTest(release):
                self.dnf(release)
                self.gone('consul', 'envoy', 'iptables')
                done = self.run_script(self.settings(CONSUL_VERSION='1.20.1'))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.file('etc/yum.repos.d/consul-vm-inject-consul.repo'), f'''[consul-vm-inject-consul]
name=consul-vm-inject-consul
baseurl=https://consul.example.com/{url}/$basearch/stable
gpgcheck=1
repo_gpgcheck=0
gpgkey=file:///etc/consul-vm-inject-consul.asc
''')
                self.assertTrue(self.file('etc/consul-vm-inject-consul.asc').startswith('-----BEGIN PGP'))
                self.assertEqual(self.installs(done), ['consul-1.20.1-2', 'hashicorp-envoy-1.31.4-1', 'iptables'])

    def test_a_held_lock_is_waited_for_and_other_failures_are_not(self):
        self.apt()
        done = self.run_script(self.settings(), LOCKED='yes')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count('waiting: '), 1)
        (self.bin / 'consul').unlink()
        done = self.run_script(self.settings(), BROKEN='yes')
        self.assertEqual((done.returncode, done.log.count(' consul=')), (1, 1))
        self.assertIn('consul: not installed', done.stderr)

    def test_an_installation_that_was_cut_off_is_brought_to_its_end(self):
        self.apt()
        self.program('dpkg', '#!/bin/sh\necho "dpkg $*" >>"$LOG"\ntouch "$LOG.configured"\n')
        done = self.run_script(self.settings(), CUT='yes')
        self.assertEqual((done.returncode, done.log.count('dpkg --force-confold --configure -a')), (0, 1), done.stderr)

    def test_without_settings_or_a_package_manager_it_says_so(self):
        self.assertEqual(self.run_script(None).returncode, 2)
        done = self.run_script(self.settings())
        self.assertEqual(done.returncode, 1)
        self.assertIn('no apt-get, dnf or yum (zypper is not supported)', done.stderr)

    def test_settings_are_never_evaluated(self):
        self.apt()
        self.run_script(self.settings() + f'CONSUL_VERSION=$(touch {self.folder}/x)`touch {self.folder}/x`\ntouch {self.folder}/x\n')
        self.assertFalse((self.folder / 'x').exists())

    def test_the_agent_is_neither_enabled_nor_started(self):
        # Its sidecar starts it. A target of the boot would wait for an agent of Type=notify that has nobody to join.
        self.present('consul', 'envoy', 'iptables')
        self.program('systemctl', '#!/bin/sh\necho "systemctl $*" >>"$LOG"\n')
        self.assertEqual(self.run_script(self.settings()).log, '')


if __name__ == '__main__':
    unittest.main()
