"""In which post an officer acts: one that is held at this very moment."""

from __future__ import annotations

import pytest

from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people

from .factories import KARIM, NOON, PASSWORD, app_code, enter, give, make_post, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(time):
    """Karim, expert of the ICT body, with an authenticator app."""
    person = enter(KARIM)
    give(person, make_post("ict-expert-1", "ict-expert"))
    make_staff(person)
    return person


def sign_in(client, time):
    client.post("/staff/sign-in/", {"login": "karim", "password": PASSWORD})
    client.post("/staff/sign-in/second-step/", {"code": app_code(time.now)})


def test_a_lost_post_is_lost_at_the_next_request(client, time, officer):
    sign_in(client, time)
    post = client.get("/who/").json()["post"]

    people.leave_post(person=officer, post=post, actor=SYSTEM, now=time.go_on(minutes=1))

    who = client.get("/who/").json()
    assert (who["kind"], who.get("post"), who["duties"]) == ("staff", None, [])


def test_who_holds_two_posts_acts_in_the_chosen_one_while_it_is_held(client, time, officer):
    second = make_post("ict-deputy-1", "ict-deputy")
    give(officer, second)
    sign_in(client, time)
    assert client.get("/who/").json()["duties"] == ["ict-expert"]

    assert client.post("/staff/post", {"post": str(second), "next": "/who/"}).headers["Location"] == "/who/"
    assert client.get("/who/").json()["duties"] == ["ict-deputy"]
    assert client.get("/who/").json()["post"] == str(second)

    people.leave_post(person=officer, post=second, actor=SYSTEM, now=time.go_on(minutes=1))
    assert client.get("/who/").json()["duties"] == ["ict-expert"]


@pytest.mark.parametrize("which", ["of another", "unknown", "no uuid"])
def test_a_post_that_is_not_held_cannot_be_chosen(client, time, officer, which):
    vacant = make_post("ict-director-1", "ict-director")
    sign_in(client, time)
    post = {"of another": str(vacant), "unknown": "00000000-0000-0000-0000-000000000009", "no uuid": "x"}[which]

    assert client.post("/staff/post", {"post": post}).status_code == 403
    assert client.get("/who/").json()["duties"] == ["ict-expert"]


def test_a_post_given_from_tomorrow_opens_nothing_today(client, time, officer):
    director = make_post("ict-director-1", "ict-director")
    give(officer, director, at=NOON.replace(day=23))
    sign_in(client, time)

    assert client.post("/staff/post", {"post": str(director)}).status_code == 403
    session = client.session
    session["post"] = str(director)
    session.save()
    assert client.get("/who/").json()["duties"] == ["ict-expert"]


def test_who_acts_costs_four_questions_to_the_database(client, time, officer, django_assert_num_queries):
    give(officer, make_post("ict-deputy-1", "ict-deputy"))
    sign_in(client, time)

    # Session, account, posts held, and posts in which somebody else is stood in for.
    with django_assert_num_queries(4):
        client.get("/who/")
