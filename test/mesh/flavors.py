"""The two ways of the environment to bring a VM into the mesh: all of it at deployment, or out of a base image."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import packages
from disk import Disk
from network import Network
from standing import Standing
from tool import example, tool

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


FLAVORS: dict[str, Callable[[str, tuple[Path, ...], ExitStack], Boot]] = {'boot': Boot, 'image': Image}
