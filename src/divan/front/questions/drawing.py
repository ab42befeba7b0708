"""Draw questions as fields, with what is known or was sent, and what is wrong at the very place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.cases.values import AnswerFault
from divan.foundation.ui import numbers
from divan.foundation.ui.fields import Field, FieldRow, Option, read_answer
from divan.foundation.ui.frame import Link
from divan.front.questions.hints import PART_LABELS, usual_hint
from divan.front.questions.posted import PART_KINDS, row_keys
from divan.front.texts.answers import problem_text
from divan.registers.places import queries as places
from divan.registers.places.values import Level
from divan_libs.servicepack.answer_values import AnswerValue, AnyAsked, Composed, is_composed, parts_of
from divan_libs.servicepack.answer_words import answer_in_words, plate_as_typed
from divan_libs.servicepack.models import FileQuestion, Package, PlaceQuestion, Question
from divan_libs.servicepack.models.form import ChoiceQuestion, GroupQuestion, TableQuestion
from divan_libs.servicepack.question_texts import inner_key, key_of

FILE_TYPES = {"pdf": ".pdf", "jpeg": ".jpg,.jpeg", "png": ".png"}

_KINDS = {
    "money": "amount",
    "organization": "identifier",
    "foreigner-id": "identifier",
    "sheba": "code",
    "plate": "text",
}
_PART_LINES = {"national_code": "national-code", "postal_code": "postal-code"}
_PURPOSES = {
    "postal_code": "postal-code",
    "province": "address-level1",
    "city": "address-level2",
    "lines": "street-address",
    "name": "name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """What all questions of a page share."""

    package: Package
    language: str
    province: str
    sent: QueryDict | None
    wrong: Mapping[str, list[str]]
    files: Mapping[str, Link]

    def text(self, key: str) -> str:
        return self.package.text(key, self.language)

    def find(self, key: str) -> str:
        return self.package.find_text(key, self.language) or ""


def question_fields(
    package: Package,
    questions: Iterable[Question],
    *,
    language: str,
    answers: Mapping[str, AnswerValue],
    sent: QueryDict | None = None,
    faults: Iterable[AnswerFault] = (),
    locked: Collection[str] = (),
    files: Mapping[str, Link] | None = None,
    province: str = "",
    prefix: str = "",
) -> list[Field]:
    """Return the fields of these questions with the answers given so far, or as sent when these are shown again.

    ``locked`` names questions that a register answered; they are told, not asked. ``files`` links what was given
    before, by question. ``province`` narrows the search for places. ``prefix`` goes before every name, so that two
    sets of questions may stand on one page; ``read_posted`` takes it off again.
    """
    wrong: dict[str, list[str]] = {}
    for fault in faults:
        name = ".".join(part for part in (f"{prefix}{fault.question}", fault.at) if part)
        wrong.setdefault(name, []).append(problem_text(fault.code, fault.facts))
    sheet = _Sheet(package=package, language=language, province=province, sent=sent, wrong=wrong, files=files or {})
    fields = []
    for question in questions:
        answer = answers.get(question.code)
        if question.code in locked and answer is not None:
            label = sheet.text(f"{key_of(question)}.label")
            told = answer_in_words(package, question, answer, language, place_name)
            fields.append(Field(f"{prefix}{question.code}", "information", f"{label}: {told}"))
        else:
            fields.append(_with_stray_faults(_outer(sheet, question, f"{prefix}{question.code}", answer), wrong))
    return fields


def place_name(code: str) -> str | None:
    """Return the name of a place with the wider ones before it, or None where the register does not have it."""
    return " › ".join(place.name for place in places.lineage(code)) or None


def _with_stray_faults(field: Field, wrong: Mapping[str, list[str]]) -> Field:
    """Put what is wrong at a place that is not drawn to the whole question, so that no fault goes unsaid."""
    drawn = set(_names(field))
    below = f"{field.name}."
    stray = [text for name, texts in wrong.items() if name.startswith(below) and name not in drawn for text in texts]
    return replace(field, errors=[*field.errors, *stray]) if stray else field


def _names(field: Field) -> Iterable[str]:
    yield field.name
    for part in (*field.parts, *(inner for row in field.rows for inner in row.fields)):
        yield from _names(part)


def _outer(sheet: _Sheet, question: Question, name: str, answer: AnswerValue | None) -> Field:
    key = key_of(question)
    if question.type == "information":
        return Field(name, "information", sheet.text(f"{key}.label"), sheet.text(f"{key}.body"))
    if isinstance(question, GroupQuestion):
        return _group(sheet, question, name, answer)
    if isinstance(question, TableQuestion):
        return _table(sheet, question, name, answer)
    if isinstance(question, FileQuestion):
        return _file(sheet, question, name, key)
    return _asked(sheet, question, name, key, answer)


def _asked(sheet: _Sheet, question: AnyAsked, name: str, key: str, answer: AnswerValue | None) -> Field:
    """Draw a question that has no rows, wherever it stands."""
    label, hint = sheet.text(f"{key}.label"), sheet.find(f"{key}.hint") or usual_hint(question.type)
    errors = sheet.wrong.get(name, [])
    if is_composed(question):
        parts = _parts(sheet, question, name, key, answer)
        return Field(name, "parts", label, hint, "", errors, question.required, parts=parts)
    if isinstance(question, PlaceQuestion):
        return _place(sheet, question, name, label, hint, answer)
    value = _written(question.type, answer) if sheet.sent is None else read_answer(sheet.sent, name, question.type)
    kind = _KINDS.get(question.type, question.type)
    return Field(
        name,
        kind,
        label,
        hint,
        value,
        errors,
        question.required,
        _options(sheet, question, key),
        _attributes(question, name),
        unit=_unit(question.type),
        words=numbers.amount_words(str(value)) if kind == "amount" else "",
    )


def _unit(kind: str) -> str:
    return _("rials") if kind == "money" else ""


def _options(sheet: _Sheet, question: AnyAsked, key: str) -> list[Option]:
    codes = ("yes", "no") if question.type == "yes-no" else getattr(question, "options", ())
    return [
        Option(code, sheet.text(f"{key}.options.{code}"), sheet.find(f"{key}.option-hints.{code}")) for code in codes
    ]


def _attributes(question: AnyAsked, name: str) -> dict[str, str | bool]:
    if question.type == "money":
        return {
            "hx-get": reverse("amount-in-words"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": f"#{Field(name, 'amount', '').id}-words",
            "hx-swap": "textContent",
            "hx-sync": "this:replace",
        }
    if question.type == "plate":
        # A plate is written from right to left whatever the page's language: digits, letter, digits, region.
        return {"dir": "rtl", "autocomplete": "off", "class": "form-control form-control--plate"}
    if question.type == "sheba":
        return {"class": "form-control form-control--code form-control--account"}
    longest = getattr(question, "max_length", None)
    return {"maxlength": str(longest)} if longest else {}


def _written(kind: str, answer: AnswerValue | None) -> object:
    """Return an answer as it stands in its control."""
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, tuple):
        return [str(one) for one in answer]
    if kind == "money" and isinstance(answer, int):
        return numbers.number(answer)
    if kind == "plate":
        return plate_as_typed(str(answer), numbers.language())
    if kind == "sheba":
        return " ".join(str(answer)[at : at + 4] for at in range(0, len(str(answer)), 4))
    return answer if isinstance(answer, date) else str(answer)


def _parts(sheet: _Sheet, question: Composed, name: str, key: str, answer: AnswerValue | None) -> list[Field]:
    given = answer if isinstance(answer, Mapping) else {}
    fields = []
    for part in parts_of(question):
        inner = f"{name}.{part}"
        kind = PART_KINDS.get(part, _PART_LINES.get(part, "text"))
        value = _written(kind, given.get(part)) if sheet.sent is None else read_answer(sheet.sent, inner, kind)
        purpose = {"autocomplete": _PURPOSES[part]} if part in _PURPOSES else {}
        field = Field(
            inner,
            kind,
            sheet.text(f"{key}.declaration") if part == "declared" else str(PART_LABELS[part]),
            "",
            value,
            sheet.wrong.get(inner, []),
            not (part == "postal_code" and getattr(question, "postal_code_optional", False)),
            attributes={"rows": "2", **purpose} if kind == "long-text" else purpose,
        )
        fields.append(field)
    return fields


def _group(sheet: _Sheet, question: GroupQuestion, name: str, answer: AnswerValue | None) -> Field:
    key = key_of(question)
    given: Sequence[object] = answer if isinstance(answer, tuple) else ()
    least = question.min_rows if question.required else 0
    if sheet.sent is None:
        keys = [str(number) for number in range(max(len(given), least))]
    else:
        keys = row_keys(question, sheet.sent, name)
    heading = sheet.text(f"{key}.row")
    rows = []
    for number, row in enumerate(keys):
        known = given[number] if sheet.sent is None and number < len(given) else {}
        fields = [
            _asked(
                sheet,
                inner,
                f"{name}.{row}.{inner.code}",
                inner_key(question, inner),
                known.get(inner.code) if isinstance(known, Mapping) else None,
            )
            for inner in question.questions
        ]
        rows.append(FieldRow(row, f"{heading} {numbers.digits(number + 1)}", fields, removable=len(keys) > least))
    return Field(
        name,
        "rows",
        sheet.text(f"{key}.label"),
        sheet.find(f"{key}.hint"),
        "",
        sheet.wrong.get(name, []),
        question.required,
        rows=rows,
        row_name=heading if len(keys) < question.max_rows else "",
    )


def _table(sheet: _Sheet, question: TableQuestion, name: str, answer: AnswerValue | None) -> Field:
    key = key_of(question)
    given = answer if isinstance(answer, Mapping) else {}
    rows = []
    for row in question.rows:
        heading, known = sheet.text(f"{key}.rows.{row}"), given.get(row)
        cells = []
        for column in question.columns:
            value = known.get(column.code) if isinstance(known, Mapping) else None
            cell = _asked(sheet, column, f"{name}.{row}.{column.code}", inner_key(question, column), value)
            kind = "select" if isinstance(column, ChoiceQuestion) else cell.kind
            cells.append(replace(cell, kind=kind, label=numbers.listed(heading, cell.label), hint="", quiet=True))
        rows.append(FieldRow(row, heading, cells))
    return Field(
        name,
        "grid",
        sheet.text(f"{key}.label"),
        sheet.find(f"{key}.hint"),
        "",
        sheet.wrong.get(name, []),
        question.required,
        rows=rows,
        columns=[sheet.text(f"{inner_key(question, column)}.label") for column in question.columns],
    )


def _place(
    sheet: _Sheet, question: PlaceQuestion, name: str, label: str, hint: str, answer: AnswerValue | None
) -> Field:
    sent = sheet.sent
    search = (sent.get(f"{name}-search", "") if sent is not None else "")[:100]
    chosen = (sent.get(name, "") if sent is not None else "") or (answer if isinstance(answer, str) else "")
    level = Level(question.level.value)
    found = places.search_places(search, level=level, within=sheet.province, limit=12) if search else []
    options = [Option(place.code, place.name, _where(place.code)) for place in found]
    if chosen and all(option.value != chosen for option in options):
        line = places.lineage(chosen)
        options = [Option(chosen, line[-1].name, _where(chosen)), *options] if line else options
    errors = sheet.wrong.get(name, [])
    return Field(name, "place", label, hint, chosen, errors, question.required, options, search=search)


def _where(code: str) -> str:
    """Say where a place lies, widest last, because many villages share a name."""
    return " › ".join(place.name for place in places.lineage(code)[1:-1])


def _file(sheet: _Sheet, question: FileQuestion, name: str, key: str) -> Field:
    attributes: dict[str, str | bool] = {"accept": ",".join(FILE_TYPES[kind] for kind in question.accept)}
    if question.max_files > 1:
        attributes["multiple"] = True
    return Field(
        name,
        "file",
        sheet.text(f"{key}.label"),
        sheet.find(f"{key}.hint"),
        "",
        sheet.wrong.get(name, []),
        question.required,
        attributes=attributes,
        kept=sheet.files.get(question.code),
    )
