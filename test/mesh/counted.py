"""A mesh that counts, shared by the tests of one class."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import choice
import looks
from mesh import Mesh
from waiting import eventually


class Counted:
    """Boots the mesh once; each test finds it counting, and leaves it so. To be mixed into a TestCase."""

    flavor: str
    mesh: Mesh

    @classmethod
    def setUpClass(cls) -> None:
        start = time.monotonic()
        cls.mesh = cls.enterClassContext(Mesh(cls.flavor, choice.suite, choice.envoy))
        cls.addClassCleanup(setattr, cls, 'mesh', None)
        looks.first_count(cls.mesh)
        print(f'mesh: {cls.flavor} counts after {time.monotonic() - start:.0f} s', flush=True)

    def setUp(self) -> None:
        # Whatever the test before it did.
        looks.first_count(self.mesh)

    def test_the_boot_went_well(self) -> None:
        for machine in self.mesh.machines.values():
            self.assertEqual(machine.sh('systemctl --failed --no-legend --plain'), '')
            self.assertIn('status: done', machine.sh('cloud-init status --long'))

    @contextmanager
    def again(self, what: str, seconds: float = 90) -> Iterator[None]:
        """Within it harm is done; then traffic comes back by itself, and each machine has one set of rules."""
        start = time.monotonic()
        yield
        looks.first_count(self.mesh, seconds)
        print(f'mesh: {self.flavor} counts again {time.monotonic() - start:.1f} s after {what}', flush=True)
        for machine in self.mesh.machines.values():
            eventually(lambda: self.assertEqual(looks.jumps(machine), looks.JUMPS), 30)

    def healthy(self, service: str, seconds: float = 30) -> list[dict]:
        """The instances of a service, as soon as all their checks pass."""
        return eventually(lambda: looks.healthy(self.mesh, service) or self.fail(f'{service} is not healthy'), seconds)
