"""Reads the annotations of the instance's metadata, and decides. cloud-init leaves what it got from the platform in one JSON
file; annotations are keys of it wherever they stand: tags, properties, keys of a meta-data file."""
# Stands behind what it uses in the envelope. ruff: noqa: F821

ALIASES = {DOMAIN + "connect-service-tags": DOMAIN + "service-tags",
           DOMAIN + "enable-sidecar-proxy-shutdown-drain-listeners":
           DOMAIN + "enable-sidecar-proxy-lifecycle-shutdown-drain-listeners"}
# Many platforms allow no slash in a key; LXD begins the operator's keys with `user.`.
TAG = re.compile(r"(?:user\.)?((?:alpha\.)?consul\.hashicorp\.com)[/:](.+)\Z", re.S)
DOCUMENTS = re.compile(r"(?:cloud-init\.|user\.)?(?:user|vendor)[-_]?data", re.I)
REDACTED = "redacted for non-root user"
TRUE, FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")


def tags(found):
    """Keys and values of annotations, wherever they stand. A list of {name, value} counts as keys, too."""
    if isinstance(found, list):
        return [pair for item in found for pair in tags(item)]
    if not isinstance(found, dict):
        return []
    named = {key.lower(): value for key, value in found.items()}
    name = named.get("name", named.get("key"))
    pairs = list(found.items()) + ([(name, named["value"])] if isinstance(name, str) and "value" in named else [])
    result = []
    for key, value in pairs:
        tag = TAG.match(key)
        if tag:
            result.append(("/".join(tag.groups()), value))
        elif not DOCUMENTS.match(key):
            result += tags(value)
    return result


def stated(key, value):
    """Whether an annotation counts: an empty one does not, and hides none of a weaker layer."""
    return bool(value.strip()) or key.startswith(CLEARED)


def tag_item(tag):
    """A tag in a list of tags: its commas are escaped, and a backslash at its end escapes none."""
    return re.sub(r"\\\Z", r"\\ ", tag.replace(",", "\\,"))


def tag_value(key, value):
    """The string that a value of the metadata stands for; some platforms parse them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list) and LISTS.search(key):
        items = [tag_value(key, item) for item in value]
        return ",".join(tag_item(item) if key.endswith("service-tags") else item for item in items)
    if isinstance(value, (list, dict)) and MAPPINGS.search(key):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    raise Unclear("%s of the instance metadata is not a string" % key)


def read_metadata(instance):
    """The annotations of instance-data.json by key. Raises Unclear."""
    found = {}
    for key, value in tags(instance.get("ds") if isinstance(instance, dict) else None):
        text = tag_value(key, value)
        if text != REDACTED and stated(key, text) and found.setdefault(key, text) != text:
            raise Unclear("%s is given twice in the instance metadata, with different values" % key)
    return found


def decide(layers, fleet):
    """What becomes of this VM: (service-config or None, reason, whether what is there is left alone). The layers are the
    annotations from the strongest to the weakest; below them are the fleet's defaults. Raises Unclear."""
    merged = {}
    for layer in layers + [fleet["defaults"]["annotations"]]:
        taken = {ALIASES.get(key, key) for key in merged}
        merged.update((key, value) for key, value in layer.items() if ALIASES.get(key, key) not in taken and stated(key, value))
    status, asked = merged.get(DOMAIN + "connect-inject-status", ""), merged.get(DOMAIN + "connect-inject", "")
    if asked.strip() and asked not in TRUE + FALSE:
        raise Unclear("connect-inject is %s: write \"true\" or \"false\"" % shown(asked))
    if status.strip():
        return None, "connect-inject-status says %s" % shown(status), True
    reason = "connect-inject is %s" % shown(asked) if asked.strip() else (
        "injection is on by default" if fleet["inject"] else "connect-inject is not set")
    if asked not in TRUE and (asked.strip() or not fleet["inject"]):
        return None, reason, False
    annotations = dict(sorted(dict(merged, **{DOMAIN + "connect-inject": "true"}).items()))
    return dict(fleet["defaults"], annotations=annotations), reason, False
