"""What people do with kubectl: apply, again, dry, server-side, patch, and take back."""

import json

from case import ASKED, DOMAIN, MARK, PLAIN, ClusterCase, changed, service, source, tool, vm

# The user-data of examples/kubevirt/vm.yaml.
EXAMPLE_DATA = '#cloud-config\npackages: [nginx]\n'
TAGS = f'{DOMAIN}service-tags'
DECISION = f'{DOMAIN}connect-inject'


def versions(vm: dict) -> tuple[str, int]:
    return vm['metadata']['resourceVersion'], vm['metadata']['generation']


class Apply(ClusterCase):
    def test_the_example_is_injected_as_it_is_applied(self) -> None:
        self.kubectl('apply', '-f', '-', given=self.example('vm.yaml'))
        stored = self.get('vm', 'web')
        self.assert_injected(stored, EXAMPLE_DATA)
        self.assertEqual((service(source(stored))['name'], service(source(stored))['port']), ('web', 8080))

    def test_the_webhook_stores_what_the_pipe_would_have_made(self) -> None:
        text = self.example('vm.yaml')
        self.kubectl('apply', '-f', '-', given=text)
        other = self.make_namespace('other=namespace')
        piped = tool('--profile', 'prebuilt', given=text)
        self.cluster.kubectl('-n', other, 'apply', '-f', '-', given=piped)
        self.assertEqual(self.get('vm', 'web')['spec'], self.cluster.get(other, 'vm', 'web')['spec'])

    def test_applying_the_same_again_changes_nothing(self) -> None:
        text = self.example('vm.yaml')
        self.kubectl('apply', '-f', '-', given=text)
        before = self.get('vm', 'web')
        self.kubectl('apply', '-f', '-', given=text)
        self.assertEqual(self.get('vm', 'web'), before)
        self.assertEqual(self.kubectl('diff', '-f', '-', given=text).stdout, '')

    def test_what_is_too_long_as_text_travels_in_gzip_and_is_text_again(self) -> None:
        text = '#!/bin/sh\n' + 'echo hello\n' * 120
        for how in ((), ('--server-side', '--force-conflicts')):
            with self.subTest(how):
                before = self.apply(vm('web', ASKED, text), *how)
                self.assertEqual(list(source(before)), ['userDataBase64'])
                self.assert_injected(before, text)
                self.assertEqual(versions(self.apply(vm('web', ASKED, text), *how)), versions(before))
                self.assert_bare(self.apply(vm('web', {**ASKED, DECISION: 'false'}, text), *how), text)

    def test_a_dry_run_shows_the_injection_and_stores_nothing(self) -> None:
        shown = json.loads(self.kubectl('apply', '--dry-run=server', '-o', 'json', '-f', '-', given=self.example('vm.yaml')).stdout)
        self.assert_injected(shown, EXAMPLE_DATA)
        self.assertEqual(self.get('vm')['items'], [])
        difference = self.kubectl('diff', '-f', '-', given=self.example('vm.yaml'), check=False)
        self.assertEqual(difference.returncode, 1, difference.stderr)
        self.assertIn(f'+        {MARK}: injected', difference.stdout)

    def test_an_annotation_that_changes_makes_another_injection_of_the_same_user_data(self) -> None:
        self.apply(vm('web', ASKED))
        patch = {'spec': {'template': {'metadata': {'annotations': {TAGS: 'green'}}}}}
        self.kubectl('patch', 'vm', 'web', '--type', 'merge', '-p', json.dumps(patch))
        after = self.get('vm', 'web')
        self.assert_injected(after, PLAIN)
        self.assertEqual(service(source(after))['tags'], ['green'])

    def test_what_is_not_about_the_mesh_leaves_the_injection_as_it_is(self) -> None:
        self.apply(vm('web', ASKED))
        before = self.get('vm', 'web')
        self.kubectl('label', 'vm', 'web', 'tier=front')
        self.kubectl('patch', 'vm', 'web', '--type', 'merge', '-p', '{"spec": {"runStrategy": "Halted"}}')
        self.kubectl('patch', 'vm', 'web', '--type', 'json', '-p', json.dumps([
            {'op': 'add', 'path': '/spec/template/metadata/annotations/example.org~1note', 'value': 'x'}]))
        after = self.get('vm', 'web')
        self.assertEqual(source(after), source(before))
        self.assertEqual(after['spec']['runStrategy'], 'Halted')

    def test_user_data_that_changes_is_injected_again(self) -> None:
        self.apply(vm('web', ASKED))
        after = self.apply(vm('web', ASKED, '#cloud-config\npackages: [caddy]\n'))
        self.assert_injected(after, '#cloud-config\npackages: [caddy]\n')

    def test_connect_inject_false_takes_the_injection_out(self) -> None:
        self.apply(vm('web', ASKED))
        self.assert_bare(self.apply(vm('web', {**ASKED, DECISION: 'false'})))

    def test_a_decision_that_is_taken_off_takes_the_injection_out(self) -> None:
        self.apply(vm('web', ASKED))
        self.kubectl('patch', 'vm', 'web', '--type', 'json', '-p', json.dumps([
            {'op': 'remove', 'path': '/spec/template/metadata/annotations/consul.hashicorp.com~1connect-inject'}]))
        self.assert_bare(self.get('vm', 'web'))

    def test_the_manifest_without_annotations_leaves_nothing_of_the_injection(self) -> None:
        self.apply(vm('web', ASKED))
        self.assert_bare(self.apply(vm('web')))

    def test_a_vm_annotated_itself_and_not_in_its_template(self) -> None:
        self.apply(changed(vm('web'), 'metadata', to={'name': 'web', 'annotations': ASKED}))
        self.assert_injected(self.get('vm', 'web'), PLAIN)
        self.kubectl('annotate', 'vm', 'web', f'{DECISION}-')
        self.assert_bare(self.get('vm', 'web'))


