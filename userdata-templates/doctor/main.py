"""consul-vm-inject doctor: finds out why a VM is not in the mesh, or shows that it is. Changes nothing on it."""
import argparse
import os
import signal
import sys

import agent_checks
import boot_checks
import envoy_checks
import mesh_checks
import traffic_checks
from agent import Agent
from bundle import write
from examination import examine, verdict
from machine import Machine
from network import Network
from outcome import TABLE, Late
from plans import Plans
from report import People, Programs
from sidecar import Sidecar
from units import Units

# Of checks and of the bundle; the alarm is for what no deadline of its own reaches, such as a file system that hangs.
SECONDS, BUNDLE_SECONDS, ALARM = 13, 18, 19


# Options that the program was made with; those of its own command line come after them.
OPTIONS = []  # by the build


class Vm(Units, Plans, Agent, Sidecar, Network, Machine):
    """Everything there is to know about this VM, found out when it is asked for."""


def options(argv):
    parser = argparse.ArgumentParser(prog="doctor", description=__doc__)
    parser.add_argument("--output", choices=("pretty", "json"), default="pretty")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--bundle", metavar="FILE")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    return parser.parse_args(argv)


def late(*_):
    raise Late()


def main(argv):
    asked = options(argv)
    stream = sys.stderr if asked.bundle == "-" else sys.stdout
    printer = (Programs if asked.output == "json" else People)(stream, asked.color)
    vm, results = Vm(SECONDS), []
    end = vm.end - SECONDS + BUNDLE_SECONDS
    signal.signal(signal.SIGALRM, late)
    # Again and again: a handler's exception ends one wait, and each check after it is told at once that the time is over.
    signal.setitimer(signal.ITIMER_REAL, ALARM - (BUNDLE_SECONDS - SECONDS) if asked.bundle else ALARM, 0.2)
    try:
        for result in examine(vm, TABLE):
            results.append(result)
            printer.add(result)
    except Late:
        pass  # between two checks: what there is counts
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        printer.end(results)
        if asked.bundle:
            vm.end = end
            for line in write(vm, results, asked.bundle):
                sys.stderr.write("not in the bundle: %s\n" % line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return verdict(results, asked.strict)


if __name__ == "__main__":
    sys.exit(main(OPTIONS + sys.argv[1:]))
