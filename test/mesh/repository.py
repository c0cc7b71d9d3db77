"""Repositories of Consul and Envoy made on the spot: signed, served over https inside a network of machines.

Their packages wrap the real programs the way HashiCorp's and Envoy's do: the agent's unit, its user, its folders.
"""

import contextlib
import functools
import hashlib
import http.server
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Self

import packages
import parts
from disk import Disk
from network import ROUTER, Network
from root import debian_root

# A name that nobody on the machines knows, and the address.
NAME = 'packages.test'
URL = f'https://{ROUTER}'
# What HashiCorp calls its package of Envoy.
PACKAGES = {'consul': 'consul', 'envoy': 'hashicorp-envoy'}
# What a root has besides, as images of these systems have it: gpg there is none in a bare Debian.
TOOLS = ('gpg', 'gpg-agent', 'curl', 'ca-certificates', 'dnf', 'rpm', 'createrepo-c')
SPEC = '''Name: {name}
Version: {version}
Release: 1
Summary: {name} as its makers pack it
License: test
AutoReqProv: no
{more}
%description
{name}
%install
mkdir -p %{{buildroot}}
{install}
%files
{files}
'''
SIGN = '''mount -t proc proc /proc
cd /rpm/RPMS
mv */*.rpm .
gpg --batch --quiet --import ../secret.asc
rpmsign --define "_gpg_name $1" --define "__gpg /usr/bin/gpg" --addsign *.rpm
createrepo_c --quiet .
gpgconf --kill all
'''
RPM_DEFINES = ('_topdir /rpm', '_binary_payload w0.gzdio', 'debug_package %{nil}', '__os_install_post %{nil}',
               '_build_id_links none')


def root(suite: str) -> Path:
    """A root in which packages of both kinds can be installed and made."""
    return debian_root(suite, 'packages', TOOLS)


