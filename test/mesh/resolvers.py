"""Ways in which a VM resolves names, each with its real program, and the server that they all ask in the end."""

import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from network import ROUTER, Network
from root import Unavailable, cache, debian_root, sole_maker

PACKAGES = ('dnsmasq', 'unbound', 'network-manager')
# What the packages would start at boot.
UNITS = ('dnsmasq', 'unbound', 'unbound-resolvconf', 'NetworkManager', 'NetworkManager-wait-online', 'systemd-resolved')
OTHERS = 'search lan.example.com\noptions ndots:3 attempts:1\nnameserver {}\n'
UNBOUND = f'''server:
  interface: 127.0.0.1
  chroot: ""
  username: ""
  do-daemonize: no
forward-zone:
  name: "."
  forward-addr: {ROUTER}
'''
CONNECTION = '''[connection]
id=host0
type=ethernet
interface-name=host0
[ipv4]
method=manual
address1={}/24,10.77.0.1
dns=10.77.0.1
dns-search=lan.example.com
dns-options=ndots:3
[ipv6]
method=disabled
'''


def resolv_conf(server: str) -> str:
    return f"cat >/etc/resolv.conf.new <<'E'\n{OTHERS.format(server)}E\nmv /etc/resolv.conf.new /etc/resolv.conf\n"


def service(name: str, command: str) -> str:
    """Runs in the background, as a unit where there are units, and waits until it listens."""
    return f"""if [ -d /run/systemd/system ]; then systemd-run --quiet --unit={name} {command}; else {command} & fi
for _ in $(seq 50); do ss -lunp | grep -q {name[3:]} && break; sleep 0.2; done
"""


def network_manager(address: str) -> str:
    """Where there is no machine, on a link made for it."""
    # It takes over a link of this kind only when it is told to.
    return f'''set -e
cat >/etc/NetworkManager/conf.d/x.conf <<'E'
[main]
dns=default
rc-manager=file
plugins=keyfile
[device]
match-device=interface-name:host0
managed=1
[keyfile]
unmanaged-devices=none
E
cat >/etc/NetworkManager/system-connections/host0.nmconnection <<'E'
{CONNECTION.format(address)}E
chmod 600 /etc/NetworkManager/system-connections/host0.nmconnection
rm -f /etc/resolv.conf
mount -t sysfs -o ro sysfs /sys
ip link add host0 type veth peer name host1
ip link set host1 up
mkdir -p /run/dbus
rm -rf /run/dbus/pid /run/NetworkManager
dbus-daemon --system --fork
NetworkManager
for _ in $(seq 100); do nmcli --wait 20 connection up host0 >/dev/null 2>&1 && break; sleep 0.2; done
for _ in $(seq 50); do grep -qs nameserver /etc/resolv.conf && break; sleep 0.2; done
set +e
'''


def ways(address: str) -> dict[str, tuple[str, str]]:
    """Name -> what sets it up in a machine of this address, and what ends it."""
    return {
        'resolv.conf': (resolv_conf(ROUTER), ''),
        'dnsmasq': (service('my-dnsmasq', f'dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --server={ROUTER} '
                            '--listen-address=127.0.0.1 --bind-interfaces') + resolv_conf('127.0.0.1'), 'systemctl stop my-dnsmasq'),
        'unbound': (f"cat >/tmp/unbound.conf <<'E'\n{UNBOUND}E\n" + service('my-unbound', 'unbound -d -c /tmp/unbound.conf')
                    + resolv_conf('127.0.0.1'), 'systemctl stop my-unbound'),
        'NetworkManager': (network_manager(address), ''),
    }


class Old:
    """Answers for every name below example.com, and that there is no other, at the router; a context manager. `asked` are the names."""

    def __init__(self, network: Network) -> None:
        self.asked: list[str] = []
        self.socket = network.call(socket.socket, socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ROUTER, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> 'Old':
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                question, client = self.socket.recvfrom(4096)
                self.socket.sendto(self._answer(question), client)
            except OSError:
                return

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        name, kind = '.'.join(labels).lower(), struct.unpack('>H', question[at + 1:at + 3])[0]
        self.asked.append(name)
        known = name.endswith('example.com') and not name.startswith(('counting.', 'lan.')) and '.lan.' not in name
        found = known and kind == 1
        head = question[:2] + struct.pack('>5H', 0x8180 if known else 0x8183, 1, int(found), 0, 0)
        answer = b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 1, 4) + socket.inet_aton('192.0.2.7')
        return head + question[12:at + 5] + (answer if found else b'')


INSTALL = '''set -e
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --rbind /dev dev
rm -f etc/resolv.conf
cat /etc/resolv.conf >etc/resolv.conf
printf '#!/bin/sh\\nexit 101\\n' >usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
chroot . apt-get -q update
shift 2
DEBIAN_FRONTEND=noninteractive chroot . apt-get -qy install --no-install-recommends "$@"
rm -rf usr/sbin/policy-rc.d etc/resolv.conf var/cache/apt/archives/*.deb
'''


def layer(suite: str) -> Path:
    """What the packages add to the root of a suite; made once, cached. debootstrap cannot configure all of them."""
    made = cache() / f'resolvers-{suite}'
    with sole_maker(made):
        if not made.exists():
            print(f'mesh: installing {" ".join(PACKAGES)}, once ...', file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix=f'{made.name}.', dir=made.parent) as folder:
                for part in ('upper', 'work', 'root'):
                    Path(folder, part).mkdir(mode=0o755)
                done = subprocess.run(['unshare', '--mount', 'sh', '-c', INSTALL, 'sh', str(debian_root(suite)), folder, *PACKAGES],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                if done.returncode:
                    raise Unavailable(f'cannot install {" ".join(PACKAGES)}:\n{done.stdout[-3000:]}')
                Path(folder, 'upper').rename(made)
    return made
