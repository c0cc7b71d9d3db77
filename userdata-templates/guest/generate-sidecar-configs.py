#!/usr/bin/env python3
"""/srv/consul/service-config.json -> the service's registration, its traffic redirection and its Envoy's unit.

The configuration carries a plan that consul-vm-inject made: {"format": 2, "plan": {...}}. What only this VM knows stands in it as
objects {"hole": ...} in place of texts. They are filled here, and what the plan says is brought about. A configuration without
a plan ({"annotations": ...}, {"name": ..., "port": ...}) is planned by plan_annotations.py where that is beside this file, as in
images. consul-sidecar-init.service runs this at each boot; running it again changes nothing unless the configuration did. On
any fault nothing is written and the exit code is 2. An argument is the name of a command: see `main`.

This travels in user-data, where every byte counts: it says things once, in few words. Comments stay at home.
Python 3.6, standard library only; no value is ever evaluated.
"""
import glob, http.client, json, os, pwd, re, shlex, shutil, subprocess, sys, tempfile, time

CONFIG = "/srv/consul/service-config.json"
ETC = "/etc/consul.d"
REGISTRATION = ETC + "/service-registration.json"
# What the plan says to the agent, beside 0-consul-vm-inject.json, which says it for every VM. Where two files have a setting, the agent
# takes that of the later one by name, so that the operator's files win; lists it joins.
AGENT = ETC + "/0-consul-vm-injected.json"
# What was installed and applied last: what is written `once` (path -> instance and text), the `registration`, what the `sidecars` were
# started with (name -> files and registration), the `agent` that was found, and the `copies` for one that reads another directory.
STATE = "/var/lib/consul-vm-inject/installed.json"
# The part of a unit that a plan is to outlive this boot.
PERMANENT = "/etc/systemd/system/%s.d/50-consul-vm-inject.conf"
# Of another name than a service's own part of the unit, which would hide it.
OLDER = "/run/systemd/system/envoy@.service.d/40-consul-vm-inject.conf"
RESOLVED = "/run/systemd/resolved.conf.d/consul-vm-inject.conf"
# The files of a sidecar: key of the plan -> path.
FILES = {
    "environment": "/run/consul/upstreams-%s.env", "redirect": "/run/consul-vm-inject/%s.redirect",
    "unit": "/run/systemd/system/envoy@%s.service.d/50-consul-vm-inject.conf",
    "watch": "/run/systemd/system/consul-envoy-watch@%s.service", "acl": "/run/systemd/system/consul-acl-token@%s.service"}
CHANGED = []


def log(message):
    """One line on stderr; nothing in it can end the line or move the cursor."""
    print("consul-vm-inject:", message.encode("unicode_escape").decode(), file=sys.stderr)


def run(*command, text=""):
    """(exit code, output) of a command, without a shell; one that is missing or hangs has an exit code as well."""
    try:
        done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
        return done.returncode, done.stdout.decode("utf-8", "replace").strip()
    except Exception as error:
        return 127, str(error)


def do(*command):
    """Whether a command went well; if not, that is told."""
    code, output = run(*command)
    if code:
        log("%s: exit %d: %s" % (" ".join(command), code, output))
    return not code


def systemctl(*words):
    return os.path.isdir("/run/systemd/system") and do("systemctl", *words)


def read(path):
    """The text of a file; empty when there is none."""
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8-sig", "replace")
    except Exception:
        return ""


def write(path, text, mode=0o644, user=0):
    """Puts a file there, atomically, or removes it (no text); does nothing when nothing would change."""
    there = os.path.lexists(path) and os.lstat(path)
    if text:
        if there and there.st_mode == 0o100000 | mode and user in (0, there.st_uid) and read(path) == text:
            return
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as folder:
            with open(folder + "/x", "wb", 0) as file:
                file.write(text.encode())
                # By its descriptor: the folder may be the agent's, who could put something else under the name.
                os.fchown(file.fileno(), user or -1, -1)
                os.fchmod(file.fileno(), mode)
                os.fsync(file)
            os.replace(file.name, path)
        if shutil.which("restorecon"):
            do("restorecon", path)
    elif there:
        os.unlink(path)
    else:
        return
    CHANGED.append(path)
    log("%s %s" % ("wrote" if text else "removed", path))


