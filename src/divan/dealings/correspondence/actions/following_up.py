"""Following up (پیگیری): a post wants an answer by a day, is reminded, and the superior of who has it hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.actions.referring import acting_post, clean_words, require_seated
from divan.dealings.correspondence.actions.worklist import finish_work, give_work, renew_work
from divan.dealings.correspondence.queries.follow_ups import follow_up_of
from divan.dealings.correspondence.values import (
    ESCALATION_LINE,
    FOLLOW_UP_CLOSED,
    FOLLOW_UP_ESCALATED,
    FOLLOW_UP_OPENED,
    FOLLOW_UP_REMINDED,
    FollowUp,
    FollowUpNotPossible,
    FollowUpUnknown,
    LetterState,
    NewWork,
    ReasonMissing,
    Urgency,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import Post


@transaction.atomic
def open_follow_up(
    *,
    letter: UUID,
    due_at: datetime,
    note: str = "",
    referral: UUID | None = None,
    recipient: UUID | None = None,
    escalates: bool = True,
    actor: Actor,
    now: datetime,
) -> FollowUp:
    """Want an answer to a letter by a day: from who has one of its referrals, from one of its recipients, or at all.

    It reminds from that day on, every so many working days as the body's rule says. With ``escalates`` the superior of
    who has the referral hears of it, once, when the rule's days are over as well.

    :raises PostNotHeld, LetterUnknown: if the actor holds no post, or the letter is not for it.
    :raises FollowUpNotPossible: into the past, of a closed letter or draft, of a referral that is over or not one's
        own, or of a recipient that the letter has not.
    """
    post = acting_post(actor, now)
    queries.get_letter_for(letter, post, now)
    row = models.Letter.objects.select_for_update().get(uuid=letter)
    own = models.Referral.objects.filter(letter=row, from_post=post.uuid, state="open")
    about = own.filter(uuid=referral).first() if referral is not None else None
    strange = recipient is not None and all(one.uuid != recipient for one in queries.list_recipients(letter))
    finished = row.state in {LetterState.CLOSED, LetterState.DISCARDED}
    if due_at <= now or finished or strange or (referral is not None and about is None):
        raise FollowUpNotPossible
    rule = queries.rule_of(post.unit.body_uuid)
    made = models.FollowUp.objects.create(
        uuid=uuid4(),
        letter=row,
        referral=about,
        recipient_uuid=recipient,
        post_uuid=post.uuid,
        opened_by=actor.uuid or post.uuid,
        opened_at=now,
        due_at=due_at,
        note=clean_words(note),
        escalates_at=rules.working_days_later(due_at, rule.escalate_days) if escalates and about is not None else None,
        look_at=due_at,
    )
    facts.record(FOLLOW_UP_OPENED, subject=made, actor=actor, at=now, letter=letter, due_at=due_at)
    return follow_up_of(made)


@transaction.atomic
def close_follow_up(*, follow_up: UUID, closing: str, actor: Actor, now: datetime) -> FollowUp:
    """Close a follow-up of the own post with its reason, and take its lines off the worklists.

    :raises PostNotHeld: if the actor does not hold the post that opened it.
    :raises FollowUpUnknown: if it is not the own post's, or closed.
    :raises ReasonMissing: without a reason.
    """
    row = _locked(follow_up)
    if row is None or actor.post != row.post_uuid:
        raise FollowUpUnknown
    require_seated(actor, row.post_uuid, now)
    words = clean_words(closing)
    if not words:
        raise ReasonMissing
    _close(row, words, actor=actor, now=now)
    return follow_up_of(row)


def end_follow_ups_of_referral(referral: models.Referral, *, actor: Actor, now: datetime) -> None:
    """Close, in the running transaction, what was wanted of a referral that is over; how it ended is the reason."""
    for row in _open_rows().filter(referral=referral).order_by("id"):
        _close(row, referral.state, actor=actor, now=now)


def end_follow_ups_of_letter(letter: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Close, in the running transaction, what was wanted of a letter that is closed; its closing is the reason."""
    for row in _open_rows().filter(letter=letter).order_by("id"):
        _close(row, letter.closing, actor=actor, now=now)


@transaction.atomic
def remind(*, follow_up: UUID, actor: Actor, now: datetime) -> bool:
    """Remind of one follow-up whose day has come, and escalate it once when that day has come too.

    The reminder is counted. It comes to the worklist of who wants the answer, and back, unread, to the top of who has
    the referral. Done again for the same day it does nothing. Returns whether anything was done.
    """
    row = _locked(follow_up)
    if row is None or row.look_at is None or row.look_at > now:
        return False
    post = people.get_post(row.post_uuid)
    rule = queries.rule_of(post.unit.body_uuid)
    row.reminders, row.reminded_at = row.reminders + 1, now
    row.look_at = rules.working_days_later(now, max(1, rule.remind_days))
    if row.escalates_at is not None and row.escalated_at is None:
        row.look_at = min(row.look_at, max(row.escalates_at, now + timedelta(minutes=1)))
    row.save()
    facts.record(FOLLOW_UP_REMINDED, subject=row, actor=actor, at=now, reminders=row.reminders)
    power_may_fail("follow-up.before-lines")
    _remind_lines(row, post, actor=actor, now=now)
    if row.escalates_at is not None and row.escalates_at <= now and row.escalated_at is None:
        _escalate(row, post, actor=actor, now=now)
    return True


