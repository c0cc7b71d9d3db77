"""Every kind that the webhook is asked about, and what KubeVirt's controllers do with it."""

import base64
import json
import random

from case import ASKED, DOMAIN, MARK, PLAIN, ClusterCase, changed, instance, service, source, template, tool, user_data, vm

SECRET = 'web-user-data'


def pool(annotations: dict, name: str = 'web', api: str = 'v1beta1', own: dict | None = None) -> dict:
    one = vm(name, annotations)
    return {'apiVersion': f'pool.kubevirt.io/{api}', 'kind': 'VirtualMachinePool',
            'metadata': {'name': name, **({'annotations': own} if own else {})},
            'spec': {'replicas': 2, 'selector': {'matchLabels': {'app': name}},
                     'virtualMachineTemplate': {'metadata': {'labels': {'app': name}}, 'spec': one['spec']}}}


def secret(text: str, annotations: dict | None = None, labels: dict | None = None) -> dict:
    return {'apiVersion': 'v1', 'kind': 'Secret', 'type': 'Opaque', 'stringData': {'userdata': text},
            'metadata': {'name': SECRET, 'labels': labels or {}, 'annotations': ASKED if annotations is None else annotations}}


LABELLED = {'consul-vm-inject': 'enabled'}


class Kinds(ClusterCase):
    def test_a_pool_is_injected_in_each_of_its_versions(self) -> None:
        for api in ('v1beta1', 'v1alpha1'):
            with self.subTest(api):
                stored = self.apply(pool(ASKED, api, api))
                self.assert_injected(stored['spec']['virtualMachineTemplate'], PLAIN)

    def test_the_pool_of_the_example_is_injected_without_a_word(self) -> None:
        done = self.kubectl('apply', '-f', '-', given=self.example('pool.yaml'))
        self.assertNotIn('Warning', done.stderr)
        self.assert_injected(self.get('vmpool', 'web')['spec']['virtualMachineTemplate'], PLAIN)

    def assert_injected(self, vm: dict, original: str) -> None:
        super().assert_injected({'apiVersion': 'kubevirt.io/v1', 'kind': 'VirtualMachine', **vm}, original)

    def owned(self, owner: dict, kind: str, name: str, metadata: dict, spec: dict) -> dict:
        """What a controller of KubeVirt makes of a template."""
        reference = {key: owner[key] for key in ('apiVersion', 'kind')}
        reference |= {'name': owner['metadata']['name'], 'uid': owner['metadata']['uid'], 'controller': True}
        return {'apiVersion': 'kubevirt.io/v1', 'kind': kind, 'spec': spec,
                'metadata': {**metadata, 'name': name, 'ownerReferences': [reference]}}

    def make(self, object_: dict) -> dict:
        return json.loads(self.kubectl('create', '-f', '-', '-o', 'json', given=object_).stdout)

    def test_what_is_made_of_a_pool_is_left_as_the_pool_has_it(self) -> None:
        stored = self.apply(pool({}, own={**ASKED, f'{DOMAIN}service-tags': 'pooled'}))
        made = stored['spec']['virtualMachineTemplate']
        one = self.make(self.owned(stored, 'VirtualMachine', 'web-0', made['metadata'], made['spec']))
        self.assertEqual(one['spec'], made['spec'])
        self.assertEqual(service(source(one))['tags'], ['pooled'])
        of_it = template(one)
        child = self.make(self.owned(one, 'VirtualMachineInstance', 'web-0', of_it['metadata'], of_it['spec']))
        self.assertEqual(child['spec'], of_it['spec'])
        self.kubectl('scale', 'vmpool', 'web', '--replicas=5')
        self.assertEqual(self.get('vmpool', 'web')['spec'], changed(stored, 'spec', 'replicas', to=5)['spec'])

    def test_a_replica_set_is_injected_and_its_instances_are_left_as_it_has_them(self) -> None:
        stored = self.apply({'apiVersion': 'kubevirt.io/v1', 'kind': 'VirtualMachineInstanceReplicaSet',
                             'metadata': {'name': 'web'}, 'spec': {'replicas': 1,
                             'template': {'metadata': {'annotations': ASKED}, 'spec': instance()}}})
        self.assert_injected(stored, PLAIN)
        of_it = template(stored)
        child = self.make(self.owned(stored, 'VirtualMachineInstance', 'web-a', of_it['metadata'], of_it['spec']))
        self.assertEqual(child['spec'], of_it['spec'])

    def test_an_instance_of_its_own_is_injected_when_it_is_made(self) -> None:
        stored = self.make({'apiVersion': 'kubevirt.io/v1', 'kind': 'VirtualMachineInstance',
                            'metadata': {'name': 'web', 'annotations': ASKED}, 'spec': instance()})
        self.assertEqual(stored['metadata']['annotations'][MARK], 'injected')
        self.assertIn(b'consul-vm-inject', user_data(stored['spec']['volumes'][0]['cloudInitNoCloud']))
        asked = self.webhook.requests()
        self.kubectl('label', 'vmi', 'web', 'a=b')
        self.assertEqual(self.webhook.requests(), asked, 'nobody asks about an instance that is there')

    def test_an_instance_with_the_annotations_of_an_instance_type_is_injected(self) -> None:
        one = self.apply(vm('web'))
        child = self.make(self.owned(one, 'VirtualMachineInstance', 'web', {'annotations': ASKED}, template(one)['spec']))
        self.assertEqual(child['metadata']['annotations'][MARK], 'injected')

    def test_a_vm_of_an_older_version_is_injected(self) -> None:
        self.assert_injected(self.apply({**vm('web', ASKED), 'apiVersion': 'kubevirt.io/v1alpha3'}), PLAIN)

    def test_a_list_and_a_stream_of_objects_are_injected_one_by_one(self) -> None:
        many = {'apiVersion': 'v1', 'kind': 'List', 'items': [vm('a', ASKED), vm('b'), pool(ASKED, 'c')]}
        self.kubectl('apply', '-f', '-', given=many)
        self.kubectl('apply', '-f', '-', given='\n---\n'.join(json.dumps(vm(name, ASKED)) for name in 'de'))
        for name in 'ade':
            self.assert_injected(self.get('vm', name), PLAIN)
        self.assert_bare(self.get('vm', 'b'))
        self.assert_injected(self.get('vmpool', 'c')['spec']['virtualMachineTemplate'], PLAIN)

    def test_what_a_vm_has_beside_its_user_data_stays_as_it_is(self) -> None:
        credentials = [{'sshPublicKey': {'source': {'secret': {'secretName': 'keys'}}, 'propagationMethod': method}}
                       for method in ({'noCloud': {}}, {'qemuGuestAgent': {'users': ['debian']}})]
        rich = vm('web', ASKED)
        rich['spec'] |= {'instancetype': {'name': 'u1.small'},
                         'preference': {'kind': 'VirtualMachineClusterPreference', 'name': 'debian'}}
        template(rich)['spec']['accessCredentials'] = credentials
        source(rich)['networkDataSecretRef'] = {'name': 'network'}
        stored = self.apply(rich)
        self.assert_injected(stored, PLAIN)
        source(stored).clear()
        source(rich).clear()
        del template(stored)['metadata']['annotations'][MARK]
        self.assertEqual(stored['spec'], rich['spec'])


