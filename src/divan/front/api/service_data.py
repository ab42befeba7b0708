"""A service package as data in one language: what its pages show to people, for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from divan.front.api.schemas import services as shapes
from divan.registers.catalogue.values import ServiceListing, VersionRef
from divan_libs.servicepack.answer_values import AnyAsked, is_composed, is_rowed, parts_of
from divan_libs.servicepack.fees import period_on
from divan_libs.servicepack.models import Card, DocumentNeed, InquiryNeed, Package, Question, Tariff
from divan_libs.servicepack.models.form import TableQuestion
from divan_libs.servicepack.question_texts import inner_key, inner_questions, key_of

LIMITS = (
    "min_length",
    "max_length",
    "minimum",
    "maximum",
    "min_chosen",
    "max_chosen",
    "earliest_days_ago",
    "max_megabytes",
    "max_files",
    "min_digits",
    "max_digits",
    "min_rows",
    "max_rows",
    "earliest",
    "latest",
)


def version_of(ref: VersionRef) -> shapes.Version:
    """Return a version as it is told to programs; its row's identifiers stay inside."""
    return shapes.Version(number=ref.number, sha256=ref.digest, published_at=ref.published_at)


def line_of(listing: ServiceListing) -> shapes.ServiceLine:
    """Return a line of the list."""
    return shapes.ServiceLine(
        code=listing.code,
        title=listing.title,
        summary=listing.summary,
        body=listing.body_name,
        delivery=listing.delivery,
        version=version_of(listing.version),
    )


def service_of(package: Package, version: VersionRef, language: Literal["fa", "en"], today: date) -> shapes.Service:
    """Return a whole service; of its tariffs, those that are in force today."""
    free = package.fees.free
    return shapes.Service(
        code=package.code,
        edition=package.edition,
        language=language,
        version=version_of(version),
        card=_card(package, language),
        requirements=list(_requirements(package, language)),
        form=[
            shapes.FormPage(
                code=page.code,
                title=package.text(f"pages.{page.code}.title", language),
                show_when=page.show_when,
                questions=[_question(package, question, language) for question in page.questions],
            )
            for page in package.form.pages
        ],
        steps=[
            shapes.Step(
                code=step.code,
                kind=step.kind,
                title=package.text(f"steps.{step.code}.title", language),
                clock=shapes.Length.model_validate(step.clock),
            )
            for step in package.flow.steps
        ],
        free_by=free.law if free else None,
        fees=[fee for tariff in package.fees.tariffs if (fee := _fee(package, tariff, language, today))],
    )


def _card(package: Package, language: str) -> shapes.Card:
    card = package.card
    parent = card.provider.parent_body
    return shapes.Card(
        title=package.text("card.title", language),
        process=package.find_text("card.process", language),
        description=package.text("card.description", language),
        audience=package.text("card.audience", language),
        hours=package.text("card.hours", language),
        output=package.find_text("card.output", language),
        identifier=card.identifier,
        provider=shapes.Body(code=card.provider.body, name=package.text("card.provider", language)),
        parent_body=shapes.Body(code=parent, name=package.text("card.parent-body", language)) if parent else None,
        delivery=card.delivery,
        hand_off_address=card.hand_off_address,
        relations=list(card.relations),
        nature=card.nature,
        levels=list(card.levels),
        life_events=list(card.life_events),
        start_mode=card.start_mode,
        laws=[shapes.Law.model_validate(law) for law in card.laws],
        recipients=shapes.Recipients.model_validate(card.statistics) if card.statistics else None,
        average_time=shapes.Length.model_validate(card.average_time) if card.average_time else None,
        promised_time=shapes.Length.model_validate(card.promised_time) if card.promised_time else None,
        visits_in_person=card.in_person.visits if card.in_person else None,
        ways=_ways(package, card, language),
        questions_and_answers=[
            shapes.Question(
                question=package.text(f"card.faq.{code}.question", language),
                answer=package.text(f"card.faq.{code}.answer", language),
            )
            for code in card.questions_and_answers
        ],
        prepared_by=card.prepared_by.unit if card.prepared_by else None,
        prepared_on=card.prepared_by.on if card.prepared_by else None,
    )


def _ways(package: Package, card: Card, language: str) -> list[shapes.Way]:
    return [
        shapes.Way(
            stage=row.stage,
            channel=row.channel,
            electronic=row.electronic,
            address=row.address,
            reason=package.text(f"card.reasons.{row.reason}", language) if row.reason else None,
        )
        for row in card.access
    ]


def _requirements(package: Package, language: str) -> Iterator[shapes.Requirement]:
    for need in package.needs.requirements:
        yield shapes.Requirement(
            code=need.code,
            kind=need.kind,
            title=package.text(f"needs.{need.code}.title", language),
            help=package.find_text(f"needs.{need.code}.help", language),
            law=need.law,
            data_service=need.data_service if isinstance(need, InquiryNeed) else None,
            optional=need.optional if isinstance(need, DocumentNeed) else False,
        )


def _question(package: Package, question: Question, language: str) -> shapes.FormQuestion:
    key = key_of(question)
    rows = question.rows if isinstance(question, TableQuestion) else ()
    inner = [(one, inner_key(question, one)) for one in inner_questions(question)] if is_rowed(question) else []
    asked = _asked(package, question, key, language)
    return asked.model_copy(
        update={
            "questions": [_asked(package, one, place, language) for one, place in inner],
            "rows": [shapes.Option(code=row, label=package.text(f"{key}.rows.{row}", language)) for row in rows],
        }
    )


def _asked(package: Package, question: AnyAsked, key: str, language: str) -> shapes.FormQuestion:
    """Describe a question as it stands on a page, in a row or over a column, without what it is made of."""
    options: tuple[str, ...] = ("yes", "no") if question.type == "yes-no" else getattr(question, "options", ())
    limits = {name: getattr(question, name, None) for name in LIMITS}
    return shapes.FormQuestion(
        code=question.code,
        type=question.type,
        label=package.text(f"{key}.label", language),
        hint=package.find_text(f"{key}.hint", language),
        required=question.required,
        show_when=question.show_when,
        options=[shapes.Option(code=one, label=package.text(f"{key}.options.{one}", language)) for one in options],
        limits={name: limit for name, limit in limits.items() if limit is not None},
        parts=list(parts_of(question)) if is_composed(question) else [],
        questions=[],
        rows=[],
    )


def _fee(package: Package, tariff: Tariff, language: str, today: date) -> shapes.Fee | None:
    period = period_on(tariff, today)
    if period is None:
        return None
    rows = [
        shapes.FeeRow(
            title=package.text(f"fees.{tariff.code}.rows.{row.code}", language),
            when=row.when,
            rials=row.amount,
            rials_from=row.amount_from,
            rials_by_channel=dict(row.per_channel),
        )
        for row in period.rows
    ]
    title = package.text(f"fees.{tariff.code}.title", language)
    return shapes.Fee(code=tariff.code, title=title, when=tariff.when, law=period.law, rows=rows)
