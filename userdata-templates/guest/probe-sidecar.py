#!/usr/bin/env python3
"""Asks a sidecar whether it is ready: `ready` and `watch`, commands of the units. Travels only where the plan has Envoy asked."""
import os, sys, time

GENERATOR = vars(__import__("generate-sidecar-configs"))
ask, do, log, run = (GENERATOR[name] for name in ("ask", "do", "log", "run"))


def ended():
    """Whether the unit's main process has ended."""
    process = os.environ.get("MAINPID")
    return process and not os.path.exists("/proc/" + process)


def ready(admin, delay, period, attempts, timeout):
    """Waits until Envoy is ready; fails when it is not in time, and at once when it has ended: traffic is redirected to it."""
    time.sleep(int(delay))
    for _ in range(int(attempts)):
        asked = time.monotonic()
        if ended():
            break
        if ask(admin, "GET", "/ready", max(int(timeout), 1))[0] == 200:
            return 0
        while time.monotonic() - asked < max(int(period), 0.2) and not ended():
            time.sleep(0.1)
    log("Envoy at %s was not ready in time" % admin)
    return 1


def watch(admin, seconds, unit):
    """Kills a sidecar that was not ready when it was asked so often, once a second; systemd then restarts it, and this with it."""
    failed = 0
    while failed < int(seconds):
        asked = time.monotonic()
        state = "ready" if ask(admin, "GET", "/ready")[0] == 200 else run("systemctl", "is-active", unit)[1].split("\n")[-1]
        if state in ("failed", "inactive"):
            return 0
        failed = (failed + 1) * (state == "active")
        while time.monotonic() - asked < 1:
            time.sleep(0.1)
    log("%s was not ready for %s s: killed" % (unit, seconds))
    return 0 if do("systemctl", "kill", "-sKILL", "--kill-who=main", unit) else 1


if __name__ == "__main__":
    sys.exit({"ready": ready, "watch": watch}[sys.argv[1]](*sys.argv[2:]))
