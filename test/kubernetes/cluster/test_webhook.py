"""The webhook among others, and the webhook that is away."""

import base64
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from case import ASKED, DOMAIN, PLAIN, ClusterCase, service, source, vm
from cluster import ADDRESS

NAME = 'consul-vm-inject'
TAGS = f'{DOMAIN}service-tags'


class Away(ClusterCase):
    def policy(self, policy: str) -> None:
        self.kubectl('patch', 'mutatingwebhookconfiguration', NAME, '--type', 'json', '-p', json.dumps([
            {'op': 'replace', 'path': f'/webhooks/{at}/failurePolicy', 'value': policy} for at in (0, 1)]))

    def test_a_vm_does_not_start_outside_of_the_mesh_because_the_webhook_is_away(self) -> None:
        before = self.apply(vm('there', ASKED))
        other = self.make_namespace('other=namespace')
        self.webhook.stop()
        done = self.kubectl('apply', '-f', '-', given=vm('web', ASKED), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('failed calling webhook "virtual-machines.consul-vm-inject.example.com"', done.stderr)
        self.assertEqual([one['metadata']['name'] for one in self.get('vm')['items']], ['there'])
        # Nobody else is stopped by that.
        self.cluster.kubectl('-n', other, 'apply', '-f', '-', given=vm('web', ASKED))
        self.kubectl('create', 'secret', 'generic', 'password', '--from-literal=a=b')
        self.kubectl('patch', 'vm', 'there', '--subresource=status', '--type', 'merge', '-p', '{"status": {"ready": true}}')
        self.assertEqual(self.get('vm', 'there')['spec'], before['spec'])
        self.kubectl('delete', 'vm', 'there')

    def test_a_vm_stored_while_the_webhook_was_away_is_injected_by_the_next_update(self) -> None:
        self.policy('Ignore')
        self.addCleanup(self.policy, 'Fail')
        self.webhook.stop()
        self.assert_bare(self.apply(vm('web', ASKED)))
        self.webhook.start(*self.arguments)
        self.kubectl('label', 'vm', 'web', 'a=b')
        self.assert_injected(self.get('vm', 'web'), PLAIN)

    def test_in_a_namespace_without_the_label_nothing_is_asked(self) -> None:
        other = self.make_namespace('other=namespace')
        asked = self.webhook.requests()
        made = self.cluster.kubectl('-n', other, 'apply', '-o', 'json', '-f', '-', given=vm('web', ASKED))
        self.assert_bare(json.loads(made.stdout))
        self.assertEqual(self.webhook.requests(), asked)


class Tagger(BaseHTTPRequestHandler):
    """A webhook that comes after ours and gives every VM a tag for its service."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers['content-length'])))['request']
        patch = [{'op': 'add', 'path': f'/spec/template/metadata/annotations/{TAGS.replace("/", "~1")}', 'value': 'late'}]
        answer = {'uid': request['uid'], 'allowed': True, 'patchType': 'JSONPatch',
                  'patch': base64.b64encode(json.dumps(patch).encode()).decode()}
        body = json.dumps({'apiVersion': 'admission.k8s.io/v1', 'kind': 'AdmissionReview', 'response': answer}).encode()
        self.send_response(200)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Among(ClusterCase):
    def tagger(self) -> None:
        """Registers another webhook, whose name comes behind ours."""
        key, certificate = (str(self.cluster.folder / f'tagger.{end}') for end in ('key', 'crt'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                        '-keyout', key, '-out', certificate, '-subj', '/CN=tagger', '-addext', f'subjectAltName=IP:{ADDRESS}'],
                       check=True, capture_output=True)
        server = ThreadingHTTPServer((ADDRESS, 9443), Tagger)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with open(certificate, 'rb') as file:
            bundle = base64.b64encode(file.read()).decode()
        self.kubectl('apply', '-f', '-', given={
            'apiVersion': 'admissionregistration.k8s.io/v1', 'kind': 'MutatingWebhookConfiguration', 'metadata': {'name': 'zz-tagger'},
            'webhooks': [{
                'name': 'tagger.example.com', 'admissionReviewVersions': ['v1'], 'sideEffects': 'None', 'failurePolicy': 'Fail',
                'clientConfig': {'url': f'https://{ADDRESS}:9443/', 'caBundle': bundle},
                'namespaceSelector': {'matchLabels': {'kubernetes.io/metadata.name': self.namespace}},
                'rules': [{'apiGroups': ['kubevirt.io'], 'apiVersions': ['v1'], 'resources': ['virtualmachines'],
                           'operations': ['CREATE', 'UPDATE']}],
            }]})
        self.addCleanup(self.kubectl, 'delete', 'mutatingwebhookconfiguration', 'zz-tagger')

    def test_what_a_later_webhook_changes_is_injected_too(self) -> None:
        self.tagger()
        asked = self.webhook.requests()
        # The API server needs a moment to know the other webhook.
        stored = {}
        for attempt in range(50):
            stored = self.apply(vm(f'web-{attempt}', ASKED))
            if TAGS in stored['spec']['template']['metadata']['annotations']:
                break
        self.assert_injected(stored, PLAIN)
        self.assertEqual(service(source(stored))['tags'], ['late'])
        self.assertGreaterEqual(self.webhook.requests() - asked, 2, 'it was asked again')
