#!/bin/sh
# Creates a VM of libvirt in the mesh, on a copy of a cloud image: sh create.sh IMAGE
set -eu
image=$(realpath "${1:?the path of a cloud image is missing}")
cd "$(dirname "$0")"

consul-vm-inject --platform nocloud web.yaml -o web.injected

virt-install --name web --memory 1024 --vcpus 2 --osinfo linux2022 --import \
  --disk "size=10,backing_store=$image,backing_format=qcow2" --network network=default \
  --cloud-init user-data=web.injected,meta-data=meta-data --noautoconsole
