"""`kill -9` at each point where work could be left half done, then a restart.

Other points have their tests beside the code that they concern: the sealer in ``trust/ledger``, making and storing
documents in ``trust/signing``, asking registers in ``trust/identity``, taking over evidence in ``trust/exchange``, and
the three lines of a message's way through the gateway in ``divan_gateway``.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from django.db import connection
from tests.world import MORNING

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.values import CaseState
from divan.dealings.correspondence import queries as correspondence
from divan.foundation import facts, files, retention
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, OutgoingMessage, StoredFile
from divan.registers.places import actions as places
from divan.trust.identity import actions as identity
from divan.trust.identity.actions import answers
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY
from divan.trust.identity.values import Matched
from divan.trust.ledger import queries as log
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Standing
from divan_libs.persian.jalali import jalali_year

from .house import House


def kinds_of(case) -> list[str]:
    return facts.recorded_for(case)


def test_a_draft_cut_while_it_is_saved_keeps_the_page_before_and_takes_the_page_again(house: House):
    case = house.world.draft().uuid
    known = house.case(case).answers

    house.cut("draft.before-fact", "save", case)

    assert house.case(case).answers == known
    assert kinds_of(case) == ["cases.draft-started"]
    house.world.fill(case)
    assert house.case(case).answers["households"] == 35
    assert kinds_of(case) == ["cases.draft-started"] + ["cases.draft-saved"] * 5
    house.rest()


@pytest.mark.parametrize("point", ["case.before-fact", "fact.before-record"])
def test_a_case_cut_while_it_is_sent_is_still_a_draft_and_is_sent_once(house: House, point: str):
    case = house.world.draft().uuid
    house.world.fill(case)

    house.cut(point, "submit", case)

    assert (house.case(case).state, house.case(case).number) == (CaseState.DRAFT, "")
    assert (models.Task.objects.count(), OutgoingMessage.objects.count()) == (0, 0)
    for _ in range(2):
        actions.submit_case(case=case, actor=house.world.citizen(), now=house.world.now)
    house.rest()
    assert house.case(case).state is CaseState.OPEN
    assert kinds_of(case).count("cases.case-submitted") == 1
    assert models.Task.objects.filter(case__uuid=case).count() == 1
    assert len(house.carrier.delivered) == 1


def test_facts_cut_before_their_positions_stand_get_each_one_position(house: House):
    case = house.world.submitted().uuid
    waiting = Fact.objects.filter(position__isnull=True).count()
    assert waiting == Fact.objects.count()

    house.cut("fact.before-position-commit", "duty", "sequencer")

    assert Fact.objects.filter(position__isnull=True).count() == waiting
    house.rest()
    assert house.positions() == list(range(Fact.objects.count()))
    assert house.case(case).state is CaseState.OPEN


@pytest.mark.parametrize("point", ["letter.after-number", "decision.after-number", "decision.before-commit"])
def test_a_signature_cut_after_its_number_gives_the_number_back_and_signs_once(house: House, point: str):
    case = house.world.at_step("sign").uuid
    body = queries.get_package_of(house.case(case)).card.provider.body

    house.cut(point, "act", case, "ict-director", "sign")

    assert house.case(case).state is CaseState.OPEN
    assert registered(body) == []
    house.world.act(case, "ict-director", "sign")
    house.rest()
    assert house.case(case).state is CaseState.CLOSED
    assert [letter.number.count for letter in registered(body)] == [1]
    assert_one_answer(house, case)


def registered(body: str):
    year = jalali_year(MORNING)
    assert correspondence.find_gaps(body, year) == []
    return correspondence.list_register(body, year=year)


def assert_one_answer(house: House, case) -> None:
    decision = queries.find_decision(case)
    assert signing.verify_document(decision.document, house.world.now).standing is Standing.GENUINE
    assert StoredFile.objects.filter(media_type="application/pdf").count() == 1
    assert kinds_of(case).count("cases.case-closed") == 1
    assert len(house.carrier.delivered) == 2


@pytest.mark.parametrize(
    "point", ["document.after-signature", "file.before-row", "document.after-store", "document.before-commit"]
)
def test_a_letter_cut_while_it_is_made_becomes_one_letter_under_the_same_number(house: House, point: str):
    case = house.world.at_step("signed").uuid
    house.work("sequencer", "sealer", "receipts")

    house.cut(point, "duty", "documents")

    assert house.case(case).state is CaseState.DECIDED
    house.rest()
    assert house.case(case).state is CaseState.CLOSED
    assert_one_answer(house, case)


@pytest.mark.parametrize(
    "point", ["ledger.staged", "ledger.committed", "ledger.tiles-published", "ledger.checkpoint-published"]
)
def test_a_sealer_cut_anywhere_seals_each_fact_of_a_case_once(house: House, point: str):
    house.world.submitted()
    house.work("sequencer")

    house.cut(point, "duty", "sealer")

    house.rest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT fact_uuid) FROM ledger_ledgerentry")
        entries, of_facts = cursor.fetchone()
    assert entries == of_facts == Fact.objects.count()


def test_a_message_cut_after_it_was_sent_is_delivered_once(house: House):
    house.world.submitted()

    house.cut("message.after-send", "duty", "messages")

    assert len(house.carrier.handed_over) == 1
    assert OutgoingMessage.objects.get().state == "queued"
    house.rest()
    assert OutgoingMessage.objects.get().state == "sent"
    assert len(house.carrier.handed_over) == 2
    assert len(house.carrier.delivered) == 1
    message = OutgoingMessage.objects.get()
    assert kinds_of(message.uuid) == ["foundation.message-queued", "foundation.message-sent"]


def test_a_file_cut_before_its_row_is_no_file_and_can_be_stored_again(house: House):
    house.cut("file.before-row", "store")

    assert StoredFile.objects.count() == 0
    assert len(lying(house)) == 2
    retention.let_go(datetime.now(UTC) + timedelta(hours=49))
    assert lying(house) == []
    kept = store(house)
    house.rest()
    assert files.read_file(kept.uuid) == b"%PDF-1.7 of a test"


def test_bytes_left_by_a_power_cut_stay_if_they_were_stored_meanwhile(house: House):
    house.cut("file.before-row", "store")
    house.world.now = datetime.now(UTC)
    kept = store(house)

    retention.let_go(datetime.now(UTC) + timedelta(hours=47))
    assert len(lying(house)) == 2
    files.claim(kept.uuid)
    retention.let_go(datetime.now(UTC) + timedelta(hours=49))

    assert files.read_file(kept.uuid) == b"%PDF-1.7 of a test"
    assert len(lying(house)) == 1


def store(house: House) -> files.FileSummary:
    return files.store_made(
        name="a.pdf", content=b"%PDF-1.7 of a test", media_type="application/pdf", actor=SYSTEM, now=house.world.now
    )


def lying(house: House) -> list[Path]:
    return [path for path in (house.folder / "files").rglob("*") if path.is_file()]


def test_an_import_of_places_cut_before_its_end_leaves_no_place(house: House, tmp_path: Path):
    shipped = Path(str(resources.files("divan.project.demo") / "divisions"))
    longer = shutil.copytree(shipped, tmp_path / "divisions")
    villages = longer / "abadi.csv"
    lines = villages.read_text(encoding="utf-8").splitlines()
    villages.write_text("\n".join([*lines, another_village(lines)]) + "\n", encoding="utf-8")
    before = count_places()

    house.cut("places.before-fact", "import", longer)

    assert count_places() == before
    for _ in range(2):
        places.import_divisions(directory=longer, actor=SYSTEM, now=house.world.now)
    assert count_places() == before + 1
    house.rest()


def another_village(lines: list[str]) -> str:
    """Return the last village once more under a code and a name that none has."""
    names, last = lines[0].split(","), lines[-1].split(",")
    code = next(place for place, name in enumerate(names) if last[place].isdigit() and len(last[place]) == 16)
    last[code] = last[code][:-3] + "999"
    return ",".join(last)


def count_places() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM places_place")
        return cursor.fetchone()[0]


def test_an_answer_cut_while_it_is_noted_is_noted_once(house: House):
    case = house.world.draft(answered=False).uuid
    asked = house.case(case).needs[0]
    due = answers.take_due_inquiry(house.world.now, CIVIL_REGISTRY)
    known = {
        "first_name": "زهرا",
        "last_name": "رستمی",
        "father_name": "علی",
        "birth_date": "1989-05-12",
        "alive": True,
    }
    identity.answer_inquiry(
        inquiry=due.uuid, message_id=due.question.message_id, answer=Matched(known), actor=SYSTEM, now=house.world.now
    )
    house.work("sequencer")

    house.cut("need.before-answer-fact", "duty", "case-facts")

    assert [need.state for need in house.case(case).needs] == ["asked", "asked"]
    house.rest()
    noted = next(need for need in house.case(case).needs if need.code == asked.code)
    assert (noted.state, noted.fields["first_name"]) == ("matched", "زهرا")
    uuid = models.CaseNeed.objects.get(inquiry_uuid=due.uuid).uuid
    assert kinds_of(uuid) == ["cases.need-asked", "cases.need-answered"]


def test_an_examination_cut_before_it_says_what_it_found_is_begun_anew(house: House):
    house.world.submitted()
    house.work("sequencer", "sealer")

    house.cut("examination.before-fact", "duty", "examination")

    assert log.find_last_examination() is None
    assert log.find_examination_under_way() is not None
    house.world.pass_time(minutes=11)
    house.work("examination")
    last = log.find_last_examination()
    assert (last.found, log.find_examination_under_way()) == (0, None)
    begun, ended = "ledger.examination-begun", "ledger.examination-ended"
    assert kinds_of(last.uuid) == [begun, begun, ended]
    house.rest()
