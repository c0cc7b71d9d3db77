//go:build !nftables

package main

import rules "github.com/hashicorp/consul/sdk/iptables"

type config = rules.Config

var setup = rules.Setup
