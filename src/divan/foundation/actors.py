"""Who acts: a frozen value that every action takes and every fact keeps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5


class ActorKind(StrEnum):
    """In which capacity somebody acts."""

    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    STAFF = "staff"
    INTEGRATOR = "integrator"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in which post, on whose behalf.

    ``uuid`` is the person's, never an account's: lower contexts know no accounts. ``on_behalf_of`` is the holder of the
    post, where the person only stands in for them. ``duties`` are the role codes of the post held at this moment; they
    open doors and are not kept in facts.
    """

    kind: ActorKind
    uuid: UUID | None = None
    post: UUID | None = None
    on_behalf_of: UUID | None = None
    duties: frozenset[str] = field(default=frozenset(), compare=False)
    unit: UUID | None = field(default=None, compare=False)

    @property
    def is_staff(self) -> bool:
        """Whether the actor acts in a post of a body."""
        return self.kind is ActorKind.STAFF and self.post is not None

    def for_oneself(self) -> Actor:
        """Return the same person in an affair of their own: nobody applies, pays or signs for whom they stand in."""
        return self if self.on_behalf_of is None else replace(self, on_behalf_of=None)

    def as_data(self) -> dict[str, str]:
        """Return what a fact keeps of the actor: identifiers only, no names."""
        data = {"kind": str(self.kind)}
        for name in ("uuid", "post", "on_behalf_of"):
            value = getattr(self, name)
            if value is not None:
                data[name] = str(value)
        return data


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
SYSTEM = Actor(kind=ActorKind.SYSTEM)


def operator(name: str) -> Actor:
    """Return the actor for a command given on the machine itself; the name is the system account's."""
    return Actor(kind=ActorKind.OPERATOR, uuid=uuid5(NAMESPACE_URL, f"operator:{name}"))
