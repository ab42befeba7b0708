"""Run pyHanko's coroutines from ordinary code, whatever thread or event loop that code is in."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def complete(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop of its own and return its result.

    Each call has a fresh loop, so threads share nothing. A caller that already runs inside a loop is blocked while a
    thread of its own does the work: pyHanko's own ``asyncio.run`` would raise there.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
