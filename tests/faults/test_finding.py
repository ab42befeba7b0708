"""`kill -9` while old letters are moved in, files are read for the search, and a reminder is drafted."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import uuid4

import pytest

from divan.dealings.correspondence import jobs, models, queries
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.tests import offices

from . import finding
from .house import House


@pytest.fixture
def office(house: House):
    return offices.found(house.world)


@pytest.fixture
def folder(office, tmp_path: Path) -> str:
    """Return a folder with 150 letters, which are two transactions; each follows the next one of the list."""
    rows = [
        {
            "register": offices.register("incoming"),
            "count": count,
            "direction": "incoming",
            "subject": f"نامهٔ {count}",
            "registered_on": "1403/02/11",
            "follows": f"{offices.register('incoming')}/1403/{count % 150 + 1}@1403",
        }
        for count in range(1, 151)
    ]
    made = tmp_path / "old-letters"
    made.mkdir()
    with (made / "letters.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(made)


@pytest.mark.parametrize(
    ("point", "entered", "related"), [("moving-in.before-commit", 0, 0), ("moving-in.before-relations", 150, 0)]
)
def test_moving_in_goes_on_after_a_cut_without_gap_or_double(
    house: House, office, folder: str, point: str, entered: int, related: int
):
    house.cut(point, "deed", "move_in", folder)

    assert models.Letter.objects.count() == entered
    assert models.Relation.objects.count() == related
    again = finding.move_in(office, folder)
    assert (again.entered, again.stood, again.related, again.faults) == (150 - entered, entered, 150, ())
    assert models.Relation.objects.filter(other__isnull=False).count() == 150
    assert models.RegisterYear.objects.get(year=1403).last == 150
    house.rest()


def test_a_file_at_which_the_process_dies_is_tried_again_and_counted(house: House, office):
    models.FileText.objects.create(file_uuid=uuid4())

    for attempts in (1, 2, 3):
        house.cut("file-text.after-attempt", "duty", "file-texts")
        assert models.FileText.objects.get().attempts == attempts

    assert jobs.read_files(office.now) == 0
    assert models.FileText.objects.get().state == "unreadable"
    house.rest()


def test_a_reminder_cut_half_way_is_no_draft_and_is_whole_when_done_again(house: House, office):
    letter = offices.signed(office, offices.body_party("governor-office"), offices.body_party("ict-ministry"))
    note_reader(models.Letter.objects.get(uuid=letter.uuid), office.post("ict-expert").uuid, office.now)
    chosen = [str(one.uuid) for one in queries.list_recipients(letter.uuid)]

    house.cut("reminder.after-draft", "deed", "remind", letter.uuid, *chosen)

    assert models.Letter.objects.count() == 1
    draft = finding.remind(office, str(letter.uuid), *chosen)
    assert len(queries.list_recipients(draft.uuid)) == 2
    assert [one.other for one in queries.list_relations(draft.uuid)] == [letter.uuid]
    house.rest()
