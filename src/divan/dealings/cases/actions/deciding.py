"""Deciding: draft, paraph, and a signature that takes its number first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.dossier import case_of
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
from divan.dealings.correspondence.values import Letter
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import Person, Post, Unit
from divan.trust.signing import actions as signing
from divan.trust.signing.values import Letterhead, NewDocument, SignerRef
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.filling import field_values
from divan_libs.servicepack.models import DecisionField, Outcome, Package


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
    applicant = people.get_person(row.applicant.uuid)
    row.state, row.outcome, row.negative, row.decided_at = CaseState.DECIDED, outcome, ending.negative, now
    row.step = ""
    letter = correspondence.number_letter(
        body_code=package.card.provider.body,
        subject=package.text(f"documents.{ending.document}.title", "fa"),
        wording=decision.text,
        recipient=applicant.full_name,
        signer=person,
        signer_name=signer.full_name,
        signer_post=post,
        about_kind=row.subject_kind,
        about_uuid=row.uuid,
        actor=actor,
        now=now,
    )
    power_may_fail("decision.after-number")
    document = uuid4()
    decision.state, decision.letter_uuid, decision.document_uuid = "signed", letter.uuid, document
    decision.signed_by, decision.signed_in, decision.signed_at = person, post_uuid, now
    decision.save()
    decision.sealed_fact = facts.record(
        DECISION_SIGNED,
        subject=decision,
        actor=actor,
        at=now,
        number=str(letter.number),
        outcome=outcome,
        case=row.uuid,
    )
    decision.save(update_fields=["sealed_fact"])
    row.save()
    facts.record(DECISION_SIGNED, subject=row, actor=actor, at=now, outcome=outcome)
    signing.request_document(
        document=_document(
            row, package, ending, decision, letter, signer=signer, post=post, applicant=applicant, now=now
        ),
        actor=actor,
        now=now,
    )
    power_may_fail("decision.before-commit")


def _acting(actor: Actor) -> tuple[UUID, UUID]:
    if actor.uuid is None or actor.post is None:
        raise NotYourTask
    return actor.uuid, actor.post


def decision_in_words(
    package: Package, decision: models.Decision, letter: Letter, language: str, now: datetime
) -> dict[str, str]:
    """Return the decision's fields as documents and messages print them."""
    number = str(letter.number) if language == "en" else persian_digits(str(letter.number))
    day = format_jalali(letter.registered_at.astimezone(TEHRAN).date(), "long", "en" if language == "en" else "fa")
    reasons = "\n".join(package.text(f"needs.{code}.rejection", language) for code in decision.codes)
    return {
        DecisionField.TEXT: decision.text,
        DecisionField.REQUIREMENTS: reasons,
        DecisionField.LETTER_NUMBER: number,
        DecisionField.LETTER_DATE: day,
        DecisionField.REVIEW_UNTIL: _review_until(package, decision.outcome, language, now),
    }


def _review_until(package: Package, outcome: str, language: str, now: datetime) -> str:
    ending = package.flow.outcome(outcome)
    if ending is None or ending.review is None:
        return ""
    until = rules.due(now, ending.review.clock, queries.work_calendar(now.date()))
    return format_jalali(until.astimezone(TEHRAN).date(), "long", "en" if language == "en" else "fa") if until else ""


def _document(
    row: models.Case,
    package: Package,
    ending: Outcome,
    decision: models.Decision,
    letter: Letter,
    *,
    signer: Person,
    post: Post,
    applicant: Person,
    now: datetime,
) -> NewDocument:
    """Return the letter to be made: official letters are in Persian whatever the applicant reads."""
    template = package.outputs.document(ending.document)
    assert template is not None and decision.document_uuid and decision.sealed_fact  # noqa: S101, PT018 (lint and the caller ensure it)
    case = case_of(row)
    sources = queries.output_sources(
        case,
        package,
        today=now.astimezone(TEHRAN).date(),
        language="fa",
        base_url=options().base_url,
        decision=decision_in_words(package, decision, letter, "fa", now),
    )
    body = people.get_unit(package.card.provider.body)
    return NewDocument(
        uuid=decision.document_uuid,
        kind=ending.document,
        title=package.text(f"documents.{ending.document}.title", "fa"),
        source=template.source,
        fields=field_values(package, template.fields, sources, "fa"),
        language="fa",
        letterhead=_letterhead(body),
        number=str(letter.number),
        dated_on=letter.registered_at.astimezone(TEHRAN).date(),
        recipient=applicant.full_name,
        signer=_signer(signer, post, body),
        about_kind=row.subject_kind,
        about_uuid=row.uuid,
        sealed_fact=decision.sealed_fact,
    )


def _letterhead(body: Unit) -> Letterhead:
    return Letterhead(
        body_name=body.name_fa,
        parent_body=body.parent_body_fa,
        address=body.address_fa,
        email=body.email,
        legal_id=body.legal_id,
    )


def _signer(person: Person, post: Post, body: Unit) -> SignerRef:
    return SignerRef(
        person=person.uuid,
        national_code=person.national_code,
        name=person.full_name,
        post=post.uuid,
        title=post.title_fa,
        organization=body.name_fa,
        legal_id=body.legal_id,
    )
