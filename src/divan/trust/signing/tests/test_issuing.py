"""From the request to the signed file: one number, one file, one fact, whatever goes wrong on the way."""

from __future__ import annotations

import http.server
import io
import json
import shutil
import subprocess
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pypdf
import pytest
from django.db import connections

from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, StoredFile
from divan.trust.signing import actions, jobs, models, queries, rules
from divan.trust.signing.adapters import authorities
from divan.trust.signing.values import (
    DOCUMENT_FAILED,
    DOCUMENT_ISSUED,
    DOCUMENT_REQUESTED,
    DOCUMENT_RETRIED,
    RECEIPT_GIVEN,
    DocumentNotFailed,
    DocumentState,
    DocumentUnknown,
    ReceiptUnreadable,
    SignatoryNotEnrolled,
    Standing,
)
from divan_libs.pki.attachments import embedded_file
from divan_libs.pki.summaries import read_address

from .conftest import DIRECTOR, ENTRY, LETTERHEAD, NOW, RECEIPT, issue, new_document, request

pytestmark = pytest.mark.django_db


def recorded(document):
    return facts.recorded_for(document)


def test_a_document_goes_from_request_over_receipt_to_the_issued_file(prepared):
    uuid = actions.request_document(document=new_document(), actor=SYSTEM, now=NOW)
    assert queries.list_awaiting_receipt() == [(uuid, UUID(int=8))]
    assert jobs.issue_documents(NOW) == 0
    actions.give_receipt(document=uuid, receipt=RECEIPT, actor=SYSTEM, now=NOW)
    assert queries.list_awaiting_receipt() == []
    assert queries.get_document(uuid).state is DocumentState.READY
    later = NOW + timedelta(seconds=3)
    assert jobs.issue_documents(later) == 1
    assert jobs.issue_documents(later) == 0

    found = queries.get_document(uuid)
    content = queries.read_pdf(uuid)
    assert (found.state, found.issued_at, found.signed_at) == (DocumentState.ISSUED, later, later)
    assert found.sha256 == rules.hash_of(content)
    assert [str(kind) for kind in (DOCUMENT_REQUESTED, RECEIPT_GIVEN, DOCUMENT_ISSUED)] == recorded(uuid)
    issued = Fact.objects.get(kind=DOCUMENT_ISSUED.code)
    assert (issued.uuid, issued.data) == (found.issued_fact, {"number": "ICT/1405/27", "sha256": found.sha256})
    row = models.Document.objects.get()
    assert facts.live_digests("signing.document", [uuid])[uuid] == bytes(issued.subject_digest)
    assert row.signatory == models.Signatory.objects.get()
    stored = files.get_file(found.file)
    assert (stored.name, stored.media_type) == ("ICT-1405-27.pdf", "application/pdf")
    assert StoredFile.objects.get().claimed


def test_a_document_is_found_by_code_hash_and_what_it_is_about(prepared):
    uuid = issue()
    found = queries.get_document(uuid)

    assert queries.find_by_code(found.code.lower().replace("-", " ")) == found
    assert queries.find_by_sha256(found.sha256.upper()) == found
    assert queries.list_documents_about(UUID(int=7)) == [found]
    assert queries.find_by_code("0000-0000-0000") is None
    assert queries.find_by_sha256("0" * 64) is None
    assert queries.find_by_sha256("") is None
    assert queries.list_documents_about(uuid) == []


def test_an_unknown_or_unfinished_document_has_no_file(prepared):
    uuid = request()

    for unknown in (uuid, uuid4()):
        with pytest.raises(DocumentUnknown):
            queries.read_pdf(unknown)
    with pytest.raises(DocumentUnknown):
        queries.get_document(uuid4())


def test_the_file_carries_receipt_and_letter_for_machines(prepared):
    document = issue()
    content = queries.read_pdf(document)
    found = queries.get_document(document)

    assert embedded_file(content, "decision.tlog-proof") == RECEIPT
    letter = json.loads(embedded_file(content, "letter.json"))
    assert letter == {
        "schema": "divan/letter/v1",
        "guid": str(document),
        "code": found.code,
        "number": "ICT/1405/27",
        "dated_on": "2026-11-22",
        "registered_at": "2026-11-22T12:00:00",
        "title": found.title,
        "language": "fa",
        "recipient": "مریم رضایی",
        "copies": [],
        "signer_name": DIRECTOR.name,
        "signer_title": DIRECTOR.title,
        "signer_code": DIRECTOR.national_code,
        "organization": DIRECTOR.organization,
        "organization_legal_id": LETTERHEAD.legal_id,
        "organization_email": LETTERHEAD.email,
    }
    assert len(letter["registered_at"]) == 19


