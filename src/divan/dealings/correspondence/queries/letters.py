"""What letters tell, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import (
    Direction,
    Letter,
    LetterNumber,
    LetterState,
    LetterUnknown,
    Party,
    PartyKind,
    Secrecy,
    Urgency,
)
from divan.registers.people.values import Post

SECRETARIAT_ROLE = "secretariat"
"""Role code of the posts that keep a body's registers and read its letters, each up to its clearance."""


def letters() -> QuerySet[models.Letter]:
    """Return the letters with what their values need, nothing hidden."""
    return models.Letter.objects.select_related("register", "body", "secretariat")


def read_party(data: dict[str, object]) -> Party | None:
    """Return the party that a row keeps as JSON, or None for an empty one."""
    if not data:
        return None
    uuid = UUID(str(data["uuid"])) if data.get("uuid") else None
    names = {key: str(data.get(key, "")) for key in ("organization", "department", "title", "name", "code")}
    return Party(kind=PartyKind(str(data.get("kind", PartyKind.OUTSIDE))), uuid=uuid, **names)


def letter_of(row: models.Letter) -> Letter:
    """Return the value of a letter's row."""
    number = None
    if row.register is not None and row.year is not None and row.count is not None:
        number = LetterNumber(register=row.register.code, year=row.year, count=row.count, written=row.number)
    return Letter(
        uuid=row.uuid,
        number=number,
        direction=Direction(row.direction),
        body_uuid=row.body.uuid,
        subject=row.subject,
        recipient=row.recipient,
        signer_name=row.signer_name,
        signer_title=row.signer_title,
        registered_at=row.registered_at,
        state=LetterState(row.state),
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        document_uuid=row.document_uuid,
        secretariat_uuid=row.secretariat.uuid if row.secretariat else None,
        kind=row.kind,
        secrecy=Secrecy(row.secrecy),
        urgency=Urgency(row.urgency),
        sender=read_party(row.sender),
        their_number=row.their_number,
        their_date=row.their_date,
        received_at=row.received_at,
        received_by=row.received_by,
        keywords=tuple(row.keywords),
        deadline_at=row.deadline_at,
        version=row.version,
        pages=row.pages,
        drafter=row.drafter,
        drafter_post=row.drafter_post,
        drafted_at=row.drafted_at,
        signed_by_hand=row.signed_by_hand,
        scan_uuid=row.scan_uuid,
        backdated=row.backdated,
        closed_at=row.closed_at,
        closing=row.closing,
    )


def get_letter(letter_uuid: UUID) -> Letter:
    """Return a letter, whoever asks: doors use :func:`get_letter_for`.

    :raises LetterUnknown: if there is none.
    """
    row = letters().filter(uuid=letter_uuid).first()
    if row is None:
        raise LetterUnknown
    return letter_of(row)


def find_letters(uuids: Iterable[UUID]) -> dict[UUID, Letter]:
    """Return letters by identifier, whoever asks; unknown ones are absent."""
    return {row.uuid: letter_of(row) for row in letters().filter(uuid__in=list(uuids))}


def list_letters_about(about_uuid: UUID) -> list[Letter]:
    """Return the letters about something, oldest first."""
    return [letter_of(row) for row in letters().filter(about_uuid=about_uuid).order_by("id")]


def clearance_of(post: UUID, at: datetime) -> Secrecy:
    """Return the highest class of secrecy that a post may read at a moment; without a clearance the ordinary one."""
    rows = models.Clearance.objects.filter(post_uuid=post, starts_at__lte=at).exclude(ends_at__lte=at)
    return Secrecy(rows.order_by("-starts_at").values_list("secrecy", flat=True).first() or Secrecy.ORDINARY)


def readable_by(post: Post, at: datetime) -> tuple[Secrecy, ...]:
    """Return the classes that a post reads at a moment; who stands in for its holder reads no further than allowed."""
    clearance = clearance_of(post.uuid, at)
    if post.limit is None or not post.limit.secrecy:
        return clearance.readable
    return min(clearance, Secrecy(post.limit.secrecy), key=lambda one: one.rank).readable


def letters_for(post: Post, at: datetime) -> QuerySet[models.Letter]:
    """Return the letters that a post may read at a moment: those it came to have, and as a secretariat its body's.

    Every list, search and count of letters begins here, so that none shows what the clearance does not open.
    """
    if post.limit is not None and not post.limit.opens_letters:
        return letters().none()
    cleared = letters().filter(secrecy__in=readable_by(post, at))
    has = cleared.filter(id__in=models.Reader.objects.filter(post_uuid=post.uuid).values("letter_id"))
    if post.role != SECRETARIAT_ROLE:
        return has
    return has | cleared.filter(body__uuid=post.unit.body_uuid).exclude(state__in=models.UNNUMBERED)


def get_letter_for(letter_uuid: UUID, post: Post, at: datetime) -> Letter:
    """Return a letter that a post may read at a moment.

    :raises LetterUnknown: if there is none, it never came to this post, or its secrecy is above the post's clearance:
        the three are not told apart.
    """
    row = letters_for(post, at).filter(uuid=letter_uuid).first()
    if row is None:
        raise LetterUnknown
    return letter_of(row)
