"""One case with everything that belongs to it."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.crypto import salted_hmac

from divan.dealings.cases import models, rules
from divan.dealings.cases.values import (
    Case,
    CaseState,
    CaseUnknown,
    Decision,
    HistoryLine,
    NeedState,
    OutsideOrder,
    Paraph,
    Receipt,
    Referral,
    ReferralNotPossible,
    Task,
    TaskDone,
    TrackingRefused,
)
from divan.foundation import facts, files
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan.registers.places import queries as places
from divan.registers.places.values import Level
from divan_libs.persian.check_digits import bare_number, is_valid_number
from divan_libs.servicepack.models import Holder, Package

LEFT_TO_RIGHT = "\u200e"
"""Put before a number with dashes: after a Persian letter its groups would else be shown in reverse order."""


def case_of(row: models.Case) -> Case:
    """Return the value of a row; for the rooms of this context."""
    needs = models.CaseNeed.objects.filter(case=row, dropped_at__isnull=True).order_by("id")
    return Case(
        uuid=row.uuid,
        number=row.number or "",
        state=CaseState(row.state),
        version=row.version.uuid,
        service_code=row.version.service.code,
        applicant=row.applicant.uuid,
        language=row.language,
        answers=row.answers,
        needs=tuple(_need_of(need) for need in needs),
        step=row.step,
        outcome=row.outcome,
        started_at=row.started_at,
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
        place_code=row.place_code,
        correction_codes=tuple(row.correction_codes),
        correction_note=row.correction_note,
        entry=row.entry,
        permit=row.permit.uuid if row.permit else None,
        channel=row.channel,
        tracks=row.tracks,
        reports=row.reports,
        deemed=row.deemed,
    )


def _need_of(need: models.CaseNeed) -> NeedState:
    return NeedState(
        code=need.code,
        subject=need.subject_code,
        parameters=need.parameters,
        state=need.state,
        fields=need.fields,
        inquiry=need.inquiry_uuid,
        asked_at=need.asked_at,
        answered_at=need.answered_at,
        reused=need.reused,
    )


def get_case(case_uuid: UUID) -> Case:
    """Return a case.

    :raises CaseUnknown: if there is none.
    """
    row = models.Case.objects.named().filter(uuid=case_uuid).first()
    if row is None:
        raise CaseUnknown
    return case_of(row)


def get_case_of(case_uuid: UUID, applicant: UUID | None) -> Case:
    """Return a person's case.

    :raises CaseUnknown: if there is none, or it is another person's: the two are not told apart.
    """
    case = get_case(case_uuid)
    if case.applicant != applicant:
        raise CaseUnknown
    return case


def find_case_by_number(typed: str) -> Case | None:
    """Return the case with a typed number (any digits, with or without dashes), or None."""
    if not is_valid_number(typed):
        return None
    number = rules.grouped_number(bare_number(typed))
    row = models.Case.objects.named().filter(number=number).first()
    return case_of(row) if row else None


def tracking_secret(case_uuid: UUID) -> str:
    """Return the secret that opens a case's tracking page: derived, so that it can be shown again and lies nowhere."""
    made = salted_hmac("divan.cases.tracking", str(case_uuid), algorithm="sha256").digest()
    return base64.b32encode(made[:5]).decode()


def get_receipt(case: Case) -> Receipt:
    """Return what the applicant takes away from a submission; the same however often it is asked."""
    return Receipt(number=case.number, secret=tracking_secret(case.uuid), case=case.uuid)


def tracked_case(*, number: str, secret: str) -> Case:
    """Return the case whose number and secret these are.

    :raises TrackingRefused: if they do not belong together; which of them is wrong is not said.
    """
    case = find_case_by_number(number)
    given = bare_number(secret).upper().replace("0", "O").replace("1", "I").replace("8", "B")
    expected = tracking_secret(case.uuid) if case else "A" * 8
    if not hmac.compare_digest(given.encode(), expected.encode()) or case is None:
        raise TrackingRefused
    return case


def get_package_of(case: Case) -> Package:
    """Return the package of the version a case is pinned to."""
    return catalogue.get_package(case.version)


def case_language(case: Case) -> str:
    """Return the language in which the applicant is written to."""
    return case.language if case.language in {"fa", "en"} else "fa"


def _superior_of(applicant: UUID, role: str, at: datetime) -> Post | None:
    """Return the post with a role in the body in which the applicant works, never the applicant's own."""
    for holding in people.list_holdings(applicant, at):
        found = people.find_post_of_role(role, body=holding.post.unit.body_code)
        if found is not None and found.uuid != holding.post.uuid:
            return found
    return None


