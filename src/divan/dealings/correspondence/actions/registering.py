"""What arrived becomes a registered letter, is refused, or is known as a double."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.numbering import give_number
from divan.dealings.correspondence.actions.parts import name_recipients, put_files, relate_letter
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.actions.receipts import note_refused, note_registered
from divan.dealings.correspondence.actions.referring import acting_post, refer_letter
from divan.dealings.correspondence.actions.worklist import finish_work
from divan.dealings.correspondence.values import (
    INTAKE_ENDED,
    LETTER_REGISTERED,
    Backdating,
    BackdatingNotAllowed,
    Channel,
    DayUnfit,
    Direction,
    Intake,
    IntakeEnded,
    IntakeState,
    IntakeUnknown,
    Letter,
    LetterIsDouble,
    LetterState,
    LetterUnknown,
    ReasonNeeded,
    RegisterUnknown,
    Registration,
    SecrecyTooHigh,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import search_text

OPEN = (IntakeState.WAITING, IntakeState.BROKEN)


@transaction.atomic
def register_intake(*, intake: UUID, registration: Registration, actor: Actor, now: datetime) -> Letter:
    """Register what arrived as a letter: number, recipients, relations and files, in one transaction.

    Whoever sent it through the house is told its number; other channels follow the fact.

    :raises IntakeUnknown: if nothing such arrived.
    :raises IntakeEnded: if somebody registered or refused it before.
    :raises RegisterUnknown, RegisterClosed, YearClosed, NumberUnfit: if this register gives no such number.
    :raises SecrecyTooHigh: if the class of secrecy is above the clearance of who registers.
    :raises LetterIsDouble: if one like it was registered before and no reason is given.
    :raises BackdatingNotAllowed, DayUnfit, ReasonNeeded: if it cannot be registered under an earlier day.
    """
    row = _open_row(intake)
    known = queries.intake_of(row)
    _require_clearance(registration, actor, now)
    doubles = _require_single(known, registration)
    register = models.Register.objects.select_related("secretariat").filter(
        code=registration.register, secretariat=row.secretariat
    )
    book = register.first()
    if book is None or Direction.INCOMING not in book.takes:
        raise RegisterUnknown(code=registration.register)
    at = _registered_at(registration.backdating, row.secretariat, actor=actor, now=now)
    letter = _letter(row, known, registration, now)
    unit = _unit_of(registration)
    give_number(letter, book, now=at, reserved=registration.reserved, unit=unit, actor=actor)
    letter.backdated = registration.backdating.reason[:500] if registration.backdating else ""
    letter.save()
    name_recipients(letter, registration.recipients, actor=actor, now=now)
    letter.pages = put_files(letter, known.arrived.files, actor=actor, now=now) or registration.pages
    letter.save(update_fields=["pages"])
    relate_letter(letter, registration.relations, actor=actor, now=now)
    if actor.post is not None:
        note_reader(letter, actor.post, now)
    _record(letter, book, double=registration.double_reason if doubles else "", actor=actor, now=now)
    _end(row, IntakeState.REGISTERED, reason=registration.double_reason, letter=letter, actor=actor, now=now)
    power_may_fail("intake.after-letter")
    if known.arrived.dispatch is not None and known.channel is Channel.INTERNAL:
        note_registered(dispatch=known.arrived.dispatch, number=letter.number, at=at, actor=actor, now=now)
    _refer(letter, registration, actor=actor, now=now)
    return queries.get_letter(letter.uuid)


def _unit_of(said: Registration) -> str:
    """Return the code of the unit that gets a letter: of the post it is referred to, else of the first it names."""
    named = [line.party.uuid for line in said.recipients if line.party.uuid is not None]
    asked = [said.to_post, *named] if said.to_post is not None else named
    posts, units = people.find_posts(asked), people.find_units(named)
    codes = [posts[one].unit.code for one in asked if one in posts]
    return next(iter([*codes, *(units[one].code for one in named if one in units)]), "")


def _record(letter: models.Letter, book: models.Register, *, double: str, actor: Actor, now: datetime) -> None:
    facts.record(
        LETTER_REGISTERED,
        subject=letter,
        actor=actor,
        at=now,
        register=book.code,
        year=letter.year,
        count=letter.count,
        double=double,
        backdated=letter.backdated,
    )


def _refer(letter: models.Letter, registration: Registration, *, actor: Actor, now: datetime) -> None:
    """Refer what was registered to the post that was chosen, unless that is who registered it."""
    if registration.to_post is None or registration.to_post == actor.post:
        return
    refer_letter(
        letter=letter.uuid,
        to_posts=[registration.to_post],
        instruction=registration.instruction,
        note=registration.note,
        due_at=registration.deadline_at,
        actor=actor,
        now=now,
    )


def _open_row(intake: UUID) -> models.Intake:
    rows = models.Intake.objects.select_related("secretariat", "letter")
    row = rows.select_for_update(of=("self",)).filter(uuid=intake).first()
    if row is None:
        raise IntakeUnknown
    if row.state not in OPEN:
        raise IntakeEnded(state=row.state)
    return row


def _require_clearance(registration: Registration, actor: Actor, now: datetime) -> None:
    """Ask what whoever registers may read; what the system registers, such as letters of before, asks nobody."""
    if actor.post is not None and registration.secrecy not in queries.readable_by(acting_post(actor, now), now):
        raise SecrecyTooHigh


def _require_single(known: Intake, registration: Registration) -> bool:
    doubles = queries.find_doubles(
        known, sender=registration.sender, number=registration.their_number, day=registration.their_date
    )
    if doubles and not registration.double_reason.strip():
        raise LetterIsDouble(letter=doubles[0].uuid)
    return bool(doubles)


def _registered_at(
    backdating: Backdating | None, secretariat: models.Secretariat, *, actor: Actor, now: datetime
) -> datetime:
    """Return the moment of registration: now, or noon of the earlier day for whoever may and says why."""
    if backdating is None:
        return now
    if not backdating.reason.strip():
        raise ReasonNeeded
    role = people.get_post(actor.post).role if actor.post else ""
    if role not in queries.backdating_roles(queries.get_secretariat(secretariat.uuid)):
        raise BackdatingNotAllowed
    moment = datetime.combine(backdating.day, time(12), tzinfo=TEHRAN)
    if moment >= now or backdating.day < secretariat.opened_at.astimezone(TEHRAN).date():
        raise DayUnfit
    return moment


def _letter(row: models.Intake, known: Intake, said: Registration, now: datetime) -> models.Letter:
    recipient = str(said.recipients[0].party) if said.recipients else ""
    names = (str(said.sender), recipient, said.subject, said.their_number, known.arrived.wording, *said.keywords)
    return models.Letter(
        uuid=uuid4(),
        body_id=row.secretariat.body_id,
        secretariat=row.secretariat,
        direction=Direction.INCOMING,
        kind=said.kind[:40],
        subject=said.subject[:300],
        wording=known.arrived.wording,
        recipient=recipient[:200],
        sender=said.sender.as_data(),
        their_number=queries.number_key(said.their_number),
        their_date=said.their_date,
        received_at=row.arrived_at,
        received_by=row.channel,
        secrecy=said.secrecy,
        urgency=said.urgency,
        keywords=list(said.keywords),
        deadline_at=said.deadline_at,
        paper={key: value for key, value in (("state", said.paper_state), ("class", said.archive_class)) if value},
        signer_name=said.sender.name[:200],
        signer_title=said.sender.title[:200],
        drafted_at=now,
        state=LetterState.REGISTERED,
        search_text=search_text(" ".join(names)),
    )


def _end(
    row: models.Intake,
    state: IntakeState,
    *,
    reason: str,
    letter: models.Letter | None,
    actor: Actor,
    now: datetime,
) -> None:
    row.state, row.reason, row.letter = state, reason[:500], letter
    row.ended_by, row.ended_at = actor.uuid, now
    row.save(update_fields=["state", "reason", "letter", "ended_by", "ended_at"])
    facts.record(
        INTAKE_ENDED,
        subject=row,
        actor=actor,
        at=now,
        state=state,
        letter=letter.uuid if letter else None,
        channel=row.channel,
    )
    finish_work(about_uuid=row.uuid, actor=actor, now=now)


@transaction.atomic
def refuse_intake(*, intake: UUID, reason: str, actor: Actor, now: datetime) -> Intake:
    """Refuse what arrived, with the reason that its sender is told.

    :raises IntakeUnknown: if nothing such arrived.
    :raises IntakeEnded: if it was registered or refused before.
    :raises ReasonNeeded: without a reason.
    """
    row = _open_row(intake)
    if not reason.strip():
        raise ReasonNeeded
    _end(row, IntakeState.REFUSED, reason=reason, letter=None, actor=actor, now=now)
    if row.dispatch_uuid is not None and row.channel == Channel.INTERNAL:
        note_refused(dispatch=row.dispatch_uuid, reason=reason, actor=actor, now=now)
    return queries.get_intake(intake)


@transaction.atomic
def mark_double(*, intake: UUID, letter: UUID, actor: Actor, now: datetime) -> Intake:
    """Note that what arrived is a letter that was registered before; its sender is told that letter's number.

    :raises IntakeUnknown: if nothing such arrived.
    :raises IntakeEnded: if it was registered or refused before.
    :raises LetterUnknown: if the body registered no such letter.
    """
    row = _open_row(intake)
    before = models.Letter.objects.filter(uuid=letter, body_id=row.secretariat.body_id, direction="incoming").first()
    if before is None:
        raise LetterUnknown
    _end(row, IntakeState.DOUBLE, reason="", letter=before, actor=actor, now=now)
    if row.dispatch_uuid is not None and row.channel == Channel.INTERNAL and before.registered_at is not None:
        note_registered(dispatch=row.dispatch_uuid, number=before.number, at=before.registered_at, actor=actor, now=now)
    return queries.get_intake(intake)
