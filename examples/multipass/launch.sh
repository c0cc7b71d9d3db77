#!/bin/sh
# Starts a VM of Multipass in the mesh: sh launch.sh
#
# Multipass reads user-data as one YAML mapping, into which it adds its own user: MIME it refuses.
set -eu
cd "$(dirname "$0")"

consul-vm-inject --platform multipass --layout cloud-config web.yaml -o web.injected

multipass launch 24.04 --name web --cloud-init web.injected
