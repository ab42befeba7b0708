"""Keys, stores and logs for the tests of this library."""

from collections.abc import Callable, Sequence

import pytest

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, sign_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.log import integrate
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.storage import MemoryStore, TileStore

ORIGIN = "log.example/province"


@pytest.fixture
def log_key():
    return NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)


@pytest.fixture
def university_key():
    return NoteSigner("witness.example/university", SignatureType.COSIGNATURE, b"U" * 32)


@pytest.fixture
def bar_key():
    return NoteSigner("witness.example/bar", SignatureType.COSIGNATURE, b"B" * 32)


def refusal_of(read: Callable[..., object], *given: object) -> TlogError | None:
    """Return with what a reader refused hostile input, None if it took it; any other error is the test's failure."""
    try:
        read(*given)
    except TlogError as refusal:
        return refusal
    return None


def entries_of(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def grow(store: TileStore, entries: Sequence[bytes], sizes: Sequence[int]) -> Frontier:
    """Take the entries in, in steps that end at the given sizes."""
    frontier = Frontier()
    for size in sizes:
        frontier = integrate(store, frontier, entries[frontier.size : size]).frontier
    return frontier


@pytest.fixture
def sealed(log_key):
    """Give a maker of whole logs: entries in, a store with tiles and a signed checkpoint out."""

    def make(entries: Sequence[bytes], sizes: Sequence[int] | None = None) -> MemoryStore:
        store = MemoryStore()
        frontier = grow(store, entries, sizes or [len(entries)])
        checkpoint = Checkpoint(ORIGIN, frontier.size, frontier.root())
        store.replace(CHECKPOINT_PATH, sign_checkpoint(checkpoint, [log_key]).encode())
        return store

    return make
