"""Reads the annotations that stand in user-data, as the command line of consul-vm-inject does: in the comments that open a
document of any format, and as keys of a cloud-config. Pure: bytes in, annotations out. Nothing is evaluated."""
import base64
import email
import json
import re
import zlib

try:
    import yaml  # comes with cloud-init, for the Python that runs cloud-init
except ImportError:
    yaml = None

# What \s and the end of a line are to the command line.
WHITE = "\t\n\x0b\x0c\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200b))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
ENDS = "\n\r\u2028\u2029"
DOMAIN = "consul.hashicorp.com/"
KEY = re.compile(r"(?:alpha\.)?consul\.hashicorp\.com/")
COMMENT = re.compile(r"[{0}]*#+[{0}]*((?:alpha\.)?consul\.hashicorp\.com/[^{0}:]*)[{0}]*:[ \t]*(.*)\Z".format(WHITE), re.S)
QUOTED = re.compile(r"(\"(?:[^\"\\]|\\[^{1}])*\"|'(?:[^']|'')*')[{0}]*(?:#[^{1}]*)?\Z".format(WHITE, ENDS))
REMARK = re.compile(r"(?:\A|[{0}])#[^{1}]*\Z".format(WHITE, ENDS))
KEY_LINE = re.compile(r"[ \t]*[\"']?(?:alpha\.)?consul\.hashicorp\.com/[^{0}:\"']*[\"']?[ \t]*:".format(WHITE))
LISTS = re.compile(r"/(?:expose-paths|retry-join|transparent-proxy-exclude-(?:(?:in|out)bound-ports|outbound-cidrs|uids)|connect-service(?:-port|-upstreams)?|(?:connect-)?service-tags)\Z")
SWITCHES = re.compile(r"(?:consul\.hashicorp\.com/(?:connect-inject|transparent-proxy(?:-overwrite-probes)?|dual-stack|consul-dns|enable-(?:metrics(?:-merging)?|consul-dataplane-as-sidecar|sidecar-proxy(?:-lifecycle|(?:-lifecycle)?-shutdown-drain-listeners))|use-proxy-health-check|consul-sidecar-access-log-enabled|service-(?:ignore|sync))|alpha\.consul\.hashicorp\.com/(?:transparent-proxy-exclude-(?:ssh|serf|metadata|platform)|dialed-directly|health-check|acl-aws-iam|auto-encrypt))\Z")
MAPPINGS = re.compile(r"/(?:proxy-config-map|consul-sidecar-user-volume(?:-mount)?)\Z")
FORMS = [("#cloud-config-archive", "archive"), ("#cloud-config-jsonp", "jsonp"), ("#cloud-config", "cloud-config"),
         ("## template: jinja", "jinja"), ("#!", "script"), ("#cloud-boothook", "boothook"), ("#include", "include"),
         ("#part-handler", "part-handler")]
SNIFFED = ("text/plain", "text/x-not-multipart", "text/x-shellscript")
DECLARED = {"text/cloud-config": "cloud-config", "text/jinja2": "jinja"}
LIMIT = 16 * 1024 * 1024
# An empty value of these still says something.
CLEARED = DOMAIN + "service-meta-", DOMAIN + "envoy-extra-args"


class Unclear(ValueError):
    """What keeps the annotations from being read, or what is wrong with one."""


def shown(text):
    return json.dumps(text if len(text) <= 80 else text[:77] + "...")


def form_of(text):
    head = text.lstrip()[:64].lower()
    return next((form for opening, form in FORMS if head.startswith(opening)), None)


# Bytes -> documents, each as its text and its form.

def text_of(content):
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def says_mime(content):
    return b"mime-version:" in content[:4096].lower()


def gunzipped(content):
    """What one layer of gzip holds; the content itself when it is none, or damaged."""
    rest, unpacked = content, b""
    while rest[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        try:
            unpacked += member.decompress(rest, LIMIT - len(unpacked) + 1)
        except zlib.error:
            return content
        if len(unpacked) > LIMIT:
            raise Unclear("the user-data unpacks to more than %d MiB" % (LIMIT >> 20))
        if not member.eof:
            return content
        rest = member.unused_data
    return unpacked if content[:2] == b"\x1f\x8b" else content


def unwrapped(content):
    joined = "".join(line.strip() for line in text_of(content).rstrip().split("\n"))
    if len(joined) % 4 == 0 and re.match(r"[A-Za-z0-9+/]+={0,2}\Z", joined):
        inner = base64.b64decode(joined)
        if inner[:2] == b"\x1f\x8b" or says_mime(inner) or form_of(text_of(inner)):
            content = inner
    return gunzipped(content)


def leaves(message):
    """The documents of a MIME message, as cloud-init finds them."""
    kind, payload = message.get_content_type(), message.get_payload()
    if isinstance(payload, list):
        return [leaf for part in payload for leaf in leaves(part)] if kind.startswith("multipart/") else []
    form = DECLARED.get(kind)
    if str(message.get("content-transfer-encoding", "")).lower() in ("base64", "quoted-printable"):
        packed = message.get_payload(decode=True)
        content = gunzipped(packed)
        payload = text_of(content)
        if content is not packed:
            return [(payload, form_of(payload))]
    return [(payload, (form_of(payload) or form) if kind in SNIFFED else form)]


def documents(content):
    content = unwrapped(content)
    text = text_of(content)
    if not says_mime(content):
        return [(text, form_of(text))]
    message = email.message_from_string(text)
    if not message.keys():
        return [(message.get_payload(), form_of(message.get_payload()))]
    return leaves(message)


# The comments that open a document.

def comment_value(text):
    quoted = QUOTED.match(text)
    if quoted:
        return unquoted(quoted.group(1))
    return REMARK.sub("", text, count=1).rstrip(WHITE)


def unquoted(text):
    try:
        if yaml:
            return yaml.compose(text, Loader=yaml.SafeLoader).value
        return json.loads(text) if text[0] == "\"" else text[1:-1].replace("''", "'")
    except (ValueError, yaml.YAMLError if yaml else ValueError):
        return text


def comments(text, form):
    found = []
    for line in re.split("\r\n?|\n", text) if form in ("cloud-config", "archive") else text.split("\n"):
        line = line.strip(WHITE)
        if line and not line.startswith("#"):
            break
        match = COMMENT.match(line)
        if match:
            found.append((match.group(1), comment_value(match.group(2))))
    return found


# The keys of a cloud-config: at the top level, under `annotations`, under `metadata: {annotations}`.

def key_line(text):
    """In a text that is not YAML: the first line that would be an annotation's key if it were."""
    owner = ""
    for line in re.split("[%s]" % ENDS, text):
        if line and line[0] not in WHITE + "#{":
            owner = line
        if KEY_LINE.match(line) and (line == owner or re.match(r"(?:annotations|metadata)[ \t]*:", owner)):
            return line
    return None


def kind_of(node):
    """`str`, `int`, `merge` ... of a scalar; a quoted one is always `str`."""
    return node.tag.rpartition(":")[2]


def entries(node):
    """The entries of a mapping whose keys are scalars; of any other node none."""
    return [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)] \
        if isinstance(node, yaml.MappingNode) else []


