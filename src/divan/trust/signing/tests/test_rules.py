"""Codes as people type them, the words of a letter, and what a file is."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan.trust.signing import rules
from divan.trust.signing.values import (
    AlterationKind,
    Claims,
    Document,
    DocumentState,
    Standing,
    make_code,
    read_code,
)
from divan_libs.pki.fingerprints import Subject
from divan_libs.pki.verification import Modifications, PdfProblem, PdfVerdict, SignatureVerdict

CODE = "7K3M-9QXD-R2TV"
DOCUMENT = Document(
    uuid=UUID(int=1),
    code=CODE,
    state=DocumentState.ISSUED,
    kind="reply-letter",
    title="پاسخ",
    number="ICT/1405/27",
    dated_on=date(2026, 11, 22),
    recipient="مریم رضایی",
    signer_name="علی محمدی‌نژاد",
    signer_title="مدیر کل",
    organization="اداره کل",
    signed_at=datetime(2026, 11, 22, tzinfo=UTC),
    sha256="0" * 64,
    file=UUID(int=2),
    about_kind="cases.case",
    about_uuid=UUID(int=3),
    sealed_fact=UUID(int=4),
    issued_fact=UUID(int=5),
    requested_at=datetime(2026, 11, 22, tzinfo=UTC),
    issued_at=datetime(2026, 11, 22, tzinfo=UTC),
)
CLAIMS = Claims(
    guid=str(DOCUMENT.uuid),
    code=CODE,
    number=DOCUMENT.number,
    dated_on="2026-11-22",
    title=DOCUMENT.title,
    recipient=DOCUMENT.recipient,
    signer_name=DOCUMENT.signer_name,
    signer_title=DOCUMENT.signer_title,
    signer_code="0499370899",
    organization=DOCUMENT.organization,
)


@given(st.lists(st.integers(0, 31), min_size=12, max_size=12))
def test_a_code_is_read_however_it_is_typed(places):
    drawn = iter(places)
    code = make_code(lambda alphabet: alphabet[next(drawn)])
    persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", ""), persian, f"  {code}\n"):
        assert read_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7k3m9qxdr2tv", CODE),
        ("OIL1-OIL1-OIL1", "0111-0111-0111"),
        ("7K3M-9QXD-R2T", None),
        ("7K3M-9QXD-R2TVX", None),
        ("7K3M-9QXD-R2TU", None),
        ("پاسخ", None),
        ("", None),
    ],
)
def test_what_is_no_code_is_none(typed, read):
    assert read_code(typed) == read


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("دست‌كم 10 مگابيت تا 31/6/1406", "دست‌کم ۱۰ مگابیت تا ۳۱/۶/۱۴۰۶"),
        ("(LTE, 1800 MHz)", "(LTE, 1800 MHz)"),
        ("باند Band 28 با 20 دکل", "باند Band 28 با ۲۰ دکل"),
        ("باند B28 و RIC-14050901-00027", "باند B28 و RIC-14050901-00027"),
        ("https://ict.example/a/12?b=3 را ببینید", "https://ict.example/a/12?b=3 را ببینید"),
        ("ece12@ict.example", "ece12@ict.example"),
        ("تلفن 08433331234.", "تلفن ۰۸۴۳۳۳۳۱۲۳۴."),
        ("بند 1\n\nبند 2", "بند ۱\n\nبند ۲"),
        ("پروندهٔ \u200e05-0000001-22 و صفحه‌های 12-14", "پروندهٔ \u200e۰۵-۰۰۰۰۰۰۱-۲۲ و صفحه‌های ۱۲-۱۴"),
    ],
)
def test_persian_letters_show_persian_digits_and_leave_codes_and_addresses_alone(written, shown):
    assert rules.in_words(written, "fa") == shown


def test_other_languages_show_what_was_written():
    assert rules.in_words("10 مگابيت", "en") == "10 مگابيت"
    assert rules.number_in_words("ICT/1405/27", "en") == "ICT/1405/27"
    assert rules.number_in_words("ICT/1405/27", "fa") == "ICT/۱۴۰۵/۲۷"


def test_the_day_of_a_letter_is_jalali_and_in_english_both():
    assert rules.day_in_words(date(2026, 11, 22), "fa") == "۱۴۰۵/۰۹/۰۱"
    assert rules.day_in_words(date(2026, 11, 22), "en") == "22 November 2026 (1 Azar 1405)"


def test_pauses_double_and_end_at_five_minutes():
    assert [rules.pause_after(count).total_seconds() for count in (1, 2, 3, 8, 9, 1000)] == [2, 4, 8, 256, 300, 300]


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_an_alteration_names_the_first_byte_that_differs(issued, given_bytes):
    found = rules.alteration(issued, given_bytes)

    if issued == given_bytes:
        assert found is None
        return
    assert found is not None
    assert issued[: found.at] == given_bytes[: found.at]
    assert issued[found.at : found.at + 1] != given_bytes[found.at : found.at + 1]
    added, cut = given_bytes.startswith(issued), issued.startswith(given_bytes)
    kinds = {(True, False): AlterationKind.ADDED, (False, True): AlterationKind.CUT}
    assert found.kind is kinds.get((added, cut), AlterationKind.CHANGED)


def pdf(*problems: PdfProblem, **changes: object) -> PdfVerdict:
    signed = {
        "field_name": "Divan",
        "intact": True,
        "trusted": True,
        "covers_whole_document": True,
        "modifications": Modifications.NONE,
        "signer": Subject(common_name="X", national_code=None, organization=None, legal_id=None, title=None),
        "certificate_serial": "01",
        "certificate_fingerprint": "ab",
        "signed_at": None,
        "timestamped_at": None,
        "problems": problems,
    }
    return PdfVerdict(problems=problems, signatures=(SignatureVerdict(**(signed | changes)),))


BARE = {problem: PdfVerdict(problems=(problem,)) for problem in PdfProblem}
STRANGER = pdf(PdfProblem.UNTRUSTED, trusted=False)
BROKEN = pdf(PdfProblem.ALTERED, intact=False, trusted=False)
ADDED = pdf(PdfProblem.CHANGED_AFTER_SIGNING, covers_whole_document=False, modifications=Modifications.FORBIDDEN)


@pytest.mark.parametrize(
    ("found", "is_issued_file", "is_known", "disagreeing", "standing"),
    [
        (pdf(), True, True, (), Standing.GENUINE),
        (pdf(), True, True, ("number",), Standing.CONTRADICTED),
        (pdf(PdfProblem.TIMESTAMP_UNTRUSTED), True, True, (), Standing.DOUBTFUL),
        (pdf(), False, True, (), Standing.DIFFERENT),
        (BROKEN, False, True, (), Standing.ALTERED),
        (STRANGER, False, True, (), Standing.ALTERED),
        (BARE[PdfProblem.UNSIGNED], False, True, (), Standing.ALTERED),
        (pdf(), False, False, (), Standing.UNKNOWN),
        (STRANGER, False, False, (), Standing.UNTRUSTED),
        (BROKEN, False, False, (), Standing.ALTERED),
        (ADDED, False, False, (), Standing.ALTERED),
        (BARE[PdfProblem.UNSIGNED], False, False, (), Standing.UNSIGNED),
        (BARE[PdfProblem.ENCRYPTED], False, False, (), Standing.UNREADABLE),
        (BARE[PdfProblem.UNREADABLE], False, False, (), Standing.UNREADABLE),
        (BARE[PdfProblem.NOT_A_PDF], False, False, (), Standing.NOT_A_PDF),
    ],
)
def test_what_a_file_is(found, is_issued_file, is_known, disagreeing, standing):
    assert (
        rules.standing(found, is_issued_file=is_issued_file, is_known=is_known, contradictions=disagreeing) is standing
    )


def test_each_field_in_which_record_and_file_disagree_is_named():
    assert rules.contradictions(DOCUMENT, "0499370899", CLAIMS) == ()
    assert rules.contradictions(DOCUMENT, "0499370899", None) == ("claims",)
    for name in asdict(CLAIMS):
        assert rules.contradictions(DOCUMENT, "0499370899", replace(CLAIMS, **{name: "other"})) == (name,)


def encoded(**changes: object) -> bytes:
    return json.dumps({"schema": rules.CLAIMS_SCHEMA, **asdict(CLAIMS), **changes}).encode()


def test_claims_are_read_from_the_embedded_letter():
    assert rules.read_claims(encoded()) == CLAIMS
    assert rules.read_claims(encoded(more="ignored")) == CLAIMS


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 60000,
        encoded(schema="other"),
        encoded(number=27),
        encoded(number=None),
        encoded(title="x" * 1001),
        b" " * (rules.CLAIMS_LIMIT + 1),
    ],
)
def test_what_is_no_embedded_letter_claims_nothing(content):
    assert rules.read_claims(content) is None


def test_under_a_broken_signature_the_record_speaks_and_not_the_file():
    forged = replace(CLAIMS, number="ICT/1405/28", signer_name="forger")
    found = rules.verdict(
        BROKEN,
        claims=forged,
        document=DOCUMENT,
        signer_code="0499370899",
        is_issued_file=False,
        difference=None,
        receipt=None,
    )

    assert (found.number, found.signer_name, found.standing) == (
        "ICT/1405/27",
        DOCUMENT.signer_name,
        Standing.ALTERED,
    )
