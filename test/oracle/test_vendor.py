"""Real cloud-init on vendor-data of ours beside every document of the corpus, and beside a platform's own vendor-data whose keys
collide with the operator's: nothing of either side is lost, ours included, and the warning is given where and only where
cloud-init would not run it."""
import base64
import json
import pathlib
import subprocess
import unittest

from test_corpus import ANNOTATED, CLI, CORPUS, ROOT, alone, load_oracle, missing

# What a platform may say in vendor-data of its own; every key is one that operators use.
PLATFORM = b"""#cloud-config
write_files: [{path: /etc/platform, content: platform}]
runcmd: [echo platform]
packages: [platform]
users: [default, {name: platform}]
apt: {conf: 'APT::Platform "1";'}
bootcmd: [echo platform]
"""
COLLIDING = b"""#cloud-config
write_files: [{path: /etc/operator, content: operator}]
runcmd: [echo operator]
packages: [operator]
users: [{name: operator}]
bootcmd: [echo operator]
"""
SETTINGS = ["{enabled: %s}" % value for value in (
    "false", "False", "no", "No", "off", "OFF", "n", "0", "00", "2", "~", "null", "'no'", "''", "maybe", "1.0", "[true]", "{a: b}", "y", "2020-01-01", "1:30",
    "true", "True", "TRUE", "yes", "Yes", "on", "ON", "1", "01", "0x1", "0b1", "+1", "0_1", "1_", "-1", "0o1", "'1'", "'on'", "' TRUE '", "\"Yes\"", "!!str on", "!!bool on", "!!int '1'")]
SETTINGS += ["false", "true", "~", "", "[]", "x", "{}", "{prefix: x}", "{prefix: [a, b], enabled: no}", "{disabled_handlers: [text/cloud-boothook]}",
             "{disabled_handlers: [text/x-shellscript, text/cloud-config]}", "{disabled_handlers: [text/cloud-config]}", "{disabled_handlers: text/cloud-boothook}",
             "{disabled_handlers: [text/x-shellscript-per-boot]}", "{disabled_handlers: []}", "{enabled: true, disabled_handlers: [text/x-shellscript]}", "\n  prefix: x\n  enabled: off"]


