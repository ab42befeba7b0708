"""What is drawn: nodes and the ways between them, without places and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a node is."""

    START = "start"
    MESSAGE_START = "message-start"
    TIMER_START = "timer-start"
    TASK = "task"
    APPLICANT = "applicant"
    SEND = "send"
    SPLIT = "split"
    SOME = "some"
    JOIN = "join"
    JOIN_SOME = "join-some"
    CHOICE = "choice"
    AWAIT = "await"
    MESSAGE = "message"
    TIMER = "timer"
    PASSED = "passed"
    END = "end"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing in the picture.

    ``detail`` is said below the label. A node ``attached_to`` another one sits on its border; with ``interrupting`` it
    ends what it sits on. ``duration`` is what a timer counts, in ISO 8601.
    """

    id: str
    shape: Shape
    label: str = ""
    detail: tuple[str, ...] = ()
    negative: bool = False
    attached_to: str | None = None
    interrupting: bool = True
    duration: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order in which they were met, and the ways between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, code: str) -> Node:
        """Return a node.

        :raises KeyError: if there is none.
        """
        for node in self.nodes:
            if node.id == code:
                return node
        raise KeyError(code)
