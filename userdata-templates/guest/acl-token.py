#!/usr/bin/env python3
"""acl-token.py SERVICE [WORD...]: consul-acl-token@SERVICE.service. Keeps the registration and Envoy at the ACL token of a file,
$CONSUL_HTTP_TOKEN_FILE: when it comes or changes, consul-sidecar-init.service runs again. With words for `consul login` it logs
in for the token first, again when Consul no longer knows it, and out in the end. Tries for ever, and tells what is wrong with the
token. Ends when its unit changed, so that systemd starts it by the new one. Travels only where the plan has a token, which
generate-sidecar-configs.py fills in."""
import http.client
import json
import os
import re
import runpy
import shutil
import signal
import socket
import ssl
import sys
import time

GENERATOR = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "generate-sidecar-configs.py"))
do, log, read, run = (GENERATOR[name] for name in ("do", "log", "read", "run"))
REGISTRATION = GENERATOR["REGISTRATION"]


def lacks(service, token):
    """What the token does not allow, as Consul's own user interface asks for it; nothing where that cannot be asked."""
    wanted = [("service", "write", service), ("service", "write", service + "-sidecar-proxy"), ("node", "read", socket.gethostname())]
    asked = [dict(zip(("Resource", "Access", "Segment"), words)) for words in wanted]
    get = os.environ.get
    try:
        scheme, host = re.match("(?:(https?)://)?([^/]+)", get("CONSUL_HTTP_ADDR") or "127.0.0.1:8500").groups()
        if scheme == "https" or get("CONSUL_HTTP_SSL") == "true":
            context = ssl.create_default_context(cafile=get("CONSUL_CACERT"))
            if get("CONSUL_CLIENT_CERT"):
                context.load_cert_chain(get("CONSUL_CLIENT_CERT"), get("CONSUL_CLIENT_KEY"))
            connection = http.client.HTTPSConnection(host, timeout=10, context=context)
        else:
            connection = http.client.HTTPConnection(host, timeout=10)
        connection.request("POST", "/v1/internal/acl/authorize", json.dumps(asked), {"X-Consul-Token": token})
        answers = json.loads(connection.getresponse().read().decode())
        return ["%(Resource)s:%(Access)s for %(Segment)s" % answer for answer in answers if not answer["Allow"]]
    except Exception:
        return []


def judge(service, file, token):
    """(whether Consul does not know the token, what is wrong with it). An agent that does not answer says nothing about a token: None."""
    if not token:
        return True, "%s is missing or empty: waiting for it" % file
    code, said = run("consul", "acl", "token", "read", "-self")
    lost = "ACL not found" in said
    if code and not lost:
        return False, None
    wrong = "ACL not found" if lost else ", ".join(lacks(service, token))
    return lost, wrong and "%s holds a token that will not do for %s: %s: it needs service:write for %s and %s-sidecar-proxy, and to read " \
        "service_prefix \"\" and node_prefix \"\"" % (file, service, wrong if lost else "it lacks " + wrong, service, service)


def login(file, words):
    """Logs in, once. Returns what went wrong."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    bare = ["env"] + ["--unset=CONSUL_HTTP_" + name for name in ("TOKEN", "TOKEN_FILE")]
    more = ["-aws-auto-bearer-token", "-aws-include-entity"] if "-type=aws-iam" in words else []
    code, said = run(*bare, "consul", "login", "-token-sink-file=" + file, *words, *more)
    if code:
        return "consul login failed, it is tried again: " + said
    try:
        # Where systemd has no credentials (before 247) Envoy's user reads it itself.
        shutil.chown(file, group="envoy")
        os.chmod(file, 0o640)
    except LookupError:
        pass
    log("logged in: %s" % file)
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
                log(wrong or "%s is good for %s" % (file, service))
                told = wrong
        seen = token
        time.sleep(1)
    if not planned or not os.path.exists(unit):
        time.sleep(5)  # with this token the agent deregisters what it had


def main(service, *words):
    file = os.environ["CONSUL_HTTP_TOKEN_FILE"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        follow(service, file, words)
    finally:
        if words and os.path.exists(file):
            do("consul", "logout")
            os.unlink(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
