"""Law 4: plan_annotations.py on the guest gives the same plan, byte for byte, as TypeScript for the same annotations, and refuses the same
ones. Generated annotation sets, good values and hostile ones mixed, and the cases of consul-k8s where they are present.
CONSUL_VM_INJECT_SEED and _CASES change what is tried."""
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

from annotation_sets import DECISIONS, P, POOLS, annotation_set

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/guest"))
sys.path.insert(0, str(ROOT / "userdata-templates/guest"))
sys.dont_write_bytecode = True
import plan_annotations  # noqa: E402
from support import vectors  # noqa: E402

EDITIONS = [{"enterprise": a, "namespaces": b, "partitions": c} for a, b, c in ((False, False, False), (True, False, False), (True, True, False), (True, True, True))]


def typescript(questions):
    """What the command line makes of each: {"config": canonical text} or {"errors": [...]}."""
    asked = subprocess.run(
        ["node", str(ROOT / "dist/test/differential/plans.js")], stdout=subprocess.PIPE, check=True, timeout=900,
        input="".join(json.dumps(each) + "\n" for each in questions).encode())
    return [json.loads(line) for line in asked.stdout.splitlines()]


def python(question):
    try:
        return {"config": plan_annotations.canonical({"format": 2, "plan": plan_annotations.plan(json.loads(json.dumps(question)))[0]})}
    except plan_annotations.Refused as refused:
        return {"errors": refused.args[0]}


class Differential(unittest.TestCase):
    maxDiff = None

    def compare(self, questions):
        """How many plans are equal, and how many annotation sets both refuse; fails where the two differ."""
        answers = typescript(questions)
        self.assertEqual(len(answers), len(questions))
        equal, refused, different = 0, 0, []
        for question, theirs in zip(questions, answers):
            ours = python(question)
            if ours.get("config") != theirs.get("config"):
                kind = "only Python refuses" if "errors" in ours else "only TypeScript refuses" if "errors" in theirs else "different plans"
                different.append((kind, question, ours, theirs))
            elif "errors" in ours:
                refused += 1
            else:
                equal += 1
        if different:
            kinds = {kind: sum(1 for each in different if each[0] == kind) for kind in sorted({each[0] for each in different})}
            shown = "\n".join("%s\n  %s\n  Python:     %s\n  TypeScript: %s" % (kind, repr(one)[:900], *self.around(ours, theirs)) for kind, one, ours, theirs in different[:6])
            self.fail("%d of %d differ: %s\n%s" % (len(different), len(questions), kinds, shown))
        return equal, refused

    @staticmethod
    def around(ours, theirs):
        """The two answers, from where they begin to differ."""
        texts = [one["config"] if "config" in one else repr(one) for one in (ours, theirs)]
        at = next((n for n, pair in enumerate(zip(*texts)) if pair[0] != pair[1]), 0) if "config" in ours and "config" in theirs else 0
        return [repr(one[max(at - 80, 0):at + 400]) for one in texts]

    def test_both_plan_the_same_for_generated_annotation_sets(self):
        rng = random.Random(os.environ.get("CONSUL_VM_INJECT_SEED", "mesh"))
        count = int(os.environ.get("CONSUL_VM_INJECT_CASES", "3000"))
        questions = [annotation_set(rng) for _ in range(count)]
        equal, refused = self.compare(questions)
        self.assertGreater(equal, count // 4)
        self.assertGreater(refused, count // 5)

    def test_each_good_value_of_each_key_is_planned_alike_and_each_bad_one_is_refused_by_both(self):
        """The pools say what is good and bad in community or Enterprise; neither side may call all values of a key good, or bad."""
        base = {P + "connect-service": "web"}
        questions = [{"annotations": {**base, key: value}, "settings": settings}
                     for key, pools in POOLS.items() for pool in pools for value in pool for settings in (EDITIONS[0], EDITIONS[3])]
        equal, refused = self.compare(questions)
        self.assertGreater(equal, 300)
        self.assertGreater(refused, 300)

    def test_every_key_that_means_something_on_a_vm_is_tried(self):
        keys = set(plan_annotations.SYNTAXES) - {P + "service-meta-*"}
        self.assertEqual(keys - set(POOLS) - DECISIONS, set())

    @unittest.skipUnless(vectors(), "the consul-k8s cases are not present")
    def test_both_plan_the_same_for_the_cases_of_consul_k8s(self):
        """Without keys that mean nothing on a VM: the command line refuses or drops them, the guest drops them with a warning."""
        questions = []
        for case in vectors():
            given = {key: str(value) for key, value in (case["input"].get("annotations") or {}).items()
                     if key in POOLS or key.startswith(P + "service-meta-")}
            for more in ({}, {P + "transparent-proxy": "false"}):
                questions += [{"annotations": {P + "connect-service": "web", **more, **given}, "settings": settings} for settings in EDITIONS]
        equal, refused = self.compare(questions)
        self.assertGreater(equal, 500)
        self.assertGreater(refused, 100)


if __name__ == "__main__":
    unittest.main()
