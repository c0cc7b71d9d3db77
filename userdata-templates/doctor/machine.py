"""The VM as this program may touch it: files are read, commands are run and loopback is asked, each with a deadline."""
import functools
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time

from outcome import Late, Unseen

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FEWEST = 0.05


def memo(function):
    """A method whose answer for the same words is found out once; what it raises is kept as well."""
    @functools.wraps(function)
    def found(self, *words):
        key = (function.__name__,) + words
        if key not in self.facts:
            try:
                self.facts[key] = function(self, *words), None
            except Unseen as unseen:
                self.facts[key] = None, unseen
        value, unseen = self.facts[key]
        if unseen is not None:
            raise unseen
        return value
    return found


def fact(function):
    """The same as a property."""
    return property(memo(function))


class Machine:
    """A deadline for all together: `seconds` from now on."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds
        self.facts = {}
        self.secrets = set()

    @property
    def root(self):
        return os.geteuid() == 0

    def now(self):
        return time.time()

    def left(self, most):
        """Seconds that something may take, `most` at most. Raises Late when none are left."""
        left = min(most, self.end - time.monotonic())
        if left < FEWEST:
            raise Late()
        return left

    def which(self, program):
        return shutil.which(program, path=PATH)

    def run(self, *argv, seconds=4, text="", env=None):
        """(exit status, standard output, standard error) of a command; 124 when it is late, 127 when it is not there. It and all
        that it started are gone then."""
        program = self.which(argv[0])
        if program is None:
            return 127, "", "there is no program " + argv[0]
        own = {"PATH": PATH, "LC_ALL": "C", "HOME": "/nonexistent", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}
        own.update(env or {})
        try:
            process = subprocess.Popen((program,) + argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=own, cwd="/", start_new_session=True)
        except OSError as error:
            return 127, "", str(error)
        try:
            out, err = process.communicate(text.encode(), timeout=self.left(seconds))
            status = process.returncode
        except (subprocess.TimeoutExpired, Late):
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            status = 124
        return status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def read(self, path, most=16 << 20):
        """The text of a file; None where there is none. Raises Unseen where it may not be read."""
        try:
            with open(path, "rb") as file:
                return file.read(most).decode("utf-8-sig", "replace")
        except PermissionError:
            raise Unseen("%s may not be read%s" % (path, "" if self.root else ": run it as root (sudo)"))
        except (OSError, ValueError):
            return None

    def lists(self, folder):
        """The names in a folder, in order; none where it is not there."""
        try:
            return sorted(os.listdir(folder))
        except PermissionError:
            raise Unseen("%s may not be read" % folder)
        except OSError:
            return []

    def stat(self, path):
        try:
            return os.stat(path)
        except OSError:
            return None

    def space(self, path):
        """(bytes, inodes) that are free below a path, and its device; None where it is not there."""
        try:
            found = os.statvfs(path)
            return found.f_bavail * found.f_frsize, found.f_favail if found.f_files else None, os.stat(path).st_dev
        except OSError:
            return None

    def need_root(self, what):
        if not self.root:
            raise Unseen("%s: only root sees that (sudo)" % what)

    def connect(self, host, port, seconds=2):
        """A connection to a port of this machine. Raises OSError."""
        return socket.create_connection((host, port), self.left(seconds))

    def links(self, folder):
        """Where the links of a folder lead; of what may not be read, or has gone, nothing."""
        try:
            for name in os.listdir(folder):
                try:
                    yield os.readlink(os.path.join(folder, name))
                except OSError:
                    continue
        except OSError:
            return

    def digest(self, path):
        try:
            with open(path, "rb") as file:
                return hashlib.sha256(file.read()).hexdigest()
        except OSError:
            return None
