"""The words of a body's basic information: its own, and those that every body begins with."""

from __future__ import annotations

from functools import cache
from importlib import resources
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import Term, TermCategory


@cache
def first_terms() -> dict[TermCategory, tuple[Term, ...]]:
    """Return the words that every body begins with."""
    text = (resources.files("divan.dealings.correspondence") / "terms.yaml").read_text("utf-8")
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    return {
        TermCategory(category): tuple(
            Term(
                uuid=uuid5(NAMESPACE_URL, f"{category}/{code}"),
                category=TermCategory(category),
                code=code,
                text_fa=said["fa"],
                text_en=said["en"],
            )
            for code, said in words.items()
        )
        for category, words in found.items()
    }


def term_of(row: models.Term) -> Term:
    """Return the value of a term's row."""
    return Term(
        uuid=row.uuid,
        category=TermCategory(row.category),
        code=row.code,
        text_fa=row.text_fa,
        text_en=row.text_en,
    )


def list_terms(body: UUID, category: TermCategory) -> list[Term]:
    """Return the words that a body offers in a category: those every body begins with, changed and added to."""
    rows = {row.code: row for row in models.Term.objects.filter(body__uuid=body, category=category)}
    first = [
        term_of(rows[one.code]) if one.code in rows else one
        for one in first_terms()[TermCategory(category)]
        if one.code not in rows or rows[one.code].ended_at is None
    ]
    known = {one.code for one in first_terms()[TermCategory(category)]}
    own = [row for row in rows.values() if row.code not in known and row.ended_at is None]
    return first + [term_of(row) for row in sorted(own, key=lambda row: (row.position, row.id))]


def find_term(body: UUID, category: TermCategory, code: str) -> Term | None:
    """Return a word that a body offers, or None."""
    return next((one for one in list_terms(body, category) if one.code == code), None)


def find_terms(body: UUID, category: str) -> dict[str, tuple[str, str]]:
    """Return the words of a category that a body offers, by code, in both languages."""
    return {one.code: (one.text_fa, one.text_en) for one in list_terms(body, TermCategory(category))}


def term_text(body: UUID, category: TermCategory, code: str, language: str) -> str:
    """Return a word in a language, also one that ended; a code that never was one stands for itself."""
    row = models.Term.objects.filter(body__uuid=body, category=category, code=code).first()
    if row is not None:
        return term_of(row).text(language)
    first = next((one for one in first_terms()[category] if one.code == code), None)
    return first.text(language) if first else code
