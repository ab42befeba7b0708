"""Normal form, digits, search and decimal numbers."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from divan_libs.persian.text import (
    InvalidNumber,
    latin_digits,
    normalize,
    number_with_slash,
    parse_decimal,
    persian_digits,
    search_terms,
    search_text,
)

PERSIAN_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "آابپتکگلمنوهیيىكؤئأةۀ ءَُّـ٠۹5\u0653\u0654\u200b\u200c\u200d\u200e\u202b\u00a0\ufeff\ufedb\n\r\x00"
        ),
        st.characters(),
    )
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("علي كريمي", "علی کریمی"),
        ("موسى", "موسی"),
        ("  شهر\u00a0 \tکرد ", "شهر کرد"),
        ("اســـتان", "استان"),
        ("\u200fدیوان\u200e", "دیوان"),
        ("\u202bدیوان\u202c\ufeff", "دیوان"),
        ("می\u200c\u200cرود", "می\u200cرود"),
        ("می\u200bرود", "می\u200cرود"),
        ("\u200cده \u200c بالا\u200c", "ده بالا"),
        ("ا\u0653ب", "آب"),
        ("اـ\u0653ب", "آب"),
        ("رى\u0654یس", "رئیس"),
        ("رييس", "رییس"),
        ("\ufedb\ufe98\ufe8e\ufe8f \ufbfc \ufefb", "کتاب ی لا"),
        ("الف\x00\x07ب\ud800", "الفب"),
        ("بند ۱\r\nبند ٢  \n", "بند ۱\nبند ٢"),
        ("ە ڕ ۆ", "ە ڕ ۆ"),
        ("کُتاب", "کُتاب"),
    ],
)
def test_what_looks_the_same_is_stored_the_same(typed, stored):
    assert normalize(typed) == stored


@given(PERSIAN_TEXT)
@example("ا\u200c\u0653")
@example("ى\u0640\u0654")
def test_the_normal_form_of_a_normal_form_is_itself(text):
    assert normalize(normalize(text)) == normalize(text)


@given(PERSIAN_TEXT)
def test_the_normal_form_can_be_stored(text):
    stored = normalize(text)

    assert "\x00" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert stored == stored.strip()


def test_digits_change_script_and_nothing_else():
    assert latin_digits("نامه ۱۲۳/٤٥٦ (۷۸۹۰)") == "نامه 123/456 (7890)"
    assert persian_digits("نامه 123/٤٥٦ (۷۸۹۰)") == "نامه ۱۲۳/۴۵۶ (۷۸۹۰)"


@given(st.text())
def test_digits_survive_a_round_trip(text):
    assert latin_digits(persian_digits(text)) == latin_digits(text)


def finds(query, text, *, joined=False):
    found_in = search_text(text, joined=joined)
    return all(term in found_in for term in search_terms(query))


@pytest.mark.parametrize("query", ["می\u200cرود", "میرود", "می رود", "مي\u200cرود"])
def test_a_word_with_zwnj_is_found_however_its_space_is_typed(query):
    assert search_text("او می\u200cرود") == "او میرود او می رود"
    assert finds(query, "او می\u200cرود")


@pytest.mark.parametrize("text", ["می\u200cرود", "میرود", "می رود"])
def test_a_query_with_zwnj_finds_every_spelling(text):
    assert search_terms("می\u200cرود") == ["می", "رود"]
    assert finds("می\u200cرود", text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("كتاب", "کُتاب"),
        ("رییس", "رئیس"),
        ("رئیس", "رييس"),
        ("مسوول", "مسؤول"),
        ("اباد", "حسن‌آباد"),
        ("آباد", "حسن اباد"),
        ("احمد", "أحمد"),
        ("خانه", "خانۀ"),
        ("خانه", "خانهٔ"),
        ("مکاتبه", "مكاتبة"),
        ("1404/12", "نامهٔ ۱۴۰۴/۱۲/الف"),
        ("۱۴۰۴-٢٥", "1404-25"),
        ("استان", "اســتان"),
        ("ict", "ICT استان"),
        ("سنه", "سنە"),
        ("کتاب", "\ufedb\ufe98\ufe8e\ufe8f"),
    ],
)
def test_typists_who_disagree_find_the_same_text(query, text):
    assert finds(query, text)


def test_different_words_stay_apart():
    assert not finds("مسئول", "مسوول")
    assert not finds("کتاب", "کباب")


def test_a_name_typed_without_its_space_is_found_when_joined():
    assert search_text("علی آباد بالا", joined=True) == "علی اباد بالا علیابادبالا"
    assert finds("علیآباد", "علی آباد بالا", joined=True)
    assert not finds("علیآباد", "علی آباد بالا")
    assert search_text("تهران", joined=True) == "تهران"


def test_an_empty_query_has_no_terms():
    assert search_terms(" \u200c ") == []


def test_a_term_is_asked_once():
    assert search_terms("ده ده‌بالا") == ["ده", "بالا"]


@given(PERSIAN_TEXT)
def test_every_text_is_found_by_itself(text):
    assert finds(text, text)


@given(PERSIAN_TEXT)
def test_the_stored_form_is_found_like_the_typed_one(text):
    assert search_terms(normalize(text)) == search_terms(text)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("۳/۲", "3.2"),
        ("۳٫۲", "3.2"),
        ("3.2", "3.2"),
        ("۱٬۲۳۴٬۵۶۷٫۸۹", "1234567.89"),
        ("1,234.5", "1234.5"),
        ("١٢٫٥", "12.5"),
        ("۰۷", "7"),
        ("-۵", "-5"),
        ("\u200e\u2212۵", "-5"),
        ("+ ۵/۵", "5.5"),
        ("۱۲۳۴", "1234"),
    ],
)
def test_a_decimal_number_is_read_as_persians_write_it(typed, number):
    assert parse_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    ["", "-", "۱۴۰۴/۱۲/۳۰", "1,23", "12,3456", "1,2345", ".5", "5.", "1e5", "NaN", "پنج", "۱ ۲", "१२", "5-", "/2"],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(InvalidNumber) as refusal:
        parse_decimal(typed)

    assert refusal.value.code == "persian.number.form"


def test_an_endless_number_is_refused():
    with pytest.raises(InvalidNumber) as refusal:
        parse_decimal("9" * 41)

    assert refusal.value.code == "persian.number.length"


def test_the_slash_is_a_decimal_mark_once_between_digits():
    assert number_with_slash("۱۲/۰۵") == Decimal("12.05")
    for refused in ("12", "1/2/3", "/5", "-3/2"):
        with pytest.raises(InvalidNumber, match="form"):
            number_with_slash(refused)