class ServerSide(ClusterCase):
    """Server-side apply: the webhook owns no field, and nobody fights over one."""

    def owners(self, vm: dict) -> set[str]:
        return {entry['manager'] for entry in vm['metadata']['managedFields']}

    def server_side(self, given: object, *more: str) -> dict:
        done = self.kubectl('apply', '--server-side', '--show-managed-fields', '-o', 'json', '-f', '-', *more, given=given)
        return json.loads(done.stdout)

    def test_the_example_is_injected_and_applying_it_again_changes_nothing(self) -> None:
        before = self.server_side(self.example('vm.yaml'))
        self.assert_injected(before, EXAMPLE_DATA)
        self.assertEqual(self.owners(before), {'kubectl'})
        after = self.server_side(self.example('vm.yaml'))
        self.assertEqual(versions(after), versions(before))
        self.assertEqual(after, before)

    def test_another_manager_has_no_conflict_with_the_injection(self) -> None:
        before = self.server_side(vm('web', ASKED))
        label = {'apiVersion': 'kubevirt.io/v1', 'kind': 'VirtualMachine', 'metadata': {'name': 'web', 'labels': {'a': 'b'}}}
        after = self.server_side(label, '--field-manager=other')
        self.assertEqual(source(after), source(before))
        again = self.server_side(vm('web', {**ASKED, TAGS: 'green'}))
        self.assert_injected(again, PLAIN)
        self.assertEqual(service(source(again))['tags'], ['green'])
        self.assertEqual(again['metadata']['labels'], {'a': 'b'})

    def test_annotations_that_are_no_longer_applied_take_the_injection_with_them(self) -> None:
        self.server_side(vm('web', ASKED))
        self.assert_bare(self.server_side(vm('web')))

    def test_a_dry_run_stores_nothing(self) -> None:
        self.assert_injected(self.server_side(vm('web', ASKED), '--dry-run=server'), PLAIN)
        self.assertEqual(self.get('vm')['items'], [])
