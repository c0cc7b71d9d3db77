"""Rules that others have, and all the rules that a kernel has."""

# What Docker has in the tables of both families, with a chain and a comment that look like ours.
DOCKER = '''
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -t nat -A DOCKER -i docker0 -j RETURN
iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
iptables -t filter -N DOCKER-USER
iptables -t filter -A FORWARD -j DOCKER-USER
iptables -t nat -N MY_CONSUL_PROXY_OUTPUT
iptables -t nat -A OUTPUT -p tcp --dport 9999 -m comment --comment "-j CONSUL_PROXY_OUTPUT" -j MY_CONSUL_PROXY_OUTPUT
ip6tables -t nat -N DOCKER
ip6tables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
ip6tables -t nat -A OUTPUT ! -d ::1 -m addrtype --dst-type LOCAL -j DOCKER
ip6tables -t filter -A INPUT -p tcp --dport 82 -j ACCEPT
nft 'add table inet operator; add chain inet operator door { type filter hook input priority 0; }; add rule inet operator door tcp dport 83 accept'
'''
# All that the kernel has; the lines with the time of day, and the counters, aside.
STATE = '''for tool in iptables ip6tables; do for kind in nft legacy; do
  echo "$tool $kind"; $tool-$kind-save 2>/dev/null
done; done | sed '/^#/d; s/ \\[[0-9]*:[0-9]*\\]$//'
nft list ruleset | sed 's/ counter packets [0-9]* bytes [0-9]*//' '''
