// Consul since 2.1: nftables.
module consul-vm-inject/test/mesh/redirect

go 1.26.9

require github.com/hashicorp/consul/sdk v0.19.0
