"""Pages of the organisation: who comes to them, the tree, changes by decision, and the chart out of a workbook."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import jobs
from divan.dealings.correspondence import queries as worklist
from divan.dealings.correspondence.values import NewWork
from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions, queries
from divan.registers.people.values import UnitKind, UnitLevel
from divan_libs.orgchart.reading import read_chart
from divan_libs.orgchart.values import Chart, HolderRow, PostRow, UnitRow
from divan_libs.orgchart.writing import write_chart
from divan_libs.persian.identifiers import national_code_with_check_digit

HOME = "/office/organisation/"
DECIDED = {
    "effective-day": "1",
    "effective-month": "9",
    "effective-year": "1405",
    "legal_basis": "مصوبهٔ ۱۲ شورای عالی اداری",
}


@pytest.fixture
def rooms(world):
    """Two units below the directorate, the first with a post that nobody holds."""
    found = {}
    for code in ("roads-office", "maps-office"):
        found[code] = actions.found_unit(
            code=code,
            name_fa=f"دفتر {code}",
            name_en=code,
            kind=UnitKind.UNIT,
            level=UnitLevel.PROVINCE,
            parent_code="ict-directorate",
            actor=SYSTEM,
            now=world.now,
        ).uuid
    actions.create_post(
        code="drawer",
        title_fa="نقشه‌کش",
        title_en="Drawer",
        role="expert",
        unit_code="maps-office",
        actor=SYSTEM,
        now=world.now,
    )
    return found


@pytest.fixture
def keeper(browser):
    return browser("governor-officer")


@pytest.fixture(autouse=True)
def scanned(monkeypatch):
    monkeypatch.setattr(files.ClamScanner, "find", lambda _self, _content: "")


def page(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize(
    ("who", "status"), [("", 302), ("villager", 403), ("ict-director", 403), ("governor-officer", 200)]
)
def test_only_who_keeps_the_organisation_comes_in(browser, rooms, who, status):
    client = browser(who)
    addresses = [HOME, f"{HOME}import/", f"{HOME}chart.xlsx"]
    addresses += [
        f"{HOME}{rooms['maps-office']}/{deed}" for deed in ("", "rename/", "move/", "posts/", "merge/", "close/")
    ]

    assert {client.get(address).status_code for address in addresses} == {status}


def test_a_unit_is_renamed_by_a_decision_and_the_tree_finds_both_names(keeper, rooms):
    url = f"{HOME}{rooms['maps-office']}/rename/"
    refused = keeper.post(url, {"name_fa": " ", "name_en": "", "effective-day": "1", "legal_basis": ""})
    future = keeper.post(url, {"name_fa": "دفتر نقشه", "name_en": "Maps", **DECIDED, "effective-year": "1420"})
    done = keeper.post(url, {"name_fa": "دفتر نقشه", "name_en": "Maps", **DECIDED}, follow=True)

    assert (refused.status_code, future.status_code, done.status_code) == (422, 422, 200)
    assert "Write the law or decision" in page(refused)
    assert "must not lie in the future" in page(future)
    assert 'value="Maps"' in page(future)
    assert "The unit was renamed." in page(done)
    assert "Renamed; until then it was called: maps-office" in page(done)
    assert DECIDED["legal_basis"] in page(done)
    assert [line.unit.code for line in keeper.get(HOME, {"q": "دفتر maps"}).context["lines"]] == ["maps-office"]


def test_a_unit_moves_is_emptied_merged_and_closed_and_its_page_names_the_successor(keeper, rooms, world):
    maps, roads = rooms["maps-office"], rooms["roads-office"]
    held = queries.get_unit("ict-directorate").uuid
    refused = keeper.post(f"{HOME}{held}/close/", {"successors": "", **DECIDED})
    unknown = keeper.post(f"{HOME}{maps}/move/", {"other": "nowhere", **DECIDED})
    several = keeper.post(f"{HOME}{maps}/move/", {"other": "دفتر", **DECIDED})
    below = keeper.post(f"{HOME}{held}/move/", {"other": "maps-office", **DECIDED})

    assert [one.status_code for one in (refused, unknown, several, below)] == [422] * 4
    assert "مدیرکل ارتباطات" in page(refused)
    assert "No unit has the code or name" in page(unknown)
    assert "write the code" in page(several)
    assert "It cannot stand below itself." in page(below)
    keeper.post(f"{HOME}{maps}/move/", {"other": "دفتر roads-office", **DECIDED})
    assert [one.code for one in queries.list_units_below(roads)] == ["roads-office", "maps-office"]
    drawer = str(queries.get_post_by_code("drawer").uuid)
    assert keeper.post(f"{HOME}{maps}/posts/", {"other": "roads-office"}).status_code == 422
    keeper.post(f"{HOME}{maps}/posts/", {"posts": [drawer], "other": "roads-office"})
    assert queries.get_post_by_code("drawer").unit.code == "roads-office"
    merged = keeper.post(f"{HOME}{maps}/merge/", {"other": "governor-it", **DECIDED}, follow=True)
    assert "succeeded by:" in page(merged)
    closed = keeper.post(
        f"{HOME}{roads}/close/", {"successors": "governor-it\r\ngovernor-office", **DECIDED}, follow=True
    )
    assert {one.code for one in queries.successors_of(roads, world.now)} == {"governor-it", "governor-office"}
    assert "Move posts" not in page(closed)
    assert keeper.post(f"{HOME}{roads}/rename/", {"name_fa": "x", **DECIDED}).status_code == 422
    assert "roads-office" not in page(keeper.get(HOME))
    assert "Took over from" in page(keeper.get(f"{HOME}{queries.get_unit('governor-it').uuid}/"))


def sent(client, chart: Chart):
    return client.post(f"{HOME}import/", {"file": SimpleUploadedFile("chart.xlsx", write_chart(chart))})


def test_a_chart_is_reported_on_then_taken_over_and_only_by_who_brought_it(keeper, rooms, world, browser):
    code = national_code_with_check_digit("999000093")
    chart = Chart(
        units=(UnitRow(code="survey", name_fa="دفتر نقشه‌برداری", kind="unit", parent="ict-directorate"),),
        posts=(PostRow(code="surveyor", title_fa="نقشه‌بردار", unit="survey"),),
        holders=(HolderRow(post="surveyor", national_code=code, first_name="لیلا", last_name="کرمی"),),
    )
    report = sent(keeper, chart)

    assert [count for _said, count in report.context["sums"]] == [1, 1, 1, 1]
    assert queries.find_person(code) is None
    kept = report.context["kept"]
    assert browser("ict-director").post(f"{HOME}import/", {"kept": kept}).status_code == 403
    assert keeper.post(f"{HOME}import/", {"kept": kept[:-2] + "xx"}).status_code == 422
    done = keeper.post(f"{HOME}import/", {"kept": kept}, follow=True)
    assert "The chart was taken over." in page(done)
    assert queries.holder_of(queries.get_post_by_code("surveyor").uuid, world.now).full_name == "لیلا کرمی"
    assert "there is nothing to change" in page(sent(keeper, chart))
    written = keeper.get(f"{HOME}chart.xlsx")
    assert code.encode() not in written.content


def test_a_hindered_or_unreadable_workbook_is_told_and_nobody_raises_themselves(keeper, world, tmp_path):
    before = facts.last_position()
    hindered = sent(keeper, Chart(posts=(PostRow(code="x", title_fa="y", unit="gone"),)))
    noise = keeper.post(f"{HOME}import/", {"file": SimpleUploadedFile("chart.xlsx", b"noise")})
    nothing = keeper.post(f"{HOME}import/")

    assert (hindered.status_code, noise.status_code, nothing.status_code) == (422, 422, 422)
    assert "chart.unit-unknown" in page(hindered)
    assert 'name="kept"' not in page(hindered)
    assert "The file cannot be read." in page(noise)
    own = world.person("governor-officer").national_code
    for chart in (
        Chart(posts=(PostRow(code="governor-officer", role="integrator"),)),
        Chart(
            posts=(PostRow(code="new-post", title_fa="نو", unit="governor-it", role="integrator"),),
            holders=(HolderRow(post="new-post", national_code=own),),
        ),
    ):
        refused = keeper.post(f"{HOME}import/", {"kept": sent(keeper, chart).context["kept"]})
        assert (refused.status_code, "Nobody changes their own post." in page(refused)) == (422, True)
    assert queries.get_post_by_code("governor-officer").role == "governor-officer"
    assert queries.list_roles() >= {"integrator"}
    assert facts.last_position() == before
    path = tmp_path / "chart.xlsx"
    path.write_bytes(keeper.get(f"{HOME}chart.xlsx").content)
    assert (read_chart(path).holders, queries.plan_chart(read_chart(path), world.now).changes) == ((), ())


def test_who_stands_above_is_told_of_a_vacant_post_and_comes_to_its_hand_over(browser, world):
    post = world.post("ict-expert")
    line = NewWork(
        about_kind="cases.task", about_uuid=uuid4(), number="1", title_fa="کار", title_en="", step_fa="", step_en=""
    )
    correspondence.give_work(post=post.uuid, work=line, actor=SYSTEM, now=world.now)
    holder = queries.holder_of(post.uuid, world.now)
    actions.leave_post(person=holder.uuid, post=post.uuid, actor=SYSTEM, now=world.pass_time(hours=1))
    facts.place_facts()
    jobs.tell_vacancies(world.now)

    told = worklist.find_open_work(post.uuid)
    assert told.post_uuid == world.post("ict-deputy").uuid
    deputy = browser("ict-deputy")
    assert "Vacant post below yours" in page(deputy.get("/office/"))
    offered = deputy.get(f"/office/worklist/hand-over/{post.uuid}/")
    assert offered.context["fields"][0].value == str(post.uuid)
    assert UUID(offered.context["fields"][0].value) in {UUID(one.value) for one in offered.context["fields"][0].options}
