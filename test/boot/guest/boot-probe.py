"""Runs in the machine: waits until the boot has settled, writes down what it finds as JSON, and powers off.

The request is beside this file: {"bound", "settle", "units", "files", "texts", "wait_for", "run", "shutdown"}.
"""

import glob
import grp
import hashlib
import json
import os
import pwd
import re
import stat
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).parent
RESULT = HERE / 'result.json'
FINISHED = Path('/run/cloud-init/result.json')
PROPERTIES = ('LoadState', 'ActiveState', 'SubState', 'Result', 'UnitFileState', 'MainPID', 'ExecMainStatus',
              'NRestarts', 'ExecMainStartTimestampMonotonic', 'ActiveEnterTimestampMonotonic', 'FragmentPath', 'DropInPaths',
              'User', 'ConditionResult')
MARK = 'STAND-IN-CALL '


def output(*argv, timeout=10):
    """What a command writes to both its streams, with a note when it fails; never raises."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b'').decode(errors='replace') + f'[{argv[0]}: not done in {timeout} s]\n'
    except OSError as error:
        return f'[{argv[0]}: {error.strerror}]\n'
    return done.stdout.decode(errors='replace') + (f'[exit {done.returncode}]\n' if done.returncode else '')


def listed(text):
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith('[exit')]


def jobs():
    """Queued jobs as [unit, type, state]."""
    return [row[1:4] for row in listed(output('systemctl', 'list-jobs', '--no-legend', '--plain')) if len(row) == 4]


def activating():
    """Units that are neither up nor down: starting, or waiting to be restarted."""
    rows = listed(output('systemctl', 'list-units', '--no-legend', '--plain', '--all',
                         '--state=activating,deactivating,reloading'))
    return [row[0] for row in rows if len(row) >= 4]


def wait(condition, until):
    """Whether the condition held twice in a row before `until` (monotonic seconds)."""
    held = 0
    while held < 2:
        held = held + 1 if condition() else 0
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def name_of(table, number):
    try:
        return table(number)[0]
    except KeyError:
        return str(number)


def describe(path):
    """One file as the tests compare it; None when it is not there."""
    try:
        info = os.lstat(path)
    except OSError:
        return None
    kinds = {stat.S_IFDIR: 'directory', stat.S_IFLNK: 'link', stat.S_IFREG: 'file'}
    kind = kinds.get(stat.S_IFMT(info.st_mode), 'other')
    found = {'kind': kind, 'mode': f'{stat.S_IMODE(info.st_mode):04o}', 'owner': name_of(pwd.getpwuid, info.st_uid),
             'group': name_of(grp.getgrgid, info.st_gid), 'size': info.st_size, 'inode': info.st_ino,
             'mtime_ns': info.st_mtime_ns, 'ctime_ns': info.st_ctime_ns}
    if kind == 'link':
        found['target'] = os.readlink(path)
    if kind == 'file':
        found['sha256'] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return found


def paths(patterns):
    for pattern in patterns:
        if glob.has_magic(pattern):
            yield from sorted(glob.glob(pattern, recursive=True, include_hidden=True))
        else:
            yield pattern


def text(path):
    try:
        return Path(path).read_text(errors='replace')
    except OSError:
        return None


def units(patterns):
    """Unit name -> its properties, for names and glob patterns."""
    names = set()
    for pattern in patterns:
        rows = listed(output('systemctl', 'list-units', '--no-legend', '--plain', '--all', pattern))
        names.update([row[0] for row in rows if len(row) >= 4] or ([] if '*' in pattern else [pattern]))
    found = {}
    for name in sorted(names):
        shown = output('systemctl', 'show', name, *(f'--property={item}' for item in PROPERTIES))
        found[name] = dict(line.split('=', 1) for line in shown.splitlines() if '=' in line)
    return found


def calls():
    """Every recorded call of a stand-in; those made where the record was read-only come from the journal."""
    lines = (text('/var/log/stand-in/calls.jsonl') or '').splitlines()
    for line in output('journalctl', '--boot', '--no-pager', '--output=cat', f'--grep={MARK}').splitlines():
        if MARK in line:
            lines.append(line[line.index(MARK) + len(MARK):])
    found = [json.loads(line) for line in lines]
    return sorted(found, key=lambda call: call['monotonic_us'])


def cloud_init():
    """What cloud-init says about this boot, and the user's configuration as it merged it."""
    def loaded(path):
        content = text(path)
        return None if content is None else json.loads(content)

    import yaml
    merged = text('/var/lib/cloud/instance/cloud-config.txt')
    try:
        config = yaml.safe_load(merged) if merged else None
    except yaml.YAMLError as error:
        config = {'unreadable': str(error)}
    status = loaded('/run/cloud-init/status.json') or {}
    stages = {name: stage for name, stage in status.get('v1', {}).items() if isinstance(stage, dict)}
    return {
        'status': output('cloud-init', 'status', '--long'),
        'errors': [error for stage in stages.values() for error in stage.get('errors', [])],
        'config': json.loads(json.dumps(config, default=str)),
    }


