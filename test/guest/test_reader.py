"""What reads a fleet's annotations on the guest: user-data of every format, metadata of every datasource, the decision."""
import ast
import base64
import gzip
import json
import unittest

from support import A, ENVELOPES, P, load_reader

R = load_reader()
TRUE = {P + 'connect-inject': 'true'}
COMMENT = '# ' + P + 'connect-inject: "true"\n'
KEY = P + 'connect-inject: "true"\n'
MIME = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n%s\n--B--\n'
FLEET = {'defaults': {'annotations': {}}, 'inject': False}


def packed(text, form='base64', kind='text/plain'):
    body = base64.encodebytes(text.encode()).decode() if form == 'base64' else text.replace('=', '=3D')
    return MIME % ('Content-Type: %s\nContent-Transfer-Encoding: %s\n\n%s' % (kind, form, body))


# Everything in which the one annotation is found.
ANNOTATED = {
    'cloud-config, comment': '#cloud-config\n' + COMMENT + 'packages: [nginx]\n',
    'cloud-config, key': '#cloud-config\n' + KEY,
    'cloud-config, under annotations': '#cloud-config\nannotations:\n  ' + KEY,
    'cloud-config, under metadata': '#cloud-config\nmetadata: {annotations: {%sconnect-inject: "true"}}\n' % P,
    'cloud-config, boolean': '#cloud-config\n%sconnect-inject: yes\n' % P,
    'cloud-config, flow mapping': '#cloud-config\n{%sconnect-inject: true, packages: [a]}\n' % P,
    'cloud-config, alias': '#cloud-config\nx: &x "true"\n%sconnect-inject: *x\n' % P,
    'cloud-config, CRLF': ('#cloud-config\n' + COMMENT + KEY).replace('\n', '\r\n'),
    'script': '#!/bin/sh\n' + COMMENT + 'echo hello\n',
    'boothook': '#cloud-boothook\n#!/bin/sh\n\n' + COMMENT,
    'jinja': '## template: jinja\n#cloud-config\n' + COMMENT + 'hostname: {{ v1.x }}\n',
    'jinja, key': '## template: jinja\n#cloud-config\n' + KEY,
    'archive': '#cloud-config-archive\n' + COMMENT + '- type: text/x-shellscript\n  content: x\n',
    'include': '#include\n' + COMMENT + 'https://example.com/x\n',
    'part-handler': '#part-handler\n' + COMMENT,
    'MIME, 7bit': MIME % ('Content-Type: text/x-shellscript\n\n#!/bin/sh\n' + COMMENT),
    'MIME, base64': packed('#!/bin/sh\n' + COMMENT),
    'MIME, quoted-printable': packed('#cloud-config\n' + KEY, 'quoted-printable'),
    'MIME, declared cloud-config': packed(KEY, 'base64', 'text/cloud-config'),
    'MIME, nested': MIME % ('Content-Type: multipart/mixed; boundary=C\n\n--C\nContent-Type: text/plain\n\n#!/bin/sh\n%s\n--C--' % COMMENT),
    'one message': 'MIME-Version: 1.0\nContent-Type: text/cloud-config\n\n' + KEY,
    'mentions MIME-Version': '#cloud-config\n# MIME-Version: 1.0\n' + KEY,
    'gzip': gzip.compress(('#cloud-config\n' + COMMENT).encode()),
    'gzip, two members': gzip.compress(b'#cloud-config\n') + gzip.compress(COMMENT.encode()),
    'base64': base64.encodebytes(('#cloud-config\n' + COMMENT).encode()),
    'base64 of gzip': base64.b64encode(gzip.compress(('#cloud-config\n' + COMMENT).encode())),
    'Latin-1': ('#!/bin/sh\n# caf\xe9\n' + COMMENT).encode('latin-1'),
}
# Where nothing is annotated, or not so that it counts.
SILENT = {
    'empty': b'', 'only blanks': b' \n', 'below the head': '#!/bin/sh\necho hello\n' + COMMENT, 'a key of a script': '#!/bin/sh\n' + KEY,
    'in a literal block': '#cloud-config\nwrite_files:\n  - content: |\n      ' + KEY, 'deeper': '#cloud-config\nx: {annotations: {%sconnect-inject: true}}\n' % P,
    'broken gzip': gzip.compress(b'#!/bin/sh\n' + COMMENT.encode())[:-9], 'binary': bytes(range(256)), 'not ours': '#cloud-config\n# example.com/connect-inject: "true"\n',
    'a message in a message': MIME % ('Content-Type: message/rfc822\n\nSubject: x\n\n#!/bin/sh\n' + COMMENT),
}
UNCLEAR = {
    'twice': '#!/bin/sh\n' + COMMENT + COMMENT.replace('true', 'false'), 'in two parts': MIME % ('\n#!/bin/sh\n%s\n--B\n\n#!/bin/sh\n%s' % (COMMENT, COMMENT.replace('true', 'no'))),
    'not YAML': '#cloud-config\na: [\n' + KEY, 'merged': '#cloud-config\n<<: {%sconnect-inject: true}\n' % P, 'jinja expression': '## template: jinja\n#cloud-config\n# %sconnect-inject: {{ x }}\n' % P,
    'jinja that is not YAML': '## template: jinja\n#cloud-config\n{%% if x %%}\n%s{%% endif %%}\n' % KEY, 'null': '#cloud-config\n%sconnect-inject:\n' % P,
    'a list': '#cloud-config\n%sconnect-inject: [true]\n' % P, 'octal': '#cloud-config\n%sconnect-service-port: 010\n' % P, 'a bomb': '#cloud-config\na: &a [x, x, x, x, x, x, x, x, x, x]\n' + ''.join(
        '%s: &%s [%s]\n' % (b, b, ', '.join(['*' + a] * 10)) for a, b in zip('abcdefg', 'bcdefgh')) + '%sproxy-config-map: {x: *h}\n' % P,
    'a mapping that holds itself': '#cloud-config\n%sproxy-config-map: &a {a: *a}\n' % P, 'unpacks to very much': gzip.compress(b'#!/bin/sh\n' + b'#' * (65 << 20)),
}


