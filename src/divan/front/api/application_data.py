"""An application as data in both languages: what is asked now, what was answered, what is missing, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case
from divan.foundation import clock
from divan.front.api.entrance import spoken
from divan.front.api.question_data import asked_question, find_words, words
from divan.front.api.schemas import applications as shapes
from divan.front.api.schemas.cases import State
from divan.front.api.service_data import version_of
from divan.front.questions.outside import asked_facts, wanted_signatures, wanted_visits
from divan.front.texts.fees import ShownFee, shown_fee
from divan.front.texts.missing import missing_text
from divan.front.texts.words import word
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import AnswerValue, Missing, complete, may_change, to_json
from divan_libs.servicepack.asking import is_required
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import DocumentNeed, Package, Page
from divan_libs.servicepack.models.needs import Need

__all__ = ["Seen", "application_of", "fee_of_case", "find_words", "missing_of", "seen", "words"]

LATER = frozenset({"opinion", "letter"})
"""Kinds of requirements that the body sees to after the case was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case with what its package may know of it at this moment."""

    case: Case
    package: Package
    context: Context


def seen(case: Case) -> Seen:
    """Return a case with its package and context as they are now."""
    package = queries.get_package_of(case)
    today = clock.now().astimezone(TEHRAN).date()
    return Seen(case=case, package=package, context=queries.context_of(case, package, today))


def application_of(one: Seen) -> shapes.Application:
    """Return an application as its applicant fills it in."""
    case, package = one.case, one.package
    missing, fee = complete(package, one.context), shown_fee(package, one.context, case, spoken())
    bundle = queries.find_run_of_case(case.uuid)
    beneficiary = queries.find_beneficiary(case, package, one.context)
    return shapes.Application(
        case=case.uuid,
        service=case.service_code,
        version=version_of(catalogue.get_version(case.version)),
        title=words(package, "card.title"),
        entry=case.entry,
        permit=case.permit,
        bundle=bundle.uuid if bundle else None,
        state=State(code=case.state, text=word("case-state", case.state)),
        revision=queries.revision_of(case.answers),
        pages=_pages(one, missing),
        needs=_needs(one, missing, fee),
        files=[
            shapes.HeldFile(question=code, uuid=file, name=name)
            for code, file, name in queries.list_case_files(case.uuid)
        ],
        beneficiary=shapes.Beneficiary(code=beneficiary.code, name=beneficiary.name or None) if beneficiary else None,
        fee=_fee(fee),
        missing=missing_of(package, missing),
        corrections=[
            State(code=code, text=package.text(f"needs.{code}.rejection", spoken())) for code in case.correction_codes
        ],
        correction_note=case.correction_note,
        **_outside(one),
    )


def missing_of(package: Package, missing: list[Missing] | tuple[Missing, ...]) -> list[shapes.Missing]:
    """Return what is missing, each with its words."""
    return [
        shapes.Missing(
            kind=lack.kind, code=lack.code, page=lack.page, text=missing_text(package, lack.kind, lack.code, spoken())
        )
        for lack in missing
    ]


def fee_of_case(one: Seen) -> shapes.FeeNow:
    """Return what a case costs by the answers given so far."""
    return _fee(shown_fee(one.package, one.context, one.case, spoken()))


def _fee(fee: ShownFee) -> shapes.FeeNow:
    return shapes.FeeNow(
        known=fee.known,
        free=fee.free,
        total_rials=fee.total,
        paid_rials=fee.paid,
        before=fee.before or None,
        charges=[
            shapes.Charge(
                title=line.title,
                row=line.row,
                beneficiary=line.beneficiary,
                law=line.law.words,
                law_confirmed=line.law.confirmed,
                rials=line.amount,
            )
            for line in fee.lines
        ],
    )


def _pages(one: Seen, missing: list[Missing]) -> list[shapes.AskedPage]:
    view = Evaluator(one.package, one.context).view()
    shown = {page.code: {question.code for question in questions} for page, questions in view.pages}
    asked = queries.pages_asked(one.package, one.context, one.case)
    answers = {code: to_json(answer) for code, answer in view.answers.items()}
    lacking = {lack.page for lack in missing if lack.kind == "answer"}
    return [
        shapes.AskedPage(
            code=page.code,
            title=words(one.package, f"pages.{page.code}.title"),
            asked=page.code in asked,
            complete=page.code in shown and page.code not in lacking,
            questions=_questions(one, page, shown.get(page.code, set()), answers),
        )
        for page in one.package.form.pages
    ]


def _questions(one: Seen, page: Page, shown: set[str], answers: Mapping[str, Any]) -> list[shapes.AskedQuestion]:
    return [
        asked_question(
            one.package,
            question,
            shown=question.code in shown,
            locked=not may_change(one.package, question, one.context),
            answer=answers.get(question.code),
        )
        for question in page.questions
    ]


def _needs(one: Seen, missing: list[Missing], fee: ShownFee) -> list[shapes.Need]:
    evaluator = Evaluator(one.package, one.context)
    answers = evaluator.view().answers
    lacking = {lack.code for lack in missing if lack.kind != "answer"}

    def state(need: Need, *, required: bool) -> str:
        if not required:
            return "not-required"
        if need.kind in LATER or (need.kind == "payment" and fee.before != "submission"):
            return "later"
        if isinstance(need, DocumentNeed):
            return "met" if need.question in answers else "open"
        if need.kind == "payment":
            return "open" if fee.due_now or not fee.known else "met"
        # Conditions are judged once nothing else is missing.
        is_open = need.code in lacking or (need.kind == "condition" and bool(missing))
        return "open" if is_open else "met"

    return [
        shapes.Need(
            code=need.code,
            kind=need.kind,
            title=words(one.package, f"needs.{need.code}.title"),
            law=need.law,
            required=required,
            state=state(need, required=required),
        )
        for need in one.package.needs.requirements
        for required in [_is_required(evaluator, need, answers)]
    ]


def _is_required(evaluator: Evaluator, need: Need, answers: Mapping[str, AnswerValue]) -> bool:
    is_optional = isinstance(need, DocumentNeed) and need.optional and need.question not in answers
    return not is_optional and is_required(evaluator, need, answers)


def inquiries_of(case: Case, package: Package) -> list[shapes.Inquiry]:
    """Return what registers were asked for a case."""
    return [
        shapes.Inquiry(
            code=fact.need.code,
            about=fact.about or None,
            state=State(code=fact.need.state, text=fact.state),
            source=fact.source or None,
            asked_at=fact.need.asked_at,
            answered_at=fact.need.answered_at,
        )
        for fact in asked_facts(case, package, spoken())
    ]


def _outside(one: Seen) -> dict[str, Any]:
    signatures = wanted_signatures(one.case, one.package, one.context, spoken())
    visits = wanted_visits(one.case, one.package, one.context, spoken())
    return {
        "inquiries": inquiries_of(one.case, one.package),
        "signatures": [
            shapes.WantedSignature(
                code=wanted.need,
                signer=wanted.signer,
                state=State(code=wanted.code, text=str(wanted.state)),
                note=wanted.note or None,
                valid_until=wanted.until,
                may_ask=wanted.may_ask,
            )
            for wanted in signatures
        ],
        "visits": [
            shapes.WantedVisit(
                code=wanted.need,
                body=wanted.body,
                starts_at=wanted.visit.starts_at if wanted.visit else None,
                ends_at=wanted.visit.ends_at if wanted.visit else None,
            )
            for wanted in visits
        ],
    }
