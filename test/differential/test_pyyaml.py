"""The tool takes no document for a cloud-config that PyYAML, and so cloud-init, would drop."""
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
READINGS = ROOT / "dist/test/differential/yaml-readings.js"
SEEDS = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("test/golden/*/input.yaml")])
BITS = ["\t", " ", "\n", "- ", "a: b\n", "#", " # c", "\"", "'", ": ", ":", "|\n", ">\n", "&x ", "*x", "!!str ", "!!int ", "!x ",
        "---\n", "...\n", "<<: ", "? ", "%", "@", "`", "=", "= ", "~", "2020-01-01", "2020-02-30", "\u2028", "\u0085", "é", "\r\n", "  "]
REFUSED = ["a: &é b\n", "a: &b c\nd: &b e\n", "# \x1b\na: b\n", "a:\tb\n", "a: b\t\n", "a: b\tc\n", "a: b\t# x\n", "\t\na: b\n", "a: b\n\t\n", "a: |\n  b\n\t\nc: d\n", "a: |\t# x\n b\n",
           "a: b\u2028c\n", "a: |\n b\u2028c\n", "a: =\n", "a: !foo b\n", "a: &x b\nc: *y\n", "a: !!int x\n", "a: 2020-13-45\n",
           "? [a]\n: b\n", "<<: x\n", "a: !!binary |\n  A\n", "a: 2001-02-30 25:00:00\n", "x" * 1030 + ": b\n", ": a\n", "a: [b?, c]\n", "a: !!str [b]\n"]
TAKEN = ["a: 'b\tc'\n", "a: |\n  b\tc\n  \td\n", "# x\ty\na: b\n", "a: b # x\ty\n", "a: \"b\u2028c\"\n", "a: !!binary |\n  AAAA\n", "'=': '='\n",
         "? a\n: b\n", "a: !!set {b, c}\n", "a: 2024-02-29\n", "a: {b: c}\n<<: {d: e}\n", "a: b?\n", "\"\": x\n", "a: !!int 0x1f\n", "a: ! b\n"]


def loads(text):
    import yaml
    try:
        yaml.safe_load(text)
        return True
    except Exception:  # PyYAML raises ValueError and KeyError too
        return False


def taken(texts):
    done = subprocess.run(["node", str(READINGS)], input=json.dumps(texts).encode(), stdout=subprocess.PIPE, check=True, timeout=120)
    return json.loads(done.stdout)


@unittest.skipIf(importlib.util.find_spec("yaml") is None and not os.environ.get("CONSUL_VM_INJECT_NO_SKIP"), "this Python has no yaml module")
class PyYaml(unittest.TestCase):
    def test_what_pyyaml_refuses_is_refused(self):
        self.assertEqual([text for text in REFUSED if loads(text)], [])
        self.assertEqual([text for text, ok in zip(REFUSED, taken(REFUSED)) if ok], [])

    def test_what_pyyaml_takes_is_taken(self):
        self.assertEqual([text for text in TAKEN if not loads(text)], [])
        self.assertEqual([text for text, ok in zip(TAKEN, taken(TAKEN)) if not ok], [])

    def test_no_damaged_document_is_taken_that_pyyaml_refuses(self):
        source = random.Random(1)
        seeds = [path.read_bytes().decode() for path in SEEDS if path.stat().st_size < 3000]
        texts = []
        for _ in range(4000):
            text = source.choice(seeds)
            for _ in range(source.randint(1, 2)):
                at = source.randrange(len(text) + 1)
                if source.random() < 0.7:
                    text = text[:at] + source.choice(BITS) + text[at:]
                else:
                    text = text[:at] + text[at + source.randint(1, 3):]
            texts.append(text)
        results = taken(texts)
        self.assertEqual([text for text, ok in zip(texts, results) if ok and not loads(text)], [])
        agreed = sum(1 for text, ok in zip(texts, results) if ok)
        self.assertGreater(agreed, 1500, "hardly any document was taken")


if __name__ == "__main__":
    unittest.main()
