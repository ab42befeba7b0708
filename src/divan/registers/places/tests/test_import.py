"""Taking over a list of divisions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.places import actions, models, queries
from divan.registers.places.values import Level, PlaceUnknown, SourceUnreadable, TooManyFaults

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

SMALL = {
    "ostan.csv": "id,name,amar_code\n26,لرستان,15\n",
    "shahrestan.csv": "id,name,ostan,amar_code\n157,خرم آباد,26,1503\n",
    "bakhsh.csv": "id,name,ostan,shahrestan,amar_code\n305,زاغه,26,157,150305\n",
    "shahr.csv": "id,name,shahr_type,ostan,shahrestan,bakhsh,amar_code\n9,زاغه,0,26,157,305,1503051234\n",
    "dehestan.csv": "id,name,ostan,shahrestan,bakhsh,amar_code\n7,رازان,26,157,305,1503050001\n",
    "abadi.csv": "id,name,abadi_type,ostan,shahrestan,bakhsh,dehestan,amar_code\n"
    "1,صفرآباد,0,26,157,305,7,1503050001219674\n"
    "2,علي اباد,0,26,157,305,7,1503050001219675\n"
    "3,چاه شماره ۲,1,26,157,305,7,1503050001219676\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, content in SMALL.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def taken(source: Path):
    return actions.import_divisions(directory=source, actor=SYSTEM, now=NOON)


def test_five_levels_are_taken_with_their_parents(db, source):
    report = taken(source)

    assert (report.read, report.added, report.changed, report.closed, report.faults) == (8, 8, 0, 0, ())
    assert [place.name for place in queries.lineage("1503050001219674")] == [
        "لرستان",
        "خرم آباد",
        "زاغه",
        "رازان",
        "صفرآباد",
    ]
    assert queries.ancestor("1503050001219674", Level.DISTRICT).code == "150305"


def test_again_changes_nothing_but_says_that_it_was_done(db, source):
    taken(source)
    before = list(models.Place.objects.order_by("id").values())

    report = taken(source)

    assert (report.added, report.changed, report.unchanged) == (0, 0, 8)
    assert list(models.Place.objects.order_by("id").values()) == before
    assert models.DivisionList.objects.count() == 2


def test_a_newer_list_renames_and_closes_and_keeps_what_was(db, source):
    taken(source)
    village = source / "abadi.csv"
    village.write_text(
        village.read_text().replace("صفرآباد", "صفر آباد").replace("2,علي اباد,0,26,157,305,7,1503050001219675\n", "")
    )

    report = taken(source)

    assert (report.changed, report.closed) == (1, 1)
    assert queries.get_place("1503050001219675").name == "علی اباد"
    assert queries.search_places("علی آباد") == []


def test_names_are_found_whatever_way_they_are_typed(db, source):
    taken(source)

    for typed in ("علی آباد", "علي اباد", "علی‌آباد", "علیاباد"):
        assert [place.code for place in queries.search_places(typed)] == ["1503050001219675"], typed


def test_works_and_wells_are_no_villages_to_choose(db, source):
    taken(source)

    assert queries.search_places("چاه") == []
    assert [place.name for place in queries.list_children("1503050001")] == ["صفرآباد", "علی اباد"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("4,,0,26,157,305,7,1503050001219677", "places.row-without-name"),
        ("4,باغ,0,26,157,305,7,15030500012196", "places.row-code-malformed"),
        ("4,باغ,0,26,157,305,7,1503050002219677", "places.row-code-outside-parent"),
        ("4,باغ,0,26,157,305,99,1503050001219677", "places.row-code-outside-parent"),
        ("4,باغ,0,26,157,305,7,1503050001219674", "places.row-code-repeated"),
    ],
)
def test_a_bad_row_is_named_with_file_and_line_and_left_out(db, source, line, code):
    village = source / "abadi.csv"
    village.write_text(village.read_text() + line + "\n")

    report = taken(source)

    assert [(fault.file, fault.line, fault.code) for fault in report.faults] == [("abadi.csv", 5, code)]
    assert report.added == 8


def test_too_many_bad_rows_import_nothing(db, source):
    village = source / "abadi.csv"
    village.write_text(village.read_text() + "".join(f"{number},باغ,0,26,157,305,7,15\n" for number in range(300)))

    with pytest.raises(TooManyFaults):
        taken(source)

    assert models.Place.objects.count() == 0


@pytest.mark.parametrize("damage", ["missing", "column", "encoding"])
def test_an_unreadable_source_imports_nothing(db, source, damage):
    village = source / "abadi.csv"
    match damage:
        case "missing":
            village.unlink()
        case "column":
            village.write_text(village.read_text().replace("amar_code", "code"))
        case "encoding":
            village.write_bytes(b"id,name,amar_code\n\xff\xfe")

    with pytest.raises(SourceUnreadable):
        taken(source)

    assert models.Place.objects.count() == 0


def test_an_import_is_one_fact_of_its_list(db, source):
    taken(source)

    listed = models.DivisionList.objects.get()
    assert facts.recorded_for(listed.uuid) == ["places.divisions-imported"]


def test_an_unknown_code_is_refused(db):
    with pytest.raises(PlaceUnknown):
        queries.get_place("00")


@pytest.mark.real_data
@pytest.mark.slow
def test_the_whole_country_comes_in(db, real_data):
    report = actions.import_divisions(directory=real_data / "iran_divisions_1399", actor=SYSTEM, now=NOON)

    assert queries.count_places(Level.PROVINCE) == 31
    assert queries.count_places(Level.VILLAGE) + len(report.faults) == 98_100
    assert report.faults == ()
