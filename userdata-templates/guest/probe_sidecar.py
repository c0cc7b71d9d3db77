"""Commands of generate-sidecar-configs.py that ask a sidecar whether it is ready. Only where the plan asks for it does this travel."""
import os
import time

from __main__ import ask, do, log, state_of


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
        if ask(admin, "GET", "/ready", max(int(timeout), 1)) == 200:
            return 0
        while not ended() and time.monotonic() - asked < max(int(period), 0.2):
            time.sleep(0.1)
    log("Envoy at %s did not become ready in time" % admin)
    return 1


def watch(admin, seconds, unit):
    """Kills a sidecar that has not been ready for so long; systemd then restarts it, and this with it."""
    last = time.monotonic()
    while time.monotonic() - last < int(seconds):
        state = "active" if ask(admin, "GET", "/ready") == 200 else state_of(unit) + "?"
        if state in ("failed?", "inactive?"):
            return 0
        if state != "active?":
            last = time.monotonic()
        time.sleep(1)
    log("%s has not been ready for %s seconds and is killed" % (unit, seconds))
    return 0 if do("systemctl", "kill", "--kill-who=main", "--signal=SIGKILL", unit) else 1
