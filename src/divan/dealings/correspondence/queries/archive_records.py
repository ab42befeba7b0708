"""Closed files as they are handed over: read piece by piece, so that ten thousand letters need no more memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.archive import archive_files, due_on
from divan.dealings.correspondence.queries.letters import letters, read_party
from divan.dealings.correspondence.values import RecipientRole, Secrecy
from divan.foundation import files
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing
from divan_libs.persian.jalali import TEHRAN, jalali_year
from divan_libs.transfer import values as transfer

AT_ONCE = 100


def closed_files(body: UUID, *, up_to: Secrecy, file: UUID | None = None) -> tuple[list[models.ArchiveFile], int]:
    """Return the closed files of a body that were not disposed of, and how many more are above a class of secrecy."""
    rows = archive_files().filter(archive_class__body__uuid=body, closed_at__isnull=False, disposed_at=None)
    if file is not None:
        rows = rows.filter(uuid=file)
    found = rows.filter(secrecy__in=up_to.readable).order_by("archive_class__code", "archive_class_id", "number")
    return list(found), rows.exclude(secrecy__in=up_to.readable).count()


def letters_of_files(rows: Iterable[models.ArchiveFile]) -> set[UUID]:
    """Return which letters lie in these files."""
    lies = models.Filing.objects.filter(volume__file__in=list(rows), removed_at=None)
    return set(lies.values_list("letter__uuid", flat=True))


def file_record(row: models.ArchiveFile, name: str) -> transfer.File:
    """Return a closed file as it is handed over; ``name`` is that of the body."""
    plan = row.archive_class
    return transfer.File(
        uuid=str(row.uuid),
        code=f"{plan.code}/{row.number}",
        number=row.number,
        year=jalali_year(row.opened_at),
        title=row.title,
        secrecy=row.secrecy,
        unit=name,
        opened_at=row.opened_at,
        opened_by=_person(row.opened_by),
        closed_at=row.closed_at or row.opened_at,
        closed_by=_person(row.closed_by),
        decision="" if plan.after == "keep" else plan.after,
        years=plan.retention_years,
        due_on=due_on(row),
        basis=plan.legal_basis,
    )


def _person(uuid: UUID | None) -> str:
    if uuid is None:
        return ""
    found = people.find_persons([uuid]).get(uuid)
    return found.full_name if found else str(uuid)


def volume_rows(row: models.ArchiveFile) -> list[models.ArchiveVolume]:
    """Return the volumes of a file in order."""
    return list(models.ArchiveVolume.objects.filter(file=row).order_by("number"))


def volume_record(volume: models.ArchiveVolume, of: transfer.File, elsewhere: Iterable[UUID]) -> transfer.Volume:
    """Return a volume as it is handed over, with the letters that stand elsewhere in the folder."""
    return transfer.Volume(
        uuid=str(volume.uuid),
        code=f"{of.code}/{volume.number}",
        title=of.title,
        opened_at=volume.opened_at,
        opened_by=of.opened_by,
        closed_at=volume.closed_at or of.closed_at,
        closed_by=of.closed_by,
        also=tuple(str(one) for one in elsewhere),
    )


def letters_of_volume(volume: models.ArchiveVolume) -> list[UUID]:
    """Return which letters lie in a volume, in the order in which they came."""
    lies = models.Filing.objects.filter(volume=volume, removed_at=None).order_by("id")
    return list(lies.values_list("letter__uuid", flat=True))


def letter_records(
    volume: models.ArchiveVolume, wanted: list[UUID], exported: set[UUID], body: str
) -> Iterator[transfer.Record]:
    """Yield letters of a volume as they are handed over; relations are told as far as the other letter is exported."""
    for start in range(0, len(wanted), AT_ONCE):
        piece = wanted[start : start + AT_ONCE]
        rows = {row.uuid: row for row in letters().filter(uuid__in=piece)}
        filings = models.Filing.objects.filter(volume=volume, removed_at=None, letter__uuid__in=piece)
        filed = {one.letter_id: one for one in filings}
        for uuid in piece:
            yield _record(rows[uuid], filed[rows[uuid].id], exported, body)


def _record(row: models.Letter, filing: models.Filing, exported: set[UUID], body: str) -> transfer.Record:
    # What is exported may be many thousands of letters: told apart here, a letter has a few relations.
    others = models.Relation.objects.filter(letter=row).values_list("other__uuid", flat=True)
    related = [other for other in others if other in exported]
    answers = models.Relation.objects.filter(other=row, kind="answers").order_by("id")
    answered = next((one for one in answers.values_list("letter__uuid", flat=True) if one in exported), None)
    at = row.registered_at or filing.filed_at
    return transfer.Record(
        uuid=str(row.uuid),
        number=row.number or (f"{row.register.code}/{row.year}/{row.count}" if row.register else ""),
        year=row.year or 0,
        count=row.count or 0,
        direction=row.direction,
        title=row.subject,
        secrecy=row.secrecy,
        registered_at=at,
        filed_at=filing.filed_at,
        filed_by=_person(filing.filed_by),
        parties=tuple(_parties(row, body)),
        documents=tuple(_documents(row, at)),
        movements=tuple(_movements(row)),
        keywords=tuple(row.keywords),
        refers=tuple(str(one) for one in dict.fromkeys(related) if one != row.uuid),
        answered_by=str(answered) if answered else "",
        closed_at=row.closed_at,
        closing=row.closing,
        received_at=row.received_at,
        dated_on=row.their_date or at.astimezone(TEHRAN).date(),
        due_on=row.deadline_at.astimezone(TEHRAN).date() if row.deadline_at else None,
        unit=body,
        more=(("wording", row.wording), ("html", row.body_html), ("their_number", row.their_number)),
    )


def _parties(row: models.Letter, body: str) -> Iterator[transfer.Party]:
    sender = read_party(row.sender)
    yield transfer.Party(role="sender", name=str(sender) if sender else row.signer_name or body)
    recipients = list(models.Recipient.objects.filter(letter=row).order_by("position"))
    for one in recipients:
        name = ", ".join(part for part in (one.name, one.title, one.department, one.organization) if part)
        yield transfer.Party(role="copy" if one.role == RecipientRole.COPY else "receiver", name=name)
    if not recipients:
        yield transfer.Party(role="receiver", name=row.recipient or body)


def _documents(row: models.Letter, at: datetime) -> Iterator[transfer.Document]:
    """Yield the documents of a letter: the issued one or its scan first, then its files."""
    stored: list[tuple[UUID, str, bool, bool]] = []
    document = signing.get_document(row.document_uuid) if row.document_uuid else None
    if document is not None and document.file is not None:
        stored.append((document.file, f"{row.number}.pdf", True, True))
    if row.scan_uuid is not None:
        stored.append((row.scan_uuid, f"{row.number}-scan.pdf", not stored, False))
    attached = models.LetterFile.objects.filter(letter=row, removed_at=None).order_by("position", "id")
    stored += [(one.file_uuid, one.name, not stored and one.role == "origin", False) for one in attached]
    for file, name, main, signed in stored:
        kept = files.get_file(file)
        # One file may belong to several letters; as a document of a letter it has an identifier of its own.
        yield transfer.Document(
            uuid=str(transfer.document_uuid(str(row.uuid), str(file))),
            name=name,
            media_type=kept.media_type,
            size=kept.size,
            sha256=kept.sha256,
            source=files.path_of(kept.sha256),
            main=main,
            signed=signed,
            stored_at=row.registered_at or at,
        )


def _movements(row: models.Letter) -> Iterator[transfer.Movement]:
    referrals = list(models.Referral.objects.filter(letter=row).order_by("id"))
    posts = people.find_posts({one.to_post for one in referrals} | {one.from_post for one in referrals})
    titles = {uuid: post.title_fa for uuid, post in posts.items()}
    for one in referrals:
        yield transfer.Movement(
            to=titles.get(one.to_post, str(one.to_post)),
            by=titles.get(one.from_post, str(one.from_post)),
            sent_at=one.sent_at,
            read_at=one.read_at,
            state=one.state,
            # What was said to one receiver alone stays between the two.
            note="" if one.secret or one.hidden else one.note,
        )
