import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from divan_libs.pki.asn1 import cms
from divan_libs.pki.attachments import embedded_file
from divan_libs.pki.encoding import from_asn1, write_certificates
from divan_libs.pki.errors import AttachmentInvalid, PdfUnsignable, TimestampUnavailable
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.pades import sign_pdf
from divan_libs.pki.tests.openssl import needs_openssl, openssl
from divan_libs.pki.tests.pdfsig import needs_pdfsig, pdfsig
from divan_libs.pki.tests.specimens import NOON, make_pdf, make_timestamper
from divan_libs.pki.timestampers import HttpTimestamper, LocalTimestamper
from divan_libs.pki.timestamps import TimestampAuthority
from divan_libs.pki.verification import Modifications, verify_pdf

RECEIPT = b'{"entry": 1}'


def signed_parts(pdf):
    """Return the bytes that are signed and the signature over them, taken out with nothing but the text of the file."""
    found = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    assert found is not None
    first, length, second, rest = map(int, found.groups())
    signature = bytes.fromhex(pdf[first + length + 1 : second - 1].decode())
    return pdf[first : first + length] + pdf[second : second + rest], signature


def test_a_signed_letter_says_who_signed_what_when(authority, signed_letter):
    verdict = verify_pdf(signed_letter, [authority.root], now=NOON + timedelta(days=1))

    assert verdict.problems == ()
    assert verdict.is_valid
    assert verdict.signer is not None
    assert verdict.signer.common_name == "مریم رضایی"
    assert verdict.signer.national_code == "0499370899"
    assert verdict.signed_at == NOON
    assert verdict.timestamped_at == NOON
    assert verdict.covers_whole_document
    assert verdict.modifications is Modifications.NONE


def test_signing_only_appends(letter, signed_letter):
    assert signed_letter.startswith(letter)
    assert letter.count(b"%%EOF") == 1
    assert signed_letter.count(b"%%EOF") == 2


