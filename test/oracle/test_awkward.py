"""Law 1 on documents that are awkward on purpose: the project's own, next to the corpus."""
import base64
import gzip
import pathlib
import tempfile
import unittest

from test_corpus import ANNOTATED, inject, inject_all, load_oracle, missing

CONFIG = b"#cloud-config\nruncmd:\n  - [echo, hello]\nwrite_files:\n  - {path: /etc/x, content: x}\n"
KEYS = b"#cloud-config\nconsul.hashicorp.com/connect-service: web # why not\nruncmd:\n  - [echo, hello]\nannotations:\n  consul.hashicorp.com/service-tags:\n    - a\n\n    - b\n  other.io/x: y\nusers: [default]\n"
SCRIPT = b"Content-Type: text/x-shellscript\n\n#!/bin/sh\necho 1\n"


def multipart(*parts, subtype=b"mixed", boundary=b"b", end=None):
    """A message of these parts, headers included; without its closing delimiter where `end` is empty."""
    head = b"MIME-Version: 1.0\nContent-Type: multipart/%s; boundary=\"%s\"\n\n" % (subtype, boundary)
    return head + b"".join(b"--%s\n%s\n" % (boundary, part) for part in parts) + (b"--%s--\n" % boundary if end is None else end)


DOCUMENTS = {
    "no line ending at the end": CONFIG.rstrip(),
    "CRLF": CONFIG.replace(b"\n", b"\r\n"),
    "lone CR": b"#!/bin/sh\necho a\rb\n",
    "trailing blanks and blank lines": CONFIG + b"   \n\n\n",
    "Latin-1 script": b"#!/bin/sh\necho caf\xe9\n",
    "UTF-8 script": "#!/bin/sh\necho caf\u00e9 \u2603\n".encode(),
    "UTF-8 config": "#cloud-config\nfinal_message: \"fin \u2603 \u2028\"\n".encode(),
    "NUL and control characters": b"#!/bin/sh\nprintf '\x00\x01\x7f'\n",
    "script that begins with a delimiter": b"#!/bin/sh\n--==consul-vm-inject==\n--\n--x--\n",
    "form feed and vertical tab": b"#!/bin/sh\n# \x0c\x0b\x1c\necho x\n",
    "leading blank lines": b"\n\n  " + CONFIG,
    "upper-case header": CONFIG.replace(b"#cloud-config", b"#CLOUD-CONFIG"),
    "mentions MIME-Version": b"#cloud-config\nwrite_files:\n  - path: /etc/mail\n    content: |\n      MIME-Version: 1.0\n      Content-Type: text/plain\nruncmd: [[echo, x]]\n",
    "script that mentions MIME-Version": b"#!/bin/sh\ncat > /tmp/m <<E\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\nE\n",
    "From line at the start": b"From the operator\n#cloud-config\nruncmd: [x]\n",
    "dot lines and From lines": b"#!/bin/sh\ncat <<E\n.\nFrom me\n>From you\nE\n",
    "very long line": b"#!/bin/sh\necho " + b"x" * 100000 + b"\n",
    "empty": b"",
    "only blanks": b" \n \n",
    "gzip": gzip.compress(CONFIG),
    "gzip twice": gzip.compress(gzip.compress(CONFIG)),
    "gzip with garbage behind": gzip.compress(CONFIG) + b"garbage",
    "gzip cut short": gzip.compress(CONFIG)[:-9],
    "include": b"#include\nhttp://127.0.0.1/a\n",
    "include once": b"#include-once http://127.0.0.1/a\n",
    "part-handler": b"#part-handler\ndef list_types():\n    return ['text/x-mine']\ndef handle_part(*a):\n    pass\n",
    "boothook": b"#cloud-boothook\n#!/bin/sh\necho boot\n",
    "archive": b"#cloud-config-archive\n- type: text/x-shellscript\n  filename: zzzz.sh\n  content: |\n    #!/bin/sh\n    echo z\n- '#cloud-config\\nruncmd: [x]'\n",
    "jsonp": b'#cloud-config-jsonp\n[{"op":"add","path":"/runcmd","value":["x"]}]\n',
    "jinja": b"## template: jinja\n#cloud-config\nruncmd: ['echo {{ v1.instance_id }}']\n",
    "jinja script": b"## template: jinja\n#!/bin/sh\necho {{ v1.instance_id }}\n",
    "merge_how": b"#cloud-config\nmerge_how: 'dict(replace)+list()+str()'\nruncmd: [x]\n",
    "vendor data off": b"#cloud-config\nvendor_data: {enabled: false}\nruncmd: [x]\n",
    "broken YAML": b"#cloud-config\nruncmd: [x\n",
    "list root": b"#cloud-config\n- a\n",
    "MIME without closing delimiter": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho 1\n",
    "MIME with CRLF": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho 1\n--b--\n".replace(b"\n", b"\r\n"),
    "MIME with preamble and epilogue": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho 1\n--b--\nepilogue\n",
    "MIME without a closing delimiter or a line end": multipart(SCRIPT, end=b"")[:-1],
    "MIME without a closing delimiter, in CRLF": multipart(SCRIPT, end=b"").replace(b"\n", b"\r\n"),
    "MIME without a closing delimiter, whose line ends differ": multipart(SCRIPT, end=b"").replace(b"\n", b"\r\n")[:-2] + b"\n",
    "MIME without a closing delimiter in MIME without one": multipart(multipart(SCRIPT, end=b"", boundary=b"c"), end=b""),
    "MIME without parts": multipart(),
    "MIME without parts or an end": multipart(end=b""),
    "MIME without a boundary": multipart(SCRIPT).replace(b"; boundary=\"b\"", b""),
    "MIME with an empty boundary": multipart(SCRIPT, boundary=b""),
    "MIME of the subtype alternative": multipart(SCRIPT, b"Content-Type: text/cloud-config\n\n" + CONFIG, subtype=b"alternative"),
    "MIME of the subtype alternative in MIME": multipart(multipart(SCRIPT, subtype=b"alternative", boundary=b"c"), SCRIPT),
    "MIME with an odd boundary": multipart(SCRIPT, boundary=b"==.+*?^${}()|[]x=="),
    "MIME with blanks in its boundary": multipart(SCRIPT, boundary=b"a b"),
    "MIME whose boundary begins one within": multipart(multipart(SCRIPT, boundary=b"bb"), SCRIPT),
    "MIME with one boundary twice": multipart(multipart(SCRIPT), SCRIPT),
    "MIME with foreign types": multipart(b"Content-Type: application/node.eks.aws\n\nkind: NodeConfig\n", SCRIPT),
    "MIME with CR in a script": multipart(SCRIPT + b"echo a\rb\r"),
    "MIME with an epilogue that looks like a part": multipart(SCRIPT) + b"--b\n" + SCRIPT + b"\n--b--\n",
    "MIME in MIME": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/cloud-config\n\n#cloud-config\nruncmd: [x]\n--c--\n--b--\n",
    "MIME with one part and no multipart": b"MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho 1\n",
    "MIME with quoted-printable": b"MIME-Version: 1.0\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/sh\necho a=3Db =\nc\n",
    "MIME with 8bit": "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/x-shellscript; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n#!/bin/sh\necho caf\u00e9\n--b--\n".encode(),
    "MIME with a part that sorts last": b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/x-shellscript\nContent-Disposition: attachment; filename=\"zzzzz.sh\"\n\n#!/bin/sh\necho 1\n--b--\n",
    "unknown": b"hello\n",
    "byte order mark": b"\xef\xbb\xbf" + CONFIG,
}