def test_the_square_code_leads_to_the_document_and_proves_itself_offline(prepared, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "divan.trust.signing.adapters.square_codes.draw", lambda address: drawn.append(address) or "<svg/>"
    )
    uuid = request()
    jobs.issue_documents(NOW)
    found = queries.get_document(uuid)
    (address,) = drawn
    code, fragment = read_address(address)

    assert address.startswith(f"https://divan.example/verify/{found.code}/#")
    summary = queries.read_summary(code, fragment)
    assert (summary.number, summary.dated_on) == (found.number, found.dated_on)
    assert (summary.signer, summary.recipient) == (found.signer_name, found.recipient)
    assert summary.entry == ENTRY[:8]


def test_another_tool_finds_the_signature_sound(prepared, tmp_path):
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig of poppler-utils is not installed")
    path = tmp_path / "letter.pdf"
    path.write_bytes(queries.read_pdf(issue()))
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, timeout=20, check=False)

    assert b"Signature is Valid." in told.stdout
    assert b"Total document signed" in told.stdout
    assert b"ETSI.CAdES.detached" in told.stdout


def test_one_who_is_not_enrolled_signs_nothing(prepared):
    with pytest.raises(SignatoryNotEnrolled):
        actions.request_document(
            document=new_document(signer=type(DIRECTOR)(**{**vars_of(DIRECTOR), "post": uuid4()})),
            actor=SYSTEM,
            now=NOW,
        )
    with pytest.raises(SignatoryNotEnrolled):
        actions.request_document(document=new_document(), actor=SYSTEM, now=NOW + timedelta(days=731))

    assert models.Document.objects.count() == 0
    assert not Fact.objects.filter(kind=DOCUMENT_REQUESTED.code).exists()


def vars_of(signer):
    return {name: getattr(signer, name) for name in signer.__slots__}


def test_a_certificate_that_ends_before_the_signature_fails_the_document(prepared):
    uuid = request()
    jobs.issue_documents(NOW + timedelta(days=731))

    assert (queries.get_document(uuid).state, queries.get_document(uuid).failure) == (
        DocumentState.FAILED,
        "signing.signatory-not-enrolled",
    )


def test_a_second_receipt_changes_nothing(prepared):
    uuid = request()
    other = RECEIPT + b"\n"
    actions.give_receipt(document=uuid, receipt=other, actor=SYSTEM, now=NOW)
    jobs.issue_documents(NOW)
    actions.give_receipt(document=uuid, receipt=other, actor=SYSTEM, now=NOW)

    assert bytes(models.Document.objects.get().receipt) == RECEIPT
    assert recorded(uuid).count(RECEIPT_GIVEN.code) == 1
    assert queries.get_document(uuid).state is DocumentState.ISSUED


def test_what_is_no_receipt_is_not_taken(prepared):
    uuid = actions.request_document(document=new_document(), actor=SYSTEM, now=NOW)

    with pytest.raises(ReceiptUnreadable):
        actions.give_receipt(document=uuid, receipt=b"receipt", actor=SYSTEM, now=NOW)
    with pytest.raises(DocumentUnknown):
        actions.give_receipt(document=uuid4(), receipt=RECEIPT, actor=SYSTEM, now=NOW)
    assert queries.get_document(uuid).state is DocumentState.REQUESTED


def test_a_faulty_wording_fails_once_with_its_reason_and_holds_nothing_up(prepared):
    faulty = request(source="#let body(fields) = [#fields.absent]")
    sound = request(number="ICT/1405/28")

    assert jobs.issue_documents(NOW) == 2
    assert jobs.issue_documents(NOW + timedelta(days=1)) == 0
    found = queries.get_document(faulty)
    assert (found.state, found.failure, found.file) == (DocumentState.FAILED, "signing.wording-fault", None)
    assert "absent" in models.Document.objects.get(uuid=faulty).failure_detail
    assert queries.list_failed() == [found]
    assert recorded(faulty).count(DOCUMENT_FAILED.code) == 1
    assert queries.get_document(sound).state is DocumentState.ISSUED