def read(content):
    return R.read_user_data(content if isinstance(content, bytes) else content.encode())


class UserData(unittest.TestCase):
    maxDiff = None

    @unittest.skipIf(R.yaml is None, 'this Python has no yaml module')
    def test_annotations_are_found_in_every_format(self):
        for name, content in ANNOTATED.items():
            with self.subTest(name):
                self.assertEqual(read(content), TRUE)

    def test_what_is_not_annotated_has_no_annotations(self):
        for name, content in SILENT.items():
            with self.subTest(name):
                self.assertEqual(read(content), {})

    @unittest.skipIf(R.yaml is None, 'this Python has no yaml module')
    def test_what_is_not_clear_is_refused(self):
        for name, content in UNCLEAR.items():
            with self.subTest(name), self.assertRaises((R.Unclear, RecursionError)):
                read(content)

    @unittest.skipIf(R.yaml is None, 'this Python has no yaml module')
    def test_lists_and_mappings_become_the_strings_that_they_stand_for(self):
        found = read('#cloud-config\n%sservice-tags: ["a,b", c]\n%sconnect-service-port:\n  - 80\n  - 81\n%sproxy-config-map: {a: 1, b: [yes, ~, 1.0]}\n' % (P, P, P))
        self.assertEqual(found, {P + 'service-tags': 'a\\,b,c', P + 'connect-service-port': '80,81', P + 'proxy-config-map': '{"a":1,"b":[true,null,1]}'})

    @unittest.skipIf(R.yaml is None, 'this Python has no yaml module')
    def test_what_yaml_takes_for_a_boolean_is_one_only_where_one_is_meant(self):
        found = read('#cloud-config\n%stransparent-proxy: off\n%sservice-meta-country: NO\n%sservice-tags: [SE, NO]\n' % (P, P, P))
        self.assertEqual(found, {P + 'transparent-proxy': 'false', P + 'service-meta-country': 'NO', P + 'service-tags': 'SE,NO'})

    def test_without_pyyaml_comments_are_read_and_keys_are_refused(self):
        reader = load_reader()
        reader.yaml = None
        values = {'"a\\tb"': 'a\tb', "'it''s' # why": "it's", 'web # why': 'web', 'True': 'True', 'NO': 'NO', '"open': '"open'}
        for text, value in values.items():
            self.assertEqual(reader.read_user_data(('#!/bin/sh\n# %sx: %s\n' % (P, text)).encode()), {P + 'x': value})
        with self.assertRaisesRegex(reader.Unclear, 'PyYAML'):
            reader.read_user_data(('#cloud-config\n' + KEY).encode())
        self.assertEqual(reader.read_user_data(('#cloud-config\n%swrite_files: [{content: "%s"}]\n' % (COMMENT, P)).encode()), TRUE)


