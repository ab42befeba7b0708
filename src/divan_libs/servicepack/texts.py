"""Which texts a package must and may have; keys follow from codes, so that none is invented twice."""

from __future__ import annotations

from collections.abc import Iterator

from divan_libs.servicepack.models import Card, Package
from divan_libs.servicepack.models.card import FeeRow
from divan_libs.servicepack.question_texts import optional_texts_of, required_texts_of


def required_texts(package: Package) -> Iterator[str]:
    """Yield the keys that must stand in every language."""
    yield from _of_card(package)
    for need in package.needs.requirements:
        yield f"needs.{need.code}.title"
        yield f"needs.{need.code}.rejection"
    for page in package.form.pages:
        yield f"pages.{page.code}.title"
        for question in page.questions:
            yield from required_texts_of(question)
    yield from (f"needs.{need.code}.statement" for need in package.needs.signatures)
    yield from (f"needs.{need.code}.reason" for need in package.needs.appointments)
    for step in package.flow.steps:
        yield f"steps.{step.code}.title"
        yield from (f"actions.{step.code}.{action.code}.label" for action in step.actions)
        yield from (f"steps.{step.code}.reasons.{reason}" for reason in step.reasons)
        yield from (f"tracks.{track.code}.title" for track in step.tracks)
        for question in step.report:
            yield from required_texts_of(question)
    yield from (f"entries.{entry.code}.title" for entry in package.flow.entries)
    yield from (f"pauses.{pause.code}.title" for pause in package.flow.pauses)
    yield from (f"records.{record.code}.title" for record in package.outputs.records)
    yield from (f"outcomes.{outcome.code}.title" for outcome in package.flow.outcomes)
    yield from (f"documents.{document.code}.title" for document in package.outputs.documents)
    yield from (f"messages.{message.code}.text" for message in package.outputs.messages)
    for tariff in package.fees.tariffs:
        yield f"fees.{tariff.code}.title"
        rows = {row.code for period in tariff.periods for row in period.rows}
        yield from (f"fees.{tariff.code}.rows.{row}" for row in sorted(rows))


def optional_texts(package: Package) -> Iterator[str]:
    """Yield the keys that may stand besides; in one language means in both."""
    yield from ("card.process", "card.output", "card.steps-note", "card.fee-note", "card.frequency-note")
    if package.card.permit is not None:
        yield from (f"card.permit.{stage}" for stage in package.card.permit.stages())
    yield from (f"needs.{code}.help" for code in package.card.documents)
    yield from (f"needs.{need.code}.help" for need in package.needs.requirements)
    yield from (f"pages.{page.code}.lead" for page in package.form.pages)
    for question in (*package.form.questions(), *package.flow.report_questions()):
        yield from optional_texts_of(question)
    for step in package.flow.steps:
        yield f"steps.{step.code}.instruction"
        yield f"steps.{step.code}.applicant"
        yield from (f"actions.{step.code}.{action.code}.hint" for action in step.actions)
    yield from (f"outcomes.{outcome.code}.description" for outcome in package.flow.outcomes)
    yield from (f"entries.{entry.code}.lead" for entry in package.flow.entries)


def _of_card(package: Package) -> Iterator[str]:
    card = package.card
    yield from ("card.title", "card.description", "card.audience", "card.provider", "card.hours")
    if card.provider.parent_body is not None:
        yield "card.parent-body"
    if card.visits:
        yield "card.in-person-reason"
    if card.provider.unit is not None:
        yield "card.unit"
    yield from (f"card.reasons.{reason}" for reason in sorted({row.reason for row in card.access if row.reason}))
    for code in card.questions_and_answers:
        yield f"card.faq.{code}.question"
        yield f"card.faq.{code}.answer"
    yield from (f"card.instances.{instance}" for instance in card.instances)
    yield from (f"card.shared.{process}" for process in card.shared_processes)
    yield from (f"card.steps.{step}" for step in card.steps)
    yield from (f"card.forms.{form.code}" for form in card.forms)
    yield from (f"card.fees.{title}" for title in sorted({row.title for row in _fee_rows(card) if row.title}))
    described = {need.code for need in package.needs.requirements}
    yield from (f"needs.{code}.title" for code in sorted(set(documents_of(card)) - described))
    if card.permit is not None:
        yield "card.permit.authority"
        prerequisites = {*card.permit.prerequisites}.union(*(s.prerequisites for s in card.permit.stages().values()))
        yield from (f"card.permit.prerequisites.{code}" for code in sorted(prerequisites))


def documents_of(card: Card) -> Iterator[str]:
    """Yield the codes of all documents that a card names, those of the later stages of a permit as well."""
    yield from card.documents
    for stage in card.permit.stages().values() if card.permit else ():
        yield from stage.documents


def _fee_rows(card: Card) -> Iterator[FeeRow]:
    yield from card.fees
    for stage in card.permit.stages().values() if card.permit else ():
        yield from stage.fees
