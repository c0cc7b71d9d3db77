"""plan_annotations.py as a program: what it is made of, its command line, and the text that it prints."""
import ast
import json
import re
import subprocess
import sys
import unittest

from plans import G, config, faults, plan, proxy
from support import A, GUEST, P

PROGRAM = GUEST / 'plan_annotations.py'


class Source(unittest.TestCase):
    def test_it_is_python_3_6_and_standard_library(self):
        text = PROGRAM.read_text(encoding='utf-8')
        tree = ast.parse(text, feature_version=(3, 6))
        modules = {name.name.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        modules |= {node.module.split('.')[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        self.assertLessEqual(modules, {'fractions', 'ipaddress', 'json', 'math', 're', 'sys', 'urllib'})
        for newer in ('removeprefix', 'removesuffix', 'eval(', 'exec(', 'open(', 'subprocess'):
            self.assertNotIn(newer, text)

    def test_no_line_of_it_could_be_taken_for_a_header_of_a_segment(self):
        self.assertNotRegex(PROGRAM.read_text(encoding='utf-8'), r'(?m)^=== ')

    def test_there_is_a_grammar_for_every_syntax_and_a_meaning_of_every_default(self):
        self.assertEqual(set(G.SYNTAXES.values()) - set(G.GRAMMARS) - {'upstreams'}, set())
        for key, text in G.DEFAULTS.items():
            self.assertIsNotNone(G.GRAMMARS[G.SYNTAXES[key]](text))

    def test_no_default_of_the_model_is_written_down_twice(self):
        code = PROGRAM.read_text(encoding='utf-8').partition('# End of what is made.')[2]
        telling = {value for value in G.DEFAULTS.values() if len(value) > 3 and value not in G.BOOLEANS}
        self.assertIn('20200', telling)
        telling -= {'open', 'consul', '8600'}  # named by its grammar, as a program, and among the ports that are taken
        for value in telling:
            self.assertFalse(value in code, value)


class Command(unittest.TestCase):
    def ask(self, text):
        return subprocess.run([sys.executable, str(PROGRAM)], input=text.encode('utf-8', 'surrogatepass'), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def test_it_prints_the_file_that_says_the_same_as_a_plan(self):
        done = self.ask('\ufeff' + json.dumps(config(service_meta_x='\u00fc')))
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        self.assertEqual(done.stdout.decode('ascii'), G.canonical({'format': 2, 'plan': plan(service_meta_x='\u00fc')}))

    def test_faults_are_told_one_a_line_and_nothing_is_printed(self):
        done = self.ask(json.dumps({'annotations': {P + 'connect-service': 'a b', P + 'connect-service-port': 'x,y', A + 'x\ny\x1b': 'z'}}))
        self.assertEqual((done.returncode, done.stdout), (2, b''))
        self.assertEqual([line.split(': ')[0] for line in done.stderr.decode('ascii').splitlines()], [P + 'connect-service', P + 'connect-service-port', P + 'connect-service-port'])

    def test_warnings_are_told_and_do_no_harm(self):
        done = self.ask(json.dumps({'name': 'web', 'annotations': {A + 'x\ny\x1b\u00fc': 'z'}}))
        self.assertEqual((done.returncode, json.loads(done.stdout)['plan']['sidecars'][0]['service']), (0, 'web'))
        self.assertRegex(done.stderr.decode('utf-8'), r'\A%sx\\u000ay\\u001b.*: not known.*\n\Z' % re.escape(A))

    def test_what_is_no_json_is_a_fault(self):
        for text in ('', '{', '[' * 100000, '\ud800', '{"name": NaN}', '{"name": %s}' % ('9' * 5000)):
            with self.subTest(text[:20]):
                done = self.ask(text)
                self.assertEqual((done.returncode, done.stdout), (2, b''))
                self.assertEqual(done.stderr.count(b'\n'), 1)


class Canonical(unittest.TestCase):
    def test_it_is_ascii_with_keys_in_code_point_order_and_numbers_as_they_were_written(self):
        self.assertEqual(G.canonical({'\U0001f600': 1, '\uffee': G.Number('1.50'), 'b': [], 'a': [{}, True, None, '\x7f\u00fc"\\\n']}),
                         '{"a": [{}, true, null, "\\u007f\\u00fc\\"\\\\\\n"], "b": [], "\\uffee": 1.50, "\\ud83d\\ude00": 1}\n')

    def test_it_prints_what_json_does_but_for_numbers(self):
        found = plan(connect_service_port='8080', connect_service_upstreams='api:1', alpha_acl_token_file='/t', transparent_proxy_exclude_uids='x')
        lines = G.canonical(found)
        on_one = re.sub(r'(?<=[\[{])\n *|\n *(?=[\]}])', '', lines.rstrip('\n'))
        self.assertEqual(re.sub(r',\n *', ', ', on_one), json.dumps(found, sort_keys=True))

    def test_numbers_of_the_proxy_configuration_stay_as_they_are_written(self):
        for number in ('1.0', '1E3', '-0', '1e-400', '0.10', '9007199254740991', '100000000000000000000.0'):
            self.assertIn('"n": %s}' % number, G.canonical(plan(proxy_config_map='{"n": %s}' % number)))
        for number in ('1e400', '12345678901234567890', '9007199254740992', 'NaN', '-Infinity'):
            self.assertEqual(len(faults(proxy_config_map='{"n": %s}' % number)), 1)

    def test_of_a_key_given_twice_the_last_counts_and_a_hole_in_there_is_none(self):
        self.assertEqual(proxy(proxy_config_map='{"a": 1, "a": "2"}')['config'], {'a': '2'})
        self.assertEqual(proxy(proxy_config_map='{"hole": "uid", "user": ["$POD_NAME"]}')['config'], {'hole': 'uid', 'user': ['$POD_NAME']})


if __name__ == '__main__':
    unittest.main()