def _remind_lines(row: models.FollowUp, post: Post, *, actor: Actor, now: datetime) -> None:
    """Bring a reminder to who wants the answer, and to who has the referral."""
    if row.referral is not None:
        renew_work(about_uuid=row.referral.uuid, sender=post, note=row.note or row.referral.note, actor=actor, now=now)
    asked = people.get_post(row.referral.to_post) if row.referral is not None else None
    if queries.find_open_work(row.uuid) is None:
        work = _work(row, row.subject_kind, row.uuid, asked, row.note)
        give_work(post=row.post_uuid, work=work, actor=actor, now=now)
    else:
        renew_work(about_uuid=row.uuid, sender=asked or post, note=row.note, actor=actor, now=now)


def _escalate(row: models.FollowUp, post: Post, *, actor: Actor, now: datetime) -> None:
    """Tell the nearest superior of who has the referral that the letter may be read by; nobody hears of it twice."""
    assert row.referral is not None  # noqa: S101 (only follow-ups of a referral have a day of escalation)
    letter = queries.get_letter(row.letter.uuid)
    late = people.get_post(row.referral.to_post)
    superiors = [one for one in queries.list_superiors(late) if one.uuid != post.uuid]
    shut = set(queries.posts_not_cleared(letter, [one.uuid for one in superiors], now))
    superior = next((one for one in superiors if one.uuid not in shut), None)
    row.escalated_at, row.escalated_to = now, superior.uuid if superior else None
    row.escalation_uuid = uuid4() if superior else None
    row.save(update_fields=["escalated_at", "escalated_to", "escalation_uuid"])
    facts.record(FOLLOW_UP_ESCALATED, subject=row, actor=actor, at=now, to=row.escalated_to)
    power_may_fail("follow-up.before-escalation")
    if superior is not None and row.escalation_uuid is not None:
        note_reader(row.letter, superior.uuid, now)
        work = _work(row, ESCALATION_LINE, row.escalation_uuid, late, row.note)
        give_work(post=superior.uuid, work=work, actor=actor, now=now)


def _work(row: models.FollowUp, kind: str, about: UUID, asked: Post | None, note: str) -> NewWork:
    letter = queries.get_letter(row.letter.uuid)
    return NewWork(
        about_kind=kind,
        about_uuid=about,
        number=letter.number_text[:40],
        title_fa=letter.subject,
        title_en=letter.subject,
        step_fa="",
        step_en="",
        sender_fa=asked.title_fa if asked else letter.recipient,
        sender_en=asked.title_en if asked else letter.recipient,
        note=note,
        urgency=Urgency(letter.urgency),
        due_at=row.due_at,
        secrecy=letter.secrecy,
        from_post=asked.uuid if asked else None,
    )


def _open_rows() -> QuerySet[models.FollowUp]:
    rows = models.FollowUp.objects.select_related("letter", "referral").filter(closed_at=None)
    return rows.select_for_update(of=("self",))


def _locked(follow_up: UUID) -> models.FollowUp | None:
    """Return an open follow-up's row under the lock of its letter, which every change of its referrals takes first."""
    letter = models.FollowUp.objects.filter(uuid=follow_up).values_list("letter_id", flat=True).first()
    if letter is None:
        return None
    models.Letter.objects.select_for_update().get(id=letter)
    return _open_rows().filter(uuid=follow_up).first()


def _close(row: models.FollowUp, closing: str, *, actor: Actor, now: datetime) -> None:
    row.closed_at, row.closed_by, row.closing, row.look_at = now, actor.uuid, closing[:500], None
    row.save()
    facts.record(FOLLOW_UP_CLOSED, subject=row, actor=actor, at=now)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    if row.escalation_uuid is not None:
        finish_work(about_uuid=row.escalation_uuid, actor=actor, now=now)


@transaction.atomic
def note_escalation(*, escalation: UUID, actor: Actor, now: datetime) -> None:
    """Take the line that told a superior of a follow-up off their worklist.

    :raises PostNotHeld: if the actor does not hold the superior's post.
    :raises FollowUpUnknown: if the post was not told of it.
    """
    row = models.FollowUp.objects.filter(escalation_uuid=escalation).first()
    if row is None or row.escalated_to is None or actor.post != row.escalated_to:
        raise FollowUpUnknown
    require_seated(actor, row.escalated_to, now)
    finish_work(about_uuid=escalation, actor=actor, now=now)
