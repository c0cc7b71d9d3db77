#!/usr/bin/env python3
"""acl-token.py SERVICE [WORD...]: consul-acl-token@SERVICE.service. Keeps the registration and Envoy at the ACL token of a file,
$CONSUL_HTTP_TOKEN_FILE: when it comes or changes, consul-sidecar-init.service runs again. With words for `consul login` it logs
in for the token first, again when Consul no longer knows it, and out in the end. Tries for ever, and tells what is wrong with the
token. Ends when its unit changed, so that systemd starts it by the new one. Travels only where the plan has a token, which
generate-sidecar-configs.py fills in."""
import json, os, re, shutil, signal, socket, ssl, sys, time, urllib.request

GENERATOR = vars(__import__("generate-sidecar-configs"))
do, log, read, run = (GENERATOR[name] for name in ("do", "log", "read", "run"))
REGISTRATION = GENERATOR["REGISTRATION"]


def lacks(service, token):
    """What the token does not allow, as Consul's own user interface asks for it; nothing where that cannot be asked."""
    asked = [{"Resource": resource, "Access": access, "Segment": segment} for resource, access, segment in (
        ("service", "write", service), ("service", "write", service + "-sidecar-proxy"), ("node", "read", socket.gethostname()))]
    get = os.environ.get
    try:
        scheme, host = re.match("(https?://)?([^/]+)", get("CONSUL_HTTP_ADDR") or "127.0.0.1:8500").groups()
        scheme = scheme or "http%s://" % ("s" * (get("CONSUL_HTTP_SSL") == "true"))
        context = ssl.create_default_context(cafile=get("CONSUL_CACERT"))
        if get("CONSUL_CLIENT_CERT"):
            context.load_cert_chain(get("CONSUL_CLIENT_CERT"), get("CONSUL_CLIENT_KEY"))
        request = urllib.request.Request(scheme + host + "/v1/internal/acl/authorize", json.dumps(asked).encode(), {"X-Consul-Token": token})
        answers = json.loads(urllib.request.urlopen(request, timeout=10, context=context).read().decode())
        return ", ".join("%(Resource)s:%(Access)s for %(Segment)s" % answer for answer in answers if not answer["Allow"])
    except Exception:
        return ""


def judge(service, file, token):
    """(whether Consul does not know the token, what is wrong with it). An agent that does not answer says nothing about a token: None."""
    if not token:
        return True, file + " is missing or empty: waiting for it"
    code, said = run("consul", "acl", "token", "read", "-self")
    lost = "ACL not found" in said
    if code and not lost:
        return False, None
    wrong = "Consul does not know it" if lost else lacks(service, token)
    return lost, wrong and "%s will not do for %s: %s%s: give it a service identity" % (file, service, "" if lost else "it lacks ", wrong)


def login(file, words):
    """Logs in, once. Returns what went wrong."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    code, said = run("env", "-uCONSUL_HTTP_TOKEN", "-uCONSUL_HTTP_TOKEN_FILE", "consul", "login", "-token-sink-file=" + file, *words)
    if code:
        return "consul login failed: " + said
    try:
        # Where systemd has no credentials (before 247) Envoy's user reads it itself.
        shutil.chown(file, group="envoy")
        os.chmod(file, 0o640)
    except LookupError:
        pass
    log("logged in: " + file)
    return None


def apply(token):
    """Has the generator run with this token: a run that was under way may have begun without it. Returns whether it is registered."""
    for _ in range(2):
        do("systemctl", "start", "consul-sidecar-init.service")
        if json.dumps(token) in read(REGISTRATION):
            return True
    return False


def follow(service, file, words):
    """Until the unit has changed."""
    unit = "/run/systemd/system/consul-acl-token@%s.service" % service
    planned, seen, told = read(unit), None, None
    applied = re.findall('"token": "(.*)"', read(REGISTRATION))
    due, again, pause = 0, 0, 1
    while read(unit) == planned:
        token = read(file).strip()
        if token and token == seen and token not in applied and time.monotonic() >= again:
            if apply(token):
                applied = [token]
            else:
                again = time.monotonic() + 60
            due = time.monotonic() + 3
        if time.monotonic() >= due and token == seen:
            lost, wrong = judge(service, file, token)
            pause = 1 if wrong == "" else min(2 * pause, 60)
            if lost and words:
                wrong = login(file, words)
            due = time.monotonic() + (30 if wrong == "" else pause)
            if wrong not in (None, told):
                log(wrong or file + " is good for " + service)
                told = wrong
        seen = token
        time.sleep(1)
    if not read(unit):
        time.sleep(5)  # with this token the agent deregisters what it had


def main(service, *words):
    file = os.environ["CONSUL_HTTP_TOKEN_FILE"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        follow(service, file, words)
    finally:
        if words and read(file):
            do("consul", "logout")
            os.unlink(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
