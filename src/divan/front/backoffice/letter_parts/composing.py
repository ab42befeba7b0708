"""How the page of a letter is put together from the parts that the rooms of correspondence bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from divan.dealings.correspondence.values import LetterContent
from divan.foundation.actors import Actor
from divan.registers.people.values import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A letter as it is read: by whom, in which post, when, and in which language."""

    content: LetterContent
    post: Post
    actor: Actor
    language: str
    now: datetime


Builder = Callable[[Reading], Mapping[str, object] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the page: its template below ``backoffice/letters/parts/``, and what gives the template's values.

    The template finds them as ``part``. A builder that returns None has nothing to show, and the part is left out.
    """

    template: str
    build: Builder


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPart:
    """A part with its values, ready for the page."""

    template: str
    values: Mapping[str, object]


def compose(parts: tuple[Part, ...], reading: Reading) -> list[BuiltPart]:
    """Return the parts that have something to show, in their order."""
    built = ((part.template, part.build(reading)) for part in parts)
    return [
        BuiltPart(template=f"backoffice/letters/parts/{template}.html", values=values)
        for template, values in built
        if values is not None
    ]
