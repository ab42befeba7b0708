"""Questions of a package as fields of a page, and what was sent back as answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from divan.dealings.cases.values import AnswerFault, Case
from divan.foundation.ui.fields import Field, Option, read_answer
from divan.foundation.ui.frame import Link
from divan.front.texts.answers import problem_text
from divan.registers.places import queries as places
from divan.registers.places.values import Level
from divan_libs.servicepack.answers import may_change, visible_answers
from divan_libs.servicepack.evaluation import AnswerValue, Context
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import FileQuestion, Package, PlaceQuestion, Question

FILE_TYPES = {"pdf": ".pdf", "jpeg": ".jpg,.jpeg", "png": ".png"}


def fields_of_page(
    package: Package,
    questions: list[Question],
    context: Context,
    *,
    case: Case,
    language: str,
    sent: QueryDict | None = None,
    faults: tuple[AnswerFault, ...] = (),
    files: tuple[tuple[str, UUID, str], ...] = (),
    province: str = "",
) -> list[Field]:
    """Return the fields of a page with the answers given so far, or as sent when some of them cannot stand."""
    known = visible_answers(package, context)
    wrong: dict[str, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.question, []).append(problem_text(fault.code, fault.facts))
    return [
        _field(
            package,
            question,
            known.get(question.code),
            locked=not may_change(package, question, context),
            case=case,
            language=language,
            sent=sent,
            errors=wrong.get(question.code, []),
            files=files,
            province=province,
        )
        for question in questions
    ]


def _field(
    package: Package,
    question: Question,
    answer: AnswerValue | None,
    *,
    locked: bool,
    case: Case,
    language: str,
    sent: QueryDict | None,
    errors: list[str],
    files: tuple[tuple[str, UUID, str], ...],
    province: str,
) -> Field:
    label = package.text(f"questions.{question.code}.label", language)
    hint = package.find_text(f"questions.{question.code}.hint", language) or ""
    if question.type == "information":
        return Field(question.code, "information", label, package.text(f"questions.{question.code}.body", language))
    if locked and answer is not None:
        return Field(question.code, "information", f"{label}: {answer_in_words(package, question, answer, language)}")
    if isinstance(question, PlaceQuestion):
        return _place_field(question, label, hint, answer, sent=sent, errors=errors, province=province)
    if isinstance(question, FileQuestion):
        return _file_field(question, label, hint, errors=errors, case=case, files=files)
    value: object = read_answer(sent, question.code, question.type) if sent is not None else _typed(answer)
    return Field(
        question.code,
        question.type,
        label,
        hint,
        value,
        errors,
        question.required,
        [
            Option(
                option,
                package.text(f"questions.{question.code}.options.{option}", language),
                package.find_text(f"questions.{question.code}.option-hints.{option}", language) or "",
            )
            for option in getattr(question, "options", ())
        ],
        _limits(question),
    )


def _limits(question: Question) -> Mapping[str, str]:
    longest = getattr(question, "max_length", None)
    return {"maxlength": str(longest)} if longest else {}


def _typed(answer: AnswerValue | None) -> object:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, tuple):
        return list(answer)
    if answer is None or isinstance(answer, date):
        return answer or ""
    return str(answer)


def _place_field(
    question: PlaceQuestion,
    label: str,
    hint: str,
    answer: AnswerValue | None,
    *,
    sent: QueryDict | None,
    errors: list[str],
    province: str,
) -> Field:
    search = (sent.get(f"{question.code}-search", "") if sent is not None else "")[:100]
    chosen = (sent.get(question.code, "") if sent is not None else "") or (answer if isinstance(answer, str) else "")
    found = places.search_places(search, level=Level(question.level.value), within=province, limit=12) if search else []
    options = [Option(place.code, place.name, _where(place.code)) for place in found]
    if chosen and all(option.value != chosen for option in options):
        line = places.lineage(chosen)
        options = [Option(chosen, line[-1].name, _where(chosen)), *options] if line else options
    return Field(question.code, "place", label, hint, chosen, errors, question.required, options, search=search)


def _where(code: str) -> str:
    """Say where a place lies, widest last, because many villages share a name."""
    wider = [place.name for place in places.lineage(code)[1:-1]]
    return " › ".join(wider)


def _file_field(
    question: FileQuestion,
    label: str,
    hint: str,
    *,
    errors: list[str],
    case: Case,
    files: tuple[tuple[str, UUID, str], ...],
) -> Field:
    held = [(file, name) for code, file, name in files if code == question.code]
    kept = None
    if held:
        file, name = held[-1]
        kept = Link(reverse("portal:file", args=[case.uuid, file]), name)
    attributes: dict[str, str | bool] = {"accept": ",".join(FILE_TYPES[kind] for kind in question.accept)}
    if question.max_files > 1:
        attributes["multiple"] = True
    return Field(question.code, "file", label, hint, "", errors, question.required, attributes=attributes, kept=kept)


def given_answers(questions: list[Question], sent: QueryDict) -> dict[str, list[str]]:
    """Return what was sent for the questions of a page, as lists of texts."""
    given: dict[str, list[str]] = {}
    for question in questions:
        answer = read_answer(sent, question.code, question.type)
        given[question.code] = answer if isinstance(answer, list) else [answer]
    return given
