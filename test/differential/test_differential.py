"""Law 4: the TypeScript plan and the Python generator give the same answer for the same annotations, and refuse the same ones.
Generated annotation sets, good values and hostile ones mixed; CONSUL_VM_INJECT_SEED and _CASES change what is tried."""
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
P, A = "consul.hashicorp.com/", "alpha.consul.hashicorp.com/"

BOOL = ["true", "false", "1", "0", "T", "F", "TRUE", "False"]
BAD_BOOL = ["yes", "TrUe", " true", "on", "2"]
PORT = ["8080", "80", "9090", "65535", "1", "443", "9002"]
BAD_PORT = ["0", "65536", "010", "0x50", "http", "-1", "80 80", "1e3", "8500", "20000", "19000", "15001"]
HOSTILE = ["$(touch /tmp/x)", "`id`", "22;touch x", "a\nb", "%s%n", "\u2028", "\x00", "'\"", "x" * 65536, "\u00e9\U0001f600", "../..", "\\", "{{x}}", "-x"]

POOLS = {
    P + "connect-service": (["web", "web", "api-v2", "a", "web,admin", "web,", " web ", "Web", "x" * 63, "a.b"], ["web web", "-web", "web/../x", "we%b", "x" * 64, "web,web", ","]),
    P + "connect-service-port": (PORT + ["8080,9090", "80, 81", "8080,"], BAD_PORT + ["8080,http"]),
    P + "connect-service-default-port": (PORT, BAD_PORT),
    P + "connect-service-upstreams": (
        ["api:1234", "api:1234, db:5432:dc2", "prepared_query:q:1235", "api.svc:1234", "api.svc.dc1.dc:1234", "api.v1:1234", "api.svc.p1.peer:1234",
         "api:1234:dc2?mesh_gateway_mode=local", "api:1234:local_bind_address=127.0.0.5", "api:1234:?mesh-gateway-mode=none", "a:1\nb:2", "api: 1234",
         "api.svc.ns1.ns:1234", "api.ns1.part1:1234", "a.b.c.d:1234", "api:1234:port=http;local_bind_address=127.0.0.5", "api.svc.dc1.dc:1234:dc=dc1",
         "prepared_query:a.b:99", "api:1234:dc%32", "api:1234:datacenter=x&datacenter=", "a:1,b:1:local_bind_address=127.0.0.2"],
        ["api", "api:0", "api:70000", "api:x", ":1", "*:1", "api:1,api:2", "a:1,b:1", "api:1:dc1:x", "api.svc.x:1", "api:1:foo=bar", "api:1:mesh_gateway_mode=x",
         "api:0x10", "api:010", "api:1,", "api:8500", "api:1:local_bind_address=x", "prepared_query:q", "prepared_query::1", "api.svc.a.dc:1:dc=b", "api:1:%zz=1",
         "a:1,b:1:local_bind_address=127.0.0.1", "api.svc:1:dc2?mesh_gateway_mode=local"]),
    P + "service-tags": (["v1", "a,b", "a\\,b,,c, ", "$POD_NAME", "x-$POD_NAME", "ends\\", ",,", "\u00e9t\u00e9"], ["a\nb"]),
    P + "connect-service-tags": (["old", "old,er"], []),
    P + "service-meta-version": (["1", "", " spaced ", "$POD_NAME", "$INSTANCE_ID", "v" * 512, "\u00e9" * 512, "\U0001f600" * 256], ["v" * 513, "a\nb", "\U0001f600" * 513]),
    P + "service-meta-managed-by": (["me"], []),
    P + "service-meta-bad key": ([], ["x"]),
    P + "service-meta-consul-x": ([], ["x"]),
    P + "service-meta-": (["x"], []),
    P + "service-weight": (["1", "10"], ["0", "-1", "x", "1.5"]),
    P + "proxy-config-map": (["{}", '{"local_connect_timeout_ms":1000}', '{"a":{"b":[1,"x",null,true,1.5]}}', ""], ["[]", "{", "x", "null", '"x"', "{'a':1}", '{"a":NaN}', '{"a":01}', '{"a":"\\ud800"}', '{"a":"\\\\ud83d"}', '{"a":"\\ud83d\\ude00"}']),
    P + "transparent-proxy": (BOOL, BAD_BOOL),
    P + "transparent-proxy-exclude-inbound-ports": (["22", "9100, 9200", "8000:8010", "8000-8010", "22,22", "1:1"], ["ssh", "70000", "9:1", "22;x", "8080-", ":5", "1:2:3"]),
    P + "transparent-proxy-exclude-outbound-ports": (["443", "443, 8443"], ["x"]),
    P + "transparent-proxy-exclude-outbound-cidrs": (["10.0.0.0/8", "1.2.3.4", "fd00::/8", "::1", "10.1.2.3/8", "10.0.0.0/8,fd00::/8"], ["10.0.0.0/33", "x", "10.0.0", "01.2.3.4", "::1/129", "host.example", "10.0.0.0/255.0.0.0", "fe80::1%eth0", "1.2.3.4/ 8"]),
    P + "transparent-proxy-exclude-uids": (["1000", "0", "1000, 1001"], ["4294967295", "-1", "1 0"]),
    P + "transparent-proxy-overwrite-probes": (BOOL, BAD_BOOL),
    P + "consul-dns": (BOOL, BAD_BOOL),
    P + "enable-metrics": (BOOL, BAD_BOOL),
    P + "prometheus-scrape-port": (["20200", "9999", "1024"], ["80", "65536", "x"]),
    P + "prometheus-scrape-path": (["/metrics", "/a/b"], ["metrics", "/a b", "/a\nb"]),
    P + "prometheus-ca-file": (["/etc/ca.pem"], ["ca.pem", "/a/../b"]),
    P + "prometheus-cert-file": (["/etc/cert.pem"], ["x"]),
    P + "prometheus-key-file": (["/etc/key.pem"], ["x"]),
    P + "use-proxy-health-check": (BOOL, BAD_BOOL),
    P + "consul-envoy-proxy-concurrency": (["0", "1", "2", "16"], ["-1", "x", "1.5"]),
    P + "envoy-extra-args": (["", "--log-level debug", "--concurrency 4", "a 'b c' \"d\\\"e\" f\\ g # rest", "--x=$y %z"], ["'open", "\"open", "end\\"]),
    P + "sidecar-proxy-cpu-limit": (["100m", "0.5", "2", "1e3", "0"], ["x", "1Q", "-1"]),
    P + "sidecar-proxy-memory-limit": (["64Mi", "64M", "1Gi", "1e9", "0"], ["x", "-1", "1 Gi"]),
    P + "sidecar-proxy-startup-failure-seconds": (["0", "30"], ["30s", "-1"]),
    P + "enable-sidecar-proxy-lifecycle": (BOOL, BAD_BOOL),
    P + "sidecar-proxy-lifecycle-shutdown-grace-period-seconds": (["0", "10"], ["10s"]),
    P + "consul-namespace": (["default", "team-a"], ["a b", "x" * 65]),
    P + "dual-stack": (["true", "false"], ["maybe"]),
    A + "virtual-ip": (["240.0.0.1", "fd00::1"], ["x", "1.2.3.4/8"]),
    A + "transparent-proxy-exclude-ssh": (BOOL, BAD_BOOL),
    A + "transparent-proxy-exclude-serf": (BOOL, BAD_BOOL),
    A + "transparent-proxy-exclude-metadata": (BOOL, BAD_BOOL),
    A + "dialed-directly": (BOOL, BAD_BOOL),
    A + "health-check": (BOOL, BAD_BOOL),
    A + "health-check-http": (["http://127.0.0.1:8080/health", "https://localhost/x?y=z"], ["ftp://x", "x", "http://", "http://a b/"]),
    A + "health-check-tcp": (["127.0.0.1:8080", "localhost:80", "[::1]:80"], ["x", "127.0.0.1", ":80:90", "host:0"]),
    A + "health-check-grpc": (["127.0.0.1:9090", "127.0.0.1:9090/svc"], ["x"]),
    A + "health-check-interval": (["10s", "1m30s", "500ms"], ["10", "0s", "-1s", "x"]),
    A + "health-check-timeout": (["2s"], ["2"]),
    A + "app-unit": (["web.service", "web@1.service"], ["web", "../x.service", "a b.service"]),
    A + "acl-token-file": (["/etc/consul.d/token"], ["token", "relative/token"]),
    A + "http-addr": (["127.0.0.1:8500", "https://127.0.0.1:8501", "unix:///run/consul.sock"], ["x y", "ftp://x"]),
}


