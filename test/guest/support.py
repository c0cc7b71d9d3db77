"""What the guest tests share: the guest files, the generator as a module, the stand-ins in bin/, the optional vectors."""
import json
import os
import re
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


def rooted(text, root):
    """A guest program whose own files stand below a folder: the paths that it names are constants."""
    return re.sub(r'"(?=/(?:srv|etc|run|var)[/"])', f'"{root}', text)


def load_generator(root=''):
    """generate-sidecar-configs.py as a module, its files below a folder; no bytecode is left beside it."""
    sys.dont_write_bytecode = True
    module = types.ModuleType('generate_sidecar_configs')
    source = (GUEST / 'generate-sidecar-configs.py').read_text(encoding='utf-8')
    exec(compile(rooted(source, root), 'generate-sidecar-configs.py', 'exec'), module.__dict__)
    return module


def programs(root, *names):
    """Puts guest programs of Python below a folder, which their files stand below, too. Returns the path of the generator there."""
    folder = Path(root) / 'srv/consul'
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ('generate-sidecar-configs.py', 'plan_annotations.py', 'probe-sidecar.py', 'acl-token.py', 'install-guest.py'):
        text = (GUEST / name).read_text(encoding='utf-8')
        (folder / name).write_text(text if name == 'plan_annotations.py' else rooted(text, root))
        (folder / name).chmod(0o755)
    return folder / 'generate-sidecar-configs.py'


# Put into the program of an envelope, behind what it has unpacked: all files stand below a folder.
BELOW = r'''import re
text=re.sub(r"(?m)^=== [0-7]{4} |\"(?=/(?:srv|etc|run|var)[/\"])", lambda found: found.group() + "ROOT", text)
own=re.sub(r"(?m)^=== [0-7]{4} |(?<=joins\": \")", lambda found: found.group() + "ROOT", own)
scope={}'''


def below(script, root):
    """A script of an envelope whose files stand below a folder: those that it names, that it installs, and that these name."""
    if 'scope={}' in script:
        script = script.replace('scope={}', BELOW.replace('ROOT', str(root)))
    else:
        script = re.sub(r'(?m)^(=== [0-7]{4} )(?=/)', rf'\g<1>{root}', script)
    return re.sub(r'(?<=[ "])/srv/consul(?=/[a-z_-]+\.py| &&)', f'{root}/srv/consul', script)


READERS = ['read-annotations.py', 'read-metadata.py', 'join-fleet.py']


def load_reader(root=''):
    """What a fleet's boothook runs on the guest, as a module: the generator, then the files of the envelope, one behind the other."""
    module = load_generator(root)
    for name in READERS:
        exec(compile(rooted((ENVELOPES / name).read_text(encoding='utf-8'), root), name, 'exec'), module.__dict__)
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
    own = {**os.environ, 'PATH': f'{BIN}:/usr/sbin:/sbin:{os.environ["PATH"]}', 'PYTHONDONTWRITEBYTECODE': '1', **(env or {})}
    return subprocess.run([str(word) for word in argv], env=own, timeout=timeout, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace', **options)
