"""Evidence is taken over once, whole, and whatever was altered is found and named."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.trust.exchange import actions, models, queries
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.adapters.segments import Place, read_on
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.values import EvidenceUnknown, ExchangeNotPrepared, Outcome

from .world import NOW, OURS, STRANGER, VILLAGER, Writer


def take_over(now=NOW) -> int:
    return actions.import_evidence(actor=SYSTEM, now=now)


def names() -> list[str]:
    return [line.request_id for line in queries.list_evidence()]


def codes(**options) -> list[tuple[str, str]]:
    found = queries.verify_evidence(**options)
    return [(finding.code.removeprefix("exchange.evidence."), finding.segment) for finding in found]


def test_evidence_is_taken_over_once_though_asked_twice(writer):
    writer.messages("a", "b", "c")

    assert [take_over(), take_over()] == [3, 0]

    assert names() == ["c", "b", "a"]
    segment = models.Segment.objects.get()
    assert facts.recorded_for(segment.uuid) == ["exchange.evidence-imported"]
    assert codes() == []


def test_only_what_is_under_a_signed_root_is_taken_over(writer):
    writer.messages("sealed")
    writer.message("ended")
    writer.begin("under-way")

    assert take_over() == 1
    writer.log.seal()
    assert take_over() == 1
    writer.end("under-way")
    writer.log.seal()
    assert take_over() == 1

    assert names() == ["under-way", "ended", "sealed"]
    assert codes() == []


def test_a_long_message_is_found_over_many_roots(writer):
    writer.begin("long")
    for number in range(5):
        writer.messages(f"short-{number}")
        take_over()
    writer.end("long")
    writer.log.seal()

    assert take_over() == 1
    assert queries.get_evidence("message-long").problem == ""


def test_a_message_that_goes_over_into_the_next_segment_is_taken_over_from_there(founded):
    writer = Writer(founded, segment_bytes=2000)
    writer.begin("over")
    writer.messages("a", "b")
    writer.log.maintain()
    writer.end("over")
    writer.log.close()

    assert take_over() == 3
    assert models.Segment.objects.filter(finished=True).count() == 2
    assert codes() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["begin", "end", "seal", "read"]), max_size=60))
def test_however_reading_and_writing_interleave_each_sealed_message_is_read_once(prepared_keys, steps):
    shutil.rmtree(prepared_keys.gateway / keys.EVIDENCE)
    (prepared_keys.gateway / keys.EVIDENCE).mkdir()
    public = keys.evidence_keys(prepared_keys)
    writer = Writer(prepared_keys)
    open_names, count, place, read = [], 0, Place(), []
    for step in [*steps, "seal", "read"]:
        if step == "begin":
            count += 1
            writer.begin(str(count))
            open_names.append(str(count))
        elif step == "end" and open_names:
            writer.end(open_names.pop(len(open_names) // 2))
        elif step == "seal":
            writer.log.seal()
        elif step == "read":
            piece = read_on(writer.path, place, public)
            place = piece.place
            read += [message.intent.request_id for batch in piece.batches for message in batch.messages]
    writer.log.abandon()

    assert sorted(read) == sorted({str(name) for name in range(1, count + 1)} - set(open_names))


@pytest.fixture(scope="module")
def prepared_keys(tmp_path_factory):
    at = tmp_path_factory.mktemp("exchange")
    told = ExchangeOptions(
        rehearsal=True,
        control=at / "exchange",
        gateway=at / "gateway",
        address="",
        subsystem=OURS,
        server="LR/GOV/governor-office/gateway",
    )
    keys.prepare_rehearsal(told, NOW)
    return told


def alter(path, octet: bytes, other: bytes) -> None:
    data = path.read_bytes()
    assert data.count(octet) >= 1
    path.write_bytes(data.replace(octet, other, 1))


def test_a_segment_altered_before_it_was_taken_over_is_named_and_the_others_go_on(writer, founded):
    writer.messages("a", "b")
    writer.messages("c")
    other = Writer(founded, run="0002-1")
    other.messages("d")
    other.log.close()
    alter(writer.path, b'"status":200', b'"status":404')

    assert [take_over(), take_over()] == [1, 0]

    assert names() == ["d"]
    doubted = models.Segment.objects.get(name=writer.path.name)
    assert doubted.doubt == "exchange.evidence.damaged"
    assert facts.recorded_for(doubted.uuid) == ["exchange.evidence-doubted"]
    assert ("damaged", writer.path.name) in codes()


def test_a_message_that_ended_twice_is_doubted_and_the_others_go_on(writer, founded):
    writer.messages("a")
    other = Writer(founded, run="0002-1")
    other.messages("a", "b")
    third = Writer(founded, run="0003-1")
    third.messages("c")

    assert take_over() == 2

    other.log.abandon()
    third.log.abandon()
    assert sorted(names()) == ["a", "c"]
    assert models.Segment.objects.get(name=other.path.name).doubt == "exchange.evidence.repeated"


def test_a_doubted_segment_is_looked_at_again_and_taken_over_when_it_is_whole(writer):
    writer.messages("a")
    writer.messages("b")
    whole = writer.path.read_bytes()
    alter(writer.path, b'"status":200', b'"status":404')
    take_over()
    writer.path.write_bytes(whole)

    assert take_over(NOW + timedelta(minutes=4)) == 0
    assert take_over(NOW + timedelta(minutes=5)) == 2
    assert codes() == []


def test_a_segment_altered_afterwards_is_found_and_named(writer):
    writer.messages("a", "b")
    writer.messages("c")
    take_over()

    alter(writer.path, b'"status":200', b'"status":404')

    assert codes() == [("damaged", writer.path.name)]


def test_a_segment_that_is_gone_or_cut_is_found_and_named(writer, founded, tmp_path):
    writer.messages("a")
    first_end = writer.path.stat().st_size
    writer.messages("b")
    take_over()
    copy = tmp_path / "copy"
    shutil.copytree(founded.gateway / keys.EVIDENCE, copy)

    (copy / writer.path.name).write_bytes(writer.path.read_bytes()[:first_end])
    assert codes(directory=copy) == [("shortened", writer.path.name), ("rewritten", writer.path.name)]

    (copy / writer.path.name).unlink()
    assert codes(directory=copy) == [("missing", writer.path.name)]
    assert codes() == []


def test_a_segment_written_anew_by_the_holder_of_the_key_is_found(writer, founded):
    writer.messages("a")
    take_over()
    writer.path.unlink()
    forged = Writer(founded)
    forged.messages("b")
    forged.log.close()

    assert codes() == [("rewritten", writer.path.name)]


def test_a_segment_cut_before_it_grows_again_is_doubted(writer):
    writer.messages("a")
    take_over()
    writer.path.write_bytes(writer.path.read_bytes()[:100])

    assert take_over() == 0
    assert models.Segment.objects.get().doubt == "exchange.evidence.shortened"


@pytest.mark.parametrize("change", ["client = 'LR/GOV/other/x'", "subject = ''", "status = 404", "leaf = 1"])
def test_a_row_altered_under_the_table_is_found(writer, change):
    writer.messages("a", "b", "c")
    take_over()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exchange_evidencerow DISABLE TRIGGER record_stands")
        cursor.execute(f"UPDATE exchange_evidencerow SET {change} WHERE request_id = 'c'")  # noqa: S608 (a constant)

    [(code, segment)] = codes()
    assert code in {"row-altered", "proof"}
    assert segment == writer.path.name
    assert queries.get_evidence("message-c").problem != ""
    assert queries.get_evidence("message-a").problem == ""


def test_a_row_taken_away_is_missed(writer):
    writer.messages("a", "b")
    take_over()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exchange_evidencerow DISABLE TRIGGER record_stands")
        cursor.execute("DELETE FROM exchange_evidencerow WHERE request_id = 'a'")

    assert codes() == [("row-missing", writer.path.name)]


def test_evidence_taken_over_stands(writer):
    writer.messages("a")
    take_over()

    with pytest.raises(DatabaseError), transaction.atomic():
        models.EvidenceRow.objects.update(status=404)
    with pytest.raises(DatabaseError), transaction.atomic():
        models.EvidenceBatch.objects.all().delete()


def test_a_person_sees_who_looked_and_nobody_else(writer, founded):
    [given] = queries.list_permits()
    writer.message("a", permit_id=str(given.uuid), issue="%D8%AF%D8%B1%D8%AE%D9%88%D8%A7%D8%B3%D8%AA")
    writer.message("unsent", Outcome.UNSENT)
    writer.message("doubtful", Outcome.IN_DOUBT)
    writer.message("of-another", subject=STRANGER)
    writer.message("of-nobody", subject=None)
    writer.log.seal()
    take_over()

    [doubtful, look] = queries.list_looks_at(VILLAGER)
    assert (doubtful.request_id, doubtful.result, look.result) == ("doubtful", "unknown", "given")
    assert (look.client_name, look.service_name, look.purpose) == ("استانداری", "هویت شخص", "احراز هویت")
    assert (look.legal_basis, look.stated) == ("قانون نمایشی", "درخواست")
    english = queries.list_looks_at("۹۹۹-۱۰۰۰۰۱۲", language="en")[1]
    assert (english.client_name, english.purpose) == ("Governor's office", "Proof of identity")
    assert [one.request_id for one in queries.list_looks_at(STRANGER)] == ["of-another"]
    assert queries.list_looks_at("9991000039") == []


def test_evidence_keeps_no_national_code(writer):
    writer.messages("a")
    take_over()

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM exchange_evidencerow r")
        assert VILLAGER not in cursor.fetchone()[0]


def test_looks_without_their_key_are_trouble_and_not_silence(writer, founded):
    writer.messages("a")
    take_over()
    (founded.gateway / keys.SUBJECT_KEYS).unlink()

    with pytest.raises(ExchangeNotPrepared):
        queries.list_looks_at(VILLAGER)


def test_lists_go_on_after_the_last_line(writer):
    writer.messages(*"abcde")
    take_over()

    pages, after = [], ""
    while page := queries.list_evidence(after=after, limit=2):
        pages.append([line.request_id for line in page])
        after = page[-1].token

    assert pages == [["e", "d"], ["c", "b"], ["a"]]
    assert [line.request_id for line in queries.list_evidence(after="nonsense", limit=1)] == ["e"]


def test_doubtful_messages_have_a_list_of_their_own(writer):
    writer.message("known")
    writer.message("doubtful", Outcome.IN_DOUBT)
    writer.log.seal()
    take_over()

    assert [line.request_id for line in queries.list_in_doubt()] == ["doubtful"]


def test_the_evidence_of_a_message_proves_itself(writer):
    writer.messages("a", "b", "c")
    take_over()

    evidence = queries.get_evidence("message-b")

    assert (evidence.problem, evidence.names_a_person, evidence.attempts) == ("", True, ("b",))
    assert (evidence.line.client, evidence.batch, evidence.segment) == (OURS, 1, writer.path.name)
    assert set(evidence.document) == {"intent", "closing", "index", "size", "path", "root"}
    with pytest.raises(EvidenceUnknown):
        queries.get_evidence("message-b", request_id="c")
    with pytest.raises(EvidenceUnknown):
        queries.get_evidence("unknown")


def test_taking_over_nothing_records_nothing(founded):
    before = Fact.objects.count()

    assert take_over() == 0

    assert Fact.objects.count() == before