def recall():
    """The state that was remembered, or nothing."""
    try:
        return dict(json.loads(read(STATE)))
    except Exception:
        return {}


def finish(**news):
    """Adds to the state, of which the empty is forgotten, and has systemd read the units that changed."""
    state = {key: value for key, value in dict(recall(), **news).items() if value}
    write(STATE, state and json.dumps(state), 0o600)
    if "/systemd/system/" in str(CHANGED):
        systemctl("daemon-reload")


def install(text=None):
    """Installs what a text of segments holds: `=== MODE PATH`, or `=== MODE PATH once` where the operator may edit or delete the
    file: it is written once an instance, and again when it changed here. What fails is told, and the rest goes on. Returns how many
    files failed."""
    once, failed = recall().get("once", {}), 0
    for segment in re.split("(?m)^=== ", text or sys.stdin.read())[1:]:
        header, _, content = segment.partition("\n")
        mode, path, *mark = header.split()
        mark = mark and [os.environ.get("INSTANCE_ID"), content]
        try:
            if not mark or once.get(path) != mark:
                write(path, content, int(mode, 8))
            if mark:
                once[path] = mark
        except Exception as error:
            failed += 1
            log("cannot write %s: %s" % (path, error))
    finish(once=once)
    if not os.path.lexists("/etc/systemd/system/multi-user.target.wants/consul-sidecar-init.service"):
        do("systemctl", "enable", "consul-sidecar-init.service")
    return failed


# What only this VM knows, by the name of the hole: texts, or whether `then` or `else` counts.

def systemd(hole):
    return int(run("systemctl", "--version")[1].split()[1]) >= hole["from"]


HOLES = {
    "hostname": lambda _: [os.uname().nodename], "python": lambda _: [sys.executable],
    "instance-id": lambda _: [read("/var/lib/cloud/data/instance-id").strip() or "$INSTANCE_ID"],
    # Whether programs ask systemd-resolved, and it asks the servers of links: of its own it asks any one, whatever the name.
    "resolved": lambda _: systemd({"from": 246}) and "nameserver 127.0.0.53" in read("/etc/resolv.conf") and not re.search(
        "(?m)Global: (?!127.0.0.1:[0-9]+$)", run("resolvectl", "dns")[1]),
    # The ports on which sshd listens: by its configuration, and by socket activation.
    "ssh-ports": lambda _: re.findall(
        r"(?mi)^\s*(?:port|listen\w*)[\s=]+(?:\S*:)?([0-9]+)(?: \(stream\))?\s*$",
        run("sh", "-c", "sshd -T; systemctl show -pListen ssh.socket sshd.socket; cat /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*")[1]),
    "secret": lambda hole: [open(hole["path"]).read().strip()], "systemd": systemd, "uid": lambda hole: [str(pwd.getpwnam(hole["user"]).pw_uid)]}


def fill(nodes):
    """Nodes of a plan -> lines. A node is a text, a list of nodes that make one line together, or a hole."""
    for node in [] + nodes:
        if isinstance(node, str):
            if re.search("[\0-\x1f\x7f\ud800-\udfff]", node):
                raise ValueError("a control character")
            yield node
        elif isinstance(node, list):
            yield "".join(fill(node))
        else:
            value = HOLES[node["hole"]](node)
            yield from fill(node.get("then" if value else "else", []) if isinstance(value, bool) else
                            [node.get("prefix", "") + text for text in value])


def lines(key, nodes):
    try:
        return list(fill(nodes))
    except Exception as error:
        raise ValueError("%s: not for this guest: %r: %s" % (key, error, error))


