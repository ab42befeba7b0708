"""Who did something, as officers read it: the person and the post in which it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.cases.values import CaseNote, Decision, HistoryLine, Referral, Task
from divan.registers.people import queries as people
from divan.registers.people.values import Person, Post


class Names:
    """Names of persons and posts of one page, read at once."""

    def __init__(self, persons: Iterable[UUID | None], posts: Iterable[UUID | None], language: str) -> None:
        self._persons: dict[UUID, Person] = people.find_persons({one for one in persons if one is not None})
        self._posts: dict[UUID, Post] = people.find_posts({one for one in posts if one is not None})
        self._language = language

    def post(self, post: UUID | None) -> str:
        """Return the title of a post, empty where there is none."""
        found = self._posts.get(post) if post else None
        return found.title(self._language) if found else ""

    def body(self, post: UUID | None) -> str:
        """Return the name of the body or unit of a post, empty where there is none."""
        found = self._posts.get(post) if post else None
        return found.unit.name(self._language) if found else ""

    def person(self, person: UUID | None) -> str:
        """Return the name of a person, empty where there is none."""
        found = self._persons.get(person) if person else None
        return found.full_name if found else ""

    def actor(self, actor: Mapping[str, str]) -> str:
        """Return who acted as a fact keeps it: person and post, and for whom, where they only stood in."""
        by = self.both(identifier(actor.get("uuid")), identifier(actor.get("post")))
        holder = self.person(identifier(actor.get("on_behalf_of")))
        return _("%(officer)s, in place of %(holder)s") % {"officer": by, "holder": holder} if holder else by

    def both(self, person: UUID | None, post: UUID | None) -> str:
        """Return person and post, as far as they are known."""
        return _(", ").join(one for one in (self.person(person), self.post(post)) if one)


def names_of(
    lines: Iterable[HistoryLine],
    tasks: Iterable[Task],
    referrals: Iterable[Referral],
    decisions: Iterable[Decision],
    notes: Iterable[CaseNote],
    language: str,
) -> Names:
    """Return the names of all who stand in a case."""
    persons: set[UUID | None] = set()
    posts: set[UUID | None] = set()
    for line in lines:
        persons |= {identifier(line.actor.get(name)) for name in ("uuid", "on_behalf_of")}
        posts.add(identifier(line.actor.get("post")))
        posts |= {identifier(line.data.get(name)) for name in ("post", "before", "to")}
    for task in tasks:
        persons.add(task.done_by)
        posts |= {task.post, task.done_in_post}
    for referral in referrals:
        posts |= {referral.from_post, referral.to_post}
    for note in notes:
        persons.add(note.author)
        posts.add(note.post)
    for decision in decisions:
        persons |= {decision.drafted_by, decision.signed_by, *(paraph.person for paraph in decision.paraphs)}
        posts |= {decision.drafted_in, decision.signed_in, *(paraph.post for paraph in decision.paraphs)}
    return Names(persons, posts, language)


def identifier(value: object) -> UUID | None:
    """Return what a fact keeps of somebody as an identifier, None where it keeps nothing."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
