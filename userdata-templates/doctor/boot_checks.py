"""Checks of the system, of cloud-init, of the guest files and of the plan."""
import json
import re

from certificates import ders, validity
from outcome import Failed, Unseen, Warned, check
from plans import CONFIG, GENERATOR
from units import INIT, SIDECAR
from words import listed, span

MIB = 1 << 20
WRITTEN = "/run/systemd/system/envoy@%s.service.d/50-consul-vm-inject.conf"
RESOLVED = "/run/systemd/resolved.conf.d/consul-vm-inject.conf"
# The version of this program, and the guest files of it: path -> [mode, SHA-256 in full, SHA-256 as it travels].
VERSION = ""  # by the build
GUEST = {}  # by the build
# What no plan can do without.
NEEDED = ("generate-sidecar-configs.py", "consul-redirect-traffic", "consul-retry-sidecar", "consul-cleanup-iptables",
          "consul-sidecar-init.service", "envoy@.service", "consul-envoy-retry@.service")
AGAIN = "install them again: `consul-vm-inject guest | ssh THIS-VM sudo sh`, with the --values that it was injected with (user-data that brings them does so at each boot)"
SET_CLOCK = "set the clock and keep it right, by chrony or `timedatectl set-ntp true`; then `systemctl restart {agent}`"


def begins(vm):
    """Since when something is valid that was made elsewhere: (what, seconds of the epoch)."""
    for name in vm.services[:1]:
        try:
            leaf = vm.ask("/v1/agent/connect/ca/leaf/" + name)
            yield "the certificate of %s in the mesh" % name, validity(ders(leaf["CertPEM"])[0])[0]
        except (Unseen, ValueError, TypeError, LookupError):
            continue


@check("system-clock")
def system_clock(vm):
    now = vm.now()
    for what, begin in begins(vm):
        if begin > now + 30:
            raise Failed("%s begins %s from now: the clock of this VM is behind" % (what, span(begin - now)), SET_CLOCK)
    hardware = (vm.read("/sys/class/rtc/rtc0/since_epoch") or "").strip()
    local = "LOCAL" in (vm.read("/etc/adjtime") or "")
    if hardware.isdigit() and not local and abs(int(hardware) - now) > 300:
        raise Failed("the clock is %s %s that of the machine" % (span(int(hardware) - now), "behind" if int(hardware) > now else "ahead of"), SET_CLOCK)
    return "nothing says otherwise"


