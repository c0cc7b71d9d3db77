"""Checks of the service itself, and of its Envoy."""
import calendar
import re
import time

from agent_checks import own_services
from outcome import Failed, Unseen, Warned, check
from units import SIDECAR
from words import dotted, listed, span, version_of

LOOPBACK = ("127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1")


def gated(vm, name):
    """Whether the application waits for its sidecar."""
    return vm.plan.get("app_unit") and vm.closed(name) and vm.stat("/run/consul-vm-inject/%s.up" % name) is None


@check("service-listening")
def service_listening(vm, name):
    planned = vm.registrations[name]
    port = planned.get("port")
    if not port:
        return "it has no port of its own"
    if vm.proxy(name).get("proxy", {}).get("local_service_socket_path"):
        return "by a socket"
    if gated(vm, name):
        raise Unseen("%s starts only beside its sidecar" % vm.plan["app_unit"])
    host = vm.proxy(name).get("proxy", {}).get("local_service_address") or "127.0.0.1"
    wanted = LOOPBACK if host == "127.0.0.1" else (host, "0.0.0.0", "::")
    own = [address for number, address, _, _ in vm.listening if number == port]
    if not own:
        unit = vm.plan.get("app_unit")
        raise Failed("nothing listens on port %d: the service does not run, or has another port" % port,
                     ("`systemctl start %s`" % unit if unit else "start the service") + ", or annotate the port that it has (connect-service-port)")
    if not set(own) & set(wanted):
        raise Failed("port %d is listened on at %s only, and Envoy asks at %s" % (port, listed(own), host),
                     "have the service listen at %s or at every address" % host)
    return "port %d" % port


@check("service-checks")
def service_checks(vm, name):
    checks = (vm.ask("/v1/agent/checks") or {}).values()
    own = [one for one in checks if one.get("ServiceName") == name]
    for state, kind in (("critical", Failed), ("warning", Warned)):
        bad = sorted((one for one in own if one.get("Status") == state), key=lambda one: not one.get("Output"))
        if bad and not bad[0].get("Output"):
            raise Warned("%s has not run yet" % bad[0].get("Name"), "wait for its interval, and ask again")
        if bad:
            raise kind("%s is %s: %s" % (bad[0].get("Name"), state, bad[0]["Output"].strip()),
                       "have the service answer this check (nobody is sent to it until it does), or annotate another")
    return "%d passing" % len(own)


@check("envoy-installed")
def envoy_installed(vm):
    if vm.which("envoy") is None:
        raise Failed("there is no program envoy", "install it: `/usr/local/bin/consul-mesh-packages` does so from the signed source that the values file names")
    status, out, err = vm.run("envoy", "--version")
    version = version_of(out)
    if status or version is None:
        raise Failed("envoy does not run here: %s" % (err.strip() or out.strip()), "install an Envoy for this system and processor")
    try:
        known = sorted(filter(None, map(version_of, ((vm.self.get("xDS") or {}).get("SupportedProxies") or {}).get("envoy", []))))
    except Unseen:
        known = []
    if known and version[:2] < known[0][:2]:
        raise Failed("Envoy %s is older than what this Consul supports (%s to %s)" % tuple(map(dotted, (version, known[0], known[-1]))),
                     "install Envoy %s" % dotted(known[-1]))
    if known and version[:2] > known[-1][:2]:
        return "Envoy %s; this Consul was tested with %s at most" % (dotted(version), dotted(known[-1]))
    return "Envoy " + dotted(version)


@check("envoy-user")
def envoy_user(vm):
    users = dict(re.findall(r"(?m)^([^:\n]+):[^:]*:(\d+):", vm.read("/etc/passwd") or ""))
    status, out, _ = vm.run("id", "-u", "envoy")
    if status:
        raise Failed("there is no user envoy", "`useradd --system --user-group --home-dir / --shell /usr/sbin/nologin envoy`, then `systemctl restart 'envoy@*'`; it is made by `systemctl restart consul-sidecar-init` too")
    same = [user for user, uid in users.items() if uid == out.strip() and user != "envoy"]
    if same:
        raise Failed("the user envoy has the number of %s, whose traffic would not be redirected" % listed(same), "give it a number of its own (usermod --uid), and restart the sidecars")
    return "uid " + out.strip()


