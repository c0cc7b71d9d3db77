"""Law 1: real cloud-init computes the same for the operator's part with and without injection. Runs the oracle over every
document of the corpus beside the project, annotated from outside; needs Debian's cloud-init for /usr/bin/python3."""
import functools
import importlib.util
import os
import pathlib
import random
import re
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
BITS = ["\t", " ", "- ", "#", " # c", "\"", "'", "[", "]", "{", "}", ",", ": ", "|", ">", "&x ", "*x", "!!str ", "? ", "=", "\u2028", "é", "\r", "  "]
LINES = ["---", "...", "<<: {runcmd: [x]}", "a: b", "runcmd:\n- [a, b]\n- c", "runcmd: [x, y]", "runcmd: []", "runcmd: &r\n  - z", "bootcmd: *r", "runcmd:",
         "write_files:\n  - path: /x\n    content: y", "write_files: []", "runcmd: # c\n\n  # d\n  - q", "\"runcmd\": [ls]", "a: |+\n  b\n\n", "merge_how: list()"]
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


def inject_all(documents, *arguments):
    """Name -> injected bytes, in one process; a document that was refused is not there. And what was said."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "in"), pathlib.Path(folder, "out")
        source.mkdir()
        for name, content in documents.items():
            (source / name).write_bytes(content)
        command = ["node", str(CLI), "inject", str(source), "--output-dir", str(target), "--keep-going", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        return {path.name: path.read_bytes() for path in target.iterdir()}, done.stderr.decode()


@functools.lru_cache(maxsize=None)
def load_oracle():
    spec = importlib.util.spec_from_file_location("ci_effective", ORACLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.lru_cache(maxsize=None)
def alone(document):
    """What cloud-init makes of a document without anything of ours; several tests compare with it, and none changes it."""
    return load_oracle().Checker().run(document)


@unittest.skipIf(missing(), missing() or "")
class Corpus(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.oracle = load_oracle()
        cls.raw = {path.name: path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.name != "index.json"}

    def preserved(self, *arguments):
        checker = self.oracle.Checker()
        lost, without_ours = [], []
        outputs, messages = inject_all(self.raw, *ANNOTATED, *arguments)
        self.assertEqual(set(outputs), set(self.raw), messages)
        for name, output in outputs.items():
            before, after = alone(self.raw[name]), checker.run(output)
            differences = [row for row in self.oracle.compare(before, after) if not row.get("soft")]
            if differences:
                lost.append((name, differences))
            hooks = [hook for hook in after["boothooks"] if "consul-vm-inject" in hook["name"]]
            scripts = [script for script in after["scripts"]["user"] if "consul-vm-inject" in script["name"]]
            last = after["scripts"]["user"][-1:]
            if not after["fatal"] and (len(hooks) != 1 or scripts != last):
                without_ours.append((name, hooks, after["scripts"]["user"]))
        twice, _ = inject_all(outputs, *ANNOTATED, *arguments)
        not_idempotent = [name for name in outputs if twice.get(name) != outputs[name]]
        self.assertEqual(lost, [])
        self.assertEqual(without_ours, [])
        self.assertEqual(not_idempotent, [])

    def one_cloud_config(self, raw):
        """Whether a document is a plain cloud-config whose root is a block mapping: for cloud-init and PyYAML, not for us."""
        if not raw.startswith(b"#cloud-config") or raw.startswith((b"#cloud-config-archive", b"#cloud-config-jsonp")):
            return False
        try:
            node = yaml.compose(raw, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            return False
        return isinstance(node, yaml.MappingNode) and not node.flow_style

    def spliced(self, documents):
        """Injects documents into their one cloud-config, asks cloud-init, and gives back the names of those that were taken."""
        checker = self.oracle.Checker()
        outputs, messages = inject_all(documents, *ANNOTATED, "--layout", "cloud-config", "--profile", "prebuilt")
        codes = set(re.findall(r"error\[(E\d+)\]", messages))
        self.assertLessEqual(codes, {"E401", "E404", "E405", "E406"}, messages)
        lost, without_ours = [], []
        for name, output in outputs.items():
            before, after = alone(documents[name]), checker.run(output)
            differences = [row for row in self.oracle.compare(before, after) if not row.get("soft")]
            old, new = before["config"]["user"], after["config"]["user"]
            theirs = {key: value for key, value in old.items() if key not in ("write_files", "runcmd")}
            kept = {key: value for key, value in new.items() if key not in ("write_files", "runcmd")}
            files, commands = new.get("write_files", []), new.get("runcmd", [])
            ours = len(files) - len(old.get("write_files", []))
            if differences or theirs != kept or files[ours:] != old.get("write_files", []) or commands[1:] != old.get("runcmd", []):
                lost.append((name, differences, documents[name][:300]))
            start = "/var/lib/cloud/instance/scripts/zz-consul-vm-inject-start"
            last = files[ours - 1]["path"] if ours else None
            if last != start or commands[0] != ["systemctl", "enable", "consul-sidecar-init.service"] or start not in after["files"]:
                without_ours.append((name, documents[name][:300]))
        self.assertEqual(lost, [])
        self.assertEqual(without_ours, [])
        return set(outputs)

    def test_one_cloud_config_is_preserved_and_nearly_every_one_is_taken(self):
        taken = self.spliced(self.raw)
        documents = {name for name, raw in self.raw.items() if self.one_cloud_config(raw)}
        self.assertGreater(len(documents), 100)
        self.assertGreaterEqual(len(documents & taken), 0.95 * len(documents))

    def test_damaged_cloud_configs_are_preserved_or_refused(self):
        source = random.Random(7)
        seeds = [raw.decode() for raw in self.raw.values() if raw.startswith(b"#cloud-config") and len(raw) < 4000]
        damaged = {}
        for number in range(300):
            lines = source.choice(seeds).split("\n")
            for _ in range(source.randint(1, 3)):
                if source.random() < 0.5:
                    lines.insert(source.randrange(1, len(lines) + 1), source.choice(LINES))
                else:
                    at = source.randrange(len(lines))
                    column = source.randrange(len(lines[at]) + 1)
                    lines[at] = lines[at][:column] + source.choice(BITS) + lines[at][column:]
            damaged["%03d" % number] = "\n".join(lines).encode()
        damaged = {name: raw for name, raw in damaged.items() if raw.startswith(b"#cloud-config\n")}
        self.assertGreater(len(self.spliced(damaged)), 60)

    def test_every_document_is_preserved_with_the_full_profile(self):
        self.preserved()

    def test_every_document_is_preserved_with_the_prebuilt_profile(self):
        self.preserved("--profile", "prebuilt")


if __name__ == "__main__":
    unittest.main()
