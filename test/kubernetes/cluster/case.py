"""What the tests of the cluster share: one API server and one webhook for all, a namespace for each test."""

import base64
import copy
import gzip
import json
import subprocess
import unittest

import programs
from cluster import EXAMPLE, TOOL, Cluster, Webhook

DOMAIN = 'consul.hashicorp.com/'
MARK = f'{DOMAIN}connect-inject-status'
ASKED = {f'{DOMAIN}connect-inject': 'true', f'{DOMAIN}connect-service': 'web'}
PLAIN = '#cloud-config\npackages: [nginx]\n'
# A document that leaves room for an injection inside a VM.
PREBUILT = '--profile=prebuilt'

_shared: list = []


def shared() -> tuple[Cluster, Webhook]:
    """Started by the first test that needs it; `stop` ends it."""
    if not _shared:
        cluster = Cluster(programs.ready()).__enter__()
        webhook = Webhook(cluster)
        webhook.install()
        _shared.extend((cluster, webhook))
    return tuple(_shared)


def stop() -> None:
    if _shared:
        cluster, webhook = _shared
        webhook.stop()
        cluster.__exit__()
        _shared.clear()


def tool(*arguments: str, given: str) -> str:
    done = subprocess.run([*TOOL, *arguments], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f'{" ".join(arguments)}: exit {done.returncode}\n{done.stderr}')
    return done.stdout


def user_data(source: dict) -> bytes:
    """The user-data of a cloud-init volume or of a Secret, unpacked."""
    if 'userData' in source:
        return source['userData'].encode()
    data = base64.b64decode(source.get('userDataBase64') or source['userdata'])
    return gzip.decompress(data) if data[:2] == b'\x1f\x8b' else data


def service(source: dict) -> dict:
    """The service that a VM of this user-data registers."""
    text = user_data(source).decode()
    plan, _ = json.JSONDecoder().raw_decode(text, text.index('{', text.index('/srv/consul/service-config.json')))
    return plan['plan']['registration']['service']


def template(vm: dict) -> dict:
    return vm['spec']['template']


def source(vm: dict) -> dict:
    """The cloud-init source of a VM."""
    return next(volume['cloudInitNoCloud'] for volume in template(vm)['spec']['volumes'] if 'cloudInitNoCloud' in volume)


def instance(text: str = PLAIN, **devices: object) -> dict:
    return {'domain': {'devices': devices}, 'volumes': [{'name': 'cloudinit', 'cloudInitNoCloud': {'userData': text}}]}


def vm(name: str, annotations: dict | None = None, text: str = PLAIN, **devices: object) -> dict:
    metadata = {} if annotations is None else {'annotations': annotations}
    return {'apiVersion': 'kubevirt.io/v1', 'kind': 'VirtualMachine', 'metadata': {'name': name},
            'spec': {'runStrategy': 'Always', 'template': {'metadata': metadata, 'spec': instance(text, **devices)}}}


class ClusterCase(unittest.TestCase):
    """Each test has a namespace of its own, which the webhook is asked about."""

    maxDiff = None
    # What the server gets beside the arguments of the example.
    arguments = (PREBUILT,)
    count = 0

    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster, cls.webhook = shared()
        cls.webhook.start(*cls.arguments)

    def setUp(self) -> None:
        self.namespace = self.make_namespace()
        if self.webhook.program is None:
            self.webhook.start(*self.arguments)

    def make_namespace(self, *labels: str) -> str:
        ClusterCase.count += 1
        name = f'test-{ClusterCase.count}'
        self.cluster.kubectl('create', 'namespace', name)
        self.cluster.kubectl('label', 'namespace', name, *(labels or ('consul-vm-inject=enabled',)))
        return name

    def kubectl(self, *arguments: str, given: object = None, check: bool = True) -> subprocess.CompletedProcess:
        return self.cluster.kubectl('-n', self.namespace, *arguments, given=given, check=check)

    def apply(self, given: object, *arguments: str) -> dict:
        """What the API server made of an object."""
        return json.loads(self.kubectl('apply', '-f', '-', '-o', 'json', *arguments, given=given).stdout)

    def get(self, *what: str) -> dict:
        return self.cluster.get(self.namespace, *what)

    def example(self, name: str) -> str:
        return (EXAMPLE / name).read_text()

    def assert_injected(self, vm: dict, original: str) -> None:
        """A VM that is injected, and its operator's user-data inside."""
        self.assertEqual(template(vm)['metadata']['annotations'].get(MARK), 'injected')
        self.assertIn(b'consul-vm-inject', user_data(source(vm)))
        self.assertEqual(self.original(vm), original)

    def original(self, vm: dict) -> str:
        """The user-data that `uninject` finds in a VM."""
        out = json.loads(tool('uninject', given=json.dumps(vm)))
        return user_data(source(out)).decode()

    def assert_bare(self, vm: dict, original: str = PLAIN) -> None:
        """A VM that nobody injected, or that is as if nobody had."""
        self.assertEqual(user_data(source(vm)).decode(), original)
        metadata = template(vm).get('metadata') or {}
        self.assertNotIn(MARK, metadata.get('annotations') or {})


def changed(object_: dict, *path: object, to: object) -> dict:
    """A copy of an object with another value at a path."""
    whole = copy.deepcopy(object_)
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return whole
