"""Applying: a draft on a pinned version, pages saved one at a time, facts asked and noted, files added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.appointments import free_visits
from divan.dealings.cases.actions.asking import ask_needs, erase_needs
from divan.dealings.cases.actions.locking import locked_case, locked_entry
from divan.dealings.cases.actions.paying import drop_open_invoice
from divan.dealings.cases.actions.reading import read_answers
from divan.dealings.cases.actions.signatures import end_signatures, void_signatures
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    DRAFT_ABANDONED,
    DRAFT_SAVED,
    DRAFT_STARTED,
    FILE_ADDED,
    FILE_REMOVED,
    AnswerFault,
    AnswersRefused,
    Case,
    CaseState,
    CaseUnknown,
    NotADraft,
    ServiceNotElectronic,
)
from divan.foundation import facts, files, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import VersionRef
from divan.registers.people import queries as people
from divan.registers.people.values import PersonUnknown
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import answers as answering
from divan_libs.servicepack.models import APPLICATION, FileQuestion, Package


@transaction.atomic
def start_draft(*, service_code: str, language: str, actor: Actor, now: datetime) -> Case:
    """Begin an application of the acting person on the version offered now, and ask what registers already know.

    A person who has an untouched draft of the same version gets that one: starting twice does not make two.

    :raises ServiceUnknown: if the service is not offered, or only to employees and the person holds no post.
    :raises ServiceNotElectronic: if it has a card but no form here.
    """
    if actor.uuid is None:
        raise PersonUnknown
    version = offered_to(service_code, actor.uuid, now)
    # No row stands yet that two beginnings at once could meet at.
    locks.hold(f"cases.draft.{actor.uuid}")
    known = (
        models.Case.objects.named()
        .select_for_update(of=("self",))
        .filter(applicant__uuid=actor.uuid, version__uuid=version.uuid, entry=APPLICATION, state=CaseState.DRAFT)
        .order_by("-changed_at")
        .first()
    )
    if known is not None:
        return case_of(known)
    return case_of(create_draft(version, actor.uuid, language=language, actor=actor, now=now))


def create_draft(
    version: VersionRef, applicant: UUID, *, language: str, channel: str = "internet", actor: Actor, now: datetime
) -> models.Case:
    """Make an empty draft of a person on a version, and ask what registers know, in the running transaction."""
    row = models.Case.objects.create(
        uuid=uuid4(),
        version_id=key_of(models.Case, "version", version.uuid),
        applicant_id=key_of(models.Case, "applicant", applicant),
        language=language,
        channel=channel,
        state=CaseState.DRAFT,
        started_at=now,
        changed_at=now,
    )
    facts.record(DRAFT_STARTED, subject=row, actor=actor, at=now, service=version.service_code, version=version.number)
    named = models.Case.objects.named().get(pk=row.pk)
    ask_needs(named, catalogue.get_package(version.uuid), actor=actor, now=now)
    return named


def offered_to(service_code: str, person: UUID, now: datetime) -> VersionRef:
    """Return the version that a person may ask for now; who holds a post is found out only where it matters.

    :raises ServiceUnknown: if the service is not offered, or only to employees and the person holds no post.
    :raises ServiceNotElectronic: if it has a card but no form here.
    """
    version = catalogue.get_offered_version(service_code, inside=True)
    if version.audience != "public":
        version = catalogue.get_offered_version(service_code, inside=bool(people.list_holdings(person, now)))
    package = catalogue.get_package(version.uuid)
    if not package.form.pages or not package.flow.steps:
        raise ServiceNotElectronic(service=service_code)
    return version


def key_of(model: type[Model], field: str, uuid: UUID) -> int:
    """Return the key of the row that a field points to; its model is another context's and stays unnamed."""
    target: Any = model._meta.get_field(field).related_model
    key: int = target._default_manager.values_list("pk", flat=True).get(uuid=uuid)
    return key


@transaction.atomic
def save_page(*, case: UUID, page: str, given: Mapping[str, list[str]], actor: Actor, now: datetime) -> Case:
    """Save the answers of one page; answers that cannot stand refuse the whole page and change nothing.

    Questions of the page that are absent from ``given`` are taken as left open; files are added and removed apart.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises NotADraft: if its answers stand.
    :raises AnswersRefused: with a fault for each answer that is none.
    """
    row = locked_entry(case, actor, now)
    rules.require_editable(CaseState(row.state))
    package = catalogue.get_package(row.version.uuid)
    value = case_of(row)
    today = now.astimezone(TEHRAN).date()
    merged = dict(row.answers)
    context = queries.context_of(value, package, today)
    # Which questions are shown may depend on answers of this very page, so each is read first and hidden ones fall out.
    asked = next((known.questions for known in package.form.pages if known.code == page), ())
    reading = read_answers(package, asked, given, context, now=now)
    for code, kept in reading.values.items():
        if kept is None:
            merged.pop(code, None)
        else:
            merged[code] = kept
    row.answers = merged
    saved = replace(value, answers=merged, changed_at=now)
    context = queries.context_of(saved, package, today)
    visible = {one.code for one in answering.visible_questions(package, context, page)}
    faults = tuple(fault for fault in reading.faults if fault.question in visible)
    if faults:
        raise AnswersRefused(page=page, faults=faults)
    row.changed_at = now
    row.save(update_fields=["answers", "changed_at"])
    power_may_fail("draft.before-fact")
    facts.record(DRAFT_SAVED, subject=row, actor=actor, at=now, page=page)
    return follow_answers(row, package, case=saved, actor=actor, now=now) or saved


