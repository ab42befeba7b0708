"""A decision as a paper: what the draft says, who drafted and paraphed it, and under what number it was signed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from divan.dealings.cases.values import Case, Decision
from divan.dealings.correspondence import queries as correspondence
from divan.front.backoffice.people_named import Names
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A letter on the table; ``number`` and ``dated_on`` are empty until it is signed.

    A decision that writes no letter has ``is_letter`` false and ``decided_at``; one that silence took is ``deemed``.

    ``requirements`` are the unmet ones in words. ``paraphs`` are names with the moment of each paraph.
    """

    body: str
    parent: str
    subject: str
    recipient: str
    outcome: str
    state: str
    version: int
    requirements: tuple[str, ...]
    wording: str
    drafted_by: str
    paraphs: tuple[tuple[str, datetime], ...]
    signed_by: str = ""
    number: str = ""
    dated_on: date | None = None
    is_letter: bool = True
    deemed: bool = False
    decided_at: datetime | None = None


def paper_of(case: Case, decision: Decision, package: Package, names: Names, language: str) -> Paper:
    """Return the decision of a case as it stands."""
    letter = correspondence.get_letter(decision.letter) if decision.letter else None
    paper = _paper(
        case,
        package,
        language,
        outcome=decision.outcome,
        codes=decision.codes,
        text=decision.text,
        state=word("decision-state", decision.state),
        version=decision.version,
        drafted_by=names.both(decision.drafted_by, decision.drafted_in),
        paraphs=tuple((names.both(one.person, one.post), one.at) for one in decision.paraphs),
        signed_by=names.both(decision.signed_by, decision.signed_in),
        number=str(letter.number) if letter else "",
        dated_on=letter.registered_at.astimezone(TEHRAN).date() if letter and letter.registered_at else None,
    )
    ending = package.flow.outcome(decision.outcome)
    return replace(
        paper,
        is_letter=ending is None or ending.document is not None,
        deemed=decision.deemed,
        decided_at=decision.signed_at,
    )


def proposed_paper(
    case: Case, package: Package, language: str, *, outcome: str, codes: tuple[str, ...], text: str, author: str
) -> Paper:
    """Return what an expert has typed as it would lie on the table; nothing is kept."""
    return _paper(
        case,
        package,
        language,
        outcome=outcome,
        codes=codes,
        text=text,
        state="",
        version=0,
        drafted_by=author,
        paraphs=(),
        signed_by="",
        number="",
        dated_on=None,
    )


def _paper(
    case: Case,
    package: Package,
    language: str,
    *,
    outcome: str,
    codes: tuple[str, ...],
    text: str,
    state: str,
    version: int,
    drafted_by: str,
    paraphs: tuple[tuple[str, datetime], ...],
    signed_by: str,
    number: str,
    dated_on: date | None,
) -> Paper:
    body = people.get_unit(package.card.provider.body)
    ending = package.flow.outcome(outcome)
    # The letter itself is Persian whatever the officer reads, so its own words stay Persian here.
    return Paper(
        body=body.name_fa,
        parent=body.parent_body_fa,
        subject=package.text(f"documents.{ending.document}.title", "fa") if ending and ending.document else "",
        recipient=people.get_person(case.applicant).full_name,
        outcome=package.text(f"outcomes.{outcome}.title", language) if ending else "",
        state=state,
        version=version,
        requirements=tuple(
            package.text(f"needs.{code}.rejection", "fa") for code in codes if code in package.needs.codes
        ),
        wording=text,
        drafted_by=drafted_by,
        paraphs=paraphs,
        signed_by=signed_by,
        number=number,
        dated_on=dated_on,
    )
