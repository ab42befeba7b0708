"""Every table says what it keeps of persons and for how long."""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from django.apps import apps
from django.db.models import Model

from .reference_program import PACKAGES, marks_of


def lacks(marks: dict[str, str]) -> Iterator[str]:
    if ("pii" in marks) == ("no_pii" in marks):
        yield "carries neither or both of `.. pii:` and `.. no_pii:`"
    if "pii" in marks and not marks.get("retention"):
        yield "keeps personal data without a `.. retention:`"
    yield from (f"has an empty `.. {name}:`" for name, text in marks.items() if not text)


def tables() -> Iterator[type[Model]]:
    yield from (model for model in apps.get_models() if not model._meta.auto_created)


def test_every_table_of_ours_is_marked_in_its_docstring():
    faults = [
        f"{model._meta.label} {lack}"
        for model in tables()
        if model.__module__.startswith("divan.")
        for lack in lacks(marks_of(model.__dict__.get("__doc__") or ""))
    ]

    assert faults == []


def test_every_table_of_a_package_is_marked_in_the_list_and_the_list_names_no_other():
    listed = yaml.safe_load(PACKAGES.read_text(encoding="utf-8"))
    present = {model._meta.label for model in tables() if not model.__module__.startswith("divan.")}

    assert sorted(present - set(listed)) == []
    assert sorted(set(listed) - present) == []
    assert [f"{label} {lack}" for label, marks in listed.items() for lack in lacks(marks)] == []


def test_marks_are_read_with_their_continued_lines():
    docstring = """A row.

    .. pii: the name
       and the number
    .. retention: ten years
    """

    assert marks_of(docstring) == {"pii": "the name and the number", "retention": "ten years"}


def test_a_table_without_retention_or_with_both_marks_is_found():
    assert list(lacks({"pii": "the name"})) == ["keeps personal data without a `.. retention:`"]
    assert list(lacks({})) == ["carries neither or both of `.. pii:` and `.. no_pii:`"]
    assert len(list(lacks({"pii": "the name", "no_pii": "none", "retention": "a year"}))) == 1
