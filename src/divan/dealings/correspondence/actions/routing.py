"""The way of a draft to its signatures: laid, begun, paraphed, returned for correction, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.actions.addressing import require_addressable
from divan.dealings.correspondence.actions.drafting import cleaned, drafter_row, own_draft, renew_search, write_text
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.actions.worklist import finish_work, give_work
from divan.dealings.correspondence.values import (
    LONGEST_REMARK,
    DraftIncomplete,
    DraftText,
    LetterNotDraft,
    LetterNumbered,
    LetterState,
    NewWork,
    ReasonMissing,
    RecipientsNotCleared,
    Route,
    RouteUnfit,
    Secrecy,
    StepKind,
    StepOver,
    StepState,
    StepUnknown,
    TextChanged,
    Urgency,
    kinds,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan_libs.persian.text import normalize

STEP = "correspondence.step"
DRAFT = "correspondence.draft"


def said(text: str) -> str:
    """Return a remark or reason in one form of its characters, lines kept, cut to what is kept."""
    return normalize(text)[:LONGEST_REMARK]


@transaction.atomic
def set_route(*, letter: UUID, route: Route, actor: Actor, now: datetime) -> None:
    """Lay the route of a draft, in place of the one that was laid; the same route again changes nothing.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    :raises RouteUnfit: if it is none; nobody signs, a post stands twice, a paraph comes after a signature.
    """
    row = own_draft(letter, actor=actor, now=now)
    rules.require_route(route)
    known = people.find_posts([step.post for step in route.steps])
    if any(step.post not in known for step in route.steps):
        raise RouteUnfit(reason="post-unknown")
    newest = queries.steps_of_round(row)
    is_laid = bool(newest) and all(one.state == StepState.WAITING for one in newest)
    number = newest[0].round if is_laid else (newest[0].round + 1 if newest else 1)
    if is_laid:
        if queries.route_of(queries.content_of(letter)) == route:
            return
        for old in newest:
            facts.record(kinds.STEP_REMOVED, subject=old, actor=actor, at=now, letter=letter, removed=True)
            old.delete()
    lay_steps(row, route, number, actor=actor, now=now)


def lay_steps(row: models.Letter, route: Route, number: int, *, actor: Actor, now: datetime) -> None:
    """Write the steps of a route as a round of a letter, all waiting."""
    for step, rank in zip(route.steps, rules.ranks_of(route), strict=True):
        laid = models.LetterStep.objects.create(
            uuid=uuid4(),
            letter=row,
            round=number,
            rank=rank,
            kind=step.kind,
            post_uuid=step.post,
            state=StepState.WAITING,
        )
        facts.record(kinds.STEP_LAID, subject=laid, actor=actor, at=now, letter=row.uuid, rank=rank)


@transaction.atomic
def start_circulation(*, letter: UUID, seen: int, actor: Actor, now: datetime) -> None:
    """Send a draft on its way: the first of its route find it in their worklists.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    :raises TextChanged: if the words are others than were seen.
    :raises DraftIncomplete: without a subject, words, a main recipient or a route.
    :raises RouteUnfit: if a post of the route is vacant.
    :raises RecipientsUnfit, RecipientsNotCleared: if recipients or the route may not have the letter.
    """
    row = own_draft(letter, actor=actor, now=now)
    if row.version != seen:
        raise TextChanged(version=row.version)
    steps = queries.steps_of_round(row)
    if steps and any(one.state != StepState.WAITING for one in steps):
        # What was returned or withdrawn goes the same way again unless the drafter lays another.
        route = queries.route_of(queries.content_of(letter))
        lay_steps(row, route, steps[0].round + 1, actor=actor, now=now)
        steps = queries.steps_of_round(row)
    _require_complete(row, steps)
    require_addressable(row, queries.list_recipients(letter), now)
    require_route_cleared(row, steps, now)
    row.state = LetterState.CIRCULATING
    row.save(update_fields=["state"])
    facts.record(kinds.CIRCULATION_BEGUN, subject=row, actor=actor, at=now, version=row.version, round=steps[0].round)
    power_may_fail("route.after-start")
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    open_next(row, actor=actor, now=now)


def _require_complete(row: models.Letter, steps: list[models.LetterStep]) -> None:
    has_main = models.Recipient.objects.filter(letter=row, role="main").exists()
    lacks = (
        ("subject", not row.subject.strip()),
        ("text", not row.wording.strip()),
        ("recipient", not has_main),
        ("route", not steps),
    )
    missing = [name for name, is_missing in lacks if is_missing]
    if missing:
        raise DraftIncomplete(missing=missing)


def require_route_cleared(row: models.Letter, steps: Iterable[models.LetterStep], now: datetime) -> None:
    """Refuse a route over posts that nobody holds, or whose clearance does not open the letter.

    :raises RouteUnfit, RecipientsNotCleared: with the posts' names.
    """
    posts = [one.post_uuid for one in steps]
    held = people.holders_of(posts, now)
    vacant = people.find_posts([one for one in posts if one not in held])
    if vacant:
        raise RouteUnfit(reason="vacant", names="؛ ".join(post.title_fa for post in vacant.values()))
    below = queries.list_uncleared(posts, Secrecy(row.secrecy), now)
    if below:
        raise RecipientsNotCleared(names="؛ ".join(post.title_fa for post in below))


def open_next(row: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Open the steps whose turn has come: the lowest rank of the newest round that is not done."""
    steps = queries.steps_of_round(row)
    left = [one for one in steps if one.state != StepState.DONE]
    turn = min((one.rank for one in left), default=None)
    for step in left:
        if step.rank == turn and step.state == StepState.WAITING:
            _open(row, step, actor=actor, now=now)


