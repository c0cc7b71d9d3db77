"""One example of the repository: booted as it is, and booted as the injector makes it."""

import email
import gzip
import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import stand_ins
import tree
import yaml
from machine import HERE, Machine

PROJECT = HERE.parent.parent
EXAMPLES = Path(os.environ.get('CONSUL_VM_INJECT_EXAMPLES', PROJECT / 'examples'))
BUNDLE = PROJECT / 'dist/bin/consul-vm-inject.js'
P, A = 'consul.hashicorp.com/', 'alpha.consul.hashicorp.com/'
CONFIG = '/srv/consul/service-config.json'
REGISTRATION = '/etc/consul.d/service-registration.json'
START = 'zz-consul-vm-inject-start'
# Path -> the modes it may have.
GUEST_FILES = {
    '/srv/consul/generate-sidecar-configs.py': {'0755'},
    '/usr/local/bin/consul-redirect-traffic': {'0755'},
    '/usr/local/bin/consul-cleanup-iptables': {'0755'},
    '/usr/local/bin/consul-retry-sidecar': {'0755'},
    '/etc/systemd/system/consul-envoy-retry@.service': {'0644'},
    '/etc/systemd/system/consul-sidecar-init.service': {'0644'},
    '/etc/systemd/system/envoy@.service': {'0644'},
    CONFIG: {'0640', '0644'},
}
UNITS = ('envoy@*.service', 'consul-sidecar-init.service', 'consul.service', 'cloud-init.service',
         'cloud-final.service')
# Ends every sidecar as an operator's `kill` would, beside a rule of the operator's own, and waits for the rules to go.
END = '''iptables -w -t nat -A POSTROUTING -p udp --dport 9 -j ACCEPT
systemctl kill --kill-whom=main --signal=TERM 'envoy@*.service'
for i in $(seq 100); do iptables-save -t nat | grep -q CONSUL || break; sleep 0.1; done
iptables-save -t nat
journalctl --boot --no-pager --lines=20 --unit='envoy@*.service' '''


def found() -> list[Path]:
    """The annotated inputs, one a folder or several; outputs kept beside them have "injected" in their names."""
    return [path for path in sorted(EXAMPLES.glob('*/user-data*')) if path.is_file() and 'injected' not in path.name]


def title(path: Path) -> str:
    """A name for messages and classes: `dashboard`, or `dashboard-user-data.sh` where a folder holds several."""
    several = len([other for other in found() if other.parent == path.parent]) > 1
    return f'{path.parent.name}-{path.name}' if several else path.parent.name


def inject(path: Path, *arguments: str) -> bytes:
    """The injected user-data. CONSUL_VM_INJECT_COMMAND stands in for the command line, while developing."""
    command = shlex.split(os.environ.get('CONSUL_VM_INJECT_COMMAND', ''))
    if not command:
        if not BUNDLE.exists():
            raise AssertionError(f'{BUNDLE} is missing: run `npm ci` or `npm run build` first')
        command = ['node', str(BUNDLE), 'inject']
    done = subprocess.run([*command, *arguments, str(path)], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors='replace')
        raise AssertionError(f'{shlex.join(command)} {path}: exit {done.returncode}\n{said}')
    return done.stdout


def own_parts(injected: bytes) -> set[str]:
    """Names of the scripts and hooks that the injector added: of the parts that bear its mark, or the one in a cloud-config."""
    if injected.startswith(b'#cloud-config'):
        return {Path(entry['path']).name for entry in own_entries(injected)} & {START}
    data = gzip.decompress(injected) if injected[:2] == b'\x1f\x8b' else injected
    message = email.message_from_bytes(data)
    return {part.get_filename() for part in message.walk() if '; part=' in part.get('X-Consul-VM-Inject', '')}


def own_entries(injected: bytes) -> list[dict]:
    """The entries of write_files that the injector added to a cloud-config: all up to the script that starts the sidecar."""
    entries = yaml.safe_load(injected)['write_files']
    last = next(at for at, entry in enumerate(entries) if entry['path'].endswith('/' + START))
    return entries[:last + 1]


def stored_name(name: str) -> str:
    """A part's name as cloud-init stores it."""
    return re.sub(r'[^A-Za-z0-9_. ()-]', '', name.replace('/', '_')).strip()