@check("system-disk")
def system_disk(vm):
    folders = ["/", "/etc", "/run", "/tmp", "/var", "/var/lib", "/opt/consul"]
    try:
        folders.append(vm.self["DebugConfig"]["DataDir"])
    except (Unseen, LookupError, TypeError):
        pass
    seen, low = set(), []
    for folder in folders:
        space = vm.space(folder)
        if space is None or space[2] in seen:
            continue
        seen.add(space[2])
        if space[0] < MIB or space[1] == 0:
            raise Failed("%s is full: no %s left" % (folder, "space is" if space[0] < MIB else "inodes are"),
                         "free space there: `du -xh %s | sort -h | tail` shows what takes it; then `systemctl restart {agent}`" % folder)
        if space[0] < 50 * MIB:
            low.append("%s (%d MiB left)" % (folder, space[0] // MIB))
    if low:
        raise Warned("nearly full: " + ", ".join(low), "free space there, or make the disk larger")
    return "%d file system%s with space" % (len(seen), "" if len(seen) == 1 else "s")


@check("system-memory")
def system_memory(vm):
    found = re.search(r"MemAvailable:\s+(\d+)", vm.read("/proc/meminfo") or "")
    if not found:
        raise Unseen("/proc/meminfo says nothing")
    free = int(found.group(1)) >> 10
    if free < 32:
        raise Failed("%d MiB are left: Envoy and the agent are killed when it is none" % free, "give the VM more memory, or stop what takes it")
    if free < 96:
        raise Warned("%d MiB are left" % free, "give the VM more memory, or stop what takes it")
    return "%d MiB are left" % free


@check("cloud-init-done")
def cloud_init_done(vm):
    if vm.which("cloud-init") is None:
        return "this VM has no cloud-init"
    if vm.read("/run/cloud-init/result.json") is not None:
        return ""
    status = json.loads(vm.read("/run/cloud-init/status.json") or "{}").get("v1", {})
    if status.get("stage"):
        raise Warned("it is at its stage %s: what it has yet to do cannot be judged" % status["stage"], "wait: `cloud-init status --wait`, and ask again")
    if vm.stat("/run/cloud-init/disabled"):
        return "it is disabled"
    raise Warned("it has not run since this boot", "see `cloud-init status --long`")


@check("cloud-init-errors")
def cloud_init_errors(vm):
    told = []
    try:
        told += json.loads(vm.read("/run/cloud-init/result.json") or "{}").get("v1", {}).get("errors", [])
        status = json.loads(vm.read("/run/cloud-init/status.json") or "{}").get("v1", {})
    except ValueError:
        raise Unseen("what it says of itself cannot be read")
    kinds = status.get("recoverable_errors") or {}
    told += [message for kind in ("ERROR", "CRITICAL", "WARNING") for message in kinds.get(kind, [])]
    if told:
        raise Warned(told[0] + (" (and %d more)" % (len(told) - 1) if len(told) > 1 else ""),
                     "see /var/log/cloud-init.log and /var/log/cloud-init-output.log; fix the user-data")
    return ""


def needed(vm):
    """Paths of guest files that this VM cannot do without."""
    wanted = json.dumps(vm.plan)
    return [path for path in GUEST if path.rsplit("/", 1)[-1] in NEEDED or path in wanted or
            (path.endswith("acl-token.py") and "token_file" in wanted)]


@check("files-present")
def files_present(vm):
    missing = [path for path in needed(vm) if vm.stat(path) is None]
    if missing:
        raise Failed("missing: " + listed(missing), AGAIN)
    closed = [path for path in needed(vm) if GUEST[path][0] == "0755" and not vm.stat(path).st_mode & 0o100]
    if closed:
        raise Failed("not executable: " + listed(closed), "`chmod 0755 %s`" % " ".join(closed))
    return "%d files" % len(needed(vm))


@check("files-own")
def files_own(vm):
    edited = []
    for path, (_, full, light) in GUEST.items():
        if vm.stat(path) is not None and vm.digest(path) not in (full, light):
            edited.append(path)
    if not edited:
        return "those of " + VERSION
    boothooks = "/var/lib/cloud/instance/boothooks"
    try:
        versions = {found for name in vm.lists(boothooks)
                    for found in re.findall(r"(?m)^# consul-vm-inject (\S+?),", vm.read("%s/%s" % (boothooks, name), 4096) or "")}
    except Unseen:
        versions = set()
    if versions and VERSION not in versions:
        return "those of %s; this doctor knows those of %s" % (listed(versions), VERSION)
    raise Warned("not those of %s, so edited or of another version: %s" % (VERSION, listed(edited)), AGAIN)


@check("files-enabled")
def files_enabled(vm):
    for unit in [INIT, "envoy@.service"] + [SIDECAR % name for name in vm.services]:
        if vm.unit(unit).get("LoadState") == "masked":
            raise Failed("%s is masked" % unit, "`systemctl unmask %s && systemctl daemon-reload && systemctl start %s`" % (unit, INIT))
    if vm.stat("/etc/systemd/system/multi-user.target.wants/" + INIT) is None:
        raise Failed("%s is not enabled: after the next boot this VM is not in the mesh" % INIT, "`systemctl enable %s`" % INIT)
    return ""


@check("plan-readable")
def plan_readable(vm):
    text = vm.config_text
    if text is None:
        raise Failed("there is no %s: this VM was not injected" % CONFIG, "inject its user-data, and start a VM by it; see `consul-vm-inject --help`")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Failed("%s is no JSON: %s" % (CONFIG, error), "inject again, or correct it there; then `systemctl restart %s`" % INIT)
    if not isinstance(found, dict):
        raise Failed("%s is no object" % CONFIG, "inject again, or correct it there; then `systemctl restart %s`" % INIT)
    return ""


@check("plan-format")
def plan_format(vm):
    if "format" not in vm.config:
        if vm.stat("/srv/consul/plan_annotations.py") is None:
            raise Failed("it has no plan, and nothing here can make one", "inject again with --profile full, or use an image of `consul-vm-inject guest`")
        return "planned on this VM"
    if vm.config["format"] != 2:
        raise Failed("format %s: this doctor and guests of %s know 2" % (vm.config["format"], VERSION), "use a newer image, or inject with the version of the image")
    if not isinstance(vm.config.get("plan"), dict):
        raise Failed("%s has a format and no plan" % CONFIG, "inject again")
    if not vm.services:
        raise Warned("it asks for no service", "annotate connect-service, and inject again")
    return "format 2: " + listed(vm.services)


@check("plan-run")
def plan_run(vm):
    unit = vm.unit(INIT)
    if not unit or unit.get("LoadState") == "not-found":
        raise Failed("systemd does not know %s" % INIT, "`systemctl daemon-reload && systemctl start %s`" % INIT)
    if unit.get("ActiveState") in ("activating", "reloading"):
        raise Warned("it is running", "wait, and ask again; `journalctl -u %s` says at what it is" % INIT)
    if unit.get("Result", "success") != "success" or unit.get("ActiveState") == "failed":
        raise Failed("it failed: " + vm.why(INIT), "correct what it says; then `systemctl restart %s`" % INIT)
    # systemd forgets a unit that ended and that nothing wants; what it wrote below /run is of this boot.
    if unit.get("ExecMainStartTimestampMonotonic", "0") == "0" and not any(vm.stat(WRITTEN % name) for name in vm.services):
        raise Failed("it has not run since this boot", "`systemctl start %s`" % INIT)
    return ""


@check("plan-current")
def plan_current(vm):
    found = dict(vm.compared)
    if found.get(RESOLVED) == "left" and vm.state("systemd-resolved.service") == "inactive":
        # How names are resolved is planned for a resolver that has been stopped since: dns-mesh tells of it.
        found = {path: state for path, state in found.items() if path != RESOLVED and not path.endswith(".redirect")}
    again = "put them back as planned: `systemctl restart %s`" % INIT
    if "error" in found:
        raise Failed("the generator refuses the plan: %s" % found["error"], "inject again with what it says corrected")
    for state, words in (("edited", "not as planned, so edited, or the plan has changed since"), ("missing", "missing"), ("left", "there though not planned any more")):
        paths = [path for path, own in found.items() if own == state]
        if paths:
            raise Failed("%s: %s" % (words, listed(paths)), again)
    return "%d files are as planned" % sum(own == "same" for own in found.values())
