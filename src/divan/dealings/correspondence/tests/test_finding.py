"""Letters are found by words, by their numbers in every spelling and by marks, and only by whoever may read them."""

from __future__ import annotations

import itertools
from datetime import date
from uuid import uuid4

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.queries import lexemes
from divan.dealings.correspondence.queries.finding import windows
from divan.dealings.correspondence.queries.passages import passage_of
from divan.dealings.correspondence.tests.offices import (
    body_party,
    moment,
    receive,
    registration,
    signed,
    stored,
    take,
)
from divan.dealings.correspondence.values import (
    IntakeFile,
    LetterFilters,
    Secrecy,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM

pytestmark = pytest.mark.django_db


def settle(office):
    """Let what letters are found by come up to date."""
    from divan.dealings.correspondence.jobs.finding import enter_letters  # noqa: PLC0415 (Django is ready only now)

    facts.place_facts()
    while enter_letters(office.now):
        pass


def found(office, text="", code="ict-secretariat", after="", **filters):
    """Return the subjects that a post finds."""
    page = queries.search_letters(LetterFilters(text=text, **filters), post_of(office, code), office.now, after=after)
    return [one.letter.subject for one in page.items]


def post_of(office, code):
    return office.post(code)


@pytest.fixture
def letters(office):
    """Return the office with three letters of one secretariat."""
    receive(office, subject="گزارش پیشرفت آبرسانی", keywords=("آب روستا",))
    signed(office, body_party("governor-office"), subject="پاسخ درخواست‌های مجوز", wording="اینترنت روستا می‌رسد.")
    signed(office, subject="بخشنامهٔ داخلی", direction="internal", wording="۱۲ بند دارد.", urgency="urgent")
    settle(office)
    return office


@pytest.mark.parametrize(
    ("typed", "subjects"),
    [
        ("آبرساني", ["گزارش پیشرفت آبرسانی"]),
        ("اب رسانی", []),
        ("درخواستهای", ["پاسخ درخواست‌های مجوز"]),
        ("درخواست های", ["پاسخ درخواست‌های مجوز"]),
        ("درخواست‌های مجوز", ["پاسخ درخواست‌های مجوز"]),
        ("می‌رسد", ["پاسخ درخواست‌های مجوز"]),
        ("اینتر*", ["پاسخ درخواست‌های مجوز"]),
        ("اینتر", []),
        ("مجوز هرگز", []),
        ("شرکت نمونه لرستان", ["گزارش پیشرفت آبرسانی"]),
        ("مریم", ["گزارش پیشرفت آبرسانی"]),
        ("۱۲", ["بخشنامهٔ داخلی", "گزارش پیشرفت آبرسانی"]),
        ("'; DROP", []),
        ("& | !", ["بخشنامهٔ داخلی", "پاسخ درخواست‌های مجوز", "گزارش پیشرفت آبرسانی"]),
    ],
)
def test_a_letter_is_found_by_its_words_however_they_are_typed(letters, typed, subjects):
    assert found(letters, typed) == subjects


@pytest.mark.parametrize("typed", ["۱۴۰۵/ص/۱۲", "1405/ص/12", "ص/۱۲", "ص-۰۱۲", "۱۲/ص/۱۴۰۵", "12/ص", "ص/١٢"])
def test_a_number_is_found_in_every_spelling_and_by_its_parts(letters, typed):
    assert found(letters, typed) == ["گزارش پیشرفت آبرسانی"]


def test_the_number_of_the_house_is_found_by_count_and_year(letters):
    row = models.Letter.objects.get(subject="پاسخ درخواست‌های مجوز")

    for typed in (row.number, f"{row.year}/{row.count}", f"{row.count}/{row.year}", str(row.number).replace("/", "-")):
        assert "پاسخ درخواست‌های مجوز" in found(letters, typed), typed
    assert found(letters, f"{row.number}9") == []


@pytest.mark.parametrize(
    ("filters", "subjects"),
    [
        ({"direction": "incoming"}, ["گزارش پیشرفت آبرسانی"]),
        ({"direction": "internal"}, ["بخشنامهٔ داخلی"]),
        ({"urgency": "urgent"}, ["بخشنامهٔ داخلی"]),
        ({"state": "registered"}, ["گزارش پیشرفت آبرسانی"]),
        ({"keyword": "آب روستا"}, ["گزارش پیشرفت آبرسانی"]),
        ({"keyword": "روستا"}, []),
        ({"sender": "نمونه"}, ["گزارش پیشرفت آبرسانی"]),
        ({"recipient": "استانداری"}, ["پاسخ درخواست‌های مجوز"]),
        ({"sender": "استانداری"}, []),
        ({"kind": "circular"}, []),
        ({"until": date(2020, 1, 1)}, []),
        ({"since": date(2020, 1, 1), "direction": "internal"}, ["بخشنامهٔ داخلی"]),
    ],
)
def test_marks_narrow_what_is_found(letters, filters, subjects):
    assert found(letters, **filters) == subjects


def test_nobody_finds_or_counts_what_they_may_not_read(letters):
    secret = signed(letters, subject="آبرسانی محرمانه", secrecy="secret")
    actions.grant_clearance(
        post=letters.post("ict-secretariat").uuid, secrecy=Secrecy.ORDINARY, reason="x", actor=SYSTEM, now=letters.now
    )
    settle(letters)
    post = letters.post("ict-secretariat")

    page = queries.search_letters(LetterFilters(text="آبرسانی"), post, letters.now)

    assert [one.letter.subject for one in page.items] == ["گزارش پیشرفت آبرسانی"]
    assert page.count == 1
    assert found(letters, secret.number_text) == []
    assert found(letters, "آبرسانی", "ict-expert") == []


def test_a_draft_is_found_by_who_writes_it_only_and_a_stale_entry_shows_nothing(letters):
    row = models.Letter.objects.get(subject="بخشنامهٔ داخلی")
    models.Letter.objects.filter(id=row.id).update(secrecy="top-secret")

    assert found(letters, "بند") == []


def test_an_expert_finds_what_came_to_the_post(letters):
    letter = models.Letter.objects.get(subject="گزارش پیشرفت آبرسانی")
    expert = letters.post("ict-expert").uuid
    from divan.dealings.correspondence.actions.reading import note_reader  # noqa: PLC0415 (Django is ready only now)

    note_reader(letter, expert, letters.now)

    assert found(letters, "آبرسانی", "ict-expert") == ["گزارش پیشرفت آبرسانی"]
    assert found(letters, "", "ict-expert") == ["گزارش پیشرفت آبرسانی"]


def test_a_post_with_many_letters_finds_the_same(letters, monkeypatch):
    from divan.dealings.correspondence.actions.reading import note_reader  # noqa: PLC0415 (Django is ready only now)
    from divan.dealings.correspondence.queries import finding  # noqa: PLC0415 (as above)

    monkeypatch.setattr(finding, "FEW", 1)
    for one in models.Letter.objects.exclude(subject="بخشنامهٔ داخلی"):
        note_reader(one, letters.post("ict-expert").uuid, letters.now)

    assert found(letters, "روستا", "ict-expert") == ["پاسخ درخواست‌های مجوز", "گزارش پیشرفت آبرسانی"]
    assert found(letters, "بند", "ict-expert") == []


@pytest.mark.parametrize("typed", ["نامه", "نامه*", "نام* شمار*"])
@pytest.mark.parametrize("little", [0, 3, 2_000])
def test_pages_follow_one_another_without_gap_or_double(office, monkeypatch, typed, little):
    from divan.dealings.correspondence.queries import finding  # noqa: PLC0415 (Django is ready only now)

    monkeypatch.setattr(finding, "FOUND_PAGE", 3)
    monkeypatch.setattr(finding, "LITTLE", little)
    for number in range(8):
        signed(office, subject=f"نامهٔ شمارهٔ {number}")
        office.pass_time(days=100 if number < 4 else 20)
    settle(office)
    post, seen, after = office.post("ict-secretariat"), [], ""

    for _ in range(9):
        page = queries.search_letters(LetterFilters(text=typed), post, office.now, after=after)
        seen += [one.letter.subject for one in page.items]
        after = page.after
        if not after:
            break

    assert seen == [f"نامهٔ شمارهٔ {number}" for number in reversed(range(8))]


def test_the_text_of_an_attached_pdf_is_found_and_shown(office):
    from divan.dealings.correspondence.jobs.finding import read_files  # noqa: PLC0415 (Django is ready only now)
    from divan.dealings.correspondence.tests.papers import pdf_saying  # noqa: PLC0415 (as above)

    made = stored(office, "report.pdf", pdf_saying("گزارش فیبرنوری دورود"))
    taken = take(office, files=(IntakeFile(file_uuid=made.uuid, name="report.pdf", role="attachment"),))
    actions.register_intake(
        intake=taken.uuid, registration=registration(), actor=office.officer("secretariat"), now=office.now
    )
    settle(office)
    assert found(office, "فیبرنوری") == []

    assert read_files(office.now) == 1

    page = queries.search_letters(LetterFilters(text="فیبرنوری"), office.post("ict-secretariat"), office.now)
    assert page.items[0].passage.file_name == "report.pdf"
    assert ("فیبرنوری", True) in page.items[0].passage.runs


@pytest.mark.parametrize("content", [b"%PDF-1.7\nbroken", b"%PDF-1.7\n" + b"<" * 1_000_00])
def test_a_file_that_cannot_be_read_is_tried_and_left(office, content):
    from divan.dealings.correspondence.jobs.finding import read_files  # noqa: PLC0415 (Django is ready only now)

    made = stored(office, "broken.pdf", content)
    models.FileText.objects.create(file_uuid=made.uuid)

    assert read_files(office.now) == 1
    assert models.FileText.objects.get().state == "unreadable"
    assert read_files(office.now) == 0


def test_a_file_that_takes_the_process_down_is_tried_three_times(office):
    from divan.dealings.correspondence.actions.finding import begin_reading  # noqa: PLC0415 (Django is ready only now)

    models.FileText.objects.create(file_uuid=uuid4())

    assert [begin_reading() is None for _ in range(4)] == [False, False, False, True]
    assert models.FileText.objects.get().state == "unreadable"


def test_windows_leave_no_month_out():
    newest = moment(2026, 11, 22)
    begins = (moment(2026, 11, 3), moment(2019, 5, 3), moment(2014, 1, 1), moment(1960, 2, 1))
    for oldest, today in itertools.product(
        begins, (newest, moment(2027, 1, 1), moment(2026, 2, 3), moment(2025, 3, 1))
    ):
        found = list(windows(7, newest, oldest, today=today))
        assert all(found)
        marks = [one for window in found for one in lexemes_in(window)]
        months = [one.removeprefix("@month:7:") for one in marks if one.startswith("@month")]
        years = [int(one.removeprefix("@year:7:")) for one in marks if one.startswith("@year")]
        spelled = months + [f"{year}-{month:02d}" for year in years for month in range(1, 13)]

        span = range(oldest.year * 12 + oldest.month - 1, 2026 * 12 + 11)
        wanted = {f"{one // 12}-{one % 12 + 1:02d}" for one in span}
        assert len(spelled) == len(set(spelled))
        assert wanted <= set(spelled)
        assert years == sorted(years, reverse=True)


def lexemes_in(window):
    return [one.strip("()'") for one in window.split(" | ")]


def test_a_passage_is_cut_around_the_first_hit_and_marks_all():
    text = "یک " * 100 + "کتاب‌خانهٔ مرکزی " + "دو " * 200

    said = passage_of(text, lexemes.words_of("كتاب"))

    assert said.runs[0] == ("… ", False)
    assert said.runs[-1] == (" …", False)
    assert [run for run, hit in said.runs if hit] == ["کتاب"]
    assert passage_of("a <b> c", ["b"], whole=True).runs == (("a <", False), ("b", True), ("> c", False))
    assert passage_of("", ["b"]).runs == ()
