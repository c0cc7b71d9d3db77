"""Waiting for what comes by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar('T')

# The machines of other lists have the processors, too.
BUSY = 3


def eventually(attempt: Callable[[], T], seconds: float, context: Callable[[], str] = str) -> T:
    """What an attempt returns that no longer raises AssertionError or OSError; its last error, and the context, when time is over.

    `seconds` are what it may take where nothing else runs; BUSY times as many are waited.
    """
    until = time.monotonic() + seconds * BUSY
    while True:
        try:
            return attempt()
        except (AssertionError, OSError) as error:
            if time.monotonic() > until:
                raise AssertionError(f'still after {seconds * BUSY:.0f} s: {error}\n{context()}') from error
        time.sleep(0.25)
