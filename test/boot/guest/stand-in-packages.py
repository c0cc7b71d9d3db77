"""Runs in the root of a machine before its first boot: makes an apt archive of empty packages that the user-data asks.

Machines have no network; with this `packages:` works all the same, through the real apt and dpkg. Each package brings a
unit of its name that does nothing. Packages that the root already has are left alone. Prints the names it made.
"""

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

import yaml
from cloudinit.handlers.jinja_template import render_jinja_payload
from cloudinit.user_data import UserDataProcessor

SEED = '/var/lib/cloud/seed/nocloud'
ARCHIVE = Path('/var/lib/boot-test/archive')
UNIT = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n'
POSTINST = '#!/bin/sh\nsystemctl daemon-reload\nsystemctl enable --now {name}.service\n'


def documents():
    """The cloud-config documents of the seed, as cloud-init takes the user-data apart (jinja rendered)."""
    os.environ.setdefault('HOME', '/root')
    for part in UserDataProcessor(None).process(Path(SEED, 'user-data').read_bytes()).walk():
        text = (part.get_payload(decode=True) or b'').decode(errors='replace')
        if text.startswith('## template: jinja'):
            facts = {'v1': {'instance_id': 'i-boot-test', 'local_hostname': 'vm'}}
            text = render_jinja_payload(text, 'user-data', facts)
        if text.startswith('#cloud-config'):
            try:
                document = yaml.safe_load(text)
            except yaml.YAMLError:
                continue
            if isinstance(document, dict):
                yield document


def wanted():
    for document in documents():
        packages = document.get('packages') or []
        for entry in [packages] if isinstance(packages, str) else packages:
            name = entry[0] if isinstance(entry, list) else entry
            if isinstance(name, str) and subprocess.run(['dpkg-query', '-s', name], capture_output=True).returncode:
                yield name


def build(name, folder):
    """Makes one package and returns its stanza for the archive's index."""
    control = (f'Package: {name}\nVersion: 1.0\nArchitecture: all\n'
               'Maintainer: boot test <root@vm>\nDescription: stand-in\n')
    unit = folder / f'usr/lib/systemd/system/{name}.service'
    for path, text, mode in ((folder / 'DEBIAN/control', control, 0o644), (unit, UNIT, 0o644),
                             (folder / 'DEBIAN/postinst', POSTINST.format(name=name), 0o755)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
    archive = ARCHIVE / f'{name}_1.0_all.deb'
    subprocess.run(['dpkg-deb', '--root-owner-group', '-Znone', '-b', folder, archive], check=True, capture_output=True)
    data = archive.read_bytes()
    return f'{control}Filename: ./{archive.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n\n'


def main():
    ARCHIVE.mkdir(parents=True)
    names = sorted(set(wanted()))
    index = ''
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            index += build(name, Path(folder))
    (ARCHIVE / 'Packages').write_text(index)
    Path('/etc/apt/sources.list').write_text(f'deb [trusted=yes] file:{ARCHIVE} ./\n')
    print(json.dumps(names))


main()