def test_a_failed_document_is_made_again_when_a_person_says_so(prepared, change_options):
    uuid = request(source="#let body(fields) = [#fields.absent]")
    jobs.issue_documents(NOW)
    models.Document.objects.filter(uuid=uuid).update(fields={"absent": "بود"})
    actions.retry_document(document=uuid, actor=SYSTEM, now=NOW)

    assert jobs.issue_documents(NOW) == 1
    assert queries.get_document(uuid).state is DocumentState.ISSUED
    assert recorded(uuid)[-2:] == [DOCUMENT_RETRIED.code, DOCUMENT_ISSUED.code]
    with pytest.raises(DocumentNotFailed):
        actions.retry_document(document=uuid, actor=SYSTEM, now=NOW)


def test_without_its_key_a_document_waits_longer_each_time_and_is_issued_at_last(prepared, caplog):
    uuid = request()
    (key,) = (prepared.key_directory / "signatories").iterdir()
    key.rename(key.with_suffix(".away"))

    assert jobs.issue_documents(NOW) == 0
    assert jobs.issue_documents(NOW + timedelta(seconds=1)) == 0
    row = models.Document.objects.get()
    assert (row.state, row.attempts, row.next_attempt_at) == ("ready", 1, NOW + timedelta(seconds=2))
    assert "signing.keys-unusable" in caplog.text
    key.with_suffix(".away").rename(key)
    assert jobs.issue_documents(NOW + timedelta(seconds=2)) == 1
    assert queries.get_document(uuid).state is DocumentState.ISSUED


def test_a_defect_in_one_document_does_not_hold_up_the_others(prepared):
    broken = request()
    models.Document.objects.filter(uuid=broken).update(letterhead={})
    sound = request(number="ICT/1405/28")

    with pytest.raises(TypeError):
        jobs.issue_documents(NOW)
    assert jobs.issue_documents(NOW) == 1
    assert queries.get_document(sound).state is DocumentState.ISSUED
    assert models.Document.objects.get(uuid=broken).attempts == 1


def test_a_document_whose_receipt_was_damaged_fails(prepared):
    uuid = request()
    models.Document.objects.filter(uuid=uuid).update(receipt=b"damaged")

    assert jobs.issue_documents(NOW) == 1
    assert queries.get_document(uuid).failure == "signing.receipt-unreadable"


class Authority(http.server.BaseHTTPRequestHandler):
    """An RFC 3161 authority behind HTTP, which can be told to be out of order."""

    stamper: authorities.Timestamper
    is_down = False

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        answer = b"" if type(self).is_down else type(self).stamper.answer(asked)
        self.send_response(503 if type(self).is_down else 200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def outside_authority(prepared, change_options):
    Authority.stamper, Authority.is_down = authorities.timestamper(prepared, lambda: NOW), False
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    change_options(timestamp_address=f"http://127.0.0.1:{server.server_port}/tsa")
    yield Authority
    server.shutdown()
    thread.join()
    server.server_close()


def test_timestamps_come_from_the_configured_authority_and_nothing_is_signed_without(outside_authority, caplog):
    outside_authority.is_down = True
    uuid = request()
    assert jobs.issue_documents(NOW) == 0
    assert "signing.timestamps-unavailable" in caplog.text
    assert (queries.get_document(uuid).state, StoredFile.objects.count()) == (DocumentState.READY, 0)

    outside_authority.is_down = False
    assert jobs.issue_documents(NOW + timedelta(seconds=2)) == 1
    verdict = queries.verify_document(uuid, NOW + timedelta(seconds=2))
    assert (verdict.standing, verdict.timestamped_at) == (Standing.GENUINE, NOW)


def test_an_english_document_is_issued_too(prepared):
    uuid = issue(language="en", title="Reply", source="#let body(fields) = [#fields.reply]", fields={"reply": "Done."})
    text = pypdf.PdfReader(io.BytesIO(queries.read_pdf(uuid))).pages[0].extract_text()

    assert "Done." in text
    assert "ICT/1405/27" in text


@pytest.mark.django_db(transaction=True)
def test_of_workers_at_once_one_issues_a_document(prepared):
    wanted = {request(number=f"ICT/1405/{count}") for count in range(6)}
    barrier = threading.Barrier(3)
    done = []

    def work():
        try:
            barrier.wait()
            done.append(jobs.issue_documents(NOW))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(done) == 6
    assert set(models.Document.objects.filter(state="issued").values_list("uuid", flat=True)) == wanted
    assert Fact.objects.filter(kind=DOCUMENT_ISSUED.code).count() == 6
    assert StoredFile.objects.count() == 6
