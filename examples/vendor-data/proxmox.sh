#!/bin/sh
# On a Proxmox VE node: gives VMs the vendor-data with which each decides by itself whether it joins the mesh.
#
#   proxmox.sh VMID...
#
# A VM is annotated in its own user-data (cicustom user=), as comments, or in its meta-data (cicustom meta=), as keys. Options of
# yours, such as --values, go to consul-vm-inject below. STORAGE must allow snippets, and SNIPPETS is their folder.
set -eu
storage=${STORAGE:-local}
snippets=${SNIPPETS:-/var/lib/vz/snippets}
document=consul-mesh.vendor-data

consul-vm-inject vendor-data --static --output-file "$snippets/$document"
for vm in "$@"; do
  # Setting cicustom replaces the whole of it: what the VM has besides is kept.
  others=$(qm config "$vm" | sed -n 's/^cicustom: //p' | tr ',' '\n' | grep -v '^vendor=' | tr '\n' ',' || true)
  qm set "$vm" --cicustom "${others}vendor=$storage:snippets/$document"
done
