"""Answers and fees in words: what was told page by page, and what it costs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case
from divan.foundation.ui.frame import Link
from divan.foundation.ui.pieces import Row
from divan.front.questions.drawing import place_name
from divan.front.texts.payments import word
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import may_change, pages_to_show, visible_answers, visible_questions
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.fees import Fee, FeeUndetermined, fee_of
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import APPLICATION, ConsentQuestion, FileQuestion, Package, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """A charge as it is shown: what for, whose money, by which law, and whether that law was read by somebody."""

    title: str
    row: str
    beneficiary: str
    law: str
    amount: int
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFee:
    """What a case costs as far as it is answered; ``lines`` is empty for a free one, ``known`` whether it can be told.

    ``before`` is "submission", the step before which it is paid, or empty where it is not paid here.
    """

    known: bool
    free: bool
    total: int
    paid: int
    lines: tuple[FeeLine, ...]
    before: str

    @property
    def due_now(self) -> bool:
        """Whether something is to be paid before the request is sent."""
        return self.before == "submission" and self.total > self.paid


def shown_fee(package: Package, context: Context, case: Case, language: str) -> ShownFee:
    """Return what a case costs by the answers given so far."""
    need = package.needs.payment
    try:
        fee: Fee | None = fee_of(package, context)
    except FeeUndetermined:
        fee = None
    lines = [
        FeeLine(
            title=package.text(f"fees.{charge.tariff}.title", language),
            row=package.text(f"fees.{charge.tariff}.rows.{charge.row}", language),
            beneficiary=word("beneficiary", charge.beneficiary),
            law=law.title if (law := package.card.law(charge.law)) else charge.law,
            amount=charge.amount,
            confirmed=charge.confirmed,
        )
        for charge in (fee.charges if fee else ())
        if charge.amount
    ]
    return ShownFee(
        known=fee is not None,
        free=fee is not None and fee.total == 0,
        total=fee.total if fee else 0,
        paid=sum(one.amount for one in queries.list_case_invoices(case.uuid) if one.state == "paid"),
        lines=tuple(lines),
        before=need.before if need else "",
    )


NOT_CARRIED = frozenset({"file", "consent"})
"""Types of questions that are answered anew in a renewal or amendment."""


def pages_asked(package: Package, context: Context, case: Case) -> list[str]:
    """Return the pages that are asked of a case, in order.

    Of an application all; of a renewal or amendment those that it names, and those on which something required was not
    carried over from the permit's own case.
    """
    view = Evaluator(package, context).view().pages
    entry = package.flow.entry(case.entry) if case.entry != APPLICATION else None
    if entry is None or case.permit is None:
        return [page.code for page, _questions in view]
    known = queries.get_case(queries.get_permit(case.permit).case).answers
    return [
        page.code
        for page, questions in view
        if page.code in entry.pages or any(_is_new(question, known) for question in questions)
    ]


def _is_new(question: Question, known: Mapping[str, object]) -> bool:
    if not getattr(question, "required", False) or getattr(question, "prefill", None) is not None:
        return False
    return question.type in NOT_CARRIED or question.code not in known


def carried_over(
    package: Package, context: Context, case: Case, asked: Collection[str], language: str
) -> list[tuple[str, list[Row]]]:
    """Return what a renewal or amendment takes over from the permit's own case and does not ask again, in words."""
    if case.entry == APPLICATION:
        return []
    rest = [page.code for page in pages_to_show(package, context) if page.code not in asked]
    told = summaries(package, context, case, language, changing=False, only=rest)
    return [(title, [row for row in rows if row.value]) for title, rows in told]


def summaries(
    package: Package,
    context: Context,
    case: Case,
    language: str,
    *,
    changing: bool,
    pages: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[tuple[str, list[Row]]]:
    """Return the answers of each page in words, with links to change them where they may be changed.

    ``pages`` names the pages that are asked; what stands on others was carried over and is not changed.
    ``only`` names the pages that are told, where not all of them are.
    """
    answers = visible_answers(package, context)
    held = queries.list_case_files(case.uuid)
    parts = []
    for page in pages_to_show(package, context):
        if only is not None and page.code not in only:
            continue
        rows = []
        for question in visible_questions(package, context, page.code):
            if question.type == "information":
                continue
            label = package.text(f"questions.{question.code}.label", language)
            change = reverse("portal:page", args=[case.uuid, page.code]) + "?then=check"
            asked = changing and (pages is None or page.code in pages)
            changeable = asked and may_change(package, question, context)
            links = [Link(change, _("Change"), hidden=label)] if changeable else []
            rows.append(Row(label, _in_words(package, question, answers, held, language), links))
        parts.append((package.text(f"pages.{page.code}.title", language), rows))
    return parts


def _in_words(
    package: Package,
    question: Question,
    answers: Mapping[str, AnswerValue],
    held: list[tuple[str, UUID, str]],
    language: str,
) -> str:
    if isinstance(question, FileQuestion):
        names = [name for code, _file, name in held if code == question.code]
        return _(", ").join(names)
    answer = answers.get(question.code)
    if answer is None:
        return ""
    if isinstance(question, ConsentQuestion):
        return _("Confirmed")
    return answer_in_words(package, question, answer, language, place_name)
