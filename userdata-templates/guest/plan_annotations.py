#!/usr/bin/env python3
"""Annotations -> the plan: the very same, byte for byte, that consul-vm-inject makes of them.

For images and fleets, where nobody has planned for the VM beforehand. `plan` is a pure function; as a command this reads a
configuration from standard input and prints the service-config.json that says the same as a plan. What only the guest knows
stands in the plan as holes, typed nodes that generate-sidecar-configs.py fills in. Values are judged as strictly as by
consul-vm-inject: a bad file in /etc/consul.d keeps the whole agent from starting. Python 3.6, standard library only; no value
is ever evaluated: each is quoted for who reads it.
"""
import ipaddress
import json
import math
import re
import sys
from fractions import Fraction
from urllib.parse import unquote_to_bytes

# Made by src/build/plan-tables.mjs from the types in annotations/: do not edit, run `npm run generate`.
SYNTAXES = {
    "consul.hashicorp.com/connect-inject": "go-bool",
    "consul.hashicorp.com/connect-inject-status": "text",
    "consul.hashicorp.com/connect-service": "service-names",
    "consul.hashicorp.com/connect-service-port": "service-ports",
    "consul.hashicorp.com/connect-service-default-port": "port",
    "consul.hashicorp.com/service-tags": "tags",
    "consul.hashicorp.com/connect-service-tags": "tags",
    "consul.hashicorp.com/service-meta-*": "meta-value",
    "consul.hashicorp.com/proxy-config-map": "json-object",
    "consul.hashicorp.com/service-weight": "weight",
    "consul.hashicorp.com/connect-service-upstreams": "upstreams",
    "consul.hashicorp.com/transparent-proxy": "go-bool",
    "consul.hashicorp.com/transparent-proxy-exclude-inbound-ports": "port-ranges",
    "consul.hashicorp.com/transparent-proxy-exclude-outbound-ports": "port-ranges",
    "consul.hashicorp.com/transparent-proxy-exclude-outbound-cidrs": "cidrs",
    "consul.hashicorp.com/transparent-proxy-exclude-uids": "uids",
    "consul.hashicorp.com/transparent-proxy-overwrite-probes": "go-bool",
    "consul.hashicorp.com/dual-stack": "go-bool",
    "consul.hashicorp.com/consul-dns": "go-bool",
    "consul.hashicorp.com/enable-metrics": "go-bool",
    "consul.hashicorp.com/prometheus-scrape-port": "unprivileged-port",
    "consul.hashicorp.com/prometheus-scrape-path": "url-path",
    "consul.hashicorp.com/prometheus-ca-file": "absolute-path",
    "consul.hashicorp.com/prometheus-ca-path": "absolute-path",
    "consul.hashicorp.com/prometheus-cert-file": "absolute-path",
    "consul.hashicorp.com/prometheus-key-file": "absolute-path",
    "consul.hashicorp.com/enable-sidecar-proxy-lifecycle": "go-bool",
    "consul.hashicorp.com/enable-sidecar-proxy-lifecycle-shutdown-drain-listeners": "go-bool",
    "consul.hashicorp.com/enable-sidecar-proxy-shutdown-drain-listeners": "go-bool",
    "consul.hashicorp.com/sidecar-proxy-lifecycle-shutdown-grace-period-seconds": "uint",
    "consul.hashicorp.com/sidecar-proxy-lifecycle-startup-grace-period-seconds": "uint",
    "consul.hashicorp.com/enable-consul-dataplane-as-sidecar": "go-bool",
    "consul.hashicorp.com/sidecar-initial-probe-check-delay-seconds": "uint",
    "consul.hashicorp.com/sidecar-probe-period-seconds": "uint",
    "consul.hashicorp.com/sidecar-probe-failure-threshold": "uint",
    "consul.hashicorp.com/sidecar-probe-check-timeout-seconds": "uint",
    "consul.hashicorp.com/use-proxy-health-check": "go-bool",
    "consul.hashicorp.com/sidecar-proxy-startup-failure-seconds": "uint",
    "consul.hashicorp.com/sidecar-proxy-liveness-failure-seconds": "uint",
    "consul.hashicorp.com/sidecar-proxy-cpu-limit": "quantity-cpu",
    "consul.hashicorp.com/sidecar-proxy-cpu-request": "quantity-cpu",
    "consul.hashicorp.com/sidecar-proxy-memory-limit": "quantity-memory",
    "consul.hashicorp.com/sidecar-proxy-memory-request": "quantity-memory",
    "consul.hashicorp.com/consul-envoy-proxy-concurrency": "uint",
    "consul.hashicorp.com/envoy-extra-args": "shell-words",
    "consul.hashicorp.com/consul-sidecar-access-log-path": "absolute-path",
    "consul.hashicorp.com/consul-namespace": "namespace-name",
    "alpha.consul.hashicorp.com/virtual-ip": "ip",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-ssh": "go-bool",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-serf": "go-bool",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-metadata": "go-bool",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-platform": "go-bool",
    "alpha.consul.hashicorp.com/dialed-directly": "go-bool",
    "alpha.consul.hashicorp.com/health-check": "go-bool",
    "alpha.consul.hashicorp.com/health-check-http": "url",
    "alpha.consul.hashicorp.com/health-check-tcp": "host-port",
    "alpha.consul.hashicorp.com/health-check-grpc": "grpc-target",
    "alpha.consul.hashicorp.com/health-check-interval": "duration",
    "alpha.consul.hashicorp.com/health-check-timeout": "duration",
    "alpha.consul.hashicorp.com/app-unit": "unit-name",
    "alpha.consul.hashicorp.com/on-sidecar-failure": "failure-mode",
    "alpha.consul.hashicorp.com/locality": "locality",
    "alpha.consul.hashicorp.com/admin-port": "unprivileged-port",
    "alpha.consul.hashicorp.com/sidecar-port": "unprivileged-port",
    "alpha.consul.hashicorp.com/outbound-port": "unprivileged-port",
    "alpha.consul.hashicorp.com/ready-port": "unprivileged-port",
    "alpha.consul.hashicorp.com/expose-paths": "expose-paths",
    "alpha.consul.hashicorp.com/acl-token-file": "absolute-path",
    "alpha.consul.hashicorp.com/acl-auth-method": "auth-method-name",
    "alpha.consul.hashicorp.com/acl-bearer-token-file": "absolute-path",
    "alpha.consul.hashicorp.com/acl-aws-iam": "go-bool",
    "alpha.consul.hashicorp.com/ca-file": "absolute-path",
    "alpha.consul.hashicorp.com/client-cert-file": "absolute-path",
    "alpha.consul.hashicorp.com/client-key-file": "absolute-path",
    "alpha.consul.hashicorp.com/grpc-ca-file": "absolute-path",
    "alpha.consul.hashicorp.com/http-addr": "address",
    "alpha.consul.hashicorp.com/grpc-addr": "address",
    "alpha.consul.hashicorp.com/retry-join": "join-addresses",
    "alpha.consul.hashicorp.com/datacenter": "datacenter-name",
    "alpha.consul.hashicorp.com/domain": "domain-name",
    "alpha.consul.hashicorp.com/dns-port": "port",
    "alpha.consul.hashicorp.com/bind-addr": "bind-address",
    "alpha.consul.hashicorp.com/encrypt-file": "absolute-path",
    "alpha.consul.hashicorp.com/agent-token-file": "absolute-path",
    "alpha.consul.hashicorp.com/rpc-ca-file": "absolute-path",
    "alpha.consul.hashicorp.com/rpc-cert-file": "absolute-path",
    "alpha.consul.hashicorp.com/rpc-key-file": "absolute-path",
    "alpha.consul.hashicorp.com/auto-encrypt": "go-bool",
    "alpha.consul.hashicorp.com/agent-unit": "unit-name",
    "alpha.consul.hashicorp.com/agent-config-dir": "absolute-path",
    "alpha.consul.hashicorp.com/agent-user": "user-name",
}
DEFAULTS = {
    "consul.hashicorp.com/connect-inject": "false",
    "consul.hashicorp.com/transparent-proxy": "true",
    "consul.hashicorp.com/transparent-proxy-overwrite-probes": "false",
    "consul.hashicorp.com/enable-metrics": "false",
    "consul.hashicorp.com/prometheus-scrape-port": "20200",
    "consul.hashicorp.com/prometheus-scrape-path": "/metrics",
    "consul.hashicorp.com/enable-sidecar-proxy-lifecycle": "true",
    "consul.hashicorp.com/enable-sidecar-proxy-lifecycle-shutdown-drain-listeners": "true",
    "consul.hashicorp.com/sidecar-proxy-lifecycle-shutdown-grace-period-seconds": "30",
    "consul.hashicorp.com/sidecar-proxy-lifecycle-startup-grace-period-seconds": "0",
    "consul.hashicorp.com/enable-consul-dataplane-as-sidecar": "false",
    "consul.hashicorp.com/sidecar-initial-probe-check-delay-seconds": "1",
    "consul.hashicorp.com/sidecar-probe-period-seconds": "1",
    "consul.hashicorp.com/sidecar-probe-failure-threshold": "10",
    "consul.hashicorp.com/sidecar-probe-check-timeout-seconds": "5",
    "consul.hashicorp.com/use-proxy-health-check": "false",
    "consul.hashicorp.com/sidecar-proxy-startup-failure-seconds": "0",
    "consul.hashicorp.com/sidecar-proxy-liveness-failure-seconds": "0",
    "consul.hashicorp.com/consul-envoy-proxy-concurrency": "2",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-ssh": "true",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-serf": "true",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-metadata": "true",
    "alpha.consul.hashicorp.com/transparent-proxy-exclude-platform": "true",
    "alpha.consul.hashicorp.com/dialed-directly": "false",
    "alpha.consul.hashicorp.com/health-check": "true",
    "alpha.consul.hashicorp.com/health-check-interval": "10s",
    "alpha.consul.hashicorp.com/health-check-timeout": "2s",
    "alpha.consul.hashicorp.com/on-sidecar-failure": "open",
    "alpha.consul.hashicorp.com/admin-port": "19000",
    "alpha.consul.hashicorp.com/sidecar-port": "20000",
    "alpha.consul.hashicorp.com/outbound-port": "15001",
    "alpha.consul.hashicorp.com/ready-port": "20800",
    "alpha.consul.hashicorp.com/acl-aws-iam": "false",
    "alpha.consul.hashicorp.com/domain": "consul",
    "alpha.consul.hashicorp.com/dns-port": "8600",
    "alpha.consul.hashicorp.com/auto-encrypt": "false",
}
ALIASES = {
    "consul.hashicorp.com/connect-service-tags": "consul.hashicorp.com/service-tags",
    "consul.hashicorp.com/enable-sidecar-proxy-shutdown-drain-listeners": "consul.hashicorp.com/enable-sidecar-proxy-lifecycle-shutdown-drain-listeners",
}
RANGES = {
    "port": [1, 65535],
    "weight": [1, 65535],
    "unprivileged-port": [1024, 65535],
    "uint": [0, 4294967295],
}
ADDRESSES = {
    "metadata": ["169.254.169.254/32", "169.254.170.0/24", "169.254.0.23/32", "169.254.42.42/32", "100.100.100.200/32", "fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128", "fe80::a9fe:a9fe/128", "fd00:c1::a9fe:a9fe/128", "fd00:a9fe:a9fe::1/128", "fd00:100::100:200/128", "fd00:42::42/128"],
    "services": ["168.63.129.16/32", "169.254.169.253/32", "169.254.169.123/32", "169.254.0.0/21", "100.100.2.136/30", "fd00:ec2::253/128", "fd00:ec2::123/128"],
}
# End of what is made.

