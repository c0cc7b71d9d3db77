#!/bin/sh
# Makes a launch template of EC2 of launch-template.json and web.yaml: sh create.sh
#
# EC2 takes 16 KiB, and the profile "full" has more, compressed too: the guest files have to be in the image (see ../packer).
set -eu
cd "$(dirname "$0")"

# To a file and not into a pipe: the shell does not see what fails at the front of a pipe, and nothing would be injected.
consul-vm-inject --platform ec2 --profile prebuilt web.yaml -o web.injected

# Here user-data is base64 on one line. It has no character that means something to sed in this place.
user_data=$(base64 < web.injected | tr -d '\n')
sed "s|USER_DATA_IN_BASE64|$user_data|" launch-template.json > web.json
aws ec2 create-launch-template --cli-input-json file://web.json
