"""Checks of the redirection and of names."""
import re

from outcome import Failed, Unseen, Warned, check
from units import SIDECAR
from words import listed

CLEAN = "`/usr/local/bin/consul-cleanup-iptables && systemctl restart %s`"
JUMPS = (("PREROUTING", "CONSUL_PROXY_INBOUND"), ("OUTPUT", "CONSUL_PROXY_OUTPUT"))
# Chains of other meshes, as they begin.
FOREIGN = (("ISTIO_", "Istio"), ("PROXY_INIT_", "Linkerd"), ("KUMA_", "Kuma"), ("MESH_", "another mesh"), ("CILIUM_", None))


def redirecting(vm):
    """The services whose sidecars run and whose traffic is redirected."""
    return [name for name in vm.services if vm.redirected(name) and vm.up(name)]


def jumps(lines, chain, target):
    return [line for line in lines if re.match(r"-A %s (?:.* )?-[jg] %s\Z" % (chain, target), line)]


def sets(vm):
    """What redirects traffic: (tool, family)."""
    found = []
    for tool, lines in vm.rules.items():
        if tool == "nft":
            found.append((tool, "inet"))
        else:
            # A set is as many as there are jumps of one kind.
            most = max(len(jumps(lines, *jump)) for jump in JUMPS)
            found += [(tool, "ip6" if tool.startswith("ip6") else "ip")] * most
    return found


@check("traffic-rules")
def traffic_rules(vm):
    found, wanted = sets(vm), redirecting(vm)
    stopped = [name for name in vm.services if vm.redirected(name) and not vm.closed(name)]
    if not wanted:
        if found and stopped and not any(vm.state(SIDECAR % name) in ("active", "activating") for name in vm.services):
            raise Failed("traffic is redirected, and no sidecar runs", "`/usr/local/bin/consul-cleanup-iptables`, then `systemctl start %s`" % (SIDECAR % stopped[0]))
        if found and not any(vm.redirected(name) for name in vm.services):
            raise Failed("traffic is redirected, and the plan does not say so", "`/usr/local/bin/consul-cleanup-iptables`")
        return "none, as planned"
    unit = SIDECAR % wanted[0]
    if not [one for one in found if one[1] != "ip6"]:
        raise Failed("the rules are gone: something else has removed them", "`systemctl restart %s`; have what flushes rules leave the chains CONSUL_* of the table nat alone" % unit)
    for tool, lines in vm.rules.items():
        if tool == "nft" or not any(jumps(lines, *jump) for jump in JUMPS):
            continue
        for chain, target in JUMPS:
            if not jumps(lines, chain, target):
                raise Failed("%s lacks the rule that leads from %s to %s" % (tool, chain, target), "`systemctl restart %s`" % unit)
            if ":%s " % target not in "\n".join(lines) or not [line for line in lines if line.startswith("-A %s " % target)]:
                raise Failed("the chain %s of %s is empty" % (target, tool), "`systemctl restart %s`" % unit)
        if not [line for line in lines if "REDIRECT" in line and "--to-ports %d" % vm.public_port(wanted[0]) in line]:
            raise Failed("%s does not redirect to port %d, where the sidecar listens" % (tool, vm.public_port(wanted[0])), CLEAN % unit)
    return listed("%s (%s)" % one for one in found)


@check("traffic-once")
def traffic_once(vm):
    wanted = redirecting(vm)
    found = sets(vm)
    if not wanted or not found:
        return ""
    unit = SIDECAR % wanted[0]
    for family in ("ip", "ip6"):
        own = [tool for tool, kind in found if kind in (family, "inet")]
        if len(own) > 1:
            raise Failed("there are %d sets of rules: of %s" % (len(own), listed(own)), CLEAN % unit)
    for tool, lines in vm.rules.items():
        for chain, _ in JUMPS:
            before = [line for line in lines if line.startswith("-A %s " % chain)]
            place = next((at for at, line in enumerate(before) if "CONSUL_PROXY" in line), 0)
            past = [line for line in before[:place] if re.match(r"-A \w+( -p tcp)?( -m tcp)? -j (ACCEPT|RETURN)\Z", line)]
            if past:
                raise Failed("a rule before ours lets all traffic past the mesh: %s" % past[0], "remove it: `%s -t nat -D %s`" % (tool, past[0][3:]))
    return "one set"


# An exclusion among the rules of iptables, and among those of nftables.
LEFT_ALONE = {
    "exclude-inbound-port": (r"-A CONSUL_PROXY_INBOUND .*--dports? %s -j RETURN", r"tcp dport \{? ?%s\b.* return"),
    "exclude-outbound-port": (r"-A CONSUL_PROXY_OUTPUT .*--dports? %s -j RETURN", r"tcp dport \{? ?%s\b.* return"),
    "exclude-uid": (r"-A CONSUL_PROXY_OUTPUT .*--uid-owner %s -j RETURN", r"skuid \{? ?%s\b.* return"),
    "exclude-outbound-cidr": (r"-A CONSUL_PROXY_OUTPUT .*-d %s(?:/32|/128)? -j RETURN", r"daddr \{? ?%s\b.* return"),
}


def left_alone(lines, flag, value):
    value = re.sub(r"/(32|128)\Z", "", re.escape(value).replace("\\/", "/")) if flag.endswith("cidr") else value.replace(":", "[:-]")
    text = "\n".join(lines)
    return any(re.search(pattern % value, text) for pattern in LEFT_ALONE[flag])


