#!/bin/sh
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: web
# consul.hashicorp.com/connect-service-port: "8080"
set -eu
apt-get install -y nginx
