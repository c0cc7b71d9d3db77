"""The Containerfile of the examples without a container engine: its commands, in folders that hold what its stages copy and nothing else."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

from project import PROJECT, link, node, run

FILE = PROJECT / 'examples/container/Containerfile'
MANIFEST = json.loads((PROJECT / 'package.json').read_text())
WEB = re.search(r'```yaml before\n(.*?)```', (PROJECT / 'README.md').read_text(), re.S).group(1)


def stages() -> list:
    """The instructions of each stage, `FROM` first: pairs of a word and what stands behind it."""
    found = []
    for line in FILE.read_text().splitlines():
        if not line or line.startswith('#'):
            continue
        word, rest = line.split(' ', 1)
        if word == 'FROM':
            found.append([])
        found[-1].append((word, rest))
    return found


BUILD, FINAL = stages()


def of(stage: list, word: str) -> list:
    return [rest for each, rest in stage if each == word]


def copied(source: Path, target: Path) -> None:
    """What COPY does with one path: of a folder what is in it."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        return
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def tracked(path: str) -> list:
    """What a clone has below a path of the project."""
    words = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', path]
    names = subprocess.run(words, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [name for name in filter(None, names.split('\0')) if (PROJECT / name).exists()]


class Written(unittest.TestCase):
    def test_every_path_that_is_copied_is_in_a_clone(self) -> None:
        paths = [path for line in of(BUILD, 'COPY') for path in line.split()[:-1]]
        self.assertIn('src', paths)
        self.assertEqual([path for path in paths if not tracked(path)], [])

    def test_what_it_has_npm_run_is_a_script_of_the_project(self) -> None:
        scripts = [match.group(1) for line in of(BUILD, 'RUN') if (match := re.match(r'npm run (\S+)', line))]
        self.assertNotEqual(scripts, [])
        self.assertLessEqual(set(scripts), set(MANIFEST['scripts']))

    def test_it_runs_the_command_of_the_package_as_no_user_of_the_system(self) -> None:
        entry, = of(FINAL, 'ENTRYPOINT')
        self.assertLessEqual(set(json.loads(entry)), set(MANIFEST['bin']))
        user, = of(FINAL, 'USER')
        self.assertRegex(user, r'^[1-9]\d{3,}:[1-9]\d{3,}$')
        deployment = (PROJECT / 'examples/kubevirt/webhook/deployment.yaml').read_text()
        self.assertIn(f'runAsUser: {user.split(":")[0]}\n', deployment)
        self.assertIn(f'/consul-vm-inject:{MANIFEST["version"]} ', deployment)

    def test_both_stages_have_the_same_node(self) -> None:
        self.assertEqual({base.split()[0] for base in [*of(BUILD, 'FROM'), *of(FINAL, 'FROM')]}, {'node:24-slim'})


class Run(unittest.TestCase):
    """With Node.js 24. The packages of `npm ci` come out of npm's cache where they are there."""

    @classmethod
    def setUpClass(cls) -> None:
        root = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        root.chmod(0o755)
        folder = root / of(BUILD, 'WORKDIR')[0].strip('/')
        folder.mkdir()
        for word, rest in BUILD:
            *sources, target = rest.split()
            if word == 'COPY':
                for name in [name for source in sources for name in tracked(source)]:
                    copied(PROJECT / name, folder / target / Path(name).parent.relative_to(sources[0] if target != './' else '.'))
            if word == 'RUN':
                run(['sh', '-c', rest], folder, '24', env={'npm_config_prefer_offline': 'true'})
        cls.system = root / 'system'
        for line in of(FINAL, 'COPY'):
            stage, source, target = line.split()
            assert stage == '--from=build', line
            copied(root / source.strip('/'), cls.system / target.strip('/'))
        # Node.js where the image has it, for whoever may not look into the folders of root.
        link(str(node('24') / 'node'), str(cls.system / 'usr/local/bin/node'))
        cls.user = int(of(FINAL, 'USER')[0].split(':')[0])

    def started(self, *words: str, **more: object) -> subprocess.Popen:
        """The entry point as the user of the image, with nothing of this environment."""
        if os.geteuid() == 0:
            more = {'user': self.user, 'group': self.user, 'extra_groups': [], **more}
        env = {'PATH': f'{self.system}/usr/local/bin:/usr/bin:/bin', 'HOME': '/'}
        entry, = json.loads(of(FINAL, 'ENTRYPOINT')[0])
        return subprocess.Popen([self.system / 'usr/local/bin' / entry, *words], env=env, cwd='/', stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **more)

    def test_it_is_the_pipe(self) -> None:
        with self.started(stdin=subprocess.PIPE) as process:
            out, said = process.communicate(WEB, timeout=60)
        self.assertEqual(process.returncode, 0, said)
        (self.system / 'web.yaml').write_text(WEB)
        expected = run(['node', PROJECT / 'dist/bin/consul-vm-inject.js', self.system / 'web.yaml'], self.system)
        self.assertEqual(out, expected.stdout)

    def test_it_serves_on_every_address_until_it_is_stopped(self) -> None:
        seeds = self.system / 'seeds'
        copied(PROJECT / 'examples/serve/seeds', seeds)
        with self.started('serve', '--listen', ':0', '--directory', str(seeds), '--profile', 'prebuilt', stdin=subprocess.DEVNULL) as process:
            try:
                port = json.loads(process.stderr.readline())['address'].rsplit(':', 1)[1]
                with urllib.request.urlopen(f'http://127.0.0.1:{port}/web1/user-data', timeout=20) as answer:
                    body = answer.read().decode()
            finally:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
        self.assertIn((seeds / 'web1/user-data').read_text(), body)
        self.assertTrue(body.startswith('Content-Type: multipart/mixed'))
        self.assertEqual(process.returncode, 0)


if __name__ == '__main__':
    unittest.main()
