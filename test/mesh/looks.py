"""What a user sees of a mesh: the dashboard's answer, Envoy's statistics, the rules of the kernel, the catalog."""

import json
import re
import shlex

from mesh import Mesh
from standing import Standing
from waiting import eventually

COUNT = 'http://127.0.0.1:9002/count'
# The jumps into the chains of `consul connect redirect-traffic`: one each, or there are two sets of rules.
JUMPS = ['-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT', '-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND']


def told(machine: Standing, url: str = COUNT) -> dict:
    """What a counting service says to a machine, now; to its dashboard, unless another URL with a numeric host is asked.

    Raises AssertionError or OSError when it is told nothing.
    """
    answer = machine.inside.get(url)
    if answer.status != 200:
        raise AssertionError(f'{machine.name}: {answer.status}: {answer.text.strip()}')
    return json.loads(answer.text)


def count(mesh: Mesh) -> int:
    """What dashboard is told by counting, now. Raises AssertionError or OSError when it is told nothing."""
    said = told(mesh.dashboard)
    if said['hostname'] != 'counting':
        raise AssertionError(f'not an answer of counting: {said}')
    return said['count']


def fetched(machine: Standing, url: str) -> str:
    """The text of a page that a program of the machine gets, the name in its URL resolved there."""
    program = f'import urllib.request; print(urllib.request.urlopen({url!r}, timeout=3).read().decode(), end="")'
    return machine.sh(f'/usr/bin/python3 -c {shlex.quote(program)}')


def first_count(mesh: Mesh, seconds: float = 60) -> int:
    """The first count, as soon as there is one."""
    def context() -> str:
        units = ('consul-sidecar-init', 'consul', 'envoy@*')
        return '\n'.join(f'{machine.name}:\n{machine.journal(*units)}' for machine in mesh.machines.values())

    return eventually(lambda: count(mesh), seconds, context)


def statistic(machine: Standing, name: str, port: int = 19000) -> int:
    """The sum of the counters whose whole name matches a regular expression, of the Envoy with this admin port."""
    lines = machine.inside.get(f'http://127.0.0.1:{port}/stats').text.splitlines()
    values = [line.split(': ', 1) for line in lines]
    found = [int(value) for own, value in values if re.fullmatch(name, own)]
    if not found:
        raise AssertionError(f'{machine.name}: Envoy has no counter like {name}')
    return sum(found)


def rules(machine: Standing) -> list[str]:
    """Every rule of the kernel that has to do with the mesh, whatever tool would show it."""
    listed = machine.sh('iptables-save; ip6tables-save; nft list ruleset')
    return [line.strip() for line in listed.splitlines() if 'consul' in line.lower()]


def jumps(machine: Standing) -> list[str]:
    """The rules that lead into the mesh's chains."""
    return sorted(line for line in machine.sh('iptables-save -t nat').splitlines()
                  if line.startswith(('-A PREROUTING ', '-A OUTPUT ')))


def healthy(mesh: Mesh, service: str) -> list[dict]:
    """The instances of a service that the catalog has and of which every check passes."""
    return consul(mesh, f'health/service/{service}?passing')


def ailing(mesh: Mesh) -> str:
    """The checks of the catalog that do not pass, a line each, for messages."""
    return '\n'.join(f'{one["Node"]}: {one["ServiceName"] or "node"}: {one["Name"]}: {one["Status"]}: {one["Output"].strip()}'
                     for one in consul(mesh, 'health/state/any') if one['Status'] != 'passing')


def consul(mesh: Mesh, path: str, method: str = 'GET', body: object = None) -> object:
    """What the server answers to a request of its API, as JSON. Raises AssertionError when it refuses."""
    answer = mesh.network.get(f'http://{mesh.server.address}:8500/v1/{path}', method=method,
                              body=None if body is None else json.dumps(body).encode())
    if answer.status != 200:
        raise AssertionError(f'{method} {path}: {answer.status}: {answer.text.strip()}')
    return json.loads(answer.text or 'null')
