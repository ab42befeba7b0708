"""Pages to show, what people type, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from divan_libs.persian.text import search_terms
from divan_libs.servicepack.answer_values import (
    AnswerProblem,
    AnswerValue,
    Raw,
    is_composed,
    raise_gathered,
    raw_of,
)
from divan_libs.servicepack.asking import is_required, names_somebody
from divan_libs.servicepack.composed_answers import parse_composed, parse_group, parse_table, texts_of, typed_rows
from divan_libs.servicepack.evaluation import Context, Evaluator, Fact, is_locked
from divan_libs.servicepack.models import (
    AppointmentNeed,
    ConditionNeed,
    InquiryNeed,
    InquiryState,
    MandateNeed,
    Package,
    Page,
    PaymentNeed,
    Question,
    SignatureNeed,
)
from divan_libs.servicepack.models.form import (
    GroupQuestion,
    SignatureQuestion,
    TableQuestion,
)
from divan_libs.servicepack.models.needs import Need
from divan_libs.servicepack.simple_answers import parse_simple
from divan_libs.servicepack.stored_answers import from_json, to_json

__all__ = [
    "MAX_RAW",
    "MAX_RAW_OF_ROWS",
    "AnswerProblem",
    "AnswerValue",
    "Missing",
    "Raw",
    "check_answer",
    "complete",
    "from_json",
    "may_change",
    "pages_to_show",
    "parse_answer",
    "raise_gathered",
    "raw_of",
    "to_json",
    "typed_rows",
    "visible_answers",
    "visible_questions",
]

MAX_RAW = 20_000
"""Characters read from one question at most, before any limit of its own."""

MAX_RAW_OF_ROWS = 200_000
"""Characters read from a group or a table at most."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a case from being submitted.

    ``kind`` is ``answer`` (``code`` is the question's), or that of a requirement (``code`` is its): ``inquiry`` and
    ``mandate`` (not asked, or in a ``state`` that may not proceed), ``signature``, ``appointment``, ``payment`` or
    ``condition``.
    """

    kind: str
    code: str
    page: str | None = None
    state: str | None = None


def pages_to_show(package: Package, context: Context) -> list[Page]:
    """Return the pages that are shown for these answers and facts, in order."""
    return [page for page, _ in Evaluator(package, context).view().pages]


def visible_questions(package: Package, context: Context, page: str | None = None) -> list[Question]:
    """Return the visible questions, of one page or of all."""
    view = Evaluator(package, context).view()
    return [question for shown, questions in view.pages if page in (None, shown.code) for question in questions]


def visible_answers(package: Package, context: Context) -> dict[str, AnswerValue]:
    """Return the answers that count: given or known, and not hidden."""
    return dict(Evaluator(package, context).view().answers)


def may_change(package: Package, question: Question, context: Context) -> bool:
    """Return whether the applicant may type an answer; a locked one given by a register stands."""
    return not is_locked(package, question, context)


def complete(package: Package, context: Context) -> list[Missing]:
    """Return what is still missing; an empty list means that the case may be submitted.

    An optional question may stay open, and so may the file of a document that is not required of this case. An inquiry
    must have come to a state in which its requirement may proceed, unless nobody is named whom it could be about.
    """
    evaluator = Evaluator(package, context)
    view = evaluator.view()
    required = [need for need in package.needs.requirements if is_required(evaluator, need, view.answers)]
    spared = {need.question for need in package.needs.documents if need not in required}
    missing = [
        Missing("answer", question.code, page.code)
        for page, questions in view.pages
        for question in questions
        if question.required and question.code not in view.answers and question.code not in spared
    ]
    for need in required:
        missing += _missing_of(package, need, context, view.answers)
    if not missing:
        conditions = [need for need in required if isinstance(need, ConditionNeed)]
        missing += [
            Missing("condition", need.code) for need in conditions if not evaluator.holds(need.expression, view.answers)
        ]
    return missing


def _missing_of(
    package: Package, need: Need, context: Context, answers: Mapping[str, AnswerValue]
) -> Iterator[Missing]:
    if isinstance(need, InquiryNeed | MandateNeed):
        fact = context.facts.get(need.fact, Fact())
        if names_somebody(package, need, answers) and not fact.may_proceed(need.proceeds_when):
            kind = "mandate" if isinstance(need, MandateNeed) else "inquiry"
            yield Missing(kind, need.code, state=str(fact.state))
    elif isinstance(need, SignatureNeed | AppointmentNeed | PaymentNeed) and need.code in context.unfulfilled:
        yield Missing(need.kind, need.code)


def parse_answer(question: Question, raw: Raw, *, today: date, at: datetime | None = None) -> AnswerValue | None:
    """Return the answer that was typed, or None if an optional question was left open.

    Persian, Arabic and Latin digits, ي/ك and stray spaces are accepted; dates are Jalali. Questions of several parts
    and groups take a mapping of parts (``raw_of`` makes it of a form's flat names), groups also a list of mappings.
    ``at`` is the moment kept with a signature.

    :raises AnswerProblem: if it is no answer to this question.
    """
    longest = MAX_RAW_OF_ROWS if isinstance(question, GroupQuestion | TableQuestion) else MAX_RAW
    if _size(raw, longest) > longest:
        raise AnswerProblem("answers.too-long", maximum=longest)
    if isinstance(question, GroupQuestion):
        return parse_group(question, raw, today)
    if isinstance(question, TableQuestion):
        return parse_table(question, raw, today)
    if is_composed(question):
        return parse_composed(question, raw, today=today, at=at)
    return parse_simple(question, texts_of(raw), today)


def _size(raw: Raw, enough: int) -> int:
    """Return how many characters were typed; counting ends soon after there are enough."""
    if isinstance(raw, str):
        return len(raw)
    size = 0
    for inner in raw.values() if isinstance(raw, Mapping) else raw:
        size += 1 + _size(inner, enough)
        if size > enough:
            break
    return size


def check_answer(package: Package, question: Question, value: AnswerValue, context: Context) -> None:
    """Check an answer against what registers know: a signature bears the registered name where the package says so.

    Spaces, half spaces, hamzas and the two kinds of ی and ک do not count. Where the register has not answered, the
    package's requirement decides, not the signature.

    :raises AnswerProblem: ``answers.signature.other-name``.
    """
    if not isinstance(question, SignatureQuestion) or question.name_from is None or not isinstance(value, Mapping):
        return
    source = question.name_from
    need = next((need for need in package.needs.inquiries if need.code == source.need), None)
    fact = context.facts.get(need.fact) if need else None
    if fact is None or fact.state is not InquiryState.MATCHED:
        return
    registered = " ".join(str(fact.fields.get(field, "")) for field in source.fields)
    if _closed_up(registered) != _closed_up(str(value.get("name", ""))):
        raise AnswerProblem("answers.signature.other-name", part="name")


def _closed_up(name: str) -> str:
    return "".join(search_terms(name))