def load_generator():
    spec = importlib.util.spec_from_file_location("generator", str(ROOT / "userdata-templates/guest/generate-sidecar-configs.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def question(rng):
    """A set of annotations: mostly good, now and then a bad or hostile value."""
    annotations = {P + "connect-service": "web"} if rng.random() < 0.9 else {}
    keys = rng.sample(sorted(POOLS), rng.randint(0, 7))
    if rng.random() < 0.5:
        keys.append(P + "connect-service-upstreams")
    for key in keys:
        good, bad = POOLS[key]
        pool = good if rng.random() < 0.85 or not bad else (HOSTILE if rng.random() < 0.25 else bad)
        annotations[key] = rng.choice(pool or bad)
    edition = rng.random()
    settings = {"enterprise": edition > 0.6, "namespaces": edition > 0.7, "partitions": edition > 0.85}
    return {"annotations": annotations, "settings": settings}


class Differential(unittest.TestCase):
    maxDiff = None

    def test_both_plans_agree_on_generated_annotation_sets(self):
        generator = load_generator()
        rng = random.Random(os.environ.get("CONSUL_VM_INJECT_SEED", "mesh"))
        count = int(os.environ.get("CONSUL_VM_INJECT_CASES", "3000"))
        questions = [question(rng) for _ in range(count)]
        asked = subprocess.run(
            ["node", str(ROOT / "dist/test/differential/plans.js")], stdout=subprocess.PIPE, check=True, timeout=600,
            input="".join(json.dumps(each) + "\n" for each in questions).encode())
        answers = [json.loads(line) for line in asked.stdout.splitlines()]
        self.assertEqual(len(answers), count)
        agreed = refused = 0
        different = []
        for one, theirs in zip(questions, answers):
            try:
                plan = generator.plan(json.loads(json.dumps(one)), {"resolved": True})
                ours = {"registration": plan.registration, "sidecars": [
                    {"service": s["name"], "redirect": s["redirect"], "envoy": s["envoy"], "environment": s["environment"]} for s in plan.services]}
                faults = []
            except generator.Refused as error:
                ours, faults = None, error.args
            if "errors" in theirs:
                refused += 1
                if ours is not None:
                    different.append(("only TypeScript refuses", one, theirs["errors"]))
            elif ours is None:
                different.append(("only Python refuses", one, faults))
            elif ours != {"registration": theirs["registration"], "sidecars": theirs["sidecars"]}:
                different.append(("different plans", one, {"python": ours, "typescript": theirs}))
            else:
                agreed += 1
        kinds = {what: sum(1 for each in different if each[0] == what) for what, _, _ in different}
        shown = "\n".join("%s\n  %s\n  %s" % (what, str(one)[:600], str(why)[:900]) for what, one, why in different[:5])
        if different:
            self.fail("%d of %d differ: %s\n%s" % (len(different), count, kinds, shown))
        self.assertGreater(agreed, count // 5)
        self.assertGreater(refused, count // 5)


if __name__ == "__main__":
    unittest.main()
