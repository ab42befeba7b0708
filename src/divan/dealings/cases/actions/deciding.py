"""Deciding: draft, paraph, and a signature that takes its number first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from divan.dealings.cases import models
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.letters import letter_to_make
from divan.dealings.cases.values import (
    DECISION_DRAFTED,
    DECISION_PARAPHED,
    DECISION_SIGNED,
    ActionNotPossible,
    CaseState,
    Given,
    NotYourTask,
)
from divan.dealings.correspondence import actions as correspondence
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.trust.signing import actions as signing
from divan_libs.servicepack.models import Package


def draft_decision(row: models.Case, *, outcome: str, given: Given, actor: Actor, now: datetime) -> None:
    """Put a draft of the decision on the table, or a new version of it; earlier paraphs fall with the earlier text."""
    decision = models.Decision.objects.select_for_update().filter(case=row).first()
    if decision is None:
        decision = models.Decision(uuid=uuid4(), case=row, version=0)
    decision.version += 1
    decision.state, decision.outcome = "drafted", outcome
    decision.codes, decision.text, decision.paraphs = list(given.codes), given.text, []
    decision.drafted_by, decision.drafted_in = _acting(actor)
    decision.save()
    facts.record(DECISION_DRAFTED, subject=decision, actor=actor, at=now, version=decision.version, outcome=outcome)


def paraph_decision(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Put a superior's paraph under the draft as it stands."""
    decision = models.Decision.objects.select_for_update().filter(case=row).first()
    if decision is None:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    person, post = _acting(actor)
    decision.state = "paraphed"
    decision.paraphs = [
        *decision.paraphs,
        {"person": str(person), "post": str(post), "at": now.isoformat(), "version": decision.version},
    ]
    decision.save()
    facts.record(DECISION_PARAPHED, subject=decision, actor=actor, at=now, version=decision.version)


def sign_decision(row: models.Case, package: Package, outcome: str, *, actor: Actor, now: datetime) -> None:
    """Sign: take the letter's number, seal the decision, and ask for its document, in the running transaction.

    The order is law and proof: number before signature (a signed letter cannot get one), decision before document (its
    receipt is embedded in the document).
    """
    decision = models.Decision.objects.select_for_update().filter(case=row).first()
    ending = package.flow.outcome(outcome)
    if decision is None or ending is None or decision.outcome != outcome:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    person, post_uuid = _acting(actor)
    signer, post = people.get_person(person), people.get_post(post_uuid)
    row.state, row.outcome, row.negative, row.decided_at = CaseState.DECIDED, outcome, ending.negative, now
    row.step = ""
    letter = correspondence.number_letter(
        body_code=package.card.provider.body,
        subject=package.text(f"documents.{ending.document}.title", "fa"),
        wording=decision.text,
        recipient=people.get_person(row.applicant.uuid).full_name,
        signer=person,
        signer_name=signer.full_name,
        signer_post=post,
        about_kind=row.subject_kind,
        about_uuid=row.uuid,
        actor=actor,
        now=now,
    )
    power_may_fail("decision.after-number")
    decision.state, decision.letter_uuid, decision.document_uuid = "signed", letter.uuid, uuid4()
    decision.signed_by, decision.signed_in, decision.signed_at = person, post_uuid, now
    sealed_fact = _seal(row, decision, number=str(letter.number), actor=actor, now=now)
    wanted = letter_to_make(
        case_of(row),
        package,
        ending,
        decision,
        letter,
        signer=signer,
        post=post,
        document=decision.document_uuid,
        sealed_fact=sealed_fact,
        now=now,
    )
    signing.request_document(document=wanted, actor=actor, now=now)
    power_may_fail("decision.before-commit")


def _seal(row: models.Case, decision: models.Decision, *, number: str, actor: Actor, now: datetime) -> UUID:
    """Record the signature of the decision and of its case, and return the fact whose receipt goes into the letter."""
    decision.save()
    sealed = facts.record(
        DECISION_SIGNED, subject=decision, actor=actor, at=now, number=number, outcome=row.outcome, case=row.uuid
    )
    decision.sealed_fact = sealed
    decision.save(update_fields=["sealed_fact"])
    row.save()
    facts.record(DECISION_SIGNED, subject=row, actor=actor, at=now, outcome=row.outcome)
    return sealed


def _acting(actor: Actor) -> tuple[UUID, UUID]:
    if actor.uuid is None or actor.post is None:
        raise NotYourTask
    return actor.uuid, actor.post
