"""What the stand-ins share: the record of calls, the knobs, and flags as Go's `flag` package reads them."""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

RECORD = '/var/log/stand-in/calls.jsonl'
REGISTRATION = Path('/etc/consul.d/service-registration.json')
MARK = 'STAND-IN-CALL '


def knob(name):
    """The text of /etc/stand-in/<name>, stripped; None when a test has not set it."""
    try:
        return Path('/etc/stand-in', name).read_text().strip()
    except OSError:
        return None


def registration():
    """The SHA-256 of the registration as it is now; None while there is none or it is not ours to read."""
    try:
        return hashlib.sha256(REGISTRATION.read_bytes()).hexdigest()
    except OSError:
        return None


def record(program, event, **more):
    """Appends one JSON line; a sandboxed unit that may not write there says it in the journal instead."""
    line = json.dumps({
        'program': program, 'event': event, 'argv': sys.argv[1:], 'uid': os.geteuid(), 'pid': os.getpid(),
        'env': {key: value for key, value in os.environ.items() if key.startswith(('CONSUL_', 'CONNECT_', 'ENVOY_'))},
        'monotonic_us': time.monotonic_ns() // 1000, 'registration': registration(),
        'registration_exists': os.path.lexists(REGISTRATION),
        **more,
    })
    try:
        with open(os.open(RECORD, os.O_WRONLY | os.O_APPEND), 'w') as out:
            out.write(line + '\n')
    except OSError:
        print(MARK + line, file=sys.stderr, flush=True)


def die(message):
    print(message, file=sys.stderr, flush=True)
    sys.exit(1)


def flags(argv, spec):
    """Splits `-name=value`, `--name value` and switches; spec maps a name to str, list or bool.

    Returns the values and what follows the first word that is no flag (a `--` is dropped). Exits 1 as Consul does.
    """
    values = {name: [] if kind is list else None for name, kind in spec.items()}
    rest = list(argv)
    while rest and rest[0].startswith('-') and rest[0] != '-':
        word = rest.pop(0)
        if word == '--':
            break
        name, equals, value = word.lstrip('-').partition('=')
        kind = spec.get(name)
        if kind is None:
            die(f'flag provided but not defined: -{name}')
        if kind is bool:
            values[name] = value if equals else 'true'
            continue
        if not equals:
            if not rest:
                die(f'flag needs an argument: -{name}')
            value = rest.pop(0)
        if kind is list:
            values[name].append(value)
        else:
            values[name] = value
    return values, rest
