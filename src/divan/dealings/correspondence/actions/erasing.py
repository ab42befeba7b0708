"""What a letter said is erased: with its file by an approved list, drafts and refused arrivals after a year.

Of a letter number, days, subject and parties stay, as do the facts: whoever follows the log still sees that there was a
letter, who dealt with it, and by which list it went. Documents that a service issued belong to its case and stay with
it. Of what was refused stays that something came, when, and why it was refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.actions.finding import enter_letter
from divan.dealings.correspondence.queries.archive import erased_at, held_letters
from divan.dealings.correspondence.values import IntakeState, LetterState
from divan.dealings.correspondence.values.kinds import CONTENT_ERASED, CONTENT_OUTLIVED
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.errors import NotFound
from divan.foundation.kinds import FactKind
from divan.trust.signing import queries as signing

ISSUED_HERE = "correspondence.letter"
"""What a document of a letter is about that was written here; those of services are about their cases."""

DRAFTS_KEPT_FOR = timedelta(days=365)
"""From the sending of a letter on, the versions that led to it."""

REFUSED_KEPT_FOR = timedelta(days=365)
"""From its refusal on, what arrived and was refused."""

OF_A_REFUSED_ARRIVAL: Mapping[str, object] = MappingProxyType(
    {"sender": {}, "their_number": "", "subject": "", "read": {}, "files": [], "original": None}
)
"""What is erased of it."""

OF_ITS_LINE: Mapping[str, object] = MappingProxyType(
    dict.fromkeys(("number", "title_fa", "title_en", "sender_fa", "sender_en", "note", "search_text"), "")
)
"""What is erased of the line of a worklist that told of it: it has its words from there."""

AT_ONCE = 100
"""Rows erased in one transaction."""


def erase_letter(letter: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Erase the content of a letter and of everything that hangs on it; again changes nothing."""
    for file in _files_of(letter):
        _let_go(file, letter)
    for row, cleared in _rows_of(letter):
        _clear(row, cleared, CONTENT_ERASED, actor=actor, now=now)
    letter.refresh_from_db()
    enter_letter(letter, now)


@transaction.atomic
def erase_old_versions(*, actor: Actor, now: datetime) -> int:
    """Erase what the versions of letters said that went out a year ago or more; return how many rows that were.

    What is held for a proceeding keeps its versions until the hold is lifted. Again changes nothing.
    """
    rows = (
        models.LetterVersion.objects.select_for_update(of=("self",), skip_locked=True)
        .exclude(subject="", body_html="")
        .filter(id__in=_versions_of_sent_letters(now - DRAFTS_KEPT_FOR)[:AT_ONCE])
        .order_by("id")
    )
    return _clear_all(rows, {"subject": "", "body_html": ""}, actor=actor, now=now)


def _versions_of_sent_letters(before: datetime) -> QuerySet[models.LetterVersion, int]:
    sendings = models.Dispatch.objects.filter(letter=OuterRef("letter"))
    return (
        models.LetterVersion.objects.exclude(subject="", body_html="")
        .filter(letter__state__in=(LetterState.DISPATCHED, LetterState.CLOSED), written_at__lt=before)
        .filter(Exists(sendings.filter(sent_at__lt=before)))
        .exclude(Exists(sendings.filter(sent_at__gte=before)))
        .exclude(letter__in=held_letters())
        .order_by("id")
        .values_list("id", flat=True)
    )


@transaction.atomic
def erase_old_refusals(*, actor: Actor, now: datetime) -> int:
    """Erase who sent, and what said, what arrived and was refused a year ago or more; return how many that were.

    Its files leave with it where nothing else needs them. Again changes nothing.
    """
    rows = list(
        models.Intake.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=IntakeState.REFUSED, ended_at__lt=now - REFUSED_KEPT_FOR)
        .exclude(sender={}, subject="", read={}, files=[], original=None)
        .order_by("id")[:AT_ONCE]
    )
    for row in rows:
        for file in _files_of_intake(row):
            _let_go(file, None, intake=row)
    about = [row.uuid for row in rows]
    lines = models.WorkItem.objects.select_for_update().filter(about_uuid__in=about).order_by("id")
    _clear_all(lines, OF_ITS_LINE, actor=actor, now=now)
    return _clear_all(rows, OF_A_REFUSED_ARRIVAL, actor=actor, now=now)


