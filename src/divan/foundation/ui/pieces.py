"""Values that the components draw: rows of a summary, tasks, events of a history, measures, bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from divan.foundation.ui.frame import Link

Tone = Literal["", "info", "lapis", "good", "waiting", "bad", "solid-bad"]


@dataclass(frozen=True, slots=True)
class Row:
    """A key and its value in a summary list; ``code`` sets the value as a left-to-right island."""

    key: str
    value: object
    actions: Sequence[Link] = ()
    code: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A line of a task list; without ``url`` it cannot be started yet."""

    label: str
    status: str
    tone: Tone = ""
    url: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a history; without ``at`` it has not happened yet."""

    title: str
    at: datetime | None = None
    by: str = ""
    text: str = ""
    tone: Literal["", "good", "waiting", "bad", "ahead"] = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with what it counts, its unit and a note (date, source, denominator); None is "not measured"."""

    label: str
    value: int | None
    unit: str = ""
    note: str = ""
    tone: Literal["", "good", "waiting", "bad"] = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a bar table: ``value`` as a bar, of which ``part`` is drawn in the second colour."""

    label: str
    value: int
    part: int = 0
    url: str = ""