def test_the_signature_is_pades_with_timestamp_and_allows_no_change(signed_letter, signer, authority):
    root: Any = pypdf.PdfReader(BytesIO(signed_letter)).trailer["/Root"]
    dictionary = root["/AcroForm"]["/Fields"][0]["/V"]
    signed_data = cms.ContentInfo.load(signed_parts(signed_letter)[1])["content"]
    signer_info = signed_data["signer_infos"][0]

    assert dictionary["/SubFilter"] == "/ETSI.CAdES.detached"
    assert dictionary["/Reason"] == "پاسخ درخواست"
    assert dictionary["/Location"] == "تبریز"
    assert dictionary["/M"] == "D:20260321120000Z"
    assert dictionary["/Reference"][0]["/TransformMethod"] == "/DocMDP"
    assert dictionary["/Reference"][0]["/TransformParams"]["/P"] == 1
    signed = {attribute["type"].native for attribute in signer_info["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= signed
    assert "signing_time" not in signed
    assert [attribute["type"].native for attribute in signer_info["unsigned_attrs"]] == ["signature_time_stamp_token"]
    enclosed = {from_asn1(certificate.chosen) for certificate in signed_data["certificates"]}
    assert enclosed == {signer.certificate, *authority.chain}


def test_a_root_in_the_chain_is_not_enclosed(letter, signer, timestamper, authority):
    signed = sign_pdf(letter, signer, (*signer.chain, authority.root), timestamper, now=NOON)

    certificates = cms.ContentInfo.load(signed_parts(signed)[1])["content"]["certificates"]
    assert authority.root not in {from_asn1(certificate.chosen) for certificate in certificates}


def test_the_signature_is_invisible_and_printable(signed_letter):
    page: Any = pypdf.PdfReader(BytesIO(signed_letter)).pages[0]

    (widget,) = (annotation.get_object() for annotation in page["/Annots"])

    assert [float(side) for side in widget["/Rect"]] == [0, 0, 0, 0]
    assert widget["/F"] & 4
    assert not widget["/F"] & 2


def test_the_same_arguments_give_the_same_bytes(letter, authority, signer):
    private_key = generate_private_key()
    key = FileKey(private_key, authority.issue_timestamper(private_key.public_key(), now=NOON))

    def sign():
        stamps = TimestampAuthority(key, authority.chain, serial_number=lambda: 1)
        timestamper = LocalTimestamper(stamps, lambda: NOON)
        return sign_pdf(letter, signer, signer.chain, timestamper, now=NOON, attachments=[("a.json", RECEIPT)])

    assert sign() == sign()


def test_signing_leaves_the_metadata_of_the_document_alone(letter, signed_letter):
    assert signed_letter.count(b"/ModDate") == letter.count(b"/ModDate") + 1
    assert b"/ModDate (D\\07220260321120000Z)" in signed_letter
    assert b"xmpmeta" not in signed_letter


@needs_openssl
def test_openssl_verifies_the_signature_without_knowing_pdf(tmp_path, authority, signed_letter):
    content, signature = signed_parts(signed_letter)
    (tmp_path / "root.pem").write_bytes(write_certificates([authority.root]))
    (tmp_path / "signature").write_bytes(signature)

    def verify(data):
        (tmp_path / "content").write_bytes(data)
        return openssl(
            *("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", tmp_path / "signature"),
            *("-content", tmp_path / "content", "-CAfile", tmp_path / "root.pem", "-purpose", "any"),
            *("-attime", str(int(NOON.timestamp())), "-out", tmp_path / "out"),
        )

    assert b"CAdES Verification successful" in verify(content).stderr
    assert verify(content[:-1] + b"!").returncode != 0


@needs_pdfsig
def test_pdfsig_finds_the_signature_whole_and_valid(tmp_path, signed_letter):
    said = pdfsig(tmp_path, signed_letter)

    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "مریم رضایی" in said


@needs_pdfsig
def test_pdfsig_finds_an_altered_letter_too(tmp_path, signed_letter):
    position = signed_letter.index(b"40 100 Td")
    altered = signed_letter[:position] + b"9" + signed_letter[position + 1 :]

    assert "Signature is Valid" not in pdfsig(tmp_path, altered)


@pytest.mark.parametrize(
    "make_key",
    [lambda: ec.generate_private_key(ec.SECP384R1()), lambda: rsa.generate_private_key(65537, 3072)],
    ids=["p384", "rsa3072"],
)
def test_other_kinds_of_keys_sign_too(letter, authority, issue_signer, timestamper, make_key):
    key = issue_signer(authority, private_key=make_key())

    signed = sign_pdf(letter, key, key.chain, timestamper, now=NOON)

    assert verify_pdf(signed, [authority.root], now=NOON).problems == ()


def test_a_file_with_cross_reference_streams_can_be_signed(authority, signer, timestamper):
    signed = sign_pdf(
        make_pdf(stream_xrefs=True), signer, signer.chain, timestamper, now=NOON, attachments=[("a.json", RECEIPT)]
    )

    assert verify_pdf(signed, [authority.root], now=NOON).problems == ()
    assert embedded_file(signed, "a.json") == RECEIPT


def test_many_threads_sign_at_once(letter, authority, signer, timestamper):
    def sign(number):
        text = f"{number}".encode()
        signed = sign_pdf(letter, signer, signer.chain, timestamper, now=NOON, attachments=[("number", text)])
        return embedded_file(signed, "number") == text and verify_pdf(signed, [authority.root], now=NOON).is_valid

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(sign, range(24))) == [True] * 24


def test_signing_works_inside_a_running_event_loop(letter, authority, signer, timestamper):
    async def sign_and_verify():
        signed = sign_pdf(letter, signer, signer.chain, timestamper, now=NOON)
        return verify_pdf(signed, [authority.root], now=NOON)

    assert asyncio.run(sign_and_verify()).problems == ()


def test_attachments_are_in_the_signed_bytes_and_any_reader_finds_them(letter, signer, timestamper, authority):
    files = [("receipt.json", RECEIPT), ("پیوست یک.txt", "متن".encode()), ("empty", b""), ("data.bin", bytes(50_000))]

    signed = sign_pdf(letter, signer, signer.chain, timestamper, now=NOON, attachments=files)

    assert verify_pdf(signed, [authority.root], now=NOON).covers_whole_document
    assert {name: embedded_file(signed, name) for name, _ in files} == dict(files)
    reader = pypdf.PdfReader(BytesIO(signed))
    root: Any = reader.trailer["/Root"]
    assert {name: content[0] for name, content in reader.attachments.items()} == dict(files)
    assert len(root["/AF"]) == 4


def test_an_attachment_joins_those_that_the_document_has(signer, timestamper):
    writer = pypdf.PdfWriter(BytesIO(make_pdf()))
    writer.add_attachment("old.txt", b"old")
    output = BytesIO()
    writer.write(output)

    signed = sign_pdf(output.getvalue(), signer, signer.chain, timestamper, now=NOON, attachments=[("new.txt", b"new")])

    assert (embedded_file(signed, "old.txt"), embedded_file(signed, "new.txt")) == (b"old", b"new")
    with pytest.raises(AttachmentInvalid):
        sign_pdf(output.getvalue(), signer, (), timestamper, now=NOON, attachments=[("old.txt", b"other")])


@pytest.mark.parametrize("names", [[""], ["a", "a"]])
def test_an_attachment_needs_a_name_of_its_own(letter, signer, timestamper, names):
    with pytest.raises(AttachmentInvalid) as refusal:
        sign_pdf(letter, signer, (), timestamper, now=NOON, attachments=[(name, b"") for name in names])

    assert refusal.value.code == "pki.pdf.attachment-name"


def test_an_absent_attachment_is_none(letter, signed_letter):
    assert embedded_file(signed_letter, "other.json") is None
    assert embedded_file(letter, "receipt.json") is None
    assert embedded_file(b"", "receipt.json") is None
    assert embedded_file(signed_letter[:2000], "receipt.json") is None


def encrypted(pdf):
    writer = pypdf.PdfWriter(BytesIO(pdf))
    writer.encrypt("secret", algorithm="AES-256")
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["empty", "text", "truncated", "encrypted", "signed"])
def test_what_cannot_be_signed_is_refused(letter, signed_letter, signer, timestamper, kind):
    pdf = {
        "empty": b"",
        "text": "سلام".encode() * 1000,
        "truncated": letter[:-200],
        "encrypted": encrypted(letter),
        "signed": signed_letter,
    }[kind]

    with pytest.raises(PdfUnsignable) as refusal:
        sign_pdf(pdf, signer, signer.chain, timestamper, now=NOON)

    assert refusal.value.code == "pki.pdf.unsignable"


