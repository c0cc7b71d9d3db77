#!/usr/bin/env python3
"""/srv/consul/service-config.json -> the service's registration, its traffic redirection and its Envoy's unit.

Run by consul-sidecar-init.service at each boot; running it again changes nothing unless the configuration did. Values are
judged as strictly as by consul-vm-inject: a bad file in /etc/consul.d keeps the whole agent from starting. On any fault
nothing is written and the exit code is 2. Python 3.6, standard library only; no value is ever evaluated.
"""
import argparse
import glob
import grp
import hashlib
import http.client
import ipaddress
import json
import math
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from urllib.parse import unquote_to_bytes

P, A = "consul.hashicorp.com/", "alpha.consul.hashicorp.com/"
CONFIG, SELF = "/srv/consul/service-config.json", "/srv/consul/generate-sidecar-configs.py"
REGISTRATION = "/etc/consul.d/service-registration.json"
DIGEST = "/var/lib/consul-vm-inject/registration.sha256"
REDIRECT, ENVIRONMENT = "/run/consul-vm-inject/%s.redirect", "/run/consul/upstreams-%s.env"
UNITS, CONF = "/run/systemd/system/", "50-consul-vm-inject.conf"
DROP_IN, WATCH = UNITS + "envoy@%s.service.d/" + CONF, UNITS + "consul-envoy-watch@%s.service"
RESOLVED = "/run/systemd/resolved.conf.d/consul-vm-inject.conf"
ORDER = "/etc/systemd/system/consul-sidecar-init.service.d/" + CONF
SIDECAR, ADMIN, READY = 20000, 19000, 20800
RESERVED = [8300, 8301, 8302, 8500, 8501, 8502, 8503, 8600, 15001]
# What only the guest knows; these defaults are for a look from elsewhere.
HOST = {"hostname": "$POD_NAME", "instance_id": "$INSTANCE_ID", "ssh_ports": [], "resolved": False, "systemd": 255,
        "users": {}, "python": "/usr/bin/python3", "app_user": ""}


class Bad(ValueError):
    """What is wrong with a value; one argument a complaint."""


class Refused(Exception):
    """The configuration is not for use; the argument is a list of (key, message)."""


def quote(text):
    return json.dumps(text if len(text) <= 80 else text[:77] + "...")


def unlike(text, what):
    return Bad("%s is not %s" % (quote(text), what))


def log(message):
    """One line on stderr; nothing in it can end the line or move the cursor."""
    line = "".join(c if c.isprintable() else "\\u%04x" % ord(c) for c in message)
    sys.stderr.buffer.write(("consul-sidecar-init: %s\n" % line).encode("utf-8", "backslashreplace"))
    sys.stderr.flush()


# Value syntaxes: functions text -> meaning that raise Bad.

def matching(pattern, what):
    """The syntax of a text that has a shape; an IPv6 address in it is the group `six`."""
    shape = re.compile(r"(?:%s)\Z" % pattern)

    def parse(text):
        found = shape.match(text)
        if not found or len(text.encode("utf-8")) > 4095:
            raise unlike(text, what)
        if found.groupdict().get("six"):
            ip(found.group("six"))
        return text
    return parse


def number(least, most):
    def parse(text):
        if not re.match(r"(?:0|[1-9][0-9]{0,17})\Z", text) or not least <= int(text) <= most:
            raise unlike(text, "a whole number from %d to %d" % (least, most))
        return int(text)
    return parse


def each(parse, separator=","):
    """A list: items trimmed, empty ones dropped, every bad one complained about."""
    def parse_list(text):
        values, wrong = [], []
        for item in filter(None, (item.strip() for item in re.split(separator, text))):
            try:
                values.append(parse(item))
            except Bad as bad:
                wrong += bad.args
        if wrong:
            raise Bad(*wrong)
        return values
    return parse_list


def boolean(text):
    for meaning, spellings in ((True, "1 t T TRUE true True"), (False, "0 f F FALSE false False")):
        if text in spellings.split():
            return meaning
    raise unlike(text, "a boolean: write \"true\" or \"false\"")


