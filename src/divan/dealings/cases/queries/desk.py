"""What officers have before them at the case desk, beyond the case itself."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from divan.dealings.cases import models
from divan.dealings.cases.values import (
    Case,
    CaseNote,
    KeptAnswers,
    OpinionLetter,
    Pause,
    SimilarCase,
    SimilarCases,
)

NEWEST = 5
"""How many similar cases are told one by one."""

COUNTED = 500
"""Among how many of the newest cases of a place outcomes are counted: a large city must not make a page slow."""


def note_of(row: models.CaseNote) -> CaseNote:
    """Return the value of a row; for the rooms of this context."""
    return CaseNote(uuid=row.uuid, author=row.author, post=row.post_uuid, text=row.text, written_at=row.written_at)


def list_notes(case_uuid: UUID) -> list[CaseNote]:
    """Return the internal notes of a case, oldest first; they are for officers alone."""
    return [note_of(row) for row in models.CaseNote.objects.filter(case__uuid=case_uuid).order_by("id")]


def find_kept_answers(case_uuid: UUID) -> KeptAnswers | None:
    """Return the answers as they stood when a case was last sent back for correction, or None if it never was."""
    row = models.KeptAnswers.objects.filter(case__uuid=case_uuid).order_by("-id").first()
    if row is None:
        return None
    files = models.CaseFile.objects.filter(case__uuid=case_uuid).values_list("file_uuid", "name")
    return KeptAnswers(step=row.step, answers=row.answers, files=dict(files), kept_at=row.kept_at)


def find_pause(case_uuid: UUID) -> Pause | None:
    """Return why the clocks of a case stand still at this moment, or None if they run."""
    row = models.ClockPause.objects.filter(case__uuid=case_uuid, ends_at__isnull=True).first()
    return Pause(reason=row.reason, starts_at=row.starts_at, until=row.until) if row else None


def list_opinion_letters(case_uuid: UUID) -> list[OpinionLetter]:
    """Return the letters that other bodies signed with their opinions, oldest first."""
    rows = models.OpinionLetter.objects.select_related("task").filter(task__case__uuid=case_uuid).order_by("id")
    return [
        OpinionLetter(
            task=row.task.uuid,
            document=row.document,
            letter=row.letter_uuid,
            signed_at=row.signed_at,
            issued_at=row.issued_at,
        )
        for row in rows
    ]


def has_recused(case_uuid: UUID, person: UUID) -> bool:
    """Whether a person has said that they may not decide in a case."""
    return models.Recusal.objects.filter(case__uuid=case_uuid, person=person).exists()


# The versions of a service are few, its cases are many: each version's part walks one index from its newest end.
_SIMILAR = """
    WITH it AS (
        SELECT c.id, c.applicant_id, c.place_code, v.service_id
        FROM cases_case c JOIN catalogue_serviceversion v ON v.id = c.version_id WHERE c.uuid = %(case)s
    ),
    versions AS (SELECT v.id FROM catalogue_serviceversion v JOIN it ON it.service_id = v.service_id),
    here AS (
        SELECT near.*, false AS same
        FROM it CROSS JOIN versions CROSS JOIN LATERAL (
            SELECT c.id, c.uuid, c.number, c.outcome, c.negative, c.decided_at FROM cases_case c
            WHERE c.version_id = versions.id AND c.place_code = it.place_code AND it.place_code <> ''
              AND c.decided_at IS NOT NULL AND c.id <> it.id
            ORDER BY c.decided_at DESC LIMIT %(counted)s
        ) near
    ),
    theirs AS (
        SELECT c.id, c.uuid, c.number, c.outcome, c.negative, c.decided_at, true AS same
        FROM cases_case c JOIN it ON c.applicant_id = it.applicant_id JOIN versions ON versions.id = c.version_id
        WHERE c.decided_at IS NOT NULL AND c.id <> it.id
        ORDER BY c.changed_at DESC LIMIT %(counted)s
    )
    SELECT id, uuid, number, outcome, negative, decided_at, same
    FROM (SELECT * FROM here UNION ALL SELECT * FROM theirs) found
    ORDER BY decided_at DESC, id DESC
"""


def similar_cases(case: Case, *, limit: int = NEWEST) -> SimilarCases:
    """Return decided cases of the same service, of the same place or applicant, with outcomes counted by place."""
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, {"case": case.uuid, "counted": COUNTED})
        rows = cursor.fetchall()
    # A case of the same applicant in the same place comes twice.
    own = {key for key, *_rest, same in rows if same}
    newest: dict[int, SimilarCase] = {}
    counts: dict[str, int] = {}
    for key, uuid, number, outcome, negative, decided_at, same in rows:
        if not same:
            counts[outcome] = counts.get(outcome, 0) + 1
        newest.setdefault(
            key,
            SimilarCase(
                uuid=uuid,
                number=number,
                outcome=outcome,
                negative=negative,
                decided_at=decided_at,
                is_same_applicant=key in own,
            ),
        )
    return SimilarCases(
        newest=tuple(newest.values())[:limit],
        outcomes=tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