def planned_ports(vm, name):
    """Ports that the sidecar needs: (port, what for)."""
    for line in vm.sidecar(name).get("ports", []):
        port, _, key = line.partition(" ")
        yield int(port), "the sidecar (%s moves it)" % key
    yield vm.public_port(name), "its public listener"
    yield vm.admin(name)[1], "its admin API"
    if vm.redirected(name):
        yield int((vm.proxy(name).get("proxy", {}).get("transparent_proxy") or {}).get("outbound_listener_port") or 15001), "its outbound listener"
    for upstream in vm.upstreams(name):
        if upstream.get("local_bind_port"):
            yield upstream["local_bind_port"], "its upstream %s" % upstream.get("destination_name", "")
    for port in re.findall(r"-envoy-ready-bind-port=(\d+)", str(vm.sidecar(name).get("unit", []))):
        yield int(port), "its readiness"


@check("envoy-ports")
def envoy_ports(vm, name):
    own = vm.pid(SIDECAR % name)
    others = set(vm.pid(SIDECAR % other) for other in vm.services)
    for port, what in planned_ports(vm, name):
        if not any(number == port for number, _, _, _ in vm.listening):
            continue
        for pid in vm.holders(port):
            if pid == own or pid in others or (pid and vm.name_of(pid).startswith("envoy") and not own):
                continue
            who = "%s (process %d)" % (vm.name_of(pid), pid) if pid else "a process that cannot be seen"
            raise Failed("port %d, for %s, is taken by %s" % (port, what, who),
                         "stop it or give it another port%s; then `systemctl restart %s`" % (": `kill %d`" % pid if pid else "", SIDECAR % name))
    return ""


@check("envoy-unit")
def envoy_unit(vm, name):
    unit = SIDECAR % name
    found = vm.unit(unit)
    state = found.get("ActiveState", "")
    pause = "consul-envoy-retry@%s.service" % name
    if state == "active":
        if found.get("NeedDaemonReload") == "yes":
            raise Warned("its unit has changed since systemd read it", "`systemctl daemon-reload && systemctl restart %s`" % unit)
        restarts = int(found.get("NRestarts") or 0)
        if restarts > 3:
            raise Warned("it was restarted %d times" % restarts, "see `journalctl -u %s`" % unit)
        tries = sum("next try in" in message for _, message in vm.told(unit, 300))
        return "process %d" % vm.pid(unit) + (", after %d tries" % (tries + 1) if tries else "")
    if found.get("LoadState") == "not-found":
        raise Failed("systemd does not know it", "`systemctl daemon-reload && systemctl restart consul-sidecar-init`")
    words = vm.why(unit)
    if state == "activating":
        raise Failed("it is starting: " + words, "correct what it waits for: see `journalctl -u %s`" % unit)
    if state == "failed" or vm.state(pause) == "active":
        seconds = (vm.read("/run/consul-vm-inject/%s.pause" % name) or "").strip()
        again = "it is tried again" + (", every %s seconds now" % seconds if seconds.isdigit() else "")
        raise Failed("%s (%s)" % (words, again), "correct what it says; to try at once: `systemctl restart %s`" % unit)
    raise Failed("it does not run (%s): it was stopped, or never started" % (state or "unknown"), "`systemctl start %s`" % unit)


@check("envoy-ready")
def envoy_ready(vm, name):
    unit = SIDECAR % name
    pid = vm.pid(unit)
    if pid and vm.process_state(pid) == "T":
        raise Failed("Envoy (process %d) was stopped by a signal" % pid, "`systemctl kill --signal=CONT %s`" % unit)
    status, text = vm.envoy(name, "/ready")
    address = "%s:%d" % vm.admin(name)
    if status == 200:
        return "admin API at " + address
    if status:
        raise Failed("Envoy at %s is not ready: %s" % (address, text.strip()), "see `journalctl -u %s`; `systemctl restart %s`" % (unit, unit))
    raise Failed("the admin API at %s: %s" % (address, text), "`systemctl restart %s`" % unit)