def machine(name: str, data: bytes, vendor_data: bytes | None = None) -> Machine:
    """A machine with both stand-ins and an archive for the packages that the user-data asks for."""
    made = Machine(name, data, vendor_data)
    try:
        stand_ins.install(made)
        tool = '/usr/local/lib/boot-probe/stand-in-packages.py'
        made.write(tool, (HERE / 'guest/stand-in-packages.py').read_bytes())
        made.run('python3', tool)
    except BaseException:
        made.close()
        raise
    return made


def state(made: Machine, report: dict) -> dict:
    """What the tests compare of one machine after a boot."""
    return {'report': report, 'tree': tree.written(made), 'scripts': tree.scripts(made),
            'passwd': tree.people(made, '/etc/passwd'), 'group': tree.people(made, '/etc/group'),
            'registration': made.read(REGISTRATION), 'config': made.read(CONFIG)}


@cache
def boot_plain(path: Path) -> list[dict]:
    """Two boots, as the operator would have had them."""
    with machine(f'{title(path)}-plain', path.read_bytes()) as made:
        return [state(made, made.boot(units=UNITS)) for _ in range(2)]


def boot_injected(name: str, data: bytes) -> list[dict]:
    """Three boots: the first, the second, and one after the service's configuration was taken away."""
    wanted = {'units': UNITS, 'files': (*GUEST_FILES, REGISTRATION)}
    with machine(f'{name}-injected', data) as made:
        states = [state(made, made.boot(**wanted)), state(made, made.boot(**wanted, run=(END,)))]
        made.remove(CONFIG)
        states.append(state(made, made.boot(**wanted)))
        return states


def boot_both(path: Path, *arguments: str) -> tuple[list[dict], list[dict], bytes]:
    """Boots an example without and with injection, side by side.

    Returns the states without it (first boot, second), with it (first, second, without config), and the injected bytes.
    """
    injected = inject(path, *arguments)
    name = '-'.join([title(path), *arguments[1:]])
    with ThreadPoolExecutor(2) as pool:
        plain = pool.submit(boot_plain, path)
        meshed = pool.submit(boot_injected, name, injected)
        return plain.result(), meshed.result(), injected


def services(registration: bytes) -> list[dict]:
    """The service definitions of a registration file."""
    content = json.loads(registration)
    return [content['service']] if 'service' in content else content['services']


def resolved(value: object) -> object:
    """An expectation as the machine fills it in: the holes of tags and meta."""
    filled = {'hostname': 'vm', 'instance-id': 'i-boot-test'}
    if isinstance(value, dict) and value.get('hole') in filled:
        return filled[value['hole']]
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item) for item in value]
    return value


def without_annotations(config: dict | None) -> dict:
    """A cloud-config without its annotations, which leave the injector as comments: cloud-init knows no such keys."""
    kept = {}
    for key, value in (config or {}).items():
        inner = value.get('annotations') if key == 'metadata' and isinstance(value, dict) else value
        holds = key in ('annotations', 'metadata') and isinstance(inner, dict) and all(P in name for name in inner)
        if P not in key and not holds:
            kept[key] = value
    return kept


def split(annotations: dict, key: str) -> list[str]:
    return [item.strip() for item in str(annotations.get(key, '')).split(',') if item.strip()]


def on(annotations: dict, key: str, default: bool = True) -> bool:
    value = annotations.get(key, default)
    return str(value).lower() in ('1', 't', 'true')


def redirect_flags(annotations: dict) -> set[str]:
    """The flags that the annotations of service-config.json demand of redirect-traffic, worked out anew."""
    flags = set()
    if on(annotations, f'{A}transparent-proxy-exclude-ssh'):
        flags.add('-exclude-inbound-port=22')
    if on(annotations, f'{A}transparent-proxy-exclude-serf'):
        flags.add('-exclude-inbound-port=8301')
    if on(annotations, f'{A}transparent-proxy-exclude-metadata'):
        flags.add('-exclude-outbound-cidr=169.254.169.254/32')
    for kind in ('inbound-port', 'outbound-port', 'outbound-cidr', 'uid'):
        for item in split(annotations, f'{P}transparent-proxy-exclude-{kind}s'):
            ranged = item.replace('-', ':') if kind.endswith('port') else item
            if kind != 'uid' or item.isdigit():
                flags.add(f'-exclude-{kind}={ranged}')
    return flags
