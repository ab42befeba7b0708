"""How what a line of the worklist speaks of goes to another post: each context declares it for its own kinds."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from divan.dealings.correspondence.values.work import WorkItem
from divan.foundation.actors import Actor
from divan.registers.people.values import Post


class Mover(Protocol):
    """Moves what a line speaks of, and the line, from a post to another; refuses what must stay."""

    def __call__(self, *, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
        """Move it in the running transaction, with a fact."""


MOVERS: dict[str, Mover] = {}
"""The movers by the kind of line; a kind without one stays where it is."""


def register_mover(kind: str, mover: Mover) -> None:
    """Declare how lines of a kind go to another post; a context above correspondence declares its own."""
    MOVERS[kind] = mover
