"""Questions as values: what a form asks, with the answer given so far and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from divan.foundation.ui import numbers
from divan.foundation.ui.frame import Link
from divan_libs.persian.jalali import to_jalali

# Kind of a one-line question → how its control behaves. Numbers are text with a keypad: `type=number` refuses Persian
# digits and changes its value under the mouse wheel.
_LINES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "text": {"type": "text"},
        "search": {"type": "search"},
        "number": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code",
            "autocomplete": "off",
        },
        "amount": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code",
            "autocomplete": "off",
        },
        "mobile": {"type": "tel", "class": "form-control form-control--code", "autocomplete": "tel"},
        "email": {
            "type": "email",
            "class": "form-control form-control--code",
            "autocomplete": "email",
            "spellcheck": "false",
        },
        "national-code": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code",
            "autocomplete": "off",
            "spellcheck": "false",
        },
        "postal-code": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code",
            "autocomplete": "postal-code",
        },
        "time": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code form-control--short",
            "autocomplete": "off",
        },
        "identifier": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code",
            "autocomplete": "off",
            "spellcheck": "false",
        },
        "code": {
            "type": "text",
            "class": "form-control form-control--code",
            "autocomplete": "off",
            "spellcheck": "false",
        },
        "one-time-code": {
            "type": "text",
            "inputmode": "numeric",
            "class": "form-control form-control--code",
            "autocomplete": "one-time-code",
        },
        "password": {
            "type": "password",
            "class": "form-control form-control--code",
            "autocomplete": "current-password",
        },
    }
)
_FIGURES = frozenset(
    {"number", "amount", "mobile", "national-code", "postal-code", "one-time-code", "time", "identifier"}
)
_COMPOSED = frozenset({"parts", "rows", "grid"})
_GROUPS = frozenset({"choice", "choices", "yes-no", "date", "place"}) | _COMPOSED
_OTHERS = frozenset({"long-text", "rich-text", "select", "file", "consent", "information", "hidden"})
KINDS = frozenset(_LINES) | _GROUPS | _OTHERS
"""Every kind of question that can be drawn."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, with the id of the control it leads to ("" leads nowhere)."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer; ``group`` heads it in a select, ``hint`` explains it beside a radio or a check box."""

    value: str
    label: str
    hint: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as drawn: with its control's id and whether it is taken."""

    option: Option
    id: str
    taken: bool


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A row of a question in rows or of a grid; ``key`` names it in the form, ``removable`` offers to take it away."""

    key: str
    heading: str
    fields: Sequence[Field]
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A question with its answer so far.

    ``value`` is a string, or a list of strings for choices, or a date (or ``year/month/day``, Jalali, as typed) for a
    date. ``options`` serve choice, choices, select and place. ``attributes`` go to the control (``hx-…``,
    ``maxlength``, ``rows``, ``accept``). ``heading`` sets the label as the heading of its page (one question a page).
    ``unit`` stands beside a number. ``search`` is what was looked for in a place question, ``kept`` the file that was
    given before. ``words`` say an amount in words under its control, which carries the id ``…-words``.

    ``parts`` are the questions of which a question of the kind ``parts`` is made; ``rows`` those of ``rows``
    (``row_name`` is what one more row is called, "" when no row may be added) and of ``grid`` (with ``columns`` as
    headings).
    ``quiet`` leaves the label to screen readers, where a heading of rows and columns says it to the eye.

    :raises ValueError: for a kind that is not in :data:`KINDS`.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    value: Any = ""
    errors: Sequence[str] = ()
    required: bool = True
    options: Sequence[Option] = ()
    attributes: Mapping[str, str | bool] = field(default_factory=dict)
    heading: bool = False
    unit: str = ""
    search: str = ""
    kept: Link | None = None
    words: str = ""
    parts: Sequence[Field] = ()
    rows: Sequence[FieldRow] = ()
    row_name: str = ""
    columns: Sequence[str] = ()
    quiet: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of question: {self.kind}")

    @property
    def id(self) -> str:
        """The id of the field; ids of its controls begin with it."""
        return "q-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)

    @property
    def control_id(self) -> str:
        """The id of the control that an error leads to: the first, where there are several."""
        if self.composed:
            return self.id
        if self.kind == "date":
            return f"{self.id}-day"
        if self.kind == "place":
            return f"{self.id}-search"
        return f"{self.id}-1" if self.grouped and (self.options or self.kind == "yes-no") else self.id

    @property
    def grouped(self) -> bool:
        """Whether several controls answer it, so that a legend stands in place of a label."""
        return self.kind in _GROUPS

    @property
    def composed(self) -> bool:
        """Whether it is made of other questions."""
        return self.kind in _COMPOSED

    def problems(self, place: str = "") -> Iterator[Problem]:
        """Yield what is wrong with it and with the questions it is made of, these with the place they stand at."""
        for text in self.errors:
            yield Problem(_about(place or ("" if self.kind == "consent" else self.label), text), self.control_id)
        for part in self.parts:
            yield from part.problems(numbers.listed(place or self.label, part.label))
        for row in self.rows:
            for inner in row.fields:
                # The label of a cell names its row and column already.
                within = inner.label if inner.quiet else numbers.listed(row.heading, inner.label)
                yield from inner.problems(within)

    @property
    def described_by(self) -> str:
        """The ids of hint and error, for a screen reader."""
        parts = ([f"{self.id}-hint"] if self.hint else []) + ([f"{self.id}-error"] if self.errors else [])
        return " ".join(parts)

    @property
    def template(self) -> str:
        """The template that draws its controls."""
        return "ui/fields/line.html" if self.kind in _LINES else f"ui/fields/{self.kind.replace('-', '_')}.html"

    @property
    def multiple(self) -> bool:
        """Whether more than one option may be taken."""
        return self.kind == "choices"

    @property
    def taken(self) -> frozenset[str]:
        """The values of the options taken."""
        if isinstance(self.value, (list, tuple, set, frozenset)):
            return frozenset(str(one) for one in self.value)
        return frozenset() if self.value is None or self.value == "" else frozenset({str(self.value)})

    @property
    def choices(self) -> list[Choice]:
        """The options with their ids, in order."""
        return [
            Choice(option, f"{self.id}-{number}", option.value in self.taken)
            for number, option in enumerate(self.options, start=1)
        ]

    @property
    def control_attributes(self) -> SafeString:
        """Every attribute of a single control, escaped."""
        behaviour = dict(_LINES.get(self.kind, {"class": "form-control"}))
        merged: dict[str, str | bool] = {"class": "form-control", "id": self.id, "name": self.name, **behaviour}
        if self.described_by:
            merged["aria-describedby"] = self.described_by
        if self.errors:
            merged["aria-invalid"] = "true"
        if self.kind == "select":
            merged["class"] = "form-select"
        return flatatt({**merged, **self.attributes})

    @property
    def group_attributes(self) -> SafeString:
        """The extra attributes for each control of a group."""
        invalid = {"aria-invalid": "true"} if self.errors else {}
        return flatatt({**invalid, **self.attributes})

    @property
    def plain(self) -> Field:
        """The field without extra attributes: what is found by a place question is not itself a search."""
        return replace(self, attributes={})

    @property
    def written(self) -> str:
        """The value as it stands in a one-line control: figures in the digits of the active language."""
        text = "" if self.value is None else str(self.value)
        return numbers.digits(text) if self.kind in _FIGURES else text

    @property
    def date_parts(self) -> tuple[str, str, str]:
        """Year, month and day (Jalali) as they stand in the three controls; what was typed wrong stands as typed."""
        if isinstance(self.value, date):
            year, month, day = to_jalali(self.value)
            return str(year), str(month), str(day)
        parts = str(self.value or "").split("/")
        return (parts[0], parts[1], parts[2]) if len(parts) == 3 else ("", "", "")


class Answers(Protocol):
    """What a form was sent with; ``request.POST`` is one."""

    def get(self, key: str, default: str, /) -> str | None:
        """Return the last value under a name."""

    def getlist(self, key: str) -> list[str]:
        """Return every value under a name."""


def _about(question: str, text: str) -> str:
    """Return what is wrong with the name of the question before it: a list of errors is read away from its fields."""
    if not question:
        return text
    return f"{question} {text}" if question[-1] in "?؟:" else f"{question}: {text}"


def read_date(answers: Answers, name: str) -> str:
    """Return the three parts of a date as ``year/month/day``, as typed, or an empty string where none was given."""
    parts = [(answers.get(f"{name}-{part}", "") or "").strip() for part in ("year", "month", "day")]
    return "/".join(parts) if any(parts) else ""


def read_answer(answers: Answers, name: str, kind: str) -> str | list[str]:
    """Return what was answered to a question of this kind: a list for choices, else a string; never None."""
    if kind == "choices":
        return answers.getlist(name)
    if kind == "date":
        return read_date(answers, name)
    return answers.get(name, "") or ""


@dataclass(frozen=True, slots=True)
class ErrorSummary:
    """All that is wrong on a page, in the order of the page."""

    problems: Sequence[Problem] = ()

    def __bool__(self) -> bool:
        return bool(self.problems)

    @classmethod
    def of(cls, fields: Iterable[Field], general: Iterable[str] = ()) -> ErrorSummary:
        """Gather what is wrong in general and then in each field."""
        problems = [Problem(text) for text in general]
        problems += [problem for one in fields for problem in one.problems()]
        return cls(tuple(problems))

    @classmethod
    def of_form(cls, form: forms.BaseForm) -> ErrorSummary:
        """Gather what is wrong in a Django form."""
        return cls.of((field_of(bound) for bound in form), [str(text) for text in form.non_field_errors()])


_KIND_OF_WIDGET: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choice"),
    (forms.CheckboxInput, "consent"),
    (forms.Select, "select"),
    (forms.Textarea, "long-text"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.EmailInput, "email"),
    (forms.HiddenInput, "hidden"),
    (forms.NumberInput, "number"),
)


def field_of(bound: forms.BoundField, kind: str = "", *, heading: bool = False, unit: str = "") -> Field:
    """Return a field of a Django form as a question; its kind follows from the widget unless given."""
    widget = bound.field.widget
    found = next((name for known, name in _KIND_OF_WIDGET if isinstance(widget, known)), "text")
    value = bound.value()
    return Field(
        name=bound.html_name,
        kind=kind or found,
        label=str(bound.label),
        hint=str(bound.help_text),
        value="" if value is None or found == "password" else value,
        errors=[str(text) for text in bound.errors],
        required=bound.field.required,
        options=[_option(value, label) for value, label in getattr(bound.field, "choices", ())],
        attributes={name: value for name, value in widget.attrs.items() if name not in {"id", "class"}},
        heading=heading,
        unit=unit,
    )


def _option(value: object, label: object) -> Option:
    return Option("" if value is None else str(value), str(label))
