"""Faults of one machine, each with the check of the doctor that is to name it first, and how the operator follows its remedy."""

import subprocess
from dataclasses import dataclass

from flavors import VALUES
from mesh import Mesh
from standing import Standing
from tool import tool

CONFIG = '/srv/consul/service-config.json'
REGISTRATION = '/etc/consul.d/service-registration.json'
SETTINGS = '/etc/consul.d/zz-ill.hcl'
# The clock of a program alone, as the machines share that of their host.
# The sidecar puts its rules back every ten seconds: they are gone at the very start.
FLUSHED = 'import os, sys; os.system("nft flush ruleset"); exec(compile(sys.stdin.read(), "-", "exec"))'
AN_HOUR_BACK = 'import sys, time; now = time.time; time.time = lambda: now() - 3600; exec(compile(sys.stdin.read(), "-", "exec"))'
TAKE = """systemd-run --collect --unit=taker-{port} /usr/bin/python3 -m http.server {port}
timeout 20 sh -c 'until ss -tln | grep -q ":{port} "; do sleep 0.2; done'"""


@dataclass(frozen=True)
class Ill:
    """A fault. `make` is what breaks it; `cure` what the remedy asks of the operator before, or instead of, the commands that it names."""

    check: str
    words: str
    make: str
    cure: str = ''
    # Whether the commands of the remedy are run, as they stand there.
    follow: bool = True
    # Code that Python runs in the place of the doctor, which it has on standard input.
    runner: str = ''
    # Where the fault is made, where that is not the machine that is looked at.
    on_server: bool = False


def setting(text: str) -> str:
    return f"echo '{text}' >{SETTINGS} && timeout 30 systemctl restart consul || true"


def edited(change: str) -> str:
    """Changes the configuration, of which a copy is kept."""
    return (f"cp {CONFIG} /root/config.json && /usr/bin/python3 -c 'import json; path = \"{CONFIG}\"; it = json.load(open(path)); {change}; "
            f"json.dump(it, open(path, \"w\"))'")


