"""Asking registers for a case: about whom its answers name, again when they name others, and noting what came back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case, locked_entry
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import NEED_ANSWERED, NEED_ASKED, NEED_DROPPED, Case, CaseState, CaseUnknown
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan.trust.identity import actions as identity
from divan.trust.identity import queries as inquiries
from divan.trust.identity.values import DataServiceUnknown, Inquiry
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.asking import Asking, askings
from divan_libs.servicepack.facts import FieldFaulty, declared_fields
from divan_libs.servicepack.models import InquiryNeed, MandateNeed, Package

logger = logging.getLogger(__name__)

Asked = InquiryNeed | MandateNeed

TOGETHER = timedelta(minutes=10)
"""How long a question that has no answer yet may stand for the same question of another draft."""


def ask_needs(row: models.Case, package: Package, *, case: Case | None = None, actor: Actor, now: datetime) -> bool:
    """Ask registers what a case must know as it stands now; what was told about others than it names leaves.

    Questions that stand as they were are not asked again, unless their answer has grown too old. Return whether
    anything changed.

    :param case: what the row says, where that was read in this transaction already.
    """
    if not package.needs.inquiries:
        return False
    wanted = {(one.need, one.subject): one for one in _wanted(row, case or case_of(row), package, now)}
    changed = False
    for held in models.CaseNeed.objects.select_for_update().filter(case=row, dropped_at__isnull=True):
        one = wanted.get((held.code, held.subject_code))
        need = package.needs.of(held.code)
        is_same = one is not None and dict(one.parameters) == held.parameters
        if is_same and isinstance(need, Asked) and not _is_too_old(held, need, now):
            del wanted[held.code, held.subject_code]
        else:
            drop(held, actor=actor, now=now)
            changed = True
    declared = {need.code: need for need in package.needs.inquiries}
    for one in wanted.values():
        asked = models.CaseNeed(
            uuid=uuid4(),
            case=row,
            code=one.need,
            fact=declared[one.need].fact,
            subject_code=one.subject,
            parameters=dict(one.parameters),
        )
        _ask(asked, declared[one.need], package, actor=actor, now=now)
    return changed or bool(wanted)


def _wanted(row: models.Case, case: Case, package: Package, now: datetime) -> list[Asking]:
    context = queries.context_of(case, package, now.astimezone(TEHRAN).date())
    return askings(package, context, applicant=row.applicant.national_code)


def _is_too_old(held: models.CaseNeed, need: Asked, now: datetime) -> bool:
    valid_for = need.valid_for if isinstance(need, InquiryNeed) else None
    if valid_for is None or held.state != "matched" or held.answered_at is None:
        return False
    until = rules.due(held.answered_at, valid_for, queries.work_calendar(now.date()))
    return until is not None and until < now


def renew_old_answers(row: models.Case, package: Package, *, actor: Actor, now: datetime) -> bool:
    """Ask again for what registers told too long ago, in the running transaction; return whether anything was asked.

    What counts for some days only must count on the day on which the case is sent, however long the draft lay.
    """
    held = models.CaseNeed.objects.filter(case=row, dropped_at__isnull=True, state="matched")
    needs = {need.code: need for need in package.needs.inquiries}
    if not any(one.code in needs and _is_too_old(one, needs[one.code], now) for one in held):
        return False
    return ask_needs(row, package, actor=actor, now=now)


def drop(held: models.CaseNeed, *, actor: Actor, now: datetime) -> None:
    """Let a question fall away with what a register told, in the running transaction; a late answer finds it gone."""
    held.fields, held.dropped_at = {}, now
    held.save(update_fields=["fields", "dropped_at"])
    facts.record(NEED_DROPPED, subject=held, actor=actor, at=now, need=held.code)


def _ask(asked: models.CaseNeed, need: Asked, package: Package, *, actor: Actor, now: datetime) -> None:
    """Ask a register for a case, or take what it confirmed lately.

    What cannot be asked, such as the owner of a number nobody gave, is not known.
    """
    known = _known(asked, need, now)
    told = _fields(need, known) if known is not None else None
    asked.asked_at = now
    if known is not None and told is not None:
        asked.state, asked.fields, asked.reused = "matched", told, True
        asked.inquiry_uuid, asked.answered_at = known.uuid, known.answered_at
        asked.save()
        facts.record(NEED_ANSWERED, subject=asked, actor=actor, at=now, need=need.code, state="matched", reused=True)
        return
    applicant = asked.case.applicant
    if (pending := _pending(asked, need, now)) is not None:
        asked.inquiry_uuid, asked.state, asked.answered_at, asked.reused = pending, "asked", None, True
        asked.save()
        facts.record(NEED_ASKED, subject=asked, actor=actor, at=now, need=need.code, state="asked", reused=True)
        return
    try:
        asked.inquiry_uuid = identity.open_inquiry(
            need=need.code,
            data_service=need.data_service,
            subject=applicant.uuid if asked.subject_code == applicant.national_code else None,
            subject_code=asked.subject_code,
            parameters=asked.parameters,
            purpose=package.text("card.title", "fa"),
            about_kind=asked.case.subject_kind,
            about_uuid=asked.case.uuid,
            actor=actor,
            now=now,
        )
        asked.state, asked.answered_at = "asked", None
    except DataServiceUnknown:
        asked.state, asked.answered_at = "unknown", now
    asked.save()
    # The question stands with the case, not yet the fact of it: all of it is one transaction.
    power_may_fail("need.asked")
    facts.record(NEED_ASKED, subject=asked, actor=actor, at=now, need=need.code, state=asked.state)


def _pending(asked: models.CaseNeed, need: Asked, now: datetime) -> UUID | None:
    """Return the inquiry that asks this very question for another draft of the same person now, or None.

    Whoever begins several services at once makes a register answer once; only where the package lets an answer count
    that was given for another question.
    """
    if not isinstance(need, InquiryNeed) or need.valid_for is None:
        return None
    others = models.CaseNeed.objects.filter(
        case__applicant=asked.case.applicant,
        case__state=CaseState.DRAFT,
        subject_code=asked.subject_code,
        parameters=asked.parameters,
        state="asked",
        inquiry_uuid__isnull=False,
        dropped_at__isnull=True,
        asked_at__gte=now - TOGETHER,
    ).exclude(case=asked.case)
    for inquiry in others.order_by("-id").values_list("inquiry_uuid", flat=True)[:20]:
        if inquiry is not None and inquiries.get_inquiry(inquiry).data_service == need.data_service:
            return inquiry
    return None


def _known(asked: models.CaseNeed, need: Asked, now: datetime) -> Inquiry | None:
    valid_for = need.valid_for if isinstance(need, InquiryNeed) else None
    if valid_for is None:
        return None
    # Twice the longest span and a fortnight of holidays is far enough back for working days of any kind.
    since = now - timedelta(hours=2 * valid_for.longest_hours()) - timedelta(days=14)
    known = inquiries.find_known(
        data_service=need.data_service, subject_code=asked.subject_code, parameters=asked.parameters, since=since
    )
    if known is None or known.answered_at is None:
        return None
    until = rules.due(known.answered_at, valid_for, queries.work_calendar(now.date()))
    return known if until is not None and until >= now else None


def _fields(need: Asked, answer: Inquiry) -> dict[str, str | int | bool] | None:
    """Return the declared fields of a confirmation, or None where it does not tell them in their types."""
    try:
        return declared_fields(need.fields, answer.fields)
    except FieldFaulty as faulty:
        # Names of fields only: what the register told instead may be about a person.
        logger.warning("%s told %s as %s declares it: %s", need.data_service, faulty.field, need.code, faulty.reason)
        return None


@transaction.atomic
def note_answer(*, inquiry: UUID, actor: Actor, now: datetime) -> None:
    """Note what a register answered to an inquiry of a case; a second time, or after it fell away, changes nothing.

    A field that is absent or of another type than the package declares makes the answer unknown. What is known now may
    make further questions necessary, which are then asked.
    """
    cases = models.CaseNeed.objects.filter(inquiry_uuid=inquiry, state="asked", dropped_at__isnull=True)
    for case in list(cases.values_list("case__uuid", flat=True)):
        row = locked_case(case)
        held = models.CaseNeed.objects.select_for_update().get(
            case=row, inquiry_uuid=inquiry, state="asked", dropped_at__isnull=True
        )
        package = catalogue.get_package(row.version.uuid)
        need = next(need for need in package.needs.inquiries if need.code == held.code)
        answer = inquiries.get_inquiry(inquiry)
        told = _fields(need, answer) if answer.state == "matched" else {}
        held.state = "unknown" if told is None else str(answer.state)
        held.fields, held.answered_at = told or {}, answer.answered_at
        held.save(update_fields=["state", "fields", "answered_at"])
        power_may_fail("need.before-answer-fact")
        facts.record(NEED_ANSWERED, subject=held, actor=actor, at=now, need=held.code, state=held.state)
        if row.state in rules.EDITABLE:
            ask_needs(row, package, actor=actor, now=now)


@transaction.atomic
def ask_again(*, case: UUID, need: str, actor: Actor, now: datetime) -> None:
    """Ask a register again that gave no answer before, about everybody for whom it gave none.

    :raises CaseUnknown: if it is not the acting person's case.
    """
    row = locked_entry(case, actor, now)
    rules.require_editable(CaseState(row.state))
    package = catalogue.get_package(row.version.uuid)
    declared = next((one for one in package.needs.inquiries if one.code == need), None)
    if declared is None:
        raise CaseUnknown
    silent = models.CaseNeed.objects.select_for_update().filter(
        case=row, code=need, state="unknown", dropped_at__isnull=True
    )
    for asked in silent:
        asked.case = row
        _ask(asked, declared, package, actor=actor, now=now)


def erase_needs(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Let everything that registers told for a case fall away with it, in the running transaction."""
    for held in models.CaseNeed.objects.select_for_update().filter(case=row, dropped_at__isnull=True):
        drop(held, actor=actor, now=now)
