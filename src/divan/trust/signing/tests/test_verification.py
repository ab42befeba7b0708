"""What a file proves: every alteration of file or record is found and named, and nothing else is accused."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from divan.foundation import files
from divan.foundation.actors import SYSTEM
from divan.trust.signing import actions, jobs, models, queries
from divan.trust.signing.adapters import authorities
from divan.trust.signing.adapters.signing_keys import KeyFiles
from divan.trust.signing.values import AlterationKind, DocumentUnknown, KeysUnusable, Standing
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.pades import sign_pdf

from .conftest import DIRECTOR, NOW, RECEIPT, issue, request

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def document(prepared):
    return queries.get_document(issue())


@pytest.fixture
def content(document):
    return queries.read_pdf(document.uuid)


def test_an_issued_file_tells_who_signed_what_when(document, content):
    verdict = queries.verify_file(content, LATER)

    assert verdict.standing is Standing.GENUINE
    assert verdict.is_genuine
    assert verdict.document == document
    assert (verdict.code, verdict.number, verdict.title) == (document.code, "ICT/1405/27", document.title)
    assert (verdict.dated_on, verdict.recipient) == (date(2026, 11, 22), "مریم رضایی")
    assert (verdict.signer_name, verdict.signer_title) == (DIRECTOR.name, DIRECTOR.title)
    assert (verdict.organization, verdict.receipt) == (DIRECTOR.organization, RECEIPT)
    assert (verdict.signed_at, verdict.timestamped_at) == (NOW, NOW)
    assert (verdict.problems, verdict.contradictions, verdict.alteration) == ((), (), None)
    assert queries.verify_document(document.uuid, LATER) == verdict


def test_a_document_outlives_the_certificate_of_its_signer(content):
    assert queries.verify_file(content, NOW + timedelta(days=1500)).standing is Standing.GENUINE


def test_something_added_behind_is_found(document, content):
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_blank_page()
    added = io.BytesIO()
    writer.write(added)
    verdict = queries.verify_file(added.getvalue(), LATER)

    assert (verdict.standing, verdict.document) == (Standing.ALTERED, document)
    assert (verdict.alteration.kind, verdict.alteration.at) == (AlterationKind.ADDED, len(content))
    assert "pki.pdf.changed-after-signing" in verdict.problems


def test_a_cut_file_is_found(document, content):
    verdict = queries.verify_file(content[:-600], LATER)

    assert verdict.standing in {Standing.ALTERED, Standing.UNREADABLE}
    assert not verdict.is_genuine


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_altered_bit_leaves_a_file_genuine(document, content, place, bit):
    altered = bytearray(content)
    altered[int(place * len(content))] ^= 1 << bit
    verdict = queries.verify_file(bytes(altered), LATER)
    named = queries._verdict(bytes(altered), LATER, named=document)

    assert not verdict.is_genuine
    assert named.standing in {Standing.ALTERED, Standing.DIFFERENT}
    assert (named.alteration.kind, named.alteration.at) == (AlterationKind.CHANGED, int(place * len(content)))


def test_a_stored_file_that_was_tampered_with_is_found_under_its_code(document, content):
    path = files.path_of(document.sha256)
    path.chmod(0o600)
    path.write_bytes(content.replace(b"/Type/Page", b"/Type/Pege", 1) + b"%")
    verdict = queries.verify_document(document.uuid, LATER)

    assert (verdict.standing, verdict.document) == (Standing.ALTERED, document)
    assert (verdict.number, verdict.signer_name, verdict.alteration) == ("ICT/1405/27", DIRECTOR.name, None)
    path.unlink()
    with pytest.raises(DocumentUnknown):
        queries.verify_document(document.uuid, LATER)


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("number", "ICT/1405/28", "number"),
        ("signer_name", "دیگری", "signer_name"),
        ("signer_title", "معاون", "signer_title"),
        ("signer_code", "0684159414", "signer_code"),
        ("organization", "دیگر", "organization"),
        ("recipient", "دیگری", "recipient"),
        ("title", "دیگر", "title"),
        ("dated_on", date(2026, 1, 1), "dated_on"),
        ("code", "0000-0000-0000", "code"),
    ],
)
def test_an_altered_record_is_named_and_the_file_speaks(document, content, column, value, field):
    models.Document.objects.filter(uuid=document.uuid).update(**{column: value})
    verdict = queries.verify_file(content, LATER)

    assert (verdict.standing, verdict.contradictions) == (Standing.CONTRADICTED, (field,))
    assert (verdict.number, verdict.signer_name, verdict.code) == ("ICT/1405/27", DIRECTOR.name, document.code)
    assert verdict.dated_on == date(2026, 11, 22)


def test_another_soundly_signed_file_under_the_same_code_is_not_the_issued_one(document, prepared):
    models.Document.objects.filter(uuid=document.uuid).update(sha256="f" * 64)
    verdict = queries.verify_file(queries.read_pdf(document.uuid), LATER)

    assert (verdict.standing, verdict.document.uuid) == (Standing.DIFFERENT, document.uuid)


def test_a_sound_file_that_was_not_issued_here_is_unknown(document, content):
    models.Document.objects.filter(uuid=document.uuid).delete()
    verdict = queries.verify_file(content, LATER)

    assert (verdict.standing, verdict.document, verdict.number) == (Standing.UNKNOWN, None, "ICT/1405/27")
    assert verdict.signer_name == DIRECTOR.name


def forged(pdf, prepared, **changes):
    """Sign with a certificate of an authority that nobody here trusts."""
    authority = RehearsalAuthority.create(NOW)
    private_key = generate_private_key()
    certificate = authority.issue_signer(
        private_key.public_key(),
        common_name=DIRECTOR.name,
        national_code=DIRECTOR.national_code,
        organization=DIRECTOR.organization,
        legal_id=DIRECTOR.legal_id,
        now=NOW,
    )
    key = FileKey(private_key, certificate, authority.chain)
    return sign_pdf(pdf, key, key.chain, authorities.timestamper(prepared, lambda: NOW), now=NOW, **changes)


def bare_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_strangers_signature_is_worth_nothing_whatever_it_claims(document, content, prepared):
    claims = (("letter.json", pypdf.PdfReader(io.BytesIO(content)).attachments["letter.json"][0]),)
    under_our_code = queries.verify_file(forged(bare_pdf(), prepared, attachments=claims), LATER)
    elsewhere = queries.verify_file(forged(bare_pdf(), prepared), LATER)

    assert (under_our_code.standing, under_our_code.document) == (Standing.ALTERED, document)
    assert "pki.pdf.untrusted" in under_our_code.problems
    assert (elsewhere.standing, elsewhere.document) == (Standing.UNTRUSTED, None)


def test_a_signatorys_own_other_file_is_not_a_letter_of_the_house(document, prepared):
    key = KeyFiles(prepared.key_directory).find(models.Signatory.objects.get().uuid)
    stamper = authorities.timestamper(prepared, lambda: NOW)
    signed = sign_pdf(bare_pdf(), key.key, key.chain, stamper, now=NOW)
    verdict = queries.verify_file(signed, LATER)

    assert (verdict.standing, verdict.document, verdict.signer_name) == (Standing.UNKNOWN, None, DIRECTOR.name)


@pytest.mark.parametrize(
    ("given_file", "standing"),
    [
        (b"", Standing.NOT_A_PDF),
        (b"PK\x03\x04 a zip", Standing.NOT_A_PDF),
        (b"%PDF-1.7\nnothing", Standing.UNREADABLE),
        (bare_pdf(), Standing.UNSIGNED),
    ],
    ids=["empty", "zip", "damaged", "unsigned"],
)
def test_what_is_no_signed_pdf_is_called_by_its_name(prepared, given_file, standing):
    verdict = queries.verify_file(given_file, LATER)

    assert (verdict.standing, verdict.document, verdict.signer_name) == (standing, None, "")


def test_a_file_that_names_a_document_still_to_be_issued_names_none(document, content, prepared):
    models.Document.objects.filter(uuid=document.uuid).update(
        state="ready", file_uuid=None, issued_at=None, sha256="", signatory=None
    )

    assert queries.verify_file(content, LATER).document is None


def test_when_the_roots_change_an_issued_file_is_doubtful_and_not_altered(content, tmp_path, change_options):
    other = tmp_path / "other.pem"
    other.write_bytes(authorities.write_certificates([RehearsalAuthority.create(NOW).root]))
    change_options(trusted_roots=other)

    assert queries.verify_file(content, LATER).standing is Standing.DOUBTFUL


def test_without_roots_nothing_is_judged(content, tmp_path, change_options):
    change_options(trusted_roots=tmp_path / "absent.pem")

    with pytest.raises(KeysUnusable):
        queries.verify_file(content, LATER)


def test_each_document_has_a_code_of_its_own(prepared):
    wanted = [request(number=f"ICT/1405/{count}") for count in range(5)]
    jobs.issue_documents(NOW)

    assert len({queries.get_document(uuid).code for uuid in wanted}) == 5
    assert {queries.verify_document(uuid, LATER).standing for uuid in wanted} == {Standing.GENUINE}
    assert actions.prepare_authority(actor=SYSTEM, now=LATER) is None
