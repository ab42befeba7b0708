"""Cards out of the tables that bodies keep: what can be read is read, and the very words stay beside it."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.servicepack import card_words
from divan_libs.servicepack.card_import import MAX_ROWS, ImportReport, TableUnreadable, read_cards
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models.card import Frequency, Level, Period, Statistics
from divan_libs.servicepack.models.notation import ClockLength, DayUnit

THREE = "سه بار و در صورت واگذاری به دفاتر کفالت یکبار"
HEADINGS = [
    "کد",
    "عنوان خدمت",
    "شناسه خدمت",
    "دستگاه اجرایی",
    "شرح خدمت",
    "نوع خدمت",
    "نوع مخاطبین",
    "ماهیت",
    "سطح",
    "رویداد مرتبط",
    "نحوه آغاز",
    "مدارک لازم",
    "قوانین و مقررات بالادستی",
    "آمار تعداد خدمت‌گیرندگان",
    "متوسط مدت زمان ارائه",
    "تواتر",
    "ساعات ارائه",
    "تعداد بار مراجعه حضوری",
    "هزینه",
    "نحوه دسترسی",
    "ستون ناشناخته",
]
MARRIAGE = [
    "marriage",
    "ثبت واقعه ازدواج",
    "۱۲۳۴۵۶۷۸",
    "ثبت احوال",
    "ثبت ازدواج می‌شود",
    "G2C",
    "زوجین",
    "حاکميتي",
    "ملی",
    "ازدواج",
    "تقاضای گیرنده خدمت",
    "اصل سند ازدواج\nکپی شناسنامه",
    "قانون ثبت احوال",
    "۳۰۰۰ نفر در سال",
    "یک هفته",
    "یکبار برای همیشه",
    "۷ تا ۱۴",
    THREE,
    "",
    "دفاتر پیشخوان",
    "x",
]
RESIDENCE = dict(
    zip(HEADINGS, MARRIAGE, strict=True),
    **{
        "کد": "",
        "شناسه خدمت": "",
        "ماهیت": "تصدی‌گری",
        "متوسط مدت زمان ارائه": "۶ ماه",
        "تواتر": "به میزان نیاز",
        "نحوه آغاز": "فرارسیدن زمانی مشخص",
        "تعداد بار مراجعه حضوری": "ندارد",
        "هزینه": "حدود ۵۰٬۰۰۰ ریال",
        "نحوه دسترسی": "اینترنتی https://other.example/ask",
        "مدارک لازم": "ندارد",
    },
)


def table(folder: Path, *rows, name: str = "cards.csv", delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([HEADINGS, *rows])
    (folder / name).write_text("\ufeff" + text.getvalue(), "utf-8")
    return folder / name


def flags(report: ImportReport) -> set[tuple[str, str]]:
    return {(flag.field, flag.reason) for flag in report.flags}


def test_a_dirty_row_becomes_a_card_that_keeps_the_very_words(tmp_path):
    report = read_cards(table(tmp_path, MARRIAGE), body="civil-registry")

    (imported,) = report.cards
    card = imported.card
    assert (card.code, card.identifier, card.provider.body) == ("marriage", "12345678", "civil-registry")
    assert (card.visits, card.declared_texts["in_person.visits"]) == (3, THREE)
    assert card.average_time == ClockLength(amount=7, unit=DayUnit.CALENDAR_DAYS)
    assert card.frequency == Frequency(once=True)
    assert card.statistics == Statistics(count=3000, per=Period.YEAR, estimated=False)
    assert card.fees == ()
    assert imported.texts["card.description"] == "ثبت ازدواج می‌شود"
    assert [imported.texts[f"needs.{code}.title"] for code in card.documents] == ["اصل سند ازدواج", "کپی شناسنامه"]
    assert flags(report) == {
        ("in_person.visits", "more-words"),
        ("documents", "copies-demanded"),
        ("access", "stages-not-stated"),
        ("access", "no-reason-in-person"),
    }
    assert (report.faults, report.unknown_headings) == ((), ("ستون ناشناخته",))


def test_words_in_every_number_field_are_flagged_and_kept(tmp_path):
    report = read_cards(table(tmp_path, list(RESIDENCE.values())), body="civil-registry")

    (imported,) = report.cards
    card = imported.card
    assert card.code == "imported-2"
    assert card.frequency == Frequency(as_needed=True)
    assert card.average_time == ClockLength(amount=180, unit=DayUnit.CALENDAR_DAYS)
    assert card.visits == 0
    assert [row.amount for row in card.fees] == [50_000]
    assert card.documents == ()
    assert {row.address for row in card.access} == {"https://other.example/ask"}
    assert card.declared_texts["average_time"] == "۶ ماه"
    assert card.declared_texts["fees"] == "حدود ۵۰٬۰۰۰ ریال"
    assert "in_person.visits" not in card.declared_texts


def test_a_row_without_what_no_card_lacks_gives_faults_and_no_card(tmp_path):
    without = list(MARRIAGE)
    for heading in ("ماهیت", "نوع خدمت", "عنوان خدمت"):
        without[HEADINGS.index(heading)] = ""
    report = read_cards(table(tmp_path, without, MARRIAGE, MARRIAGE))

    assert report.cards == ()
    assert {(fault.row, fault.field) for fault in report.faults} == {
        (2, "nature"),
        (2, "relations"),
        (2, "title"),
        *((row, "body") for row in (2, 3, 4)),
    }
    again = read_cards(table(tmp_path, MARRIAGE, MARRIAGE), body="civil-registry")
    assert [one.row for one in again.cards] == [2]
    assert [(fault.row, fault.field) for fault in again.faults] == [(3, "code")]


def test_a_workbook_and_a_table_with_semicolons_say_the_same(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="workbooks are read in the house, which brings openpyxl")
    book = openpyxl.Workbook()
    for row in (HEADINGS, MARRIAGE):
        book.active.append(row)
    book.save(tmp_path / "cards.xlsx")

    plain = read_cards(table(tmp_path, MARRIAGE), body="civil-registry")

    assert read_cards(tmp_path / "cards.xlsx", body="civil-registry") == plain
    assert read_cards(table(tmp_path, MARRIAGE, name="s.csv", delimiter=";"), body="civil-registry") == plain


def test_an_imported_card_is_written_as_a_folder_that_loads(tmp_path):
    (imported,) = read_cards(table(tmp_path, MARRIAGE), body="civil-registry").cards
    folder = tmp_path / "marriage"
    (folder / "texts").mkdir(parents=True)
    for name, content in imported.files().items():
        (folder / name).write_text(content, "utf-8")
    (folder / "texts" / "en.yaml").write_text("card: {title: Registration of a marriage}\n", "utf-8")

    package = load_package(folder)

    assert package.card == imported.card
    assert package.text("card.title") == "ثبت واقعه ازدواج"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.ods", b"", "import.kind"),
        ("a.csv", b"", "import.shape"),
        ("a.csv", b"one,two\n1,2\n", "import.headings"),
        ("a.xlsx", b"not a workbook", "import.shape"),
        ("a.csv", b"x" * (10 * 1024 * 1024 + 1), "import.too-large"),
        ("a.csv", b"title\n" + b"x\n" * (MAX_ROWS + 1), "import.too-large"),
    ],
)
def test_what_is_no_table_of_cards_is_refused_with_its_code(tmp_path, name, content, code):
    if name.endswith("xlsx"):
        pytest.importorskip("openpyxl", reason="workbooks are read in the house, which brings openpyxl")
    (tmp_path / name).write_bytes(content)

    with pytest.raises(TableUnreadable) as refused:
        read_cards(tmp_path / name)
    assert refused.value.code == code


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path):
    pytest.importorskip("openpyxl", reason="workbooks are read in the house, which brings openpyxl")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        for part in range(5):
            packed.writestr(f"part-{part}", b"0" * (50 * 1024 * 1024))

    with pytest.raises(TableUnreadable) as refused:
        read_cards(tmp_path / "bomb.xlsx")
    assert refused.value.code == "import.too-large"


@pytest.mark.parametrize(
    ("words", "value", "plain"),
    [("۳", 3, True), ("3 بار", 3, True), ("دو مرتبه", 2, True), (THREE, 3, False), ("نامشخص", None, False)],
)
def test_visits_are_read_in_digits_and_words(words, value, plain):
    assert card_words.read_visits(card_words.tidy(words)) == card_words.Reading(value, plain)


@pytest.mark.parametrize(
    ("words", "amount", "unit", "plain"),
    [
        ("۱۵ روز", 15, DayUnit.CALENDAR_DAYS, True),
        ("۱۰ روز کاری", 10, DayUnit.WORKING_DAYS, True),
        ("دو هفته", 14, DayUnit.CALENDAR_DAYS, True),
        ("۴۸ ساعت", 48, DayUnit.HOURS, True),
        ("۱۰ تا ۱۵ روز", 10, DayUnit.CALENDAR_DAYS, False),
        ("۲ روز پس از تکمیل مدارک", 2, DayUnit.CALENDAR_DAYS, False),
    ],
)
def test_spans_are_read_with_their_unit(words, amount, unit, plain):
    assert card_words.read_span(words) == card_words.Reading(ClockLength(amount=amount, unit=unit), plain)


def test_a_county_is_no_province_and_toman_are_ten_rials():
    assert card_words.codes_in("شهرستان", card_words.LEVELS) == ()
    assert card_words.codes_in("استاني و روستایی", card_words.LEVELS) == (Level.PROVINCIAL, Level.RURAL)
    reading = card_words.read_fee("۵٬۰۰۰ تومان")
    assert (reading.value.amount, reading.plain) == (50_000, True)


@given(
    st.one_of(
        st.text(max_size=60), st.from_regex(r"[0-9۰-۹,٬]{0,20} ?(روز|ماه|سال|هفته|ساعت|بار|ریال)?", fullmatch=True)
    )
)
def test_no_words_break_the_reading(words):
    for read in (
        card_words.read_visits,
        card_words.read_frequency,
        card_words.read_statistics,
        card_words.read_span,
        card_words.read_fee,
    ):
        reading = read(card_words.tidy(words))
        assert reading.value is not None or not reading.plain
