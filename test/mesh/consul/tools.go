//go:build tools

// Package consul is never built: it has go.mod and go.sum pin the Consul that the suite runs.
package consul

import _ "github.com/hashicorp/consul"
