#!/bin/sh
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: "batch"
# consul.hashicorp.com/transparent-proxy: "false"
echo "café"
