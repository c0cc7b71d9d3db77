// Consul before 2.1: iptables. The other generation is in nftables.mod.
module consul-vm-inject/test/mesh/redirect

go 1.25.7

require github.com/hashicorp/consul/sdk v0.17.2
