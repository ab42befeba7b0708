"""Several signers of one document: each by an act of their own, each in the file, issued by the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, StoredFile
from divan.trust.signing import actions, jobs, models, queries
from divan.trust.signing.values import (
    DOCUMENT_ISSUED,
    DOCUMENT_RESUMED,
    DOCUMENT_SIGNED,
    SIGNATURE_AWAITED,
    SIGNATURE_MADE,
    SIGNATURE_WANTED,
    DocumentState,
    DocumentUnknown,
    SignatoryLeftPost,
    SignatoryNotEnrolled,
    SignatureNotAwaited,
    SignatureOutOfTurn,
    SignersInvalid,
    SigningOrder,
    Standing,
)

from .conftest import NOW, RECEIPT, new_document
from .officials import Officials

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def officials(prepared) -> Officials:
    return Officials.seated(3)


def ask(officials: Officials, count: int = 3, **changes: object) -> UUID:
    first, *others = officials.signers[:count]
    document = new_document(signer=first, co_signers=tuple(others), **changes)
    uuid = actions.request_document(document=document, actor=SYSTEM, now=NOW)
    actions.give_receipt(document=uuid, receipt=RECEIPT, actor=SYSTEM, now=NOW)
    return uuid


def want(document: UUID, signer, now=NOW) -> None:
    actions.request_signature(document=document, person=signer.person, actor=SYSTEM, now=now)


def states(document: UUID) -> list[str]:
    return [one.state.value for one in queries.get_document(document).signatures]


def digests_agree(document: UUID) -> bool:
    rows = [models.Document.objects.get(uuid=document), *models.Signature.objects.all()]
    for row in rows:
        last = Fact.objects.filter(subject_uuid=row.uuid).order_by("-subject_sequence").first()
        if facts.live_digests(row.subject_kind, [row.uuid])[row.uuid] != bytes(last.subject_digest):
            return False
    return True


def test_three_sign_one_after_another_and_the_last_issues_the_document(officials):
    uuid = ask(officials)
    assert jobs.issue_documents(NOW) == 1
    assert (queries.get_document(uuid).state, states(uuid)) == (DocumentState.SIGNING, ["made", "awaited", "awaited"])

    want(uuid, officials.signers[1], NOW + HOUR)
    assert queries.get_document(uuid).state is DocumentState.READY
    assert jobs.issue_documents(NOW + HOUR) == 1
    assert states(uuid) == ["made", "made", "awaited"]
    assert digests_agree(uuid)

    want(uuid, officials.signers[2], NOW + 2 * HOUR)
    assert jobs.issue_documents(NOW + 2 * HOUR) == 1
    found = queries.get_document(uuid)
    assert (found.state, states(uuid)) == (DocumentState.ISSUED, ["made"] * 3)
    assert facts.recorded_for(uuid)[2:] == [
        DOCUMENT_SIGNED.code,
        DOCUMENT_RESUMED.code,
        DOCUMENT_SIGNED.code,
        DOCUMENT_RESUMED.code,
        DOCUMENT_ISSUED.code,
    ]
    last = found.signatures[2]
    assert facts.recorded_for(last.uuid) == [SIGNATURE_AWAITED.code, SIGNATURE_WANTED.code, SIGNATURE_MADE.code]
    assert digests_agree(uuid)

    verdict = queries.verify_document(uuid, NOW + 3 * HOUR)
    assert verdict.standing is Standing.GENUINE
    assert [one.name for one in verdict.signers] == [signer.name for signer in officials.signers]
    assert [one.timestamped_at for one in verdict.signers] == [NOW, NOW + HOUR, NOW + 2 * HOUR]
    assert all(one.sound for one in verdict.signers)


def test_what_was_signed_before_stays_byte_for_byte_and_the_old_file_is_let_go(officials):
    uuid = ask(officials, 2)
    jobs.issue_documents(NOW)
    partial = models.Document.objects.get().partial_file
    signed_first = files.read_file(partial)
    want(uuid, officials.signers[1])
    jobs.issue_documents(NOW)

    assert queries.read_pdf(uuid).startswith(signed_first)
    assert not StoredFile.objects.get(uuid=partial).claimed
    assert StoredFile.objects.get(uuid=queries.get_document(uuid).file).claimed
    assert models.Document.objects.get().partial_file is None


def test_a_file_that_not_all_have_signed_is_incomplete(officials):
    uuid = ask(officials, 2)
    jobs.issue_documents(NOW)
    halfway = files.read_file(models.Document.objects.get().partial_file)
    assert queries.verify_file(halfway, NOW).standing is Standing.INCOMPLETE

    want(uuid, officials.signers[1])
    jobs.issue_documents(NOW)

    assert queries.verify_file(halfway, NOW).standing is Standing.INCOMPLETE
    assert queries.verify_file(queries.read_pdf(uuid), NOW).standing is Standing.GENUINE


def test_in_order_nobody_signs_before_those_who_stand_before(officials):
    uuid = ask(officials)

    with pytest.raises(SignatureOutOfTurn) as refused:
        want(uuid, officials.signers[2])
    assert refused.value.facts["name"] == officials.signers[1].name
    assert states(uuid) == ["wanted", "awaited", "awaited"]
    want(uuid, officials.signers[1])
    want(uuid, officials.signers[2])
    assert jobs.issue_documents(NOW) == 3
    assert queries.get_document(uuid).state is DocumentState.ISSUED


def test_in_any_order_each_signs_as_they_come(officials):
    first = officials.signers[2].person
    uuid = ask(officials, order=SigningOrder.ANY, first=first)
    assert states(uuid) == ["awaited", "awaited", "wanted"]
    want(uuid, officials.signers[0], NOW + HOUR)
    want(uuid, officials.signers[1], NOW + 2 * HOUR)
    jobs.issue_documents(NOW + 2 * HOUR)

    verdict = queries.verify_document(uuid, NOW + 3 * HOUR)
    assert verdict.standing is Standing.GENUINE
    assert [one.name for one in verdict.signers] == [officials.signers[at].name for at in (2, 0, 1)]
    assert [one.name for one in queries.get_document(uuid).signatures] == [one.name for one in officials.signers]


def test_each_sees_what_waits_for_the_own_act_when_the_turn_has_come(officials):
    uuid = ask(officials)
    _, second, third = officials.signers

    assert [found.uuid for found in queries.list_awaiting_signature(second.person)] == [uuid]
    assert queries.list_awaiting_signature(third.person) == []
    want(uuid, second)
    assert queries.list_awaiting_signature(second.person) == []
    assert [found.uuid for found in queries.list_awaiting_signature(third.person)] == [uuid]


def test_who_left_the_post_signs_nothing(officials):
    uuid = ask(officials, 2)
    officials.leaves(1, NOW + HOUR)

    with pytest.raises(SignatoryLeftPost) as refused:
        want(uuid, officials.signers[1], NOW + 2 * HOUR)
    assert refused.value.code == "signing.signatory-left-post"
    assert states(uuid) == ["wanted", "awaited"]


def test_who_left_the_post_between_act_and_signature_does_not_sign(officials):
    uuid = ask(officials, 2)
    jobs.issue_documents(NOW)
    want(uuid, officials.signers[1])
    officials.leaves(1, NOW + HOUR)
    jobs.issue_documents(NOW + 2 * HOUR)

    found = queries.get_document(uuid)
    assert (found.state, found.failure) == (DocumentState.FAILED, "signing.signatory-left-post")
    assert found.failure_detail == officials.signers[1].name
    assert states(uuid) == ["made", "wanted"]
    assert digests_agree(uuid)


def test_who_has_no_certificate_for_the_post_signs_nothing(officials):
    stranger = officials.add(enrolled=False)
    uuid = ask(replace(officials, signers=(officials.signers[0], stranger)), 2)

    with pytest.raises(SignatoryNotEnrolled):
        want(uuid, stranger)
    assert states(uuid) == ["wanted", "awaited"]


def test_a_declined_signature_fails_the_document_and_a_retry_awaits_it_again(officials):
    uuid = ask(officials, 2)
    jobs.issue_documents(NOW)
    second = officials.signers[1]
    actions.decline_signature(document=uuid, person=second.person, reason="مبلغ درست نیست", actor=SYSTEM, now=NOW)
    jobs.issue_documents(NOW)

    found = queries.get_document(uuid)
    assert (found.state, found.failure, found.failure_detail) == (
        DocumentState.FAILED,
        "signing.signature-declined",
        "مبلغ درست نیست",
    )
    with pytest.raises(SignatureNotAwaited):
        want(uuid, second)
    actions.retry_document(document=uuid, actor=SYSTEM, now=NOW)
    assert (queries.get_document(uuid).state, states(uuid)) == (DocumentState.SIGNING, ["made", "awaited"])
    want(uuid, second)
    jobs.issue_documents(NOW)
    assert queries.get_document(uuid).state is DocumentState.ISSUED
    assert digests_agree(uuid)


def test_a_signature_declined_before_the_receipt_fails_the_document_unsigned(officials):
    first, second = officials.signers[:2]
    document = new_document(signer=first, co_signers=(second,))
    uuid = actions.request_document(document=document, actor=SYSTEM, now=NOW)
    actions.decline_signature(document=uuid, person=second.person, reason="", actor=SYSTEM, now=NOW)
    actions.give_receipt(document=uuid, receipt=RECEIPT, actor=SYSTEM, now=NOW)
    jobs.issue_documents(NOW)

    assert queries.get_document(uuid).failure == "signing.signature-declined"
    assert StoredFile.objects.count() == 0


def test_asking_twice_changes_nothing_and_strangers_are_refused(officials):
    uuid = ask(officials, 2)
    want(uuid, officials.signers[1])
    before = Fact.objects.count()
    want(uuid, officials.signers[1])

    assert Fact.objects.count() == before
    with pytest.raises(SignatureNotAwaited):
        want(uuid, officials.signers[2])
    with pytest.raises(SignatureNotAwaited):
        actions.decline_signature(document=uuid, person=officials.signers[1].person, reason="", actor=SYSTEM, now=NOW)
    with pytest.raises(DocumentUnknown):
        want(uuid4(), officials.signers[1])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"co_signers": "same"}, "twice"),
        ({"first": "second"}, "first"),
        ({"first": "nobody", "order": SigningOrder.ANY}, "first"),
    ],
)
def test_impossible_signers_are_refused(officials, changes, reason):
    first, second, _ = officials.signers
    known = {"same": (first,), "second": second.person, "nobody": uuid4()}
    given = {"co_signers": (second,)} | {
        name: known.get(value, value) if isinstance(value, str) and value in known else value
        for name, value in changes.items()
    }

    with pytest.raises(SignersInvalid) as refused:
        actions.request_document(document=new_document(signer=first, **given), actor=SYSTEM, now=NOW)
    assert refused.value.facts["reason"] == reason
    assert models.Document.objects.count() == 0


def test_a_partial_file_that_was_altered_is_not_signed_further(officials):
    uuid = ask(officials, 2)
    jobs.issue_documents(NOW)
    kept = files.path_of(files.get_file(models.Document.objects.get().partial_file).sha256)
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    want(uuid, officials.signers[1])
    jobs.issue_documents(NOW)

    found = queries.get_document(uuid)
    assert (found.failure, found.failure_detail) == ("signing.document-unsignable", "partial file altered")


def test_the_post_of_the_letter_counts_and_no_other(officials):
    first, second, _ = officials.signers

    assert queries.holds_post(second.person, second.post, NOW)
    assert not queries.holds_post(second.person, first.post, NOW)
