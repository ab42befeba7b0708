"""Signed letters: their document and signers, their way to the dispatch desk, and letters signed by hand."""

from __future__ import annotations

import pytest

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.values import DraftText, LetterState, SignedByHandUnfit
from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people
from divan.trust.signing import actions as signing
from divan.trust.signing import jobs as worker
from divan.trust.signing import queries as documents
from divan.trust.signing.tests.conftest import RECEIPT
from divan.trust.signing.values import DocumentState, Standing
from divan_libs.pki.attachments import embedded_file

from .offices import found
from .test_routes import circulating, draft, route, sign, step_of

SCAN = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def office(world):
    """Return the province with its secretariats; no body has a seal, for no service decides by silence."""
    return found(world)


def work_through(world, letter) -> None:
    """Let the worker make what was asked for, as far as it can."""
    for document, _fact in documents.list_awaiting_receipt():
        signing.give_receipt(document=document, receipt=RECEIPT, actor=SYSTEM, now=world.now)
    while worker.issue_documents(world.now):
        pass
    facts.place_facts()
    jobs.follow_documents(world.now)


def test_a_letter_of_two_signers_is_issued_under_its_number_and_lies_at_the_dispatch_desk(office):
    letter = circulating(office, "ict-deputy", "ict-director")
    sign(office, letter, "ict-deputy")
    work_through(office, letter)
    between = queries.get_letter(letter.uuid).state
    sign(office, letter, "ict-director")
    work_through(office, letter)

    done = queries.get_letter(letter.uuid)
    verdict = documents.verify_document(done.document_uuid, office.now)
    assert between is LetterState.NUMBERED
    assert done.state is LetterState.SIGNED
    assert verdict.standing is Standing.GENUINE
    assert documents.get_document(done.document_uuid).number == done.number_text
    assert [dispatch.state for dispatch in models.Dispatch.objects.filter(letter__uuid=letter.uuid)] == ["desk"]


def test_the_file_carries_the_fields_of_the_national_document_id(office):
    letter = circulating(office, "ict-director")
    sign(office, letter, "ict-director")
    work_through(office, letter)

    done = queries.get_letter(letter.uuid)
    claims = embedded_file(documents.read_pdf(done.document_uuid), "letter.json").decode()

    assert f'"number": "{done.number_text}"' in claims
    assert office.person("ict-director").national_code in claims
    assert "99900000202" in claims
    assert str(letter.uuid) in claims or "ece@ict.lorestan.example" in claims


def test_what_is_about_to_be_signed_is_shown_as_it_will_be(office):
    letter = circulating(office, "ict-director")

    pdf = queries.preview_letter(letter.uuid, office.now)

    assert pdf.startswith(b"%PDF-")
    assert documents.list_documents_about(letter.uuid) == []


def test_a_letter_signed_by_hand_gets_its_number_first_and_its_scan_under_the_seal(office, png):
    letter = circulating(office, "ict-deputy", "ict-director")
    step = step_of(office, letter, "ict-deputy")
    expert = office.officer("ict-expert")
    kept = files.store_made(name="scan.png", content=png, media_type="image/png", actor=expert, now=office.now)

    with pytest.raises(SignedByHandUnfit):
        actions.put_scan(letter=letter.uuid, scan=kept.uuid, actor=expert, now=office.now)
    actions.number_for_hand(step=step.uuid, seen=1, actor=office.officer("ict-deputy"), now=office.now)
    numbered = queries.get_letter(letter.uuid)
    actions.put_scan(letter=letter.uuid, scan=kept.uuid, actor=expert, now=office.now)
    work_through(office, letter)

    done = queries.get_letter(letter.uuid)
    assert (numbered.state, numbered.number_text) == (LetterState.NUMBERED, "110/1405/ص/1")
    assert (done.state, done.signed_by_hand, done.scan_uuid) == (LetterState.SIGNED, True, kept.uuid)
    assert documents.get_document(done.document_uuid).state is DocumentState.ISSUED
    seal = queries.seal_of(people.get_unit("ict-directorate"))
    assert documents.find_signatory(seal.person, seal.post, office.now) is not None
    assert [one.state for one in queries.list_steps(letter.uuid)] == ["done", "done"]


def test_a_revoked_letter_shows_it_once_the_revoking_one_is_signed(office):
    first = circulating(office, "ict-director")
    sign(office, first, "ict-director")
    work_through(office, first)
    author = office.officer("ict-expert")
    second = draft(office, text=DraftText(subject="لغو", body_html="<p>لغو شد</p>"))
    from divan.dealings.correspondence.values import RelationKind, RelationLine  # noqa: PLC0415 (beside its use)

    number = queries.get_letter(first.uuid).number_text
    line = RelationLine(kind=RelationKind.REVOKES, number=number, other=first.uuid)
    actions.add_relation(letter=second.uuid, line=line, actor=author, now=office.now)
    actions.set_route(letter=second.uuid, route=route(office, "ict-director"), actor=author, now=office.now)
    actions.start_circulation(letter=second.uuid, seen=1, actor=author, now=office.now)
    before = queries.is_revoked(first.uuid)
    sign(office, second, "ict-director")
    work_through(office, second)

    assert (before, queries.is_revoked(first.uuid)) == (False, True)
    expert = office.post("ict-expert")
    assert [one.uuid for _, one in queries.list_letters_relating(first.uuid, expert, office.now)] == [second.uuid]


@pytest.fixture
def png() -> bytes:
    """Return a small picture."""
    import struct  # noqa: PLC0415 (for this alone)
    import zlib  # noqa: PLC0415 (as above)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\x00" + b"\xff\xff\xff" * 40
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0))
    return SCAN + head + chunk(b"IDAT", zlib.compress(row * 40)) + chunk(b"IEND", b"")