def _open(row: models.Letter, step: models.LetterStep, *, actor: Actor, now: datetime) -> None:
    step.state, step.opened_at = StepState.OPEN, now
    step.save(update_fields=["state", "opened_at"])
    facts.record(kinds.STEP_OPENED, subject=step, actor=actor, at=now, letter=row.uuid, post=step.post_uuid)
    note_reader(row, step.post_uuid, now)
    tell(row, STEP, step.uuid, step.post_uuid, note="", actor=actor, now=now)


def tell(
    row: models.Letter, about_kind: str, about: UUID, post: UUID, *, note: str, actor: Actor, now: datetime
) -> None:
    """Put a letter into the worklist of a post; what it waits for is said by the kind of ``about``."""
    sender = people.find_posts([actor.post]).get(actor.post) if actor.post else None
    work = NewWork(
        about_kind=about_kind,
        about_uuid=about,
        case_uuid=row.about_uuid if row.about_kind == "cases.case" else None,
        number=row.number[:40],
        title_fa=row.subject,
        title_en=row.subject,
        step_fa="",
        step_en="",
        sender_fa=sender.title_fa if sender else "",
        sender_en=(sender.title_en or sender.title_fa) if sender else "",
        note=note,
        urgency=Urgency(row.urgency),
        due_at=row.deadline_at,
        secrecy=Secrecy(row.secrecy),
        from_post=actor.post,
    )
    give_work(post=post, work=work, actor=actor, now=now)


def locked_step(step: UUID, *, actor: Actor, now: datetime) -> tuple[models.LetterStep, models.Letter]:
    """Return an open step of the actor's post and its letter, both locked, the letter first.

    :raises StepUnknown: if there is none, or it is another post's.
    :raises PostNotHeld: if the actor neither holds the post now nor stands in for its holder: the step stays for
        whoever does.
    :raises StepOver: if it does not wait any more.
    """
    found = models.LetterStep.objects.filter(uuid=step, post_uuid=actor.post).first() if actor.post else None
    if found is None or actor.post is None:
        raise StepUnknown
    post = acting_post(actor, now)
    letter = models.Letter.objects.select_for_update(of=("self",)).get(id=found.letter_id)
    locked = models.LetterStep.objects.select_for_update(of=("self",)).get(id=found.id)
    locked.letter = letter
    if Secrecy(letter.secrecy) not in queries.readable_by(post, now):
        raise StepUnknown
    if locked.state != StepState.OPEN:
        raise StepOver(state=locked.state)
    return locked, letter


def close_step(
    step: models.LetterStep, state: StepState, *, version: int, remark: str = "", actor: Actor, now: datetime
) -> None:
    """End an open step by whoever acts, noting for whom, and take it off the worklist."""
    step.state, step.version, step.remark = state, version, said(remark)
    step.acted_by, step.acted_for, step.acted_at = actor.uuid, actor.on_behalf_of, now
    step.save()
    kind = kinds.STEP_DONE if state is StepState.DONE else kinds.STEP_RETURNED
    facts.record(kind, subject=step, actor=actor, at=now, letter=step.letter.uuid, step_kind=step.kind, version=version)
    finish_work(about_uuid=step.uuid, actor=actor, now=now)


