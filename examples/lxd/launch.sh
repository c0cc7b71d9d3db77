#!/bin/sh
# Makes the profile "web" of profile.yaml and web.yaml, and starts a VM with it: sh launch.sh [lxc|incus]
set -eu
cd "$(dirname "$0")"
client=${1:-lxc}

# Images with cloud-init in them.
case $client in
incus) image=images:debian/12/cloud ;;
*) image=ubuntu:24.04 ;;
esac

consul-vm-inject --platform lxd web.yaml -o web.injected

"$client" profile show web > /dev/null 2>&1 || "$client" profile create web
# The user-data as a block of YAML, two levels deep.
{
  cat profile.yaml
  echo '  cloud-init.user-data: |'
  sed 's/^/    /' web.injected
} | "$client" profile edit web
"$client" launch "$image" web --vm --profile default --profile web
