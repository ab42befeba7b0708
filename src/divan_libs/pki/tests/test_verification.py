from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTimeStamper

from divan_libs.pki.fingerprints import SubjectMapping, fingerprint, serial_number
from divan_libs.pki.keys import HASHES, FileKey, generate_private_key
from divan_libs.pki.pades import _KeySigner, sign_pdf
from divan_libs.pki.tests.forging import assert_refused, read_signature, replace_signature, signature_span
from divan_libs.pki.tests.specimens import NOON, make_pdf, make_timestamper
from divan_libs.pki.verification import Modifications, PdfProblem, verify_pdf

YEAR = timedelta(days=365)


def update(pdf, text="FORGED"):
    """Append an incremental update that changes what the page says."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page: Any = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=f"BT /F1 24 Tf 40 100 Td ({text}) Tj ET".encode())
    )
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def sign_plainly(pdf, key, timestamper, field_name, md_algorithm="sha256"):
    """Add an approval signature, which permits further ones."""
    metadata = PdfSignatureMetadata(field_name=field_name, md_algorithm=md_algorithm, subfilter=SigSeedSubFilter.PADES)
    signer = PdfSigner(metadata, _KeySigner(key, key.chain), timestamper=timestamper)
    return signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf))).getvalue()


def test_a_verdict_names_the_certificate_and_organisation(judge, signed_letter, signer):
    verdict = judge(signed_letter)

    assert verdict.is_valid
    assert verdict.intact
    assert verdict.trusted
    assert verdict.certificate_serial == serial_number(signer.certificate)
    assert verdict.certificate_fingerprint == fingerprint(signer.certificate)
    assert verdict.signer is not None
    assert verdict.signer.organization == "اداره کل ارتباطات و فناوری اطلاعات"
    assert verdict.signer.legal_id == "10380284790"
    assert verdict.signatures[0].field_name == "Divan"


def test_the_places_of_the_names_are_the_callers_choice(judge, signed_letter):
    verdict = judge(signed_letter, mapping=SubjectMapping(national_code="2.5.4.97"))

    assert verdict.is_valid
    assert verdict.signer is not None
    assert verdict.signer.national_code is None


def is_harmless(pdf, position):
    """Tell whether a byte lies in the text of the signature, which is not under itself."""
    start, end = signature_span(pdf)
    return start <= position < end


def test_a_changed_byte_anywhere_under_the_signature_is_found(judge, signed_letter):
    positions = [place for place in range(0, len(signed_letter), 37) if not is_harmless(signed_letter, place)]
    assert len(positions) > 70

    for position in positions:
        altered = signed_letter[:position] + bytes([signed_letter[position] ^ 0x01]) + signed_letter[position + 1 :]

        verdict = judge(altered)

        assert not verdict.is_valid, position
        assert not verdict.intact, position
        assert not verdict.trusted, position


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_change_under_the_signature_passes(judge, signed_letter, data):
    start, end = signature_span(signed_letter)
    places = st.integers(0, len(signed_letter) - 1).filter(lambda place: not start <= place < end)
    position = data.draw(places)
    flipped = bytes([signed_letter[position] ^ data.draw(st.integers(1, 255))])

    verdict = judge(signed_letter[:position] + flipped + signed_letter[position + 1 :])

    assert not verdict.intact
    assert not verdict.is_valid


def test_a_changed_text_is_called_altered(judge, letter, signer, timestamper):
    signed = sign_pdf(letter, signer, signer.chain, timestamper, now=NOON)

    verdict = judge(signed.replace(b"(Divan)", b"(Divam)", 1))

    assert_refused(verdict, PdfProblem.ALTERED)
    assert not verdict.trusted


def test_every_part_of_the_signature_that_says_something_is_protected(judge, signed_letter):
    # CMS itself leaves its version numbers and hints of algorithms under no signature (RFC 5652, 5.4).
    start, _ = signature_span(signed_letter)
    signature = read_signature(signed_letter)
    encoded, signed_data = signature.dump(), signature["content"]
    signer_info = signed_data["signer_infos"][0]
    token = signer_info["unsigned_attrs"][0]["values"][0]["content"]
    parts = [
        signer_info["signed_attrs"].contents,
        signer_info["signature"].native,
        *(certificate.chosen.dump() for certificate in signed_data["certificates"]),
        token["encap_content_info"]["content"].parsed.dump(),
        token["signer_infos"][0]["signed_attrs"].contents,
        token["signer_infos"][0]["signature"].native,
    ]

    for part in parts:
        assert encoded.count(part) >= 1
        for position in range(encoded.index(part), encoded.index(part) + len(part), 29):
            place = start + 2 * position
            flipped = b"%02X" % (encoded[position] ^ 0x01)
            verdict = judge(signed_letter[:place] + flipped + signed_letter[place + 2 :])

            assert not verdict.is_valid, position


def test_something_hidden_behind_the_signature_is_found(judge, signed_letter):
    _, end = signature_span(signed_letter)
    hidden = b"secret".hex().encode()

    verdict = judge(signed_letter[: end - len(hidden)] + hidden + signed_letter[end:])

    assert_refused(verdict, PdfProblem.ALTERED)
    assert not verdict.intact


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.99, 0.9999])
def test_a_truncated_file_is_refused(judge, signed_letter, share):
    verdict = judge(signed_letter[: int(len(signed_letter) * share)])

    assert len(verdict.problems) == 1
    assert verdict.problems[0] in {PdfProblem.NOT_A_PDF, PdfProblem.UNREADABLE, PdfProblem.UNSIGNED}
    assert verdict.signatures == ()


def test_an_appended_update_is_found_and_the_signer_still_named(judge, signed_letter):
    verdict = judge(update(signed_letter))

    assert_refused(verdict, PdfProblem.CHANGED_AFTER_SIGNING)
    assert verdict.intact
    assert not verdict.covers_whole_document
    assert verdict.modifications is Modifications.FORBIDDEN
    assert verdict.signer is not None


@pytest.mark.parametrize("tail", [b"\n", b"%comment\n", b"\n%%EOF\n", b" " * 5000, b"junk"])
def test_bytes_behind_the_end_are_found(judge, signed_letter, tail):
    verdict = judge(signed_letter + tail)

    assert not verdict.is_valid
    assert not verdict.covers_whole_document
    assert set(verdict.problems) <= {
        PdfProblem.CHANGED_AFTER_SIGNING,
        PdfProblem.PARTLY_COVERED,
        PdfProblem.UNREADABLE,
    }


def test_an_update_that_removes_the_signature_leaves_an_unsigned_file(judge, signed_letter):
    writer = IncrementalPdfFileWriter(BytesIO(signed_letter))
    del writer.root["/AcroForm"]
    writer.update_root()
    output = BytesIO()
    writer.write(output)

    verdict = judge(output.getvalue())

    assert not verdict.is_valid
    assert verdict.signatures == ()


def test_the_signature_of_another_letter_does_not_fit(judge, signed_letter, signer, timestamper):
    other = sign_pdf(make_pdf("Other"), signer, signer.chain, timestamper, now=NOON)

    verdict = judge(replace_signature(signed_letter, read_signature(other).dump()))

    assert_refused(verdict, PdfProblem.ALTERED)


def test_a_letter_signed_by_another_authority_is_not_trusted(judge, letter, stranger, issue_signer, timestamper):
    forger = issue_signer(stranger)
    forged = sign_pdf(letter, forger, forger.chain, timestamper, now=NOON)

    verdict = judge(forged)

    assert_refused(verdict, PdfProblem.UNTRUSTED)
    assert verdict.intact
    assert not verdict.trusted
    assert verdict.timestamped_at == NOON


def test_without_roots_nothing_is_trusted(judge, signed_letter):
    assert_refused(judge(signed_letter, roots=[]), PdfProblem.UNTRUSTED, PdfProblem.TIMESTAMP_UNTRUSTED)


def test_the_roots_of_timestamps_may_be_others(judge, letter, authority, stranger, signer):
    signed = sign_pdf(letter, signer, signer.chain, make_timestamper(stranger), now=NOON)

    verdict = judge(signed)

    assert_refused(verdict, PdfProblem.TIMESTAMP_UNTRUSTED)
    assert verdict.trusted
    assert verdict.timestamped_at is None
    assert judge(signed, timestamp_roots=[stranger.root]).problems == ()


def test_a_timestamp_lets_the_letter_outlive_the_certificate(judge, signed_letter, signer):
    later = signer.certificate.not_valid_after_utc + YEAR

    assert judge(signed_letter, now=later).problems == ()


def test_an_expired_timestamp_authority_proves_the_time_no_longer(judge, signed_letter):
    verdict = judge(signed_letter, now=NOON + 11 * YEAR)

    assert_refused(verdict, PdfProblem.CERTIFICATE_EXPIRED, PdfProblem.TIMESTAMP_UNTRUSTED)
    assert verdict.timestamped_at is None


def without_timestamp(pdf):
    signature = read_signature(pdf)
    signer_info = signature["content"]["signer_infos"][0]
    del signer_info["unsigned_attrs"]
    return replace_signature(pdf, signature.dump())


def test_a_signature_whose_timestamp_was_taken_away_lacks_proof_of_time(judge, signed_letter, signer):
    stripped = without_timestamp(signed_letter)

    assert_refused(judge(stripped), PdfProblem.TIMESTAMP_MISSING)
    assert judge(stripped, timestamp_required=False).problems == ()
    expired = signer.certificate.not_valid_after_utc + YEAR
    assert_refused(judge(stripped, now=expired, timestamp_required=False), PdfProblem.CERTIFICATE_EXPIRED)


def test_the_timestamp_of_another_signature_does_not_fit(judge, signed_letter, signer, timestamper):
    other = read_signature(sign_pdf(make_pdf("Other"), signer, signer.chain, timestamper, now=NOON))
    signature = read_signature(signed_letter)
    foreign = other["content"]["signer_infos"][0]["unsigned_attrs"]
    signature["content"]["signer_infos"][0]["unsigned_attrs"] = foreign

    verdict = judge(replace_signature(signed_letter, signature.dump()))

    assert_refused(verdict, PdfProblem.TIMESTAMP_ALTERED)


@pytest.mark.parametrize(
    ("issued_at", "problem"),
    [(NOON - 3 * YEAR, PdfProblem.CERTIFICATE_EXPIRED), (NOON + YEAR, PdfProblem.CERTIFICATE_NOT_YET_VALID)],
)
def test_a_certificate_out_of_its_time_cannot_sign(letter, authority, stranger, issue_signer, issued_at, problem):
    long_lived = type(authority).create(NOON - 5 * YEAR)
    signer = issue_signer(long_lived, now=issued_at)
    signed = sign_pdf(letter, signer, signer.chain, make_timestamper(authority), now=NOON)
    roots = [long_lived.root, authority.root]

    verdict = verify_pdf(signed, roots, now=NOON)

    assert_refused(verdict, problem)
    assert not verdict.trusted
    assert_refused(verify_pdf(signed, [authority.root], now=NOON), problem, PdfProblem.UNTRUSTED)


def test_a_certificate_for_machines_cannot_sign_letters(judge, letter, authority, timestamper):
    private_key = generate_private_key()
    for certificate in (
        authority.issue_tls_client(private_key.public_key(), "IR/GOV/1/a", now=NOON),
        authority.issue_tls_server(private_key.public_key(), ["localhost"], now=NOON),
        authority.issue_timestamper(private_key.public_key(), now=NOON),
    ):
        signed = sign_pdf(letter, FileKey(private_key, certificate), authority.chain, timestamper, now=NOON)

        verdict = judge(signed)

        assert_refused(verdict, PdfProblem.CERTIFICATE_UNFIT)
        assert verdict.intact
        assert not verdict.trusted


def test_a_weak_hash_is_not_trusted(judge, letter, signer, timestamper, monkeypatch):
    monkeypatch.setitem(HASHES, "sha1", SHA1)
    signed = sign_plainly(letter, signer, timestamper, "Weak", md_algorithm="sha1")

    verdict = judge(signed)

    assert PdfProblem.WEAK_ALGORITHM in verdict.problems
    assert not verdict.trusted


def test_an_archive_timestamp_on_top_is_permitted(judge, signed_letter, timestamper):
    stamper = PdfTimeStamper(timestamper, field_name="Archive")
    stamped = stamper.timestamp_pdf(
        IncrementalPdfFileWriter(BytesIO(signed_letter)), "sha256", bytes_reserved=16_384
    ).getvalue()

    verdict = judge(stamped)

    assert verdict.problems == ()
    assert verdict.modifications is Modifications.PERMITTED
    assert not verdict.covers_whole_document
    assert len(verdict.signatures) == 1


def test_every_signature_of_a_file_is_judged(judge, letter, authority, stranger, issue_signer, signer, timestamper):
    second, forger = issue_signer(authority, common_name="علی"), issue_signer(stranger, common_name="جاعل")
    once = sign_plainly(letter, signer, timestamper, "First")

    twice = judge(sign_plainly(once, second, timestamper, "Second"))
    forged = judge(sign_plainly(once, forger, timestamper, "Second"))

    assert twice.problems == ()
    assert [signature.signer.common_name for signature in twice.signatures] == ["مریم رضایی", "علی"]
    assert [signature.covers_whole_document for signature in twice.signatures] == [False, True]
    assert twice.modifications is Modifications.PERMITTED
    assert_refused(forged, PdfProblem.UNTRUSTED)
    assert [signature.trusted for signature in forged.signatures] == [True, False]
    assert not forged.trusted


def test_a_second_signature_on_a_letter_that_permits_none_is_found(
    judge, signed_letter, signer, timestamper, monkeypatch
):
    monkeypatch.setattr(PdfSigner, "_enforce_certification_constraints", lambda *_: None)

    verdict = judge(sign_plainly(signed_letter, signer, timestamper, "Second"))

    assert PdfProblem.CHANGED_AFTER_SIGNING in verdict.problems
    assert verdict.modifications is Modifications.FORBIDDEN


def test_codes_of_problems_are_stable():
    assert {problem.value for problem in PdfProblem} == {
        "pki.pdf.not-a-pdf",
        "pki.pdf.unreadable",
        "pki.pdf.encrypted",
        "pki.pdf.unsigned",
        "pki.pdf.signature-unreadable",
        "pki.pdf.altered",
        "pki.pdf.partly-covered",
        "pki.pdf.changed-after-signing",
        "pki.pdf.untrusted",
        "pki.pdf.certificate-expired",
        "pki.pdf.certificate-not-yet-valid",
        "pki.pdf.certificate-unfit",
        "pki.pdf.weak-algorithm",
        "pki.pdf.timestamp-missing",
        "pki.pdf.timestamp-altered",
        "pki.pdf.timestamp-untrusted",
    }
