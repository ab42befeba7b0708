"""A step: what is chosen happens once, what is refused changes nothing and loses nothing."""

from __future__ import annotations

import pytest

from divan.dealings.cases import actions as case_actions
from divan.dealings.cases import queries as cases
from divan.dealings.correspondence import queries as letters
from divan.foundation.models import Fact

REPLY = "The village gets an antenna\nbefore the winter."


def state_of(case):
    """Return all that an action could have changed in a case."""
    return (
        cases.get_case(case.uuid),
        cases.list_tasks(case.uuid),
        cases.list_referrals(case.uuid),
        cases.find_decision(case.uuid),
        letters.list_open_work_of_case(case.uuid),
    )


def facts_of(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


def test_a_confirmation_hands_the_case_on_and_says_to_whom(browser, task_in, world):
    case, task = task_in("confirm")

    answer = browser("village-head").post(
        f"/office/tasks/{task.uuid}/", {"action": "confirm", "confirm-note": "I was there."}, follow=True
    )

    waiting = cases.find_open_task(case.uuid)
    assert answer.redirect_chain == [("/office/", 302)]
    assert waiting.step == "endorse"
    assert world.post("district-head-of-district").title("en") in answer.content.decode()
    assert letters.find_open_work(waiting.uuid).note == "I was there."


def test_opening_a_task_is_noted_once_for_the_applicant(browser, task_in):
    _case, task = task_in("confirm")
    officer = browser("village-head")

    officer.get(f"/office/tasks/{task.uuid}/")
    officer.get(f"/office/tasks/{task.uuid}/")

    assert facts_of("cases.case-viewed") == 1
    assert facts_of("correspondence.work-read") == 1


REFUSED = (
    ("confirm", "village-head", {"action": "object", "object-note": "I doubt it"}, "object-codes"),
    (
        "confirm",
        "village-head",
        {"action": "object", "object-codes": ["REQ-NOTHING"], "object-note": "I doubt it"},
        "object-codes",
    ),
    ("confirm", "village-head", {"action": "return", "return-note": "I doubt it"}, "return-codes"),
    ("confirm", "village-head", {"action": "confirm", "confirm-note": "I doubt it" + "x" * 2000}, "confirm-note"),
    ("draft", "ict-expert", {"action": "propose-answer", "propose-answer-note": "I doubt it"}, "propose-answer-text"),
    (
        "draft",
        "ict-expert",
        {"action": "propose-rejection", "propose-rejection-text": "I doubt it"},
        "propose-rejection-codes",
    ),
    ("paraph", "ict-deputy", {"action": "send-back", "send-back-note": " "}, "send-back-note"),
    ("sign", "ict-director", {"action": "sign"}, "sign-confirmed"),
)


@pytest.mark.parametrize(("step", "officer", "typed", "wrong"), REFUSED, ids=[f"{one[0]}-{one[3]}" for one in REFUSED])
def test_what_is_refused_changes_nothing_and_keeps_what_was_typed(browser, task_in, step, officer, typed, wrong):
    case, task = task_in(step)
    before = state_of(case)

    answer = browser(officer).post(f"/office/tasks/{task.uuid}/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert state_of(case) == before
    [problem] = answer.context["error_summary"].problems
    assert problem.target.startswith(f"q-{wrong}")
    assert f'href="#{problem.target}"' in page
    assert f'id="{problem.target}"' in page
    if any("I doubt it" in str(value) for value in typed.values()):
        assert "I doubt it" in page


def test_an_action_that_the_step_does_not_offer_is_refused(browser, task_in):
    case, task = task_in("confirm")
    before = state_of(case)

    answer = browser("village-head").post(f"/office/tasks/{task.uuid}/", {"action": "sign"})

    assert answer.status_code == 422
    assert state_of(case) == before


def test_an_officer_of_another_body_can_not_act(browser, task_in):
    case, task = task_in("confirm")
    before = state_of(case)

    answer = browser("integrator").post(f"/office/tasks/{task.uuid}/", {"action": "confirm"})

    assert answer.status_code == 404
    assert state_of(case) == before


def test_who_acts_second_is_told_and_gets_back_what_was_written(browser, task_in, world):
    case, task = task_in("draft")
    officer = browser("ict-expert")
    world.act(case.uuid, "ict-expert", "propose-answer", text="First.")
    before = state_of(case)

    answer = officer.post(
        f"/office/tasks/{task.uuid}/", {"action": "propose-answer", "propose-answer-text": "Written in vain."}
    )

    assert answer.status_code == 409
    assert "Written in vain." in answer.content.decode()
    assert state_of(case) == before


def test_the_earlier_draft_stands_ready_when_it_is_sent_back(browser, task_in, world):
    case, task = task_in("draft")
    officer = browser("ict-expert")
    officer.post(f"/office/tasks/{task.uuid}/", {"action": "propose-answer", "propose-answer-text": REPLY})
    world.act(case.uuid, "ict-deputy", "send-back", note="Say which winter.")

    again = cases.find_open_task(case.uuid)
    page = officer.get(f"/office/tasks/{again.uuid}/")

    [text] = [field for form in page.context["forms"] for field in form.fields if field.name == "propose-answer-text"]
    assert text.value == REPLY
    assert "Say which winter." in page.content.decode()


def test_a_look_at_the_letter_keeps_nothing(browser, task_in):
    case, task = task_in("draft")
    before = state_of(case)

    answer = browser("ict-expert").post(
        f"/office/tasks/{task.uuid}/",
        {"action": "propose-answer", "propose-answer-text": REPLY, "preview": "yes"},
    )

    assert answer.status_code == 200
    assert answer.context["preview"].wording == REPLY
    assert answer.content.decode().count("before the winter.") == 2
    assert state_of(case) == before


def test_a_signature_takes_its_number_and_asks_to_be_confirmed(browser, task_in, world):
    case, task = task_in("sign")
    director = browser("ict-director")

    page = director.get(f"/office/tasks/{task.uuid}/").content.decode()
    signed = director.post(f"/office/tasks/{task.uuid}/", {"action": "sign", "sign-confirmed": "yes"}, follow=True)
    twice = director.post(f"/office/tasks/{task.uuid}/", {"action": "sign", "sign-confirmed": "yes"})

    assert "next number of the register" in page
    assert "دکل جدید تا پایان سال نصب می‌شود." in page
    assert signed.redirect_chain == [("/office/", 302)]
    assert twice.status_code == 409
    [letter] = letters.list_letters_about(case.uuid)
    assert letter.number.count == 1
    assert facts_of("correspondence.letter-numbered") == 1


def test_a_task_that_is_over_leads_to_its_case(browser, task_in, world):
    case, task = task_in("confirm")
    world.act(case.uuid, "village-head", "confirm")

    answer = browser("village-head").get(f"/office/tasks/{task.uuid}/")

    assert (answer.status_code, answer["Location"]) == (302, f"/office/cases/{case.uuid}/")


def test_a_referral_goes_down_and_its_answer_comes_back(browser, task_in, world):
    case, task = task_in("draft")
    expert, clerk = browser("ict-expert"), browser("secretariat")
    desk = str(world.post("ict-secretariat").uuid)

    expert.post(
        f"/office/tasks/{task.uuid}/refer/",
        {
            "to": desk,
            "instruction": "Look for the earlier letter.",
            "due-day": "۹",
            "due-month": "9",
            "due-year": "1405",
        },
    )
    [line] = clerk.get("/office/").context["lines"]
    shown = clerk.get(line.url).content.decode()
    empty = clerk.post(line.url, {"answer": "  "})
    clerk.post(line.url, {"answer": "There is none."})

    [referral] = cases.list_referrals(case.uuid)
    assert "Look for the earlier letter." in shown
    assert empty.status_code == 422
    assert referral.answer == "There is none."
    assert referral.due_at is not None
    assert "There is none." in expert.get(f"/office/tasks/{task.uuid}/").content.decode()
    assert clerk.get("/office/").context["lines"] == []


REFERRALS_REFUSED = (
    ({"to": "", "instruction": "Look."}, {"to"}),
    ({"instruction": ""}, {"instruction"}),
    ({"instruction": "Look.", "due-day": "30", "due-month": "12", "due-year": "1404"}, {"due"}),
    ({"instruction": "Look.", "due-day": "1", "due-month": "1", "due-year": "1400"}, {"due"}),
    ({"to": "district-head-of-district", "instruction": "Look."}, {"to"}),
)


@pytest.mark.parametrize(("typed", "wrong"), REFERRALS_REFUSED)
def test_a_referral_that_cannot_be_changes_nothing_and_keeps_what_was_typed(browser, task_in, world, typed, wrong):
    case, task = task_in("draft")
    before = state_of(case)
    chosen = typed.get("to", "ict-secretariat")
    sent = {**typed, "to": str(world.post(chosen).uuid) if chosen else ""}

    answer = browser("ict-expert").post(f"/office/tasks/{task.uuid}/refer/", sent)

    assert answer.status_code == 422
    assert {field.name for field in answer.context["referring"] if field.errors} == wrong
    assert state_of(case) == before
    if typed["instruction"]:
        assert "Look." in answer.content.decode()


def test_a_referral_recalled_meanwhile_gives_back_what_was_written(browser, task_in, world):
    case, task = task_in("draft")
    referral = case_actions.refer_task(
        task=task.uuid,
        to_post=world.post("ict-secretariat").uuid,
        instruction="Look.",
        due_at=None,
        actor=world.officer("ict-expert"),
        now=world.now,
    )
    clerk = browser("secretariat")
    world.act(case.uuid, "ict-expert", "propose-answer", text="Done.")

    answer = clerk.post(f"/office/referrals/{referral.uuid}/", {"answer": "Too late."})

    assert answer.status_code == 422
    assert "Too late." in answer.content.decode()
    assert cases.get_referral(referral.uuid)[0].answer == ""


def test_the_letter_to_be_signed_is_shown_whole_and_kept_nowhere(browser, task_in, settings):
    if not (settings.SIGNING.fonts_directory / "Vazirmatn-Regular.ttf").exists():
        pytest.skip("the fonts of letters are not built: make frontend")
    case, task = task_in("sign")
    before = state_of(case)

    answer = browser("ict-director").get(f"/office/tasks/{task.uuid}/letter.pdf")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert b"/ByteRange" not in answer.content
    assert state_of(case) == before


def test_a_case_without_a_draft_has_no_letter_to_look_at(browser, task_in):
    _case, task = task_in("confirm")

    assert browser("village-head").get(f"/office/tasks/{task.uuid}/letter.pdf").status_code == 422
    assert browser("integrator").get(f"/office/tasks/{task.uuid}/letter.pdf").status_code == 404
