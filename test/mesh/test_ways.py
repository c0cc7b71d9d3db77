"""Every way into the mesh beside the two of the environment, and what a machine can be there, all in one mesh."""

import re
import time
import unittest
from contextlib import ExitStack

import choice
import looks
from flavors import VALUES
from mesh import Mesh
from tool import example, tool
from waiting import eventually

PAIR = b'''#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: web,admin
# consul.hashicorp.com/connect-service-port: 8080,8081
# consul.hashicorp.com/connect-service-upstreams: counting:9191
# consul.hashicorp.com/transparent-proxy: "false"
write_files:
  - {path: /srv/web/index.html, content: the page of web}
  - {path: /srv/admin/index.html, content: the page of admin}
  - path: /etc/systemd/system/page@.service
    content: |
      [Service]
      EnvironmentFile=/etc/page-%i
      ExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory /srv/%i $PORT
  - {path: /etc/page-web, content: PORT=8080}
  - {path: /etc/page-admin, content: PORT=8081}
runcmd:
  - [systemctl, start, page@web, page@admin]
'''
MIME = b'''Content-Type: multipart/mixed; boundary="parts"
MIME-Version: 1.0

--parts
Content-Type: text/x-shellscript

#!/bin/sh
echo ran >/root/script
--parts
Content-Type: text/cloud-config

%s
--parts--
'''
LIMITS = ('-a', 'sidecar-proxy-memory-limit=300Mi', '-a', 'sidecar-proxy-cpu-limit=1500m')
METRICS = ('-a', 'enable-metrics=true')
READY = ('-a', 'use-proxy-health-check=true')
# What stays untouched is better annotated in comments: recent versions of cloud-init complain of keys that they do not know.
ANNOTATIONS = re.compile(rb'^annotations:\n((?:  .*\n)+)', re.MULTILINE)
# More than one that has the processors for itself would need: a busy machine must not be taken for a frozen one.
LIVENESS = ('-a', 'sidecar-proxy-liveness-failure-seconds=15')


class Ways(Mesh):
    """`vendor` counts; `fleet` and `mime` show the count; `pair` has two services of its own."""

    def fill(self, stack: ExitStack) -> None:
        values = ('-q', '--values', VALUES)
        counting, dashboard = example('counting').read_bytes(), example('dashboard').read_bytes()
        self.add(stack, 'vendor', counting, tool('vendor-data', *values, *LIMITS, *METRICS, data=counting))
        comments = ANNOTATIONS.sub(lambda found: re.sub(rb'(?m)^  ', b'# ', found.group(1)), dashboard)
        self.add(stack, 'fleet', comments, tool('vendor-data', '--static', *values, *READY))
        self.add(stack, 'mime', tool('inject', *values, *LIVENESS, data=MIME % dashboard))
        self.add(stack, 'pair', tool('inject', *values, data=PAIR))


