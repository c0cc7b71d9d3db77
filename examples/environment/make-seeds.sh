#!/bin/sh
# Makes what the machines of the Vagrantfile boot from, below seeds/: of each the user-data, and an ISO that holds it.
#
#   sh make-seeds.sh boot     everything travels in the user-data
#   sh make-seeds.sh image    Consul, Envoy and the guest files are in the box (image.yml); the user-data is small
#
# It needs consul-vm-inject and xorriso.
set -eu
flavor=${1:?the flavor, boot or image, is missing}
cd "$(dirname "$0")"
mkdir -p seeds

# Vagrant takes no MIME: each is one cloud-config.
case $flavor in
  boot)
    consul-vm-inject --layout cloud-config --metadata mesh.yaml ../counting/user-data.yaml -o seeds/counting.yaml
    consul-vm-inject --layout cloud-config --metadata mesh.yaml ../dashboard/user-data.yaml -o seeds/dashboard.yaml
    ;;
  image)
    consul-vm-inject --layout cloud-config --profile prebuilt --metadata mesh.yaml ../counting/user-data.yaml -o seeds/counting.yaml
    consul-vm-inject --layout cloud-config --profile prebuilt --metadata mesh.yaml ../dashboard/user-data.yaml -o seeds/dashboard.yaml
    ;;
  *)
    echo "$0: there is no flavor $flavor" >&2
    exit 2
    ;;
esac
cp server.yaml seeds/server.yaml

for name in server counting dashboard; do
  folder=seeds/$name
  mkdir -p "$folder"
  cp "$folder.yaml" "$folder/user-data"
  printf 'instance-id: %s-%s\nlocal-hostname: %s\n' "$name" "$flavor" "$name" >"$folder/meta-data"
  xorriso -as mkisofs -quiet -output "$folder.iso" -volid cidata -joliet -rock "$folder/user-data" "$folder/meta-data"
done
