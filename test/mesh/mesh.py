"""A whole mesh: a private network, a Consul server, and a machine for each example that takes part."""

from contextlib import ExitStack

import packages
import parts
from flavors import FLAVORS
from network import Network, address
from root import SUITE
from standing import Standing

SERVER = address(10)
SERVER_HCL = f'''server = true
bootstrap_expect = 1
datacenter = "dc1"
bind_addr = "{SERVER}"
client_addr = "0.0.0.0"
connect {{ enabled = true }}
ports {{ grpc = 8502 }}
ui_config {{ enabled = true }}
retry_join = ["{SERVER}"] # itself: to its unit (Type=notify) an agent has started once it has joined
'''
EXAMPLES = ('counting', 'dashboard')


class Mesh:
    """A context manager: within it all machines are up, after it nothing is left.

    `flavor` is one of FLAVORS, `suite` a Debian release, `envoy` a version of parts.ENVOYS. The machines die with the thread
    that enters.
    """

    def __init__(self, flavor: str = 'boot', suite: str = SUITE, envoy: str | None = None) -> None:
        self.flavor, self.suite, self.envoy = flavor, suite, envoy
        self.machines: dict[str, Standing] = {}

    def __enter__(self) -> 'Mesh':
        with ExitStack() as stack:
            self._make(stack)
            self.stack = stack.pop_all()
        return self

    def _make(self, stack: ExitStack) -> None:
        layers = (parts.consul(), parts.envoy(self.envoy))
        self.network = stack.enter_context(Network())
        self.server = stack.enter_context(self._server(layers))
        self.server.start()
        flavor = FLAVORS[self.flavor](self.suite, layers, stack)
        for number, name in enumerate(EXAMPLES, 11):
            machine = flavor.machine(name, self.network, address(number), flavor.user_data(name))
            self.machines[name] = stack.enter_context(machine)
            machine.start()
        for machine in (self.server, *self.machines.values()):
            machine.booted()

    def _server(self, layers: tuple) -> Standing:
        made = Standing('server', self.network, SERVER, suite=self.suite, above=layers)
        packages.install(made)
        made.write('/etc/consul.d/server.hcl', SERVER_HCL)
        made.run('systemctl', 'enable', 'consul.service')
        made.seed(b'#cloud-config\n{}\n', instance='i-server', host='server')
        return made

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.stack.close()

    @property
    def counting(self) -> Standing:
        return self.machines['counting']

    @property
    def dashboard(self) -> Standing:
        return self.machines['dashboard']
