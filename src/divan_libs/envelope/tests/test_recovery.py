"""What is left of a log after a crash, and how it is completed."""

from divan_libs.envelope.evidence.frames import write_group
from divan_libs.envelope.evidence.proofs import evidence_in, verify_message
from divan_libs.envelope.evidence.records import Closing, Kind
from divan_libs.envelope.evidence.recovery import recover
from divan_libs.envelope.evidence.segments import read_segment
from divan_libs.envelope.tests.evidence_makers import (
    NOW,
    PUBLIC,
    SIGNER,
    abandon,
    closing,
    codes,
    ended,
    new_log,
    opened,
)


def test_recovery_closes_what_was_under_way_as_in_doubt_and_loses_nothing(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a"), opened("b"), opened("c")])
    log.commit([ended("a")])
    abandon(log)
    with log.path.open("ab") as torn:
        torn.write(write_group([(Kind.CLOSING, closing("b"))], log._segment.end)[:-3])

    found = recover(tmp_path, SIGNER, now=NOW)

    assert [record.request_id for record in found.in_doubt] == ["b", "c"]
    assert found.torn == {log.path.name: len(write_group([(Kind.CLOSING, closing("b"))], 0)) - 3}
    assert found.damaged == {}
    proven = {
        verify_message(evidence, PUBLIC)[1].request_id: verify_message(evidence, PUBLIC)[1].outcome
        for evidence in evidence_in(read_segment(log.path).records)
    }
    assert proven == {"a": "answered", "b": "in-doubt", "c": "in-doubt"}
    assert codes(tmp_path) == []
    again = recover(tmp_path, SIGNER, now=NOW)
    assert (again.completed, again.in_doubt) == ([], [])


def test_recovery_that_was_itself_killed_is_done_again(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a"), opened("b")])
    log.commit([ended("a")])
    abandon(log)
    left = log.path.read_bytes()
    recover(tmp_path, SIGNER, now=NOW)
    whole = log.path.read_bytes()

    for cut in range(len(left), len(whole), 17):
        log.path.write_bytes(whole[:cut])
        recover(tmp_path, SIGNER, now=NOW)
        outcomes = [
            Closing.decode(payload).outcome for kind, payload in read_segment(log.path).records if kind is Kind.CLOSING
        ]
        assert outcomes == ["answered", "in-doubt"]
        assert codes(tmp_path) == []


def test_recovery_leaves_a_living_writer_alone(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a")])

    assert recover(tmp_path, SIGNER, now=NOW).completed == []

    log.commit([ended("a")])
    log.close()
    assert codes(tmp_path) == []


def test_a_crash_while_rotating_lists_no_message_twice(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a"), opened("b"), opened("c")])
    log.commit([ended("a")])
    first = log._segment
    log._segment = log._create(2)
    log.commit([ended("b")])
    first.close()
    abandon(log)

    found = recover(tmp_path, SIGNER, now=NOW)

    assert [record.request_id for record in found.in_doubt] == ["c"]
    assert len(found.completed) == 2
    assert codes(tmp_path) == []


def test_a_segment_that_never_got_its_name_is_forgotten(tmp_path):
    (tmp_path / "run-9-000001.unborn").write_bytes(b"half a header")

    assert recover(tmp_path, SIGNER, now=NOW).completed == []
    assert not list(tmp_path.glob("*.unborn"))


def test_damage_is_reported_and_left_for_people_to_look_at(tmp_path):
    log = new_log(tmp_path)
    log.commit([opened("a")])
    log.commit([ended("a")])
    abandon(log)
    data = bytearray(log.path.read_bytes())
    data[300] ^= 1
    log.path.write_bytes(data)

    found = recover(tmp_path, SIGNER, now=NOW)

    assert list(found.damaged) == [log.path.name]
    assert log.path.read_bytes() == data
    assert codes(tmp_path) == ["damaged"]
