//go:build tools

// Package apiserver is never built: it has go.mod and go.sum pin the API server and the kubectl that the suite runs.
package apiserver

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
