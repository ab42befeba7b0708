"""Access: every route says who may enter, and the door is shut where it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from divan.foundation.actors import Actor, ActorKind

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may enter a route.

    ``kinds`` are the capacities admitted; ``duties``, if any, are role codes of which the post in use must hold one.
    ``sign_in`` names the URL that an anonymous visitor is sent to. What one does on a route of one's own affairs
    (``own``) one does for oneself, also while standing in for the holder of a post.
    """

    name: str
    kinds: frozenset[ActorKind]
    duties: frozenset[str] = frozenset()
    sign_in: str = ""
    own: bool = False

    def admits(self, actor: Actor) -> bool:
        """Whether this actor may enter."""
        return actor.kind in self.kinds and (not self.duties or bool(self.duties & actor.duties))


PUBLIC = Access("public", frozenset(ActorKind))
CITIZEN = Access("citizen", frozenset({ActorKind.CITIZEN}), sign_in="identity:sign-in")
STAFF = Access("staff", frozenset({ActorKind.STAFF}), sign_in="identity:staff-sign-in")
SIGNED_IN = Access("signed-in", frozenset({ActorKind.CITIZEN, ActorKind.STAFF}), sign_in="identity:sign-in", own=True)


def holding(*duties: str) -> Access:
    """Return the access of staff whose post holds one of these role codes."""
    return Access(
        "staff:" + "|".join(sorted(duties)), frozenset({ActorKind.STAFF}), frozenset(duties), "identity:staff-sign-in"
    )


def access(who: Access) -> Callable[[View], View]:
    """Declare on a view who may enter; the middleware enforces it before the view runs."""

    def declare(view: View) -> View:
        view.access = who  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return declare


def declared_access(view: Callable[..., Any]) -> Access | None:
    """Return the access a view declares, looking through wrappers and class-based views, or None."""
    for candidate in (view, getattr(view, "view_class", None), getattr(view, "__wrapped__", None)):
        found = getattr(candidate, "access", None)
        if isinstance(found, Access):
            return found
    return None
