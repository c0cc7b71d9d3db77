"""The reader of a fleet's vendor-data finds on the guest what the command line finds in the same user-data, and refuses what it
refuses. CONSUL_VM_INJECT_SEED and _CASES change what is tried."""
import base64
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

from documents import user_data

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/guest"))
from support import load_reader  # noqa: E402


class Readings(unittest.TestCase):
    maxDiff = None

    def test_both_readers_agree_on_generated_user_data(self):
        reader = load_reader()
        if reader.yaml is None:
            self.skipTest("this Python has no yaml module")
        rng = random.Random(os.environ.get("CONSUL_VM_INJECT_SEED", "fleet"))
        count = int(os.environ.get("CONSUL_VM_INJECT_CASES", "6000"))
        questions = [(user_data(rng), rng.random() < 0.2) for _ in range(count)]
        asked = subprocess.run(
            ["node", str(ROOT / "dist/test/differential/readings.js")], stdout=subprocess.PIPE, check=True, timeout=600,
            input="".join(json.dumps({"userData": base64.b64encode(content).decode(), "inject": inject}) + "\n" for content, inject in questions).encode())
        answers = [json.loads(line) for line in asked.stdout.splitlines()]
        self.assertEqual(len(answers), count)
        agreed = refused = joined = lenient = 0
        different = []
        for (content, inject), theirs in zip(questions, answers):
            try:
                annotations = reader.read_user_data(content)
                config, _, _ = reader.decide([annotations], {"defaults": {"annotations": {}}, "inject": inject})
                ours = {"annotations": annotations, "inject": config is not None}
            except reader.Unclear as error:
                ours = {"errors": str(error)}
            if "errors" in ours and "errors" in theirs:
                refused += 1
            elif self.plain(ours) == self.plain(theirs):
                agreed += 1
                joined += bool(ours["annotations"]) and ours["inject"]
            elif self.dropped(reader, content):
                lenient += 1
            else:
                different.append("%r\n  guest:   %s\n  command: %s" % (content[:700], ours, theirs))
        if different:
            self.fail("%d of %d differ\n%s" % (len(different), count, "\n".join(different[:8])))
        self.assertLess(lenient, count // 100)
        self.assertGreater(joined, count // 20)
        self.assertGreater(refused, count // 20)
        self.assertGreater(agreed, count // 3)

    @staticmethod
    def dropped(reader, content):
        """Whether PyYAML, and so cloud-init, refuses a document that the parser of the command line may read."""
        for text, _ in reader.documents(content):
            try:
                list(reader.yaml.compose_all(text, Loader=reader.yaml.SafeLoader))
            except reader.yaml.YAMLError:
                return True
        return False

    @staticmethod
    def plain(answer):
        """JSON values compare by what they mean."""
        annotations = dict(answer.get("annotations", {}))
        for key, value in annotations.items():
            if key.endswith("/proxy-config-map") and value[:1] in "{[":
                try:
                    annotations[key] = json.loads(value)
                except ValueError:
                    pass
        return dict(answer, annotations=annotations)


if __name__ == "__main__":
    unittest.main()