@check("traffic-excluded")
def traffic_excluded(vm):
    for name in redirecting(vm):
        unit = SIDECAR % name
        lines = [line for own in vm.rules.values() for line in own]
        six = any("CONSUL_PROXY" in line for tool, own in vm.rules.items() if not tool.startswith("iptables") for line in own)
        for flag, value in vm.arguments(name):
            # IPv6 is not always redirected, and then there is nothing that it could be left out of.
            if flag.endswith("cidr") and ":" in value and not six:
                continue
            if flag in LEFT_ALONE and not left_alone(lines, flag, value):
                raise Failed("%s=%s is not among the rules" % (flag, value), "`systemctl restart %s`" % unit)
        excluded = {int(value) for value in vm.options(name, "exclude-inbound-port") if value.isdigit()}
        for port, address, inode, _ in vm.listening:
            if port in excluded or address.startswith(("127.", "::1")):
                continue
            pid = vm.owners.get(inode)
            if pid and vm.name_of(pid) == "sshd" and "22" in vm.options(name, "exclude-inbound-port"):
                raise Failed("sshd listens on port %d, which is redirected: whoever comes that way is turned away" % port,
                             "`systemctl restart consul-sidecar-init` asks sshd for its ports again, and `systemctl restart %s` leaves them alone" % unit)
    return ""


@check("traffic-users")
def traffic_users(vm):
    status, out, _ = vm.run("id", "-u", "envoy")
    for name in redirecting(vm):
        lines = [line for own in vm.rules.values() for line in own]
        if status == 0 and not left_alone(lines, "exclude-uid", out.strip()):
            raise Failed("the traffic of Envoy's own user (%s) is not left alone: it would go round in a circle" % out.strip(), "`systemctl restart %s`" % (SIDECAR % name))
        pid = vm.pid(SIDECAR % name)
        if pid and vm.user_of(pid) is not None and str(vm.user_of(pid)) != out.strip():
            raise Failed("Envoy runs as user %s, and the rules leave user %s alone" % (vm.user_of(pid), out.strip()), "remove User= from what overrides %s, and restart it" % (SIDECAR % name))
        port = vm.registrations[name].get("port")
        for own, _, _, user in vm.listening:
            if port and own == port and str(user) == out.strip():
                raise Warned("%s runs as envoy: what it sends is not redirected" % name, "run it as a user of its own")
    return "envoy is uid " + out.strip() if status == 0 else ""


@check("traffic-others")
def traffic_others(vm):
    for tool, lines in vm.rules.items():
        for start, mesh in FOREIGN:
            chains = [line.split()[0][1:] for line in lines if line.startswith(":" + start)]
            if chains and mesh:
                raise Failed("%s has chains of %s: %s" % (tool, mesh, listed(chains)),
                             "take this VM out of the other mesh and remove its chains: `%s` each, after what jumps to it" % ("%s -t nat -F %s" % (tool, chains[0])))
    return ""


@check("dns-agent")
def dns_agent(vm):
    port = vm.dns_port
    if port <= 0:
        raise Warned("the agent answers no DNS", "set ports { dns = 8600 } in its settings, then `systemctl restart {agent}`")
    found = vm.query("127.0.0.1", port, "consul.service." + vm.domain)
    if found is None:
        raise Failed("the agent does not answer DNS at 127.0.0.1:%d" % port, "see ports and client_addr in its settings, then `systemctl restart {agent}`")
    if found[0] == 5:
        raise Warned("the agent refuses: its token may not read the service consul", "give the agent a default token that reads service_prefix \"\" and node_prefix \"\"")
    return "127.0.0.1:%d" % port


def way(vm):
    """By which way names are resolved, in words."""
    return "by " + (listed(vm.nameservers) or "no server of /etc/resolv.conf")


@check("dns-mesh")
def dns_mesh(vm):
    try:
        asks = vm.asks_dns
    except Unseen:
        asks = None
    if asks is False:
        return "names of the mesh are not asked for (consul-dns)"
    name = "consul.service." + vm.domain
    direct = vm.query("127.0.0.1", vm.dns_port, name)
    if not direct or not direct[1]:
        raise Unseen("the agent itself has no address for %s" % name)
    if vm.resolve(name):
        return "%s, %s" % (name, way(vm))
    if asks is None:
        raise Unseen("%s is not resolved, and the plan, which may not be read, says whether it is to be" % name)
    stub = "127.0.0.53"
    if vm.state("systemd-resolved.service") == "active" and stub not in vm.nameservers:
        raise Failed("%s is not resolved: /etc/resolv.conf asks %s, not systemd-resolved, which knows the mesh" % (name, listed(vm.nameservers) or "nobody"),
                     "`ln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf`; keep what replaced it from doing so again")
    if vm.state("systemd-resolved.service") not in ("active", "") and vm.nameservers in ([], [stub]):
        raise Failed("%s is not resolved: systemd-resolved does not run" % name, "`systemctl restart systemd-resolved`")
    raise Failed("%s is not resolved, %s, though the agent knows it" % (name, way(vm)), "`systemctl restart consul-sidecar-init`, then `systemctl restart systemd-resolved`; see /etc/resolv.conf and /etc/nsswitch.conf")


@check("dns-other")
def dns_other(vm):
    local = [host for host in vm.nameservers if host.startswith("127.") or host == "::1"]
    if not vm.nameservers:
        raise Warned("/etc/resolv.conf names no server", "have DHCP or systemd-resolved write it")
    if not local:
        return "asked elsewhere: %s" % listed(vm.nameservers)
    found = vm.query(local[0], 53, "doctor.invalid")
    if found is None:
        raise Failed("the name server of /etc/resolv.conf, %s, does not answer" % local[0], "start it (`systemctl restart systemd-resolved`, where it is that one), or name another")
    return "by " + local[0]
