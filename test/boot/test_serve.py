"""Machines whose cloud-init takes its seed from a running `serve`: in both modes, left alone, with faulty annotations.

The cloud-init of the root, 22.4, takes `ds=nocloud` for a seed that needs no network: it asks for all of it over the
network and then uses nothing, unless told `dsmode=net`. `ds=nocloud-net` says the same; both are tried.
"""

import os
import shutil
import tempfile
import unittest
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import example
import seed_server
from example import GUEST_FILES, REGISTRATION
from machine import FOLDER
from mesh_case import ACTIVE, MeshCase
from seed_server import PORT, SERVER, SeedServer

TOKEN = 'T0ken-of-the-fleet'
DATA = '/var/lib/cloud/instance/'
PLAIN = b'''#cloud-config
write_files: [{path: /root/operator, content: not-for-the-log, permissions: '0600'}]
packages: [hello]
users: [default, {name: ops}]
runcmd: [echo ran > /root/runcmd]
'''
COMMENTS = b'''# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: counting
# consul.hashicorp.com/connect-service-port: "9001"
'''
ANNOTATED = PLAIN.replace(b'\n', b'\n' + COMMENTS, 1)
FAULTY = ANNOTATED.replace(b'9001', b'ninety')
META = b'instance-id: i-boot-test\nlocal-hostname: vm\n'
PLATFORM = b'#!/bin/sh\necho platform > /root/platform\n'
SEEDS = {
    'web': {'user-data': ANNOTATED, 'meta-data': META, 'vendor-data': PLATFORM},
    'db': {'user-data': PLAIN, 'meta-data': META, 'vendor-data': PLATFORM},
    'faulty': {'user-data': FAULTY},
}
WANTED = {'units': example.UNITS, 'files': (*GUEST_FILES, REGISTRATION),
          'texts': ('/root/[!.]*', f'{DATA}user-data.txt', f'{DATA}vendor-data.txt')}


def seeds() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f'{FOLDER}{os.getpid()}.seeds.'))
    for instance, files in SEEDS.items():
        (folder / instance).mkdir()
        for name, data in files.items():
            (folder / instance / name).write_bytes(data)
    return folder


