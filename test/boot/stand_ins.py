"""Puts recorded stand-ins for Consul and Envoy on a machine, the way their packages would."""

from pathlib import Path

from machine import Machine

HERE = Path(__file__).parent / 'stand-ins'
LIBRARY = '/usr/local/lib/stand-in'
SETUP = '''set -e
for user in "$@"; do
  useradd --system --user-group --home-dir "/etc/$user.d" --no-create-home --shell /bin/false "$user"
done
mkdir -p /opt/consul /var/log/stand-in
: > /var/log/stand-in/calls.jsonl
chmod 0777 /var/log/stand-in
chmod 0666 /var/log/stand-in/calls.jsonl
chown -R consul:consul /etc/consul.d /opt/consul
'''


def install(machine: Machine, users: tuple[str, ...] = ('consul',), enabled: bool = False) -> None:
    """Installs both programs, consul.service and the package's own user; no user envoy unless it is asked for.

    `enabled` starts the agent at boot by itself, which the real package leaves to the operator.
    """
    for program in ('consul', 'envoy'):
        machine.write(f'/usr/bin/{program}', (HERE / program).read_bytes(), 0o755)
    for module in ('stand_in.py', 'agent.py'):
        machine.write(f'{LIBRARY}/{module}', (HERE / module).read_bytes())
    machine.write('/usr/lib/systemd/system/consul.service', (HERE / 'consul.service').read_bytes())
    if enabled:
        machine.link('/etc/systemd/system/multi-user.target.wants/consul.service',
                     '/usr/lib/systemd/system/consul.service')
    machine.write('/etc/consul.d/consul.hcl', 'data_dir = "/opt/consul"\n', 0o640)
    machine.write('/etc/consul.d/consul.env', '', 0o640)
    machine.run('/bin/sh', '-c', SETUP, 'setup', *users)


def turn(machine: Machine, knob: str, value: str | None = '') -> None:
    """Sets a knob of the stand-ins (see stand_in.knob), or unsets it with None, while the machine is off."""
    if value is None:
        machine.remove(f'/etc/stand-in/{knob}')
    else:
        machine.write(f'/etc/stand-in/{knob}', value + '\n')