# What cloud-init leaves of the metadata of each datasource.
INSTANCES = {
    'NoCloud': {'meta_data': {'instance-id': 'i', P + 'connect-inject': True}},
    'NoCloud, nested': {'meta_data': {'annotations': {P + 'connect-inject': 'true'}}},
    'OpenStack, ConfigDrive': {'meta_data': {'uuid': 'x', 'meta': {'consul.hashicorp.com:connect-inject': 'true', 'role': 'web'}}, 'network_json': {'links': []}},
    'LXD, Incus': {'config': {'user.consul.hashicorp.com:connect-inject': 'true', 'user.user-data': '#cloud-config\n', 'cloud-init.vendor-data': 'x'}, 'devices': {'eth0': {'name': 'eth0', 'type': 'nic'}}},
    'Ec2': {'dynamic': {}, 'meta-data': {'tags': {'instance': {'Name': 'web', 'consul.hashicorp.com:connect-inject': 'true'}}, 'public-keys': ['x']}},
    'VMware': {'meta_data': {'local-hostname': 'vm', P + 'connect-inject': 'true', 'network': {'config': {'version': 2}}}},
    'Azure': {'meta_data': {'imds': {'compute': {'tagsList': [{'name': 'a', 'value': 'b'}, {'name': 'consul.hashicorp.com:connect-inject', 'value': 'true'}]}}}},
    'Kubernetes manners': {'meta_data': {'metadata': {'annotations': {P + 'connect-inject': 'true'}}}},
}


class Metadata(unittest.TestCase):
    def read(self, ds):
        return R.read_metadata(json.loads(json.dumps({'ds': ds, 'v1': {P + 'connect-inject': 'never'}, 'merged_cfg': {P + 'x': 'y'}})))

    def test_annotations_are_found_in_the_metadata_of_every_datasource(self):
        for name, ds in INSTANCES.items():
            with self.subTest(name):
                self.assertEqual(self.read(ds), TRUE)

    def test_vm_only_keys_may_be_written_with_a_colon_too(self):
        self.assertEqual(self.read({'meta': {'alpha.consul.hashicorp.com:acl-token-file': '/x'}}), {A + 'acl-token-file': '/x'})

    def test_documents_and_other_keys_are_not_looked_into(self):
        for ds in ({'user-data': {P + 'x': 'y'}}, {'vendor_data': {P + 'x': 'y'}}, {'config': {'user.vendor-data': {P + 'x': 'y'}}}, {'x' + P + 'a': 'b'},
                   {'consul.hashicorp.com': 'x'}, {'consul.hashicorp.com.x': 'y'}, None, [], 'x', {}):
            self.assertEqual(self.read(ds), {}, ds)
        self.assertEqual(R.read_metadata([]), {})

    def test_values_that_the_platform_parsed_are_strings_again(self):
        found = self.read({P + 'connect-service-port': 8080, P + 'transparent-proxy': False, P + 'service-tags': ['a', 'b,c'], P + 'proxy-config-map': {'a': 1}})
        self.assertEqual(found, {P + 'connect-service-port': '8080', P + 'transparent-proxy': 'false', P + 'service-tags': 'a,b\\,c', P + 'proxy-config-map': '{"a":1}'})

    def test_what_is_not_clear_is_refused(self):
        for ds in ({P + 'connect-inject': None}, {P + 'connect-inject': {}}, {P + 'connect-service-port': 1.5}, {'a': {P + 'x': 'a'}, 'b': {'consul.hashicorp.com:x': 'b'}}):
            with self.subTest(ds), self.assertRaises(R.Unclear):
                self.read(ds)

    def test_what_is_redacted_counts_as_not_given(self):
        self.assertEqual(self.read({P + 'connect-inject': 'redacted for non-root user'}), {})