@transaction.atomic
def paraph_letter(*, step: UUID, seen: int, remark: str = "", actor: Actor, now: datetime) -> None:
    """Paraph a letter as it stands; the turn goes on to the next of its route.

    :raises StepUnknown, PostNotHeld, StepOver: as said of steps.
    :raises TextChanged: if the words are others than were seen.
    """
    own, letter = locked_step(step, actor=actor, now=now)
    if own.kind != StepKind.PARAPH:
        raise StepUnknown
    if letter.version != seen:
        raise TextChanged(version=letter.version)
    close_step(own, StepState.DONE, version=seen, remark=remark, actor=actor, now=now)
    power_may_fail("route.after-paraph")
    open_next(letter, actor=actor, now=now)


@transaction.atomic
def edit_in_step(*, step: UUID, seen: int, text: DraftText, actor: Actor, now: datetime) -> int:
    """Change the words of a letter in one's turn, before anybody signed; the version that then stands is returned.

    Paraphs given before stay, each under the version it was given to.

    :raises StepUnknown, PostNotHeld, StepOver: as said of steps.
    :raises TextChanged: if the words are others than were seen; nothing is kept.
    :raises LetterNotDraft: if the secretariat has it so that letters are returned instead.
    """
    _, letter = locked_step(step, actor=actor, now=now)
    if not queries.may_edit_in_step(letter.uuid):
        raise LetterNotDraft(state=letter.state)
    if letter.version != seen:
        raise TextChanged(version=letter.version)
    kept = cleaned(text)
    if (kept.subject, kept.body_html) != (letter.subject, letter.body_html):
        write_text(letter, kept, actor=actor, now=now)
        renew_search(letter)
        letter.save()
        facts.record(kinds.DRAFT_CHANGED, subject=letter, actor=actor, at=now, version=letter.version)
    return letter.version


@transaction.atomic
def return_letter(*, step: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Return a letter to its drafter for correction, with what is to be corrected; its steps begin anew.

    :raises StepUnknown, PostNotHeld, StepOver: as said of steps.
    :raises ReasonMissing: without a reason.
    :raises LetterNumbered: once somebody has signed; a signature may then be declined.
    """
    if not reason.strip():
        raise ReasonMissing
    own, letter = locked_step(step, actor=actor, now=now)
    if letter.state != LetterState.CIRCULATING:
        raise LetterNumbered
    close_step(own, StepState.RETURNED, version=letter.version, remark=reason, actor=actor, now=now)
    drop_steps(letter, actor=actor, now=now)
    letter.state = LetterState.DRAFT
    letter.save(update_fields=["state"])
    facts.record(kinds.LETTER_RETURNED, subject=letter, actor=actor, at=now, version=letter.version)
    power_may_fail("route.after-return")
    if letter.drafter_post is not None:
        tell(letter, DRAFT, letter.uuid, letter.drafter_post, note=said(reason), actor=actor, now=now)


def drop_steps(letter: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Let the steps of the newest round fall that wait or are open."""
    for step in queries.steps_of_round(letter):
        if step.state in {StepState.WAITING, StepState.OPEN}:
            step.state = StepState.DROPPED
            step.save(update_fields=["state"])
            facts.record(kinds.STEP_DROPPED, subject=step, actor=actor, at=now, letter=letter.uuid)
            finish_work(about_uuid=step.uuid, actor=actor, now=now)


@transaction.atomic
def withdraw_letter(*, letter: UUID, actor: Actor, now: datetime) -> None:
    """Take a letter back that is on its way, before anybody signed; it is a draft again.

    :raises PostNotHeld, LetterUnknown: as said of drafts.
    :raises LetterNumbered: once somebody has signed.
    :raises LetterNotDraft: if it is not on its way.
    """
    row = drafter_row(letter, actor=actor, now=now)
    if row.state not in {LetterState.CIRCULATING, LetterState.DRAFT, LetterState.DISCARDED}:
        raise LetterNumbered
    if row.state != LetterState.CIRCULATING:
        raise LetterNotDraft(state=row.state)
    drop_steps(row, actor=actor, now=now)
    row.state = LetterState.DRAFT
    row.save(update_fields=["state"])
    facts.record(kinds.LETTER_WITHDRAWN, subject=row, actor=actor, at=now, version=row.version)