P, A = "consul.hashicorp.com/", "alpha.consul.hashicorp.com/"
META = P + "service-meta-"
GENERATOR, PROBE = "/srv/consul/generate-sidecar-configs.py", "/srv/consul/probe-sidecar.py"
RESERVED = [8300, 8301, 8302, 8500, 8501, 8502, 8503, 8600, 8653, 8654]
HOSTNAME, PYTHON, PRIVILEGED = {"hole": "hostname"}, {"hole": "python"}, {"hole": "systemd", "from": 231, "then": ["+"]}
HOLD = "/usr/local/bin/consul-hold-traffic "
STANDS_FOR = {"$POD_NAME": HOSTNAME, "$HOSTNAME": HOSTNAME, "$INSTANCE_ID": {"hole": "instance-id"}}
TLS = ["prometheus-ca-file", "prometheus-ca-path", "prometheus-cert-file", "prometheus-key-file"]
RPC = ["ca_file", "cert_file", "key_file"]
# How the sidecar talks to the agent: annotation, variable, and the credential where that is a file.
VARIABLES = [("acl-token-file", "HTTP_TOKEN_FILE", "acl-token"), ("ca-file", "CACERT", "ca"), ("client-cert-file", "CLIENT_CERT", "client-cert"),
             ("client-key-file", "CLIENT_KEY", "client-key"), ("grpc-ca-file", "GRPC_CACERT", "grpc-ca"), ("http-addr", "HTTP_ADDR", None),
             ("grpc-addr", "GRPC_ADDR", None)]


class Bad(ValueError):
    """What is wrong with a value; one argument a complaint."""


class Refused(Exception):
    """The configuration is not for use; the argument is a list of (key, message)."""


class Number(str):
    """A number of JSON as it was written."""


def canonical(value):
    """Canonical JSON: ASCII, keys in code-point order, numbers as they were written, what is short on one line, a line feed at the end."""
    def printed(node, end):
        inner = end + " "
        if isinstance(node, dict):
            return gathered(["%s: %s" % (json.dumps(key), printed(node[key], inner)) for key in sorted(node)], "{}", end)
        if isinstance(node, list):
            return gathered([printed(item, inner) for item in node], "[]", end)
        return str(node) if isinstance(node, Number) else json.dumps(node)

    def gathered(items, ends, end):
        line = ends[0] + ", ".join(items) + ends[1]
        if len(line) <= 110 and "\n" not in line:
            return line
        return ends[0] + end + " " + (",%s " % end).join(items) + end + ends[1]
    return printed(value, "\n") + "\n"


# The grammar of each syntax: functions text -> meaning that raise Bad.

def quote(text):
    return json.dumps(text if len(text) <= 80 else text[:77] + "...")


def unlike(text, what):
    return Bad("%s is not %s" % (quote(text), what))


def trim(text):
    """The text without the spaces around it, as Go's strings.TrimSpace."""
    return text.strip("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000")