class Secrets(ClusterCase):
    """The server as the example has it: everything travels in the user-data, which goes into a Secret."""

    arguments = ()

    def stored(self) -> bytes:
        return base64.b64decode(self.get('secret', SECRET)['data']['userdata'])

    def test_the_example_is_injected_in_its_secret_and_its_vm_stays_as_it_is(self) -> None:
        text = self.example('vm-with-secret.yaml')
        said = self.kubectl('apply', '-f', '-', given=text).stderr
        self.assertNotIn('W60', said)
        self.assertGreater(len(self.stored()), 2048)
        self.assertIn(b'generate-sidecar-configs.py', self.stored())
        [volume] = [volume for volume in template(self.get('vm', 'web'))['spec']['volumes'] if 'cloudInitNoCloud' in volume]
        self.assertEqual(volume['cloudInitNoCloud'], {'secretRef': {'name': SECRET}})
        before = self.get('secret', SECRET)
        self.kubectl('apply', '-f', '-', given=text)
        self.assertEqual(self.get('secret', SECRET), before)
        self.assertEqual(self.kubectl('diff', '-f', '-', given=text).stdout, '')

    def test_a_secret_without_the_label_is_not_asked_about(self) -> None:
        asked = self.webhook.requests()
        self.apply(secret(PLAIN))
        self.assertEqual((self.stored(), self.webhook.requests()), (PLAIN.encode(), asked))

    def test_a_labelled_secret_of_something_else_stays_as_it_is(self) -> None:
        self.apply({**secret('', {}, LABELLED), 'stringData': {'password': 'hunter2'}})
        self.assertEqual(self.get('secret', SECRET)['data'], {'password': base64.b64encode(b'hunter2').decode()})

    def test_the_injection_comes_out_of_a_secret_again(self) -> None:
        self.apply(secret(PLAIN, None, LABELLED))
        self.assertIn(b'consul-vm-inject', self.stored())
        self.kubectl('annotate', 'secret', SECRET, f'{DOMAIN}connect-inject-')
        self.assertEqual(self.stored(), PLAIN.encode())
        self.assertNotIn(MARK, self.get('secret', SECRET)['metadata']['annotations'])

    def test_a_secret_almost_as_large_as_the_api_server_takes_is_injected_and_updated(self) -> None:
        filler = ''.join(random.Random(1).choices('abcdefghijklmnopqrstuvwxyz0123456789', k=980_000))
        text = f'{PLAIN}# {filler}\n'
        self.kubectl('create', '-f', '-', given=secret(text, None, LABELLED))
        self.assertIn(text.encode(), self.stored())
        self.kubectl('annotate', 'secret', SECRET, f'{DOMAIN}service-tags=green')
        self.assertIn(text.encode(), self.stored())
        self.kubectl('annotate', '--overwrite', 'secret', SECRET, f'{DOMAIN}connect-inject=false')
        self.assertEqual(self.stored(), text.encode())

    def test_user_data_in_the_vm_that_grows_too_large_is_refused_with_the_way_out(self) -> None:
        done = self.kubectl('create', '-f', '-', given=vm('web', ASKED), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r'E601 .*cloudInitNoCloud\.userData: .* KubeVirt takes 2048 inside a VM')
        self.assertRegex(done.stderr, r'--profile prebuilt.*Secret under the key userdata')
        self.assertEqual(self.get('vm')['items'], [])


