"""Waiting for what comes by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar('T')


def eventually(attempt: Callable[[], T], seconds: float, context: Callable[[], str] = str) -> T:
    """What an attempt returns that no longer raises AssertionError or OSError; its last error, and the context, when time is over."""
    until = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (AssertionError, OSError) as error:
            if time.monotonic() > until:
                raise AssertionError(f'still after {seconds:.0f} s: {error}\n{context()}') from error
        time.sleep(0.25)
