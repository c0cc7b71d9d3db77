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
performance {{ raft_multiplier = 1 }} # elects itself within a second or two
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
        self.way = FLAVORS[self.flavor](self.suite, layers, stack)
        self.fill(stack)
        for machine in (self.server, *self.machines.values()):
            machine.booted()

    def fill(self, stack: ExitStack) -> None:
        """Adds the machines beside the server; a mesh of other ones overrides this."""
        for name in EXAMPLES:
            self.add(stack, name, self.way.user_data(name))

    def add(self, stack: ExitStack, name: str, user_data: bytes, vendor_data: bytes | None = None) -> None:
        """Switches on one more machine, which is called by its name."""
        made = self.way.machine(name, self.network, address(11 + len(self.machines)), user_data, vendor_data)
        self.machines[name] = stack.enter_context(made)
        made.start()

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
