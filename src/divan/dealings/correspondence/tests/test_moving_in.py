"""Letters of an older product are moved in under their numbers: whole, again, after a cut, and with faults named."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.adapters.old_letters import KNOWN
from divan.dealings.correspondence.tests.offices import BODY, PDF, receive, register, registration, seals_hold, take
from divan.dealings.correspondence.values import LetterState, SourceUnfit, YearClosed
from divan.foundation.actors import operator

pytestmark = pytest.mark.django_db


class CleanScanner:
    def find(self, _content):
        return ""


@pytest.fixture
def scanned(office, monkeypatch):
    from divan.foundation import files  # noqa: PLC0415 (Django is ready only now)

    monkeypatch.setattr(files, "ClamScanner", lambda _address: CleanScanner())
    return office


def line(**changes):
    known = {
        "register": register("incoming"),
        "year": "۱۴۰۳",
        "count": "1",
        "direction": "incoming",
        "subject": "درخواست آب",
        "registered_on": "1403/02/11",
        "sender": "شرکت نمونه",
        "recipients": "مدیرکل؛ معاون",
        "their_number": "ص/۷",
        "their_date": "1403/02/01",
        "keywords": "آب; روستا",
    }
    return known | changes


def put(folder, *lines, columns=KNOWN):
    with (folder / "letters.csv").open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return folder


def move(world, folder, **changes):
    return actions.move_in_letters(folder=folder, body=BODY, actor=operator("tester"), now=world.now, **changes)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "old"
    made.mkdir()
    return made


def test_letters_stand_under_their_numbers_with_scans_and_relations(scanned, folder):
    (folder / "scans").mkdir()
    (folder / "scans" / "1.pdf").write_bytes(PDF)
    outgoing = register("outgoing")
    put(
        folder,
        line(file="scans/1.pdf", answers=f"{outgoing}/1403/3@1403"),
        line(
            register=outgoing,
            count="3",
            direction="outgoing",
            subject="پرسش",
            sender="",
            recipients="شرکت نمونه",
            state="registered",
        ),
    )

    moved = move(scanned, folder)

    assert (moved.read, moved.entered, moved.stood, moved.related, moved.faults) == (2, 2, 0, 1, ())
    assert moved.missing == {(outgoing, 1403): 2}
    letter = models.Letter.objects.get(register__code=register("incoming"))
    assert (letter.year, letter.count, letter.state, letter.subject) == (1403, 1, LetterState.CLOSED, "درخواست آب")
    assert letter.sender["organization"] == "شرکت نمونه"
    assert [str(one.party) for one in queries.list_recipients(letter.uuid)] == ["مدیرکل", "معاون"]
    assert [(one.role, one.name) for one in queries.list_files(letter.uuid)] == [("origin", "1.pdf")]
    asked = models.Letter.objects.get(register__code=outgoing)
    assert queries.list_relations(letter.uuid)[0].other == asked.uuid
    assert queries.list_recipients(asked.uuid)[0].answered_by == letter.uuid
    years = models.RegisterYear.objects.filter(year=1403).order_by("last")
    assert [(one.last, one.closed_at is not None) for one in years] == [(1, True), (3, True)]
    assert seals_hold()


def test_again_enters_nothing_and_adds_what_came_later(scanned, folder):
    put(folder, line())
    move(scanned, folder)

    again = move(scanned, put(folder, line(), line(count="2", subject="دوم", follows="1@1403")))

    assert (again.entered, again.stood, again.related) == (1, 1, 1)
    assert (move(scanned, folder).entered, move(scanned, folder).related) == (0, 0)
    assert models.Letter.objects.count() == 2


def test_looking_only_enters_nothing(scanned, folder):
    moved = move(scanned, put(folder, line()), only_look=True)

    assert (moved.read, moved.entered) == (1, 0)
    assert not models.Letter.objects.exists()
    assert not models.RegisterYear.objects.filter(year=1403).exists()


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"register": "none"}, "register", "unknown"),
        ({"register": ""}, "register", "missing"),
        ({"count": "0"}, "count", "form"),
        ({"count": "الف"}, "count", "form"),
        ({"count": "9" * 40}, "count", "form"),
        ({"year": "3"}, "year", "form"),
        ({"year": "1405", "registered_on": "1405/01/10"}, "year", "year-living"),
        ({"subject": ""}, "subject", "missing"),
        ({"subject": "x" * 301}, "subject", "too-long"),
        ({"direction": "sideways"}, "direction", "unknown"),
        ({"secrecy": "x"}, "secrecy", "unknown"),
        ({"registered_on": "1403/13/01"}, "registered_on", "form"),
        ({"their_date": "soon"}, "their_date", "form"),
        ({"file": "../secret.pdf"}, "file", "file-missing"),
        ({"file": "/etc/passwd"}, "file", "file-missing"),
        ({"file": "letters.csv"}, "file", "file-unfit"),
        ({"answers": "12@year"}, "answers", "form"),
    ],
)
def test_a_faulty_line_is_named_and_keeps_all_out(scanned, folder, changes, column, code):
    put(folder, line(count="7", subject="درست"), line(**changes))

    moved = move(scanned, folder)

    assert [(one.line, one.column, one.code) for one in moved.faults] == [(3, column, code)]
    assert moved.entered == 0
    assert not models.Letter.objects.exists()
    assert move(scanned, folder, leave_out=True).entered == 1


def test_a_number_that_another_letter_has_is_a_fault(scanned, folder):
    move(scanned, put(folder, line()))

    moved = move(scanned, put(folder, line(subject="دیگر")))

    assert [one.code for one in moved.faults] == ["number-taken"]
    assert move(scanned, put(folder, line(count="8"), line(count="8"))).faults[0].code == "twice"


def test_a_file_that_is_not_what_its_name_says_stays_out_with_its_letter(scanned, folder):
    (folder / "1.pdf").write_bytes(b"MZ no pdf")

    moved = move(scanned, put(folder, line(file="1.pdf"), line(count="2")))

    assert [(one.line, one.code, one.text) for one in moved.faults] == [
        (2, "file-unfit", "foundation.file-type-unknown")
    ]
    assert [one.count for one in models.Letter.objects.all()] == [2]


def test_the_years_that_were_moved_in_give_no_numbers_and_the_living_one_goes_on(scanned, folder):
    receive(scanned)
    move(scanned, put(folder, line(count="40")))
    intake = take(scanned, their_number="other")
    said = replace(registration(their_number="other"), double_reason="x")

    number = actions.register_intake(
        intake=intake.uuid, registration=said, actor=scanned.officer("secretariat"), now=scanned.now
    ).number

    assert number.count == 2
    from divan.dealings.correspondence.actions.numbering import next_count  # noqa: PLC0415 (Django is ready only now)

    with pytest.raises(YearClosed):
        next_count(models.Register.objects.get(code=register("incoming")), 1403)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "missing"),
        (b"\xff\xfe\x00", "unreadable"),
        (b"register,count\n", "column-missing"),
        (",".join((*KNOWN, "colour")).encode(), "column-unknown"),
    ],
)
def test_a_folder_without_a_readable_list_is_refused(scanned, folder, content, reason):
    if content is not None:
        (folder / "letters.csv").write_bytes(content)

    with pytest.raises(SourceUnfit) as refused:
        move(scanned, folder)

    assert refused.value.facts["reason"] == reason
