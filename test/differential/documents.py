"""User-data of every format with annotations in it, made by a random generator: right ones, wrong ones, awkward ones."""
import base64
import gzip
import json
import quopri

P, A = "consul.hashicorp.com/", "alpha.consul.hashicorp.com/"
KEYS = [P + "connect-inject"] * 6 + [P + "connect-service"] * 3 + [P + name for name in (
    "connect-service-port", "connect-service-upstreams", "service-tags", "connect-service-tags", "service-meta-a", "service-meta-",
    "transparent-proxy", "transparent-proxy-exclude-inbound-ports", "transparent-proxy-exclude-uids", "transparent-proxy-exclude-ssh", "proxy-config-map",
    "envoy-extra-args", "connect-inject-status", "unknown", "")] + [A + "acl-token-file", A + "health-check", A + ""]
PLAIN = ["true", "false", "True", "FALSE", "yes", "no", "on", "Off", "y", "web", "web-1", "8080", "0", "-5", "+5", "010", "0x1f", "0b11", "1_000", "1:30",
         "22:22", "8080:80", "1.5", ".5", "1e3", "1.0e+3", ".inf", "~", "null", "", "2020-01-01", "a,b", "api:1234, db:5432", "a b # c", "a#b",
         "# c", "=", "<<", "\"true\"", "'true'", "\"a # b\"", "'it''s' # c", "\"tab\\tq\\\"\\u00e9\"", "\"open", "'open", "\"a\" b", "\"\\q\"", "\u00e9\u2603",
         "web   ", "|x", "a: b", "a:b", "{{ ds.x }}", "{% x %}", "{{x", "/etc/t", "*x", "&a", "!!str 5"]
NODES = PLAIN + ["[a, b]", "[8080, 9090]", "[true, 010]", "['x,y', z]", "[[a]]", "[]", "{}", "{a: 1}", "{a: [1, 2.0, 1.5, yes, ~, '5'], b: {c: d}}", "|\n  one\n  two",
                 ">-\n  one\n  two", "\n  - a\n  - b,c", "\n  a: b\n  c: 5", "&x true", "!!str true", "\"two\n  lines\""]
OTHERS = ["packages: [nginx]", "runcmd:\n  - echo hi\n  - [a, b]", "users:\n  - default", "hostname: web", "# a comment", "", "ntp: {enabled: no}",
          "write_files:\n  - path: /x\n    content: |\n      # consul.hashicorp.com/x: y\n      a: b", "? a\n: b", "'quoted key': 1", "x: &anchor y", "z: \"q\""]
HEADERS = ["#cloud-config", "#cloud-config", "#cloud-config", "#!/bin/sh", "#cloud-boothook\n#!/bin/sh", "## template: jinja\n#cloud-config",
           "## template: jinja\n#!/bin/sh", "## template: jinja", "#cloud-config-archive", "#cloud-config-jsonp", "#include", "#include-once", "#part-handler",
           "# none", "", "\n\n#cloud-config", "#CLOUD-CONFIG # x", "\ufeff#cloud-config", "text/x-shellscript"]
TYPES = ["text/cloud-config", "text/x-shellscript", "text/plain", "text/x-not-multipart", "text/jinja2", "text/cloud-boothook", "text/part-handler",
         "text/cloud-config-archive", "application/octet-stream", "TEXT/Cloud-Config", "text/plain; charset=\"utf-8\""]


def comments(rng, values=PLAIN, tabs=True):
    """Header comments. PyYAML, and so cloud-init, refuses a cloud-config with a tab before a comment; the tool's parser does not."""
    lines = []
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        lead = rng.choice(["# ", "#", "  # ", "## ", "#\t", "\t#  " if tabs else "#", "#\u00a0"])
        colon = rng.choice([": "] * 6 + [":", " : ", ":\t", " "])
        lines.append(lead + rng.choice(KEYS) + colon + rng.choice(values))
        lines += rng.choice([[], [], [""], ["# prose: x"], ["   "], ["\x0c"]])
    return lines


def entries(rng, values):
    """Lines of a block mapping with annotations among other things."""
    lines = []
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        key, value = rng.choice(KEYS), rng.choice(values)
        key = rng.choice([key] * 5 + ["\"%s\"" % key, "'%s'" % key])
        lines.append("%s: %s%s" % (key, value, rng.choice(["", "", "", " # why"]) if "\n" not in value else ""))
    return lines


def indented(lines, by="  "):
    return [by + line for text in lines for line in text.split("\n")]


