"""Checks of the agent, and of what it knows of the services."""
import json
import re
import socket
import ssl

from agent import Silent
from certificates import ders, plain_words, trusting, validity
from outcome import Failed, Unseen, Warned, check
from words import listed, span, version_of

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
# {agent} is its unit.
RESTART = "`systemctl restart {agent}`"


@check("agent-installed")
def agent_installed(vm):
    if vm.which("consul") is None:
        raise Failed("there is no program consul", "install it: `/usr/local/bin/consul-mesh-packages` does so from the signed source that the values file names")
    version = version_of(vm.consul_version)
    if version is None:
        raise Failed("consul does not say its version: it does not run here", "install the package of this system and processor")
    if version < (1, 14, 0):
        raise Warned("Consul %d.%d.%d is older than 1.14" % version, "use 1.14 or newer")
    return "Consul %d.%d.%d" % version


def answers(vm):
    """Whether anything listens where the agent is asked."""
    scheme, host, port = vm.api
    if scheme == "unix":
        return vm.stat(host) is not None
    try:
        vm.connect(host, port).close()
        return True
    except OSError:
        return False


@check("agent-running")
def agent_running(vm):
    unit = vm.agent_unit
    state = unit.get("ActiveState", "")
    pid = vm.pid(vm.agent_name)
    if state == "active" and pid and vm.process_state(pid) == "T":
        raise Failed("the agent (process %d) was stopped by a signal" % pid, "`systemctl kill --signal=CONT {agent}`")
    if state in ("active", "reloading", "activating") and pid:
        return "process %d" % pid
    if unit.get("LoadState") == "masked":
        raise Failed("%s is masked" % vm.agent_name, "`systemctl unmask {agent} && systemctl enable --now {agent}`")
    if answers(vm):
        return "not as " + vm.agent_name
    if unit.get("LoadState", "not-found") == "not-found":
        raise Failed("there is no %s, and no agent answers" % vm.agent_name, "install HashiCorp's package, which brings it, and `systemctl enable --now {agent}`")
    if state in ("failed", "activating"):
        raise Failed("it does not run: " + vm.why(vm.agent_name), "correct what it says (`consul validate /etc/consul.d` checks its settings); then `systemctl reset-failed {agent}; systemctl restart {agent}`")
    raise Failed("it does not run (%s is %s)" % (vm.agent_name, state or "unknown"), "`systemctl enable --now {agent}`")


def certificates(vm):
    """(what, certificate in DER) of the agent's API, by its files and by what its port shows."""
    variables = vm.first_variables
    for name in ("CONSUL_CACERT", "CONSUL_CLIENT_CERT", "CONSUL_GRPC_CACERT"):
        path = variables.get(name)
        if not path:
            continue
        text = vm.read(path)
        if not ders(text):
            raise Failed("%s (%s) %s" % (path, name, "is missing" if text is None else "holds no certificate"), "put the certificate there; then `systemctl restart 'envoy@*'`")
        # Of a bundle of CAs some may be of yesterday.
        yield path, max(ders(text), key=lambda der: validity(der)[1])
    scheme, host, port = vm.api
    if scheme == "https":
        yield "the agent's at %s:%d" % (host, port), vm.shown_by(host, port)
    for name in vm.services[:1]:
        tls, host, port = vm.xds(name)
        if tls and port:
            yield "the agent's at %s:%d" % (host, port), vm.shown_by(host, port)