class EveryWay(unittest.TestCase):
    """All on one mesh."""

    mesh: Ways

    @classmethod
    def setUpClass(cls) -> None:
        start = time.monotonic()
        cls.mesh = cls.enterClassContext(Ways('boot', choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        for name, url in (('fleet', looks.COUNT), ('mime', looks.COUNT), ('pair', 'http://127.0.0.1:9191/')):
            cls.hears(name, url)
            print(f'mesh: {name} counts after {time.monotonic() - start:.0f} s', flush=True)

    @classmethod
    def hears(cls, name: str, url: str = looks.COUNT) -> dict:
        """What a machine is told by counting, which is on the machine `vendor`, as soon as it is told anything."""
        machines = [cls.mesh.machines[one] for one in (name, 'vendor')]

        def context() -> str:
            told = (f'{one.name}:\n{one.journal("consul-sidecar-init", "consul", "envoy@*", lines=30)}' for one in reversed(machines))
            return '\n'.join((*told, looks.ailing(cls.mesh)))

        return eventually(lambda: looks.told(machines[0], url), 60, context)

    def test_vendor_data_of_one_vm_a_fleet_and_annotations_inside_mime_count_together(self) -> None:
        counts = []
        for name in ('fleet', 'mime'):
            said = self.hears(name)
            self.assertEqual(said['hostname'], 'vendor')
            counts.append(said['count'])
        self.assertLess(counts[0], counts[1])
        for name in ('vendor', 'fleet', 'mime'):
            self.assertEqual(looks.jumps(self.mesh.machines[name]), looks.JUMPS)
        self.assertEqual(self.mesh.machines['mime'].sh('cat /root/script'), 'ran\n')

    def test_an_explicit_upstream_works_where_nothing_is_redirected(self) -> None:
        pair = self.mesh.machines['pair']
        before = looks.statistic(pair, r'cluster\.counting\..*\.upstream_cx_total')
        self.assertEqual(self.hears('pair', 'http://127.0.0.1:9191/')['hostname'], 'vendor')
        self.assertEqual(looks.statistic(pair, r'cluster\.counting\..*\.upstream_cx_total'), before + 1)
        self.assertEqual(looks.rules(pair), [])

    def test_two_services_of_one_vm_are_reached_each_by_its_name_through_a_sidecar_each(self) -> None:
        pair = self.mesh.machines['pair']
        for service, port in (('web', 19000), ('admin', 19001)):
            text = eventually(lambda: looks.fetched(self.mesh.machines['mime'], f'http://{service}.virtual.consul/'), 30)
            self.assertEqual(text, f'the page of {service}')
            self.assertGreater(looks.statistic(pair, r'listener\..*\.ssl\.handshake', port), 0)
        for port in (8080, 8081):
            with self.assertRaises(OSError):
                self.mesh.network.get(f'http://{pair.address}:{port}/')

    def test_metrics_are_reached_from_another_machine(self) -> None:
        answer = self.mesh.network.get(f'http://{self.mesh.machines["vendor"].address}:20200/metrics')
        self.assertEqual(answer.status, 200)
        self.assertRegex(answer.text, r'(?m)^envoy_server_live\{.*\} 1$')

    def test_limits_of_resources_hold_for_the_unit(self) -> None:
        vendor = self.mesh.machines['vendor']
        shown = vendor.sh('systemctl show envoy@counting --property=MemoryMax,CPUQuotaPerSecUSec,ControlGroup')
        values = dict(line.split('=', 1) for line in shown.splitlines())
        group = values.pop('ControlGroup')
        self.assertEqual(values, {'MemoryMax': str(300 << 20), 'CPUQuotaPerSecUSec': '1.500000s'})
        # Where this host gives its machines the controller, the kernel knows the limit too.
        status, limit = vendor.try_sh(f'cat /sys/fs/cgroup{group}/memory.max')
        if status == 0:
            self.assertEqual(limit.strip(), str(300 << 20))

    def test_the_catalog_has_tags_meta_and_the_readiness_of_envoy(self) -> None:
        def passing() -> list[dict]:
            found = looks.healthy(self.mesh, 'dashboard-sidecar-proxy')
            self.assertEqual(sorted(one['Node']['Node'] for one in found), ['fleet', 'mime'])
            return found

        for one in eventually(passing, 30, lambda: f'{looks.ailing(self.mesh)}\n{self.mesh.machines["mime"].journal("consul", "envoy@*")}'):
            name, service = one['Node']['Node'], one['Service']
            self.assertEqual(service['Tags'], ['v1', 'web'])
            self.assertEqual((service['Meta']['version'], service['Meta']['instance']), ('1.0', name))
            names = [check['Name'] for check in one['Checks']]
            self.assertEqual('Envoy Ready' in names, name == 'fleet', names)

    def test_a_sidecar_that_is_frozen_is_replaced(self) -> None:
        mime = self.mesh.machines['mime']
        process = mime.sh('systemctl show --property=MainPID envoy@dashboard').strip()
        start = time.monotonic()
        mime.sh('systemctl kill --kill-who=main --signal=STOP envoy@dashboard')
        with self.assertRaises(AssertionError):
            looks.told(mime)
        self.hears('mime')
        print(f'mesh: counts again {time.monotonic() - start:.0f} s after Envoy was frozen', flush=True)
        self.assertNotEqual(mime.sh('systemctl show --property=MainPID envoy@dashboard').strip(), process)
        self.assertEqual(looks.jumps(mime), looks.JUMPS)

    def test_the_boot_went_well(self) -> None:
        for machine in self.mesh.machines.values():
            self.assertEqual(machine.sh('systemctl --failed --no-legend --plain'), '')
            self.assertIn('status: done', machine.sh('cloud-init status --long'))


if __name__ == '__main__':
    unittest.main()
