"""Issuing: the signed document comes to its letter and to the applicant, and the case is closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.notices import send_notice
from divan.dealings.cases.actions.opinions import note_issued_opinion
from divan.dealings.cases.actions.stepping import arrive
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.letters import decision_in_words
from divan.dealings.cases.values import AFTERCARE_BEGUN, CASE_CLOSED, DECISION_ISSUED, Case, CaseNotOpen, CaseState
from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import queries as letters
from divan.dealings.correspondence.values import NewWork
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules


@transaction.atomic
def note_issued_document(*, document: UUID, actor: Actor, now: datetime) -> None:
    """Put an issued document to its letter, tell the secretariat, and close the case; a second time changes nothing."""
    if note_issued_opinion(document=document, actor=actor, now=now):
        return
    decision = (
        models.Decision.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(document_uuid=document)
        .first()
    )
    if decision is None or decision.state != "signed" or decision.letter_uuid is None:
        return
    letter = correspondence.put_document(letter=decision.letter_uuid, document=document, actor=actor, now=now)
    decision.state = "issued"
    decision.save(update_fields=["state"])
    facts.record(DECISION_ISSUED, subject=decision, actor=actor, at=now, document=document)
    row = decision.case
    package = catalogue.get_package(row.version.uuid)
    desk = people.find_post_of_role(rules.SECRETARIAT, body=package.card.provider.body)
    if desk is not None:
        correspondence.give_work(
            post=desk.uuid,
            work=NewWork(
                about_kind="correspondence.letter",
                about_uuid=letter.uuid,
                case_uuid=row.uuid,
                number=str(letter.number),
                title_fa=letter.subject,
                title_en=package.text("card.title", "en"),
                step_fa="",
                step_en="",
                sender_fa=letter.signer_title,
                sender_en=letter.signer_title,
            ),
            actor=actor,
            now=now,
        )
    close_case(case=row.uuid, actor=actor, now=now)


@transaction.atomic
def close_case(*, case: UUID, actor: Actor, now: datetime) -> Case:
    """Close a decided case and queue the notice of the outcome to the applicant; or begin its aftercare, if it has one.

    :raises CaseNotOpen: if the case is not decided.
    """
    row = locked_case(case)
    if row.state != CaseState.DECIDED:
        raise CaseNotOpen(state=row.state)
    package = catalogue.get_package(row.version.uuid)
    ending = package.flow.outcome(row.outcome)
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    after = flow_rules.after_delivery(package, row.outcome, context)
    row.changed_at = now
    if after is None:
        row.state, row.closed_at = CaseState.CLOSED, now
        row.save()
        facts.record(CASE_CLOSED, subject=row, actor=actor, at=now, outcome=row.outcome)
    else:
        row.state, row.due_at = CaseState.AFTERCARE, None
        row.step, row.tracks = after.step or "", dict(after.tracks)
        row.save()
        facts.record(AFTERCARE_BEGUN, subject=row, actor=actor, at=now, step=row.step)
        arrive(row, package, after.opens, actor=actor, now=now, moved=False)
    decision = models.Decision.objects.filter(case=row, state="issued").order_by("-number").first()
    if ending is not None and decision is not None and decision.letter_uuid is not None:
        words = decision_in_words(package, decision, letters.get_letter(decision.letter_uuid), row.language, now)
        send_notice(row, package, ending.message, actor=actor, now=now, decision=words)
    return case_of(row)
