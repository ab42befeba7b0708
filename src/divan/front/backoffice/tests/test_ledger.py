"""The page of the log: when it was last examined, how far, and what was found."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils.translation import override

from divan.foundation.actors import SYSTEM
from divan.front.texts.ledger import FAULTS, PARTS
from divan.trust.ledger import actions, models
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.values import Fault, Finding, Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(world, tmp_path):
    models.LogHead.objects.create(
        uuid=uuid4(),
        origin="log.divan.test",
        verifier=keys.make_key(tmp_path / "log.key", "log.divan.test").verifier.encode(),
        size=7,
        root=bytes(32),
        note="",
        sealed_at=world.now,
    )
    return world


def page(browser) -> str:
    return browser("village-head").get("/office/ledger/").content.decode()


def examine(world, *findings: Finding):
    begun = actions.begin_examination(actor=SYSTEM, now=world.now)
    actions.carry_on_examination(
        examination=begun, progress={Part.FACTS: (7, 7)}, findings=findings, actor=SYSTEM, now=world.now
    )


def test_the_page_says_that_nobody_has_looked_yet_and_then_that_all_holds(opened, browser):
    assert "not yet" in page(browser)

    examine(opened)

    said = page(browser)
    assert "Nothing was altered: log, facts and rows are as they were sealed." in said
    assert "Sealed facts: 7" in said
    assert "Under way since" not in said


def test_the_page_names_what_was_found_and_where(opened, browser):
    examine(opened, Finding(code=Fault.ROW_ALTERED, position=3, subject_kind="cases.case", subject_uuid=uuid4()))

    said = page(browser)
    assert "1 alteration was found" in said
    assert "A row was changed without a fact." in said
    assert "cases.case" in said


def test_the_page_says_how_far_an_examination_is(opened, browser):
    begun = actions.begin_examination(actor=SYSTEM, now=opened.now)
    actions.carry_on_examination(examination=begun, progress={Part.FILES: (3, 7)}, actor=SYSTEM, now=opened.now)

    assert "Published files: 3 of 7" in page(browser)


def test_every_fault_and_part_has_its_words_in_both_languages():
    assert (set(FAULTS), set(PARTS)) == (set(Fault), set(Part))
    with override("fa"):
        persian = [str(words) for words in (*FAULTS.values(), *PARTS.values())]
    assert all(any("آ" <= letter <= "ی" for letter in words) for words in persian)
