"""Letters and the register: numbers without a gap, filed by the secretariat of their body and nobody else."""

from __future__ import annotations

from divan.dealings.cases import actions as cases
from divan.dealings.cases import queries as known
from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.values import LetterState
from divan.foundation.actors import SYSTEM


def issued(world):
    """Return the letter of a case whose document was put to it."""
    case = world.at_step("closed")
    decision = known.find_decision(case.uuid)
    cases.note_issued_document(document=decision.document, actor=SYSTEM, now=world.now)
    return queries.get_letter(decision.letter)


def test_a_signed_letter_comes_to_the_secretariat_and_leaves_when_it_is_filed(browser, world):
    letter = issued(world)
    clerk = browser("secretariat")

    [line] = clerk.get("/office/").context["lines"]
    page = clerk.get(line.url)
    answer = clerk.post(f"/office/letters/{letter.uuid}/file/", follow=True)

    assert line.url == f"/office/letters/{letter.uuid}/"
    assert line.step == "File the letter"
    assert page.context["may_file"]
    assert answer.redirect_chain == [("/office/", 302)]
    assert answer.context["lines"] == []
    assert queries.get_letter(letter.uuid).state is LetterState.FILED


def test_only_the_secretariat_of_its_body_files_a_letter(browser, world):
    letter = issued(world)

    found = {
        key: browser(key).post(f"/office/letters/{letter.uuid}/file/").status_code
        for key in ("", "villager", "ict-director", "integrator")
    }

    assert found == {"": 302, "villager": 403, "ict-director": 403, "integrator": 404}
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED


def test_a_letter_filed_twice_is_refused_and_stays_filed(browser, world):
    letter = issued(world)
    clerk = browser("secretariat")
    clerk.post(f"/office/letters/{letter.uuid}/file/")

    again = clerk.post(f"/office/letters/{letter.uuid}/file/")

    assert again.status_code == 409
    assert queries.get_letter(letter.uuid).state is LetterState.FILED


def test_a_letter_without_its_document_gives_none(browser, world):
    case = world.at_step("closed")
    letter = known.find_decision(case.uuid).letter

    assert browser("secretariat").get(f"/office/letters/{letter}/document.pdf").status_code == 404


def test_the_register_shows_its_numbers_and_proves_that_none_is_missing(browser, world):
    for _ in range(2):
        world.at_step("closed")
    clerk = browser("secretariat")

    whole = clerk.get("/office/register/")
    models.Letter.objects.filter(count=1).update(count=3)
    broken = clerk.get("/office/register/")

    assert [letter.number.count for letter, _, _ in whole.context["lines"]] == [2, 1]
    assert whole.context["gaps"] == []
    assert broken.context["gaps"] == [1]
    assert "The register has gaps" in broken.content.decode()


def test_a_year_that_is_none_shows_the_newest(browser, world):
    world.at_step("closed")

    page = browser("secretariat").get("/office/register/", {"year": "۱۴۰۵x", "before": "-1"})

    assert (page.status_code, page.context["year"], len(page.context["lines"])) == (200, 1405, 1)