def responsible_post(case: Case, package: Package, holder: Holder, at: datetime) -> Post | None:
    """Return the post that holds a role for a case, or None.

    It is found by the answered place, a body that is named here or in an answer, the body of the applicant's own post
    at a moment, or the provider.
    """
    where = holder.at
    if where is not None and where.of_applicant:
        return _superior_of(case.applicant, holder.role, at)
    if where is not None and where.body_in is not None:
        named = case.answers.get(where.body_in)
        return people.find_post_of_role(holder.role, body=named) if isinstance(named, str) else None
    if where is None or where.body is not None:
        body = where.body if where and where.body else package.card.provider.body
        return people.find_post_of_role(holder.role, body=body)
    code = case.answers.get(where.answer or "")
    if not isinstance(code, str):
        return None
    level = Level(where.level.value) if where.level else None
    place = next(
        (place for place in places.lineage(code) if place.level == level or (level is None and place.code == code)),
        None,
    )
    return people.find_post_of_role(holder.role, place_code=place.code) if place else None


def task_of(row: models.Task) -> Task:
    """Return the value of a row; for the rooms of this context."""
    return Task(
        uuid=row.uuid,
        case=row.case.uuid,
        step=row.step,
        post=row.post_uuid,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        action=row.action,
        codes=tuple(row.codes),
        text=row.text,
        note=row.note,
        done_by=row.done_by,
        done_in_post=row.done_in_post,
        escalated_at=row.escalated_at,
        track=row.track,
        report=row.report,
    )


def get_task(task_uuid: UUID) -> Task:
    """Return a task.

    :raises TaskDone: if there is none.
    """
    row = models.Task.objects.select_related("case").filter(uuid=task_uuid).first()
    if row is None:
        raise TaskDone
    return task_of(row)


def list_open_tasks(case_uuid: UUID) -> list[Task]:
    """Return the steps that wait in a case, one of each track that is at work, oldest first."""
    rows = models.Task.objects.select_related("case").filter(case__uuid=case_uuid, closed_at__isnull=True)
    return [task_of(row) for row in rows.order_by("id")]


def find_open_task(case_uuid: UUID) -> Task | None:
    """Return the step that has waited longest in a case, or None."""
    return next(iter(list_open_tasks(case_uuid)), None)


def list_tasks(case_uuid: UUID) -> list[Task]:
    """Return every step of a case that waited or waits, oldest first."""
    rows = models.Task.objects.select_related("case").filter(case__uuid=case_uuid).order_by("id")
    return [task_of(row) for row in rows]


def order_of(row: models.OutsideOrder) -> OutsideOrder:
    """Return the value of a row; for the rooms of this context."""
    return OutsideOrder(
        uuid=row.uuid,
        task=row.task.uuid,
        case_number=row.task.case.number or "",
        data_service=row.data_service,
        fields=row.fields,
        message_id=row.message_id,
        state=row.state,
        reference=row.reference,
        put_at=row.put_at,
        asked_at=row.asked_at,
        next_at=row.next_at,
    )


def list_orders(case_uuid: UUID) -> list[OutsideOrder]:
    """Return the outside processes that a case followed or follows, oldest first."""
    rows = models.OutsideOrder.objects.select_related("task__case").filter(task__case__uuid=case_uuid)
    return [order_of(row) for row in rows.order_by("id")]


def referral_of(row: models.Referral) -> Referral:
    """Return the value of a row; for the rooms of this context."""
    return Referral(
        uuid=row.uuid,
        task=row.task.uuid,
        from_post=row.from_post,
        to_post=row.to_post,
        instruction=row.instruction,
        due_at=row.due_at,
        sent_at=row.sent_at,
        answer=row.answer,
        answered_at=row.answered_at,
        recalled_at=row.recalled_at,
    )


def get_referral(referral_uuid: UUID) -> tuple[Referral, UUID]:
    """Return a referral and the case it belongs to.

    :raises ReferralNotPossible: if there is none.
    """
    row = models.Referral.objects.select_related("task__case").filter(uuid=referral_uuid).first()
    if row is None:
        raise ReferralNotPossible
    return referral_of(row), row.task.case.uuid


def list_referrals(case_uuid: UUID) -> list[Referral]:
    """Return the referrals of a case, oldest first."""
    rows = models.Referral.objects.select_related("task").filter(task__case__uuid=case_uuid).order_by("id")
    return [referral_of(row) for row in rows]


