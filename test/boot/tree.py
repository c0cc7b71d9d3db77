"""What a machine wrote to its disk, and how two machines differ in it."""

import fnmatch
import hashlib
import os
import re
import stat
from pathlib import Path

from machine import Machine

# Written at each boot with content of its own, or compared in another way (users, packages, cloud-init's state).
VOLATILE = (
    'run/*', 'tmp/*', 'var/tmp/*', 'var/log/*', 'var/cache/*', 'var/lib/cloud/*', 'var/lib/systemd/*', 'var/lib/apt/*',
    'var/lib/dpkg/*', 'var/lib/dbus/*', 'var/lib/boot-test/*', 'usr/local/lib/boot-probe/*', 'etc/ssh/ssh_host_*',
    'etc/passwd*', 'etc/group*', 'etc/shadow*', 'etc/gshadow*', 'etc/subuid*', 'etc/subgid*', 'etc/.pwd.lock',
    'etc/machine-id', 'etc/.updated', 'var/.updated', 'etc/stand-in/*', '*.pyc',
)
# cloud-init dates what it writes to sudoers: two machines that booted in different seconds must not differ in it.
DATED = re.compile(rb'^#.*cloud-init.* on .*\d\d:\d\d:\d\d.*$', re.MULTILINE)
OURS = ('*consul*', '*envoy*')
INSTANCE = 'var/lib/cloud/instances/i-boot-test'


def account(ids: dict[int, str], number: int) -> str:
    return ids.get(number, str(number))


def accounts(machine: Machine, path: str) -> dict[int, str]:
    """Number -> name, of the machine's own users or groups."""
    lines = (machine.read(path) or b'').decode().splitlines()
    return {int(fields[2]): fields[0] for fields in (line.split(':') for line in lines) if len(fields) > 2}


def written(machine: Machine) -> dict[str, tuple]:
    """Every path that the machine wrote: what it is, mode, owner, and content as a digest."""
    users, groups = accounts(machine, '/etc/passwd'), accounts(machine, '/etc/group')
    found = {}
    for folder, folders, files in os.walk(machine.upper):
        for name in folders + files:
            place = Path(folder) / name
            path = str(place.relative_to(machine.upper))
            if any(fnmatch.fnmatchcase(path, pattern) for pattern in VOLATILE):
                continue
            info = place.lstat()
            owner = f'{account(users, info.st_uid)}:{account(groups, info.st_gid)}'
            mode = f'{stat.S_IMODE(info.st_mode):04o}'
            if stat.S_ISLNK(info.st_mode):
                found[path] = ('link', os.readlink(place))
            elif stat.S_ISDIR(info.st_mode):
                found[path] = ('directory', mode, owner)
            elif stat.S_ISREG(info.st_mode):
                found[path] = ('file', mode, owner, hashlib.sha256(DATED.sub(b'', place.read_bytes())).hexdigest()[:16])
            elif stat.S_ISCHR(info.st_mode) and info.st_rdev == 0:
                found[path] = ('deleted',)
            else:
                found[path] = ('special', mode, owner)
    return found


def is_ours(path: str) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in OURS)


def differences(plain: dict[str, tuple], injected: dict[str, tuple]) -> list[str]:
    """What injection did to the operator's part: everything without it must be the same with it, and all that is new
    must be ours by name. One line each, empty when nothing differs."""
    lines = []
    for path, was in sorted(plain.items()):
        now = injected.get(path)
        if now != was:
            lines.append(f'{path}: {was} without injection, {now} with it')
    for path, now in sorted(injected.items()):
        if path not in plain and now[0] != 'directory' and not is_ours(path):
            lines.append(f'{path}: only with injection: {now}')
    return lines


def scripts(machine: Machine) -> dict[str, str]:
    """Scripts and boothooks of the instance that cloud-init stored: path below the instance -> text."""
    root = machine.upper / INSTANCE
    return {str(path.relative_to(root)): path.read_text(errors='replace')
            for kind in ('scripts', 'boothooks') for path in sorted((root / kind).rglob('*')) if path.is_file()}


def people(machine: Machine, path: str) -> list[str]:
    """The lines of passwd or group other than those of the mesh's own two users."""
    lines = (machine.read(path) or b'').decode().splitlines()
    return [line for line in lines if line.split(':')[0] not in ('consul', 'envoy')]
