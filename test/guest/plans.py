"""What the tests of plan_annotations.py share: short ways to a plan, and a filler of its holes that is not the guest's own."""
import sys

from support import A, GUEST, P

sys.path.insert(0, str(GUEST))
sys.dont_write_bytecode = True
import plan_annotations as G  # noqa: E402

ENTERPRISE = {'enterprise': True, 'namespaces': True, 'partitions': False}
FACTS = {'hostname': 'vm1', 'instance-id': 'i-123', 'python': '/usr/bin/python3', 'systemd': 255, 'resolved': True, 'ssh-ports': [22], 'users': {}}


def annotations(**given):
    """connect_service='web' -> {P + 'connect-service': 'web'}; names that begin with alpha_ are VM-only."""
    found = {}
    for name, value in given.items():
        prefix = A if name.startswith('alpha_') else P
        found[prefix + name.replace('alpha_', '').replace('_', '-')] = value
    return found


def config(settings=None, **given):
    found = {'annotations': annotations(**{'connect_service': 'web', **given})}
    return {**found, 'settings': settings} if settings else found


def plan(settings=None, **given):
    return G.plan(config(settings, **given))[0]


def warnings(settings=None, **given):
    return G.plan(config(settings, **given))[1]


def faults(settings=None, **given):
    """The faults of a configuration as lines `key: message`."""
    try:
        G.plan(config(settings, **given))
    except G.Refused as refused:
        return [f'{key}: {message}' for key, message in refused.args[0]]
    return []


def service(**given):
    return plan(**given)['registration']['service']


def proxy(**given):
    return service(**given)['connect']['sidecar_service']['proxy']


def filled(nodes, facts=None):
    """The lines or arguments that a guest with these facts makes of a list of nodes."""
    facts = {**FACTS, **(facts or {})}

    def fill(node):
        if isinstance(node, str):
            return [node]
        if isinstance(node, list):
            return [''.join(filled(node, facts))]
        if node['hole'] in ('systemd', 'resolved'):
            holds = facts['resolved'] if node['hole'] == 'resolved' else facts['systemd'] >= node['from']
            return filled(node.get('then' if holds else 'else', []), facts)
        if node['hole'] == 'ssh-ports':
            return [node['prefix'] + str(port) for port in facts['ssh-ports']]
        if node['hole'] == 'uid':
            return [node['prefix'] + str(facts['users'][node['user']])]
        return [facts[node['hole']]]

    return [line for node in nodes for line in fill(node)]


def literals(nodes):
    """Every text in a list of nodes, the branches of every choice included."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            inner = [node[name] for name in ('prefix', 'user') if name in node] if isinstance(node, dict) else node
            yield from literals(inner)
            yield from literals([*node.get('then', []), *node.get('else', [])] if isinstance(node, dict) else [])
