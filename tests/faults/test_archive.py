"""`kill -9` while letters are filed, files are handed over and lists are carried out."""

from __future__ import annotations

from datetime import datetime

import pytest

from divan.dealings.cases import queries as cases
from divan.dealings.cases.tests.test_opening import WORDS, written
from divan.dealings.cases.values import LetterOpensNoCase
from divan.dealings.correspondence import actions, jobs, models, queries, rules
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, clerk_of, file_in, lying_in
from divan.dealings.correspondence.values import After, DisposalState
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people
from divan_libs.transfer.verifying import verify_folder

from .archiving import export_archive, open_case, put_in_file
from .house import House

EXPORTED = "correspondence.archive-file-exported"


@pytest.fixture
def office(house: House):
    return offices.found(house.world)


@pytest.fixture
def plan(office):
    body = people.get_unit(offices.BODY).uuid
    actions.import_plan(body=body, text=PLAN, actor=SYSTEM, now=office.now)
    return {one.code: one for one in queries.list_plan(body)}


def test_a_letter_cut_on_its_way_into_a_file_lies_nowhere_and_goes_in_once(house: House, office, plan):
    letter, file = offices.receive(office), file_in(office, plan["2-1"])

    house.cut("archive.before-filed", "deed", "put_in_file", letter.uuid, file)

    assert models.Filing.objects.count() == 0
    assert [put_in_file(office, str(letter.uuid), str(file)) for _ in range(2)] == [1, 0]
    house.rest()


@pytest.mark.parametrize(("point", "stands"), [("export.before-rename", False), ("export.before-facts", True)])
def test_an_export_cut_short_is_whole_under_its_name_or_not_there(house: House, office, plan, point, stands):
    file = lying_in(office, plan["2-1"])
    folder = house.folder / "out"

    house.cut(point, "deed", "export_archive", folder)

    assert folder.exists() is stands
    assert EXPORTED not in facts.recorded_for(file)
    if stands:
        assert list(verify_folder(folder)) == []
        folder = folder.with_name("again")
    export_archive(office, str(folder))
    assert list(verify_folder(folder)) == []
    assert facts.recorded_for(file)[-1] == EXPORTED
    assert not list(folder.parent.glob(f".{folder.name}*"))
    house.rest()


def test_a_list_cut_in_its_middle_leaves_each_file_whole_or_erased_and_goes_on(house: House, office, plan):
    listed = [lying_in(office, plan["2-1"]) for _ in range(2)]
    office.now = datetime.combine(rules.retention_ends(office.now.date(), 5), office.now.timetz())
    made = actions.propose_disposal(deeds=dict.fromkeys(listed, After.DESTROY), now=office.now, **clerk_of(office))
    director = office.post("ict-director")
    actions.approve_disposal(disposal=made, post=director, actor=office.officer("ict-director"), now=office.now)

    house.cut("disposal.before-commit", "duty", "disposals")

    assert [row.name for row in models.LetterFile.objects.all()] == ["letter.pdf"] * 2
    assert [one.outcome for one in queries.get_disposal(made, director, office.now).items] == ["", ""]
    assert jobs.run_disposals(office.now) == 2
    done = queries.get_disposal(made, director, office.now)
    assert (done.state, [one.outcome for one in done.items]) == (DisposalState.DONE, ["destroy", "destroy"])
    assert [row.name for row in models.LetterFile.objects.all()] == [""] * 2
    house.rest()


def test_a_case_cut_before_the_words_of_its_letter_is_not_begun_and_is_then_begun_once(house: House, office):
    letter = written(office)

    house.cut("opening.before-answers", "deed", "open_case", letter.uuid)

    assert cases.list_cases_from_letter(letter.uuid) == []
    begun = open_case(office, str(letter.uuid))
    assert begun.answers["description"] == WORDS
    with pytest.raises(LetterOpensNoCase):
        open_case(office, str(letter.uuid))
    assert [one.uuid for one in cases.list_cases_from_letter(letter.uuid)] == [begun.uuid]
    house.rest()
