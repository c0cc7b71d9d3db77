"""The example for Pulumi with Pulumi's own SDK and the package as a stranger has it; the SDK's mocks stand for the cloud."""
import base64
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from project import PROJECT, run

EXAMPLE = PROJECT / 'examples/pulumi'
ADDRESS = '10.0.0.10'

# What the engine of Pulumi would do: answers the program, and notes what it makes. An address may be one that is not known yet.
ENGINE = '''
import * as pulumi from '@pulumi/pulumi'
const [found, preview] = JSON.parse(process.argv[2])
const made = []
process.on('exit', () => process.stdout.write(JSON.stringify(made)))
await pulumi.runtime.setMocks({
  call: ({ inputs }) => ({ ...inputs, privateIp: found }),
  newResource: ({ type, name, inputs }) => {
    made.push({ type, name, inputs })
    return { id: `${name}-id`, state: { ...inputs, privateIp: '10.0.0.20' } }
  },
}, 'web', 'test', preview)
pulumi.runtime.setAllConfig({ 'web:ami': 'ami-1', 'web:subnet': 'subnet-1' })
const { address } = await import('./bin/index.js')
await new Promise(resolve => address.isKnown.then(known => (known ? address.apply(resolve) : resolve())))
'''
# By which the SDK knows what is not known yet.
UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'


class Pulumi(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        run(['node', PROJECT / 'src/build/release/package.mjs', cls.folder], PROJECT)
        tarball, = cls.folder.glob('*.tgz')
        cls.program = cls.folder / 'program'
        shutil.copytree(EXAMPLE, cls.program, ignore=shutil.ignore_patterns('node_modules', 'bin'))
        run(['npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], cls.program)
        run(['npm', 'run', 'build'], cls.program)
        (cls.program / 'engine.mjs').write_text(ENGINE)

    def engine(self, address: str = ADDRESS, preview: bool = False, **more: str) -> subprocess.CompletedProcess:
        return run(['node', 'engine.mjs', json.dumps([address, preview])], self.program, **more)

    def made(self, *words: object, **more: str) -> dict:
        instance, = json.loads(self.engine(*words, **more).stdout)
        self.assertEqual((instance['type'], instance['name']), ('aws:ec2/instance:Instance', 'web'))
        return instance['inputs']

    def test_the_instance_gets_what_the_command_makes(self) -> None:
        command = f'npx --no-install consul-vm-inject -a alpha.consul.hashicorp.com/retry-join={ADDRESS} --platform ec2 --compress auto web.yaml'
        expected = run(['sh', '-c', f'{command} | base64 -w 0'], self.program).stdout
        for which in ('floor', '24'):
            with self.subTest(node=which):
                self.assertEqual(self.made(which=which)['userDataBase64'], expected)
        self.assertLess(len(base64.b64decode(expected)), 16_384)

    def test_with_an_address_that_is_not_known_yet_nothing_is_judged(self) -> None:
        self.assertEqual(self.made(UNKNOWN, True)['userDataBase64'], {'__pulumiUnknown': True})

    def test_a_fault_in_the_document_ends_it_with_its_code_and_makes_nothing(self) -> None:
        document = self.program / 'web.yaml'
        text = document.read_text()
        document.write_text(text.replace('connect-service:', 'conect-service:').replace('"80"', '"8o"'))
        self.addCleanup(document.write_text, text)
        with self.assertRaises(AssertionError) as failed:
            self.engine()
        for expected in ('exit 1\n[]\n', 'E201', 'did you mean consul.hashicorp.com/connect-service?', '"8o"'):
            self.assertIn(expected, str(failed.exception))


if __name__ == '__main__':
    unittest.main()
