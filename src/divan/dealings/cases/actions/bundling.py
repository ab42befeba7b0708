"""Going through a bundle: begin its services as drafts, answer once what they share, pay once, send all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.applying import abandon_draft, follow_answers, key_of, start_draft
from divan.dealings.cases.actions.asking import renew_old_answers
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.paying import SUBMISSION, charges_due, drop_open_invoice, invoice_together
from divan.dealings.cases.actions.reading import read_answers
from divan.dealings.cases.actions.submitting import begin_flow
from divan.dealings.cases.queries.bundles import SharedQuestion, run_of
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    BUNDLE_ANSWERED,
    BUNDLE_BEGUN,
    BUNDLE_GIVEN_UP,
    BUNDLE_JOINED,
    BUNDLE_LEFT,
    BUNDLE_SENT,
    DRAFT_SAVED,
    AnswerFault,
    AnswersRefused,
    BundleNotComplete,
    BundleOver,
    BundleRun,
    BundleRunUnknown,
    CaseInvoice,
    CaseState,
)
from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import BundleUnknown
from divan.registers.people.values import PersonUnknown
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import Missing, complete
from divan_libs.servicepack.bundles import is_applied_for
from divan_libs.servicepack.models import Package

Drafts = list[tuple[models.Case, Package]]


@transaction.atomic
def begin_bundle(*, code: str, answers: Mapping[str, bool], language: str, actor: Actor, now: datetime) -> BundleRun:
    """Begin a bundle: a draft for each service that the answers choose and that is applied for here.

    Whoever has begun the same bundle goes on with it: what is chosen anew joins, what is no longer chosen leaves it and
    stays a draft of its own. A draft that the person has already joins as it is.

    :raises BundleUnknown: if it is not offered, or nothing that was chosen is applied for here.
    """
    offered = catalogue.get_offered_bundle(code)
    chosen = offered.bundle.chosen(answers)
    versions = {listing.code: listing.version.uuid for listing in offered.services}
    wanted = [one for one in chosen if one in versions and is_applied_for(catalogue.get_package(versions[one]))]
    if not wanted:
        raise BundleUnknown(bundle=code)
    if actor.uuid is None:
        raise PersonUnknown
    locks.hold(f"cases.bundle.{actor.uuid}")
    drafts = {
        service: start_draft(service_code=service, language=language, actor=actor, now=now).uuid for service in wanted
    }
    power_may_fail("bundle.before-run")
    known = models.BundleRun.objects.select_for_update(of=("self",)).filter(person__uuid=actor.uuid, state="begun")
    run = known.filter(bundle__uuid=offered.ref.uuid).first() or models.BundleRun(
        uuid=uuid4(),
        bundle_id=key_of(models.BundleRun, "bundle", offered.ref.uuid),
        person_id=key_of(models.BundleRun, "person", actor.uuid),
        language=language,
        state="begun",
        begun_at=now,
    )
    run.answers, run.changed_at = {name: bool(value) for name, value in answers.items()}, now
    run.save()
    facts.record(BUNDLE_BEGUN, subject=run, actor=actor, at=now, bundle=code, services=wanted)
    _gather(run, drafts, actor=actor, now=now)
    return run_of(models.BundleRun.objects.select_related("bundle", "person").get(pk=run.pk))


def _gather(run: models.BundleRun, drafts: Mapping[str, UUID], *, actor: Actor, now: datetime) -> None:
    """Let exactly these drafts belong to a bundle; what was sent with it stays."""
    held = models.BundlePart.objects.filter(left_at__isnull=True).select_related("case")
    for part in held.filter(run=run, case__state=CaseState.DRAFT).exclude(case__uuid__in=drafts.values()):
        _leave(part, actor=actor, now=now)
    for service, case in drafts.items():
        former = held.filter(case__uuid=case).first()
        if former is not None and former.run_id == run.pk:
            continue
        if former is not None:
            _leave(former, actor=actor, now=now)
        joined = models.BundlePart.objects.create(
            uuid=uuid4(), run=run, case=models.Case.objects.get(uuid=case), service_code=service
        )
        facts.record(BUNDLE_JOINED, subject=joined, actor=actor, at=now, case=case, run=run.uuid)


def _leave(part: models.BundlePart, *, actor: Actor, now: datetime) -> None:
    drop_open_invoice(locked_case(part.case.uuid), actor=actor, now=now)
    part.left_at = now
    part.save(update_fields=["left_at"])
    facts.record(BUNDLE_LEFT, subject=part, actor=actor, at=now, case=part.case.uuid)


def _locked(run: UUID, actor: Actor) -> tuple[models.BundleRun, Drafts]:
    """Return a begun bundle and its drafts, all locked: the cases first, in their order, then the bundle.

    :raises BundleRunUnknown: if it is another person's.
    """
    parts = models.BundlePart.objects.filter(run__uuid=run, left_at__isnull=True, case__state=CaseState.DRAFT)
    rows = [locked_case(uuid) for uuid in parts.order_by("case_id").values_list("case__uuid", flat=True)]
    held = models.BundleRun.objects.select_for_update(of=("self",)).select_related("bundle", "person")
    row = held.filter(uuid=run).first()
    if row is None or row.person.uuid != actor.uuid:
        raise BundleRunUnknown
    # Between reading the parts and locking them one may have left or been sent.
    still = set(parts.values_list("case_id", flat=True))
    return row, [(one, catalogue.get_package(one.version.uuid)) for one in rows if one.pk in still]


def _require_begun(row: models.BundleRun) -> None:
    if row.state != "begun":
        raise BundleOver(state=row.state)


@transaction.atomic
def answer_shared(*, run: UUID, given: Mapping[str, Mapping[str, list[str]]], actor: Actor, now: datetime) -> BundleRun:
    """Answer once what several drafts of a bundle ask, and carry each answer into all of them.

    ``given`` has, by shared name, what was typed under the names of the question that is asked. Registers are asked
    about whom the answers name, as for a page.

    :raises BundleRunUnknown: if it is another person's.
    :raises BundleOver: if it was sent or given up.
    :raises AnswersRefused: with a fault for each answer that is none; the fault's question is the shared name.
    """
    row, drafts = _locked(run, actor)
    _require_begun(row)
    rows = {one.uuid: (one, package) for one, package in drafts}
    value = run_of(row)
    known = {one.version.service.code: (case_of(one), package) for one, package in drafts}
    shared = [one for one in queries.shared_questions(value, known) if one.name in given]
    faults: list[AnswerFault] = []
    for one in shared:
        # The same wrong answer is wrong for each draft in the same way; it is said once.
        for fault in _carry(one, given[one.name], rows, now):
            faults += [fault] if fault not in faults else []
    if faults:
        raise AnswersRefused(page="", faults=tuple(faults))
    touched = [uuid for uuid in rows if any(uuid in dict(one.targets) for one in shared)]
    for uuid in touched:
        case, package = rows[uuid]
        case.changed_at = now
        case.save(update_fields=["answers", "changed_at"])
        facts.record(DRAFT_SAVED, subject=case, actor=actor, at=now, run=row.uuid)
        follow_answers(case, package, actor=actor, now=now)
    row.changed_at = now
    row.save(update_fields=["changed_at"])
    power_may_fail("bundle.before-answer-fact")
    facts.record(BUNDLE_ANSWERED, subject=row, actor=actor, at=now, shared=[one.name for one in shared])
    return run_of(row)


def _carry(
    shared: SharedQuestion,
    given: Mapping[str, list[str]],
    rows: Mapping[UUID, tuple[models.Case, Package]],
    now: datetime,
) -> list[AnswerFault]:
    """Read an answer as each draft asks for it and put it there; return what cannot stand."""
    faults: list[AnswerFault] = []
    for uuid, code in shared.targets:
        case, package = rows[uuid]
        question = package.form.question(code)
        if question is None:
            continue
        context = queries.context_of(case_of(case), package, now.astimezone(TEHRAN).date())
        named = {code + name.removeprefix(shared.question.code): typed for name, typed in given.items()}
        reading = read_answers(package, [question], named, context, now=now)
        faults += [AnswerFault(shared.name, fault.code, fault.facts, fault.at) for fault in reading.faults]
        for answered, kept in reading.values.items():
            case.answers = {name: value for name, value in case.answers.items() if name != answered}
            if kept is not None:
                case.answers[answered] = kept
    return faults


@transaction.atomic
def leave_bundle(*, run: UUID, service: str, actor: Actor, now: datetime) -> BundleRun:
    """Take a draft out of a bundle; it stays a draft of its own. Where it is not in it nothing changes.

    :raises BundleRunUnknown: if the bundle is another person's.
    :raises BundleOver: if it was sent or given up.
    """
    row, drafts = _locked(run, actor)
    _require_begun(row)
    cases = [one.pk for one, _package in drafts]
    part = models.BundlePart.objects.select_related("case").filter(
        run=row, service_code=service, left_at__isnull=True, case_id__in=cases
    )
    for one in part:
        _leave(one, actor=actor, now=now)
    _end_if_sent(row, actor=actor, now=now)
    return run_of(row)


@transaction.atomic
def give_up_bundle(*, run: UUID, actor: Actor, now: datetime) -> None:
    """Give a bundle up with its drafts, whose answers are erased; what was sent goes on.

    :raises BundleRunUnknown: if it is another person's.
    :raises BundleOver: if it was sent or given up before.
    """
    row, drafts = _locked(run, actor)
    _require_begun(row)
    for one, _package in drafts:
        abandon_draft(case=one.uuid, actor=actor, now=now)
    row.state, row.changed_at = "given-up", now
    row.save(update_fields=["state", "changed_at"])
    facts.record(BUNDLE_GIVEN_UP, subject=row, actor=actor, at=now)


@transaction.atomic
def ask_bundle_payment(*, run: UUID, actor: Actor, now: datetime) -> CaseInvoice:
    """Reckon what the drafts of a bundle cost and give the one invoice for all, its lines split by service.

    Paying it submits every draft by itself, those that cost nothing as well. Asked again, the same invoice is given.

    :raises BundleRunUnknown: if it is another person's.
    :raises BundleOver: if it was sent or given up.
    :raises BundleNotComplete: if a draft is not complete: nobody pays for what cannot be sent.
    :raises NothingToPay: if nothing is due.
    :raises InvoiceBeingPaid: while an attempt to pay an older invoice may still become money.
    """
    row, drafts = _locked(run, actor)
    _require_begun(row)
    _require_complete(drafts, now)
    bundle = catalogue.get_bundle(row.bundle.uuid)
    charged = [(one, package, charges_due(one, package, before=SUBMISSION, now=now)) for one, package in drafts]
    return invoice_together(row, bundle, charged, actor=actor, now=now)


def _require_complete(drafts: Drafts, now: datetime) -> None:
    """Refuse while a draft lacks something.

    :raises BundleNotComplete: with the services and what each of them lacks.
    """
    if missing := _missing(drafts, now):
        raise BundleNotComplete(services=tuple(missing), missing=missing)


def _missing(drafts: Drafts, now: datetime, *, paid: bool = False) -> dict[str, tuple[Missing, ...]]:
    """Return what each draft lacks that lacks something; with ``paid`` its payment as well."""
    missing: dict[str, tuple[Missing, ...]] = {}
    for row, package in drafts:
        found = complete(package, queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date()))
        need = package.needs.payment
        if not found and paid and need and charges_due(row, package, before=SUBMISSION, now=now):
            found = [Missing("payment", need.code)]
        if found:
            missing[row.version.service.code] = tuple(found)
    return missing


def submit_bundle(*, run: UUID, actor: Actor, now: datetime) -> BundleRun:
    """Submit every draft of a bundle, or none; each becomes a case with its own number, step and clocks.

    Sending again, by a double click, the back button or a retry, changes nothing. What registers told too long ago is
    asked for again first, which stays when nothing can be sent before the answer.

    :raises BundleRunUnknown: if it is another person's.
    :raises BundleOver: if it was given up.
    :raises BundleNotComplete: with what each draft lacks, its payment included; nothing is sent.
    :raises NobodyResponsible: if no post can take a first step; nothing is sent.
    """
    with transaction.atomic():
        row, drafts = _locked(run, actor)
        if row.state == "sent":
            return run_of(row)
        _require_begun(row)
        for one, package in drafts:
            renew_old_answers(one, package, actor=actor, now=now)
        missing = _missing(drafts, now, paid=True)
        if not missing:
            for one, package in drafts:
                begin_flow(one, package, actor=actor, now=now)
                power_may_fail("bundle.between-cases")
            _end_if_sent(row, actor=actor, now=now)
            return run_of(row)
    raise BundleNotComplete(services=tuple(missing), missing=missing)


def _end_if_sent(row: models.BundleRun, *, actor: Actor, now: datetime) -> None:
    parts = models.BundlePart.objects.filter(run=row, left_at__isnull=True)
    if parts.filter(case__state=CaseState.DRAFT).exists() or not parts.filter(case__number__isnull=False).exists():
        return
    row.state, row.sent_at, row.changed_at = "sent", now, now
    row.save(update_fields=["state", "sent_at", "changed_at"])
    facts.record(BUNDLE_SENT, subject=row, actor=actor, at=now)


def note_sent(cases: list[UUID], *, actor: Actor, now: datetime) -> None:
    """End the bundles of which these cases, which the running transaction holds, were the last drafts."""
    for run, _changed_at in queries.list_runs_to_end(cases):
        row = models.BundleRun.objects.select_for_update(of=("self",)).get(uuid=run)
        if row.state == "begun":
            _end_if_sent(row, actor=actor, now=now)
