//go:build nftables

package main

import rules "github.com/hashicorp/consul/sdk/nftables"

type config = rules.Config

var setup = rules.Setup
