from io import BytesIO

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.pki.attachments import embedded_file
from divan_libs.pki.tests.forging import assert_refused, read_signature, replace_signature
from divan_libs.pki.verification import PdfProblem


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 5000, "متن ساده".encode(), b"<html>" * 500])
def test_what_is_no_pdf_is_called_so(judge, content):
    assert_refused(judge(content), PdfProblem.NOT_A_PDF)


def test_an_unsigned_pdf_is_called_so(judge, letter):
    verdict = judge(letter)

    assert_refused(verdict, PdfProblem.UNSIGNED)
    assert not verdict.intact
    assert not verdict.trusted
    assert not verdict.covers_whole_document
    assert (verdict.signer, verdict.certificate_serial, verdict.certificate_fingerprint) == (None, None, None)
    assert (verdict.signed_at, verdict.timestamped_at, verdict.modifications) == (None, None, None)


def test_an_encrypted_pdf_is_called_so(judge, letter):
    writer = pypdf.PdfWriter(BytesIO(letter))
    writer.encrypt("secret", algorithm="AES-256")
    output = BytesIO()
    writer.write(output)

    assert_refused(judge(output.getvalue()), PdfProblem.ENCRYPTED)


def test_a_signature_dictionary_of_an_unknown_kind_is_not_passed_over(judge, signed_letter):
    verdict = judge(signed_letter.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detacheX"))

    assert_refused(verdict, PdfProblem.SIGNATURE_UNREADABLE)


def test_a_signature_that_is_not_der_is_refused(judge, signed_letter):
    signature = read_signature(signed_letter).dump()
    assert signature[:2] == b"\x30\x82"
    indefinite = b"\x30\x80" + signature[4:] + b"\x00\x00"

    assert_refused(judge(replace_signature(signed_letter, indefinite)), PdfProblem.SIGNATURE_UNREADABLE)


@pytest.mark.parametrize("content", [b"", b"\x30\x00", b"\x05\x00", b"\x30\x82\xff\xff", b"\xff" * 100])
def test_nonsense_in_the_place_of_the_signature_is_refused(judge, signed_letter, content):
    verdict = judge(replace_signature(signed_letter, content))

    assert_refused(verdict, PdfProblem.SIGNATURE_UNREADABLE)


def pdf_with(body, root=1):
    """Write a PDF of the given objects by hand, with a sound cross-reference table."""
    text, places = b"%PDF-1.7\n", []
    for number, content in enumerate(body, start=1):
        places.append(len(text))
        text += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(body) + 1) + b"".join(b"%010d 00000 n \n" % at for at in places)
    return (
        text
        + table
        + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(body) + 1,
            root,
            len(text),
        )
    )


@pytest.mark.parametrize(
    "body",
    [
        [b"<</Type/Catalog/AcroForm 1 0 R/Fields 1 0 R>>"],
        [b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", b"<</T(a)/FT/Sig/Kids[2 0 R]>>"],
        [b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", b"<</T(a)/FT/Sig/V 2 0 R>>"],
        [b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", b"2 0 R"],
        [b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", b"[" * 5000 + b"]" * 5000],
        [b"<</Type/Catalog/AcroForm<</Fields 7>>>>"],
        [b"(not a catalog)"],
    ],
    ids=["form of itself", "kid of itself", "value of itself", "reference of itself", "deep", "number", "no catalog"],
)
def test_a_hostile_structure_gets_a_coded_verdict(judge, body):
    verdict = judge(pdf_with(body))

    assert len(verdict.problems) == 1
    assert verdict.problems[0] in {PdfProblem.UNSIGNED, PdfProblem.UNREADABLE, PdfProblem.SIGNATURE_UNREADABLE}
    assert embedded_file(pdf_with(body), "a") is None


def test_cross_references_in_a_circle_get_a_coded_verdict(judge):
    sound = pdf_with([b"<</Type/Catalog>>"])
    place = sound.index(b"xref\n")
    circle = sound.replace(b"trailer\n<<", b"trailer\n<</Prev %d" % place)

    assert_refused(judge(circle), PdfProblem.UNREADABLE)


@settings(max_examples=100, deadline=None)
@given(tail=st.binary(max_size=300))
def test_any_bytes_after_the_header_get_a_coded_verdict(judge, tail):
    verdict = judge(b"%PDF-1.7\n" + tail)

    assert len(verdict.problems) == 1
    assert verdict.problems[0].value.startswith("pki.pdf.")
