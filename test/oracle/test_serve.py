"""Real cloud-init on what one running `serve` answers, over every document of the corpus: Nova's vendor-data passes its own
conversion, and the operator's vendor-data with ours behind it loses nothing, beside colliding user-data and as colliding
vendor-data itself."""
import base64
import concurrent.futures
import json
import multiprocessing
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.request

from test_corpus import CLI, CORPUS, load_oracle, missing
from test_vendor import COLLIDING, PLATFORM, SETTINGS

KEYS = {"connect-inject": "true", "connect-service": "web", "connect-service-port": "8080"}
COMMENTS = "".join('# consul.hashicorp.com/%s: "%s"\n' % item for item in KEYS.items()).encode()
METADATA = {"consul.hashicorp.com:" + key: value for key, value in KEYS.items()}
ANNOTATED = COLLIDING.replace(b"\n", b"\n" + COMMENTS, 1)
GUEST = "consul-vm-inject-guest"


def annotated(document):
    """A document of the corpus as the second part of user-data whose first part has only the annotations."""
    boundary = b"==of-the-operator=="
    parts = [b"Content-Type: text/cloud-config\n\n#cloud-config\n" + COMMENTS + b"{}\n",
             b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(document)]
    return b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"%s\"\n\n" % boundary + b"".join(
        b"--%s\n%s\n" % (boundary, part) for part in parts) + b"--%s--\n" % boundary