class Served(MeshCase):
    """Each scenario boots a machine of its own with a server of its own; two at a time."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.seeds = seeds()
        cls.addClassCleanup(shutil.rmtree, cls.seeds)
        (cls.seeds / 'token').write_text(TOKEN + '\n')
        at = f'http://{SERVER}:{PORT}'
        guarded = f'http://vm:{TOKEN}@{SERVER}:{PORT}'
        scenarios = {
            'mutate': (f'ds=nocloud;s={at}/web/;dsmode=net', 2, ACTIVE),
            'vendor': (f'ds=nocloud-net;s={guarded}/web/', 2, ACTIVE, '--mode=vendor',
                       f'--token-file={cls.seeds}/token'),
            # Without the slash at the end, as it is easily forgotten.
            'plain': (f'ds=nocloud-net;s={at}/db', 1, (), '--mode=vendor'),
            'faulty': (f'ds=nocloud-net;s={at}/faulty/%s', 1, ()),
        }
        cls.pool = ThreadPoolExecutor(2)
        cls.addClassCleanup(cls.pool.shutdown)
        cls.boots: dict[str, Future] = {name: cls.pool.submit(cls.boot, name, *how) for name, how in scenarios.items()}

    @classmethod
    def boot(cls, name: str, source: str, times: int, wait_for: tuple[str, ...], *options: str) -> list[dict]:
        """What a machine is after each boot, and what its server wrote."""
        states = []
        with seed_server.machine(f'serve-{name}', PLAIN) as made:
            for _ in range(times):
                with SeedServer(cls.seeds, *options) as server:
                    report = server.boot(made, source, **WANTED, wait_for=wait_for)
                    states.append({**example.state(made, report), 'log': server.log(), 'said': server.text()})
        return states

    def asked_for(self, state: dict) -> list[dict]:
        """The lines of the requests; each was answered, and nothing of the documents or of the token was written."""
        for secret in ('not-for-the-log', TOKEN, 'echo', '9001'):
            self.assertNotIn(secret, state['said'])
        lines = [line for line in state['log'] if line['message'] == 'request']
        self.assertEqual([(line['route'], line['method'], line['status']) for line in lines],
                         [('/{instance}/{file}', 'GET', 200)] * 3, state['said'])
        return lines

    def joins(self, states: list[dict]) -> None:
        for state in states:
            report = state['report']
            self.in_the_mesh(report)
            services = example.services(state['registration'])
            self.assertEqual([(service['name'], service['port']) for service in services], [('counting', 9001)])
            redirects = [call for call in report['calls'] if call['event'] == 'redirected']
            self.assertEqual(len(redirects), 1)
            for path, modes in GUEST_FILES.items():
                self.assertIn((report['files'][path] or {}).get('mode'), modes, path)

    def stays(self, states: list[dict]) -> None:
        first, second = (state['report']['files'] for state in states)
        for path in GUEST_FILES:
            self.assertEqual(first[path], second[path])

    def costs_the_operator_nothing(self, states: list[dict]) -> None:
        """Everything is as on the machine that is not annotated: disk, users, groups, packages."""
        plain, = self.boots['plain'].result()
        for state in states:
            lines = example.tree.differences(plain['tree'], state['tree'])
            self.assertFalse(lines, 'injection changed the disk:\n' + '\n'.join(lines))
            for kind in ('passwd', 'group'):
                self.assertEqual(plain[kind], state[kind])
            self.assertEqual(plain['report']['packages'], state['report']['packages'])

    def test_mode_mutate_joins_an_annotated_machine_which_stays(self) -> None:
        states = self.boots['mutate'].result()
        self.joins(states)
        self.stays(states)
        self.costs_the_operator_nothing(states)

    def test_mode_mutate_serves_what_the_command_line_makes(self) -> None:
        texts = self.boots['mutate'].result()[0]['report']['texts']
        self.assertEqual(texts[f'{DATA}user-data.txt'], example.inject(self.seeds / 'web/user-data', '-q').decode())
        self.assertEqual(texts[f'{DATA}vendor-data.txt'], PLATFORM.decode())

    def test_mode_vendor_joins_an_annotated_machine_which_stays(self) -> None:
        states = self.boots['vendor'].result()
        self.joins(states)
        self.stays(states)
        self.costs_the_operator_nothing(states)

    def test_mode_vendor_leaves_user_data_as_it_is_and_keeps_the_platforms_vendor_data(self) -> None:
        texts = self.boots['vendor'].result()[0]['report']['texts']
        self.assertEqual(texts[f'{DATA}user-data.txt'], ANNOTATED.decode())
        self.assertEqual(texts['/root/platform'], 'platform\n')

    def test_a_machine_that_is_not_annotated_is_left_alone(self) -> None:
        plain, = self.boots['plain'].result()
        self.outside(plain['report'])
        self.assertEqual([path for path, found in plain['report']['files'].items() if found], [])
        self.assertEqual(plain['report']['texts'], {
            f'{DATA}user-data.txt': PLAIN.decode(), f'{DATA}vendor-data.txt': PLATFORM.decode(),
            '/root/operator': 'not-for-the-log', '/root/platform': 'platform\n', '/root/runcmd': 'ran\n'})

    def test_a_machine_with_faulty_annotations_boots_with_its_own_user_data(self) -> None:
        faulty, = self.boots['faulty'].result()
        self.outside(faulty['report'])
        self.assertEqual(faulty['report']['texts'], {
            f'{DATA}user-data.txt': FAULTY.decode(), f'{DATA}vendor-data.txt': '',
            '/root/operator': 'not-for-the-log', '/root/runcmd': 'ran\n'})
        self.assertIsNone(faulty['config'])

    def test_every_request_is_one_line_of_the_log(self) -> None:
        """cloud-init asks for meta-data, user-data and vendor-data; what was sent is what the machine has."""
        outcomes = {'mutate': (None, 'injected', None), 'vendor': (None, None, 'injected'),
                    'plain': (None, None, 'left'), 'faulty': (None, 'passed', None)}
        for name, expected in outcomes.items():
            for state in self.boots[name].result():
                with self.subTest(name):
                    lines = self.asked_for(state)
                    self.assertEqual(tuple(line.get('outcome') for line in lines), expected)
                    texts = state['report']['texts']
                    meta_data = 'instance-id: "faulty"\n' if name == 'faulty' else META.decode()
                    had = (meta_data, texts[f'{DATA}user-data.txt'], texts[f'{DATA}vendor-data.txt'])
                    self.assertEqual([line['bytes'] for line in lines], [len(text) for text in had])

    def test_faulty_annotations_are_a_warning_with_their_codes(self) -> None:
        faulty, = self.boots['faulty'].result()
        line = self.asked_for(faulty)[1]
        self.assertEqual((line['level'], line['instance'], line['reason']),
                         ('warn', 'faulty', 'the annotations have errors'))
        self.assertTrue([code for code in line['codes'] if code.startswith('E')])


if __name__ == '__main__':
    unittest.main()
