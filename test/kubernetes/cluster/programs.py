"""The real API server, kubectl and etcd: cached outside the repository as the parts of the mesh suite are.

The API server and kubectl are built from the modules that apiserver/ pins; etcd is the one of the PATH, else the one in Debian's package,
which is unpacked and not installed: its service would start.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / folder) for folder in ('mesh', 'boot')]

from parts import build, cached, run  # noqa: E402
from root import Unavailable  # noqa: E402

KUBERNETES = '1.34.4'


def build_from_modules(command: str, program: Path) -> None:
    build(program, HERE / 'apiserver', f'k8s.io/kubernetes/cmd/{command}', GOTOOLCHAIN='auto')


def etcd_of_debian() -> str:
    """The version of the package that apt would take; empty where there is none."""
    said = subprocess.run(['apt-cache', 'show', '--no-all-versions', 'etcd-server'], capture_output=True, text=True).stdout
    return next((line.split()[1] for line in said.splitlines() if line.startswith('Version: ')), '')


def unpack_etcd(program: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(['apt-get', '-q', 'download', 'etcd-server'], cwd=folder)
        run(['dpkg-deb', '--extract', str(next(Path(folder).glob('*.deb'))), f'{folder}/root'])
        shutil.copyfile(f'{folder}/root/usr/bin/etcd', program)


def etcd() -> Path:
    place = shutil.which('etcd')
    if place:
        return Path(place)
    if not shutil.which('apt-get'):
        raise Unavailable('there is no etcd, and no apt to fetch it with')
    if not etcd_of_debian():
        run(['apt-get', '-q', 'update'])
    version = etcd_of_debian()
    if not version:
        raise Unavailable('apt knows no package etcd-server')
    return cached('etcd', version, unpack_etcd) / 'usr/bin/etcd'


def ready() -> dict[str, str]:
    """The programs by name. Makes those that are missing; raises Unavailable."""
    built = {name: cached(name, KUBERNETES, lambda program, name=name: build_from_modules(name, program)) / 'usr/bin' / name
             for name in ('kube-apiserver', 'kubectl')}
    return {name: str(path) for name, path in {**built, 'etcd': etcd()}.items()}


if __name__ == '__main__':
    print(*ready().values(), sep='\n')
