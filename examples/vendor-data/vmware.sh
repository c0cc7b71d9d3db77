#!/bin/sh
# With govc: gives VMs on vSphere the vendor-data with which each decides by itself whether it joins the mesh.
#
#   vmware.sh VM...
#
# A VM is annotated in guestinfo.userdata, as comments, or in guestinfo.metadata, as keys:
#
#   instance-id: web-1
#   consul.hashicorp.com/connect-inject: "true"
#   consul.hashicorp.com/connect-service: "web"
#
# Options of yours, such as --values, go to consul-vm-inject below. cloud-init reads this at the next boot.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
consul-vm-inject vendor-data --static --output-file "$folder/vendor-data"
gzip -9n "$folder/vendor-data"
document=$(base64 < "$folder/vendor-data.gz" | tr -d '\n')
for vm in "$@"; do
  govc vm.change -vm "$vm" -e "guestinfo.vendordata=$document" -e 'guestinfo.vendordata.encoding=gzip+base64'
done