class Server:
    """`serve --mode vendor` on a port of loopback, with a directory of instances."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log = pathlib.Path(self.folder.name, "log")
        self.seeds = pathlib.Path(self.folder.name, "seeds")
        self.seeds.mkdir()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["node", str(CLI), "serve", "--listen", "127.0.0.1:0", "--mode", "vendor", "--directory", str(self.seeds)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.url = self.address()
        except BaseException:
            self.close()
            raise

    def address(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            for line in self.log.read_text().splitlines():
                if '"listening"' in line:
                    return "http://" + json.loads(line)["address"]
            time.sleep(0.05)
        raise AssertionError("serve does not listen: " + self.log.read_text())

    def close(self):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def instance(self, name, user_data, vendor_data=None):
        (self.seeds / name).mkdir()
        (self.seeds / name / "user-data").write_bytes(user_data)
        if vendor_data is not None:
            (self.seeds / name / "vendor-data").write_bytes(vendor_data)

    def ask(self, path, posted=None):
        data = None if posted is None else json.dumps(posted).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data), timeout=30) as answer:
            return answer.read()

    def nova(self, name, document, metadata=METADATA):
        """Posts what Nova posts; gives what it would put under the name of the target."""
        posted = {"project-id": "p", "instance-id": name, "image-id": "i", "user-data": base64.b64encode(document).decode(), "hostname": "vm",
                  "metadata": metadata, "boot-roles": "member"}
        return json.loads(self.ask("/openstack/vendordata", posted))

    def outcomes(self, names):
        """Of each instance what became of it and the codes, as the log says; a line may come after the answer."""
        until = time.monotonic() + 10
        while True:
            lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.endswith("}")]
            found = {line["instance"]: (line["outcome"], line.get("codes", [])) for line in lines if line.get("outcome")}
            if found.keys() >= set(names) or time.monotonic() > until:
                return [found.get(name) for name in names]
            time.sleep(0.05)


def ours(report):
    """Whether cloud-init runs both our parts, the script after all others; None when it does something else."""
    hooks = [hook["name"] for hook in report["boothooks"] if hook["name"] == GUEST]
    names = [script["name"] for script in report["scripts"]["vendor"]]
    scripts = [name for name in names if name.endswith("-consul-vm-inject-start")]
    well = len(hooks) == len(scripts) <= 1 and (not scripts or names[-1] == scripts[0])
    return bool(hooks) if well else None


def judged(case):
    """What of the inputs without ours is lost with ours, and whether ours is run. In a process of its own: cloud-init is
    patched for each run."""
    before, after = (Served.checker.run(**given) for given in case)
    lost = [row for row in Served.oracle.compare(before, after) if not row.get("soft")]
    return lost, True if after["fatal"] else ours(after), after.get("vendor_json_error")


@unittest.skipIf(missing(), missing() or "")
class Served(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.oracle = load_oracle()
        cls.checker = cls.oracle.Checker()
        cls.documents = [path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.name != "index.json"]
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)

    def faults(self, names, cases):
        """What is lost of the instances, given the inputs of cloud-init without and with ours, and what the log says wrongly."""
        with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
            results = list(pool.map(judged, cases, chunksize=8))
        return [(name, lost, outcome, runs, error) for name, outcome, (lost, runs, error) in zip(names, self.server.outcomes(names), results)
                if lost or error or outcome is None or outcome[0] != "injected" or (runs is True) == ("W401" in outcome[1])]

    def seeds(self, kind, seeds):
        """Serves (user-data, vendor-data); gives the names of the instances, and the inputs without and with ours."""
        names, cases = [], []
        for number, (user_data, vendor_data) in enumerate(seeds):
            name = "%s-%d" % (kind, number)
            self.server.instance(name, user_data, vendor_data)
            self.assertEqual(self.server.ask("/%s/user-data" % name), user_data)
            served = self.server.ask("/%s/vendor-data" % name)
            names.append(name)
            cases.append((dict(user_data=user_data, vendor_data=vendor_data), dict(user_data=user_data, vendor_data=served)))
        return names, cases

    def test_vendor_data_of_a_platform_and_ours_lose_nothing_beside_any_document(self):
        # An installer's is refused where it is annotated (E113).
        documents = [document for document in self.documents if b"\nautoinstall:" not in document]
        self.assertLessEqual(len(self.documents) - len(documents), 3)
        self.assertEqual(self.faults(*self.seeds("beside", [(annotated(document), PLATFORM) for document in documents])), [])

    def test_any_document_as_vendor_data_loses_nothing_with_ours_behind_it(self):
        self.assertEqual(self.faults(*self.seeds("as", [(ANNOTATED, document) for document in self.documents])), [])

    def test_nova_s_vendor_data_passes_cloud_init_s_own_conversion_and_loses_nothing_beside_any_document(self):
        convert = self.checker.m.sources.convert_vendordata
        names, cases = [], []
        for number, document in enumerate(self.documents):
            name = "nova-%d" % number
            answer = self.server.nova(name, document)
            # As Nova keeps them: static in vendor_data.json, and with what it asked for in vendor_data2.json.
            dynamic = {"static": {"cloud-init": PLATFORM.decode()}, "cloud-init": answer}
            self.assertIsInstance(answer, str)
            self.assertEqual(convert(dynamic), answer)
            names.append(name)
            static = dict(user_data=document, vendor_data=PLATFORM)
            cases.append((static, dict(static, vendor2_json=json.dumps(dynamic))))
        self.assertEqual(self.faults(names, cases), [])

    def test_what_is_not_annotated_gets_what_the_operator_wrote_and_nothing_else(self):
        convert = self.checker.m.sources.convert_vendordata
        for number, document in enumerate(self.documents):
            name = "left-%d" % number
            self.server.instance(name, document, PLATFORM)
            self.assertEqual(self.server.ask("/%s/vendor-data" % name), PLATFORM)
            self.assertEqual(self.server.ask("/%s/user-data" % name), document)
            self.assertIsNone(convert({"cloud-init": self.server.nova(name, document, {})}))

    def test_the_warning_of_nova_s_vendor_data_follows_the_switch_of_the_second_kind(self):
        names, cases = [], []
        for number, (key, setting) in enumerate([("vendor_data2", setting) for setting in SETTINGS] + [("vendor_data", "{enabled: false}")]):
            document = ("#cloud-config\n%s: %s\n" % (key, setting)).encode()
            name = "switch-%d" % number
            answer = self.server.nova(name, document)
            names.append(name)
            cases.append((dict(user_data=document), dict(user_data=document, vendor2_json=json.dumps({"cloud-init": answer}))))
        self.assertEqual(self.faults(names, cases), [])


if __name__ == "__main__":
    unittest.main()
