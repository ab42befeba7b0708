"""What letters are found by is brought up to date: derived rows, so that no fact is recorded of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries import lexemes
from divan.dealings.correspondence.queries.letters import read_party
from divan.dealings.correspondence.values import Secrecy
from divan.foundation import files
from divan.foundation.errors import NotFound
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN

MOST_LEXEMES = 6000
"""A letter with more distinct words is found by the first of them: a vector of words has an end."""

MOST_ATTEMPTS = 3


@transaction.atomic
def enter_letter(row: models.Letter, now: datetime) -> None:
    """Write what a letter is found by, after what stands in its row, its recipients and its files now."""
    recipients = list(models.Recipient.objects.filter(letter=row, hidden=False).order_by("position"))
    attached = list(models.LetterFile.objects.filter(letter=row, removed_at=None).order_by("position", "id"))
    _await_texts(one.file_uuid for one in attached)
    at = row.registered_at or row.drafted_at or row.received_at or now
    found = [
        *_marks(row, recipients, bool(attached)),
        *lexemes.time_lexemes(row.body_id, at.astimezone(TEHRAN)),
        *_numbers(row),
        *_words(row, recipients, attached),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "letter": row.id,
                "body": row.body_id,
                "secrecy": Secrecy(row.secrecy).rank,
                "at": at,
                "words": list(dict.fromkeys(found))[:MOST_LEXEMES],
            },
        )


_WRITE = """
    INSERT INTO correspondence_letterentry (letter_id, body_id, secrecy, at, words)
    VALUES (%(letter)s, %(body)s, %(secrecy)s, %(at)s, array_to_tsvector(%(words)s::text[]))
    ON CONFLICT (letter_id) DO UPDATE SET body_id = excluded.body_id, secrecy = excluded.secrecy, at = excluded.at,
        words = excluded.words
"""


def _numbers(row: models.Letter) -> list[str]:
    said = [row.number, row.their_number]
    if row.register is not None and row.count is not None:
        said.append(f"{row.register.code}/{row.year}/{row.count}")
        said.append(f"{row.year}/{row.count}")
    return [one for number in said if number for one in lexemes.number_lexemes(number)]


def _marks(row: models.Letter, recipients: list[models.Recipient], has_files: bool) -> list[str]:
    said = {
        "direction": row.direction,
        "kind": row.kind,
        "urgency": row.urgency,
        "secrecy": row.secrecy,
        "state": row.state,
        "numbered": int(row.count is not None),
        "secretariat": row.secretariat.uuid.hex if row.secretariat else "",
        "files": int(has_files or row.scan_uuid is not None),
    }
    marks = [lexemes.mark(name, value) for name, value in said.items()]
    sender = read_party(row.sender)
    names = [str(sender)] if sender else [row.signer_name, row.signer_title, row.body.name_fa]
    marks += lexemes.name_lexemes("from", names)
    marks += lexemes.name_lexemes("to", [row.recipient, *(_named(one) for one in recipients)])
    marks += [lexemes.keyword_lexeme(word) for word in row.keywords]
    return marks + [lexemes.unit_lexeme(unit) for unit in _units(row, recipients)]


def _units(row: models.Letter, recipients: list[models.Recipient]) -> list[UUID]:
    """Return the units that have to do with a letter: of who wrote or signed it, of who got it, of who has it."""
    posts = {row.drafter_post, row.signer_post} - {None}
    posts |= {one.party_uuid for one in recipients if one.party_kind == "post" and one.party_uuid}
    posts |= set(models.Reader.objects.filter(letter=row).values_list("post_uuid", flat=True))
    units = [post.unit.uuid for post in people.find_posts(one for one in posts if one).values()]
    named = [one.party_uuid for one in recipients if one.party_kind in {"unit", "body"} and one.party_uuid]
    return list(dict.fromkeys([*units, *named]))


def _named(one: models.Recipient) -> str:
    return " ".join((one.name, one.title, one.department, one.organization))


def _words(row: models.Letter, recipients: list[models.Recipient], attached: list[models.LetterFile]) -> list[str]:
    sender = read_party(row.sender)
    names = [str(sender) if sender else "", row.recipient, row.signer_name, row.signer_title, *row.keywords]
    names += [_named(one) for one in recipients]
    names += [f"{one.name} {one.description}" for one in attached]
    found = lexemes.words_of(row.subject) + lexemes.words_of(" ".join(names), joined=True)
    found += lexemes.words_of(row.wording)
    texts = models.FileText.objects.filter(file_uuid__in=[one.file_uuid for one in attached], state="read")
    for text in texts.values_list("text", flat=True):
        found += lexemes.words_of(text)
    return found


def _await_texts(file_uuids: Iterable[UUID]) -> None:
    """Lay files in the queue of those whose text is to be read; a file that lies there stays as it is."""
    models.FileText.objects.bulk_create(
        [models.FileText(file_uuid=one) for one in dict.fromkeys(file_uuids)], ignore_conflicts=True
    )


def enter_letter_of(kind: str, subject: UUID, now: datetime) -> None:
    """Bring up to date what the letter of a fact's subject is found by; for what belongs to no letter do nothing."""
    rows = models.Letter.objects.select_related("register", "body", "secretariat")
    if kind == models.Letter.subject_kind:
        row = rows.filter(uuid=subject).first()
    else:
        owner = _OWNERS[kind].objects.filter(uuid=subject).values("letter_id").first()
        row = rows.get(id=owner["letter_id"]) if owner else None
    if row is not None:
        enter_letter(row, now)


_OWNERS: dict[str, type[models.Recipient] | type[models.LetterFile] | type[models.Referral]] = {
    model.subject_kind: model for model in (models.Recipient, models.LetterFile, models.Referral)
}


def begin_reading() -> tuple[UUID, bytes] | None:
    """Take the next file whose text is to be read and count the attempt, or return None if none waits.

    The attempt is counted in a transaction of its own, before a byte is read: what takes the process down is tried
    three times, not for ever.
    """
    waiting = models.FileText.objects.filter(state="waiting")
    with transaction.atomic():
        waiting.filter(attempts__gte=MOST_ATTEMPTS).update(state="unreadable")
        row = waiting.select_for_update(skip_locked=True).order_by("id").first()
        if row is None:
            return None
        row.attempts += 1
        row.save(update_fields=["attempts"])
    power_may_fail("file-text.after-attempt")
    try:
        stored = files.get_file(row.file_uuid)
        content = files.read_file(row.file_uuid) if stored.media_type == "application/pdf" else b""
    except NotFound:
        content = b""
    return row.file_uuid, content


@transaction.atomic
def note_text(file_uuid: UUID, text: str | None, now: datetime) -> None:
    """Keep the text of a file, None for one that cannot be read, and bring the letters of the file up to date."""
    state = "unreadable" if text is None else "read" if text else "silent"
    models.FileText.objects.filter(file_uuid=file_uuid).update(state=state, text=text or "")
    if not text:
        return
    letters = models.LetterFile.objects.filter(file_uuid=file_uuid, removed_at=None).values("letter_id")
    for row in models.Letter.objects.select_related("register", "body", "secretariat").filter(id__in=letters):
        enter_letter(row, now)
