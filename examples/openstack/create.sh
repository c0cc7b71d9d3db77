#!/bin/sh
# Creates a server of OpenStack in the mesh: sh create.sh IMAGE FLAVOR NETWORK
# OS_CLOUD says in which cloud. As a stack: see stack.yaml.
set -eu
cd "$(dirname "$0")"
image=${1:?the image is missing}
flavor=${2:?the flavor is missing}
network=${3:?the network is missing}

# The limit is 65535 characters of base64.
consul-vm-inject --platform openstack web.yaml -o web.injected

openstack server create --image "$image" --flavor "$flavor" --network "$network" --user-data web.injected --wait web
