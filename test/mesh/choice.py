"""What the suite is run with: run.py sets it before the tests are loaded."""

from root import SUITE

suite: str = SUITE
envoy: str | None = None
