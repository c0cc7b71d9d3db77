#!/bin/sh
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: "batch"
# consul.hashicorp.com/transparent-proxy: "false"
# consul.hashicorp.com/connect-service-upstreams: "counting:5000, orders-db:5432"
#
# A client of the mesh without a port of its own and without transparent proxy: it reaches its upstreams on loopback.
# The addresses are in /run/consul/upstreams-batch.env for any unit to load.
set -eu

mkdir -p /opt/batch
cat > /opt/batch/run <<'RUN'
#!/bin/sh
echo "counting is at ${COUNTING_CONNECT_SERVICE_HOST:-?}:${COUNTING_CONNECT_SERVICE_PORT:-?}"
RUN
chmod 0755 /opt/batch/run

cat > /etc/systemd/system/batch.service <<'UNIT'
[Unit]
Description=Nightly batch

[Service]
Type=oneshot
EnvironmentFile=-/run/consul/upstreams-batch.env
ExecStart=/opt/batch/run
UNIT
systemctl daemon-reload