def run(*argv: str | Path, text: str | None = None, cwd: Path | None = None) -> str:
    done = subprocess.run(list(map(str, argv)), input=text, capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        raise AssertionError(f'{" ".join(map(str, argv))}: exit {done.returncode}\n{done.stderr}')
    return done.stdout


class Repository:
    """A folder with the key, the certificates and what is added; a context manager that leaves nothing behind."""

    def __init__(self, suite: str, consul: Path, envoy: Path) -> None:
        self.suite = suite
        self.programs = {'consul': consul / 'usr/bin/consul', 'envoy': envoy / 'usr/bin/envoy'}
        self.versions = {name: parts.version_of(str(program)) for name, program in self.programs.items()}
        self.layers = (consul, envoy)
        self.folder = Path(tempfile.mkdtemp(prefix=f'consul-vm-inject.{os.getpid()}.repository.'))
        self.served = self.folder / 'served'
        self.served.mkdir()
        try:
            self._make_key()
            self._make_certificates()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        subprocess.run(['gpgconf', '--homedir', str(self.folder / 'gpg'), '--kill', 'all'], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def gpg(self, *argv: str | Path, text: str | None = None) -> str:
        return run('gpg', '--homedir', self.folder / 'gpg', '--batch', '--quiet', '--pinentry-mode', 'loopback',
                   '--passphrase', '', *argv, text=text)

    def _make_key(self) -> None:
        (self.folder / 'gpg').mkdir(mode=0o700)
        self.gpg('--quick-gen-key', 'packages <packages@example.com>', 'rsa2048', 'sign', 'never')
        listed = self.gpg('--with-colons', '--list-keys').splitlines()
        self.fingerprint = next(line.split(':')[9] for line in listed if line.startswith('fpr'))
        (self.served / 'key.asc').write_text(self.gpg('--armor', '--export'))

    def _make_certificates(self) -> None:
        """A CA, and a certificate of it for the address of the network's router."""
        openssl = functools.partial(run, 'openssl', cwd=self.folder)
        new = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')
        openssl('req', '-x509', *new, '-days', '2', '-subj', '/CN=test CA', '-keyout', 'ca.key', '-out', 'ca.pem')
        openssl('req', *new, '-subj', '/CN=packages', '-keyout', 'server.key', '-out', 'server.csr')
        (self.folder / 'names').write_text(f'subjectAltName=IP:{ROUTER},DNS:{NAME}\n')
        openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
                '-extfile', 'names', '-out', 'server.pem')
        self.ca = (self.folder / 'ca.pem').read_text()

    def values(self, url: str = URL, **changes: str) -> dict:
        """The block `vm` of a values file that names this and nothing else: a mirror of HashiCorp's repositories."""
        signed = {'keyUrl': f'{url}/key.asc', 'keyFingerprint': self.fingerprint, **changes}
        return {'packages': {'apt': {'url': f'{url}/apt', **signed},
                             'rpm': {'baseUrl': f'{url}/rpm/{{distribution}}/{{release}}/$basearch', **signed}}}

    def _tree(self, name: str, folder: Path) -> None:
        """What a package puts on a disk."""
        (folder / 'usr/bin').mkdir(parents=True)
        if name == 'iptables':
            (folder / 'usr/bin/iptables').write_text('#!/bin/sh\n')
            (folder / 'usr/bin/iptables').chmod(0o755)
            return
        shutil.copy2(self.programs[name], folder / 'usr/bin' / name)
        if name == 'consul':
            for path, content, mode in packages.FILES:
                place = folder / path.lstrip('/')
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(content)
                place.chmod(mode)

    def add_apt(self) -> None:
        """The repository of Debian packages, at /apt."""
        self.architecture = run('dpkg', '--print-architecture').strip()
        (self.served / 'apt').mkdir()
        stanzas = [self._deb(PACKAGES[name], name, version) for name, version in self.versions.items()]
        # A stand-in that does nothing: Debian's own packages are out of reach.
        stanzas.append(self._deb('iptables', 'iptables', '99'))
        self.stanzas = '\n'.join(stanzas)
        self.release(time.time())

    def release(self, moment: float) -> None:
        """Signs the repository of Debian packages as of a moment."""
        index = Path('main') / f'binary-{self.architecture}' / 'Packages'
        lists = self.served / 'apt/dists' / self.suite
        (lists / index).parent.mkdir(parents=True, exist_ok=True)
        (lists / index).write_text(self.stanzas)
        content = self.stanzas.encode()
        release = (f'Origin: test\nSuite: {self.suite}\nCodename: {self.suite}\nArchitectures: {self.architecture}\n'
                   f'Components: main\nDate: {formatdate(moment, usegmt=True)}\n'
                   f'SHA256:\n {hashlib.sha256(content).hexdigest()} {len(content)} {index}\n')
        (lists / 'Release').write_text(release)
        (lists / 'InRelease').write_text(self.gpg('--clearsign', text=release))

    def _deb(self, package: str, name: str, version: str) -> str:
        """Makes a package that brings a program; returns its stanza of the index."""
        base, folder = self.served / 'apt', self.folder / f'deb-{name}'
        self._tree(name, folder)
        control = (f'Package: {package}\nVersion: {version}-1\nArchitecture: {self.architecture}\nMaintainer: test <t@example.com>\n'
                   f'Description: {name} as its makers pack it\n')
        (folder / 'DEBIAN').mkdir()
        (folder / 'DEBIAN/control').write_text(control)
        if name == 'consul':
            (folder / 'DEBIAN/postinst').write_text(f'#!/bin/sh\n{packages.SETUP}')
            (folder / 'DEBIAN/postinst').chmod(0o755)
            (folder / 'DEBIAN/conffiles').write_text('/etc/consul.d/consul.hcl\n/etc/consul.d/consul.env\n')
        file = base / f'{name}.deb'
        run('dpkg-deb', '--root-owner-group', '-Znone', '--build', folder, file)
        shutil.rmtree(folder)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return f'{control}Filename: {name}.deb\nSize: {file.stat().st_size}\nSHA256: {digest}\n'

    def add_rpm(self, where: str) -> None:
        """The repository of RPM packages, at /rpm/WHERE. One more package stands for the system's shell, which scripts need."""
        with Disk('rpm', self.suite, (*self.layers, root(self.suite))) as builder:
            files = {'consul': '\n'.join(path for path, _, _ in packages.FILES)}
            for path, content, mode in packages.FILES:
                builder.write('/tree' + path, content, mode)
            for name, version in {**self.versions, 'bash': '5'}.items():
                more = {'bash': 'Provides: /bin/sh', 'consul': f'%post\n{packages.SETUP}'}.get(name, '')
                install = '' if name == 'bash' else f'install -D /usr/bin/{name} %{{buildroot}}/usr/bin/{name}'
                if name == 'consul':
                    install += '\ncp -a /tree/. %{buildroot}/'
                listed = '' if name == 'bash' else f'/usr/bin/{name}\n{files.get(name, "")}'
                head, post = ('', more) if more.startswith('%post') else (more, '')
                spec = SPEC.format(name=PACKAGES.get(name, name), version=version, more=head, install=install, files=listed)
                builder.write(f'/rpm/{name}.spec', spec + post)
                defines = [word for define in RPM_DEFINES for word in ('--define', define)]
                builder.run('rpmbuild', '-bb', '--quiet', *defines, f'/rpm/{name}.spec', timeout=120)
            builder.write('/rpm/secret.asc', self.gpg('--armor', '--export-secret-keys'))
            builder.run('sh', '-ec', SIGN, 'sign', self.fingerprint, timeout=120)
            place = self.served / 'rpm' / where
            place.parent.mkdir(parents=True)
            shutil.copytree(builder.upper / 'rpm/RPMS', place)


class Https(http.server.ThreadingHTTPServer):
    """Ends each connection as TLS wants it; OpenSSL 3 takes anything else for a cut."""

    def shutdown_request(self, request: ssl.SSLSocket) -> None:
        with contextlib.suppress(OSError, ValueError):
            request.settimeout(2)
            request.unwrap()
        super().shutdown_request(request)


class Server:
    """Serves a repository over https at the network's router; a context manager. `asked` is what was asked for."""

    def __init__(self, network: Network, repository: Repository) -> None:
        asked = self.asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, _: str, *words: object) -> None:
                asked.append(' '.join(map(str, words)))

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(repository.folder / 'server.pem', repository.folder / 'server.key')
        handler = functools.partial(Handler, directory=str(repository.served))
        self.server = Https((ROUTER, 443), handler, bind_and_activate=False)
        self.server.socket.close()
        listener = network.call(socket.create_server, (ROUTER, 443))
        self.server.socket = context.wrap_socket(listener, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
