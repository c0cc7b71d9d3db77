#!/bin/sh
# Makes seed.iso of web.yaml and meta-data: sh make-seed.sh
#
# Every hypervisor can attach it to a cloud image, for example
#   qemu-system-x86_64 -m 1024 -drive file=disk.qcow2,if=virtio -drive file=seed.iso,format=raw,if=virtio
set -eu
cd "$(dirname "$0")"
seed=$(mktemp -d)
trap 'rm -rf "$seed"' EXIT

# cloud-init knows the volume by its label and the files by these names.
consul-vm-inject --platform nocloud web.yaml -o "$seed/user-data"
cp meta-data "$seed/meta-data"
xorriso -as mkisofs -quiet -output seed.iso -volid cidata -joliet -rock "$seed/user-data" "$seed/meta-data"