def find(said):
    """The agent: what annotations say, what runs in this network, what its unit says, what was there last. `unit` starts it (none where
    something else does), `folder` is what it reads, `uid` its user's as a text (empty where nobody knows), `pid` its process."""
    units = [os.path.basename(path) for path in glob.glob("/etc/systemd/system/*.wants/*") if "consul agent" in read(path)]
    agent = dict({"unit": (units + ["consul.service"])[0], "folder": ETC, "uid": "consul"}, **recall().get("agent", {}))
    agent.update(said, pid=0)
    told = run("systemctl", "show", "-pUser,ExecStart", agent["unit"])[1]
    if "consul agent" in told:
        agent["uid"] = (re.findall("User=(.+)", told) + ["root"])[0]
    for pid, uid, unit, told in re.findall(
            r"(?m)^ *%d +(\d+) +(\d+) +(\S+) +\S*consul (agent.*)" % os.stat("/proc/self/ns/net").st_ino,
            run("ps", "-ewwo", "netns,pid,uid,unit:99,args")[1]):
        # A second one beside it is not to be started, and no unit that is more than the agent restarted.
        agent.update(pid=int(pid), uid=uid, unit=unit * (run("systemctl", "show", "-pMainPID", unit)[1] == "MainPID=" + pid))
    folders = re.findall("-config-dir[= ]+([^ ;]+?)/*(?: |$)", told)
    if folders:
        agent["folder"] = ETC if ETC in folders else folders[-1]
    agent.update(said, unit=agent["unit"])
    if not agent["uid"].isdigit():
        agent["uid"] = (re.findall(r"^\d+$", run("id", "-u", agent["uid"])[1]) + [""])[0]
    return agent


def prepare(plan):
    """What a plan comes to here: the registration's text (empty while a token is awaited), lines by path of a file, by name what each
    sidecar is started with, and the agent. Whom the agent joins is for files of the operator's to say
    where they do. Writes nothing. Raises whatever comes of what is no plan."""
    there = find({key: lines(key, [node])[0] for key, node in plan.get("agent_is", {}).items()})
    if not there["uid"] and re.search('"(token_file|hole)": "(/|secret)', json.dumps(plan)):
        raise ValueError("no agent to read the secrets")
    registration, unit, started, token = plan.get("registration"), plan.get("app_unit"), {}, True
    sidecars = {sidecar["service"]: sidecar for sidecar in plan.get("sidecars", [])}
    services = registration.get("services") or [registration["service"]] if registration else []
    files = dict.fromkeys(glob.glob(PERMANENT % "*"), [])
    files.update((PERMANENT % name, lines("units", nodes)) for name, nodes in plan.get("units", {}).items())
    files.update({
        # systemd before 231 does not know the "+" of the unit's own commands.
        OLDER: [] if systemd({"from": 231}) or not services else
        ["[Service]", "PermissionsStartOnly=yes"] + [
            line for key, command in re.findall(r"(.*=)\+(.*)", read("/etc/systemd/system/envoy@.service")) for line in (key, key + command)]})
    if unit and run("systemctl", "show", "-pUser", "--", unit)[1] == "User=envoy":
        raise ValueError("app_unit: %s runs as envoy: not redirected" % unit)
    lines("dns", plan.get("dns", []))
    for service in services:
        name, connect = service["name"], json.loads(json.dumps(service["connect"]))
        own = {key: lines(key, sidecars[name].get(key, [])) for key in FILES}
        if own["redirect"] and there["uid"]:
            # All that root does is not the agent's.
            own["redirect"] += ["-exclude-uid=" + there["uid"] if int(there["uid"]) else "-exclude-outbound-port=8300:8302"]
        own["redirect"] = list(dict.fromkeys(own["redirect"]))
        files.update((path % name, own[key]) for key, path in FILES.items())
        # A change of these reaches a running Envoy by itself.
        del own["environment"]
        connect["sidecar_service"]["proxy"].pop("upstreams", None)
        started[name] = [own, connect, plan.get("dns", [])]
        if "token_file" in service:
            service["token"] = lines("token", [read(service.pop("token_file")).strip()])[0]
            started[name].append(service["token"])
            token = token and service["token"]
        if "tags" in service:
            service["tags"] = lines("tags", service["tags"])
        service["meta"] = {key: "".join(lines("meta", [value])) for key, value in service["meta"].items()}
    try:
        agent = json.loads(json.dumps(plan.get("agent", {})), object_hook=lambda node: lines("agent", [node])[0] if "hole" in node else node)
    except ValueError as error:
        # A secret comes late, at a boot that is not the first: what the agent was given then still holds.
        if not read(AGENT):
            raise
        log(str(error))
        agent = json.loads(read(AGENT))
    for path in glob.glob(there["folder"] + "/*") if "retry_join" in agent else ():
        if re.search(r"/(?!0-consul-vm-)[^/]*\.(hcl|json)$", path) and re.search(r'(?m)^(?!\s*(#|//)).*_join"?\s*[=:]', read(path)):
            agent.pop("retry_join", 0)
    files[AGENT] = [json.dumps(agent)] if agent else []
    return registration and token and json.dumps(registration, indent=2) + "\n", files, started, there