# When a fault was not named, or did not go away: so that the next one is made on a sound machine.
RESCUE = f'''rm -f {SETTINGS} /etc/consul.d/old.json /etc/systemd/system/envoy@dashboard.service; systemctl daemon-reload
umount -l /opt/consul; mv /root/envoy /usr/bin/; systemctl stop taker-20000 taker-19000; [ ! -f /root/config.json ] || cp -p /root/config.json {CONFIG}
ln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf; chmod 0755 /usr/local/bin/consul-*
for signal in CONT; do systemctl kill --signal=$signal consul dashboard envoy@dashboard; done
systemctl enable consul-sidecar-init; systemctl start dashboard systemd-resolved; timeout 60 systemctl restart consul
consul maint -disable -service=dashboard; consul intention delete dashboard counting
for tool in iptables iptables-legacy; do $tool -t nat -F ISTIO_OUTPUT; $tool -t nat -X ISTIO_OUTPUT; done
/usr/local/bin/consul-cleanup-iptables; timeout 60 systemctl restart consul-sidecar-init; timeout 100 systemctl restart envoy@dashboard; true'''
UNSET, PUT_BACK = f'rm {SETTINGS}', f'cp -p /root/config.json {CONFIG}'
ILLS: dict[str, Ill] = {
    'a stopped agent': Ill('agent-running', 'does not run', 'systemctl stop consul'),
    'an agent that a signal stopped': Ill('agent-running', 'stopped by a signal', 'systemctl kill --signal=STOP consul'),
    'an agent that refuses its settings': Ill('agent-running', 'zz-ill.hcl', setting('nonsense {'), UNSET),
    'an agent whose API is elsewhere': Ill('agent-api', 'nothing listens there', setting('ports { http = 8555 }'), UNSET),
    'an agent without a port for Envoy': Ill('agent-xds', 'no port for Envoy', setting('ports { grpc = -1 }'), UNSET),
    'a server that is down': Ill('agent-joined', 'do not answer: server at 10.77.0.10', 'systemctl stop consul', 'systemctl start consul', on_server=True, follow=False),
    'a registration that was edited by hand': Ill('plan-current', REGISTRATION, f'sed -i s/9002/9003/ {REGISTRATION}'),
    'a registration that was deleted': Ill('plan-current', 'missing', f'rm {REGISTRATION}'),
    'a part of a unit that was deleted': Ill(
        'plan-current', 'envoy@dashboard', 'rm /run/systemd/system/envoy@dashboard.service.d/50-consul-vm-inject.conf'),
    'a service that was deregistered': Ill('registration-agent', 'does not know dashboard', 'consul services deregister -id=dashboard'),
    'a service in maintenance': Ill('registration-agent', 'maintenance', 'consul maint -enable -service=dashboard -reason=ill'),
    'a second registration of the service': Ill(
        'registration-agent', '2 instances',
        'echo \'{"service": {"id": "old", "name": "dashboard", "port": 9999}}\' >/etc/consul.d/old.json && consul reload',
        'rm /etc/consul.d/old.json && consul reload'),
    'a service that does not listen': Ill('service-listening', 'port 9002', 'systemctl stop dashboard', 'systemctl start dashboard'),
    'a service that does not answer': Ill(
        'service-checks', 'critical', 'systemctl kill --signal=STOP dashboard; sleep 14', 'systemctl kill --signal=CONT dashboard'),
    'a user that is gone': Ill('envoy-user', 'no user envoy', 'userdel -f envoy'),
    'a program that is gone': Ill('envoy-installed', 'no program envoy', 'mv /usr/bin/envoy /root/', 'mv /root/envoy /usr/bin/', follow=False),
    'a public port that is taken': Ill(
        'envoy-ports', 'port 20000',
        f'systemctl stop envoy@dashboard; {TAKE.format(port=20000)}\nsystemctl --no-block start envoy@dashboard; sleep 3'),
    'an admin port that is taken': Ill(
        'envoy-ports', 'port 19000',
        f'systemctl stop envoy@dashboard; {TAKE.format(port=19000)}\nsystemctl --no-block start envoy@dashboard; sleep 3'),
    'a sidecar that was stopped': Ill('envoy-unit', 'stopped', 'systemctl stop envoy@dashboard'),
    'an Envoy that a signal stopped': Ill('envoy-ready', 'stopped by a signal', 'systemctl kill --kill-who=main --signal=STOP envoy@dashboard'),
    'a sidecar that is masked': Ill('files-enabled', 'masked', 'ln -s /dev/null /etc/systemd/system/envoy@dashboard.service; systemctl daemon-reload'),
    'a unit that is not enabled': Ill('files-enabled', 'not enabled', 'systemctl disable consul-sidecar-init'),
    'a guest file that is missing': Ill('files-present', 'consul-cleanup-iptables', 'rm /usr/local/bin/consul-cleanup-iptables', 'GUEST', follow=False),
    'a guest file that is not executable': Ill('files-present', 'not executable', 'chmod 0644 /usr/local/bin/consul-redirect-traffic'),
    'a configuration that was cut off': Ill('plan-readable', 'no JSON', f'cp {CONFIG} /root/config.json && truncate -s 200 {CONFIG}', PUT_BACK),
    'a configuration of a later format': Ill('plan-format', 'format 3', edited('it["format"] = 3'), PUT_BACK),
    'a plan that does not fit the machine': Ill(
        'plan-run', 'no-such-user',
        edited('it["plan"]["sidecars"][0]["redirect"].append({"hole": "uid", "user": "no-such-user"})') + '; systemctl restart consul-sidecar-init || true', PUT_BACK),
    'rules that another program flushed': Ill('traffic-rules', 'gone', 'true', runner=FLUSHED),
    'a second set of rules': Ill(
        'traffic-once', '2 sets',
        'iptables-legacy -t nat -N CONSUL_PROXY_OUTPUT; iptables-legacy -t nat -A CONSUL_PROXY_OUTPUT -m owner --uid-owner envoy -j RETURN; '
        'iptables-legacy -t nat -A CONSUL_PROXY_OUTPUT -p tcp --dport 9999 -j REDIRECT --to-ports 20000; '
        'iptables-legacy -t nat -N CONSUL_PROXY_INBOUND; iptables-legacy -t nat -A CONSUL_PROXY_INBOUND -j RETURN; '
        'iptables-legacy -t nat -A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT; iptables-legacy -t nat -A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND'),
    'an exclusion that is missing': Ill('traffic-excluded', 'exclude-inbound-port=22', 'iptables -t nat -D CONSUL_PROXY_INBOUND -p tcp --dport 22 -j RETURN'),
    'the rules of another mesh': Ill(
        'traffic-others', 'Istio', 'iptables -t nat -N ISTIO_OUTPUT', 'iptables -t nat -F ISTIO_OUTPUT; iptables -t nat -X ISTIO_OUTPUT', follow=False),
    'a resolv.conf that was replaced': Ill('dns-mesh', '192.0.2.53', 'rm /etc/resolv.conf; echo nameserver 192.0.2.53 >/etc/resolv.conf'),
    'a disk that is full': Ill(
        'system-disk', '/opt/consul is full', 'mount -t tmpfs -o size=2m ill /opt/consul && head -c 4m /dev/zero >/opt/consul/x || true',
        'umount -l /opt/consul', follow=False),
    'a clock that is an hour behind': Ill('system-clock', 'behind', 'true', runner=AN_HOUR_BACK, follow=False),
    'an intention that denies': Ill('mesh-intentions', 'denies dashboard to reach counting', 'consul intention create -deny dashboard counting'),
}


def cure(mesh: Mesh, machine: Standing, ill: Ill) -> None:
    """What the operator does by hand."""
    if ill.cure == 'GUEST':
        subprocess.run(machine.enter('/bin/sh'), input=tool('guest', '--values', VALUES), check=True, capture_output=True, timeout=180)
    elif ill.cure:
        (mesh.server if ill.on_server else machine).sh(ill.cure, timeout=180)
