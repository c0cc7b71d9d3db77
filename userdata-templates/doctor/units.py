"""What systemd says: of units, of their processes, and of what they have logged."""
import json
import re
import shlex

from machine import memo

SIDECAR = "envoy@%s.service"
INIT = "consul-sidecar-init.service"
# Settings by which words of a unit's own that say what went wrong are told.
WRONG = re.compile(r"(?i)error|critical|fail|fatal|panic|not |no |cannot|missing|refused|denied|unable|waiting|invalid")
RESULTS = {
    "exit-code": "it ended with an error", "signal": "it was killed by a signal", "core-dump": "it crashed",
    "timeout": "it was not ready in time", "oom-kill": "the kernel killed it, for memory ran out", "watchdog": "it hung",
    "start-limit-hit": "it failed too often", "resources": "systemd could not start it (see the journal)", "protocol": "it never said that it was ready",
}


class Units:
    @memo
    def unit(self, name):
        """Properties of a unit; empty where there is no systemd."""
        wanted = "LoadState,ActiveState,SubState,Result,MainPID,NRestarts,NeedDaemonReload,Environment,EnvironmentFiles,ExecStart,User," \
            "ExecMainStatus,ExecMainCode,ExecMainStartTimestampMonotonic,InactiveExitTimestampMonotonic,FragmentPath,UnitFileState"
        said = self.run("systemctl", "show", "--property=" + wanted, name)[1]
        return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)

    def state(self, name):
        return self.unit(name).get("ActiveState", "")

    def pid(self, name):
        return int(self.unit(name).get("MainPID") or 0)

    def told(self, name, lines=60):
        """What a unit has logged this boot: (who, message), the latest last. Nothing where that may not be read."""
        said = self.run("journalctl", "--boot", "--no-pager", "--output=json", "--lines=%d" % lines, "--unit=" + name)[1]
        for line in said.splitlines():
            try:
                entry = json.loads(line)
                message = entry["MESSAGE"]
            except (ValueError, KeyError):
                continue
            if isinstance(message, list):
                message = bytes(message).decode("utf-8", "replace")
            if isinstance(message, str):
                yield entry.get("SYSLOG_IDENTIFIER", ""), message

    def last_words(self, name, pattern=WRONG):
        """The last thing that a unit itself said was wrong; empty where it said nothing."""
        said = [message for who, message in self.told(name) if who != "systemd"]
        wrong = [message for message in said if pattern.search(message)]
        return (wrong or said or [""])[-1]

    def why(self, name):
        """Why a unit is not active, as far as systemd and its log tell."""
        result = RESULTS.get(self.unit(name).get("Result", ""), "")
        words = self.last_words(name)
        return "; ".join(part for part in (result, words and "it last said: " + words) if part) or "its log says nothing"

    @memo
    def environment(self, name):
        """The variables of a unit, those of its files included. Raises Unseen where a file may not be read."""
        found = {}
        unit = self.unit(name)
        try:
            words = shlex.split(unit.get("Environment", ""))
        except ValueError:
            words = []
        for path in re.findall(r"(\S+) \(ignore_errors=\w+\)", unit.get("EnvironmentFiles", "")):
            for line in (self.read(path) or "").splitlines():
                line = line.strip()
                if line and line[0] not in "#;":
                    words += [line.split("=", 1)[0] + "=" + line.split("=", 1)[1].strip("\"'")] if "=" in line else []
        for word in words:
            key, _, value = word.partition("=")
            found[key] = value
        return found

    def process_state(self, pid):
        """The state of a process in a letter: R, S, D, T (stopped) ...; empty where it is gone."""
        text = self.read("/proc/%d/stat" % pid) or ""
        return text.rpartition(")")[2].split()[0] if ")" in text else ""

    def user_of(self, pid):
        found = re.search(r"(?m)^Uid:\s+(\d+)", self.read("/proc/%d/status" % pid) or "")
        return int(found.group(1)) if found else None

    def name_of(self, pid):
        return (self.read("/proc/%d/comm" % pid) or "").strip() or "process %d" % pid
