"""The part of a letter's page that shows the cases it opened, and lets whoever deals with it open one."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState
from divan.dealings.correspondence.values import Direction
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.texts.words import TONES, word


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return the cases of a received letter; nothing where there is none and the visitor opens none."""
    letter = reading.content.letter
    if letter.direction is not Direction.INCOMING:
        return None
    opened = queries.list_cases_from_letter(letter.uuid)
    may_open = queries.why_no_case(letter, reading.post) is None
    if not opened and not may_open:
        return None
    return {"letter": letter, "lines": [_line(one, reading) for one in opened], "may_open": may_open}


def _line(case: Case, reading: Reading) -> Mapping[str, object]:
    return {
        "case": case,
        "title": queries.get_package_of(case).text("card.title", reading.language),
        "state": word("case-state", case.state),
        "tone": TONES.get(case.state, ""),
        "address": _address(case, reading),
    }


def _address(case: Case, reading: Reading) -> str:
    """Return where the visitor goes on with a case: to its entry while their post enters it, else to its page."""
    opening = queries.find_opening(case.uuid)
    enters = opening is not None and opening.entered_in == reading.post.uuid
    if enters and case.state in {CaseState.DRAFT, CaseState.CORRECTION}:
        return reverse("backoffice:entry", args=[case.uuid])
    return reverse("backoffice:case", args=[case.uuid]) if queries.may_see_case(reading.post, case) else ""


PART = Part(template="opened", build=build)
