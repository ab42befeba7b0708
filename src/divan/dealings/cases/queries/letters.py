"""The letter of a decision: the words it prints, and the document to be made of them, signed or still on the table."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext, override

from divan.dealings.cases import models, rules
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.queries.dossier import case_of, get_package_of
from divan.dealings.cases.queries.openings import find_opening
from divan.dealings.cases.queries.sources import output_sources
from divan.dealings.cases.values import ActionNotPossible, Case
from divan.dealings.correspondence import queries as letters
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
    return ((letter.registered_at if letter else None) or now).astimezone(TEHRAN).date()


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
    signer: SignerRef,
    document: UUID,
    sealed_fact: UUID,
    now: datetime,
) -> NewDocument:
    """Return the letter to be made: official letters are in Persian whatever the applicant reads."""
    template = package.outputs.document(ending.document or "")
    assert template is not None  # noqa: S101 (lint ensures it, and an outcome without a letter makes none)
    sources = output_sources(
        case,
        package,
        today=now.astimezone(TEHRAN).date(),
        language="fa",
        base_url=options().base_url,
        decision=decision_in_words(package, decision, letter, "fa", now),
        ending=(ending, now),
    )
    body = people.get_unit(package.card.provider.body)
    return NewDocument(
        uuid=document,
        kind=template.code,
        title=package.text(f"documents.{template.code}.title", "fa"),
        source=template.source,
        fields=field_values(package, template.fields, sources, "fa"),
        language="fa",
        letterhead=letterhead_of(body),
        number=str(letter.number) if letter else NOT_YET,
        dated_on=_dated_on(letter, now),
        recipient=people.get_person(case.applicant).full_name,
        references=_references(case),
        signer=signer,
        about_kind=models.Case.subject_kind,
        about_uuid=case.uuid,
        sealed_fact=sealed_fact,
    )


def _references(case: Case) -> tuple[str, ...]:
    """Return how the letter names the one that opened the case, if one did."""
    opening = find_opening(case.uuid)
    if opening is None:
        return ()
    return tuple(letters.say_references([letters.answer_to(letters.get_letter(opening.letter))]))


def letter_on_the_table(case: Case, *, signer: UUID, post: UUID, now: datetime) -> NewDocument:
    """Return the letter of a case as this person would sign it now: the same words, without a number.

    :raises ActionNotPossible: if there is no draft to decide on.
    """
    decision = (
        models.Decision.objects.filter(case__uuid=case.uuid, letter_uuid__isnull=True).order_by("-number").first()
    )
    package = get_package_of(case)
    ending = package.flow.outcome(decision.outcome) if decision else None
    if decision is None or ending is None or ending.document is None:
        raise ActionNotPossible(reason="flow.nothing-proposed")
    return letter_to_make(
        case,
        package,
        ending,
        decision,
        None,
        signer=signer_in(people.get_person(signer), people.get_post(post)),
        document=uuid4(),
        sealed_fact=uuid4(),
        now=now,
    )


def letterhead_of(body: Unit) -> Letterhead:
    """Return the letterhead of a body."""
    return Letterhead(
        body_name=body.name_fa,
        parent_body=body.parent_body_fa,
        address=body.address_fa,
        email=body.email,
        legal_id=body.legal_id,
    )


def seal_of(body_code: str) -> tuple[SignerRef, Post]:
    """Return the electronic seal of a body as a signer, and the seat it has instead of a post."""
    body = people.get_unit(body_code)
    # Official letters are in Persian whatever the applicant reads.
    with override("fa"):
        title = gettext("Electronic seal of the body, by force of law")
    reference = SignerRef(
        person=body.uuid,
        national_code="",
        name=body.name_fa,
        post=body.uuid,
        title=title,
        organization=body.name_fa,
        legal_id=body.legal_id,
    )
    return reference, Post(uuid=body.uuid, title_fa=title, title_en="", role="seal", unit=body)


def signer_in(person: Person, post: Post) -> SignerRef:
    """Return a person as the signer in a post, for the body the post belongs to."""
    body = people.get_unit(post.unit.body_code)
    return SignerRef(
        person=person.uuid,
        national_code=person.national_code,
        name=person.full_name,
        post=post.uuid,
        title=post.title_fa,
        organization=body.name_fa,
        legal_id=body.legal_id,
    )


def opinion_to_make(
    row: models.Case,
    task: models.Task,
    package: Package,
    document: str,
    letter: Letter,
    opinion: models.OpinionLetter,
    *,
    signer: Person,
    post: Post,
    now: datetime,
) -> NewDocument:
    """Return the letter of an officer's opinion: to the body that decides, under the officer's own letterhead."""
    template = package.outputs.document(document)
    assert template is not None and opinion.sealed_fact is not None  # noqa: S101, PT018 (lint, and the caller, ensure it)
    number = str(letter.number)
    sources = output_sources(
        case_of(row),
        package,
        today=now.astimezone(TEHRAN).date(),
        language="fa",
        base_url=options().base_url,
        decision={
            DecisionField.TEXT: task.text,
            DecisionField.REQUIREMENTS: "\n".join(package.text(f"needs.{code}.rejection", "fa") for code in task.codes),
            DecisionField.LETTER_NUMBER: persian_digits(number),
            DecisionField.LETTER_DATE: _day(_dated_on(letter, now), "fa"),
            DecisionField.REVIEW_UNTIL: "",
        },
    )
    return NewDocument(
        uuid=opinion.document_uuid,
        kind=template.code,
        title=package.text(f"documents.{template.code}.title", "fa"),
        source=template.source,
        fields=field_values(package, template.fields, sources, "fa"),
        language="fa",
        letterhead=letterhead_of(people.get_unit(post.unit.body_code)),
        number=number,
        dated_on=_dated_on(letter, now),
        recipient=people.get_unit(package.card.provider.body).name_fa,
        signer=signer_in(signer, post),
        about_kind=task.subject_kind,
        about_uuid=task.uuid,
        sealed_fact=opinion.sealed_fact,
    )
