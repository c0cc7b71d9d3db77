"""A cluster of two programs, etcd and the API server, in a network of its own; and a webhook of the tool that it asks."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
EXAMPLE = PROJECT / 'examples/kubevirt'
TOOL = ('node', str(PROJECT / 'dist/bin/consul-vm-inject.js'))
# An address that is not of loopback: those of Services may not be.
ADDRESS = '10.99.0.1'
TOKEN = 'the-operator'
PROBLEM = 'did not become ready'


def network() -> None:
    """Makes the empty network namespace that this process is in usable."""
    for command in ('ip link set lo up', f'ip address add {ADDRESS}/32 dev lo'):
        subprocess.run(command.split(), check=True)


def eventually(what: str, condition, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f'{what} {PROBLEM} within {seconds} s')
        time.sleep(0.1)


def listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


class Program:
    """A program that runs until it is stopped, with its log in a file."""

    def __init__(self, log: Path, *argv: str):
        self.log = log
        with log.open('ab') as out:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def wait_for(self, what: str, condition) -> None:
        try:
            eventually(what, lambda: self.process.poll() is None and condition())
        except AssertionError as reason:
            tail = '\n'.join(self.log.read_text(errors='replace').splitlines()[-20:])
            raise AssertionError(f'{reason}\n{tail}') from None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Cluster:
    """etcd and the API server, with the kinds of KubeVirt. To be used once."""

    def __init__(self, programs: dict[str, str]):
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix='cvi-cluster.'))
        self.running: list[Program] = []

    def __enter__(self) -> 'Cluster':
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for program in reversed(self.running):
            program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, name: str, *arguments: str) -> Program:
        program = Program(self.folder / f'{name}.log', self.programs[name], *arguments)
        self.running.append(program)
        return program

    def start(self) -> None:
        etcd = self.run('etcd', f'--data-dir={self.folder}/etcd', '--listen-peer-urls=http://127.0.0.1:2380')
        etcd.wait_for('etcd', lambda: listens('127.0.0.1', 2379))
        key = self.folder / 'accounts.key'
        subprocess.run(['openssl', 'genrsa', '-out', str(key), '2048'], check=True, stderr=subprocess.DEVNULL)
        (self.folder / 'tokens').write_text(f'{TOKEN},operator,operator,system:masters\n')
        server = self.run(
            'kube-apiserver', '--etcd-servers=http://127.0.0.1:2379', f'--cert-dir={self.folder}/certificates',
            '--bind-address=127.0.0.1', f'--advertise-address={ADDRESS}', '--endpoint-reconciler-type=none',
            '--service-cluster-ip-range=10.96.0.0/16', '--service-account-issuer=https://cluster.test',
            f'--service-account-key-file={key}', f'--service-account-signing-key-file={key}',
            f'--token-auth-file={self.folder}/tokens', '--authorization-mode=RBAC',
            # There is no kube-proxy: the API server looks the addresses of a Service up itself.
            '--enable-aggregator-routing=true')
        self.configure()
        server.wait_for('the API server', lambda: self.kubectl('get', '--raw=/readyz', check=False).returncode == 0)
        self.kubectl('apply', '-f', str(Path(__file__).parent / 'crds.yaml'))
        self.kubectl('wait', '--for=condition=Established', '--timeout=180s', 'crd', '--all')

    def configure(self) -> None:
        """What kubectl reads, its cache included."""
        home = self.folder / 'home'
        home.mkdir()
        config = {
            'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'it',
            'clusters': [{'name': 'it', 'cluster': {'server': 'https://127.0.0.1:6443', 'insecure-skip-tls-verify': True}}],
            'users': [{'name': 'it', 'user': {'token': TOKEN}}],
            'contexts': [{'name': 'it', 'context': {'cluster': 'it', 'user': 'it'}}],
        }
        (self.folder / 'config').write_text(json.dumps(config))
        self.environment = {**os.environ, 'HOME': str(home), 'KUBECONFIG': str(self.folder / 'config'),
                            'PATH': f"{Path(self.programs['kubectl']).parent}:{os.environ['PATH']}"}

    def kubectl(self, *arguments: str, given: object = None, check: bool = True) -> subprocess.CompletedProcess:
        """Runs kubectl; what is given on its standard input is text, or an object."""
        text = given if isinstance(given, str) or given is None else json.dumps(given)
        done = subprocess.run([self.programs['kubectl'], *arguments], input=text, capture_output=True, text=True,
                              env=self.environment, stdin=subprocess.DEVNULL if text is None else None)
        if check and done.returncode:
            raise AssertionError(f'kubectl {" ".join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}')
        return done

    def get(self, namespace: str, *what: str) -> dict:
        return json.loads(self.kubectl('-n', namespace, 'get', *what, '-o', 'json').stdout)


class Webhook:
    """The server of the tool with the arguments that the example's Deployment has, where the example's Service points to."""

    def __init__(self, cluster: Cluster):
        self.cluster = cluster
        self.tls = cluster.folder / 'tls'
        self.program: Program | None = None

    def install(self) -> None:
        """Applies the example as its README says it is done without cert-manager, and says where the Service leads."""
        folder = self.cluster.folder / 'webhook'
        shutil.copytree(EXAMPLE / 'webhook', folder)
        injector = '    cert-manager.io/inject-ca-from: consul-vm-inject/consul-vm-inject\n'
        for name, line in (('kustomization.yaml', '  - certificate.yaml\n'), ('webhook.yaml', f'  annotations:\n{injector}')):
            text = (folder / name).read_text()
            assert line in text, (name, line)
            (folder / name).write_text(text.replace(line, ''))
        self.cluster.kubectl('apply', '-k', str(folder))
        section = (EXAMPLE / 'webhook/README.md').read_text().partition('## Without cert-manager')[2]
        script = ''.join(line[4:] for line in section.splitlines(keepends=True) if line.startswith('    '))
        self.tls.mkdir()
        subprocess.run(['sh', '-ec', script], cwd=self.tls, env=self.cluster.environment, check=True, capture_output=True)
        self.cluster.kubectl('apply', '-f', '-', given={
            'apiVersion': 'discovery.k8s.io/v1', 'kind': 'EndpointSlice', 'addressType': 'IPv4',
            'metadata': {'name': 'consul-vm-inject', 'namespace': 'consul-vm-inject',
                         'labels': {'kubernetes.io/service-name': 'consul-vm-inject'}},
            'endpoints': [{'addresses': [ADDRESS], 'conditions': {'ready': True}}],
            'ports': [{'name': 'https', 'port': 8443, 'protocol': 'TCP'}],
        })

    def start(self, *more: str) -> None:
        self.stop()
        deployment = self.cluster.get('consul-vm-inject', 'deployment', 'consul-vm-inject')
        [container] = deployment['spec']['template']['spec']['containers']
        arguments = [argument.replace('=/tls/', f'={self.tls}/') for argument in container['args']]
        self.program = Program(self.cluster.folder / 'serve.log', *TOOL, *arguments, *more)
        self.program.wait_for('the webhook', lambda: listens(ADDRESS, 8443))

    def stop(self) -> None:
        if self.program is not None:
            self.program.stop()
        self.program = None

    def requests(self) -> int:
        """How often it was asked."""
        return (self.cluster.folder / 'serve.log').read_text().count('"route":"/mutate"')
