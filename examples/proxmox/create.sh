#!/bin/sh
# Clones a template of Proxmox VE, with a cloud-init drive, into a VM of the mesh: sh create.sh TEMPLATE-ID VM-ID
#
# Runs on a node, as root. The storage "local" has to take snippets: pvesm set local --content iso,vztmpl,backup,snippets.
# On a cluster every node that the VM can move to needs the snippet.
set -eu
cd "$(dirname "$0")"
template=${1:?the number of the template is missing}
id=${2:?the number of the VM is missing}
snippets=${SNIPPETS:-/var/lib/vz/snippets}

consul-vm-inject --platform proxmox web.yaml -o "$snippets/web-$id"

qm clone "$template" "$id" --name web
qm set "$id" --cicustom "user=local:snippets/web-$id"
qm start "$id"
