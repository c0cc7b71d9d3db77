"""Runs in the machine: uses the injector as the systemd unit starts it, first as it is, then with TLS and a token as a
drop-in, and prints as JSON what came of each step."""

import json
import ssl
import subprocess
import urllib.error
import urllib.request

SERVICE = 'consul-vm-inject.service'
STATUS = ('Uid', 'Gid', 'Groups', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp')
SHOWN = ('ActiveState', 'SubState', 'Result', 'NRestarts', 'ExecMainCode', 'ExecMainStatus', 'MainPID')


def systemctl(*words):
    return subprocess.run(['systemctl', *words], capture_output=True, text=True, timeout=30)


def state():
    shown = systemctl('show', SERVICE, *(f'--property={name}' for name in SHOWN)).stdout
    return dict(line.split('=', 1) for line in shown.splitlines())


def ask(url, token=None, data=None):
    """Status and body of a request."""
    context = ssl.create_default_context(cafile='/etc/ssl/certs/injector.pem') if url.startswith('https') else None
    request = urllib.request.Request(url, data, {'Authorization': f'Bearer {token}'} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]


def rights(pid):
    """What the kernel lets the process do."""
    with open(f'/proc/{pid}/status') as status:
        fields = dict(line.rstrip('\n').split(':\t', 1) for line in status if ':\t' in line)
    own = [subprocess.check_output(['readlink', f'/proc/{each}/ns/net']) for each in (pid, 1)]
    return {**{name: fields[name] for name in STATUS}, 'own_network': own[0] != own[1]}


def main():
    url = 'http://127.0.0.1:8080'
    found = {'before': state(), 'seed': ask(f'{url}/web1/user-data'), 'running': state()}
    found['rights'] = rights(found['running']['MainPID'])
    found['none'] = ask(f'{url}/none/user-data')
    found['pipe'] = ask(f'{url}/inject?default-inject&annotation=connect-service=a', data=b'#!/bin/sh\n')
    found['metrics'] = ask(f'{url}/metrics')
    found['reload'] = [systemctl('reload', SERVICE).returncode, state()['MainPID']]
    found['stop'] = [systemctl('stop', SERVICE).returncode, state()]
    found['again'] = [ask(f'{url}/web1/meta-data'), state()]
    systemctl('stop', SERVICE)
    subprocess.run(['mv', '/root/drop-in', f'/etc/systemd/system/{SERVICE}.d'], check=True)
    systemctl('daemon-reload')
    url = 'https://localhost:8080'
    found['guarded'] = [ask(f'{url}/web1/user-data', 'a-token'), ask(f'{url}/web1/user-data'), state()]
    found['ended'] = [systemctl('stop', SERVICE).returncode, state()]
    found['failed'] = systemctl('--failed', '--no-legend', '--plain').stdout
    found['journal'] = subprocess.run(['journalctl', '--boot', '--no-pager', '--output=cat', f'--unit={SERVICE}'],
                                      capture_output=True, text=True).stdout
    print(json.dumps(found))


main()
