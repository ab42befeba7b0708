import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.pki.authority import REHEARSAL
from divan_libs.pki.encoding import read_certificates
from divan_libs.pki.errors import CertificateUnreadable
from divan_libs.pki.fingerprints import (
    Subject,
    SubjectMapping,
    fingerprint,
    is_same_code,
    read_code,
    read_subject,
    serial_number,
)
from divan_libs.pki.tests.openssl import needs_openssl, openssl

SCRIPTS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")


def test_a_certificate_names_its_person_and_organisation(signer):
    assert read_subject(signer.certificate) == Subject(
        common_name="مریم رضایی",
        national_code="0499370899",
        organization="اداره کل ارتباطات و فناوری اطلاعات",
        legal_id="10380284790",
        title="مدیر کل",
    )


def test_the_places_of_the_fields_are_configurable(signer):
    elsewhere = SubjectMapping(common_name="2.5.4.11", national_code="2.5.4.97")

    subject = read_subject(signer.certificate, elsewhere)

    assert subject.common_name == REHEARSAL
    assert subject.national_code is None


def test_a_field_that_is_absent_or_stands_twice_is_unreadable(signer, authority):
    subject = read_subject(authority.root, SubjectMapping(organization="2.5.4.11"))

    assert (subject.common_name, subject.organization) == ("Divan rehearsal root", REHEARSAL)
    assert (subject.national_code, subject.legal_id, subject.title) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0499370899", "0499370899"),
        ("۰۴۹۹۳۷۰۸۹۹", "0499370899"),
        ("٠٤٩٩٣٧٠٨٩٩", "0499370899"),
        ("499370899", "0499370899"),
        ("99370899", "0099370899"),
        (" 0499370899 ", "0499370899"),
        ("IDCIR-0499370899", "0499370899"),
        ("PNOIR-۴۹۹۳۷۰۸۹۹", "0499370899"),
        ("9370899", None),
        ("00499370899", None),
        ("04993708x9", None),
        ("049-9370899", None),
        ("IDCIR-", None),
        ("²499370899", None),
        ("", None),
        (None, None),
    ],
)
def test_a_national_code_is_read_as_certificates_write_it(text, code):
    assert read_code(text, 10) == code


@given(
    st.from_regex(r"[0-9]{10}", fullmatch=True),
    st.sampled_from(SCRIPTS),
    st.sampled_from(["", "IDCIR-", "PNOIR-"]),
)
def test_script_prefix_and_lost_zeros_do_not_change_a_code(code, script, prefix):
    lost = min(2, len(code) - len(code.lstrip("0")))
    written = prefix + "".join(script[int(digit)] for digit in code[lost:])

    assert read_code(written, 10) == code
    assert is_same_code(written, code)


@given(st.text(max_size=20))
def test_a_code_is_ten_latin_digits_or_none(text):
    code = read_code(text, 10)

    assert code is None or (len(code) == 10 and code.isascii() and code.isdigit())
    assert is_same_code(text, text) is (code is not None)


def test_what_cannot_be_read_equals_nothing():
    assert not is_same_code(None, None)
    assert not is_same_code("x", "x")
    assert not is_same_code("0499370899", "0684159414")


@needs_openssl
def test_openssl_gives_the_same_fingerprint_and_serial_number(signer):
    pem = signer.certificate.public_bytes(Encoding.PEM)

    said = openssl("x509", "-noout", "-fingerprint", "-sha256", "-serial", stdin=pem).stdout.decode().split()

    assert said[0].lower() == "sha256"
    assert said[1].split("=")[1].replace(":", "").lower() == fingerprint(signer.certificate)
    assert said[2].split("=")[1].lower() == serial_number(signer.certificate)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_text_without_a_sound_certificate_is_refused(pem):
    with pytest.raises(CertificateUnreadable) as refusal:
        read_certificates(pem)

    assert refusal.value.code == "pki.certificate.unreadable"