@unittest.skipIf(missing(), missing() or "")
class Awkward(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.oracle = load_oracle()
        cls.checker = cls.oracle.Checker()

    def injected(self, document):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "user-data")
            path.write_bytes(document)
            code, output, messages = inject(path, *ANNOTATED)
        self.assertEqual(code, 0, messages)
        return output

    def differences(self, before, after):
        return [row for row in self.oracle.compare(before, after) if not row.get("soft")]

    def test_every_awkward_document_is_preserved(self):
        numbered = dict(enumerate(DOCUMENTS.items()))
        outputs, messages = inject_all({"%02d" % number: document for number, (_, document) in numbered.items()}, *ANNOTATED)
        self.assertEqual(len(outputs), len(DOCUMENTS), messages)
        for number, (name, document) in numbered.items():
            with self.subTest(name):
                output = outputs["%02d" % number]
                before, after = self.checker.run(document or None), self.checker.run(output)
                self.assertEqual(self.differences(before, after), [])
                if not after["fatal"]:
                    self.assertEqual([hook["name"] for hook in after["boothooks"]][-1], "consul-vm-inject-guest")
                    self.assertIn("consul-vm-inject-start", after["scripts"]["user"][-1]["name"])

    def test_base64_of_a_document_stays_base64_and_is_preserved_inside(self):
        output = self.injected(base64.encodebytes(CONFIG))
        after = self.checker.run(base64.b64decode(output))
        self.assertEqual(self.differences(self.checker.run(CONFIG), after), [])

    def test_annotation_keys_never_reach_cloud_init_and_all_other_keys_do(self):
        document = KEYS.replace(b"#cloud-config\n", b"#cloud-config\nconsul.hashicorp.com/connect-inject: true\n")
        after = self.checker.run(self.injected(document))
        self.assertEqual(sorted(after["config"]["user"]), ["runcmd", "users"])
        self.assertEqual(after["config"]["user"]["runcmd"], [["echo", "hello"]])

    def test_a_document_of_annotations_only_gives_no_warning(self):
        document = b"#cloud-config\nconsul.hashicorp.com/connect-inject: true\nconsul.hashicorp.com/connect-service: web\n"
        self.assertEqual(self.checker.run(self.injected(document))["log"], [])


if __name__ == "__main__":
    unittest.main()