def apply(text, files, sidecars, agent):
    """Brings the guest to what was prepared."""
    state, there, settings = recall(), read(REGISTRATION), "".join(files.pop(AGENT))
    uid, folder = agent["uid"], agent["folder"]

    def write_for_agent(path, text):
        write(path, text, 0o600 if uid else 0o644, user=int(uid or 0))

    old, ours = state.get("sidecars", {}), state.get("registration") == there
    if sidecars and run("id", "-u", "envoy")[0]:
        # Now that cloud-init has made the operator's users, so that theirs keep their numbers.
        do("groupadd", "-rf", "envoy")  # it may be there
        do("useradd", "-r", "-g", "envoy", "-d", "/", "-s", "/usr/sbin/nologin", "envoy")
    if text:
        # It may want more than a file that it can read to be content.
        found = run("consul", "validate", "-config-format=json", "/dev/stdin", text=text)[1]
        if re.search("(?i)failed to parse|error parsing|invalid config key", found):
            raise ValueError("consul refuses the registration: " + found)
        if there not in ("", text) and not ours:
            os.replace(REGISTRATION, REGISTRATION + ".before-consul-vm-inject")
            log(REGISTRATION + " was not ours: kept")
    if sidecars:
        write_for_agent(AGENT, settings and settings + "\n")
    if text == "":
        log("not registered yet: no token")
        text = state.get("registration")
    elif text or ours or '"managed-by": "consul-vm-inject"' in there:
        write_for_agent(REGISTRATION, text)
    copies = dict.fromkeys(state.get("copies", ()), "")
    if folder != ETC and os.path.isdir(folder):
        copies.update((path.replace(ETC, folder), read(path)) for path in (REGISTRATION, *glob.glob(ETC + "/0-consul-vm-*")))
    for path in copies:
        write_for_agent(path, copies[path])
    # Never waits for the agent, which is ordered after this very unit. It reads only at its start whom to join, and its ports.
    changed = {REGISTRATION, AGENT, *copies} & set(CHANGED)
    if agent["pid"] and changed and not (agent["unit"] and re.search('"(retry_join|ports)"', "".join(read(path) for path in changed if "/0-" in path))):
        do("kill", "-1", str(agent["pid"]))  # it may have ended
    elif agent["unit"] and (changed or sidecars and not agent["pid"]):
        # Of one that runs and was not recognised its unit knows how it reads its files again.
        systemctl("--no-block", "restart" if agent["pid"] else "reload-or-restart", agent["unit"])
    for name in old:
        if name not in sidecars:
            # Waits for it: the cleanup of one sidecar must not meet the rules of the next.
            unit = "envoy@%s.service" % name
            systemctl("stop", unit)
            # As far as the agent has it by its API, which the unit knows how to reach.
            run("env", *shlex.split(run("systemctl", "show", "-pEnvironment", unit)[1][12:]), "consul", "services", "deregister", "-id=" + name)
            files.update((path % name, []) for path in FILES.values())
    for path, found in files.items():
        write(path, "".join(line + "\n" for line in found))
    finish(registration=text, sidecars=sidecars, agent=sidecars and dict(agent, pid=0), copies=list(copies))
    for name in sidecars:
        unit = "envoy@%s.service" % name
        systemctl("--no-block", "start" if old.get(name) == sidecars[name] else "restart", unit)
    log("%s the mesh; %d files changed" % ("in" if sidecars else "outside", len(CHANGED)))


# Commands of Envoy's unit, besides those of probe-sidecar.py.

def ask(admin, method, target, timeout=1):
    """Status and text of one answer of Envoy's admin API; 0 when there is none."""
    try:
        connection = http.client.HTTPConnection(admin, timeout=timeout)
        connection.request(method, target)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except Exception:
        return 0, ""