class Decision(unittest.TestCase):
    def decide(self, *layers, inject=False, **defaults):
        given = {P + key.replace('_', '-'): value for key, value in defaults.items()}
        return R.decide([{P + key: value for key, value in layer.items()} for layer in layers], {'defaults': {'annotations': given}, 'inject': inject})

    def test_it_is_that_of_the_command_line(self):
        cases = [({}, False, False), ({}, True, True), ({'connect-inject': 'true'}, False, True), ({'connect-inject': 'false'}, True, False), ({'connect-inject': 'T'}, False, True),
                 ({'connect-inject': '0'}, True, False), ({'connect-inject': ' '}, True, True), ({'connect-inject-status': 'injected', 'connect-inject': 'true'}, True, False),
                 ({'connect-inject-status': ' ', 'connect-inject': 'true'}, False, True)]
        for annotations, inject, joins in cases:
            config, reason, alone = self.decide(annotations, inject=inject)
            self.assertEqual(config is not None, joins, (annotations, reason))
            self.assertEqual(alone, annotations.get('connect-inject-status', '').strip() != '')

    def test_what_is_no_boolean_is_refused(self):
        for value in ('yes', 'TrUe', ' true', 'true\n'):
            with self.assertRaises(R.Unclear):
                self.decide({'connect-inject': value}, inject=True)

    def test_metadata_outranks_user_data_and_that_the_defaults_of_the_fleet(self):
        config, _, _ = self.decide({'connect-inject': '1', 'connect-service': 'a'}, {'connect-service': 'b', 'connect-service-port': '2'}, connect_service_port='3', service_tags='c')
        self.assertEqual(config['annotations'], {P + 'connect-inject': 'true', P + 'connect-service': 'a', P + 'connect-service-port': '2', P + 'service-tags': 'c'})

    def test_the_fleet_may_ask_every_vm_to_join_and_a_vm_may_refuse(self):
        self.assertTrue(self.decide({}, {}, connect_inject='true')[0])
        self.assertIsNone(self.decide({}, {'connect-inject': 'false'}, connect_inject='true')[0])

    def test_an_old_spelling_outranks_the_default_of_the_new_one(self):
        config, _, _ = self.decide({'connect-inject': 'true', 'connect-service-tags': 'own'}, service_tags='fleet')
        self.assertNotIn(P + 'service-tags', config['annotations'])

    def test_what_is_empty_hides_nothing_of_a_lower_layer(self):
        config, _, _ = self.decide({'connect-inject': '', 'transparent-proxy': ' '}, {'connect-inject': 'true', 'service-tags': ''}, transparent_proxy='false', service_tags='fleet')
        self.assertEqual(config['annotations'], {P + 'connect-inject': 'true', P + 'transparent-proxy': 'false', P + 'service-tags': 'fleet'})
        config, _, _ = self.decide({'connect-inject': '1', 'envoy-extra-args': '', 'service-meta-a': ''}, envoy_extra_args='-l debug')
        self.assertEqual(config['annotations'], {P + 'connect-inject': 'true', P + 'envoy-extra-args': '', P + 'service-meta-a': ''})

    def test_settings_go_along(self):
        config, _, _ = R.decide([TRUE], {'defaults': {'annotations': {}, 'settings': {'enterprise': True}}, 'inject': False})
        self.assertEqual(config, {'annotations': TRUE, 'settings': {'enterprise': True}})


class Sources(unittest.TestCase):
    def test_they_are_python_3_6_ascii_and_evaluate_nothing(self):
        for path in sorted(ENVELOPES.glob('*.py')):
            text = path.read_text(encoding='ascii')
            names = {node.id for node in ast.walk(ast.parse(text, feature_version=(3, 6))) if isinstance(node, ast.Name)}
            # The bootstrap runs what travels with it, as nothing else does.
            self.assertFalse(names & {'eval', 'exec', 'compile', '__import__'} - ({'exec'} if path.name == 'bootstrap.py' else set()), path.name)
            self.assertNotIn('shell=True', text)
            self.assertLessEqual(len(text.splitlines()), 250, path.name)
            self.assertNotRegex(text, 'END-OF-|{{', path.name)


if __name__ == '__main__':
    unittest.main()
