"""How a test waits for what another process or thread does: it looks, for as long as a busy machine may need."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120.0
"""Seconds. Nothing is measured by them: they only end a wait for what never comes."""

Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], *, otherwise: Callable[[], object] | str = "", every: float = 0.05) -> Found:
    """Look until something counts as true, and return it.

    :param look: What it raises ends the wait.
    :param otherwise: What is said when nothing came: a text, or what looks it up then.
    :param every: Seconds from one look to the next.
    :raises AssertionError: when :data:`PATIENCE` is at its end.
    """
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, otherwise() if callable(otherwise) else otherwise or "it did not come"
        time.sleep(every)
    return found