def _clear_all(rows: Iterable[Any], cleared: Mapping[str, object], *, actor: Actor, now: datetime) -> int:
    return sum(_clear(row, cleared, CONTENT_OUTLIVED, actor=actor, now=now) for row in rows)


def _let_go(file: UUID, letter: models.Letter | None, *, intake: models.Intake | None = None) -> None:
    if not _is_used_elsewhere(file, letter, intake):
        # The bytes leave by the house's own sweep, which survives power cuts; from now on nobody is given them.
        files.let_go(file)
        models.FileText.objects.filter(file_uuid=file).delete()


def _rows_of(letter: models.Letter) -> Iterable[tuple[Any, dict[str, object]]]:
    """Yield the rows that say something of a letter, with what each of them says once it is erased."""
    yield letter, {"wording": "", "body_html": "", "keywords": [], "paper": {}, "search_text": ""}
    below: tuple[tuple[Any, dict[str, object]], ...] = (
        (models.LetterVersion, {"subject": "", "body_html": ""}),
        (models.Remark, {"quote": "", "text": ""}),
        (models.LetterStep, {"remark": ""}),
        (models.Referral, {"note": "", "report": ""}),
        (models.FollowUp, {"note": ""}),
        (models.Recipient, {"text": ""}),
        (models.LetterFile, {"name": "", "description": ""}),
        (models.Intake, {"read": {}, "files": []}),
    )
    for model, cleared in below:
        for row in model._default_manager.select_for_update().filter(letter=letter).order_by("id"):
            yield row, cleared
    about = [letter.uuid]
    for model in (models.Referral, models.LetterStep, models.FollowUp, models.Intake):
        about += model._default_manager.filter(letter=letter).values_list("uuid", flat=True)
    for line in models.WorkItem.objects.select_for_update().filter(about_uuid__in=about).order_by("id"):
        yield line, {"note": "", "search_text": ""}


def _clear(row: Any, cleared: Mapping[str, object], kind: FactKind, *, actor: Actor, now: datetime) -> bool:
    changed = [name for name, value in cleared.items() if getattr(row, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(row, name, cleared[name])
    row.save(update_fields=changed)
    facts.record(kind, subject=row, actor=actor, at=now)
    return True


def _files_of(letter: models.Letter) -> set[UUID]:
    """Return the stored files of a letter: attachments, scan, original, and the documents that were made of it."""
    found = set(models.LetterFile.objects.filter(letter=letter).values_list("file_uuid", flat=True))
    found |= {letter.scan_uuid} if letter.scan_uuid else set()
    for intake in models.Intake.objects.filter(letter=letter):
        found |= _files_of_intake(intake)
    documents = signing.list_documents_about(letter.uuid)
    return found | {one.file for one in documents if one.file is not None and one.about_kind == ISSUED_HERE}


def _files_of_intake(intake: models.Intake) -> set[UUID]:
    found = {UUID(str(one["file_uuid"])) for one in intake.files if one.get("file_uuid")}
    return found | ({intake.original} if intake.original else set())


def _is_used_elsewhere(file: UUID, letter: models.Letter | None, intake: models.Intake | None) -> bool:
    """Whether another letter that is not erased, another arrival, or an issued document still needs a file.

    What passes inside the house is stored once: the sender's document is the receiver's original.
    """
    own = letter.id if letter is not None else 0
    if models.LetterFile.objects.filter(file_uuid=file).exclude(letter_id=own).exclude(name="").exists():
        return True
    if models.Letter.objects.filter(scan_uuid=file).exclude(id=own).exclude(wording="", body_html="").exists():
        return True
    # What became a letter is among the files of that.
    others = models.Intake.objects.filter(state__in=("waiting", "broken", "refused"))
    others = others.exclude(id=intake.id if intake is not None else 0)
    if others.filter(Q(original=file) | Q(files__contains=[{"file_uuid": str(file)}])).exists():
        return True
    try:
        document = signing.find_by_sha256(files.get_file(file).sha256)
    except NotFound:
        return False
    if document is None or (letter is not None and document.about_uuid == letter.uuid):
        return False
    return document.about_uuid is None or erased_at(document.about_uuid) is None