@check("agent-certificate")
def agent_certificate(vm):
    soon, count, now = [], 0, vm.now()
    for what, der in certificates(vm):
        if der is None:
            continue
        begin, end = validity(der)
        count += 1
        if end < now:
            raise Failed("expired %s ago: the certificate %s" % (span(now - end), what), "put a new one in its place (`consul tls cert create` makes one), then " + RESTART)
        if begin > now + 30:
            raise Failed("the certificate %s is valid only %s from now" % (what, span(begin - now)), "set the clock, or wait")
        # One that the agent renews by itself has a twelfth of its time left at least.
        if end - now < min(3 * 86400, (end - begin) // 12):
            soon.append("%s (in %s)" % (what, span(end - now)))
    if soon:
        raise Warned("expires soon: " + listed(soon), "put a new one in its place, then " + RESTART)
    return "%d certificates" % count if count else "no TLS on this VM's side"


@check("agent-api")
def agent_api(vm):
    scheme, host, port = vm.api
    address = "%s://%s" % (scheme, host) + (":%d" % port if port else "")
    try:
        status, text = vm.request("GET", "/v1/status/leader")
    except Silent as silent:
        raise Failed("%s: %s" % (address, silent), "make the agent listen as alpha.consul.hashicorp.com/http-addr says (ports, addresses, tls in its settings), then " + RESTART)
    if "HTTP request to an HTTPS server" in text:
        raise Failed("%s: the agent speaks TLS there" % address, "annotate http-addr: https://..., ca-file and so on, and inject again")
    return address


@check("agent-joined")
def agent_joined(vm):
    try:
        status, text = vm.request("GET", "/v1/status/leader")
    except Silent as silent:
        raise Failed(str(silent), RESTART)
    if status == 200 and text.strip().strip('"'):
        return "the leader is %s" % text.strip().strip('"')
    known = ["%s at %s" % (one.get("Name"), one.get("Addr")) for one in vm.members or []]
    if known:
        raise Failed("the servers that it knows do not answer: %s: %s" % (listed(known), text.strip()), "see that they run and have a leader, and that their port 8300 is open to this VM; the agent finds them again by itself")
    if "No known Consul servers" in text or status == 200 and not vm.members:
        raise Failed("the agent has joined no server: %s" % (vm.last_words(vm.agent_name) or text.strip()),
                     "say whom to join (alpha.consul.hashicorp.com/retry-join, or retry_join in its settings); ports 8300 and 8301 have to be open both ways; then " + RESTART)
    raise Failed("the servers have no leader, or do not answer: %s" % text.strip(), "see `consul operator raft list-peers` on a server")


@check("agent-token")
def agent_token(vm, name):
    file, token = vm.token(name)
    if file is None and not token:
        return "no token is asked for"
    if not token:
        unit = "consul-acl-token@%s.service" % name
        login = vm.unit(unit).get("ActiveState") == "active" and vm.last_words(unit, re.compile("(?i)login"))
        if file.startswith("/run/consul-vm-inject/"):
            raise Failed("no token yet in %s: %s" % (file, login or "consul login has not succeeded"), "correct the auth method or its binding rule; it is tried again by itself")
        raise Failed("%s is %s" % (file, "missing" if vm.stat(file) is None else "empty"), "write the token into it; what waits for it goes on by itself")
    known, text = vm.request("GET", "/v1/acl/token/self", token=token)
    needs = "it needs service:write for %s and %s-sidecar-proxy, and to read service_prefix \"\" and node_prefix \"\"" % (name, name)
    put = "write a token with a service identity of %s into %s: %s; the VM takes it up by itself" % (name, file or "the environment", needs)
    if "ACL support disabled" in text:
        return "the agent has no ACLs"
    if known in (401, 403):
        raise Failed("%s holds a token that Consul does not know" % file, put)
    wanted = [("service", "write", name), ("service", "write", name + "-sidecar-proxy"), ("node", "read", socket.gethostname())]
    asked = [dict(zip(("Resource", "Access", "Segment"), words)) for words in wanted]
    status, text = vm.request("POST", "/v1/internal/acl/authorize", asked, token)
    lacking = ["%(Resource)s:%(Access)s for %(Segment)s" % answer for answer in json.loads(text) if not answer["Allow"]] if status == 200 else []
    if lacking:
        raise Failed("the token of %s lacks %s" % (file, listed(lacking)), put)
    return "known, and good for it"


@check("agent-connect")
def agent_connect(vm):
    if vm.self["DebugConfig"].get("ConnectEnabled") is False:
        raise Failed("the agent has Connect disabled", "add `connect { enabled = true }` to its settings, then ".replace("`", "") + RESTART)
    return ""


@check("agent-xds")
def agent_xds(vm, name):
    tls, host, port = vm.xds(name)
    if port is None:
        return "by the socket " + host
    add = "add ports { grpc_tls = 8503 } to its settings" if tls else "add ports { grpc = 8502 } to its settings"
    if not port:
        raise Failed("the agent has no port for Envoy (xDS)", add + ", then " + RESTART)
    address = "%s:%d" % (host, port)
    try:
        connection = vm.connect(host, port)
    except OSError as error:
        raise Failed("%s: %s" % (address, "nothing listens there" if isinstance(error, ConnectionRefusedError) else plain_words(error)), add + ", then " + RESTART)
    with connection:
        if tls:
            variables = vm.variables(name)
            file = variables.get("CONSUL_GRPC_CACERT") or variables.get("CONSUL_CACERT")
            if not file and not variables.get("CONSUL_CAPATH") and not variables.get("CONSUL_GRPC_CAPATH"):
                raise Failed("%s: Envoy will speak TLS there, and knows no CA for it" % address,
                             "annotate alpha.consul.hashicorp.com/ca-file, or make the agent serve without TLS (ports { grpc = 8502, grpc_tls = -1 }) and " + RESTART)
            try:
                with trusting(file=file or None).wrap_socket(connection, server_hostname=host):
                    return "%s, by TLS" % address
            except (ssl.SSLError, OSError) as error:
                words = plain_words(error)
                if "wants a certificate" in words:
                    return "%s, by TLS both ways" % address
                raise Failed("%s: Envoy will speak TLS, and %s" % (address, words), "make the agent serve TLS there (ports grpc_tls, tls.grpc), or annotate grpc-addr otherwise; then " + RESTART)
        try:
            connection.sendall(PREFACE)
            answer = connection.recv(9)
        except OSError:
            answer = b""
    # A frame of settings.
    if len(answer) < 9 or answer[3] != 4:
        raise Failed("%s: Envoy will speak without TLS, and the agent does not" % address,
                     "annotate alpha.consul.hashicorp.com/grpc-addr: https://%s and ca-file, or make the agent serve plain gRPC there" % address)
    return address


def own_services(vm):
    found = vm.ask("/v1/agent/services")
    return found if isinstance(found, dict) else {}


@check("registration-agent")
def registration_agent(vm, name):
    found, planned = own_services(vm), vm.registrations[name]
    mine = [one for one in found.values() if one.get("Service") == name and one.get("Kind", "") == ""]
    proxies = [one for one in found.values() if one.get("Kind") == "connect-proxy" and one.get("Proxy", {}).get("DestinationServiceName") == name]
    reload = "`systemctl reload-or-restart {agent}`; when that does not do, `journalctl -u {agent}` says what the agent refuses"
    if not mine:
        raise Failed("the agent does not know %s" % name, reload)
    if len(mine) > 1:
        raise Failed("the agent has %d instances of %s: %s" % (len(mine), name, listed(one["ID"] for one in mine)), "deregister or delete the one that is not of this tool: see /etc/consul.d")
    if mine[0].get("Port") != planned.get("port", 0):
        raise Failed("the agent has %s at port %s, and the plan says %s" % (name, mine[0].get("Port"), planned.get("port")), "`systemctl restart consul-sidecar-init && systemctl reload-or-restart {agent}`; see whether another file of the agent registers it")
    if not proxies:
        raise Failed("the agent knows no sidecar of %s" % name, reload)
    if proxies[0].get("Port") != vm.public_port(name):
        raise Failed("the agent has the sidecar at port %s, and the plan says %s" % (proxies[0].get("Port"), vm.public_port(name)), "`systemctl restart consul-sidecar-init && systemctl reload-or-restart {agent}`")
    for one in mine + proxies:
        maintained = "_service_maintenance:" + one["ID"]
        if maintained in (vm.ask("/v1/agent/checks") or {}):
            raise Failed("%s is in maintenance" % one["ID"], "`consul maint -disable -service=%s`" % one["ID"])
    if "_node_maintenance" in (vm.ask("/v1/agent/checks") or {}):
        raise Failed("the agent is in maintenance", "`consul maint -disable`")
    return ""


@check("registration-catalog")
def registration_catalog(vm, name):
    own = {one["ID"] for one in own_services(vm).values() if one.get("Service") in (name, name + "-sidecar-proxy")}
    there = {one.get("ServiceID") for service in (name, name + "-sidecar-proxy") for one in vm.ask("/v1/catalog/service/" + service) or []}
    missing = sorted(own - there)
    if missing:
        words = vm.last_words(vm.agent_name, re.compile("(?i)permission|denied|sync|ACL"))
        raise Failed("the catalog does not have %s: %s" % (listed(missing), words or "the agent has not told it yet"),
                     "the agent tells it within a minute or two; where its log says that permission is denied, correct the token's policy, then " + RESTART)
    return ""
