"""consul-mesh-packages with stand-ins for the package managers and for the network, and a real gpg."""
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import GUEST

SCRIPT = GUEST / 'consul-mesh-packages'
TOOLS = ['sh', 'sed', 'tail', 'tr', 'grep', 'cut', 'awk', 'cat', 'mktemp', 'cp', 'chmod', 'rm', 'sleep', 'gpg', 'gpg-agent', 'touch']

# The stand-ins write their words to $LOG. An installed package leaves its program in $BIN.
MANAGER = '''#!/bin/sh
echo "$(basename_ $0) $*" >>"$LOG"
if [ -n "${LOCKED-}" ] && [ ! -e "$LOG.locked" ]; then touch "$LOG.locked"; echo "E: Could not get lock /var/lib/dpkg/lock" >&2; exit 100; fi
case " $* " in *" install "*) [ -z "${BROKEN-}" ] || { echo "E: Unable to locate package" >&2; exit 100; } ;; *) exit 0 ;; esac
for last; do :; done
case $last in *=*) apt-cache madison consul | grep -qF "| ${last#*=} |" || { echo "E: Version '${last#*=}' for 'consul' was not found" >&2; exit 100; } ;; esac
name=${last%%[=-]*}
printf '#!/bin/sh\\n' >"$BIN/$name"; chmod +x "$BIN/$name"
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
  *) echo "404 Not Found" >&2; exit 22 ;;
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
        for name in ('bin', 'root/srv/consul', 'root/etc/apt/sources.list.d', 'root/etc/yum.repos.d', 'root/etc/pki/rpm-gpg', 'root/usr/share/keyrings'):
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
        self.program('apt-cache', '#!/bin/sh\necho " consul | 1.20.2-1 | x"; echo " consul | 1.20.1-2 | x"; echo " consul | 1.20.1-1 | x"; echo " consul | 1.2.0 | x"\n')

    def dnf(self, release='ID="rocky"\nVERSION_ID="9.4"\n'):
        self.program('dnf', MANAGER)
        self.program('curl', DOWNLOAD)
        (self.root / 'etc/os-release').write_text(release)

    def settings(self, **changes):
        given = {}
        for product in ('CONSUL', 'ENVOY'):
            given.update({f'{product}_APT_URL': f'https://{product.lower()}.example.com', f'{product}_APT_COMPONENT': 'main',
                          f'{product}_APT_KEY_URL': f'https://{product.lower()}.example.com/gpg', f'{product}_APT_KEY_FINGERPRINT': self.fingerprint,
                          f'{product}_RPM_BASE_URL': f'https://{product.lower()}.example.com/{{distribution}}/{{release}}/$basearch/stable',
                          f'{product}_RPM_KEY_URL': f'https://{product.lower()}.example.com/gpg', f'{product}_RPM_KEY_FINGERPRINT': self.fingerprint})
        given.update(changes)
        return ''.join(f'{key}={value}\n' for key, value in given.items() if value is not None)

    def run_script(self, settings=None, window='600', **env):
        if settings is not None:
            (self.root / 'srv/consul/packages.conf').write_text(settings)
        log = self.folder / 'log'
        log.write_text('')
        own = {'PATH': str(self.bin), 'BIN': str(self.bin), 'LOG': str(log), 'KEY': str(self.key), 'HOME': str(self.folder), 'TMPDIR': str(self.folder), **env}
        # The script as it is, but for where the system's folders are, and without pauses.
        script = re.sub(r'/(?=(?:etc|srv|usr/share)/)', f'{self.root}/', SCRIPT.read_text())
        script = script.replace('PATH=$PATH:', 'PATH=$PATH #').replace('sleep 10', 'sleep 0').replace('600', window)
        done = subprocess.run([str(self.bin / 'sh'), '-c', script, 'consul-mesh-packages'], env=own, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
        done.log = log.read_text()
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith('tmp.')], [])
        return done

    def file(self, name):
        return (self.root / name).read_text().replace(str(self.root), '')

    def present(self, *names):
        for name in names:
            self.program(name, '#!/bin/sh\n')

    def test_what_is_there_stays_as_it_is(self):
        self.apt()
        self.present('consul', 'envoy')
        done = self.run_script(self.settings())
        self.assertEqual((done.returncode, done.log), (0, ''))
        self.assertIn('consul: there already', done.stderr)

    def test_apt_installs_both_from_sources_of_their_own(self):
        self.apt()
        done = self.run_script(self.settings())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.file('etc/apt/sources.list.d/consul-vm-inject-consul.list'),
                         'deb [signed-by=/usr/share/keyrings/consul-vm-inject-consul.asc] https://consul.example.com bookworm main\n')
        self.assertTrue((self.root / 'usr/share/keyrings/consul-vm-inject-envoy.asc').exists())
        installs = [line for line in done.log.splitlines() if ' install ' in line]
        self.assertEqual([line.split()[-1] for line in installs], ['consul', 'envoy'])
        self.assertTrue(all('--no-upgrade' in line and '-y' in line for line in installs))
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
                self.assertIn(f' {installed}\n' if installed else f'there is no version {pin} of consul\n', done.log + done.stderr)

    def test_a_key_is_trusted_by_its_fingerprint_only(self):
        self.apt()
        self.present('envoy')
        spaced = ' '.join(self.fingerprint[at:at + 4] for at in range(0, 40, 4)).lower()
        wrong = [self.other, None, '', self.fingerprint[-16:], self.fingerprint + '0', '$(id)', '--version']
        for fingerprint, code, message in ((self.fingerprint, 0, 'installed'), (spaced, 0, 'installed'), *((one, 2, 'has not the fingerprint') for one in wrong)):
            with self.subTest(fingerprint):
                (self.bin / 'consul').unlink(missing_ok=True)
                for file in (self.root / 'etc/apt/sources.list.d').iterdir():
                    file.unlink()
                done = self.run_script(self.settings(CONSUL_APT_KEY_FINGERPRINT=fingerprint))
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(message, done.stderr)
                self.assertEqual((self.root / 'etc/apt/sources.list.d/consul-vm-inject-consul.list').exists(), code == 0)
                self.assertEqual(' install ' in done.log, code == 0)

    def test_other_keys_of_the_same_file_are_not_trusted(self):
        self.apt()
        self.present('envoy')
        done = self.run_script(self.settings(), KEY=str(self.both))
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = subprocess.run(['gpg', '--homedir', str(self.keys / 'a'), '--with-colons', '--show-keys', str(self.root / 'usr/share/keyrings/consul-vm-inject-consul.asc')],
                               capture_output=True, text=True, check=True).stdout
        self.assertIn(self.fingerprint, shown)
        self.assertNotIn(self.other, shown)

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
        self.apt()
        self.present('envoy')
        for wanted, code in ((part, 2), (fingerprint, 0)):
            done = self.run_script(self.settings(CONSUL_APT_KEY_FINGERPRINT=wanted), KEY=str(key))
            self.assertEqual((done.returncode, ' install ' in done.log), (code, not code), done.stderr)

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
        self.assertRegex(done.stderr, "envoy: \S+ has not the fingerprint ''.*: refused\n")
        self.assertIn('consul: installed', done.stderr)

    def test_a_release_without_packages_of_its_own_takes_the_fallback(self):
        self.apt()
        self.present('envoy')
        (self.root / 'etc/os-release').write_text('ID=ubuntu\nVERSION_CODENAME=zesty\nUBUNTU_CODENAME=zesty\n')
        self.assertEqual(self.run_script(self.settings(CONSUL_APT_FALLBACK_SUITE='bookworm')).returncode, 0)
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
        for release, url in (('ID="rocky"\nVERSION_ID="9.4"\n', 'RHEL/9'), ('ID=amzn\nVERSION_ID="2023"\n', 'AmazonLinux/latest'), ('ID=amzn\nVERSION_ID="2"\n', 'AmazonLinux/2'), ('ID=fedora\nVERSION_ID=41\n', 'fedora/41')):
            with self.subTest(release):
                self.dnf(release)
                for name in ('consul', 'envoy'):
                    (self.bin / name).unlink(missing_ok=True)
                done = self.run_script(self.settings(CONSUL_VERSION='1.20.1', CONSUL_RPM_REPO_GPGCHECK='1'))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.file('etc/yum.repos.d/consul-vm-inject-consul.repo'), f'''[consul-vm-inject-consul]
