"""What the guest tests share: the guest files, the generator as a module, the stand-ins in bin/, the optional vectors."""
import importlib.util
import json
import os
import subprocess
import sys
import types
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GUEST = ROOT / 'userdata-templates' / 'guest'
ENVELOPES = ROOT / 'userdata-templates' / 'envelopes'
BIN = HERE / 'bin'
P = 'consul.hashicorp.com/'
A = 'alpha.consul.hashicorp.com/'


def load_generator():
    """generate-sidecar-configs.py as a module; no bytecode is left beside it."""
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location('generate_sidecar_configs', GUEST / 'generate-sidecar-configs.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READERS = ['read-annotations.py', 'read-metadata.py', 'join-fleet.py']


def load_reader():
    """What a fleet's boothook runs on the guest, as a module: the generator, then the files of the envelope, one behind the other."""
    module = types.ModuleType('reader')
    for path in [GUEST / 'generate-sidecar-configs.py', *(ENVELOPES / name for name in READERS)]:
        exec(compile(path.read_text(encoding='utf-8'), str(path), 'exec'), module.__dict__)
    return module


def vectors():
    """The optional cases from consul-k8s, or None where they are not present."""
    folders = [os.environ.get('CONSUL_VM_INJECT_SHARED'), ROOT.parent / 'shared']
    for folder in filter(None, folders):
        file = Path(folder) / 'vectors' / 'consul-k8s.json'
        if file.is_file():
            return json.loads(file.read_text(encoding='utf-8'))
    return None


def run(*argv, env=None, timeout=60, **options):
    """Runs a command with the stand-ins first in PATH; returns the completed process with text output."""
    own = dict(os.environ, PATH=f'{BIN}:/usr/sbin:/sbin:{os.environ["PATH"]}', PYTHONDONTWRITEBYTECODE='1', **(env or {}))
    return subprocess.run([str(word) for word in argv], env=own, timeout=timeout, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace', **options)
