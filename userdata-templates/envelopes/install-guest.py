"""Installs the guest files of consul-vm-inject. Runs as a boothook: at every boot, as root, before the operator's own
user-data is applied. Writes only what changed, each file atomically; logs what it did; never fails or blocks the boot.
The envelope sets BUNDLE (what to install: JSON, deflated, in base64) and IMAGE (whether an image is being built)."""
import base64
import grp
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import zlib

FAILURES = []
STATE = "/var/lib/consul-vm-inject/installed.json"
UNIT = "consul-sidecar-init.service"


def log(message):
    sys.stdout.write("consul-vm-inject: %s\n" % message)


def fail(message):
    FAILURES.append(message)
    log(message)


def run(*argv):
    """Runs a command, bounded in time; its failure is logged, never raised."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        if done.returncode:
            text = done.stdout.decode("utf-8", "replace").strip()
            fail("%s: exit %d: %s" % (" ".join(argv), done.returncode, text))
        return done.returncode == 0
    except Exception as error:
        fail("%s: %s" % (" ".join(argv), error))
        return False


def ensure_user(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        shell = next((s for s in ("/usr/sbin/nologin", "/sbin/nologin") if os.path.exists(s)), "/bin/false")
        flags = ["--system", "--no-create-home", "--home-dir", "/", "--shell", shell]
        try:
            grp.getgrnam(name)
            flags += ["--gid", name]
        except KeyError:
            flags += ["--user-group"]
        if run("useradd", *(flags + [name])):
            log("created the system user %s" % name)


def current(path):
    """Content, mode and owner of a regular file, or None."""
    try:
        if os.path.islink(path):
            return None
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            return file.read(), status.st_mode & 0o7777, status.st_uid, status.st_gid
    except OSError:
        return None


def write(path, content, mode):
    """Returns whether anything had to change."""
    if current(path) == (content, mode, 0, 0):
        return False
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o755, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".consul-vm-inject-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chown(temporary, 0, 0)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    if shutil.which("restorecon"):
        run("restorecon", path)
    log("wrote %s (%04o)" % (path, mode))
    return True


def load_state():
    try:
        with open(STATE) as file:
            state = json.load(file)
        return state if isinstance(state, dict) else {}
    except (OSError, ValueError):
        return {}


def install(files):
    state = load_state()
    instance = os.environ.get("INSTANCE_ID", "")
    fresh = state.get("instance") != instance
    installed = dict(state.get("once") or {})
    units_changed = False
    for entry in files:
        path, content = entry["path"], entry["content"].encode("utf-8")
        try:
            if entry["once"]:
                # The operator may edit or delete this file: it is written once an instance, and again when it changed here.
                digest = hashlib.sha256(content).hexdigest()
                if not fresh and installed.get(path) == digest:
                    continue
                write(path, content, int(entry["mode"], 8))
                installed[path] = digest
            elif write(path, content, int(entry["mode"], 8)) and path.startswith("/etc/systemd/system/"):
                units_changed = True
        except Exception as error:
            fail("cannot write %s: %s" % (path, error))
    state = json.dumps({"instance": instance, "once": installed}, sort_keys=True).encode("utf-8")
    try:
        write(STATE, state, 0o600)
    except Exception as error:
        fail("cannot write %s: %s" % (STATE, error))
    if IMAGE:  # noqa: F821 - on a VM the operator's users come first, and keep their numbers
        ensure_user("envoy")
    if not shutil.which("systemctl"):
        return
    if units_changed and os.path.isdir("/run/systemd/system"):
        run("systemctl", "daemon-reload")
    folders = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
    wanted = "/etc/systemd/system/multi-user.target.wants/" + UNIT
    if any(os.path.exists(os.path.join(folder, UNIT)) for folder in folders) and not os.path.lexists(wanted):
        if run("systemctl", "enable", UNIT):
            log("enabled %s" % UNIT)
