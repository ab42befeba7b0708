"""What a letter said is erased, in the running transaction: words, notes and files; the register's line stays.

Number, days, subject and parties stay, as do the facts: whoever follows the log still sees that there was a letter,
who dealt with it, and by which list it went. Documents that a service issued belong to its case and stay with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from divan.dealings.correspondence import models
from divan.dealings.correspondence.actions.finding import enter_letter
from divan.dealings.correspondence.queries.archive import erased_at
from divan.dealings.correspondence.values.kinds import (
    CONTENT_ERASED,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.errors import NotFound
from divan.trust.signing import queries as signing

ISSUED_HERE = "correspondence.letter"
"""What a document of a letter is about that was written here; those of services are about their cases."""


def erase_letter(letter: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Erase the content of a letter and of everything that hangs on it; again changes nothing."""
    for file in _files_of(letter):
        if not _is_used_elsewhere(file, letter):
            # The bytes leave by the house's own sweep, which survives power cuts; from now on nobody is given them.
            files.let_go(file)
            models.FileText.objects.filter(file_uuid=file).delete()
    for row, cleared in _rows_of(letter):
        _clear(row, cleared, actor=actor, now=now)
    letter.refresh_from_db()
    enter_letter(letter, now)


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


def _clear(row: Any, cleared: dict[str, object], *, actor: Actor, now: datetime) -> None:
    changed = [name for name, value in cleared.items() if getattr(row, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, cleared[name])
    row.save(update_fields=changed)
    facts.record(CONTENT_ERASED, subject=row, actor=actor, at=now)


def _files_of(letter: models.Letter) -> set[UUID]:
    """Return the stored files of a letter: attachments, scan, original, and the documents that were made of it."""
    found = set(models.LetterFile.objects.filter(letter=letter).values_list("file_uuid", flat=True))
    found |= {letter.scan_uuid} if letter.scan_uuid else set()
    for intake in models.Intake.objects.filter(letter=letter):
        found |= {UUID(str(one["file_uuid"])) for one in intake.files if one.get("file_uuid")}
        found |= {intake.original} if intake.original else set()
    documents = signing.list_documents_about(letter.uuid)
    return found | {one.file for one in documents if one.file is not None and one.about_kind == ISSUED_HERE}


def _is_used_elsewhere(file: UUID, letter: models.Letter) -> bool:
    """Whether a letter that is not erased, something that waits, or an issued document still needs a file.

    What passes inside the house is stored once: the sender's document is the receiver's original.
    """
    if models.LetterFile.objects.filter(file_uuid=file).exclude(letter=letter).exclude(name="").exists():
        return True
    if models.Letter.objects.filter(scan_uuid=file).exclude(id=letter.id).exclude(wording="", body_html="").exists():
        return True
    waits = models.Intake.objects.filter(state__in=("waiting", "broken"))
    if waits.filter(Q(original=file) | Q(files__contains=[{"file_uuid": str(file)}])).exists():
        return True
    try:
        document = signing.find_by_sha256(files.get_file(file).sha256)
    except NotFound:
        return False
    if document is None or document.about_uuid == letter.uuid:
        return False
    return document.about_uuid is None or erased_at(document.about_uuid) is None
