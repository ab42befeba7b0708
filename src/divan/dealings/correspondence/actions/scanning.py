"""What comes on paper or from a citizen's own device: uploads are scanned for malware, joined, stored, and taken in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.adapters.pages import count_pages, join_pages
from divan.dealings.correspondence.values import Arrived, Channel, Intake, IntakeFile, PagesUnfit
from divan.foundation import files
from divan.foundation.actors import Actor

JOINED = "letter.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that somebody hands in."""

    name: str
    content: Iterable[bytes]


def take_in_pages(
    *,
    secretariat: UUID,
    channel: Channel,
    key: str,
    arrived: Arrived,
    pages: Sequence[Upload],
    attachments: Sequence[Upload] = (),
    actor: Actor,
    now: datetime,
) -> Intake:
    """Take in a letter whose pages were handed in as pictures or PDFs: they become one document.

    Each upload is checked and scanned before anything is kept of it. Nothing is taken in unless all are sound.

    :raises FileEmpty, FileTooLarge, FileTypeUnknown, FileMislabelled, FileInfected: one of the uploads is not taken.
    :raises ScannerSilent: the scanner gave no verdict; the person may try again.
    :raises PagesUnfit: if the pages cannot be joined.
    :raises SecretariatUnknown: if there is no such open secretariat.
    """
    parts = []
    for upload in pages:
        stored = files.store_upload(name=upload.name, content=upload.content, actor=actor, now=now)
        parts.append((stored, files.read_file(stored.uuid)))
    made: list[IntakeFile] = []
    if parts:
        joined = join_pages([(stored.media_type, content) for stored, content in parts])
        if len(parts) == 1 and parts[0][0].media_type == "application/pdf":
            # One PDF stays byte for byte what was handed in: it may bear signatures.
            whole = parts[0][0]
        else:
            whole = files.store_made(
                name=JOINED, content=joined.content, media_type="application/pdf", actor=actor, now=now
            )
        made.append(IntakeFile(file_uuid=whole.uuid, name=whole.name, role="origin", pages=joined.pages))
    made += [_attachment(one, actor=actor, now=now) for one in attachments]
    return take_in(
        secretariat=secretariat,
        channel=channel,
        key=key,
        arrived=replace(arrived, files=(*arrived.files, *made)),
        actor=actor,
        now=now,
    )


def _attachment(upload: Upload, *, actor: Actor, now: datetime) -> IntakeFile:
    stored = files.store_upload(name=upload.name, content=upload.content, actor=actor, now=now)
    pages = 1
    if stored.media_type == "application/pdf":
        try:
            pages = count_pages(files.read_file(stored.uuid))
        except PagesUnfit:
            # A locked attachment is a file all the same; only its pages are not known.
            pages = 0
    return IntakeFile(file_uuid=stored.uuid, name=stored.name, pages=pages)