def test_without_a_timestamp_nothing_is_signed(letter, signer):
    unreachable = HttpTimestamper("http://127.0.0.1:1/", timeout=1)

    with pytest.raises(TimestampUnavailable):
        sign_pdf(letter, signer, signer.chain, unreachable, now=NOON)


def test_a_timestamper_is_asked_once_for_the_size_and_once_for_each_document(letter, signer, authority):
    asked = []

    class Counting(LocalTimestamper):
        def answer(self, request):
            asked.append(request)
            return super().answer(request)

    stamps = Counting(make_timestamper(authority)._authority, lambda: NOON)

    for _ in range(3):
        sign_pdf(letter, signer, signer.chain, stamps, now=NOON)

    assert len(asked) == 4


def test_a_real_letter_of_typst_can_be_signed(authority, signer, timestamper):
    typst = pytest.importorskip("typst", reason="typst is not installed")
    source = '#set document(title: "نامه")\n#set text(lang: "fa", dir: rtl)\nمتن نامه ۱۲۳\n'.encode()

    letter = typst.compile(source, pdf_standards=["a-3b"])
    signed = sign_pdf(letter, signer, signer.chain, timestamper, now=NOON, attachments=[("receipt.json", RECEIPT)])

    assert verify_pdf(signed, [authority.root], now=NOON).problems == ()
    assert embedded_file(signed, "receipt.json") == RECEIPT
    assert b"/AFRelationship" in signed