def vendor_data(*arguments, data=b""):
    """Exit code, bytes, and the codes of the diagnostics."""
    done = subprocess.run(["node", str(CLI), "vendor-data", "--output", "json", *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout, [said["code"] for said in json.loads(done.stderr or b"[]")]


# What the library says of each document, in one process: a program for each would take minutes.
WARNED = """
import { text } from 'node:stream/consumers'
import { vendorData } from './dist/src/index.js'
const [options, documents] = JSON.parse(await text(process.stdin))
const codesOf = document => vendorData(Buffer.from(document, 'base64'), options).diagnostics.map(({ code }) => code)
process.stdout.write(JSON.stringify(documents.map(codesOf)))
"""


def codes_of(documents):
    """The codes of the diagnostics of each document, annotated from outside; annotations of its own may be unknown."""
    options = {"annotations": ANNOTATED[1::2], "allowUnknown": True}
    given = json.dumps([options, [base64.b64encode(document).decode() for document in documents]])
    done = subprocess.run(["node", "--input-type=module", "-e", WARNED], cwd=str(ROOT), input=given.encode(), stdout=subprocess.PIPE, timeout=300, check=True)
    return json.loads(done.stdout.decode())


@unittest.skipIf(missing(), missing() or "")
class Vendor(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.oracle = load_oracle()
        cls.checker = cls.oracle.Checker()
        cls.static = vendor_data("--static")[1]
        cls.one = vendor_data(*ANNOTATED)[1]

    def lost(self, before, after):
        return [row for row in self.oracle.compare(before, after) if not row.get("soft")]

    @staticmethod
    def ours(report):
        """Whether cloud-init runs both our parts; None when it runs one of them only."""
        hooks = [hook for hook in report["boothooks"] if hook["name"] == "consul-vm-inject-guest"]
        scripts = [script for script in report["scripts"]["vendor"] if script["name"] == "zz-consul-vm-inject-start"]
        return bool(hooks) if len(hooks) == len(scripts) <= 1 else None

    def beside(self, document):
        """What of the operator's and of the platform's our vendor-data costs, and whether ours is run."""
        lost, runs = [], []
        platform = self.checker.run(document, PLATFORM)
        cases = [(alone(document), dict(vendor_data=self.static)),
                 (platform, dict(vendor_data=PLATFORM, vendor_data2=self.static)),
                 (platform, dict(vendor_json=json.dumps({"cloud-init": [PLATFORM.decode(), self.static.decode()]})))]
        for before, given in cases:
            after = self.checker.run(document, **given)
            lost += self.lost(before, after)
            runs += [] if after["fatal"] or "vendor_data2" in given else [self.ours(after)]
        return lost, runs

    def test_nothing_is_lost_beside_any_document_of_the_corpus_and_the_warning_is_right(self):
        documents = {path.name: path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.name != "index.json"}
        lost, wrong = [], []
        for (name, document), codes in zip(documents.items(), codes_of(documents.values())):
            warning = "W401" in codes
            differences, runs = self.beside(document)
            if differences:
                lost.append((name, differences))
            if any(run is not (not warning) for run in runs):
                wrong.append((name, warning, runs))
        self.assertEqual(lost, [])
        self.assertEqual(wrong, [])

    def test_colliding_keys_lose_nothing_and_a_switch_is_warned_of(self):
        for off in (b"", b"vendor_data: {enabled: false}\n"):
            differences, runs = self.beside(COLLIDING + off)
            self.assertEqual(differences, [])
            self.assertEqual(set(runs), {not off})
            self.assertEqual("W401" in vendor_data(*ANNOTATED, data=COLLIDING + off)[2], bool(off))

    def test_the_warning_follows_cloud_init_in_every_spelling_of_the_switch(self):
        documents = [form % (json.dumps(text) if "archive" in form else text)
                     for text in ("vendor_data: %s\n" % setting for setting in SETTINGS)
                     for form in ("#cloud-config\n%s", "MIME-Version: 1.0\nContent-Type: text/cloud-config\n\n%s",
                                  "#cloud-config-archive\n- type: text/cloud-config\n  content: %s\n")]
        wrong = []
        for document, codes in zip(documents, codes_of([document.encode() for document in documents])):
            runs = self.ours(self.checker.run(document.encode(), self.one))
            # None: one of the two parts is not run.
            if any(code.startswith("E") for code in codes) or ("W401" in codes) != (runs is not True):
                wrong.append((document, codes, runs))
        self.assertEqual(wrong, [])

    def test_several_documents_are_judged_as_cloud_init_merges_them(self):
        part = "--b\nContent-Type: text/cloud-config\n\n%s\n"
        texts = ["vendor_data: {enabled: false}", "vendor_data: {enabled: true}", "vendor_data: {}", "packages: []"]
        head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        documents = [(head + part % one + part % other + "--b--\n").encode() for one in texts for other in texts]
        for document, codes in zip(documents, codes_of(documents)):
            self.assertEqual("W401" in codes, not self.ours(self.checker.run(document, self.one)), document)

    def test_openstack_s_json_passes_cloud_init_s_own_conversion(self):
        convert = self.checker.m.sources.convert_vendordata
        answer = json.loads(vendor_data("--static", "--form", "openstack")[1].decode())
        self.assertEqual(convert(answer), self.static.decode())
        self.assertIsNone(convert(json.loads(vendor_data("--form", "openstack", data=b"#!/bin/sh\n")[1].decode())))
        report = self.checker.run(COLLIDING, vendor_json=json.dumps(answer))
        self.assertTrue(self.ours(report))
        self.assertNotIn("vendor_json_error", report)

    def test_no_vendor_data_and_empty_vendor_data_are_the_same_to_cloud_init(self):
        empty = vendor_data(data=COLLIDING)[1]
        self.assertEqual(empty, b"")
        without, beside = self.checker.run(COLLIDING), self.checker.run(COLLIDING, empty)
        self.assertEqual((self.oracle.compare(without, beside), beside["log"]), ([], without["log"]))

    def test_no_warning_comes_of_it(self):
        without = self.checker.run(COLLIDING)
        for given in (dict(vendor_data=self.static), dict(vendor_data=self.one), dict(vendor_data2=self.static)):
            beside = self.checker.run(COLLIDING, **given)
            self.assertEqual((self.lost(without, beside), beside["log"]), ([], without["log"]))

    def test_the_document_of_a_fleet_may_be_user_data_as_well(self):
        report = self.checker.run(self.static)
        self.assertEqual([hook["name"] for hook in report["boothooks"]], ["consul-vm-inject-guest"])
        self.assertEqual([script["name"] for script in report["scripts"]["user"]], ["zz-consul-vm-inject-start"])

    def test_the_guest_reads_in_every_document_what_the_command_line_reads(self):
        """The corpus is not annotated: what it holds must not be taken for annotations on the guest either."""
        import sys
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "guest"))
        from support import load_reader
        reader = load_reader()
        found = {path.name: reader.read_user_data(path.read_bytes()) for path in CORPUS.iterdir() if path.name != "index.json"}
        self.assertEqual({name: annotations for name, annotations in found.items() if annotations}, {})


if __name__ == "__main__":
    unittest.main()
