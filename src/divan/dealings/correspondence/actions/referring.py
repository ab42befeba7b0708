"""Referring letters: to posts with an instruction, handed on, reported, sent back, recalled; and closing the letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.actions.worklist import give_work
from divan.dealings.correspondence.queries.referrals import referral_of
from divan.dealings.correspondence.values import (
    LETTER_REFERRED,
    LONGEST_REPORT,
    Letter,
    LetterState,
    LetterUnknown,
    NewWork,
    ReceiverNotCleared,
    Referral,
    ReferralAgainstChart,
    ReferralNotPossible,
    ReferralState,
    ReferralWaits,
    TermCategory,
    Urgency,
)
from divan.foundation import facts
from divan.foundation.actors import Actor, ActorKind
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import Post, PostNotHeld, SubstituteScope
from divan_libs.persian.text import normalize

NOT_REFERRED = frozenset({LetterState.DRAFT, LetterState.CIRCULATING, LetterState.DISCARDED, LetterState.CLOSED})
"""Letters in these states are not handed out: drafts have their own way, and what is closed is opened first."""


def require_seated(actor: Actor, post: UUID, now: datetime) -> None:
    """Refuse whoever acts on letters in a post that they neither hold now nor stand in for; the system acts in any.

    :raises PostNotHeld: for everybody else.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    seated = {one.uuid for one in people.seated_in(post, now, SubstituteScope.LETTERS)}
    if actor.post != post or actor.uuid not in seated:
        raise PostNotHeld


def acting_post(actor: Actor, now: datetime) -> Post:
    """Return the post in which somebody acts on letters, as far as it is open to them at this moment.

    Every action of letters that asks what its actor may read begins here: whoever stands in for a holder reads and
    does no more than the standing-in says, and nothing any more once it is over.

    :raises PostNotHeld: if the actor has no post, or neither holds it now nor stands in for its holder in letters.
    """
    if actor.post is None:
        raise PostNotHeld
    require_seated(actor, actor.post, now)
    return people.get_post_for(actor.uuid, actor.post, now)


def clean_words(text: str) -> str:
    """Return a note, report or reason in one form of its characters, lines kept.

    :raises ReferralNotPossible: if it is longer than what is kept.
    """
    words = "\n".join(normalize(line) for line in text.splitlines()).strip()
    if len(words) > LONGEST_REPORT:
        raise ReferralNotPossible(reason="too-long")
    return words


@transaction.atomic
def refer_letter(
    *,
    letter: UUID,
    to_posts: Sequence[UUID],
    instruction: str,
    note: str = "",
    due_at: datetime | None = None,
    secret: bool = False,
    hidden: bool = False,
    copy: bool = False,
    parent: UUID | None = None,
    from_post: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> list[Referral]:
    """Refer a letter to posts, each with a record and a line of the worklist of its own; all of them or none.

    ``from_post`` is the actor's unless the system refers. ``parent`` is the referral by which the sender has the
    letter; where it is not named, it is the one that is there, so that the chain is never lost. A ``copy`` is for
    information: its receiver reports nothing.

    :raises PostNotHeld: if the actor does not hold the sending post now.
    :raises LetterUnknown: if the letter is not for the sender.
    :raises ReferralNotPossible: to nobody, to oneself, into the past, or of a draft or a closed letter.
    :raises ReferralAgainstChart, ReceiverNotCleared, ReferralWaits: with the posts concerned.
    """
    sender_uuid = from_post or actor.post
    if sender_uuid is None:
        raise PostNotHeld
    require_seated(actor, sender_uuid, now)
    sender = people.get_post_for(actor.uuid, sender_uuid, now)
    known = queries.get_letter_for(letter, sender, now)
    row = models.Letter.objects.select_for_update().get(uuid=letter)
    chosen = list(dict.fromkeys(to_posts))
    if LetterState(row.state) in NOT_REFERRED or not chosen or sender_uuid in chosen or (due_at and due_at <= now):
        raise ReferralNotPossible
    wording = clean_words(note)
    receivers = _receivers(known, sender, chosen, now)
    above = _parent(row, sender, parent)
    made = []
    for receiver in receivers:
        one = models.Referral.objects.create(
            uuid=uuid4(),
            letter=row,
            parent=above,
            from_post=sender.uuid,
            to_post=receiver.uuid,
            sent_by=actor.uuid,
            instruction=instruction[:40],
            note=wording,
            secret=secret,
            hidden=hidden,
            copy=copy,
            sent_at=now,
            due_at=due_at,
            state=ReferralState.OPEN,
        )
        note_reader(row, receiver.uuid, now)
        facts.record(LETTER_REFERRED, subject=one, actor=actor, at=now, letter=row.uuid, to=receiver.uuid)
        power_may_fail("referral.before-work")
        give_work(post=receiver.uuid, work=work_of(known, one, sender), actor=actor, now=now)
        made.append(referral_of(one))
    return made


def _receivers(letter: Letter, sender: Post, chosen: Sequence[UUID], now: datetime) -> list[Post]:
    """Return the posts that a letter goes to, asked one and all before any gets it."""
    found = people.find_posts(chosen)
    open_to = models.Referral.objects.filter(letter__uuid=letter.uuid, state=ReferralState.OPEN, to_post__in=chosen)
    allowed = {one.uuid for one in queries.list_receivers(sender)}
    against = [post for post in chosen if post not in found or post not in allowed]
    if against:
        raise ReferralAgainstChart(posts=against)
    if uncleared := queries.posts_not_cleared(letter, chosen, now):
        raise ReceiverNotCleared(posts=uncleared)
    if waiting := list(open_to.values_list("to_post", flat=True)):
        raise ReferralWaits(posts=waiting)
    return [found[post] for post in chosen]


def _parent(row: models.Letter, sender: Post, parent: UUID | None) -> models.Referral | None:
    if parent is None:
        own = queries.find_own_referral(row.uuid, sender.uuid)
        return models.Referral.objects.get(uuid=own.uuid) if own else None
    above = models.Referral.objects.filter(uuid=parent, letter=row, to_post=sender.uuid).first()
    if above is None:
        raise LetterUnknown
    return above


def work_of(
    letter: Letter, row: models.Referral, sender: Post, *, about_kind: str = "", note: str | None = None
) -> NewWork:
    """Return the line of the worklist that brings a referral to its receiver, or what came back to its sender."""
    words = queries.find_terms(sender.unit.body_uuid, TermCategory.INSTRUCTION).get(row.instruction, ("", ""))
    return NewWork(
        about_kind=about_kind or row.subject_kind,
        about_uuid=row.uuid,
        case_uuid=letter.about_uuid if letter.about_kind == "cases.case" else None,
        number=letter.number_text[:40],
        title_fa=letter.subject,
        title_en=letter.subject,
        step_fa="" if about_kind else words[0],
        step_en="" if about_kind else words[1] or words[0],
        sender_fa=sender.title_fa,
        sender_en=sender.title_en,
        note=row.note if note is None else note,
        urgency=Urgency(letter.urgency),
        due_at=None if about_kind else row.due_at,
        secrecy=letter.secrecy,
        from_post=sender.uuid,
    )
