"""What is published tells nothing about anybody: not read, not guessed, and after a lawful erasure not even opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from divan.foundation import facts, retention
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.foundation.messages import MESSAGE_QUEUED
from divan.foundation.models import OutgoingMessage
from divan.foundation.retention import MESSAGE_ERASED
from divan.trust.ledger import actions, jobs, models, queries
from divan.trust.ledger.values import EntryUnknown
from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.persian.text import persian_digits
from divan_libs.tlog.commitments import SALT_SIZE
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.receipts import parse_receipt, verify_receipt

from .scene import NOW, message, seal_all

pytestmark = pytest.mark.django_db(transaction=True)

NAME, NATIONAL_CODE, NUMBER, MOBILE = "زهرا کریمی", "0499370899", "26-0001234-81", "09121234567"
LABEL = b"divan/commitment/v1\n"


@pytest.fixture
def told(open_log, happen) -> FactRecord:
    """A sealed fact with what a careless context might put into one, among 299 others."""
    sent = happen(150)
    with transaction.atomic():
        facts.record(
            MESSAGE_QUEUED,
            subject=message(sent[7]),
            actor=SYSTEM,
            at=NOW,
            name=NAME,
            national_code=NATIONAL_CODE,
            number=NUMBER,
            mobile=MOBILE,
        )
    facts.place_facts()
    happen(148)
    seal_all()
    (_, known) = facts.of_subject(sent[7])
    return known


def published(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def hashes_in(directory: Path) -> set[bytes]:
    """Return every hash that strangers see: entries, and the nodes of all tiles."""
    found = set()
    for path in (directory / "tile").rglob("*"):
        if path.is_file():
            content, step = path.read_bytes(), 34 if "entries" in path.parts else 32
            found |= {content[at : at + 32] for at in range(step - 32, len(content), step)}
    return found


def test_each_entry_has_a_salt_of_its_own_of_32_octets(told):
    salts = [bytes(salt) for salt in models.LedgerEntry.objects.values_list("salt", flat=True)]

    assert len(salts) == len(set(salts)) == 300
    assert {len(salt) for salt in salts} == {SALT_SIZE} == {32}
    # No octet of them is always the same, as it would be if they came from a counter or a clock.
    assert all(len({salt[at] for salt in salts}) > 100 for at in range(32))


def test_no_datum_number_or_name_stands_in_the_published_files(told, open_log):
    content = published(open_log.directory)
    written = [
        *(text.encode(coding) for text in (NAME, "کریمی") for coding in ("utf-8", "utf-16-le", "utf-16-be")),
        *(text.encode() for text in (NATIONAL_CODE, NUMBER, MOBILE, *map(persian_digits, (NATIONAL_CODE, MOBILE)))),
        *(NATIONAL_CODE.lstrip("0").encode(), int(NATIONAL_CODE).to_bytes(4, "big")),
        *(told.uuid.bytes, str(told.uuid).encode(), told.uuid.hex.encode()),
        *(told.subject_uuid.bytes, str(told.subject_uuid).encode(), told.kind.encode()),
        *(bytes(salt) for salt in models.LedgerEntry.objects.values_list("salt", flat=True)),
    ]

    assert [one for one in written if one in content] == []
    # Plain hashes of what can be guessed would give it away as surely as the words.
    guessable = [one for text in written[:15] for one in (sha256(text).digest(), sha256(text).hexdigest().encode())]
    assert [one for one in guessable if one in content] == []


def test_a_national_code_cannot_be_guessed_from_the_published_hashes(told, open_log):
    # The guesser knows all else: every other word of the fact, its place in the log, and the first four digits of the
    # code, three of which say where the person was born. 100,000 codes are left, and all are tried.
    before, after = queries.record_of(told).split(NATIONAL_CODE.encode(), maxsplit=1)
    seen = hashes_in(open_log.directory)
    entry = models.LedgerEntry.objects.get(position=told.position)
    neighbour = models.LedgerEntry.objects.get(position=told.position - 1)
    codes = [national_code_with_check_digit(f"{NATIONAL_CODE[:4]}{number:05d}") for number in range(100_000)]
    assert bytes(entry.commitment) in seen
    assert NATIONAL_CODE in codes

    def guessed(salt: bytes) -> list[str]:
        """Return the codes whose commitment, or hash in any plainer form, is among the published ones."""
        hits = []
        for code in codes:
            content = before + code.encode() + after
            commitment = sha256(LABEL + salt + content).digest()
            forms = (commitment, leaf_hash(commitment), sha256(salt + content).digest(), sha256(code.encode()).digest())
            if not seen.isdisjoint(forms):
                hits.append(code)
        return hits

    for salt in (b"", bytes(neighbour.salt)):
        assert guessed(salt) == []
    # With the salt, which is in the receipt alone, the same search finds the code: it is the salt that hides it.
    assert guessed(bytes(entry.salt)) == [NATIONAL_CODE]


def test_after_a_lawful_erasure_the_entry_opens_for_nobody_and_the_log_is_what_it_was(told, open_log):
    content, size = published(open_log.directory), queries.log_state().size
    actions.erase_salt(fact=told.uuid, actor=SYSTEM, now=NOW)

    assert models.LedgerEntry.objects.get(position=told.position).salt is None
    assert published(open_log.directory) == content
    assert queries.fsck() == []
    facts.place_facts()
    seal_all()
    assert queries.fsck() == []
    proved = verify_receipt(
        parse_receipt(queries.find_receipt(told.uuid)),
        [NoteVerifier.parse(open_log.verifier_file.read_text().strip())],
    )
    assert (proved.record, proved.index) == (None, told.position)
    assert proved.checkpoint.size > size


def test_a_lawful_erasure_takes_every_salt_about_one_subject_and_no_other(told, open_log):
    content = published(open_log.directory)
    about = [fact.position for fact in facts.of_subject(told.subject_uuid)]
    given = {"subject": told.subject_uuid, "ground": "court order 12", "actor": SYSTEM, "now": NOW}

    assert actions.erase_salts_about(**given) == len(about) == 2
    assert actions.erase_salts_about(**given) == 0
    with pytest.raises(EntryUnknown):
        actions.erase_salts_about(**given | {"subject": uuid4()})

    without = models.LedgerEntry.objects.filter(salt=None).values_list("position", flat=True)
    assert sorted(without) == sorted(about)
    facts.place_facts()
    erased = facts.after(queries.log_state().size - 1)
    assert [(fact.data["position"], fact.data["ground"]) for fact in erased] == [
        (position, "court order 12") for position in sorted(about)
    ]
    assert published(open_log.directory) == content
    seal_all()
    assert queries.fsck() == []


def without_salt() -> set[int]:
    return set(models.LedgerEntry.objects.filter(salt=None).values_list("position", flat=True))


def test_what_has_outlived_its_retention_is_linked_with_nobody_any_more(told, open_log):
    before, later = hashes_in(open_log.directory), NOW + timedelta(days=181)
    about = {fact.position for fact in facts.of_subject(told.subject_uuid)}
    while retention.let_go(later):
        pass
    facts.place_facts()

    # Nothing happens before the fact that says so is sealed, and then everything at once, but for that fact itself.
    assert (jobs.erase_salts(later), without_salt()) == (0, set())
    seal_all()
    assert jobs.erase_salts(later) == OutgoingMessage.objects.count() > 290
    # All but the first, which says that the log was opened.
    assert without_salt() == set(range(1, 300)) >= about
    assert jobs.erase_salts(later) == 0

    [last] = [fact for fact in facts.of_subject(told.subject_uuid) if fact.position not in about]
    assert (last.kind, queries.find_receipt(last.uuid) is not None) == (MESSAGE_ERASED.code, True)
    facts.place_facts()
    assert {fact.data["ground"] for fact in facts.after(queries.log_state().size - 1)} == {MESSAGE_ERASED.code}
    seal_all()
    entries = {bytes(one) for one in models.LedgerEntry.objects.values_list("commitment", flat=True)}
    assert entries <= hashes_in(open_log.directory)
    assert len(before & entries) == 300
    assert queries.fsck() == []


def test_what_waits_to_be_sealed_undoes_nothing_that_was_erased_before_it(told, open_log):
    later = NOW + timedelta(days=181)
    first, second = OutgoingMessage.objects.order_by("id")[:2]
    erase(first, later)
    facts.place_facts()
    seal_all()
    erase(second, later)
    facts.place_facts()

    assert jobs.erase_salts(later) == 1
    assert len(without_salt()) == 1

    seal_all()
    assert jobs.erase_salts(later) == 1
    assert len(without_salt()) == 2


def erase(row: OutgoingMessage, at: datetime) -> None:
    with transaction.atomic():
        row.recipient = row.text = ""
        row.save(update_fields=["recipient", "text"])
        facts.record(MESSAGE_ERASED, subject=row, actor=SYSTEM, at=at)