name=consul-vm-inject-consul
baseurl=https://consul.example.com/{url}/$basearch/stable
enabled=1
gpgcheck=1
repo_gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-consul-vm-inject-consul
''')
                self.assertIn('repo_gpgcheck=0\n', self.file('etc/yum.repos.d/consul-vm-inject-envoy.repo'))
                self.assertTrue(self.file('etc/pki/rpm-gpg/RPM-GPG-KEY-consul-vm-inject-consul').startswith('-----BEGIN PGP'))
                self.assertEqual([line.split()[-1] for line in done.log.splitlines() if ' install ' in line], ['consul-1.20.1', 'envoy'])

    def test_a_held_lock_is_waited_for_and_other_failures_are_not(self):
        self.apt()
        done = self.run_script(self.settings(), LOCKED='yes')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count('waiting: '), 1)
        (self.bin / 'consul').unlink()
        done = self.run_script(self.settings(), BROKEN='yes')
        self.assertEqual((done.returncode, done.log.count(' install ')), (1, 1))
        self.assertIn('consul: not installed', done.stderr)

    def test_without_settings_or_a_package_manager_it_says_so(self):
        self.assertEqual(self.run_script(None).returncode, 2)
        done = self.run_script(self.settings())
        self.assertEqual(done.returncode, 1)
        self.assertIn('neither apt-get nor dnf nor yum', done.stderr)

    def test_settings_are_never_evaluated(self):
        self.apt()
        self.run_script(self.settings() + f'CONSUL_VERSION=$(touch {self.folder}/x)`touch {self.folder}/x`\ntouch {self.folder}/x\n')
        self.assertFalse((self.folder / 'x').exists())

    def test_the_agent_is_neither_enabled_nor_started(self):
        # Its sidecar starts it. A target of the boot would wait for an agent of Type=notify that has nobody to join.
        self.present('consul', 'envoy')
        self.program('systemctl', '#!/bin/sh\necho "systemctl $*" >>"$LOG"\n')
        self.assertEqual(self.run_script(self.settings()).log, '')


if __name__ == '__main__':
    unittest.main()
