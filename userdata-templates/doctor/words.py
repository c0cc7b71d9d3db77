"""Texts for people: nothing in them moves a cursor, and no secret is among them."""
import re

# As in the preview of consul-vm-inject: without one of these no name is that of a secret.
WITHIN = re.compile(
    r"passw(?:or)?d|passwd|passphrase|passcode|secret|token|credential|authorization|preshared|connection_?string|"
    r"(?:api|access|account|auth|private|priv|signing|encrypt|encryption|master|license|unseal|recovery|host)_?key|basic_?auth|"
    r"signature|bearer|cookie|_private$")
WORD = re.compile(r"(?:^|_)(?:pass|pwd|psk|sig|jwt|otp|pat|dsn|encrypt|gossip)(?:_|$)|pass$|pwd$|(?:^|_)auth$")
HARMLESS = re.compile(r"^(?:nopasswd|pwd|oldpwd|bypass|compass)$|^(?:acl_)?tokens?_(?:ttl|min_ttl|max_ttl|policy|persistence|replication)|"
                      r"_(?:count|days|interval|rejected|update\w*|changed)$")
PLACE = re.compile(r"(?:^|_)(?:file|path|dir|directory|folder|filename|method|name|type)s?$")
MASK = "********"
SHAPES = (
    re.compile(r"-{4,5} ?BEGIN [^\n-]*PRIVATE[^\n-]*-{4,5}([\s\S]*?)(?=-{4,5} ?END |$(?![\s\S]))"),
    re.compile(r"(?i)\b(?:Bearer|Basic)\s+([\w+/=.~$-]{6,})"),
    re.compile(r"://[^\s/:@\"'<>]*:([^\s@\"'<>]+)@"),
    re.compile(r"\b(eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*)"),
    re.compile(r"\b((?:AKIA|ASIA)[0-9A-Z]{16}|(?:gh[opsur]_|github_pat_|glpat-|hv[bsr]\.|xox[abeoprs]-)[\w.-]{12,})"),
    re.compile(r"(\$(?:1|2[abxy]?|5|6|7|y|gy|argon2\w*)\$[^\s\"',]+)"),
)
# NAME=VALUE, NAME: VALUE, in whatever a log or a settings file is written; the last part of a path is no name.
ASSIGNED = re.compile(r"""(?<![/\w.])([A-Za-z][\w.-]*)(["']?\s*(?:[:=]+)\s*|["']\s*,\s*|\s+(?=["']))("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;"'{}\[\]]+)""")


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").lower()


def is_secret(name):
    """Whether what goes by this name is a secret, as far as names tell."""
    name = snake(name)
    return bool(WITHIN.search(name) or WORD.search(name)) and not (HARMLESS.search(name) or PLACE.search(name))


def is_plain(value):
    """Values that are no secret whatever their name is: switches, numbers, times, paths."""
    value = value.strip("\"'")
    return bool(re.match(r"(?i)(?:true|false|yes|no|on|off|null|none|hidden|\*+|\[redacted\]|-?[\d.]+(?:ms|s|m|h)?|(?:/[\w@.%-]+)+)?\Z", value))


def masked(text, secrets=()):
    """The text without secrets: those that are known, those of a telling shape, and those of a telling name."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for shape in SHAPES:
        text = shape.sub(lambda found: found.group().replace(found.group(1), MASK), text)

    def named(found):
        name, between, value = found.groups()
        if not is_secret(name) or is_plain(value):
            return found.group()
        quote = value[0] if value[0] in "\"'" else ""
        return name + between + quote + MASK + quote
    return ASSIGNED.sub(named, text)


def masked_data(data, secrets=(), name=""):
    """JSON without secrets."""
    if isinstance(data, dict):
        # {"key": "x-consul-token", "value": "..."}
        told = next((data[key] for key in ("key", "name", "header_name") if isinstance(data.get(key), str)), "")
        return {key: masked_data(value, secrets, told if key in ("value", "raw_value") and is_secret(told) else key)
                for key, value in data.items()}
    if isinstance(data, list):
        return [masked_data(item, secrets, name) for item in data]
    if isinstance(data, str):
        return MASK if name and is_secret(name) and not is_plain(data) else masked(data, secrets)
    return data


def shown(text):
    """One line in which nothing moves the cursor."""
    text = re.sub(r"\s+", " ", text).strip()
    return "".join(char if char.isprintable() else "\\u%04x" % ord(char) for char in text)


def span(seconds):
    """A duration, in words."""
    seconds = abs(int(seconds))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return "%d %ss" % (seconds // size, unit)
    return "%d second%s" % (seconds, "" if seconds == 1 else "s")


def listed(names, most=4):
    """`a, b and 3 more`"""
    names = list(names)
    if len(names) <= most:
        return ", ".join(names)
    return "%s and %d more" % (", ".join(names[:most]), len(names) - most)


def version_of(text):
    """The first version in a text, as numbers; None where there is none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text or "")
    return tuple(int(part or 0) for part in found.groups()) if found else None


def dotted(version):
    return ".".join(map(str, version))
