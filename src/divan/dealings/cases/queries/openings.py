"""From which letter a case was opened, which cases a letter opened, and what of a letter a form can take over."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from divan.dealings.cases import models, rules
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import Case, CaseOpening, CaseUnknown
from divan.dealings.correspondence import queries as letters
from divan.dealings.correspondence.values import Direction, Letter, ReferralState, Secrecy
from divan.registers.people.values import Post
from divan_libs.servicepack.answers import may_change, pages_to_show, visible_questions
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import FileQuestion, LongTextQuestion, Package, Question

MOST_SECRET = Secrecy.CONFIDENTIAL
"""Letters above this class open no case: what stands in a case is read by every post it passes."""


def why_no_case(letter: Letter, post: Post) -> str | None:
    """Return why no case is opened from a letter by a post that reads it, or None.

    Who keeps the secretariat of the letter, and who has it referred, deal with it; others only read it.
    """
    if letter.direction is not Direction.INCOMING:
        return "not-received"
    if letter.secrecy.rank > MOST_SECRET.rank:
        return "too-secret"
    if letters.erased_at(letter.uuid) is not None:
        return "erased"
    if post.limit is not None and not post.limit.opens_cases:
        return "not-yours"
    referral = letters.find_own_referral(letter.uuid, post.uuid)
    has_it = referral is not None and referral.state is ReferralState.OPEN
    keeps = letter.secretariat_uuid is not None and letters.keeps(post, letter.secretariat_uuid)
    return None if has_it or keeps else "not-yours"


def find_opening(case: UUID) -> CaseOpening | None:
    """Return from which letter a case was opened, or None where its applicant applied here."""
    row = models.CaseLetter.objects.select_related("case").filter(case__uuid=case).first()
    if row is None:
        return None
    return CaseOpening(
        case=row.case.uuid,
        letter=row.letter_uuid,
        entered_by=row.entered_by,
        entered_in=row.entered_in,
        entered_at=row.entered_at,
    )


def list_cases_from_letter(letter: UUID) -> list[Case]:
    """Return the cases that were opened from a letter and not given up, oldest first."""
    opened = models.CaseLetter.objects.filter(letter_uuid=letter).values("case_id")
    rows = models.Case.objects.named().filter(id__in=opened).exclude(state="abandoned").order_by("id")
    return [case_of(row) for row in rows]


def get_entered_case(case: UUID, post: Post) -> Case:
    """Return a case whose answers the holder of a post enters from a letter now.

    :raises CaseUnknown: if there is none, another post enters it, or its answers stand: the three are not told apart.
    """
    mine = models.CaseLetter.objects.filter(entered_in=post.uuid).values("case_id")
    row = models.Case.objects.named().filter(uuid=case, id__in=mine, state__in=rules.EDITABLE).first()
    if row is None or (post.limit is not None and not post.limit.opens_cases):
        raise CaseUnknown
    return case_of(row)


def questions_for_words(package: Package, context: Context) -> list[Question]:
    """Return the questions whose answer may be the words of a letter."""
    return [one for one in _open_questions(package, context) if isinstance(one, LongTextQuestion)]


def questions_for_files(package: Package, context: Context, media_types: Collection[str]) -> list[FileQuestion]:
    """Return the questions that take files of one of these types."""
    return [
        one
        for one in _open_questions(package, context)
        if isinstance(one, FileQuestion) and any(rules.MEDIA_TYPES[kind] in media_types for kind in one.accept)
    ]


def _open_questions(package: Package, context: Context) -> list[Question]:
    return [
        question
        for page in pages_to_show(package, context)
        for question in visible_questions(package, context, page.code)
        if may_change(package, question, context)
    ]
