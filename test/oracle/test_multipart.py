"""Law 1 on generated multipart documents: those of the properties in test/weave, asked of real cloud-init."""
import json
import subprocess
import unittest

from test_corpus import ANNOTATED, ROOT, inject_all, load_oracle, missing

COUNT = 120
GENERATE = """
import fc from 'fast-check'
import { multipart } from './dist/test/support/multiparts.js'
const texts = fc.sample(multipart, { numRuns: %d, seed: 9 }).map(({ text }) => text)
process.stdout.write(JSON.stringify(texts.filter(text => !text.includes('consul.hashicorp.com'))))
""" % COUNT


@unittest.skipIf(missing(), missing() or "")
class Multipart(unittest.TestCase):
    maxDiff = None

    def test_every_generated_multipart_is_preserved_and_ours_comes_last(self):
        done = subprocess.run(["node", "--input-type=module", "-e", GENERATE], cwd=str(ROOT), stdout=subprocess.PIPE, timeout=60, check=True)
        documents = {"%03d" % number: text.encode() for number, text in enumerate(json.loads(done.stdout.decode()))}
        outputs, messages = inject_all(documents, *ANNOTATED, "--profile", "prebuilt")
        self.assertEqual(set(outputs), set(documents), messages)
        self.assertGreater(len(documents), COUNT // 2)
        oracle = load_oracle()
        checker = oracle.Checker()
        for name, output in outputs.items():
            with self.subTest(documents[name]):
                before, after = checker.run(documents[name]), checker.run(output)
                self.assertEqual([row for row in oracle.compare(before, after) if not row.get("soft")], [])
                if not after["fatal"]:
                    self.assertEqual([hook["name"] for hook in after["boothooks"]][-1], "consul-vm-inject-guest")
                    self.assertIn("consul-vm-inject-start", after["scripts"]["user"][-1]["name"])


if __name__ == "__main__":
    unittest.main()