def warnings_since(start):
    """The warnings and errors of cloud-init's log that this boot wrote (`start` is the size of the log before it)."""
    try:
        with open('/var/log/cloud-init.log', errors='replace') as log:
            log.seek(start)
            return [line.rstrip('\n') for line in log if re.search(r'\[(WARNING|ERROR|CRITICAL)\]', line)]
    except OSError:
        return []


def collect(request, log_start):
    scripts = '/var/lib/cloud/instance/scripts'
    return {
        'units': units(request['units']),
        'failed': [row[0] for row in listed(output('systemctl', '--failed', '--no-legend', '--plain'))
                   if len(row) >= 4],
        'journal': {unit: output('journalctl', '--boot', '--no-pager', '--output=short-monotonic', f'--unit={unit}')
                    for unit in request['units']},
        'files': {path: describe(path) for path in paths(request['files'])},
        'texts': {path: text(path) for path in paths(request['texts'])},
        'scripts': {os.path.relpath(path, scripts): text(path)
                    for path in paths([f'{scripts}/**']) if os.path.isfile(path)},
        'nat': {tool: output(f'{tool}-save', '-t', 'nat') for tool in ('iptables', 'ip6tables')},
        'nft': output('nft', 'list', 'ruleset'),
        'passwd': sorted((text('/etc/passwd') or '').splitlines()),
        'group': sorted((text('/etc/group') or '').splitlines()),
        'packages': sorted(output('dpkg-query', '-W').splitlines()),
        'listening': output('ss', '-Hltnp'),
        'calls': calls(),
        'cloud_init': {**cloud_init(), 'warnings': warnings_since(log_start)},
        'run': {command: output('/bin/sh', '-c', command, timeout=request['bound']) for command in request['run']},
    }


def main():
    request = json.loads((HERE / 'request.json').read_text())
    began = time.monotonic()
    log_start = os.path.getsize('/var/log/cloud-init.log') if os.path.exists('/var/log/cloud-init.log') else 0
    facts = {'finished': wait(FINISHED.exists, began + request['bound'])}
    facts['finished_after'] = round(time.monotonic() - began, 2)
    until = time.monotonic() + (request['settle'] if facts['finished'] else 0.5)
    facts['settled'] = wait(lambda: not jobs() and not activating(), until) and facts['finished']
    unmet = list(request['wait_for'])
    for command in request['wait_for']:
        if wait(lambda: subprocess.run(['/bin/sh', '-c', command], capture_output=True).returncode == 0, until):
            unmet.remove(command)
    facts.update(settled_after=round(time.monotonic() - began, 2), unmet=unmet, jobs=jobs(), activating=activating(),
                 state=output('systemctl', 'is-system-running').split('\n')[0],
                 boot_id=Path('/proc/sys/kernel/random/boot_id').read_text().strip(),
                 clock_us={'realtime': time.time_ns() // 1000, 'monotonic': time.monotonic_ns() // 1000})
    if not facts['settled']:
        facts['processes'] = output('ps', '-eo', 'pid,ppid,user,etimes,stat,args', '--forest')
    try:
        facts.update(collect(request, log_start))
    except Exception as error:
        facts['probe_error'] = repr(error)
    unfinished = RESULT.with_suffix('.new')
    unfinished.write_text(json.dumps(facts, indent=1))
    unfinished.rename(RESULT)
    # "cut" is the plug pulled, "clean" stops every unit in order first.
    os.execvp('systemctl', ['systemctl', 'poweroff', *(['-ff'] if request['shutdown'] == 'cut' else ['--no-block'])])


main()