@check("envoy-configured")
def envoy_configured(vm, name):
    statistics = vm.statistics(name)
    unit = SIDECAR % name
    refused = vm.rejected(name)
    if refused:
        raise Failed("Envoy refuses %s: %s" % refused[0], "correct what it says (proxy-config-map, proxy-defaults, a port in use); then `systemctl restart %s`" % unit)
    if statistics.get("control_plane.connected_state") == 0:
        raise Failed("Envoy has no connection to the agent (xDS): %s" % (vm.last_words(unit, re.compile("(?i)gRPC|xds|config stream")) or "its log does not say why"),
                     "`systemctl restart %s`; when that does not do, see what the agent says: `journalctl -u {agent}`" % unit)
    for kind in ("listener_manager.lds", "cluster_manager.cds"):
        if statistics and not statistics.get(kind + ".update_success") and statistics.get(kind + ".update_rejected"):
            raise Failed("Envoy has refused all it was given (%s)" % kind, "see `journalctl -u %s`" % unit)
    return "%d clusters, %d listeners" % (statistics.get("cluster_manager.active_clusters", 0), statistics.get("listener_manager.total_listeners_active", 0))


@check("envoy-listeners")
def envoy_listeners(vm, name):
    listed_names = " ".join(vm.listeners(name))
    for wanted in ("public_listener", "outbound_listener") if vm.redirected(name) else ("public_listener",):
        if wanted not in listed_names:
            raise Failed("Envoy has no %s: Consul has not given it one" % wanted, "see whether the agent knows the sidecar, and `journalctl -u {agent}`; then `systemctl restart %s`" % (SIDECAR % name))
    port = vm.public_port(name)
    if not any(number == port for number, _, _, _ in vm.listening):
        raise Failed("nothing listens on port %d, Envoy's public listener" % port, "`systemctl restart %s`" % (SIDECAR % name))
    return "public" + (" and outbound" if vm.redirected(name) else "")


def instant(text):
    """2026-11-29T00:00:00Z"""
    return calendar.timegm(time.strptime(re.sub(r"\.\d+", "", text), "%Y-%m-%dT%H:%M:%SZ"))


@check("envoy-certificate")
def envoy_certificate(vm, name):
    leaf = vm.leaf(name)
    if leaf is None:
        raise Failed("Envoy has no certificate of the mesh", "see `journalctl -u {agent}` for what the servers refuse to sign; `systemctl restart %s`" % (SIDECAR % name))
    begin, end, now = instant(leaf["valid_from"]), instant(leaf["expiration_time"]), vm.now()
    names = [one["uri"] for one in leaf.get("subject_alt_names", []) if "uri" in one]
    if end < now:
        raise Failed("Envoy's certificate expired %s ago: the agent has not renewed it" % span(now - end), "`systemctl restart {agent}`, then `systemctl restart %s`" % (SIDECAR % name))
    if begin > now + 30:
        raise Failed("Envoy's certificate is valid only %s from now: the clock is behind" % span(begin - now), "set the clock: `timedatectl set-ntp true`")
    if not any(uri.endswith("/svc/" + name) for uri in names):
        raise Failed("Envoy's certificate is of %s" % listed(names), "`systemctl restart %s`" % (SIDECAR % name))
    return "%s, for %s" % (names[0], span(end - now))


@check("envoy-limits")
def envoy_limits(vm, name):
    pid = vm.pid(SIDECAR % name)
    found = re.search(r"Max open files\s+(\d+)", vm.read("/proc/%d/limits" % pid) or "")
    if not found:
        raise Unseen("the limits of Envoy may not be read: run it as root (sudo)")
    most, used = int(found.group(1)), len(list(vm.links("/proc/%d/fd" % pid)))
    more = "raise LimitNOFILE= by a drop-in (`systemctl edit %s`), and restart it" % (SIDECAR % name)
    if used > most * 9 // 10:
        raise Failed("Envoy has %d of at most %d files open" % (used, most), more)
    if most < 4096:
        raise Warned("Envoy may open %d files, two for each connection" % most, more)
    return "%d of %d files open" % (used, most) if vm.root else "%d files at most" % most
