"""Law 1: real cloud-init computes the same for the operator's part with and without injection. Runs the oracle over every
document of the corpus beside the project, annotated from outside; needs Debian's cloud-init for /usr/bin/python3."""
import concurrent.futures
import importlib.util
import os
import pathlib
import subprocess
import tempfile
import unittest

try:
    import yaml
except ImportError:  # the tests are skipped then
    yaml = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("CONSUL_VM_INJECT_SHARED", ROOT.parent / "shared"))
CLI = ROOT / "dist/bin/consul-vm-inject.js"
ORACLE = SHARED / "tools/ci_effective.py"
CORPUS = SHARED / "corpus"
ANNOTATED = ["-a", "connect-inject=true", "-a", "connect-service=web", "-a", "connect-service-port=8080"]


def missing():
    """Why the oracle cannot be asked here, or None. In CI a missing module is a failure, never a skip."""
    if not ORACLE.exists() or not CORPUS.is_dir():
        return "no reference corpus beside the project"
    if importlib.util.find_spec("cloudinit") is None and not os.environ.get("CONSUL_VM_INJECT_NO_SKIP"):
        return "this Python has no cloudinit module (apt-get install cloud-init, run with /usr/bin/python3)"
    return None


def inject(document, *arguments):
    done = subprocess.run(["node", str(CLI), "inject", *arguments, str(document)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout, done.stderr.decode()


def load_oracle():
    spec = importlib.util.spec_from_file_location("ci_effective", ORACLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@unittest.skipIf(missing(), missing() or "")
class Corpus(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.oracle = load_oracle()
        cls.documents = sorted(path for path in CORPUS.iterdir() if path.name != "index.json")

    def preserved(self, *arguments):
        checker = self.oracle.Checker()
        lost, without_ours, not_idempotent = [], [], []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: inject(path, *ANNOTATED, *arguments), self.documents))
        with tempfile.TemporaryDirectory() as folder:
            for path, (code, output, messages) in zip(self.documents, results):
                if code:
                    lost.append((path.name, messages))
                    continue
                before = checker.run(path.read_bytes())
                after = checker.run(output)
                differences = [row for row in self.oracle.compare(before, after) if not row.get("soft")]
                if differences:
                    lost.append((path.name, differences))
                hooks = [hook for hook in after["boothooks"] if "consul-vm-inject" in hook["name"]]
                scripts = [script for script in after["scripts"]["user"] if "consul-vm-inject" in script["name"]]
                last = after["scripts"]["user"][-1:]
                if not after["fatal"] and (len(hooks) != 1 or scripts != last):
                    without_ours.append((path.name, hooks, after["scripts"]["user"]))
                twice = pathlib.Path(folder, "twice")
                twice.write_bytes(output)
                if len(not_idempotent) < 5 and inject(twice, *ANNOTATED, *arguments)[1] != output:
                    not_idempotent.append(path.name)
        self.assertEqual(lost, [])
        self.assertEqual(without_ours, [])
        self.assertEqual(not_idempotent, [])

    def one_cloud_config(self, path):
        """Whether a document is a plain cloud-config whose root is a block mapping: for cloud-init and PyYAML, not for us."""
        raw = path.read_bytes()
        if not raw.startswith(b"#cloud-config") or raw.startswith((b"#cloud-config-archive", b"#cloud-config-jsonp")):
            return False
        try:
            node = yaml.compose(raw, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            return False
        return isinstance(node, yaml.MappingNode) and not node.flow_style

    def test_one_cloud_config_is_preserved_and_nearly_every_one_is_taken(self):
        checker = self.oracle.Checker()
        documents = [path for path in self.documents if self.one_cloud_config(path)]
        arguments = [*ANNOTATED, "--layout", "cloud-config"]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda path: inject(path, *arguments), self.documents))
        taken, lost, without_ours = [], [], []
        for path, (code, output, messages) in zip(self.documents, results):
            if code:
                self.assertIn("error[E401]", messages, path.name)
                continue
            taken.append(path)
            before, after = checker.run(path.read_bytes()), checker.run(output)
            differences = [row for row in self.oracle.compare(before, after) if not row.get("soft")]
            old, new = before["config"]["user"], after["config"]["user"]
            theirs = {key: value for key, value in old.items() if key not in ("write_files", "runcmd")}
            kept = {key: value for key, value in new.items() if key not in ("write_files", "runcmd")}
            files, commands = new["write_files"], new["runcmd"]
            ours = len(files) - len(old.get("write_files", []))
            if differences or theirs != kept or files[ours:] != old.get("write_files", []) or commands[1:] != old.get("runcmd", []):
                lost.append((path.name, differences))
            start = "/var/lib/cloud/instance/scripts/zz-consul-vm-inject-start"
            if files[ours - 1]["path"] != start or "consul-sidecar-init.service" not in commands[0] or start not in after["files"]:
                without_ours.append(path.name)
        self.assertEqual(lost, [])
        self.assertEqual(without_ours, [])
        self.assertGreater(len(documents), 100)
        self.assertGreaterEqual(len([path for path in documents if path in taken]), 0.95 * len(documents))

    def test_every_document_is_preserved_with_the_full_profile(self):
        self.preserved()

    def test_every_document_is_preserved_with_the_prebuilt_profile(self):
        self.preserved("--profile", "prebuilt")


if __name__ == "__main__":
    unittest.main()
