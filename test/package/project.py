"""Copies of the project as git would hand it out, and versions of Node beside the one that runs."""
import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def node(which: str) -> Path:
    """The folder with the program `node` of a version: `floor`, `22`, `24` or `executable`, or '' for the one that runs."""
    if not which:
        return Path(shutil.which('node')).parent
    words = ['node', str(PROJECT / 'src/build/release/node.mjs'), which]
    return Path(subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=300, check=True).stdout.strip()).parent


def run(words: list, folder: Path, which: str = '', **more: object) -> subprocess.CompletedProcess:
    """Runs a program to its end with a version of Node; what it says is text."""
    env = {**os.environ, 'PATH': f'{node(which)}:{os.environ["PATH"]}', **more.pop('env', {})}
    done = subprocess.run([str(word) for word in words], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=600, check=False, **more)
    if done.returncode:
        raise AssertionError(f'{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}')
    return done


def link(source: str, target: str) -> None:
    """A second name for a file of a package, which nobody writes to; a copy where that is another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def copy_to(folder: Path) -> Path:
    """The project with its packages, and nothing that was built."""
    names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=PROJECT, stdout=subprocess.PIPE, check=True).stdout
    for name in filter(None, names.decode().split('\0')):
        if not (PROJECT / name).exists():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / name, folder / name)
        if os.access(PROJECT / name, os.X_OK):
            (folder / name).chmod((folder / name).stat().st_mode | 0o100)
    shutil.copytree(PROJECT / 'node_modules', folder / 'node_modules', copy_function=link, symlinks=True)
    return folder
