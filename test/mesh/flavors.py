"""The two ways of the environment to bring a VM into the mesh: all of it at deployment, or out of a base image."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import packages
from disk import Disk
from network import Network
from network import address as network_address
from standing import Standing
from repository import Repository, Server, root
from tool import example, tool

JOIN = 'alpha.consul.hashicorp.com/retry-join'
VALUES = Path(__file__).parent / 'values.yaml'
# Runs in the image, as `consul-vm-inject guest | ssh root@image sh` would; the agent is enabled as an operator does it.
BAKE = 'sh /root/install-guest.sh && rm /root/install-guest.sh && systemctl enable consul.service'


class Boot:
    """Consul and Envoy are there as packages, everything else travels in the user-data of each machine."""

    def __init__(self, suite: str, parts: tuple[Path, ...], stack: ExitStack) -> None:
        self.suite, self.above = suite, parts

    def machine(self, name: str, network: Network, address: str, user_data: bytes,
                vendor_data: bytes | None = None) -> Standing:
        made = Standing(name, network, address, suite=self.suite, above=self.above)
        packages.install(made)
        made.seed(user_data, instance=f'i-{name}', host=name, vendor_data=vendor_data)
        return made

    def user_data(self, name: str) -> bytes:
        return tool('inject', '--values', VALUES, example(name))


class Image(Boot):
    """An image has the guest files and the agent's settings baked in; what is special to a machine travels."""

    def __init__(self, suite: str, parts: tuple[Path, ...], stack: ExitStack) -> None:
        image = stack.enter_context(Disk('image', suite, parts))
        packages.install(image)
        image.write('/root/install-guest.sh', tool('guest', '--values', VALUES))
        image.run('/bin/sh', '-c', BAKE)
        super().__init__(suite, (image.upper, *parts), stack)

    def machine(self, name: str, network: Network, address: str, user_data: bytes,
                vendor_data: bytes | None = None) -> Standing:
        made = Standing(name, network, address, suite=self.suite, above=self.above)
        made.seed(user_data, instance=f'i-{name}', host=name, vendor_data=vendor_data)
        return made

    def user_data(self, name: str) -> bytes:
        return tool('inject', '--values', VALUES, '--profile', 'prebuilt', example(name))


class Nothing(Boot):
    """Neither Consul nor Envoy is there: the machine installs both, from a repository made on the spot, and knows whom to join by
    annotation."""

    def __init__(self, suite: str, parts: tuple[Path, ...], stack: ExitStack) -> None:
        super().__init__(suite, parts, stack)
        self.stack, self.server = stack, None
        self.repository = stack.enter_context(Repository(suite, *parts))
        self.repository.add_apt()
        self.values = self.repository.folder / 'values.json'
        self.values.write_text(json.dumps({'vm': self.repository.values()}))

    def machine(self, name: str, network: Network, address: str, user_data: bytes,
                vendor_data: bytes | None = None) -> Standing:
        self.server = self.server or self.stack.enter_context(Server(network, self.repository))
        made = Standing(name, network, address, suite=self.suite, above=(root(self.suite),))
        # Debian's own packages are out of reach.
        made.write('/etc/apt/sources.list', '')
        made.seed(user_data, instance=f'i-{name}', host=name, vendor_data=vendor_data)
        return made

    def user_data(self, name: str) -> bytes:
        """The example with a line that says whom to join, and the CA of the repository."""
        first, rest = example(name).read_text().split('\n', 1)
        trusted = ''.join(f'      {line}\n' for line in self.repository.ca.splitlines())
        text = f'{first}\n# {JOIN}: "{network_address(10)}"\n{rest}\nca_certs:\n  trusted:\n    - |\n{trusted}'
        file = self.repository.folder / f'{name}.yaml'
        file.write_text(text)
        return tool('inject', '--values', self.values, file)


FLAVORS: dict[str, Callable[[str, tuple[Path, ...], ExitStack], Boot]] = {'boot': Boot, 'image': Image, 'nothing': Nothing}