class Told(ClusterCase):
    """What kubectl says of objects that are let through, and of those that are not."""

    def test_ports_that_leave_out_those_of_the_mesh_are_warned_of(self) -> None:
        web = [{'name': 'default', 'masquerade': {}, 'ports': [{'port': 8080}, {'port': 22}]}]
        done = self.kubectl('apply', '-f', '-', given=vm('web', ASKED, interfaces=web))
        self.assertRegex(done.stderr, r'Warning: consul-vm-inject: W603 \S+interfaces\[0\]\.ports: '
                                      r'peers do not reach 20000/TCP \(sidecar\)')
        self.assertRegex(done.stderr, r'Warning: consul-vm-inject: W604 \S+interfaces\[0\]\.masquerade: '
                                      r'masquerade gives every VM the same address')
        self.assert_injected(self.get('vm', 'web'), PLAIN)

    def test_a_vm_with_its_user_data_in_a_secret_is_told_where_to_annotate(self) -> None:
        one = vm('web', ASKED)
        template(one)['spec']['volumes'][0]['cloudInitNoCloud'] = {'secretRef': {'name': SECRET}}
        done = self.kubectl('apply', '-f', '-', given=one)
        self.assertRegex(done.stderr, rf'Warning: .*W601 \S+secretRef: .*{SECRET}.*; annotate the Secret')

    def test_the_name_of_a_secret_under_a_key_that_the_api_does_not_have_is_refused(self) -> None:
        one = vm('web', ASKED)
        template(one)['spec']['volumes'][0]['cloudInitNoCloud'] = {'userDataSecretRef': {'name': SECRET}}
        done = self.kubectl('apply', '-f', '-', given=one, check=False)
        self.assertRegex(done.stderr, r'E606 \S+userDataSecretRef: .*it is secretRef there')

    def test_every_fault_is_said_in_a_line_of_its_own_and_nothing_is_stored(self) -> None:
        wrong = {**ASKED, f'{DOMAIN}connect-service-port': 'ninety', f'{DOMAIN}conect-service': 'x'}
        done = self.kubectl('apply', '-f', '-', given=vm('web', wrong), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r'admission webhook "virtual-machines\.consul-vm-inject\.example\.com" denied the request: '
                                      r'consul-vm-inject refuses this object:\n')
        self.assertRegex(done.stderr, r'(?m)^E301 spec\.template\.metadata\.annotations: .*connect-service-port.*; ')
        self.assertRegex(done.stderr, r'(?m)^E201 spec\.template\.metadata\.annotations: .*did you mean')
        self.assertEqual(self.get('vm')['items'], [])

    def test_a_wrong_annotation_is_refused_in_an_update_and_the_object_stays(self) -> None:
        before = self.apply(vm('web', ASKED))
        patch = {'spec': {'template': {'metadata': {'annotations': {f'{DOMAIN}connect-service-port': 'x'}}}}}
        done = self.kubectl('patch', 'vm', 'web', '--type', 'merge', '-p', json.dumps(patch), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('E301', done.stderr)
        self.assertEqual(self.get('vm', 'web')['spec'], before['spec'])

    def test_the_pipe_before_the_webhook_says_nothing_twice(self) -> None:
        self.kubectl('apply', '-f', '-', given=tool('--profile', 'prebuilt', given=json.dumps(vm('web', ASKED))))
        self.assert_injected(self.get('vm', 'web'), PLAIN)
