"""Checks from end to end: what a peer sees of this VM, and whom its services may reach."""
import os
import socket
import ssl
import struct
import threading

from certificates import plain_words, trusting
from outcome import Failed, Unseen, Warned, check
from units import SIDECAR
from words import listed


def piped(text):
    """A path that gives a text once: nothing of it is written to a disk."""
    reading, writing = os.pipe()

    def give():
        with os.fdopen(writing, "w") as end:
            end.write(text)
    threading.Thread(target=give, daemon=True).start()
    return reading


def handshake(vm, name, host, port):
    """The names in the certificate of a public listener, to which this shows the service's own. Raises OSError, and Unseen where the agent
    gives no certificate."""
    leaf = vm.ask("/v1/agent/connect/ca/leaf/" + name)
    roots = vm.ask("/v1/agent/connect/ca/roots")
    if not isinstance(leaf, dict) or not isinstance(roots, dict):
        raise Unseen("the agent gives no certificate")
    context = trusting(pem="\n".join(root["RootCert"] for root in roots["Roots"]))
    ends = [piped(leaf["CertPEM"]), piped(leaf["PrivateKeyPEM"])]
    try:
        context.load_cert_chain(*("/dev/fd/%d" % end for end in ends))
    finally:
        for end in ends:
            os.close(end)
    with vm.connect(host, port) as plain, context.wrap_socket(plain) as wrapped:
        names = [value for _, value in wrapped.getpeercert().get("subjectAltName", ())]
        wrapped.settimeout(0.3)
        try:
            # With TLS 1.3 a certificate that is not liked is refused only now. Silence is well, and so is an end: it may be by intention.
            wrapped.recv(1)
        except ssl.SSLError as error:
            if "timed out" not in str(error) and "alert" in str(error):
                raise
        except OSError:
            pass
        # An end in good order would count as a request, and be turned away where no intention lets a service reach itself.
        wrapped.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return names


@check("mesh-handshake")
def mesh_handshake(vm, name):
    port = vm.public_port(name)
    addresses = [address for own, address, _, _ in vm.listening if own == port]
    host = "127.0.0.1" if not addresses or addresses[0] in ("0.0.0.0", "::") else addresses[0]
    try:
        names = handshake(vm, name, host, port)
    except (OSError, ssl.SSLError) as error:
        raise Failed("no TLS handshake with its own listener at %s:%d: %s" % (host, port, plain_words(error)), "`systemctl restart %s`; see `journalctl -u %s`" % ((SIDECAR % name,) * 2))
    if not any(uri.endswith("/svc/" + name) for uri in names):
        raise Failed("port %d shows a certificate of %s" % (port, listed(names)), "see which program listens there: `ss -tlnp sport = :%d`" % port)
    return "%s:%d" % (host, port)


@check("mesh-checks")
def mesh_checks(vm, name):
    own = [one for one in (vm.ask("/v1/agent/checks") or {}).values() if one.get("ServiceName") == name + "-sidecar-proxy"]
    bad = [one for one in own if one.get("Status") == "critical"]
    if bad and not bad[0].get("Output"):
        raise Warned("%s has not run yet" % bad[0].get("Name"), "wait for its interval, and ask again")
    if bad:
        raise Failed("%s is critical: %s" % (bad[0].get("Name"), bad[0]["Output"].strip()),
                     "wait ten seconds for the next one; else see that nothing keeps the agent from reaching the listener")
    return "%d passing" % len(own)


def matching(vm, by, name):
    """Intentions that name a service: of the destination or of the source."""
    found = vm.ask("/v1/connect/intentions/match?by=%s&name=%s" % (by, name))
    return found.get(name) or [] if isinstance(found, dict) else []


@check("mesh-intentions")
def mesh_intentions(vm, name):
    remedy = "allow it, where it is meant to be: `consul intention create -allow -replace %s %s` on a server, or by whoever writes intentions"
    for upstream in vm.upstreams(name):
        target = upstream.get("destination_name")
        if not target or upstream.get("destination_type", "service") != "service":
            continue
        if (vm.ask("/v1/connect/intentions/check?source=%s&destination=%s" % (name, target)) or {}).get("Allowed") is False:
            raise Failed("no intention lets %s reach its upstream %s" % (name, target), remedy % (name, target))
    for by in ("source", "destination"):
        for one in matching(vm, by, name):
            pair = one.get("SourceName"), one.get("DestinationName")
            if one.get("Action") != "deny" or "*" in pair:
                continue
            words = "an intention denies %s to reach %s" % pair
            if by == "source" or vm.counted(name, r"rbac\.denied\Z"):
                raise Failed(words, remedy % pair)
    denied = vm.counted(name, r"rbac\.denied\Z")
    if denied and not any(one.get("Action") == "allow" or one.get("Permissions") for one in matching(vm, "destination", name)):
        raise Warned("%d connections to %s were turned away, and no intention allows any" % (denied, name), remedy % ("SOURCE", name))
    return "%d connections turned away" % denied if denied else ""


@check("mesh-upstreams")
def mesh_upstreams(vm, name):
    healthy = 0
    for upstream in vm.upstreams(name):
        target = upstream.get("destination_name", "")
        if upstream.get("destination_type", "service") != "service" or upstream.get("datacenter") or upstream.get("destination_peer"):
            continue
        if not vm.ask("/v1/health/connect/%s?passing" % target):
            raise Warned("no healthy instance of its upstream %s" % target, "see the checks of %s where it runs" % target)
        healthy += 1
    return "%d with healthy instances" % healthy if healthy else ""
