"""What `consul connect redirect-traffic` does with its arguments, command by command: iptables (Consul 1.11 to 2.0) and
nftables (2.1), for a proxy that listens on 20000 inbound and 15001 outbound."""
import subprocess

CHAINS = ['CONSUL_PROXY_INBOUND', 'CONSUL_PROXY_IN_REDIRECT', 'CONSUL_PROXY_OUTPUT', 'CONSUL_PROXY_REDIRECT', 'CONSUL_DNS_REDIRECT']


def flags(arguments):
    """-name=value words as name -> values."""
    found = {}
    for word in arguments:
        name, _, value = word.lstrip('-').partition('=')
        found.setdefault(name, []).append(value)
    return found


def iptables_commands(given, tool, local):
    def rule(text):
        return [tool, '-t', 'nat', *text.split()]

    todo = [rule(f'-N {chain}') for chain in CHAINS]
    todo.append(rule('-A CONSUL_PROXY_REDIRECT -p tcp -j REDIRECT --to-port 15001'))
    if 'consul-dns-port' in given:
        ip, port = given.get('consul-dns-ip', [local])[0], given['consul-dns-port'][0]
        to = f'[{ip}]:{port}' if ':' in ip else f'{ip}:{port}'
        todo += [rule(f'-A CONSUL_DNS_REDIRECT -p {protocol} -d {ip} --dport 53 -j DNAT --to-destination {to}') for protocol in ('udp', 'tcp')]
        todo += [rule(f'-A OUTPUT -p {protocol} -d {ip} --dport 53 -j CONSUL_DNS_REDIRECT') for protocol in ('udp', 'tcp')]
    todo += [rule(text) for text in (
        '-A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT',
        f'-A CONSUL_PROXY_OUTPUT -m owner --uid-owner {given["proxy-uid"][0]} -j RETURN',
        f'-A CONSUL_PROXY_OUTPUT -d {local}/{128 if ":" in local else 32} -j RETURN',
        '-A CONSUL_PROXY_OUTPUT -j CONSUL_PROXY_REDIRECT')]
    todo += [rule(f'-I CONSUL_PROXY_OUTPUT -p tcp --dport {port} -j RETURN') for port in given.get('exclude-outbound-port', [])]
    todo += [rule(f'-I CONSUL_PROXY_OUTPUT -d {cidr} -j RETURN') for cidr in given.get('exclude-outbound-cidr', [])]
    todo += [rule(f'-I CONSUL_PROXY_OUTPUT -m owner --uid-owner {uid} -j RETURN') for uid in given.get('exclude-uid', [])]
    todo += [rule(text) for text in (
        '-A CONSUL_PROXY_IN_REDIRECT -p tcp -j REDIRECT --to-port 20000',
        '-A PREROUTING -p tcp -j CONSUL_PROXY_INBOUND',
        '-A CONSUL_PROXY_INBOUND -p tcp -j CONSUL_PROXY_IN_REDIRECT')]
    todo += [rule(f'-I CONSUL_PROXY_INBOUND -p tcp --dport {port} -j RETURN') for port in given.get('exclude-inbound-port', [])]
    return todo


def nft_commands(given, both):
    table = 'inet consul_tproxy'
    todo = [f'add table {table}', f'delete table {table}', f'add table {table}']
    todo += [f'add chain {table} {chain}' for chain in CHAINS]
    bases = [(f'CONSUL_NAT_{name}', name.lower()) for name in ('OUTPUT', 'PREROUTING')]
    todo += [f'add chain {table} {base} {{ type nat hook {hook} priority -100 ; }}' for base, hook in bases]
    todo += [f'add rule {table} {base} meta nfproto ipv6 return' for base, _ in bases if not both]
    todo += [f'add rule {table} CONSUL_PROXY_REDIRECT meta l4proto tcp redirect to :15001']
    if 'consul-dns-port' in given:
        ip, port = given.get('consul-dns-ip', ['127.0.0.1'])[0], given['consul-dns-port'][0]
        family, to = ('ip6', f'[{ip}]:{port}') if ':' in ip else ('ip', f'{ip}:{port}')
        for chain, verdict in (('CONSUL_DNS_REDIRECT', f'dnat to {to}'), ('CONSUL_NAT_OUTPUT', 'jump CONSUL_DNS_REDIRECT')):
            todo += [f'add rule {table} {chain} {family} daddr {ip} {protocol} dport 53 {verdict}' for protocol in ('udp', 'tcp')]
    todo += [f'add rule {table} {text}' for text in (
        'CONSUL_NAT_OUTPUT meta l4proto tcp jump CONSUL_PROXY_OUTPUT',
        f'CONSUL_PROXY_OUTPUT skuid {given["proxy-uid"][0]} return', 'CONSUL_PROXY_OUTPUT ip daddr 127.0.0.1/32 return',
        'CONSUL_PROXY_OUTPUT ip6 daddr ::1/128 return', 'CONSUL_PROXY_OUTPUT jump CONSUL_PROXY_REDIRECT')]
    left = [f'tcp dport {port.replace(":", "-")}' for port in given.get('exclude-outbound-port', [])]
    left += [f'{"ip6" if ":" in cidr else "ip"} daddr {cidr}' for cidr in given.get('exclude-outbound-cidr', [])]
    left += [f'skuid {uid}' for uid in given.get('exclude-uid', [])]
    todo += [f'insert rule {table} CONSUL_PROXY_OUTPUT {match} return' for match in left]
    todo += [f'add rule {table} {text}' for text in (
        'CONSUL_PROXY_IN_REDIRECT meta l4proto tcp redirect to :20000', 'CONSUL_NAT_PREROUTING meta l4proto tcp jump CONSUL_PROXY_INBOUND',
        'CONSUL_PROXY_INBOUND meta l4proto tcp jump CONSUL_PROXY_IN_REDIRECT')]
    todo += [f'insert rule {table} CONSUL_PROXY_INBOUND tcp dport {port.replace(":", "-")} return' for port in given.get('exclude-inbound-port', [])]
    return [['nft', *line.split()] for line in todo]


def commands(arguments, backend):
    """The commands for arguments such as -proxy-uid=5995. Backends: nftables, iptables, iptables-nft, iptables-legacy: of IPv4
    alone; with the suffix `+6` of both families, as in dual stack (iptables: a second pass)."""
    given = flags(arguments)
    if backend.startswith('nftables'):
        return nft_commands(given, backend.endswith('+6'))
    tool = backend.replace('+6', '')
    if tool == backend:
        return iptables_commands(given, tool, '127.0.0.1')
    four = {name: values for name, values in given.items() if not name.startswith('consul-dns-')}
    six = dict(given, **{'exclude-outbound-cidr': [], 'consul-dns-ip': ['::1']})
    return iptables_commands(four, tool, '127.0.0.1') + iptables_commands(six, tool.replace('iptables', 'ip6tables'), '::1')


def apply(todo, tolerant=False):
    """Runs the commands one by one up to the first that fails (all of them when `tolerant`). Returns whether all went well."""
    well = True
    for command in todo:
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
            well = False
            if not tolerant:
                break
    return well
