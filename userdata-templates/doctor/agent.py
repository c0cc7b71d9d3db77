"""The agent, asked as the sidecar's unit asks it: at the same address, with the same certificates and the same token."""
import http.client
import json
import re
import socket
import ssl

from certificates import plain_words, trusting
from machine import fact, memo
from outcome import Unseen
from units import SIDECAR


class Silent(Unseen):
    """The agent gave no answer, and why."""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Agent:
    # Why the agent is asked no more: it would take the time of what can be told without it.
    late = ""

    @memo
    def variables(self, name):
        """The variables of a sidecar's unit; of no unit where they may not be read."""
        try:
            return self.environment(SIDECAR % name)
        except Unseen:
            words = re.findall(r"(CONSUL_\w+)=([^\s\"]+)", json.dumps(self.sidecar(name).get("unit", [])))
            return {key: value for key, value in words if not value.startswith(("%d", "/run/credentials"))}

    @fact
    def first_variables(self):
        return self.variables(self.services[0]) if self.services else {}

    @fact
    def api(self):
        """(scheme, host, port) of the agent's API; ("unix", path, 0) of a socket."""
        variables = self.first_variables
        address = variables.get("CONSUL_HTTP_ADDR") or "127.0.0.1:8500"
        scheme, _, rest = address.rpartition("://")
        if scheme == "unix":
            return "unix", rest, 0
        if variables.get("CONSUL_HTTP_SSL") in ("true", "1"):
            scheme = "https"
        host, _, port = rest.split("/")[0].rpartition(":")
        if not host:
            host, port = port, ""
        return scheme or "http", host.strip("[]"), int(port or (443 if scheme == "https" else 80))

    @fact
    def context(self):
        """TLS towards the agent. Raises Silent where its files will not do."""
        variables = self.first_variables
        try:
            context = ssl.create_default_context(cafile=variables.get("CONSUL_CACERT") or None)
            if variables.get("CONSUL_CLIENT_CERT"):
                context.load_cert_chain(variables["CONSUL_CLIENT_CERT"], variables.get("CONSUL_CLIENT_KEY"))
            return context
        except PermissionError:
            raise Unseen("the files of the agent's TLS may not be read: run it as root (sudo)")
        except (OSError, ssl.SSLError) as error:
            return error

    @memo
    def token(self, name):
        """(the file of a service's token, the token); the file is None where no token is wanted."""
        variables = self.variables(name)
        file = variables.get("CONSUL_HTTP_TOKEN_FILE") or self.registrations[name].get("token_file")
        token = (self.read(file) or "").strip() if file else variables.get("CONSUL_HTTP_TOKEN", "")
        if token:
            self.secrets.add(token)
        return file or None, token

    def any_token(self):
        try:
            return self.token(self.services[0])[1] if self.services else ""
        except Unseen:
            return ""

    def request(self, method, path, body=None, token=None, seconds=3):
        """(status, text) of one answer of the agent. Raises Silent."""
        if self.late:
            raise Silent(self.late)
        scheme, host, port = self.api
        timeout = self.left(seconds)
        context = self.context if scheme == "https" else None
        if isinstance(context, Exception):
            raise Silent("the files for TLS that its environment names cannot be used: %s" % context)
        if scheme == "unix":
            connection = UnixConnection(host, timeout)
        elif scheme == "https":
            connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
        token = self.any_token() if token is None else token
        try:
            connection.request(method, path, body and json.dumps(body), {"X-Consul-Token": token} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except ConnectionRefusedError:
            raise Silent("nothing listens there")
        except FileNotFoundError:
            raise Silent("there is no such socket")
        except PermissionError:
            raise Unseen("the agent's socket may not be used: run it as root (sudo)")
        except (ssl.SSLError, ssl.CertificateError, OSError, http.client.HTTPException) as error:
            if isinstance(error, socket.timeout):
                self.late = "it did not answer in time"
            raise Silent(self.late or plain_words(error))
        finally:
            connection.close()

    @memo
    def ask(self, path, token=None):
        """What the agent answers to a GET, as data; None where it has no such thing. Raises Unseen where it does not tell, or not to this
        token."""
        try:
            status, text = self.request("GET", path + ("&" if "?" in path else "?") + self.scope if self.scope else path, token=token)
        except Silent as silent:
            raise Unseen("the agent does not answer: %s" % silent)
        if status == 404:
            return None
        if status != 200:
            raise Unseen("the agent does not tell%s: %d %s" % (" this token" if status in (401, 403) else "", status, text.strip()[:200]))
        try:
            return json.loads(text)
        except ValueError:
            return text

    @fact
    def scope(self):
        """The namespace and the partition of the services, as a query; empty in the community edition."""
        try:
            service = next(iter(self.registrations.values()), {})
        except Unseen:
            service = {}
        found = (("ns", service.get("namespace")), ("partition", service.get("partition")))
        return "&".join("%s=%s" % one for one in found if one[1])

    @fact
    def self(self):
        """/v1/agent/self, which takes agent:read."""
        return self.ask("/v1/agent/self")

    @fact
    def domain(self):
        try:
            return (self.self["DebugConfig"].get("DNSDomain") or "consul.").strip(".")
        except Unseen:
            return "consul"

    @fact
    def dns_port(self):
        try:
            return self.self["DebugConfig"].get("DNSPort") or 8600
        except Unseen:
            return 8600

    @memo
    def xds(self, name):
        """(TLS, host, port) of the port that gives a service's Envoy its configuration, as `consul connect envoy` finds it; port 0 where
        the agent has none."""
        address = self.variables(name).get("CONSUL_GRPC_ADDR")
        if address:
            scheme, _, rest = address.rpartition("://")
            host, _, port = rest.rpartition(":")
            if scheme == "unix":
                return False, rest, None
            return scheme == "https", (host or "127.0.0.1").strip("[]"), int(port)
        try:
            found = self.self
        except Unseen:
            return False, "127.0.0.1", 8502
        ports = (found.get("xDS") or {}).get("Ports") or {}
        debug = found.get("DebugConfig") or {}
        tls, plain = (ports.get(key, debug.get(old)) or 0 for key, old in (("TLS", "GRPCTLSPort"), ("Plaintext", "GRPCPort")))
        return (True, "127.0.0.1", tls) if tls > 0 else (False, "127.0.0.1", max(plain, 0))

    @fact
    def consul_version(self):
        return self.run("consul", "version")[1]

    @fact
    def agent_unit(self):
        return self.unit(self.agent_name)

    @memo
    def shown_by(self, host, port):
        """The certificate that a port shows, in DER; None where it shows none."""
        try:
            with self.connect(host, port) as plain, trusting().wrap_socket(plain) as wrapped:
                return wrapped.getpeercert(True)
        except (OSError, ssl.SSLError):
            return None

    @fact
    def members(self):
        """Servers that the agent knows."""
        try:
            return [one for one in self.ask("/v1/agent/members") or [] if one.get("Tags", {}).get("role") == "consul"]
        except Unseen:
            return None
