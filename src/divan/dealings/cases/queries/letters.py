"""The letter of a decision: the words it prints, and the document to be made of them, signed or still on the table."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from divan.dealings.cases import models, rules
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.queries.dossier import get_package_of, output_sources
from divan.dealings.cases.values import ActionNotPossible, Case
from divan.dealings.correspondence.values import Letter
from divan.registers.people import queries as people
from divan.registers.people.values import Person, Post, Unit
from divan.trust.signing.values import Letterhead, NewDocument, SignerRef
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.filling import field_values
from divan_libs.servicepack.models import DecisionField, Outcome, Package

NOT_YET = "…"
"""What stands for the number of a letter that has none yet."""


def decision_in_words(
    package: Package, decision: models.Decision, letter: Letter | None, language: str, now: datetime
) -> dict[str, str]:
    """Return the decision's fields as documents and messages print them; without a letter it has no number yet."""
    number = str(letter.number) if letter else NOT_YET
    reasons = "\n".join(package.text(f"needs.{code}.rejection", language) for code in decision.codes)
    return {
        DecisionField.TEXT: decision.text,
        DecisionField.REQUIREMENTS: reasons,
        DecisionField.LETTER_NUMBER: number if language == "en" else persian_digits(number),
        DecisionField.LETTER_DATE: _day(_dated_on(letter, now), language),
        DecisionField.REVIEW_UNTIL: _review_until(package, decision.outcome, language, now),
    }


def _dated_on(letter: Letter | None, now: datetime) -> date:
    return (letter.registered_at if letter else now).astimezone(TEHRAN).date()


def _day(day: date, language: str) -> str:
    return format_jalali(day, "long", "en" if language == "en" else "fa")


def _review_until(package: Package, outcome: str, language: str, now: datetime) -> str:
    ending = package.flow.outcome(outcome)
    if ending is None or ending.review is None:
        return ""
    until = rules.due(now, ending.review.clock, work_calendar(now.date()))
    return _day(until.astimezone(TEHRAN).date(), language) if until else ""


def letter_to_make(
    case: Case,
    package: Package,
    ending: Outcome,
    decision: models.Decision,
    letter: Letter | None,
    *,
    signer: Person,
    post: Post,
    document: UUID,
    sealed_fact: UUID,
    now: datetime,
) -> NewDocument:
    """Return the letter to be made: official letters are in Persian whatever the applicant reads."""
    template = package.outputs.document(ending.document)
    assert template is not None  # noqa: S101 (lint ensures it)
    sources = output_sources(
        case,
        package,
        today=now.astimezone(TEHRAN).date(),
        language="fa",
        base_url=options().base_url,
        decision=decision_in_words(package, decision, letter, "fa", now),
    )
    body = people.get_unit(package.card.provider.body)
    return NewDocument(
        uuid=document,
        kind=ending.document,
        title=package.text(f"documents.{ending.document}.title", "fa"),
        source=template.source,
        fields=field_values(package, template.fields, sources, "fa"),
        language="fa",
        letterhead=_letterhead(body),
        number=str(letter.number) if letter else NOT_YET,
        dated_on=_dated_on(letter, now),
        recipient=people.get_person(case.applicant).full_name,
        signer=_signer(signer, post, body),
        about_kind=models.Case.subject_kind,
        about_uuid=case.uuid,
        sealed_fact=sealed_fact,
    )


def letter_on_the_table(case: Case, *, signer: UUID, post: UUID, now: datetime) -> NewDocument:
    """Return the letter of a case as this person would sign it now: the same words, without a number.

    :raises ActionNotPossible: if there is no draft to decide on.
    """
    decision = models.Decision.objects.filter(case__uuid=case.uuid, letter_uuid__isnull=True).first()
    package = get_package_of(case)
    ending = package.flow.outcome(decision.outcome) if decision else None
    if decision is None or ending is None:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    return letter_to_make(
        case,
        package,
        ending,
        decision,
        None,
        signer=people.get_person(signer),
        post=people.get_post(post),
        document=uuid4(),
        sealed_fact=uuid4(),
        now=now,
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
