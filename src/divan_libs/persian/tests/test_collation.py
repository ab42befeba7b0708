"""The Persian alphabetical order, trap by trap."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.persian.text import normalize, sort_key

REPOSITORY = Path(__file__).parents[4]
REAL_DATA = Path(os.environ.get("DIVAN_REAL_DATA", REPOSITORY.parent / "shared" / "data"))


def test_letters_stand_in_the_order_of_the_persian_alphabet():
    alphabet = "آاءبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"

    assert "".join(sorted(sorted(alphabet), key=sort_key)) == alphabet


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("باران", "پاران"),
        ("جو", "چای"),
        ("زیبا", "ژاله"),
        ("قم", "کرج"),
        ("کیش", "گرگان"),
        ("گیلان", "لار"),
        ("نور", "ورامین"),
        ("ورزنه", "هرمز"),
        ("هویزه", "یزد"),
        ("آمل", "ابهر"),
        ("رئیس", "ربیع"),
        ("آب", "آب پخش"),
        ("علی آباد", "علیا"),
        ("ده 5", "ده بالا"),
        ("ده (بالا)", "ده 5"),
        ("یزد", "Abadan"),
        ("Abadan", "zoo"),
        ("کتاب", "کُتاب"),
        ("کَتاب", "کُتاب"),
        ("سوال", "سوالات"),
        ("Zed", "Ярд"),
    ],
)
def test_one_word_stands_before_another(earlier, later):
    assert sort_key(earlier) < sort_key(later)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("علي", "علی"),
        ("موسى", "موسی"),
        ("كتاب", "کتاب"),
        ("می\u200cرود", "میرود"),
        ("اســتان", "استان"),
        ("۱۲", "12"),
        ("٤", "۴"),
        (" شهر  کرد ", "شهر کرد"),
        ("\u200fقم", "قم"),
        ("رى\u0654یس", "رئیس"),
        ("خانهٔ", "خانه\u0654"),
        ("\ufedb\ufe98\ufe8e\ufe8f", "کتاب"),
    ],
)
def test_what_a_reader_takes_for_the_same_has_the_same_key(one, other):
    assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("رئیس", "رییس"), ("می رود", "میرود"), ("Ab", "ab"), ("کُتاب", "کتاب"), ("ڕ", "ر"), ("«ب»", "(ب)")],
)
def test_what_a_reader_tells_apart_has_different_keys(one, other):
    assert sort_key(one) != sort_key(other)


def test_a_difference_of_letters_outweighs_one_of_marks():
    words = ["کُتاب", "کتابت", "کتاب", "کُتابت", "کتابخانه"]

    assert sorted(words, key=sort_key) == ["کتاب", "کُتاب", "کتابت", "کُتابت", "کتابخانه"]


def test_latin_words_stand_together_whatever_their_capitals_and_accents():
    words = ["Zed", "abd", "Abc", "éa", "abc", "eb"]

    assert sorted(words, key=sort_key) == ["abc", "Abc", "abd", "éa", "eb", "Zed"]


def test_a_persian_key_takes_one_byte_a_letter():
    assert len(sort_key("خراسان رضوی").encode()) == 11


@given(st.text())
def test_the_order_of_keys_is_the_same_in_bytes(text):
    key = sort_key(text)

    assert "\x00" not in key
    assert key.encode("utf-8").decode("utf-8") == key


@given(st.text(), st.text())
def test_code_points_and_bytes_agree_on_the_order(one, other):
    keys = sort_key(one), sort_key(other)

    assert (keys[0] < keys[1]) == (keys[0].encode() < keys[1].encode())


@given(st.text())
def test_the_key_of_the_stored_form_is_the_key(text):
    assert sort_key(normalize(text)) == sort_key(text)


@pytest.mark.real_data
def test_the_provinces_stand_as_their_published_list_has_them():
    listed = REAL_DATA / "iran_divisions_1399" / "ostan.csv"
    if not listed.exists():
        pytest.skip(f"real data is absent: {listed}")
    with listed.open(encoding="utf-8") as rows:
        names = [row["name"] for row in csv.DictReader(rows)]

    assert len(names) == 31
    assert sorted(names, key=sort_key) == names
