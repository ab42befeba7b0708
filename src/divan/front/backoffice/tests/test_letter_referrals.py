"""Pages of referrals: refer, report, send back, recall, follow up, close; and what nobody else gets to see."""

from __future__ import annotations

import pytest

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.referred import handed_out, incoming, officer, refer
from divan.dealings.correspondence.values import LetterState, ReferralState, Secrecy


@pytest.fixture
def office(world, tmp_path):
    return offices.found(world)


def due(year: str = "1405", month: str = "10", day: str = "1") -> dict[str, str]:
    return {"due-year": year, "due-month": month, "due-day": day}


def test_a_director_refers_a_letter_to_two_posts_on_its_page(browser, office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-director")
    director = browser("ict-director")
    chosen = [str(office.post(code).uuid) for code in ("ict-deputy", "ict-expert")]
    outside = offices.SENDER
    members = [outside, offices.post_party(office, "ict-expert"), offices.post_party(office, "governor-officer")]
    actions.write_group(
        group=None, name="کارشناسان", members=members, actor=officer(office, "ict-director"), now=office.now
    )

    page = director.get(f"/office/letters/{letter}/refer/")
    [group] = next(field for field in page.context["fields"] if field.name == "groups").options
    answer = director.post(
        f"/office/letters/{letter}/refer/",
        {
            "to": chosen[:1],
            "groups": [group.value, str(office.post("governor-officer").uuid)],
            "instruction": "report",
            "note": "تا شنبه",
            "marks": ["secret", "ends-own"],
            **due(),
        },
        follow=True,
    )

    assert page.status_code == 200
    assert answer.redirect_chain == [(f"/office/letters/{letter}/", 302)]
    assert "Referred to 2 posts." in answer.content.decode()
    own, *made = queries.list_referrals(letter)
    assert own.state is ReferralState.DONE
    assert [(str(one.to_post), one.instruction, one.note, one.secret) for one in made] == [
        (one, "report", "تا شنبه", True) for one in chosen
    ]


def test_what_is_missing_is_said_and_what_was_typed_stays(browser, office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-director")
    director = browser("ict-director")

    page = director.post(
        f"/office/letters/{letter}/refer/",
        {"instruction": "report", "note": "یادداشت", **due(year="1300")},
    )

    assert page.status_code == 422
    said = page.content.decode()
    assert "Choose one receiver at least." in said
    assert "یادداشت" in said
    assert len(queries.list_referrals(letter)) == 1


def test_a_receiver_above_the_chart_or_the_clearance_is_not_offered(browser, office):
    letter = incoming(office, secrecy=Secrecy.HIGHLY_CONFIDENTIAL)
    refer(office, letter, "ict-secretariat", "ict-deputy")

    page = browser("ict-deputy").get(f"/office/letters/{letter}/refer/")

    offered = {option.value for field in page.context["fields"] if field.name == "to" for option in field.options}
    assert str(office.post("ict-director").uuid) not in offered
    assert str(office.post("ict-expert").uuid) not in offered


def test_the_receiver_reads_and_reports_and_the_letter_closes_with_it(browser, office):
    letter = incoming(office)
    [one] = refer(office, letter, "ict-secretariat", "ict-director")
    director = browser("ict-director")

    [line] = director.get("/office/").context["lines"]
    page = director.get(line.url)
    missing = director.post(line.url, {"do": "report", "report": " "})
    done = director.post(
        line.url, {"do": "report-file", "report": "انجام شد.", "closing": "acted", "closes-letter": "closes"}
    )

    assert line.url == f"/office/letters/referrals/{one.uuid}/"
    assert queries.get_referral(one.uuid).read_at == office.now
    assert page.context["instruction"] == "For action"
    assert director.get(page.context["reply_url"]).status_code == 200
    assert missing.status_code == 422
    assert done["Location"] == f"/office/archive/put/?letter={letter}"
    assert director.get(done["Location"]).status_code == 200
    assert queries.get_letter(letter).state is LetterState.CLOSED
    assert "Open it again" in director.get(f"/office/letters/{letter}/").content.decode()


def test_sent_back_it_waits_at_the_sender_who_takes_note(browser, office):
    [one] = handed_out(office, "ict-expert")
    director = officer(office, "ict-director")
    own = queries.find_own_referral(one.letter, director.post)
    actions.report_referral(referral=own.uuid, report="ارجاع شد", actor=director, now=office.now)
    expert, sender = browser("ict-expert"), browser("ict-director")

    refused = expert.post(f"/office/letters/referrals/{one.uuid}/", {"do": "refuse", "reason": ""})
    expert.post(f"/office/letters/referrals/{one.uuid}/", {"do": "refuse", "reason": "مربوط نیست"})
    [line] = sender.get("/office/").context["lines"]
    page = sender.get(line.url)
    sender.post(line.url, {"do": "note"})

    assert refused.status_code == 422
    assert "مربوط نیست" in page.content.decode()
    assert "It came back to you" in page.content.decode()
    assert sender.get("/office/").context["lines"] == []


def test_it_is_recalled_from_the_tree_until_it_is_read(browser, office):
    one, two = handed_out(office, "ict-expert", "ict-deputy")
    director = browser("ict-director")
    assert director.get(f"/office/letters/{one.letter}/").content.decode().count("/recall/") == 2

    browser("ict-deputy").get(f"/office/letters/{two.letter}/")
    first = director.post(f"/office/letters/referrals/{one.uuid}/recall/")
    second = director.post(f"/office/letters/referrals/{two.uuid}/recall/")

    assert (first.status_code, second.status_code) == (302, 409)
    assert queries.get_referral(one.uuid).state is ReferralState.RECALLED
    assert queries.get_referral(two.uuid).state is ReferralState.OPEN


def test_a_referral_is_open_to_its_two_posts_alone(browser, office):
    [one, _] = handed_out(office, "ict-expert", "ict-deputy")

    found = {
        key: browser(key).get(f"/office/letters/referrals/{one.uuid}/").status_code
        for key in ("", "villager", "ict-director", "ict-expert", "ict-deputy", "secretariat", "governor-officer")
    }

    assert found == {
        "": 302,
        "villager": 403,
        "ict-director": 200,
        "ict-expert": 200,
        "ict-deputy": 404,
        "secretariat": 404,
        "governor-officer": 404,
    }


def test_a_private_note_is_not_on_the_page_of_others(browser, office):
    handed = handed_out(office, "ict-expert", note="فقط شما", secret=True)
    refer(office, handed[0].letter, "ict-secretariat", "ict-deputy")

    own = browser("ict-expert").get(f"/office/letters/{handed[0].letter}/").content.decode()
    other = browser("ict-deputy").get(f"/office/letters/{handed[0].letter}/").content.decode()

    assert "فقط شما" in own
    assert "فقط شما" not in other
    assert "Note and report are private." in other


def test_a_follow_up_is_opened_reminds_and_is_closed_on_its_page(browser, office):
    [one] = handed_out(office, "ict-expert")
    director = browser("ict-director")

    wrong = director.post(f"/office/letters/{one.letter}/follow-up/", {"of": "nobody"})
    director.post(
        f"/office/letters/{one.letter}/follow-up/", {"of": f"referral:{one.uuid}", "note": "پاسخ", **due(day="2")}
    )
    [wanted] = queries.list_follow_ups(one.letter, office.post("ict-director").uuid)
    office.pass_time(days=45)
    actions.remind(follow_up=wanted.uuid, actor=officer(office, "ict-director"), now=office.now)
    lines = {line.url for line in director.get("/office/").context["lines"]}
    url = f"/office/letters/follow-ups/{wanted.uuid}/"
    page = director.get(url)
    empty = director.post(url, {"closing": ""})
    director.post(url, {"closing": "تلفنی پاسخ داد"})

    assert wrong.status_code == 422
    assert url in lines
    assert page.context["follow_up"].reminders == 1
    assert empty.status_code == 422
    assert queries.get_follow_up(wanted.uuid).closing == "تلفنی پاسخ داد"
    assert browser("ict-deputy").get(url).status_code == 200
    assert browser("secretariat").get(url).status_code == 404


def test_a_letter_nobody_has_is_closed_and_opened_on_its_page(browser, office):
    letter = incoming(office)
    clerk = browser("secretariat")

    clerk.post(f"/office/letters/{letter}/close/", {"closing": "filed", "note": ""})
    closed = queries.get_letter(letter)
    refused = clerk.post(f"/office/letters/{letter}/close/", {"note": ""})
    clerk.post(f"/office/letters/{letter}/close/", {"note": "پیوست رسید"})

    assert closed.state is LetterState.CLOSED
    assert refused.status_code == 422
    assert queries.get_letter(letter).state is LetterState.REGISTERED
