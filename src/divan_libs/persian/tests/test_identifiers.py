"""Identifiers: the published vectors, the traps of other validators, and the arithmetic as properties."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from divan_libs.persian.identifiers import (
    InvalidIdentifier,
    is_mobile_masked,
    is_usual_postal_code,
    mask_mobile,
    national_code_with_check_digit,
    parse_email,
    parse_foreigner_id,
    parse_legal_id,
    parse_mobile,
    parse_national_code,
    parse_plate,
    parse_postal_code,
    parse_sheba,
)
from divan_libs.persian.text import persian_digits

PARSERS = [
    parse_national_code,
    parse_legal_id,
    parse_mobile,
    parse_postal_code,
    parse_sheba,
    parse_plate,
    parse_email,
]


def refusal_of(parse, text):
    with pytest.raises(InvalidIdentifier) as refusal:
        parse(text)
    return refusal.value


def accepted_by(parse, body):
    """Return the identifiers of ``body`` and one more digit that are accepted."""
    accepted = []
    for last in "0123456789":
        with suppress(InvalidIdentifier):
            accepted.append(parse(body + last))
    return accepted


@pytest.mark.parametrize("code", ["0499370899", "0684159414", "0790419904"])
def test_a_published_national_code_is_accepted(code):
    assert parse_national_code(code) == code


@pytest.mark.parametrize(
    "typed", ["۰۴۹۹۳۷۰۸۹۹", "٠٤٩٩٣٧٠٨٩٩", "049-937089-9", " 049 937 0899 ", "\u200e0499370899\u200f", "049ـ937ـ0899"]
)
def test_a_national_code_is_read_as_people_type_it(typed):
    assert parse_national_code(typed) == "0499370899"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("4271427685", "persian.national-code.check-digit"),
        ("0200203041", "persian.national-code.check-digit"),
        ("1111111111", "persian.national-code.all-equal"),
        ("0000000000", "persian.national-code.all-equal"),
        ("1230000002", "persian.national-code.serial-zero"),
        ("499370899", "persian.national-code.length"),
        ("04993708990", "persian.national-code.length"),
        ("", "persian.national-code.length"),
        ("0" * 10_000, "persian.national-code.length"),
        ("04993708O9", "persian.national-code.digits"),
        ("०४९९३७०८९९", "persian.national-code.digits"),
        ("0499370.99", "persian.national-code.digits"),
    ],
)
def test_a_wrong_national_code_is_refused_with_its_reason(typed, code):
    refusal = refusal_of(parse_national_code, typed)

    assert refusal.code == code
    assert f"persian.{refusal.kind}.{refusal.reason}" == code


def test_a_refusal_does_not_repeat_the_code_of_a_person():
    refusal = refusal_of(parse_national_code, "4271427685")

    assert "4271427685" not in f"{refusal} {refusal.__dict__}"


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_nine_digits_have_exactly_one_check_digit(nine):
    assume(nine[3:] != "000000")
    assume(len(set(nine)) > 1)

    assert accepted_by(parse_national_code, nine) == [national_code_with_check_digit(nine)]


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.integers(0, 9), st.integers(1, 9))
def test_a_national_code_with_one_wrong_digit_is_refused(nine, place, shift):
    assume(len(set(nine)) > 1 and nine[3:] != "000000")
    code = national_code_with_check_digit(nine)
    # The remainders 1 and 10 share the check digit 1, so only a change between those two passes unseen.
    weight = 10 - place if place < 9 else 1
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    change = (int(wrong[place]) - int(code[place])) * weight % 11
    assume(place == 9 or not (code[9] == "1" and change in {2, 9}))

    assert refusal_of(parse_national_code, wrong).kind == "national-code"


@pytest.mark.parametrize(
    ("nine", "reason"),
    [("111111111", "all-equal"), ("123000000", "serial-zero"), ("12345678", "length"), ("12345678x", "digits")],
)
def test_no_national_code_is_made_that_would_be_refused(nine, reason):
    assert refusal_of(national_code_with_check_digit, nine).reason == reason


@pytest.mark.parametrize("code", ["10380284790", "10100387143", "14003778990"])
def test_a_published_legal_id_is_accepted(code):
    assert parse_legal_id(persian_digits(code)) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("10380284792", "check-digit"),
        ("11053639140", "check-digit"),
        ("1038028479", "length"),
        ("1038028479۰۰", "length"),
        ("1038028479a", "digits"),
        ("11111111111", "all-equal"),
    ],
)
def test_a_wrong_legal_id_is_refused_with_its_reason(typed, reason):
    assert refusal_of(parse_legal_id, typed).code == f"persian.legal-id.{reason}"


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_ten_digits_have_exactly_one_legal_check_digit(ten):
    assume(len(set(ten)) > 1)

    assert len(accepted_by(parse_legal_id, ten)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "09123456789",
        "9123456789",
        "+989123456789",
        "00989123456789",
        "989123456789",
        "+98 0912 345 6789",
        "۰۹۱۲ ۳۴۵ ۶۷۸۹",
        "٠٩١٢-٣٤٥-٦٧٨٩",
        "\u200e+98 912 345 6789",
    ],
)
def test_a_mobile_number_is_read_as_people_type_it(typed):
    assert parse_mobile(typed) == "09123456789"


@pytest.mark.parametrize("number", ["09000000000", "09999999999", "09812345678"])
def test_any_operator_is_accepted(number):
    assert parse_mobile(number) == number
    assert parse_mobile(number[1:]) == number


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("02123456789", "prefix"),
        ("+14155550123", "length"),
        ("0912345678", "length"),
        ("091234567890", "length"),
        ("", "length"),
        ("09l23456789", "digits"),
        ("++989123456789", "digits"),
        ("98", "length"),
    ],
)
def test_a_wrong_mobile_number_is_refused_with_its_reason(typed, reason):
    assert refusal_of(parse_mobile, typed).code == f"persian.mobile.{reason}"


def test_a_masked_mobile_number_hides_its_middle():
    assert mask_mobile("۰۹۱۲۳۴۵۴۵۶۷") == "0912***4567"
    assert is_mobile_masked("0912***4567")
    assert not is_mobile_masked("09123454567")
    assert refusal_of(mask_mobile, "021").reason == "length"


def test_a_postal_code_is_read_as_people_type_it():
    assert parse_postal_code("۱۶۱۹۷-۳۵۷۴۴") == "1619735744"


@pytest.mark.parametrize(
    ("typed", "reason"), [("161973574", "length"), ("1619735٫44", "digits"), ("۱۱۱۱۱۱۱۱۱۱", "all-equal")]
)
def test_a_wrong_postal_code_is_refused_with_its_reason(typed, reason):
    assert refusal_of(parse_postal_code, typed).code == f"persian.postal-code.{reason}"


def test_an_unusual_postal_code_is_a_warning_and_no_refusal():
    assert is_usual_postal_code(parse_postal_code("1619735744"))
    assert not is_usual_postal_code(parse_postal_code("1612735744"))
    assert not is_usual_postal_code(parse_postal_code("1111735744"))


@pytest.mark.parametrize(
    "typed", ["IR062960000000100324200001", "ir06 2960 0000 0010 0324 2000 01", "۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱"]
)
def test_a_sheba_is_read_as_people_type_it(typed):
    assert parse_sheba(typed) == "IR062960000000100324200001"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("IR062960000000100324200011", "check-digit"),
        ("IR162960000000100324200001", "check-digit"),
        ("DE062960000000100324200001", "prefix"),
        ("IR06296000000010032420000", "length"),
        ("IR06296000000010032420000x", "digits"),
        ("IR", "length"),
        ("", "length"),
    ],
)
def test_a_wrong_sheba_is_refused_with_its_reason(typed, reason):
    assert refusal_of(parse_sheba, typed).code == f"persian.sheba.{reason}"


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=40))
def test_any_text_gives_ascii_or_a_refusal(parse, text):
    try:
        parsed = parse(text)
    except InvalidIdentifier:
        return

    assert parsed.isascii()
    assert parse(parsed) == parsed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("۱۲ب۳۴۵۶۷", "12ب345-67"),
        ("12 ب 345 - 67", "12ب345-67"),
        ("۱۲ ب ۳۴۵ | ایران ۶۷", "12ب345-67"),
        ("12ي34567", "12ی345-67"),
        ("12الف34567", "12الف345-67"),
        ("12ا34567", "12الف345-67"),
        ("11s12322", "11S123-22"),
    ],
)
def test_a_plate_is_kept_in_one_form(typed, stored):
    assert parse_plate(typed) == stored
    assert parse_plate(stored) == stored


@pytest.mark.parametrize("typed", ["", "12ب3456", "12ب345678", "ب1234567", "12آ34567", "12ء34567", "x" * 200])
def test_a_plate_of_another_form_is_refused(typed):
    with pytest.raises(InvalidIdentifier):
        parse_plate(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" A.b+c@Sub.Example.IR ", "A.b+c@sub.example.ir"), ("n۷@example.ir", "n7@example.ir")],
)
def test_an_address_of_mail_keeps_its_mailbox_and_lowers_its_domain(typed, stored):
    assert parse_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("", "a", "a@b", "a@@b.ir", "a b@c.ir", ".a@b.ir", "a.@b.ir", "a@-b.ir", "a@b.i", "ن@b.ir"),
        *("a@b.ir\nBcc: c@d.ir", f"{'a' * 65}@b.ir", f"a@{'b.' * 130}ir"),
    ],
)
def test_what_is_no_address_of_mail_is_refused(typed):
    with pytest.raises(InvalidIdentifier):
        parse_email(typed)


def test_the_lengths_of_an_inclusive_id_are_the_callers_to_say():
    assert parse_foreigner_id("۱۲۳-۴۵۶-۷۸۹", shortest=8, longest=12) == "123456789"
    for typed, reason in (("1234567", "length"), ("1" * 9, "all-equal"), ("12345678x", "digits")):
        with pytest.raises(InvalidIdentifier) as refused:
            parse_foreigner_id(typed, shortest=8, longest=12)
        assert refused.value.code == f"persian.foreigner-id.{reason}"