def mapping(rng):
    lines = []
    for _ in range(rng.choice([1, 2, 3])):
        kind = rng.random()
        if kind < 0.4:
            lines.append(rng.choice(OTHERS))
        elif kind < 0.7:
            lines += entries(rng, NODES if rng.random() < 0.3 else ["true", "\"true\"", "web", "8080"])
        elif kind < 0.8:
            lines += [rng.choice(["annotations:", "annotations:", "'annotations':", "annotations: &shared"])] + indented(entries(rng, PLAIN[:14]) or ["a: b"])
        elif kind < 0.9:
            lines += ["metadata:", "  name: x", "  annotations:"] + indented(entries(rng, PLAIN[:14]) or ["a: b"], "    ")
        else:
            lines.append(rng.choice([
                "{%sconnect-inject: 'true', packages: [x]}" % P, "annotations: {%sconnect-inject: true, b: c}" % P, "metadata: {annotations: {%sconnect-service: web}}" % P,
                "annotations: *shared", "<<: {%sconnect-inject: true}" % P, "<<: [{a: b}]", "base: &b {%sconnect-service: web}\nannotations:\n  <<: *b" % P,
                "base: &v web\n%sconnect-service: *v" % P, "annotations: [a]", "annotations:", "metadata: x", "---", "...", "\tx: y", "a: [", "- item"]))
    return lines


def document(rng, header=None):
    header = rng.choice(HEADERS) if header is None else header
    lines = ([header] if header else []) + comments(rng, PLAIN if rng.random() < 0.3 else ["true", "\"true\"", "web", "8080", "a,b"],
                                                       "cloud-config" not in header.lower())
    if "cloud-config" in header.lower() and "-" not in header.lower().replace("cloud-config", "", 1):
        lines += mapping(rng)
    elif "jsonp" in header:
        lines.append(json.dumps([{"op": "add", "path": "/" + P + "x", "value": "y"}]))
    elif "archive" in header:
        lines += ["- type: text/cloud-config", "  content: |", "    " + P + "connect-inject: true"]
    else:
        lines += ["echo hello"] + comments(rng)
    # A block scalar at the very end has its line feed: PyYAML and the tool's parser differ in one without.
    ends = ["\n"] if lines and lines[-1].endswith("two") else ["", "\n", "\n", "\n\n", "\n..."]
    return rng.choice(["\n", "\n", "\n", "\r\n"]).join(lines) + rng.choice(ends)


def part(rng):
    text, kind = document(rng), rng.choice(TYPES)
    encoding = rng.choice(["7bit", "7bit", "8bit", "base64", "BASE64", "quoted-printable", None])
    headers = ["Content-Type: " + kind] if rng.random() < 0.95 else []
    if rng.random() < 0.5:
        headers.append("MIME-Version: 1.0")
    if encoding:
        headers.append("Content-Transfer-Encoding: " + encoding)
    content = text.encode("utf-8", "surrogatepass")
    if encoding in ("base64", "BASE64"):
        content = base64.encodebytes(gzip.compress(content) if rng.random() < 0.1 else content)
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content)
    return "\n".join(headers).encode() + b"\n\n" + content


def message(rng):
    if rng.random() < 0.1:
        return b"MIME-Version: 1.0\n" + part(rng)
    boundary = rng.choice(["B", "==x==", "a b"])
    nested = [message(rng)] if rng.random() < 0.15 else []
    parts = nested + [part(rng) for _ in range(rng.choice([0, 1, 2, 3]))]
    rng.shuffle(parts)
    head = "%sContent-Type: multipart/mixed; boundary=\"%s\"\nMIME-Version: 1.0\n\n" % (rng.choice(["", "", "From me now\n"]), boundary)
    body = b"".join(b"--" + boundary.encode() + b"\n" + one + b"\n" for one in parts)
    return head.encode() + body + (b"--" + boundary.encode() + b"--\n" if rng.random() < 0.9 else b"")


def user_data(rng):
    content = message(rng) if rng.random() < 0.3 else document(rng).encode("utf-8")
    if rng.random() < 0.03:
        content = content.decode("utf-8", "replace").encode("latin-1", "replace")
    if rng.random() < 0.02:
        content = b"#cloud-config\n# mime-version: 1.0\n" + content
    wrapping = rng.random()
    if wrapping < 0.08:
        return gzip.compress(content)
    if wrapping < 0.12:
        return base64.b64encode(content)
    if wrapping < 0.15:
        return base64.encodebytes(gzip.compress(content))
    return content
