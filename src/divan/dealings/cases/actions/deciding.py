"""Deciding: draft, paraph, and a signature that takes its number first."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from divan.dealings.cases import models, queries
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.letters import letter_to_make, seal_of, signer_in
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
from divan.registers.people.values import Post
from divan.trust.signing import actions as signing
from divan.trust.signing import queries as documents
from divan.trust.signing.values import FontsMissing, SignerRef
from divan_libs.servicepack.models import Outcome, Package

ON_THE_TABLE = frozenset({"drafted", "paraphed"})


def current_decision(row: models.Case) -> models.Decision | None:
    """Return the newest decision of a case, locked to the end of the transaction, or None."""
    return models.Decision.objects.select_for_update().filter(case=row).order_by("-number").first()


def draft_decision(row: models.Case, *, outcome: str, given: Given, actor: Actor, now: datetime) -> None:
    """Put a draft of the decision on the table, or a new version of it; earlier paraphs fall with the earlier text.

    What was signed before stands for ever: after an objection the draft is that of another decision.
    """
    decision = current_decision(row)
    if decision is None or decision.state not in ON_THE_TABLE:
        decision = models.Decision(uuid=uuid4(), case=row, version=0, number=decision.number + 1 if decision else 1)
    decision.version += 1
    decision.state, decision.outcome = "drafted", outcome
    decision.codes, decision.text, decision.paraphs = list(given.codes), given.text, []
    decision.drafted_by, decision.drafted_in = actor.uuid, actor.post
    decision.save()
    facts.record(DECISION_DRAFTED, subject=decision, actor=actor, at=now, version=decision.version, outcome=outcome)


def paraph_decision(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Put a superior's paraph under the draft as it stands."""
    decision = current_decision(row)
    if decision is None or decision.state not in ON_THE_TABLE:
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
    receipt is embedded in the document). The document is made later, therefore its wording is typeset here on trial: a
    letter that this applicant's answers break must not take a number.

    :raises WordingFault, WordingTooSlow: the letter cannot be typeset with what it says of this case.
    """
    decision = current_decision(row)
    ending = package.flow.outcome(outcome)
    if decision is None or ending is None or decision.outcome != outcome or decision.state not in ON_THE_TABLE:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    person, post_uuid = _acting(actor)
    signer, post = people.get_person(person), people.get_post(post_uuid)
    reference = signer_in(signer, post)
    _typeset_on_trial(row, package, ending, decision, reference, now=now)
    _put_under(row, package, ending, decision, reference, post, actor=actor, now=now)


def _typeset_on_trial(
    row: models.Case, package: Package, ending: Outcome, decision: models.Decision, signer: SignerRef, *, now: datetime
) -> None:
    letter = letter_to_make(
        case_of(row),
        package,
        ending,
        decision,
        None,
        signer=signer,
        document=decision.uuid,
        sealed_fact=decision.uuid,
        now=now,
    )
    # Where the house lacks a font no letter can be made, and none is lost: the document waits for it.
    with suppress(FontsMissing):
        documents.preview_letter(letter, now)


def seal_decision(
    row: models.Case, package: Package, ending: Outcome, decision: models.Decision, *, actor: Actor, now: datetime
) -> None:
    """Put the seal of the providing body under a decision that silence has taken, with a number as any other letter."""
    reference, post = seal_of(package.card.provider.body)
    _put_under(row, package, ending, decision, reference, post, actor=actor, now=now)


def _put_under(
    row: models.Case,
    package: Package,
    ending: Outcome,
    decision: models.Decision,
    signer: SignerRef,
    post: Post,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    row.state, row.outcome, row.negative, row.decided_at = CaseState.DECIDED, ending.code, ending.negative, now
    row.step, row.tracks = "", {}
    letter = correspondence.number_letter(
        body_code=package.card.provider.body,
        subject=package.text(f"documents.{ending.document}.title", "fa"),
        wording=decision.text,
        recipient=people.get_person(row.applicant.uuid).full_name,
        signer=signer.person,
        signer_name=signer.name,
        signer_post=post,
        about_kind=row.subject_kind,
        about_uuid=row.uuid,
        answers=opening.letter if (opening := queries.find_opening(row.uuid)) else None,
        actor=actor,
        now=now,
    )
    power_may_fail("decision.after-number")
    decision.state, decision.letter_uuid, decision.document_uuid = "signed", letter.uuid, uuid4()
    decision.signed_by, decision.signed_in, decision.signed_at = signer.person, signer.post, now
    sealed_fact = _seal(row, decision, number=str(letter.number), actor=actor, now=now)
    wanted = letter_to_make(
        case_of(row),
        package,
        ending,
        decision,
        letter,
        signer=signer,
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
