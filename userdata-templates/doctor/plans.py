"""The plan that this VM was given, and what the installer and the generator have made of it."""
import json
import re
import sys

from machine import fact
from outcome import Unseen
from units import SIDECAR

CONFIG = "/srv/consul/service-config.json"
GENERATOR = "/srv/consul/generate-sidecar-configs.py"
STATE = "/var/lib/consul-vm-inject/installed.json"
# The generator's own `prepare`, which fills in what only the VM knows and writes nothing; what is compared stays in that process, for
# tokens and keys are among it.
COMPARE = r'''
import json, os, runpy, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(sys.argv[1]))
guest = runpy.run_path(sys.argv[1])
text = guest["read"](guest["CONFIG"])
config = json.loads(text)
if "format" not in config:
    import plan_annotations
    config = plan_annotations.configured(text, lambda message: None)
registration, files, sidecars, owner = guest["prepare"](config["plan"])
answer = {}
for path, lines in files.items():
    wanted, there = "".join(line + "\n" for line in lines), guest["read"](path)
    answer[path] = "same" if wanted == there else "missing" if not there else "left" if not wanted else "edited"
there = guest["read"](guest["REGISTRATION"])
if registration == "":
    answer[guest["REGISTRATION"]] = "awaited"
elif registration:
    answer[guest["REGISTRATION"]] = "same" if registration == there else "missing" if not there else "edited"
json.dump(answer, sys.stdout)
'''


class Plans:
    @fact
    def config_text(self):
        return self.read(CONFIG)

    @fact
    def config(self):
        """What the configuration says; nothing where it cannot be read as an object."""
        try:
            found = json.loads(self.config_text or "")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @fact
    def plan(self):
        """The plan. Of a configuration without one, what the generator made of it."""
        found = self.config.get("plan")
        if isinstance(found, dict):
            return found
        if "format" in self.config or not self.config:
            return {}
        said = self.run(self.python, "-B", "-c", (
            "import json,sys;sys.path.insert(0,'/srv/consul');import plan_annotations as p;"
            "print(json.dumps(p.configured(open(%r).read(),lambda m:None)['plan']))" % CONFIG))[1]
        try:
            return json.loads(said)
        except ValueError:
            return {}

    @property
    def python(self):
        return sys.executable or "python3"

    @fact
    def agent_name(self):
        """The unit of the agent: as the plan says, as the generator found it, or that of the package."""
        for find in (lambda: self.plan["agent_is"]["unit"], lambda: self.installed["agent"]["unit"]):
            try:
                return str(find() or "consul.service")
            except (Unseen, LookupError, TypeError):
                continue
        return "consul.service"

    @property
    def asks_dns(self):
        """Whether names of the mesh are to be resolved."""
        return bool(self.plan.get("dns") or self.plan.get("resolved")) or any(
            "consul-dns" in str(one.get("redirect")) for one in self.plan.get("sidecars", []))

    @fact
    def registrations(self):
        """The services of the plan, by name."""
        found = self.plan.get("registration") or {}
        try:
            services = found.get("services") or ([found["service"]] if "service" in found else [])
            return {str(service["name"]): service for service in services}
        except (AttributeError, LookupError, TypeError):
            return {}

    @fact
    def services(self):
        """Their names. Whoever may not read the plan knows them by the units of their sidecars."""
        try:
            return list(self.registrations)
        except Unseen:
            listed = self.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "envoy@*.service")[1]
            return re.findall(r"(?m)^\s*envoy@(\S+)\.service\s", listed)

    def sidecar(self, name):
        """What the plan has for a sidecar: lists of nodes, by key."""
        return next((one for one in self.plan.get("sidecars", []) if one.get("service") == name), {})

    def proxy(self, name):
        """The sidecar's own registration: as planned, or what the agent tells of it."""
        try:
            return self.registrations[name].get("connect", {}).get("sidecar_service", {})
        except Unseen:
            found = (self.ask("/v1/agent/services") or {}).get(name + "-sidecar-proxy") or {}
            return {"port": found.get("Port"), "proxy": {"mode": found.get("Proxy", {}).get("Mode")}}

    def public_port(self, name):
        return self.proxy(name).get("port") or 20000

    def upstreams(self, name):
        return self.proxy(name).get("proxy", {}).get("upstreams") or []

    def redirected(self, name):
        try:
            return bool(self.sidecar(name).get("redirect"))
        except Unseen:
            return self.proxy(name).get("proxy", {}).get("mode") == "transparent"

    def closed(self, name):
        """Whether traffic is held back as long as Envoy is not there."""
        return "CONSUL_HOLD" in json.dumps(self.sidecar(name).get("unit", []))

    def admin(self, name):
        """Address and port of Envoy's admin API: as its unit has them, or as planned."""
        bound = r"-admin-bind=([^\s\"]+):(\d+)"
        found = re.search(bound, self.unit(SIDECAR % name).get("ExecStart", ""))
        found = found or re.search(bound, json.dumps(self.sidecar(name).get("unit", [])))
        return (found.group(1), int(found.group(2))) if found else ("127.0.0.1", 19000)

    @fact
    def compared(self):
        """Path -> same, edited, missing, left (there and unwanted) or awaited (it waits for a token); {"error": why} where the generator
        refuses the plan. Raises Unseen where it is of another version."""
        self.need_root("whether the files are those of the plan")
        status, out, err = self.run(self.python, "-B", "-c", COMPARE, GENERATOR, seconds=6)
        if status == 124:
            raise Unseen("the generator took too long to read the plan")
        try:
            return json.loads(out)
        except ValueError:
            last = (err.strip().splitlines() or [""])[-1]
            if last.startswith("ValueError: "):
                return {"error": last[len("ValueError: "):]}
            raise Unseen("the generator here is of another version: %s" % last)

    @fact
    def installed(self):
        """What the generator remembers; empty where that may not be read."""
        try:
            return dict(json.loads(self.read(STATE) or "{}"))
        except ValueError:
            return {}