def one_line(text, allowed=""):
    for found in re.finditer("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text):
        if found.group() not in allowed:
            raise Bad("the value holds a control character (U+%04X)" % ord(found.group()))


def matching(pattern, what):
    """The syntax of a text that has a shape; groups named `six` and `path` are judged as such too."""
    shape = re.compile(r"(?:%s)\Z" % pattern)

    def parse(text):
        found = shape.match(text)
        if not found:
            raise unlike(text, what)
        for name, judge in (("six", ip), ("path", path)):
            if found.groupdict().get(name):
                judge(found.group(name))
        return text
    return parse


def number(least, most):
    def parse(text):
        if not re.match(r"(?:0|[1-9][0-9]{0,17})\Z", text) or not least <= int(text) <= most:
            raise unlike(text, "a whole number from %d to %d" % (least, most))
        return int(text)
    return parse


def each(parse, separator=",", empty=None):
    """A list: items trimmed, empty ones dropped unless something stands for them, every bad one complained about."""
    def parse_list(text):
        values, wrong = [], []
        for item in map(trim, re.split(separator, text)):
            if not item and empty is None:
                continue
            try:
                values.append(parse(item) if item else empty)
            except Bad as bad:
                wrong += bad.args
        if wrong:
            raise Bad(*wrong)
        return values
    return parse_list


BOOLEANS = {text: meaning for meaning, texts in ((True, "1 t T TRUE true True"), (False, "0 f F FALSE false False")) for text in texts.split()}


def boolean(text):
    if text not in BOOLEANS:
        raise unlike(text, "a boolean: write \"true\" or \"false\"")
    return BOOLEANS[text]


def free_text(text):
    if len(text.encode("utf-16-le")) > 2 * 4096:
        raise Bad("the value is longer than 4096 characters")
    return text


def ip(text):
    """An address without leading zeros, zone or IPv4 mapped into IPv6."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if not address or getattr(address, "ipv4_mapped", None) or re.search(r"%|(?:\A|[.:])0[0-9]+\.|\.0[0-9]", text):
        raise unlike(text, "an IP address")
    return text


def path(text):
    if not re.match(r"(?!.*/\.\.(?:/|\Z))/", text) or len(text.encode("utf-8")) > 4095:
        raise unlike(text, "an absolute path without \"..\"")
    return text


def service_names(text):
    names = each(service_name)(text)
    if not names or len(set(names)) < len(names):
        raise Bad("a service name stands here twice" if names else "the value names no service")
    return names


def duration(text):
    units = {"ns": 1, "us": 1e3, "\u00b5s": 1e3, "\u03bcs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9}
    term = "([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
    terms = re.findall(term, text) if len(text) <= 64 and re.match("(?:%s)+\\Z" % term, text) else []
    if not 0 < sum(int(Fraction(amount) * int(units[unit])) for amount, unit in terms) < 2**63:
        raise unlike(text, "a duration such as \"10s\"")
    return text


def quantity(text):
    """A Kubernetes quantity in billionths, rounded up."""
    found = re.match(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)(?:([numkMGTPE])|([KMGTPE])i|[eE]([+-]?[0-9]+))?\Z", text[:65])
    if found and len(text) <= 64:
        amount, decimal, binary, exponent = found.groups("")
        ten = 3 * ("num kMGTPE".index(decimal or " ") - 3) + max(-200, min(200, int(exponent or 0)))
        nano = math.ceil(Fraction(amount) * Fraction(10)**(ten + 9) * 1024**" KMGTPE".index(binary or " "))
        if nano <= (2**63 - 1) * 10**9:
            return nano
    raise unlike(text, "a quantity such as \"500m\", \"2\" or \"64Mi\"")


def port_range(text):
    ends = [port(end) for end in re.split("[:-]", text, maxsplit=1)]
    if ends[0] > ends[-1]:
        raise Bad("port range %s runs backwards" % quote(text))
    return ":".join(map(str, sorted(set(ends))))


def cidr(text):
    prefix, slash, length = text.partition("/")
    bits = number(0, 128 if ":" in ip(prefix) else 32)
    if slash:
        bits(length)
    return text


def exposed_path(text):
    found = re.match(r'([0-9]+):([0-9]+)(/[!-"$-+.->@-~-]*)(\?http2)?\Z', text)
    if not found:
        raise unlike(text, "a path to expose, LISTENER-PORT:PORT/PATH")
    listener, local, path_, http2 = found.groups()
    return present(listener_port=port(listener), local_path_port=port(local), path=path_, protocol="http2" if http2 else None)


def user(text):
    return str(number(0, 4294967294)(text)) if re.match("[0-9]+\\Z", text) else user_name(text)


def items(text):
    """A list in which a comma may be escaped."""
    return [trim(item.replace("\\,", ",")) for item in each(str, r"(?<!\\),")(text)]


def join_addresses(text):
    """Servers, or cloud auto-join strings without secrets; nothing where the image says it."""
    if trim(text) == "-":
        return []
    servers = items(text)
    if not servers:
        raise Bad("the value names no server")
    for server in servers:
        if re.search(r"\Aexec=|`|\$[({]", server):
            raise Bad("%s would run a program" % quote(server))
        if "provider=" in server:
            if not re.match(r'(?:[a-z0-9_]+=(?:"(?:[ !#-\[\]-~]|\\[ -~])*"|[!#-~]+)(?: +|\Z))+\Z', server):
                raise unlike(server, "a cloud auto-join string")
            if re.search(r"(?:\A| )[a-z0-9_]*(?:secret|password|token|api_key)[a-z0-9_]*=", server):
                raise Bad("the value holds a secret")
        else:
            (ip if server.count(":") > 1 and server[0] != "[" else host_with_or_without_port)(server)
    return servers


def bind_address(text):
    if re.match(r"[A-Za-z][A-Za-z0-9_.-]{0,14}\Z", text):
        return "{{ GetInterfaceIP \"%s\" }}" % text
    return text if re.match(r"\{\{[ -~]+\}\}\Z", text) else ip(text)


def meta_value(text):
    if len(text.encode("utf-8")) > 512:
        raise Bad("the metadata value is longer than 512 bytes")
    return text


def json_number(text):
    if not math.isfinite(float(text)) or text.lstrip("-").isdigit() and abs(int(text)) > 2**53 - 1:
        raise Bad("%s cannot be kept exactly: write it as a string" % quote(text))
    return Number(text)


def json_object(text):
    """Of a key given twice the last counts; numbers stay as they are written."""
    depth = 0
    for mark in re.sub(r'"(?:[^"\\]|\\.)*"|[^][{}]', "", text):
        depth += 1 if mark in "[{" else -1
        if depth > 64:
            raise Bad("the JSON is nested more than 64 levels deep")
    try:
        text.encode("utf-8")
        value = json.loads(text, parse_int=json_number, parse_float=json_number, parse_constant=json_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Bad("not JSON: %s" % error)
    if not isinstance(value, dict):
        raise unlike(text, "a JSON object")
    return value


def shell_words(text):
    """Words as google/shlex cuts them; nothing is expanded."""
    words, word, mark, escaped = [], None, "", False
    for c in text + " ":
        if escaped or (mark and c != mark and not (c == "\\" and mark == "\"")):
            word, escaped = (word or "") + c, False
        elif c == "\\":
            escaped = True
        elif mark or c in "\"'":
            word, mark = word or "", "" if mark else c
        elif c == "#" and word is None:
            break
        elif c != " ":
            word = (word or "") + c
        elif word is not None:
            words.append(word)
            word = None
    if mark or word is not None:
        raise Bad("a quote is never closed, or nothing follows the last backslash")
    return words


OPTIONS = {"port": "destination_port", "dc": "datacenter", "datacenter": "datacenter"}
for snake, field in (("destination_port", "destination_port"), ("local_bind_address", "local_bind_address"),
                     ("mesh_gateway_mode", "mesh_gateway")):
    camel = re.sub("_(.)", lambda found: found.group(1).upper(), snake)
    OPTIONS.update({snake: field, camel: field, snake.replace("_", "-"): field})
LABELS = {"ns": "destination_namespace", "peer": "destination_peer", "ap": "destination_partition", "dc": "datacenter"}


def upstream_options(text, item, wrong):
    fields = {}
    for pair in filter(None, map(trim, re.split("[&;]", text))):
        try:
            if re.search("%(?![0-9A-Fa-f]{2})", pair):
                raise wrong
            name, value = (trim(unquote_to_bytes(word.replace("+", " ")).decode("utf-8")) for word in pair.partition("=")[::2])
        except UnicodeDecodeError:
            raise wrong
        if not value and ("=" in pair or name in OPTIONS):
            continue
        if name not in OPTIONS:
            raise Bad("unsupported upstream option %s in \"%s\"" % (quote(name), item))
        if OPTIONS[name] in fields:
            raise Bad("upstream option \"%s\" is given twice in \"%s\"" % (name, item))
        fields[OPTIONS[name]] = value
    return fields


def upstream(item, settings):
    """One upstream in the grammar of consul-k8s, as the agent's proxy definition spells it."""
    one_line(item)
    wrong = Bad("upstream structured incorrectly: %s" % (item or "the item is empty"))
    parts = [trim(part) for part in item.split(":", 2)] + ["", ""]
    name, local, extra = parts[:3]
    scoped = settings["namespaces"] or settings["partitions"]
    fields = {"destination_type": "service", "destination_name": name}
    if name == "prepared_query":
        fields = {"destination_type": name, "destination_name": local}
        if not local or len(parts) < 5:
            raise wrong
        local = extra
    else:
        pieces, labeled = [trim(piece) for piece in name.split(".")], name.split(".")[1:2] == ["svc"]
        if labeled:
            labels, order = pieces[3::2], [["ns"], ["peer", "ap", "dc"]] if scoped else [["peer", "dc"]]
            if len(pieces) % 2 or len(labels) > len(order) or any(one not in own for one, own in zip(labels, order)):
                raise wrong
            fields["destination_name"] = pieces[0]
            fields.update((LABELS[label], value) for label, value in zip(labels, pieces[2::2]))
        elif scoped:
            pieces = [trim(piece) for piece in name.split(".", 2)]
            fields.update(zip(["destination_name", "destination_namespace", "destination_partition"], pieces))
        if len(parts) < 4:
            raise wrong
        word, mark, options = extra.partition("?")
        if not mark or word and (labeled or re.search("[=&]", word)):
            word, options = ("", extra) if re.search("[=&]", extra) else (extra, "")
        given = upstream_options(options, item, wrong)
        if word:
            given.setdefault("destination_port" if labeled else "datacenter", word)
        if "datacenter" in fields and given.get("datacenter", fields["datacenter"]) != fields["datacenter"]:
            raise wrong
        fields.update(given)
    where, complaints = " in \"%s\"" % item, []
    try:
        fields["local_bind_port"] = port(local)
    except Bad:
        complaints.append("invalid upstream local bind port \"%s\"" % local)
    mode = fields.get("mesh_gateway")
    if mode:
        fields["mesh_gateway"] = {"mode": mode}
    if mode not in (None, "none", "local", "remote"):
        complaints.append("invalid upstream mesh gateway mode %s" % quote(mode))
    for key in sorted(LABELS.values()) + ["destination_name", "destination_port"]:
        if not re.match(r"[A-Za-z0-9._-]+\Z", fields.get(key, "x")):
            complaints.append("%s %s" % (key, "is empty" if not fields[key] else "is a wildcard" if fields[key] == "*"
                                         else "has stray characters"))
    try:
        ip(fields.get("local_bind_address", "::1"))
    except Bad as bad:
        complaints.append(str(bad))
    if "destination_peer" in fields and "datacenter" in fields:
        complaints.append("a peer and a datacenter are given together")
    if "destination_port" in fields and not settings["enterprise"]:
        complaints.append("a port of the destination needs Consul Enterprise")
    if complaints:
        raise Bad(*[complaint + where for complaint in complaints])
    return fields


def upstreams(text, settings):
    found, wrong, seen = [], [], {}
    for item in text.split(","):
        try:
            one = upstream(trim(item), settings)
        except Bad as bad:
            wrong += bad.args
            continue
        target = sorted(pair for pair in one.items() if pair[0].startswith("d"))
        for mark in (str(target), (ipaddress.ip_address(one.get("local_bind_address", "127.0.0.1")), one["local_bind_port"])):
            if seen.setdefault(mark, one) is not one:
                wrong.append("upstreams cannot contain duplicates: %s" % quote(trim(item)))
        found.append(one)
    if wrong:
        raise Bad(*wrong)
    return found


OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
HOST = r"(?:%s(?:\.%s){3}|\[(?P<six>[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\]|(?![0-9.]+(?:[:/?#]|\Z))[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}" \
    r"[A-Za-z0-9])?)" % (OCTET, OCTET)
URL = r"(?:[!#$&-;=?-\[\]_a-z~]|%[0-9A-Fa-f]{2})*"
def service_ports(text):
    """Ports by position, 0 where there is none between two commas; no port at all is an empty list."""
    ports = each(port, empty=0)(text)
    return ports if any(ports) else []


GRAMMARS = dict({name: number(*ends) for name, ends in RANGES.items()}, **{
    "absolute-path": path, "cidrs": each(cidr), "duration": duration, "failure-mode": matching("open|closed", "\"open\" or \"closed\""), "go-bool": boolean, "ip": ip, "json-object": json_object,
    "meta-value": meta_value, "port-ranges": each(port_range), "quantity-cpu": quantity, "quantity-memory": quantity,
    "service-names": service_names, "shell-words": shell_words, "tags": items, "text": free_text, "uids": each(user), "user-name": user, "expose-paths": each(exposed_path),
    "upstreams": upstreams, "service-ports": service_ports,
    "bind-address": bind_address, "join-addresses": join_addresses,
    "datacenter-name": matching(r"[A-Za-z0-9_-]{1,63}", "the name of a datacenter"),
    "domain-name": matching(r"(?!.{254})(?:%s\.)*%s" % ((r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?",) * 2), "the name of a domain"),
    "address": matching(r"(?:https?://)?%s:%s|unix://(?P<path>.*)" % (HOST, PORT), "[http://|https://]HOST:PORT or unix:///PATH"),
    "grpc-target": matching(r"%s:%s(?:/[A-Za-z0-9_.-]+)?" % (HOST, PORT), "HOST:PORT[/SERVICE]"),
    "host-port": matching(HOST + ":" + PORT, "HOST:PORT"),
    "locality": matching(r"[A-Za-z0-9_.-]{1,64}(?:/[A-Za-z0-9_.-]{1,64})?", "REGION or REGION/ZONE"),
    "auth-method-name": matching(r"[A-Za-z0-9_-]{1,128}", "the name of an auth method"),
    "namespace-name": matching(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?", "the name of a namespace"),
    "unit-name": matching(r"(?!.{256})[A-Za-z0-9:_.\\-][A-Za-z0-9:_.\\@-]*(?<!@)\.service", "the name of a service unit"),
    "url": matching(r"https?://%s(?::%s)?(?:[/?#]%s)?" % (HOST, PORT, URL), "an http or https URL"),
    "url-path": matching(r"/[!$-;=?-\[\]_a-z~]*", "the path of a URL")})
port = GRAMMARS["port"]
host_with_or_without_port = matching(HOST + "(?::" + PORT + ")?", "a host or an IP address, with a port or without")
service_name = matching(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", "a service name: at most 63 of [A-Za-z0-9_.-]")
user_name = matching(r"(?=.{1,32}\Z)[a-z_][a-z0-9_-]*\$?", "a user id or a user name")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\A[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I | re.A)
GOSSIP_KEY = re.compile(r"(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)\Z")


class Reader:
    """The annotations of a configuration by their meaning, with faults and warnings as (key, message)."""

    def __init__(self, config):
        self.values, self.meta, self.faults, self.warnings = {}, {}, [], []
        config = config if isinstance(config, dict) else {}
        given, settings = config.get("annotations", {}), config.get("settings", {})
        if not {"annotations", "name"} & set(config) or not isinstance(given, dict) or not isinstance(settings, dict):
            raise Refused([("annotations", "the file is not of the form {\"annotations\": {\"%sconnect-service\": ...}}" % P)])
        self.settings = {name: settings.get(name, False) for name in ("enterprise", "namespaces", "partitions")}
        self.faults += [("settings." + name, "not true or false") for name in self.settings
                        if not isinstance(self.settings[name], bool)]
        self.texts = {}
        short = [(P + "connect-service", "name"), (P + "connect-service-port", "port")]
        for key, value in list(given.items()) + [(key, config[name]) for key, name in short if name in config]:
            text = json.dumps(value) if isinstance(value, int) else value
            if not isinstance(text, str):
                self.faults.append((key, "neither a string nor an integer nor a boolean"))
            elif self.texts.setdefault(key, text) != text:
                self.faults.append((key, "given twice, with two values"))
        for key in sorted(self.texts):
            try:
                self.read(key, self.texts[key])
            except Bad as bad:
                self.faults += [(key, message) for message in bad.args[:20]]
        for old, new in ALIASES.items():
            self.rename(old, new)

    def read(self, key, text):
        name, syntax = key[len(META):] if key.startswith(META) else "", SYNTAXES.get(key)
        if name:
            name = name[:200]
            if not re.match(r"(?!consul-)[A-Za-z0-9_-]{1,128}\Z", name):
                raise unlike(name, "a metadata key: at most 128 of [A-Za-z0-9_-], not consul-...")
            one_line(text)
            self.meta[name] = meta_value(text)
        elif syntax is None:
            if key.startswith((P, A)):
                self.warnings.append((key, "not known or without meaning here, ignored"))
        elif not trim(text) and syntax != "shell-words":
            self.warnings.append((key, "empty, counts as not given"))
        elif len(text.encode("utf-16-le", "surrogatepass")) > 32768:
            raise Bad("the value is longer than 16384 characters")
        elif SECRET.search(text) or syntax == "absolute-path" and GOSSIP_KEY.match(text):
            raise Bad("the value is a secret itself: put it in a file and give its path")
        else:
            self.values[key] = self.meaning(syntax, text)

    def meaning(self, syntax, text):
        if syntax != "json-object":
            one_line(text, "\t\n\r" if syntax == "upstreams" else "")
        return upstreams(text, self.settings) if syntax == "upstreams" else GRAMMARS[syntax](text)

    def rename(self, old, new):
        """An old spelling counts as the new one: two lists of tags are joined, other values must not differ."""
        if old not in self.texts:
            return
        self.warnings.append((old, "an old spelling of " + new))
        value = self.values.pop(old, None)
        if new not in self.values:
            self.values.update({} if value is None else {new: value})
        elif value is not None and self.texts[old] != self.texts[new]:
            if SYNTAXES[new] == "tags":
                self.values[new] = items("%s,%s" % (re.sub(r"\\\Z", r"\\ ", self.texts[new]), self.texts[old]))
            else:
                self.faults.append((new, "given twice, with two values"))

    def get(self, name, prefix=P):
        """The meaning of the value given, else of the model's default, else None."""
        key = prefix + name
        if key not in self.values and key in DEFAULTS:
            return self.meaning(SYNTAXES[key], DEFAULTS[key])
        return self.values.get(key)

    def list(self, name):
        return self.get(name) or []

    def alpha(self, name):
        return self.get(name, A)

    def local(self, name):
        """Where the VM's own agent is reached, by an annotation: (TLS, port), or None."""
        found = re.match(r"(?:(https?)://)?(?:localhost|127\.[0-9.]+|\[::1\]):([0-9]+)\Z", self.alpha(name) or "")
        return found and (found.group(1) == "https", int(found.group(2)))


# The plan. Pure.

def plan(config):
    """A configuration ({"annotations": {...}, "settings": {...}} or {"name": ..., "port": ...}) -> (plan, warnings). Raises Refused
    with every fault. The plan of a VM that is to stay outside the mesh is empty."""
    it = Reader(config)
    if it.values.get(P + "connect-inject") is False:
        return {}, [(P + "connect-inject", "\"false\": this VM stays outside the mesh")]
    names, ports = it.list("connect-service"), it.list("connect-service-port")
    check_together(it, names, ports)
    services = [definition(it, name, i, ports_of(names, ports, i)) for i, name in enumerate(names)]
    if any(len(service["meta"]) > 64 or len(str(service["meta"].get("ports", ""))) > 512 for service in services):
        it.faults.append((META, "more than 64 meta entries, or too many ports for one"))
    if it.faults:
        raise Refused(it.faults)
    port, domain = str(it.alpha("dns-port")), it.alpha("domain")
    dns = {"hole": "resolved", "then": ["[Resolve]", "DNS=127.0.0.1:" + port, "DNSSEC=false", "Domains=~" + domain], "else": [domain, port]}
    return present(
        agent=agent(it), agent_is=agent_is(it), app_unit=it.alpha("app-unit"), dns=[dns] if resolves_names(it) else None,
        registration={"services": services} if len(services) > 1 else {"service": services[0]},
        sidecars=[present(
            service=name, environment=environment(it.list("connect-service-upstreams")) if i == 0 else None,
            redirect=redirect(it, name, i), unit=unit(it, name, i), watch=watch(it, name, i), acl=token(it, name))
            for i, name in enumerate(names)], units=units(it, names)), it.warnings


def ports_of(names, ports, i):
    """The ports of a service, each with its position: all of them for one service, one for all, or each its own."""
    own = list(enumerate(ports, 1))
    return [(n, port) for n, port in (own if len(names) == 1 or len(ports) == 1 else own[i:i + 1]) if port]


def check_together(it, names, ports):
    """What is wrong between annotations."""
    several, transparent, metrics = len(names) > 1, it.get("transparent-proxy"), it.get("enable-metrics")
    tls = {name for name in TLS if it.get(name)}
    own = [port for i in range(len(names)) for port, _ in own_ports(it, i)]
    reserved = RESERVED + [found[1] for found in map(it.local, ("http-addr", "grpc-addr")) if found] + [it.alpha("dns-port")]
    taken = set(reserved + own + [it.alpha("outbound-port")] + [it.alpha("ready-port") + i for i in range(len(names))])
    # It means nothing on a VM, but for what contradicts it.
    merging = BOOLEANS.get(it.texts.get(P + "enable-metrics-merging"))
    clash = "multi protocol multi port services are not compatible with %s: set it to \"false\""
    together = "missing: CA, certificate and key of the metrics endpoint go together"
    faults = [
        ("connect-service", not names and all(key != P + "connect-service" for key, _ in it.faults),
         "missing: a VM has no Kubernetes Service to take the name from"),
        ("transparent-proxy", several and transparent, clash % "transparent proxy"),
        ("enable-metrics", several and metrics, clash % "metrics"),
        ("enable-metrics-merging", several and merging, clash % "metrics merging"),
        ("enable-metrics-merging", tls and merging, "nothing on a VM merges metrics"),
        ("connect-service-port", several and (1 < len(ports) < len(names) or any(ports[len(names):])), "services and ports go together by position"),
        ("prometheus-ca-file", tls and not tls & set(TLS[:2]), together),
        ("prometheus-cert-file", tls and TLS[2] not in tls, together),
        ("prometheus-key-file", tls and TLS[3] not in tls, together),
        ("virtual-ip", it.alpha("virtual-ip") and not ports_of(names, ports, 0), "needs connect-service-port"),
        ("consul-namespace", it.get("consul-namespace") and not it.settings["enterprise"], "needs Consul Enterprise"),
    ] + [(own, it.alpha(own) and not it.alpha(other), "goes with " + other) for name in ("rpc", "client")
         for own, other in ((name + "-cert-file", name + "-key-file"), (name + "-key-file", name + "-cert-file"))]
    faults.append(("app-unit", it.alpha("app-unit") in [it.alpha("agent-unit") or "consul.service", "consul-sidecar-init.service"] + [
        "envoy@%s.service" % name for name in names], "has to start before the sidecar is up: name the application's unit"))
    method, proofs = it.alpha("acl-auth-method"), ["acl-bearer-token-file"] * bool(it.alpha("acl-bearer-token-file")) + ["acl-aws-iam"] * it.alpha("acl-aws-iam")
    faults += [
        ("acl-auth-method", method and it.alpha("acl-token-file"), "given together with acl-token-file"),
        ("acl-auth-method", method and len(proofs) != 1, "needs acl-bearer-token-file or acl-aws-iam, one of the two"),
    ] + [(name, not method, "for logging in, and there is no acl-auth-method") for name in proofs]
    faults += [("connect-service-port", True, "port %d is in use by the mesh itself" % own) for own in sorted(taken & set(ports))]
    faults += [("connect-service-upstreams", one["local_bind_port"] in taken | set(ports), "upstream %s would listen on port %d, "
                "which is in use" % (one["destination_name"], one["local_bind_port"]))
               for one in it.list("connect-service-upstreams")]
    faults += [("sidecar-port", True, "two listeners of the mesh on port %d, or none beyond 65535" % number) for number in sorted(set(own))
               if own.count(number) > 1 or number in reserved or number > 65535 or 21500 <= number <= 21755 and exposes_checks(it)]
    warnings = [
        ("locality", it.alpha("locality") and not it.settings["enterprise"], "a locality needs Consul Enterprise: it is left out"),
        ("connect-service-port", not several and len(ports_of(names, ports, 0)) > 1 and not it.settings["enterprise"],
         "several ports a service need Consul Enterprise: one is registered"),
        ("virtual-ip", it.alpha("virtual-ip") and not transparent, "used with the transparent proxy only"),
        ("auto-encrypt", it.alpha("auto-encrypt") and not it.alpha("rpc-ca-file"), "the agent cannot verify the servers"),
    ] + [("envoy-extra-args", re.match(r"(?:-c|--config-path|--config-yaml)(?:=|\Z)", word),
          "%s overrides the configuration that Consul gives Envoy" % word) for word in it.list("envoy-extra-args")]
    for found, into in ((faults, it.faults), (warnings, it.warnings)):
        into += [((A if A + key in SYNTAXES else P) + key, message) for key, wrong, message in found if wrong]


def present(**fields):
    return {key: value for key, value in fields.items() if value not in (None, [], {})}


def definition(it, name, i, ports):
    """One service as the agent reads it, with holes for whole values of tags and meta."""
    transparent, several = it.get("transparent-proxy"), len(ports) > 1 and it.settings["enterprise"]
    chosen, own = it.get("connect-service-default-port"), [port for _, port in ports]
    main = chosen if chosen in own else own[0] if own else None
    virtual = None
    if it.alpha("virtual-ip") and main and transparent:
        virtual = {"virtual": {"address": it.alpha("virtual-ip"), "port": main}}
    meta = {"managed-by": "consul-vm-inject"}
    if several:
        meta["ports"] = ",".join("port-%d:%d" % pair for pair in ports)
        meta.update(("port-port-%d" % n, str(port)) for n, port in ports)
    meta.update((key, STANDS_FOR.get(value, value)) for key, value in it.meta.items())
    timing = {"interval": it.alpha("health-check-interval"), "timeout": it.alpha("health-check-timeout")}
    checks = [dict(timing, name="%s %s" % (name, label), **{label.lower(): it.alpha("health-check-" + label.lower())})
              for label in ("HTTP", "TCP", "gRPC") if i == 0 and it.alpha("health-check-" + label.lower())]
    if not checks and main and it.alpha("health-check"):
        checks = [dict(timing, name=name + " TCP", tcp="127.0.0.1:%d" % main)]
    config = dict(it.get("proxy-config-map") or {})
    if it.get("enable-metrics"):
        config["envoy_prometheus_bind_addr"] = "%s:%d" % (
            "[::]" if it.get("dual-stack") else "0.0.0.0", it.get("prometheus-scrape-port"))
    exposed = i == 0 and exposes_checks(it)
    ready = [{"name": "Envoy Ready", "http": "http://127.0.0.1:%d/ready" % (it.alpha("ready-port") + i), "interval": "10s", "timeout": "2s"},
             {"name": "Connect Sidecar Aliasing " + name, "alias_service": name}]
    proxy = present(
        mode="transparent" if transparent else "direct", config=config, expose=present(checks=exposed or None, paths=exposed_paths(it, i)),
        upstreams=it.get("connect-service-upstreams") if i == 0 else None,
        transparent_proxy=present(dialed_directly=it.alpha("dialed-directly") or None, outbound_listener_port=moved_outbound(it)))
    return present(
        name=name, port=None if several else main, checks=checks, meta=meta, namespace=it.get("consul-namespace"),
        locality=locality(it), token_file=token_file(it, name),
        ports=[{"name": "port-%d" % n, "port": port, "default": at == own.index(main)} for at, (n, port) in enumerate(ports) if several],
        tags=[STANDS_FOR.get(tag, tag) for tag in it.list("service-tags")], tagged_addresses=virtual,
        weights=present(passing=it.get("service-weight")), connect={"sidecar_service": present(
            port=it.alpha("sidecar-port") + i, tagged_addresses=virtual, proxy=proxy,
            checks=ready if it.get("use-proxy-health-check") else None)})


def locality(it):
    """The region and the zone of a service, of Consul Enterprise."""
    return dict(zip(("region", "zone"), (it.alpha("locality") or "").split("/"))) if it.alpha("locality") and it.settings["enterprise"] else None


def moved_outbound(it):
    """The listener that outbound traffic is redirected to, where that was moved."""
    return it.values.get(A + "outbound-port") if it.get("transparent-proxy") else None


def exposes_checks(it):
    """Whether Envoy answers the agent's checks of the first service: those over HTTP and gRPC."""
    return it.get("transparent-proxy") and it.get("transparent-proxy-overwrite-probes") and any(
        it.alpha("health-check-" + kind) for kind in ("http", "grpc"))


def exposed_paths(it, i):
    """The paths that are exposed: the first service's."""
    return (it.alpha("expose-paths") or []) if i == 0 else []


def own_ports(it, i):
    """The ports on which the sidecar of a service listens, each with the annotation that moves it."""
    rows = [(A + "sidecar-port", True, i), (A + "admin-port", True, i), (A + "outbound-port", i == 0 and it.get("transparent-proxy"), 0),
            (A + "ready-port", it.get("use-proxy-health-check"), i), (P + "prometheus-scrape-port", i == 0 and it.get("enable-metrics"), 0)]
    return [(it.get(key, "") + place, key) for key, on, place in rows if on] + [
        (one["listener_port"], A + "expose-paths") for one in exposed_paths(it, i)]


def agent_is(it):
    """What annotations say of the agent that is there."""
    user = it.alpha("agent-user")
    return present(folder=it.alpha("agent-config-dir"), unit=it.alpha("agent-unit"),
                   uid={"hole": "uid", "user": user, "prefix": ""} if user and not user.isdigit() else user)


def agent(it):
    """Settings of the agent, as its configuration spells them, with holes for what secrets are read from files."""
    def secret(name):
        return {"hole": "secret", "path": it.alpha(name)} if it.alpha(name) else None

    def said(name):
        return it.alpha(name) if A + name in it.values else None

    token, rpc = secret("agent-token-file"), {name: it.alpha("rpc-%s-file" % name[:-5]) for name in RPC}
    own = present(cert_file=rpc["cert_file"], key_file=rpc["key_file"])
    certificate = {"use_auto_cert": True} if it.alpha("auto-encrypt") and not own else own
    http, grpc = it.local("http-addr") or (False, None), it.local("grpc-addr") or (False, None)
    if rpc["ca_file"]:
        rpc.update(verify_outgoing=True, verify_server_hostname=True)
    return present(
        retry_join=it.alpha("retry-join"), datacenter=it.alpha("datacenter"), domain=said("domain"), bind_addr=it.alpha("bind-addr"),
        encrypt=secret("encrypt-file"), acl={"enabled": True, "tokens": {"agent": token}} if token else None,
        ports=present(**{"https" if http[0] else "http": http[1], "grpc_tls" if grpc[0] else "grpc": grpc[1], "dns": said("dns-port")}),
        tls=present(internal_rpc=present(**rpc), https=own if http[0] else None, grpc=certificate if grpc[0] else None),
        auto_encrypt={"tls": True} if it.alpha("auto-encrypt") else None)


def environment(found):
    """Where the application finds its upstreams, as consul-k8s tells containers. Of one variable twice the later counts."""
    variables = {}
    for one in found:
        if one["destination_type"] == "service":
            name = re.sub("[^A-Z0-9_]", "_", one["destination_name"].upper()) + "_CONNECT_SERVICE_"
            variables[name + "HOST"] = one.get("local_bind_address", "127.0.0.1")
            variables[name + "PORT"] = str(one["local_bind_port"])
    return sorted("%s=%s" % pair for pair in variables.items())


def resolves_names(it):
    """Whether names of the mesh are to be resolved by Consul. How is the guest's to decide."""
    asked = it.get("consul-dns")
    return it.get("transparent-proxy") if asked is None else asked


def closed(it):
    """Whether traffic stays captured while Envoy is away, instead of going on without the mesh."""
    return it.alpha("on-sidecar-failure") == "closed"


def capture(it, i):
    """Arguments of `consul connect redirect-traffic` in the agent's place: what it would read from the registered sidecar."""
    def port_in(key):
        found = re.search("(?:\\A|:)([1-9][0-9]{0,4})\\Z", config[key]) if isinstance(config.get(key), str) else None
        return found and found.group(1)

    config = it.get("proxy-config-map") or {}
    metrics = str(it.get("prometheus-scrape-port")) if it.get("enable-metrics") else port_in("envoy_prometheus_bind_addr")
    outbound, exposed = moved_outbound(it), "21500:21755" if it.get("transparent-proxy-overwrite-probes") else None
    return ["-proxy-inbound-port=%s" % (port_in("bind_port") or it.alpha("sidecar-port") + i)] + (["-proxy-outbound-port=%d" % outbound] if outbound else []) + [
        "-exclude-inbound-port=" + own for own in [metrics, port_in("envoy_stats_bind_addr"), exposed] + [str(one["listener_port"]) for one in exposed_paths(it, i)] if own]


def units(it, names):
    """Parts of units that outlive the boot: the application's starts only beside its sidecars, which it is stopped and restarted with."""
    application = it.alpha("app-unit")
    init = ["Before=" + later for later in (it.alpha("agent-unit"), application) if later]
    init = ["[Unit]"] + init if init else []
    if closed(it) and it.get("transparent-proxy"):
        init += ["[Service]"] + ["ExecStartPost=-" + HOLD + name for name in names]
    gate = ["[Unit]"] + ["PartOf=envoy@%s.service" % name for name in names] + [
        "ConditionPathExists=/run/consul-vm-inject/%s.up" % name for name in names]
    return present(**{"consul-sidecar-init.service": init, application or "": gate if closed(it) and application else []})


def redirect(it, name, i):
    """Arguments of `consul connect redirect-traffic`, each once, but for the users that its wrapper looks up."""
    def left_alone(flag, key, switch="", *automatic):
        on = switch and it.alpha("transparent-proxy-exclude-" + switch)
        return ["-%s=%s" % (flag, value) for value in (automatic if on else ()) + tuple(it.list("transparent-proxy-exclude-" + key))]

    if not it.get("transparent-proxy"):
        return []
    ssh = left_alone("exclude-inbound-port", "", "ssh", "22")
    nodes = (capture(it, i) if closed(it) else ["-proxy-id=%s-sidecar-proxy" % name]) + ssh
    nodes += [{"hole": "ssh-ports", "prefix": "-exclude-inbound-port="}] if ssh else []
    nodes += left_alone("exclude-inbound-port", "inbound-ports", "serf", "8301")
    nodes += left_alone("exclude-outbound-port", "outbound-ports")
    nodes += left_alone("exclude-outbound-cidr", "", "metadata", *ADDRESSES["metadata"])
    nodes += left_alone("exclude-outbound-cidr", "outbound-cidrs", "platform", *ADDRESSES["services"])
    nodes += ["-exclude-uid=" + uid if uid.isdigit() else {"hole": "uid", "user": uid, "prefix": "-exclude-uid="}
              for uid in it.list("transparent-proxy-exclude-uids")]
    if it.get("consul-namespace"):
        nodes.append("-namespace=" + it.get("consul-namespace"))
    return list({json.dumps(node): node for node in nodes}.values())


def admin_bind(it, i):
    return "127.0.0.1:%d" % (it.alpha("admin-port") + i)


def envoy_arguments(it, name, i):
    argv = ["-sidecar-for=" + name, "-admin-bind=" + admin_bind(it, i)]
    if it.get("consul-namespace"):
        argv.append("-namespace=" + it.get("consul-namespace"))
    if it.get("enable-metrics"):
        argv.append("-prometheus-scrape-path=" + it.get("prometheus-scrape-path"))
        argv += ["-%s=%s" % (flag, it.get(flag)) for flag in TLS if it.get(flag)]
    if it.get("use-proxy-health-check"):
        argv += ["-envoy-ready-bind-address=127.0.0.1", "-envoy-ready-bind-port=%d" % (it.alpha("ready-port") + i)]
    words, threads = it.list("envoy-extra-args"), it.get("consul-envoy-proxy-concurrency")
    # Consul's own: none of Envoy's are called so.
    own = [re.match(r"--?(?:envoy-binary|ignore-envoy-compatibility)(?:=|\Z)", word) or at and re.match(r"--?envoy-binary\Z", words[at - 1])
           for at, word in enumerate(words)]
    argv += [word for word, is_own in zip(words, own) if is_own]
    extra = [word for word, is_own in zip(words, own) if not is_own]
    envoy = ["--base-id", str(i)] if i else []
    if threads and not any(re.match(r"--concurrency(?:=|\Z)", word) for word in extra):
        envoy += ["--concurrency", str(threads)]
    return argv + (["--"] + envoy + extra if envoy + extra else [])


def unit_word(text, command=True):
    """A word as systemd reads it back; in a command line `$` is special too."""
    if re.match(r"[A-Za-z0-9_@+=:,./-]+\Z", text):
        return text
    text = re.sub(r'["\\]', r"\\\g<0>", text).replace("%", "%%").replace("$", "$$" if command else "$")
    return "\"%s\"" % re.sub("[\x00-\x1f\x7f]", lambda found: "\\x%02x" % ord(found.group()), text)


def helper(directive, program, *words):
    """A directive that runs a command of a guest file. Words are numbers, addresses and names: they need no quotes."""
    return [directive, PYTHON, " %s %s" % (program, " ".join(map(str, words)))]


def log_folder(it):
    """The folder of Envoy's access log, unless it is the kernel's."""
    folder = re.sub(r"/+[^/]*\Z", "", it.get("consul-sidecar-access-log-path") or "")
    return folder if folder and not re.match(r"/(?:dev|proc|sys)(?:/|\Z)", folder) else None


def setting(it, key, name):
    """How the sidecar of a service talks to the agent, by the annotation that says so."""
    return token_file(it, name) if key == "acl-token-file" else it.alpha(key)


def credentials(it, name):
    """Lines of the command and of the unit that show Envoy's user files only root can read. The commands before it run as root
    and keep the plain path: whether they see credentials depends on systemd's version. The default leaves it to them to name a
    missing file."""
    secrets = []
    for key, variable, secret in VARIABLES:
        file = setting(it, key, name) or ""
        if secret and file.strip("/.") and file[-1] not in " \\":  # systemd takes the rest of the line, unquoted, if the path is in normal form
            secrets.append((variable, secret, "".join("/" + part for part in file.split("/") if part not in ("", "."))))
    if not secrets:
        return [], []
    told = [["  CONSUL_%s=%s/%s \\" % (variable, folder, secret) for variable, secret, _ in secrets]
            for folder in ("%d", "/run/credentials/%n")]
    loaded = []
    for _, secret, file in secrets:
        loaded += ["LoadCredential=%s:%s" % (secret, file.replace("%", "%%")), "SetCredential=%s:missing" % secret]
    older = {"hole": "systemd", "from": 247, "then": told[1]}
    return [{"hole": "systemd", "from": 250, "then": told[0], "else": [older]}], [{"hole": "systemd", "from": 247, "then": loaded}]


def unit(it, name, i):
    """The part of envoy@<name>.service that follows from the annotations."""
    admin = admin_bind(it, i)
    command, loaded = credentials(it, name)
    words = ["consul connect envoy"] + list(map(unit_word, envoy_arguments(it, name, i)))
    lines = ["After=" + it.alpha("agent-unit")] if it.alpha("agent-unit") else []
    lines += [word + "=" + it.alpha("app-unit") for word in ("Before", "Wants") if it.alpha("app-unit") and (word == "Before" or closed(it))]
    if it.get("sidecar-proxy-liveness-failure-seconds"):
        lines.append("Wants=consul-envoy-watch@%s.service" % name)
    if token_file(it, name):
        lines += ["Wants=consul-acl-token@%s.service" % name, "After=consul-acl-token@%s.service" % name]
    lines = (["[Unit]"] + lines if lines else []) + ["[Service]", "ExecStart=", "ExecStart=/usr/bin/env \\"] + command
    lines += ["  %s \\" % word for word in words[:-1]] + ["  " + words[-1]] + loaded
    polls, probe = [], "sidecar-probe-"  # prefix of the command; delay, period, attempts, timeout of one attempt
    if it.get("enable-consul-dataplane-as-sidecar"):
        polls.append(("", it.get("sidecar-initial-probe-check-delay-seconds"), it.get(probe + "period-seconds"),
                      it.get(probe + "failure-threshold"), it.get(probe + "check-timeout-seconds")))
    polls.append(("", 0, 1, it.get("sidecar-proxy-startup-failure-seconds"), 1))
    polls.append(("-", 0, 1, it.get("sidecar-proxy-lifecycle-startup-grace-period-seconds"), 1))
    polls = [poll for poll in polls if poll[3]]
    lines += [helper("ExecStartPost=" + poll[0], PROBE, "ready", admin, *poll[1:]) for poll in polls]
    if polls:
        seconds = sum(delay + tries * (period + limit) for _, delay, period, tries, limit in polls)
        lines.append("TimeoutStartSec=%d" % (180 + seconds))
    if it.get("enable-sidecar-proxy-lifecycle"):
        grace = it.get("sidecar-proxy-lifecycle-shutdown-grace-period-seconds")
        drained = it.get("enable-sidecar-proxy-lifecycle-shutdown-drain-listeners")
        lines += [helper("ExecStop=-", GENERATOR, "drain" if drained else "wait", admin, grace), "TimeoutStopSec=%d" % max(grace + 5, 15)]
    limit, request = it.get("sidecar-proxy-cpu-limit"), it.get("sidecar-proxy-cpu-request") or 0
    if limit:
        lines.append("CPUQuota=%d%%" % math.ceil(Fraction(limit, 10**7)))
    if request > 10**9:
        lines.append("CPUWeight=%d" % min(10000, (request + 5 * 10**6) // 10**7))
    for key, directive in (("limit", "MemoryMax"), ("request", "MemoryLow")):
        if it.get("sidecar-proxy-memory-" + key):
            lines.append("%s=%d" % (directive, math.ceil(Fraction(it.get("sidecar-proxy-memory-" + key), 10**9))))
    listeners = [one["local_bind_port"] for one in it.list("connect-service-upstreams")] + [one["listener_port"] for one in exposed_paths(it, i)]
    if any(port < 1024 for port in listeners):
        lines.append("AmbientCapabilities=CAP_NET_BIND_SERVICE")
    if closed(it) and it.get("transparent-proxy"):
        lines += ["ExecStartPre=", ["ExecStartPre=-", PRIVILEGED, HOLD + name],
                  ["ExecStartPre=", PRIVILEGED, "/usr/local/bin/consul-redirect-traffic %s wait" % name],
                  ["ExecStartPre=", PRIVILEGED, HOLD + name], "Environment=CONSUL_HOLD=yes"]
    folder = log_folder(it)
    if folder:
        make = "/bin/sh -c '[ -d \"$$0\" ] || exec install -d -o envoy -g envoy \"$$0\"' " + unit_word(folder)
        lines += [["ExecStartPre=-", PRIVILEGED, make], "ReadWritePaths=" + unit_word("-" + folder, False)]
    ports = " ".join("%s:%d" % (key[key.index("/") + 1:], port) for port, key in own_ports(it, i))
    return lines + variables(it, name) + ["Environment=" + unit_word("CONSUL_PORTS=" + ports, False)]


def variables(it, name):
    return ["Environment=" + unit_word("CONSUL_%s=%s" % (variable, setting(it, key, name)), False)
            for key, variable, _ in VARIABLES if setting(it, key, name)]


def token_file(it, name):
    """The file that holds the ACL token of a service: the operator's, or the one where `consul login` puts it."""
    return "/run/consul-vm-inject/%s.token" % name if it.alpha("acl-auth-method") else it.alpha("acl-token-file")


def token(it, name):
    """The unit that keeps a service at its token, and logs in for it; empty without a token."""
    if not token_file(it, name):
        return []
    program, login = " /srv/consul/acl-token.py " + name, []
    if it.alpha("acl-auth-method"):
        login = ["-method=" + it.alpha("acl-auth-method")]
        login += [unit_word("-bearer-token-file=" + it.alpha("acl-bearer-token-file"))] if it.alpha("acl-bearer-token-file") else []
        login += ["-namespace=" + it.get("consul-namespace")] if it.get("consul-namespace") else []
        login += ["-type=aws-iam", "-aws-auto-bearer-token", "-aws-include-entity"] if it.alpha("acl-aws-iam") else []
    return [
        "[Unit]", "After=" + (it.alpha("agent-unit") or "consul.service"), "[Service]", "LogExtraFields=OBJECT_SYSTEMD_UNIT=envoy@%s.service" % name,
        ["ExecStart=", PYTHON, program + " \\" * bool(login)]] + ["  %s \\" % word for word in login] + [["  -meta=vm=", HOSTNAME, "/" + name]] * bool(login) + [
        "Restart=always", "RestartSec=5", "KillMode=mixed", "EnvironmentFile=-/etc/consul.d/consul.env",
        "EnvironmentFile=-/etc/consul.d/envoy-%s.env" % name] + variables(it, name)


def watch(it, name, i):
    """The unit that kills a sidecar which no longer answers; empty when nothing asks for it."""
    seconds, watched = it.get("sidecar-proxy-liveness-failure-seconds"), "envoy@%s.service" % name
    return ["[Unit]", "PartOf=" + watched, "After=" + watched, "[Service]", "Restart=on-failure", "RestartSec=5",
            helper("ExecStart=", PROBE, "watch", admin_bind(it, i), seconds, watched)] if seconds else []


def unique(pairs):
    """Refuses an object in which a key stands twice: nobody knows which counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused([("file", "a key stands there twice")])
    return found


def configuration(text, log):
    """The text of a configuration without a plan -> the configuration that says the same as a plan. Raises Refused with every fault;
    warnings go to `log`, a line each."""
    try:
        wanted, warnings = plan(json.loads(text, object_pairs_hook=unique))
    except (ValueError, RecursionError) as error:
        raise Refused([("file", "cannot be read as JSON: %s" % error)])
    for warning in warnings:
        log("%s: %s" % warning)
    return {"format": 2, "plan": wanted}


def configured(text, log):
    """The same for generate-sidecar-configs.py: numbers are numbers, and faults are told and end the program."""
    try:
        return json.loads(canonical(configuration(text, log)))
    except Refused as refused:
        for fault in refused.args[0]:
            log("/srv/consul/service-config.json: %s: %s" % fault)
        sys.exit(2)


def tell(message):
    print("".join(c if c.isprintable() else "\\u%04x" % ord(c) for c in message), file=sys.stderr)


def main():
    try:
        sys.stdout.write(canonical(configuration(sys.stdin.buffer.read().decode("utf-8-sig", "replace"), tell)))
    except Refused as refused:
        for fault in refused.args[0]:
            tell("%s: %s" % fault)
        return 2


if __name__ == "__main__":
    sys.exit(main())
