"""What support would ask for, as one archive; secrets are masked in all of it."""
import io
import json
import os
import sys
import tarfile

from outcome import Unseen
from plans import CONFIG, STATE
from report import data
from units import INIT, SIDECAR
from words import masked, masked_data

REGISTRATION = "/etc/consul.d/service-registration.json"
FILES = (CONFIG, STATE, REGISTRATION, "/etc/consul.d/0-consul-vm-inject.json", "/etc/consul.d/0-consul-vm-injected.json", "/etc/os-release",
         "/etc/resolv.conf", "/etc/nsswitch.conf", "/run/cloud-init/result.json", "/run/cloud-init/status.json", "/proc/meminfo", "/srv/consul/packages.conf")
COMMANDS = (
    ("systemctl-failed.txt", "systemctl", "--failed", "--no-pager"), ("systemctl-jobs.txt", "systemctl", "list-jobs", "--no-pager"),
    ("addresses.txt", "ip", "addr"), ("routes.txt", "ip", "route"), ("sockets.txt", "ss", "-tulnp"), ("processes.txt", "ps", "-eo", "pid,user,stat,rss,etime,comm"),
    ("disks.txt", "df", "-h"), ("versions.txt", "sh", "-c", "uname -a; consul version; envoy --version; systemctl --version; iptables -V"))
AGENT_PATHS = ("agent/self", "agent/services", "agent/checks", "agent/members", "status/leader", "connect/ca/roots")
ENVOY_PATHS = ("config_dump", "clusters", "listeners", "certs", "server_info", "stats", "ready")


def as_text(vm, text):
    """A text without secrets; of JSON, without what goes by the name of one."""
    try:
        return json.dumps(masked_data(json.loads(text), vm.secrets), indent=1) + "\n"
    except ValueError:
        return masked(text, vm.secrets)


def collected(vm, results):
    """(name, text) of each file; a text that cannot be read is a function that raises."""
    yield "report.json", lambda: json.dumps(data(results), indent=1) + "\n"
    for path in FILES:
        yield "files" + path, lambda path=path: vm.read(path)
    for folder in ("/run/consul-vm-inject", "/etc/consul.d"):
        yield "files%s/NAMES" % folder, lambda folder=folder: "".join(name + "\n" for name in vm.lists(folder))
    for unit in [INIT, vm.agent_name, "cloud-final.service"] + [form % name for name in vm.services for form in (
            SIDECAR, "consul-envoy-retry@%s.service", "consul-acl-token@%s.service", "consul-envoy-watch@%s.service")]:
        yield "units/%s.log" % unit, lambda unit=unit: vm.run(
            "journalctl", "--boot", "--no-pager", "--output=short-iso-precise", "--lines=2000", "--unit=" + unit, seconds=3)[1]
        yield "units/%s.txt" % unit, lambda unit=unit: vm.run("systemctl", "cat", unit)[1] + vm.run("systemctl", "show", unit)[1]
    for name, *command in COMMANDS:
        yield "commands/" + name, lambda command=command: "".join(vm.run(*command)[1:])
    try:
        for tool, lines in vm.rules.items():
            yield "rules/%s.txt" % tool, lambda lines=lines: "\n".join(lines) + "\n"
    except Unseen:
        pass
    for path in AGENT_PATHS:
        yield "agent/%s.json" % path.replace("/", "-"), lambda path=path: json.dumps(vm.ask("/v1/" + path))
    for name in vm.services:
        yield "files/run/consul-vm-inject/%s.redirect" % name, lambda name=name: vm.read("/run/consul-vm-inject/%s.redirect" % name)
        for path in ENVOY_PATHS:
            yield "envoy/%s/%s.txt" % (name, path), lambda name=name, path=path: vm.envoy(name, "/" + path)[1]


def known_secrets(vm):
    """Remembers what is a secret here, to mask it wherever it is said."""
    def remember(data, name=""):
        if isinstance(data, dict):
            for key, value in data.items():
                remember(value, key)
        elif isinstance(data, list):
            for item in data:
                remember(item, name)
        elif isinstance(data, str) and len(data) > 7 and name in ("token", "encrypt", "agent", "default", "initial_management", "replication"):
            vm.secrets.add(data)
    for path in (REGISTRATION, STATE, "/etc/consul.d/0-consul-vm-injected.json"):
        try:
            remember(json.loads(vm.read(path) or "{}"))
        except (ValueError, Unseen):
            continue
    try:
        state = json.loads(vm.read(STATE) or "{}")
        remember(json.loads(state.get("registration") or "{}"))
    except (ValueError, Unseen):
        pass


def write(vm, results, path):
    """Writes the archive; `-` is standard output. Returns what could not be collected."""
    missing = []
    known_secrets(vm)
    stream = sys.stdout.buffer if path == "-" else os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    with tarfile.open(fileobj=stream, mode="w|gz") as archive:
        def add(name, text):
            content = text.encode("utf-8", "replace")
            entry = tarfile.TarInfo("consul-vm-inject-%s/%s" % (os.uname().nodename, name.lstrip("/")))
            entry.size, entry.mtime, entry.mode = len(content), int(vm.now()), 0o600
            archive.addfile(entry, io.BytesIO(content))
        for name, make in collected(vm, results):
            try:
                text = make()
            except Exception as error:
                missing.append("%s: %s" % (name, masked(str(error), vm.secrets)))
                continue
            if text:
                add(name, as_text(vm, text))
        if missing:
            add("missing.txt", "\n".join(missing) + "\n")
    stream.flush()
    if path != "-":
        stream.close()
    return missing
