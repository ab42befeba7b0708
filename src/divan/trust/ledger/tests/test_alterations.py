"""What was altered is named: record, field, what it held; an examination goes on where it was interrupted."""

from __future__ import annotations

from itertools import islice

import pytest

from divan.foundation import facts
from divan.foundation.models import OutgoingMessage
from divan.trust.ledger import queries
from divan.trust.ledger.values import Fault, Part

from .scene import by_hand, let_happen, seal_all

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    ("state = 'failed'", "state", "failed", "queued"),
    ("recipient = '09129999999'", "recipient", "09129999999", "09120000000"),
    ("about_kind = 'cases.case'", "about.0", "cases.case", "ledger.log"),
    ("sent_at = '2026-11-22T09:00Z'", "sent_at", "2026-11-22T09:00:00.000000Z", "nothing"),
    ("gateway_reference = 'x'", "gateway_reference", "x", ""),
]


@pytest.mark.parametrize(("change", "field", "seen", "expected"), ROWS)
def test_the_field_of_a_row_that_was_altered_is_named_with_what_it_held(
    open_log, happen, change, field, seen, expected
):
    _, second, _ = happen(3)
    seal_all()
    by_hand(f"UPDATE foundation_outgoingmessage SET {change} WHERE uuid = %s", second)  # noqa: S608 (of this table)

    (found,) = queries.fsck()

    assert (found.code, found.subject_kind, found.subject_uuid) == (Fault.ROW_ALTERED, "foundation.message", second)
    assert (found.position, found.field, found.seen, found.expected) == (2, field, seen, expected)


def test_where_the_field_cannot_be_told_both_digests_are(open_log, happen):
    (sent,) = happen(1)
    seal_all()
    (fact,) = facts.of_subject(sent)
    by_hand("UPDATE foundation_outgoingmessage SET text = 'another', state = 'failed'")

    (found,) = queries.fsck()

    live = facts.subject_digest(OutgoingMessage.objects.get())
    assert (found.field, found.expected, found.seen) == ("", fact.subject_digest.hex(), live.hex())


FACTS = [
    ("kind = 'foundation.message-sent'", "kind", "foundation.message-sent", "foundation.message-queued"),
    ("subject_sequence = 7", "subject.2", "7", "1"),
    ("subject_digest = sha256('x')", "subject_digest", None, None),
    ("uuid = '00000000-0000-4000-8000-000000000001'", "uuid", "00000000-0000-4000-8000-000000000001", None),
]


@pytest.mark.parametrize(("change", "field", "seen", "expected"), FACTS)
def test_the_field_of_a_fact_that_was_altered_is_named(open_log, happen, change, field, seen, expected):
    _, sent, _ = happen(3)
    seal_all()
    (before,) = facts.of_subject(sent)
    by_hand(f"UPDATE foundation_fact SET {change} WHERE position = 2")  # noqa: S608 (of this table)

    found = next(one for one in queries.fsck() if one.code is Fault.FACT_ALTERED)

    held = {"uuid": str(before.uuid), "subject_digest": before.subject_digest.hex()}
    assert (found.position, found.field, found.expected) == (2, field, expected or held[field])
    assert seen is None or found.seen == seen


def test_an_examination_goes_on_where_it_stopped_and_finds_the_same(open_log, monkeypatch):
    monkeypatch.setattr("divan.trust.ledger.queries.examination.BATCH", 64)
    sent = let_happen(600)
    seal_all()
    by_hand("UPDATE foundation_outgoingmessage SET state = 'failed' WHERE uuid = ANY(%s)", [sent[3], sent[400]])
    by_hand("UPDATE foundation_fact SET kind = 'foundation.message-sent' WHERE position IN (5, 590)")
    (open_log.directory / "tile" / "entries" / "001").write_bytes(b"")
    whole = queries.fsck()
    assert len(whole) == 5

    steps = len(list(queries.fsck_in_steps()))
    for stop in range(1, steps, max(steps // 7, 1)):
        marks, found = {}, []
        for step in islice(queries.fsck_in_steps(marks=dict(marks), found=found), stop):
            if step.mark:
                marks[step.part] = step.mark
                kept = list(found)
        resumed = kept if marks else []
        for step in queries.fsck_in_steps(marks=dict(marks), found=resumed):
            assert step.part is not Part.FILES or Part.FILES not in marks
        assert resumed == whole, (stop, marks)


def test_with_a_beginning_only_what_follows_of_files_and_facts_is_looked_at_and_every_row(open_log):
    sent = let_happen(900)
    seal_all()
    by_hand("UPDATE foundation_fact SET kind = 'foundation.message-sent' WHERE position IN (5, 700)")
    by_hand("UPDATE foundation_outgoingmessage SET state = 'failed' WHERE uuid = %s", sent[3])
    for bundle in ("000", "002"):
        (open_log.directory / "tile" / "entries" / bundle).write_bytes(b"")

    found = queries.fsck(since=600)

    assert [(one.code, one.position) for one in found] == [
        (Fault.BUNDLE_ALTERED, 512),
        (Fault.FACT_ALTERED, 700),
        (Fault.ROW_ALTERED, 4),
    ]
    assert queries.fsck(since=901) == found[2:]