def follow_answers(
    row: models.Case, package: Package, *, case: Case | None = None, actor: Actor, now: datetime
) -> Case | None:
    """Ask registers about whom the answers name now and void signatures under other answers; None if nothing changed.

    What follows belongs to the same transaction as the answer: nobody is asked about somebody who is no longer named.

    :param case: what the row says, where that was read in this transaction already.
    """
    changed = ask_needs(row, package, case=case, actor=actor, now=now)
    changed |= void_signatures(row, package, actor=actor, now=now)
    return case_of(row) if changed else None


@transaction.atomic
def add_file(*, case: UUID, question: str, file: files.FileSummary, actor: Actor, now: datetime) -> Case:
    """Put a stored file to a question; the oldest gives way when the question takes no more.

    :raises CaseUnknown, NotADraft: as for answers.
    :raises AnswersRefused: if the question takes no files, or none of this type or size.
    """
    row = locked_entry(case, actor, now)
    rules.require_editable(CaseState(row.state))
    package = catalogue.get_package(row.version.uuid)
    asked = package.form.question(question)
    if not isinstance(asked, FileQuestion):
        raise AnswersRefused(page="", faults=(AnswerFault(question, "answers.files.not-asked"),))
    if file.media_type not in {rules.MEDIA_TYPES[kind] for kind in asked.accept}:
        raise AnswersRefused(page="", faults=(AnswerFault(question, "answers.files.type"),))
    if file.size > asked.max_megabytes * 1024 * 1024:
        raise AnswersRefused(
            page="", faults=(AnswerFault(question, "answers.files.too-large", {"megabytes": asked.max_megabytes}),)
        )
    held = list(
        models.CaseFile.objects.select_for_update()
        .filter(case=row, question=question, removed_at__isnull=True)
        .order_by("id")
    )
    for spare in held[: max(0, len(held) + 1 - asked.max_files)]:
        _take_off(spare, actor=actor, now=now)
    added = models.CaseFile.objects.create(
        uuid=uuid4(), case=row, question=question, file_uuid=file.uuid, name=file.name[:200], sha256=file.sha256
    )
    files.claim(file.uuid)
    facts.record(FILE_ADDED, subject=added, actor=actor, at=now, question=question, sha256=file.sha256)
    return _renew_files(row, question, actor=actor, now=now)


@transaction.atomic
def remove_file(*, case: UUID, file: UUID, actor: Actor, now: datetime) -> Case:
    """Take a file off a draft.

    :raises CaseUnknown: if the case is another person's, or the file is not in it.
    """
    row = locked_entry(case, actor, now)
    rules.require_editable(CaseState(row.state))
    held = models.CaseFile.objects.select_for_update().filter(case=row, file_uuid=file, removed_at__isnull=True).first()
    if held is None:
        raise CaseUnknown
    _take_off(held, actor=actor, now=now)
    return _renew_files(row, held.question, actor=actor, now=now)


def _take_off(held: models.CaseFile, *, actor: Actor, now: datetime) -> None:
    held.removed_at = now
    held.save(update_fields=["removed_at"])
    files.let_go(held.file_uuid)
    facts.record(FILE_REMOVED, subject=held, actor=actor, at=now)


def _renew_files(row: models.Case, question: str, *, actor: Actor, now: datetime) -> Case:
    held = models.CaseFile.objects.filter(case=row, question=question, removed_at__isnull=True).order_by("id")
    references = [str(one) for one in held.values_list("file_uuid", flat=True)]
    row.answers = {key: value for key, value in row.answers.items() if key != question}
    if references:
        row.answers[question] = references
    row.changed_at = now
    row.save(update_fields=["answers", "changed_at"])
    facts.record(DRAFT_SAVED, subject=row, actor=actor, at=now, question=question)
    follow_answers(row, catalogue.get_package(row.version.uuid), actor=actor, now=now)
    return case_of(row)


@transaction.atomic
def abandon_draft(*, case: UUID, actor: Actor, now: datetime) -> None:
    """Give a draft up and erase its answers; the worker does the same to drafts of 90 days.

    :raises CaseUnknown: if it is another person's.
    :raises NotADraft: if it was submitted.
    """
    row = locked_entry(case, actor, now) if actor.uuid else locked_case(case)
    if row.state != CaseState.DRAFT:
        raise NotADraft(state=row.state)
    for held in models.CaseFile.objects.filter(case=row, removed_at__isnull=True):
        _take_off(held, actor=actor, now=now)
    erase_needs(row, actor=actor, now=now)
    end_signatures(row, actor=actor, now=now)
    drop_open_invoice(row, actor=actor, now=now)
    free_visits(row, actor=actor, now=now)
    row.state, row.answers, row.changed_at = CaseState.ABANDONED, {}, now
    row.save(update_fields=["state", "answers", "changed_at"])
    facts.record(DRAFT_ABANDONED, subject=row, actor=actor, at=now)
