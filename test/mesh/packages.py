"""What the packages of Consul and Envoy leave on a disk, beside the programs: the agent's unit, its user and its folders."""

from disk import Disk

# As HashiCorp's package has it. Type=notify: an agent that is told whom to join has started once it has joined.
CONSUL_SERVICE = '''[Unit]
Description="HashiCorp Consul - A service mesh solution"
Documentation=https://www.consul.io/
Requires=network-online.target
After=network-online.target
ConditionFileNotEmpty=/etc/consul.d/consul.hcl

[Service]
Type=notify
EnvironmentFile=-/etc/consul.d/consul.env
User=consul
Group=consul
ExecStart=/usr/bin/consul agent -config-dir=/etc/consul.d/
ExecReload=/bin/kill --signal HUP $MAINPID
KillMode=process
KillSignal=SIGTERM
Restart=on-failure
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
'''
# Path, content and mode of what the package leaves to the operator to fill.
FILES = (
    ('/usr/lib/systemd/system/consul.service', CONSUL_SERVICE, 0o644),
    ('/etc/consul.d/consul.hcl', 'data_dir = "/opt/consul"\n', 0o640),
    ('/etc/consul.d/consul.env', '', 0o640),
)
SETUP = '''set -e
getent passwd consul >/dev/null || useradd --system --user-group --shell /bin/false consul
mkdir -p /opt/consul
chown -R consul:consul /opt/consul /etc/consul.d
'''


def install(disk: Disk) -> None:
    """The agent is neither configured nor enabled: the package leaves both to the operator."""
    for path, content, mode in FILES:
        disk.write(path, content, mode)
    disk.run('/bin/sh', '-c', SETUP)
