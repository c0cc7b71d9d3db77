"""Runs commands in turn, once that does not count and then so many rounds, and says what each run used: seconds on the clock, seconds of
processor time, the most bytes of memory at a time, and the exit status. A small program of its own starts them all: what a large one
starts begins with the memory of that.

Standard input: {"rounds": 9, "warm": true, "commands": [{"argv": [...], "env": {...}, "clear": ["folder removed before each run"]}]}
"""
import json
import os
import shutil
import sys
import time

OUT, IN = os.O_WRONLY, os.O_RDONLY
QUIET = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, IN, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, OUT, 0), (os.POSIX_SPAWN_OPEN, 2, os.devnull, OUT, 0)]


def once(argv, env=None, clear=()):
    for folder in clear:
        shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    _, status, used = os.wait4(os.posix_spawnp(argv[0], argv, {**os.environ, **(env or {})}, file_actions=QUIET), 0)
    wall = time.perf_counter() - start
    return {'wall': wall, 'cpu': used.ru_utime + used.ru_stime, 'memory': used.ru_maxrss * 1024, 'status': os.waitstatus_to_exitcode(status)}


request = json.load(sys.stdin)
commands = request['commands']
if request['warm']:
    for command in commands:
        once(**command)
rounds = [[once(**command) for command in commands] for _ in range(request['rounds'])]
json.dump([list(runs) for runs in zip(*rounds)], sys.stdout)