def ip(text):
    """An address without leading zeros, zone or IPv4 inside IPv6."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if not address or getattr(address, "ipv4_mapped", None) or re.search(r"%|\A(?!.*:)(?:.*\.)?0[0-9]", text):
        raise unlike(text, "an IP address")
    return text


OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
HOST_NAME = r"(?:%s(?:\.%s){3}|\[(?P<six>[0-9A-Fa-f:.]+)\]|(?![0-9.]+(?:[:/?#]|\Z))[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}" \
    r"[A-Za-z0-9])?)" % (OCTET, OCTET)
PATH = r"(?!.*/\.\.(?:/|\Z))/.*"
port, uint = number(1, 65535), number(0, 4294967295)
path = matching(PATH, "an absolute path without \"..\"")
address = matching(r"(?:https?://)?%s:%s|unix://%s" % (HOST_NAME, PORT, PATH), "[http://|https://]HOST:PORT or unix:///PATH")
host_port = matching(HOST_NAME + ":" + PORT, "HOST:PORT")
service_name = matching(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", "a service name: at most 63 of [A-Za-z0-9_.-]")
user_name = matching(r"(?=.{1,32}\Z)[a-z_][a-z0-9_-]*\$?", "a user id or a user name")


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
    found = re.match(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)(?:([numkMGTPE])|([KMGTPE])i|[eE]([+-]?[0-9]{1,3}))?\Z", text)
    if found and len(text) <= 64:
        amount, decimal, binary, exponent = found.groups("")
        ten = 3 * ("num kMGTPE".index(decimal or " ") - 3) + int(exponent or 0)
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


def user(text):
    return str(number(0, 4294967294)(text)) if text.isdigit() else user_name(text)


def tags(text):
    return [tag.replace("\\,", ",").strip() for tag in each(str, r"(?<!\\),")(text)]


def meta_value(text):
    if len(text.encode("utf-8")) > 512:
        raise Bad("the metadata value is longer than 512 bytes")
    return text


def json_number(text):
    """A number that keeps its value here, in Go and in JavaScript."""
    value = float(text)
    if not math.isfinite(value) or text.lstrip("-").isdigit() and abs(value) > 2**53 - 1:
        raise Bad("%s cannot be kept exactly: write it as a string" % quote(text))
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max([depth(item) for item in inner] or [0])


def json_object(text):
    try:
        value = json.loads(text, parse_int=json_number, parse_float=json_number, parse_constant=json_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        if depth(value) > 64 or not isinstance(value, dict):
            raise unlike(text, "a JSON object, of at most 64 levels")
        return value
    except (ValueError, RecursionError) as error:
        raise Bad("not JSON: %s" % error)


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
            words, word = words + [word], None
    if mark or word is not None:
        raise Bad("a quote is never closed, or nothing follows the last backslash")
    return words


OPTIONS = {"port": "destination_port", "dc": "datacenter", "datacenter": "datacenter"}
for snake, own in (("destination_port", "destination_port"), ("local_bind_address", "local_bind_address"),
                   ("mesh_gateway_mode", "mesh_gateway")):
    camel = re.sub("_(.)", lambda found: found.group(1).upper(), snake)
    OPTIONS.update({snake: own, camel: own, snake.replace("_", "-"): own})
LABELS = {"ns": "destination_namespace", "peer": "destination_peer", "ap": "destination_partition", "dc": "datacenter"}


def upstream_options(text, item, wrong):
    fields = {}
    for pair in filter(None, map(str.strip, re.split("[&;]", text))):
        try:
            if re.search("%(?![0-9A-Fa-f]{2})", pair):
                raise wrong
            name, value = (unquote_to_bytes(word.replace("+", " ")).decode("utf-8").strip() for word in pair.partition("=")[::2])
        except UnicodeDecodeError:
            raise wrong
        if name not in OPTIONS:
            raise Bad("unsupported upstream option \"%s\" in \"%s\"" % (name, item))
        if value and OPTIONS[name] in fields:
            raise Bad("upstream option \"%s\" is given twice in \"%s\"" % (name, item))
        if value:
            fields[OPTIONS[name]] = value
    return fields


def upstream(item, settings):
    """One upstream in the grammar of consul-k8s, as the agent's proxy definition spells it."""
    no_control(item)
    wrong = Bad("upstream structured incorrectly: %s" % (item or "the item is empty"))
    parts = [part.strip() for part in item.split(":", 2)] + ["", ""]
    name, local, extra = parts[:3]
    scoped = settings["namespaces"] or settings["partitions"]
    fields = {"destination_type": "service", "destination_name": name}
    if name == "prepared_query":
        fields = {"destination_type": name, "destination_name": local}
        if not local or len(parts) < 5:
            raise wrong
        local = extra
    else:
        pieces, labeled = [piece.strip() for piece in name.split(".")], name.split(".")[1:2] == ["svc"]
        if labeled:
            labels, order = pieces[3::2], [["ns"], ["peer", "ap", "dc"]] if scoped else [["peer", "dc"]]
            if len(pieces) % 2 or len(labels) > len(order) or any(one not in own for one, own in zip(labels, order)):
                raise wrong
            fields["destination_name"] = pieces[0]
            fields.update((LABELS[label], value) for label, value in zip(labels, pieces[2::2]))
        elif scoped:
            pieces = [piece.strip() for piece in name.split(".", 2)]
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
        complaints.append("invalid upstream mesh gateway mode \"%s\"" % mode)
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
            one = upstream(item.strip(), settings)
        except Bad as bad:
            wrong += bad.args
            continue
        target = sorted(pair for pair in one.items() if pair[0].startswith("d"))
        for mark in (str(target), (ipaddress.ip_address(one.get("local_bind_address", "127.0.0.1")), one["local_bind_port"])):
            if seen.setdefault(mark, one) is not one:
                wrong.append("upstreams cannot contain duplicates: %s" % quote(item.strip()))
        found.append(one)
    if wrong:
        raise Bad(*wrong)
    return found