def decision_of(row: models.Decision) -> Decision:
    """Return the value of a row; for the rooms of this context."""
    return Decision(
        uuid=row.uuid,
        case=row.case.uuid,
        state=row.state,
        version=row.version,
        outcome=row.outcome,
        codes=tuple(row.codes),
        text=row.text,
        drafted_by=row.drafted_by,
        drafted_in=row.drafted_in,
        paraphs=tuple(
            Paraph(person=UUID(one["person"]), post=UUID(one["post"]), at=datetime.fromisoformat(one["at"]))
            for one in row.paraphs
        ),
        signed_by=row.signed_by,
        signed_in=row.signed_in,
        signed_at=row.signed_at,
        letter=row.letter_uuid,
        document=row.document_uuid,
        sealed_fact=row.sealed_fact,
        number=row.number,
        deemed=row.deemed,
    )


def list_decisions(case_uuid: UUID) -> list[Decision]:
    """Return the decisions of a case, the newest first; an objection may have brought more than one."""
    rows = models.Decision.objects.select_related("case").filter(case__uuid=case_uuid).order_by("-number")
    return [decision_of(row) for row in rows]


def find_decision(case_uuid: UUID) -> Decision | None:
    """Return the newest decision of a case, drafted or further, or None."""
    return next(iter(list_decisions(case_uuid)), None)


def list_case_files(case_uuid: UUID) -> list[tuple[str, UUID, str]]:
    """Return (question, file identifier, name) of the files of a case that were not taken off."""
    rows = models.CaseFile.objects.filter(case__uuid=case_uuid, removed_at__isnull=True).order_by("id")
    return [(row.question, row.file_uuid, row.name) for row in rows]


def case_file_bytes(case_uuid: UUID, file_uuid: UUID) -> tuple[files.FileSummary, bytes]:
    """Return a file of a case.

    :raises CaseUnknown: if the file does not belong to this case.
    """
    asked = models.CaseFile.objects.filter(case__uuid=case_uuid, file_uuid=file_uuid, removed_at__isnull=True)
    if not (asked.exists() or models.Addition.objects.filter(case__uuid=case_uuid, file_uuid=file_uuid).exists()):
        raise CaseUnknown
    return files.get_file(file_uuid), files.read_file(file_uuid)


_PARTS = """
    WITH it AS (SELECT id, uuid FROM cases_case WHERE uuid = %s),
         steps AS (SELECT t.id, t.uuid FROM cases_task t JOIN it ON t.case_id = it.id),
         decided AS (SELECT d.* FROM cases_decision d JOIN it ON d.case_id = it.id)
    SELECT uuid FROM it UNION ALL SELECT uuid FROM steps
    UNION ALL SELECT r.uuid FROM cases_referral r JOIN steps ON r.task_id = steps.id
    UNION ALL SELECT n.uuid FROM cases_caseneed n JOIN it ON n.case_id = it.id
    UNION ALL SELECT s.uuid FROM cases_casesignature s JOIN it ON s.case_id = it.id
    UNION ALL SELECT v.uuid FROM cases_appointment v JOIN it ON v.case_id = it.id
    UNION ALL SELECT e.uuid FROM cases_issuedrecord e JOIN it ON e.case_id = it.id
    UNION ALL SELECT unnest(ARRAY[uuid, letter_uuid, document_uuid]) FROM decided
    UNION ALL SELECT o.uuid FROM cases_objection o JOIN it ON o.case_id = it.id
    UNION ALL SELECT unnest(ARRAY[p.uuid, p.letter_uuid]) FROM cases_opinionletter p JOIN steps ON p.task_id = steps.id
    UNION ALL SELECT w.uuid FROM cases_outsideorder w JOIN steps ON w.task_id = steps.id
    UNION ALL SELECT i.uuid FROM cases_caseinvoice i JOIN it ON i.case_id = it.id
    UNION ALL SELECT a.uuid FROM cases_addition a JOIN it ON a.case_id = it.id
    UNION ALL SELECT q.uuid FROM cases_rating q JOIN it ON q.case_id = it.id
    UNION ALL SELECT g.uuid FROM cases_permit g JOIN it ON g.case_id = it.id
"""


def list_history(case_uuid: UUID) -> list[HistoryLine]:
    """Return everything that happened in a case, oldest first, from the facts of all its parts.

    :raises CaseUnknown: if there is no such case.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [case_uuid])
        parts = [row[0] for row in cursor.fetchall() if row[0] is not None]
    if not parts:
        raise CaseUnknown
    return [_line(fact) for fact in facts.of_subjects(parts)]


def _line(fact: facts.FactRecord) -> HistoryLine:
    return HistoryLine(
        at=fact.at,
        kind=fact.kind,
        actor=fact.actor,
        data=fact.data,
        position=None if fact.position < 0 else fact.position,
    )
