"""Runs the checks in the order of the table. What needs a check that failed is skipped, so that the first that failed is the cause."""
import collections

from outcome import FAILED, FUNCTIONS, OK, SKIPPED, UNSEEN, WARNING, Finding, Unseen
from words import masked, shown

Result = collections.namedtuple("Result", "id section title service status note cause remedy")


def attempt(vm, row, service):
    """The result of one check; of a service, or of the VM (None)."""
    title = row["title"].replace("{service}", service or "the service")
    if row["each"] and "{service}" not in row["title"] and len(vm.services) > 1:
        title += " (%s)" % service

    def result(status, note="", cause="", remedy=""):
        remedy = remedy.replace("{agent}", vm.agent_name)
        words = [shown(masked(text or "", vm.secrets)) for text in (note, cause, remedy)]
        return Result(row["id"], row["section"], title, service, status, *words)
    try:
        vm.left(1)
        return result(OK, note=FUNCTIONS[row["id"]](vm, service) if row["each"] else FUNCTIONS[row["id"]](vm))
    except Finding as finding:
        return result(finding.status, cause=finding.cause, remedy=finding.remedy)
    except Unseen as unseen:
        return result(UNSEEN, note=str(unseen))
    except Exception as error:
        return result(UNSEEN, note="this check cannot cope with what it found here: %s: %s" % (type(error).__name__, error))


def examine(vm, table):
    """A result for each check, and for each service where it is about one."""
    barred = {}
    for row in table:
        try:
            services = (vm.services or [None]) if row["each"] else [None]
        except Unseen:
            services = [None]
        for service in services:
            # A check of the VM bars those of each service, and one of a service those of that service and of the VM.
            cause = next((barred[key] for need in row["needs"] for key in barred
                          if key[0] == need and (key[1] is None or service is None or key[1] == service)), None)
            if cause is None and row["each"] and service is None:
                cause = "plan-format"
            if cause:
                title = row["title"].replace("{service}", service or "the service")
                found = Result(row["id"], row["section"], title, service, SKIPPED, cause, "", "")
            else:
                found = attempt(vm, row, service)
            if found.status in (FAILED, SKIPPED):
                barred[row["id"], service] = cause or row["id"]
            yield found


def verdict(results, strict=False):
    """The exit status: 2 where something failed, 1 where something is to be warned of and that counts."""
    states = {result.status for result in results}
    return 2 if FAILED in states else 1 if strict and WARNING in states else 0