def data(node, left=None):
    """A node as plain data; what aliases unfold to is bounded."""
    left = [100000] if left is None else left
    left[0] -= 1
    if left[0] < 0:
        raise Unclear("its aliases unfold to more than will be read")
    if isinstance(node, yaml.SequenceNode):
        return [data(item, left) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key.value if isinstance(key, yaml.ScalarNode) else "": data(value, left) for key, value in node.value}
    kind, text = kind_of(node), node.value
    if kind in ("null", "bool"):
        return None if kind == "null" else text.lower() in ("yes", "true", "on")
    if kind == "int" and re.match(r"[-+]?(?:0|[1-9][0-9]{0,15})\Z", text) and abs(int(text)) < 2**53:
        return int(text)
    if kind == "float" and re.match(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z", text):
        return int(float(text)) if float(text).is_integer() else float(text)
    if kind in ("int", "float", "timestamp"):
        raise Unclear("%s inside is another %s to YAML 1.1: quote it" % (text[:80], kind))
    return text


def value_of(key, node):
    """The string that a value stands for; what YAML 1.1 would turn into another number is refused, not guessed."""
    if isinstance(node, yaml.SequenceNode) and LISTS.search(key):
        values = [value_of(key + " item", item) for item in node.value]
        return ",".join(tag_item(value) if key.endswith("service-tags") else value for value in values)
    if not isinstance(node, yaml.ScalarNode) and MAPPINGS.search(key):
        return json.dumps(data(node), ensure_ascii=False, separators=(",", ":"))
    if not isinstance(node, yaml.ScalarNode):
        raise Unclear("%s is not a string" % key)
    kind, text = kind_of(node), node.value
    if kind == "bool" and SWITCHES.match(key):
        return "true" if text.lower() in ("yes", "true", "on") else "false"
    if kind in ("str", "bool") or kind == "int" and re.match(r"-?(?:0|[1-9][0-9]*)\Z", text):
        return text
    raise Unclear("%s is not a string but %s: quote it" % (key, "empty" if kind == "null" else kind))


def keys(text):
    if DOMAIN not in text:
        return []
    try:
        if not yaml:
            raise Unclear("this Python has no PyYAML")
        root = next(iter(list(yaml.compose_all(text, Loader=yaml.SafeLoader))), None)
    except (Unclear, yaml.YAMLError if yaml else Unclear) as error:
        line = key_line(text)
        if line is None:
            return []
        raise Unclear("annotation keys cannot be read, write comments: %s: %s" % (shown(line), str(error).split("\n")[0]))
    top = entries(root)
    places = [root] + [value for key, value in top if key.value == "annotations"]
    for key, value in top:
        if key.value == "metadata":
            places += [below for name, below in entries(value) if name.value == "annotations"][-1:]
    for place in places:
        for key, value in entries(place):
            sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
            if kind_of(key) == "merge" and any(KEY.match(name.value) for one in sources for name, _ in entries(one)):
                raise Unclear("annotations arrive through a YAML merge key (<<)")
    return [(key.value, value_of(key.value, value)) for place in places for key, value in entries(place) if KEY.match(key.value)]


def read_user_data(content):
    """The annotations of user-data by key. Raises Unclear, also when one is given twice, with different values."""
    found = {}
    for text, form in documents(content):
        rest = text.partition("\n")[2] if form_of(text) == "jinja" else text
        annotations = comments(text, form_of(rest) if form == "jinja" else form)
        if form == "cloud-config" or form == "jinja" and form_of(rest) == "cloud-config":
            annotations += keys(text)
        if form == "cloud-config" and re.search(r"(?m)^[^#\n]*# >>> consul-vm-inject ", text):
            annotations.append((DOMAIN + "connect-inject-status", "injected"))
        for key, value in annotations:
            if form == "jinja" and re.search(r"\{[{%]", value):
                raise Unclear("%s is a jinja expression: write the value itself" % key)
            if stated(key, value) and found.setdefault(key, value) != value:
                raise Unclear("%s is given twice in the user-data, with different values" % key)
    return found