def gone():
    """Whether the unit's main process has ended. systemd names none to ExecStop when it ended by itself."""
    return not os.path.exists("/proc/" + (os.environ.get("MAINPID") or "-"))


def listening(name):
    """Waits until Envoy has what traffic is redirected to, a minute at most. Ready it is without, too, where Consul is silent; and
    listeners are listed before they accept."""
    admin, until = re.search(r"-admin-bind=(\S+)", read(FILES["unit"] % name))[1], time.monotonic() + 60
    while time.monotonic() < until and not gone():
        found = ask(admin, "GET", "/listeners")[1]
        if ask(admin, "GET", "/ready")[0] == 200 and "public_listener:" in found and "outbound_listener:" in found:
            return 0
        time.sleep(0.2)
    raise ValueError("Envoy got no listeners")


def names(name=""):
    """Has questions for names of the mesh answered by the agent; without a sidecar's name no longer, unless one is up. Where systemd-resolved
    does not see to it, rules do that look at the name, whichever server it is asked of: nothing else is set up differently, and other
    names never come near the agent, whose own questions stay, too. One socket may ask for both: to connections ours is a zone of its own."""
    if not name and glob.glob("/run/consul-vm-inject/*.up"):
        return
    found = lines("dns", recall()["sidecars"][name][2] if name else [])
    write(RESOLVED, "".join(line + "\n" for line in found[2:] and found))
    if CHANGED:
        systemctl("--no-block", "try-restart", "systemd-resolved.service")
    if len(found) == 2:
        domain, port = found
        # All that root does is not the agent's.
        agent = int(recall()["agent"]["uid"] or 0) or 4294967294
        wire = "".join(chr(len(label)) + label for label in (domain.upper() + ".").split(".")).encode()
        code, output = run("nft", "-f", "-", text="table inet consul_names\ndelete table inet consul_names\ntable inet consul_names {\nchain find {\n" + "".join(
            "".join("@th,%d,8&%d==%d " % (at + 8 * i, 223 if byte > 64 else 255, byte) for i, byte in enumerate(wire))
            + "ct original zone set 8600\n" for at in range(160, 2056 - 8 * len(wire), 8)) + "}\nchain raw {\n"
            "type filter hook output priority -301\nudp dport 53 meta skuid != %s jump find\n}\nchain nat {\n"
            "type nat hook output priority -101\nudp dport 53 ct original zone 8600 redirect to :%s\n}\n}\n" % (agent, port))
        for tool in ("ip6tables-restore", "iptables-restore") if code else ():
            code, output = run(tool, "-nw", text="".join(
                "*%s\n:CONSUL_NAMES -\n-A CONSUL_NAMES -p udp -m string --algo bm --icase --hex-string |%s| -j %s\n"
                "-I OUTPUT -p udp --dport 53 -m owner ! --uid-owner %s -j CONSUL_NAMES\nCOMMIT\n" % (table, wire.hex(), target, agent)
                for table, target in (("nat", "REDIRECT --to-ports " + port), ("raw", "CT --zone-orig 8600"))))
        log("names under %s: %s" % (domain, output or "redirected"))


def wait(_, seconds):
    """Waits out the grace period, or until Envoy is gone."""
    for _ in range(5 * int(seconds)):
        if not gone():
            time.sleep(0.2)


def drain(admin, seconds):
    log("draining Envoy: status %d" % ask(admin, "POST", "/drain_listeners?inboundonly&graceful&skip_exit", 5)[0])
    wait(admin, seconds)


def configure():
    text = read(CONFIG) if os.path.exists(CONFIG) else '{"format": 2, "plan": {}}'
    config = json.loads(text)
    if "format" not in config:
        try:
            import plan_annotations
        except ImportError:
            raise ValueError("no plan: inject again")
        config = plan_annotations.configured(text, log)
    known = config["format"] == 2
    apply(*prepare(config["plan"] if known else {}))
    if not known:
        raise ValueError("format %s: this guest knows 2: use a newer image" % config["format"])


if __name__ == "__main__":
    command, *words = sys.argv[1:] or ["configure"]
    try:
        sys.exit(globals()[command](*words))
    except Exception as error:
        log("%s: %s: %s" % (CONFIG, type(error).__name__, error))
        sys.exit(2)