def no_control(text, allowed=""):
    for found in re.finditer("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text):
        if found.group() not in allowed:
            raise Bad("the value holds a control character (U+%04X)" % ord(found.group()))


URL = r"(?:[!#$&-;=?-\[\]_a-z~]|%[0-9A-Fa-f]{2})*"
SYNTAX = [
    (boolean, P, "connect-inject transparent-proxy consul-dns enable-metrics transparent-proxy-overwrite-probes dual-stack "
     "enable-metrics-merging use-proxy-health-check enable-sidecar-proxy-lifecycle enable-consul-dataplane-as-sidecar "
     "enable-sidecar-proxy-lifecycle-shutdown-drain-listeners enable-sidecar-proxy-shutdown-drain-listeners"),
    (uint, P, "consul-envoy-proxy-concurrency sidecar-proxy-startup-failure-seconds sidecar-proxy-liveness-failure-seconds "
     "sidecar-proxy-lifecycle-shutdown-grace-period-seconds sidecar-proxy-lifecycle-startup-grace-period-seconds "
     "sidecar-initial-probe-check-delay-seconds sidecar-probe-period-seconds sidecar-probe-failure-threshold "
     "sidecar-probe-check-timeout-seconds"),
    (service_names, P, "connect-service"), (each(port), P, "connect-service-port"), (port, P, "connect-service-default-port"),
    (tags, P, "service-tags connect-service-tags"), (json_object, P, "proxy-config-map"), (port, P, "service-weight"),
    (upstreams, P, "connect-service-upstreams"), (each(cidr), P, "transparent-proxy-exclude-outbound-cidrs"),
    (each(port_range), P, "transparent-proxy-exclude-inbound-ports transparent-proxy-exclude-outbound-ports"),
    (each(user), P, "transparent-proxy-exclude-uids"), (number(1024, 65535), P, "prometheus-scrape-port"),
    (matching(r"/[!$-;=?-\[\]_a-z~]*", "the path of a URL"), P, "prometheus-scrape-path"),
    (quantity, P, "sidecar-proxy-cpu-limit sidecar-proxy-cpu-request sidecar-proxy-memory-limit sidecar-proxy-memory-request"),
    (path, P, "prometheus-ca-file prometheus-ca-path prometheus-cert-file prometheus-key-file consul-sidecar-access-log-path"),
    (shell_words, P, "envoy-extra-args"), (str, P, "connect-inject-status"),
    (matching(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?", "the name of a namespace"), P, "consul-namespace"),
    (boolean, A, "transparent-proxy-exclude-ssh transparent-proxy-exclude-serf transparent-proxy-exclude-metadata "
     "dialed-directly health-check"), (ip, A, "virtual-ip"), (host_port, A, "health-check-tcp"),
    (matching(r"https?://%s(?::%s)?(?:[/?#]%s)?" % (HOST_NAME, PORT, URL), "an http or https URL"), A, "health-check-http"),
    (matching(r"%s:%s(?:/[A-Za-z0-9_.-]+)?" % (HOST_NAME, PORT), "HOST:PORT[/SERVICE]"), A, "health-check-grpc"),
    (duration, A, "health-check-interval health-check-timeout"), (address, A, "http-addr grpc-addr"),
    (matching(r"(?!.{256})[A-Za-z0-9:_.\\-][A-Za-z0-9:_.\\@-]*(?<!@)\.service", "the name of a service unit"), A, "app-unit"),
    (path, A, "acl-token-file ca-file client-cert-file client-key-file grpc-ca-file"),
]
KEYS = {prefix + name: parse for parse, prefix, names in SYNTAX for name in names.split()}
ALIASES = [("connect-service-tags", "service-tags"), ("enable-sidecar-proxy-shutdown-drain-listeners",
                                                      "enable-sidecar-proxy-lifecycle-shutdown-drain-listeners")]
VARIABLES = [("acl-token-file", "HTTP_TOKEN_FILE"), ("ca-file", "CACERT"), ("client-cert-file", "CLIENT_CERT"),
             ("client-key-file", "CLIENT_KEY"), ("grpc-ca-file", "GRPC_CACERT"), ("http-addr", "HTTP_ADDR"),
             ("grpc-addr", "GRPC_ADDR")]
CREDENTIALS = {"HTTP_TOKEN_FILE": "acl-token", "CLIENT_KEY": "client-key"}
PROMETHEUS = ["prometheus-ca-file", "prometheus-ca-path", "prometheus-cert-file", "prometheus-key-file"]


# The plan: configuration -> what is to be on the guest. Pure.

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
        texts = {}
        short = [(P + "connect-service", "name"), (P + "connect-service-port", "port")]
        for key, value in list(given.items()) + [(key, config[name]) for key, name in short if name in config]:
            text = json.dumps(value) if isinstance(value, int) else value
            if not isinstance(text, str):
                self.faults.append((key, "neither a string nor an integer nor a boolean"))
            elif texts.setdefault(key, text) != text:
                self.faults.append((key, "given twice, with two values"))
        for old, new in ALIASES:
            if P + old in texts:
                self.warnings.append((P + old, "an old spelling of " + new))
                text = texts.pop(P + old)
                texts[P + new] = texts.get(P + new, text) + ("," + text if "tags" in new and P + new in texts else "")
        for key in sorted(texts):
            try:
                self.read(key, texts[key])
            except Bad as bad:
                self.faults += [(key, message) for message in bad.args[:20]]

    def read(self, key, text):
        prefix = P + "service-meta-"
        name, parse = key[len(prefix):], KEYS.get(key)
        if key.startswith(prefix) and name:
            if not re.match(r"(?!consul-)[A-Za-z0-9_-]{1,128}\Z", name):
                raise unlike(name, "a metadata key: at most 128 of [A-Za-z0-9_-], not consul-...")
            no_control(text)
            self.meta[name] = meta_value(text)
        elif parse is None:
            if key.startswith((P, A)):
                self.warnings.append((key, "not known or without meaning here, ignored"))
        elif not text.strip() and parse is not shell_words:
            self.warnings.append((key, "empty, counts as not given"))
        else:
            no_control(text, "\t\n\r" if parse in (upstreams, json_object) else "")
            self.values[key] = parse(text, self.settings) if parse is upstreams else parse(text)

    def get(self, name, default=None, prefix=P):
        return self.values.get(prefix + name, default)

    def alpha(self, name, default=None):
        return self.get(name, default, A)


class Plan:
    """`registration` (None outside the mesh); `services`, a dict each of name, redirect, envoy, environment, drop_in, watch
    and folder (of the access log); `resolved`, whether systemd-resolved is told of Consul; `app_unit`; `warnings`."""

    def __init__(self, warnings=()):
        self.registration, self.services, self.resolved, self.app_unit = None, [], False, None
        self.warnings = list(warnings)


def plan(config, host=None):
    """Configuration and facts (see HOST) -> Plan. Raises Refused with every fault."""
    facts = dict(HOST, **(host or {}))
    it = Reader(config)
    if it.get("connect-inject") is False:
        return Plan([(P + "connect-inject", "\"false\": this VM stays outside the mesh")])
    names, ports = it.get("connect-service", []), it.get("connect-service-port", [])
    check_together(it, names, ports, facts)
    result, services = Plan(it.warnings), []
    for i, name in enumerate(names):
        own = ports if len(names) == 1 or len(ports) == 1 else ports[i:i + 1]
        services.append(definition(it, facts, name, i, own))
    if any(len(service["meta"]) > 64 for service in services):
        it.faults.append((P + "service-meta-", "more than 64 meta entries"))
    if it.faults:
        raise Refused(it.faults)
    result.registration = {"service": services[0]} if len(services) == 1 else {"services": services}
    transparent = it.get("transparent-proxy", True)
    dns = it.get("consul-dns", transparent)
    result.resolved, result.app_unit = dns and bool(facts["resolved"]), it.alpha("app-unit")
    if dns and not transparent and not result.resolved:
        result.warnings.append((P + "consul-dns", "no systemd-resolved 246 or newer: names under .consul are not resolved"))
    folder = os.path.dirname(it.get("consul-sidecar-access-log-path", "")).rstrip("/")
    folder = None if re.match(r"/(?:dev|proc|sys)(?:/|\Z)", folder) else folder
    for i, name in enumerate(names):
        argv = envoy_arguments(it, name, i)
        result.services.append({
            "name": name, "envoy": argv, "redirect": redirect_arguments(it, facts, name, dns) if transparent else [],
            "environment": environment(it.get("connect-service-upstreams", [])) if i == 0 else {},
            "drop_in": drop_in(it, facts, name, i, argv, folder), "watch": watch_unit(it, facts, name, i), "folder": folder})
    return result


def check_together(it, names, ports, facts):
    """What is wrong between annotations."""
    several, transparent, uids = len(names) > 1, it.get("transparent-proxy", True), "transparent-proxy-exclude-uids"
    tls = {name for name in PROMETHEUS if it.get(name)}
    taken = set(RESERVED + [base + i for base in (SIDECAR, ADMIN, READY) for i in range(len(names))])
    if it.get("enable-metrics"):
        taken.add(it.get("prometheus-scrape-port", 20200))
    clash = "multi protocol multi port services are not compatible with %s: set it to \"false\""
    together = "missing: CA, certificate and key of the metrics endpoint go together"
    faults = [
        ("connect-service", not names and all(key != P + "connect-service" for key, _ in it.faults),
         "missing: a VM has no Kubernetes Service to take the name from"),
        ("transparent-proxy", several and transparent, clash % "transparent proxy"),
        ("enable-metrics", several and it.get("enable-metrics"), clash % "metrics"),
        ("enable-metrics-merging", several and it.get("enable-metrics-merging"), clash % "metrics merging"),
        ("enable-metrics-merging", tls and it.get("enable-metrics-merging"), "nothing on a VM merges metrics"),
        ("connect-service-port", several and len(ports) not in (0, 1, len(names)), "services and ports go together by position"),
        ("prometheus-ca-file", tls and not tls & set(PROMETHEUS[:2]), together),
        ("prometheus-cert-file", tls and PROMETHEUS[2] not in tls, together),
        ("prometheus-key-file", tls and PROMETHEUS[3] not in tls, together),
        ("virtual-ip", it.alpha("virtual-ip") and not ports, "needs connect-service-port"),
        ("consul-namespace", it.get("consul-namespace") and not it.settings["enterprise"], "needs Consul Enterprise"),
        ("app-unit", facts["app_user"] == "envoy", "runs as the user envoy, whose traffic is not redirected"),
    ]
    faults += [(uids, not name.isdigit() and name not in facts["users"], "there is no user %s on this VM" % name)
               for name in it.get(uids, [])]
    faults += [("connect-service-port", True, "port %d is in use by the mesh itself" % own) for own in sorted(taken & set(ports))]
    faults += [("connect-service-upstreams", one["local_bind_port"] in taken | set(ports), "upstream %s would listen on port %d, "
                "which is in use" % (one["destination_name"], one["local_bind_port"]))
               for one in it.get("connect-service-upstreams", [])]
    warnings = [
        ("connect-service-port", not several and len(ports) > 1 and not it.settings["enterprise"],
         "several ports a service need Consul Enterprise: one is registered"),
        ("virtual-ip", it.alpha("virtual-ip") and not transparent, "used with the transparent proxy only"),
    ] + [("envoy-extra-args", re.match(r"(?:-c|--config-path|--config-yaml)(?:=|\Z)", word),
          "%s overrides the configuration that Consul gives Envoy" % word) for word in it.get("envoy-extra-args", [])]
    for found, into in ((faults, it.faults), (warnings, it.warnings)):
        into += [((A if key in ("virtual-ip", "app-unit") else P) + key, message) for key, wrong, message in found if wrong]


def present(**fields):
    return {key: value for key, value in fields.items() if value not in (None, [], {})}


def definition(it, facts, name, i, ports):
    """One service as the agent reads it."""
    words = {"$POD_NAME": facts["hostname"], "$HOSTNAME": facts["hostname"], "$INSTANCE_ID": facts["instance_id"]}
    transparent, several = it.get("transparent-proxy", True), len(ports) > 1 and it.settings["enterprise"]
    chosen = it.get("connect-service-default-port")
    main = chosen if chosen in ports else ports[0] if ports else None
    virtual = None
    if it.alpha("virtual-ip") and main and transparent:
        virtual = {"virtual": {"address": it.alpha("virtual-ip"), "port": main}}
    meta = {"managed-by": "consul-vm-inject"}
    if several:
        meta["ports"] = ",".join("port-%d:%d" % pair for pair in enumerate(ports, 1))
        meta.update(("port-port-%d" % n, str(own)) for n, own in enumerate(ports, 1))
    meta.update((key, words.get(value, value)) for key, value in it.meta.items())
    timing = {"interval": it.alpha("health-check-interval", "10s"), "timeout": it.alpha("health-check-timeout", "2s")}
    checks = [dict(timing, name="%s %s" % (name, label), **{label.lower(): it.alpha("health-check-" + label.lower())})
              for label in ("HTTP", "TCP", "gRPC") if i == 0 and it.alpha("health-check-" + label.lower())]
    if not checks and main and it.alpha("health-check", True):
        checks = [dict(timing, name=name + " TCP", tcp="127.0.0.1:%d" % main)]
    config = dict(it.get("proxy-config-map", {}))
    if it.get("enable-metrics"):
        config["envoy_prometheus_bind_addr"] = "%s:%d" % (
            "[::]" if it.get("dual-stack") else "0.0.0.0", it.get("prometheus-scrape-port", 20200))
    exposed = transparent and it.get("transparent-proxy-overwrite-probes") and any({"http", "grpc"} & set(c) for c in checks)
    ready = [{"name": "Envoy Ready", "http": "http://127.0.0.1:%d/ready" % (READY + i), "interval": "10s", "timeout": "2s"},
             {"name": "Connect Sidecar Aliasing " + name, "alias_service": name}]
    proxy = present(
        mode="transparent" if transparent else "direct", config=config, expose={"checks": True} if exposed else None,
        upstreams=it.get("connect-service-upstreams") if i == 0 else None,
        transparent_proxy={"dialed_directly": True} if it.alpha("dialed-directly") else None)
    return present(
        name=name, port=None if several else main, checks=checks, meta=meta, namespace=it.get("consul-namespace"),
        ports=[{"name": "port-%d" % n, "port": own, "default": own == main} for n, own in enumerate(ports, 1) if several],
        tags=[words.get(tag, tag) for tag in it.get("service-tags", [])], tagged_addresses=virtual,
        weights=present(passing=it.get("service-weight")), connect={"sidecar_service": present(
            port=SIDECAR + i, tagged_addresses=virtual, proxy=proxy,
            checks=ready if it.get("use-proxy-health-check") else None)})


def redirect_arguments(it, facts, name, dns):
    """Arguments of `consul connect redirect-traffic`, but for the users that its wrapper looks up."""
    def left_alone(key, automatic="", *values):
        own = list(values) if it.alpha("transparent-proxy-exclude-" + automatic, True) else []
        return own + it.get("transparent-proxy-exclude-" + key, [])

    flags = [("proxy-id", [name + "-sidecar-proxy"]),
             ("exclude-inbound-port", left_alone("", "ssh", "22", *map(str, facts["ssh_ports"]))
              + left_alone("inbound-ports", "serf", "8301")),
             ("exclude-outbound-port", left_alone("outbound-ports")),
             ("exclude-outbound-cidr", left_alone("outbound-cidrs", "metadata", "169.254.169.254/32")),
             ("exclude-uid", [uid if uid.isdigit() else str(facts["users"][uid]) for uid in left_alone("uids")]),
             ("namespace", filter(None, [it.get("consul-namespace")]))]
    if dns and not facts["resolved"]:
        flags += [("consul-dns-ip", ["::1" if it.get("dual-stack") else "127.0.0.1"]), ("consul-dns-port", ["8600"])]
    return list(dict.fromkeys("-%s=%s" % (flag, value) for flag, values in flags for value in values))


def envoy_arguments(it, name, i):
    argv = ["consul", "connect", "envoy", "-sidecar-for=" + name, "-admin-bind=127.0.0.1:%d" % (ADMIN + i)]
    if it.get("consul-namespace"):
        argv.append("-namespace=" + it.get("consul-namespace"))
    if it.get("enable-metrics"):
        argv.append("-prometheus-scrape-path=" + it.get("prometheus-scrape-path", "/metrics"))
        argv += ["-%s=%s" % (flag, it.get(flag)) for flag in PROMETHEUS if it.get(flag)]
    if it.get("use-proxy-health-check"):
        argv += ["-envoy-ready-bind-address=127.0.0.1", "-envoy-ready-bind-port=%d" % (READY + i)]
    extra, threads = it.get("envoy-extra-args", []), it.get("consul-envoy-proxy-concurrency", 2)
    envoy = ["--base-id", str(i)] if i else []
    if threads and not any(re.match(r"--concurrency(?:=|\Z)", word) for word in extra):
        envoy += ["--concurrency", str(threads)]
    return argv + (["--"] + envoy + extra if envoy + extra else [])


def environment(found):
    """Where the application finds its upstreams, as consul-k8s tells containers."""
    variables = {}
    for one in found:
        if one["destination_type"] == "service":
            name = re.sub("[^A-Z0-9_]", "_", one["destination_name"].upper()) + "_CONNECT_SERVICE_"
            variables[name + "HOST"] = one.get("local_bind_address", "127.0.0.1")
            variables[name + "PORT"] = str(one["local_bind_port"])
    return variables


def unit_quote(text, command=True):
    """A word as systemd reads it back; in a command line `$` is special too."""
    text = re.sub(r'["\\]', r"\\\g<0>", text).replace("%", "%%").replace("$", "$$" if command else "$")
    return "\"%s\"" % re.sub("[\x00-\x1f\x7f]", lambda found: "\\x%02x" % ord(found.group()), text)


def unit_command(*words):
    """A command line, a line a word: older systemd reads at most 2048 bytes a line."""
    return " \\\n  ".join([words[0]] + [unit_quote(str(word)) for word in words[1:]])


def unit_text(unit, service=()):
    lines = ["# Written and overwritten by " + SELF, "[Unit]"] + list(unit) + (["[Service]"] if service else []) + list(service)
    return "\n".join(lines) + "\n"


def credentials(it, facts):
    """Directives and variables that show Envoy's user secrets only root can read. The commands before it run as root and keep the
    plain path: whether they see credentials depends on systemd's version. The default leaves it to them to name a missing file."""
    directives, variables = [], []
    for key, variable in VARIABLES if facts["systemd"] >= 247 else ():
        own, file = CREDENTIALS.get(variable), it.alpha(key, "")
        if own and file.strip("/.") and file[-1] not in " \\":  # systemd takes the rest of the line, unquoted, if the path is in normal form
            file = "".join("/" + part for part in file.split("/") if part not in ("", "."))
            directives += ["LoadCredential=%s:%s" % (own, file.replace("%", "%%")), "SetCredential=%s:missing" % own]
            folder = "%d" if facts["systemd"] >= 250 else "/run/credentials/%n"
            variables.append("\"CONSUL_%s=%s/%s\"" % (variable, folder, own))
    return directives, variables


def drop_in(it, facts, name, i, argv, folder):
    """The part of envoy@<name>.service that follows from the annotations."""
    script, admin = [facts["python"], SELF], "127.0.0.1:%d" % (ADMIN + i)
    secrets, variables = credentials(it, facts)
    unit, service = [], ["ExecStart=", "ExecStart=" + unit_command(" ".join(["/usr/bin/env"] + variables), *argv)] + secrets
    if it.alpha("app-unit"):
        unit.append("Before=" + it.alpha("app-unit"))
    if it.get("sidecar-proxy-liveness-failure-seconds"):
        unit.append("Wants=consul-envoy-watch@%s.service" % name)
    if facts["systemd"] < 231:  # does not know the "+" of the unit's own commands
        cleanup = "/usr/local/bin/consul-cleanup-iptables"
        service += ["PermissionsStartOnly=yes", "ExecStartPre=", "ExecStartPre=" + cleanup, "ExecStopPost=",
                    "ExecStartPre=/usr/local/bin/consul-redirect-traffic %i", "ExecStartPre=" + unit_command(*script, "xds"),
                    "ExecStopPost=" + cleanup]
    polls, probe = [], "sidecar-probe-"  # prefix of the command; delay, period, attempts, timeout of one attempt
    if it.get("enable-consul-dataplane-as-sidecar"):
        polls.append(("", it.get("sidecar-initial-probe-check-delay-seconds", 1), it.get(probe + "period-seconds", 1),
                      it.get(probe + "failure-threshold", 10), it.get(probe + "check-timeout-seconds", 5)))
    polls.append(("", 0, 1, it.get("sidecar-proxy-startup-failure-seconds", 0), 1))
    polls.append(("-", 0, 1, it.get("sidecar-proxy-lifecycle-startup-grace-period-seconds", 0), 1))
    polls = [poll for poll in polls if poll[3]]
    service += ["ExecStartPost=" + poll[0] + unit_command(*script, "ready", admin, *poll[1:]) for poll in polls]
    if polls:
        seconds = sum(delay + tries * (period + limit) for _, delay, period, tries, limit in polls)
        service.append("TimeoutStartSec=%d" % (150 + seconds))
    if it.get("enable-sidecar-proxy-lifecycle", True):
        grace = it.get("sidecar-proxy-lifecycle-shutdown-grace-period-seconds", 30)
        drained = it.get("enable-sidecar-proxy-lifecycle-shutdown-drain-listeners", True)
        service += ["ExecStop=-" + unit_command(*script, "drain" if drained else "wait", admin, grace),
                    "TimeoutStopSec=%d" % max(grace + 5, 15)]
    limit, request = it.get("sidecar-proxy-cpu-limit"), it.get("sidecar-proxy-cpu-request", 0)
    if limit:
        service.append("CPUQuota=%d%%" % math.ceil(Fraction(limit, 10**7)))
    if request > 10**9:
        service.append("CPUWeight=%d" % min(10000, (request + 5 * 10**6) // 10**7))
    for key, directive in (("limit", "MemoryMax"), ("request", "MemoryLow")):
        if it.get("sidecar-proxy-memory-" + key):
            service.append("%s=%d" % (directive, math.ceil(Fraction(it.get("sidecar-proxy-memory-" + key), 10**9))))
    if any(one["local_bind_port"] < 1024 for one in it.get("connect-service-upstreams", [])):
        service.append("AmbientCapabilities=CAP_NET_BIND_SERVICE")
    if folder:
        service.append("ReadWritePaths=" + unit_quote("-" + folder, False))
    service += ["Environment=" + unit_quote("CONSUL_%s=%s" % (variable, it.alpha(key)), False)
                for key, variable in VARIABLES if it.alpha(key)]
    return unit_text(unit, service)


def watch_unit(it, facts, name, i):
    """The unit that restarts a sidecar which no longer answers, or None."""
    seconds, unit = it.get("sidecar-proxy-liveness-failure-seconds"), "envoy@%s.service" % name
    return unit_text(["PartOf=" + unit, "After=" + unit], ["Restart=on-failure", "RestartSec=5", "ExecStart=" + unit_command(
        facts["python"], SELF, "watch", "127.0.0.1:%d" % (ADMIN + i), seconds, unit)]) if seconds else None


def registration_text(wanted):
    return json.dumps(wanted.registration, indent=2, sort_keys=True, ensure_ascii=False) + "\n" if wanted.registration else ""


def lines(values):
    return "".join(value + "\n" for value in values)


def views(service):
    return {"redirect": lines(service.get("redirect", [])), "envoy": lines(service.get("envoy", [])),
            "environment": lines("%s=%s" % pair for pair in sorted(service.get("environment", {}).items())),
            "drop-in": service.get("drop_in", "")}


def service_files(service):
    """The files of one sidecar: path -> text; an empty text is no file."""
    name, view = service["name"], views(service)
    return {REDIRECT % name: view["redirect"], ENVIRONMENT % name: view["environment"], DROP_IN % name: view["drop-in"],
            WATCH % name: service.get("watch")}


# The guest: facts and effects.

def run(*argv, timeout=30):
    """(exit code, output) of a command, without a shell; one that is missing or hangs has an exit code as well."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        return done.returncode, done.stdout.decode("utf-8", "replace").strip()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return 127, str(error)


def systemctl(*words, timeout=30):
    """Whether it went well; if not, that is logged."""
    code, output = run("systemctl", *words, timeout=timeout)
    if code:
        log("systemctl %s: exit %d: %s" % (" ".join(words), code, output))
    return code == 0


def state_of(unit):
    return run("systemctl", "is-active", unit)[1].split("\n")[-1]


def read(name):
    """The text of a file; empty when there is none."""
    try:
        with open(name, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def ssh_ports():
    """The ports on which sshd really listens: by its configuration, and by socket activation."""
    code, output = run(shutil.which("sshd") or "/usr/sbin/sshd", "-T")
    if code:
        output = "\n".join(map(read, ["/etc/ssh/sshd_config"] + glob.glob("/etc/ssh/sshd_config.d/*.conf")))
    found = re.findall(r"(?mi)^[ \t]*(?:port|listenaddress[ \t]+\S*:)[ \t=]*([0-9]+)[ \t]*$", output)
    sockets = run("systemctl", "show", "--property=Listen", "ssh.socket", "sshd.socket")[1]
    return sorted({int(own) for own in found + re.findall(r"[:=]([0-9]+) \(Stream\)", sockets) if 0 < int(own) < 65536})


def gather(config):
    """The facts of this host that `plan` needs."""
    it = Reader(config)
    version = re.match("systemd ([0-9]+)", run("systemctl", "--version")[1])
    instance = read("/var/lib/cloud/data/instance-id").strip()
    facts = dict(HOST, hostname=socket.gethostname(), ssh_ports=ssh_ports(), python=sys.executable or HOST["python"])
    facts["systemd"] = int(version.group(1)) if version else HOST["systemd"]
    facts["instance_id"] = instance if re.match(r"[!-~]+\Z", instance) else HOST["instance_id"]
    facts["resolved"] = facts["systemd"] >= 246 and state_of("systemd-resolved.service") == "active"
    names = it.get("transparent-proxy-exclude-uids", [])
    facts["users"] = {one.pw_name: one.pw_uid for one in map(account, names) if one}
    if it.alpha("app-unit"):
        facts["app_user"] = run("systemctl", "show", "--property=User", "--", it.alpha("app-unit"))[1].partition("User=")[2]
    return facts


def account(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


class Guest:
    """The files below a root, and systemd when it is `live`."""

    def __init__(self, root="", live=False):
        self.root, self.live, self.changed = root, live, set()

    def write(self, name, text, mode=0o644, group=0):
        """Puts a file there, atomically, or removes it (no text); does nothing when nothing would change."""
        target, content = self.root + name, (text or "").encode("utf-8")
        if not text:
            if not os.path.lexists(target):
                return
            os.unlink(target)
        else:
            try:
                with open(target, "rb") as file:
                    if file.read() == content and not os.path.islink(target):
                        return
            except OSError:
                pass
            os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".consul-vm-inject-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                if group:
                    os.chown(temporary, 0, group)
                os.chmod(temporary, mode)
                os.replace(temporary, target)
            except BaseException:
                os.unlink(temporary)
                raise
        self.changed.add(name)
        log("%s %s" % ("wrote" if text else "removed", target))

    def previous(self):
        """The services that we registered earlier, by name; None when the registration there is not ours."""
        text = read(self.root + REGISTRATION)
        try:
            found = json.loads(text or "{}")
            services = found.get("services", [found["service"]] if "service" in found else [])
            ours = hashlib.sha256(text.encode("utf-8")).hexdigest() == read(self.root + DIGEST).strip() or not text
            if ours or services and all(one["meta"]["managed-by"] == "consul-vm-inject" for one in services):
                return {service_name(one["name"]): one for one in services}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
        return None

    def left_behind(self):
        """Names of the services that have files of ours in /run."""
        found = [re.match(re.escape(self.root + pattern).replace(re.escape("%s"), "([A-Za-z0-9][A-Za-z0-9_.-]*)") + r"\Z", name)
                 for pattern in (REDIRECT, DROP_IN) for name in glob.glob(self.root + pattern % "*")]
        return {match.group(1) for match in found if match}

    def unreadable(self, text):
        """What `consul validate` cannot parse of a registration, or None; it may want more than that to be content."""
        if not self.live or not shutil.which("consul"):
            return None
        with tempfile.TemporaryDirectory(prefix="consul-vm-inject-") as folder:
            with open(os.path.join(folder, "service-registration.json"), "wb") as file:
                file.write(text.encode("utf-8"))
            code, output = run("consul", "validate", folder)
        found = re.search("(?i).*(?:failed to parse|error parsing|invalid config key).*", output)
        return found.group().strip() if code and found else None

    def tell_agent(self, start):
        """Has the agent read its configuration. Never waits for it: it is ordered after this very unit."""
        if not self.live:
            return
        running, changed = state_of("consul.service") in ("active", "activating", "reloading"), REGISTRATION in self.changed
        if running and (not changed or systemctl("--no-block", "reload", "consul.service")):
            return
        if not running and run("systemctl", "cat", "consul.service")[0] == 0:
            if start:
                systemctl("--no-block", "start", "consul.service")
        elif changed and shutil.which("consul"):
            log("consul reload: %s" % run("consul", "reload")[1])

    def ensure_user(self):
        """Makes Envoy's user. Here, after cloud-init has made the operator's, so that theirs keep their numbers."""
        if self.live and not self.root and not account("envoy"):
            shell = next((one for one in ("/usr/sbin/nologin", "/sbin/nologin") if os.path.exists(one)), "/bin/false")
            code, output = run("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", shell, "envoy")
            log("made the system user envoy" if code == 0 else "cannot make the user envoy: %s" % output)

    def make_folder(self, folder):
        """Makes the access log's directory, Envoy's own, unless it is there."""
        if folder and not os.path.isdir(self.root + folder):
            os.makedirs(self.root + folder, mode=0o755)
            envoy = account("envoy")
            if envoy and os.geteuid() == 0:
                os.chown(self.root + folder, envoy.pw_uid, envoy.pw_gid)

    def apply(self, wanted):
        """Brings the guest to the plan. Returns the exit code."""
        before, text = self.previous(), registration_text(wanted)
        now = {service["name"]: service for service in wanted.services}
        gone = (set(before or {}) | self.left_behind()) - set(now)
        if text and text != read(self.root + REGISTRATION):
            unreadable = self.unreadable(text)
            if unreadable:
                log("consul refuses the registration, nothing is written: %s" % unreadable)
                return 2
            if before is None:
                os.replace(self.root + REGISTRATION, self.root + REGISTRATION + ".before-consul-vm-inject")
                log("%s was not ours: kept as *.before-consul-vm-inject" % REGISTRATION)
        if text:
            self.ensure_user()
        if text or before:
            try:
                group = 0 if self.root or os.geteuid() else grp.getgrnam("consul").gr_gid
            except KeyError:
                group = 0
            self.write(REGISTRATION, text, 0o640 if group else 0o644, group)
            self.write(DIGEST, text and hashlib.sha256(text.encode("utf-8")).hexdigest() + "\n")
        if not text:
            self.tell_agent(False)
        for name in sorted(gone) if self.live else ():
            # Waits for it: the cleanup of one sidecar must not meet the rules of the next.
            log("stopping envoy@%s.service" % name)
            systemctl("stop", "envoy@%s.service" % name, timeout=180)
        for name in sorted(gone | set(now)):
            for file, content in sorted(service_files(now.get(name, {"name": name})).items()):
                self.write(file, content)
            self.make_folder(now.get(name, {}).get("folder"))
        self.write(RESOLVED, "[Resolve]\nDNS=127.0.0.1:8600\nDomains=~consul\n" if wanted.resolved else None)
        self.write(ORDER, unit_text(["Before=" + wanted.app_unit]) if wanted.app_unit else None)
        if self.live and any(name.startswith((UNITS, ORDER)) for name in self.changed):
            systemctl("daemon-reload")
        if self.live and RESOLVED in self.changed:
            systemctl("--no-block", "try-restart", "systemd-resolved.service")
        if text:
            self.tell_agent(True)
        for one in wanted.registration.get("services", list(wanted.registration.values())) if text and self.live else ():
            self.start((before or {}).get(one["name"]), one, now[one["name"]])
        log("%s; %d files changed" % ("in the mesh: " + ", ".join(now) if now else "outside the mesh", len(self.changed)))
        return 0

    def start(self, old, new, service):
        """Starts a sidecar, or restarts it when what it was started with has changed."""
        def proxy(found):
            found = json.loads(json.dumps((found or {}).get("connect")))
            try:
                del found["sidecar_service"]["proxy"]["upstreams"]  # these reach a running Envoy by themselves
            except (KeyError, TypeError):
                pass
            return found

        unit = "envoy@%s.service" % service["name"]
        state, files = state_of(unit), set(service_files(service)) - {ENVIRONMENT % service["name"]}
        if state in ("active", "activating", "reloading") and (self.changed & files or proxy(old) != proxy(new)):
            log("restarting %s: its settings changed" % unit)
            systemctl("--no-block", "restart", unit)
            return
        if state == "failed":
            systemctl("reset-failed", unit)
        systemctl("--no-block", "start", unit)


# Commands of the units: does the agent serve Envoy; is Envoy ready, drain it, watch it.

def agent_self():
    """What /v1/agent/self says; {} when the agent does not answer, or not to this token."""
    own, token = os.environ.get, os.environ.get("CONSUL_HTTP_TOKEN", "")
    scheme, _, place = own("CONSUL_HTTP_ADDR", "").rpartition("://")
    try:
        if scheme == "https" or own("CONSUL_HTTP_SSL", "").lower() in ("1", "t", "true"):
            import ssl
            trust = ssl.create_default_context(cafile=own("CONSUL_CACERT") or None)
            if own("CONSUL_CLIENT_CERT"):
                trust.load_cert_chain(own("CONSUL_CLIENT_CERT"), own("CONSUL_CLIENT_KEY") or None)
            connection = http.client.HTTPSConnection(place or "127.0.0.1:8501", timeout=5, context=trust)
        else:
            connection = http.client.HTTPConnection("localhost" if scheme == "unix" else place or "127.0.0.1:8500", timeout=5)
        if scheme == "unix":
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(5)
            connection.sock.connect(place)
        token = read(own("CONSUL_HTTP_TOKEN_FILE", "")).strip() or token
        connection.request("GET", "/v1/agent/self", headers={"X-Consul-Token": token} if token else {})
        answer = connection.getresponse()
        found = json.loads(answer.read().decode("utf-8")) if answer.status == 200 else {}
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError, ImportError, http.client.HTTPException):
        return {}


def xds():
    """Says what keeps the agent from serving Envoy, by its own word; fails when there is no port that could: Envoy would try
    for ever, in silence. What the agent does not tell is not held against it."""
    settings = agent_self().get("DebugConfig")
    settings = settings if isinstance(settings, dict) else {}
    ports = [settings[key] for key in ("GRPCPort", "GRPCTLSPort") if isinstance(settings.get(key), int)]
    if settings.get("ConnectEnabled") is False:
        log("Connect is disabled in the agent: its configuration lacks connect { enabled = true }")
    if not ports or max(ports) > 0 or os.environ.get("CONSUL_GRPC_ADDR"):
        return 0
    log("the agent listens on no port that gives Envoy its configuration (xDS): its own lacks ports { grpc = 8502 }, or "
        "ports { grpc_tls = 8503 }. Add it and restart the agent; nothing is redirected, and the sidecar is not started")
    return 1


def ask(admin, method, target, timeout=1):
    """The status of one request to Envoy's admin API; 0 when there is no answer."""
    try:
        connection = http.client.HTTPConnection(admin, timeout=max(int(timeout), 1))
        connection.request(method, target)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0


def gone(unsaid=False):
    """Whether the unit's main process has ended. systemd names none to ExecStop when it ended by itself."""
    process = os.environ.get("MAINPID")
    return not os.path.exists("/proc/" + process) if process else unsaid


def ready(admin, delay, period, attempts, timeout):
    """Waits until Envoy is ready; fails when it is not in time, and at once when it has ended: traffic is redirected to it."""
    time.sleep(int(delay))
    for _ in range(0 if gone() else int(attempts)):
        asked = time.monotonic()
        if ask(admin, "GET", "/ready", timeout) == 200:
            return 0
        while not gone() and time.monotonic() - asked < max(int(period), 0.2):
            time.sleep(0.1)
        if gone():
            break
    log("Envoy at %s did not become ready in time" % admin)
    return 1


def drain(admin, seconds):
    log("draining the listeners of Envoy at %s: status %d" % (admin, ask(admin, "POST", "/drain_listeners?graceful", 5)))
    return wait(admin, seconds)


def wait(_, seconds):
    """Waits out the grace period, or until Envoy is gone."""
    end = time.monotonic() + int(seconds)
    while time.monotonic() < end and not gone(True):
        time.sleep(0.2)
    return 0


def watch(admin, seconds, unit):
    """Kills a sidecar that has not been ready for so long; systemd then restarts it, and this with it."""
    last = time.monotonic()
    while time.monotonic() - last < int(seconds):
        state = "active" if ask(admin, "GET", "/ready") == 200 else state_of(unit) + "?"
        if state in ("failed?", "inactive?"):
            return 0
        if state != "active?":
            last = time.monotonic()
        time.sleep(1)
    log("%s has not been ready for %s seconds and is killed" % (unit, seconds))
    return 0 if systemctl("kill", "--kill-who=main", "--signal=SIGKILL", unit) else 1


def unique(pairs):
    found = dict(pairs)
    if any(found[key] != value for key, value in pairs):
        raise Bad("a key stands there twice, with two values")
    return found


def load(name, optional):
    """The configuration, or None when there is no such file and it is `optional`. Raises Refused."""
    try:
        with (sys.stdin.buffer if name == "-" else open(name, "rb")) as file:
            content = file.read(2**20 + 1)
        if len(content) > 2**20:
            raise Bad("larger than a mebibyte")
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=unique) or {}
    except (OSError, ValueError, RecursionError) as error:
        if optional and isinstance(error, FileNotFoundError):
            return None
        raise Refused([("file", "cannot be read as JSON: %s" % error)])


def shown(wanted, kind, name):
    """What --dry-run prints."""
    services = [service for service in wanted.services if name in (None, service["name"])]
    if kind == "service-registration":
        return registration_text(wanted)
    if kind:
        return views(services[0])[kind] if services else ""
    files = [(REGISTRATION, registration_text(wanted))] + [pair for service in services for pair in service_files(service).items()]
    return "\n".join("# %s\n%s" % pair for pair in files if pair[1])


def main(argv):
    if argv and argv[0] in ("xds", "ready", "drain", "wait", "watch"):
        return globals()[argv[0]](*argv[1:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-f", "--filename", "--config", dest="config", metavar="PATH", help="default %s; - is stdin" % CONFIG)
    parser.add_argument("--root", metavar="DIR", default="", help="write below this directory and leave systemd alone")
    parser.add_argument("--dry-run", action="store_true", help="print what would be written")
    parser.add_argument("--type", choices=["service-registration"] + sorted(views({})), help="print only this")
    parser.add_argument("--service", metavar="NAME", help="of this service (default: the first)")
    parser.add_argument("--host", metavar="JSON", default="{}", help="facts in place of this host's own")
    options = parser.parse_args(argv)
    root = os.path.abspath(options.root).rstrip("/") if options.root else ""
    name = options.config or root + CONFIG
    try:
        config = load(name, not options.config)
        wanted = Plan() if config is None else plan(config, dict(gather(config), **json.loads(options.host)))
    except Refused as refused:
        for key, message in refused.args[0]:
            log("%s: %s: %s" % (name, key, message))
        return 2
    for key, message in wanted.warnings:
        log("%s: %s: %s" % (name, key, message))
    if options.dry_run or options.type:
        sys.stdout.buffer.write(shown(wanted, options.type, options.service).encode("utf-8"))
        return 0
    return Guest(root, not root and os.path.isdir("/run/systemd/system")).apply(wanted)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Exception as problem:  # no traceback, whatever the input
        log("failed: %s: %s" % (type(problem).__name__, problem))
        sys.exit(1)
