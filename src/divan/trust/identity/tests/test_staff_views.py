"""Staff at the door: no second factor, no office; posts as they are held at this moment."""

from __future__ import annotations

import re
import time as real_time
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.identity import actions, models, queries
from divan.trust.identity.views import sessions, sign_in_rules

from .factories import KARIM, NOON, PASSWORD, ZAHRA, app_code, enter, give, make_post, make_staff, wrong

pytestmark = pytest.mark.django_db

SIGN_IN, SECOND_STEP, FACTORS = "/staff/sign-in/", "/staff/sign-in/second-step/", "/staff/account/factors/"


@pytest.fixture
def officer(time):
    """Karim, expert of the ICT body, with an authenticator app."""
    person = enter(KARIM)
    give(person, make_post("ict-expert-1", "ict-expert"))
    make_staff(person)
    return person


@pytest.fixture
def newcomer(time):
    """Karim before he has enrolled any second factor."""
    person = enter(KARIM)
    give(person, make_post("ict-expert-1", "ict-expert"))
    make_staff(person, enrolled=False)
    return person


def give_password(client, *, username="karim", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": username, "password": password, **more})


def sign_in(client, time, **more):
    give_password(client, **more)
    return client.post(SECOND_STEP, {"code": app_code(time.now)})


def test_password_and_code_open_the_office(client, time, officer):
    assert give_password(client, username=" KARIM ").headers["Location"] == SECOND_STEP
    assert client.get("/who/").json()["kind"] == "anonymous"
    assert client.get("/office/").status_code == 302

    arrived = client.post(SECOND_STEP, {"code": app_code(time.now)})

    assert arrived.headers["Location"] == "/office/"
    assert client.get("/office/").content == b"staff"
    who = client.get("/who/").json()
    assert (who["kind"], who["uuid"], who["duties"]) == ("staff", str(officer), ["ict-expert"])
    account = models.Account.objects.get()
    last = facts.of_subjects([account.uuid])[-1]
    assert (last.kind, last.data) == ("identity.signed-in", {"method": "password", "second_factor": "totp"})


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client, time, officer):
    answers = [give_password(client, password="wrong lanterns"), give_password(client, username="nobody")]

    said = [list(answer.context["form"].non_field_errors()) for answer in answers]
    assert said[0] == said[1] != []
    assert client.get(SECOND_STEP).headers["Location"] == SIGN_IN


def test_a_closed_account_is_told_like_a_wrong_password(client, time, officer):
    wrong_password = list(give_password(client, password="wrong lanterns").context["form"].non_field_errors())
    models.Account.objects.update(is_active=False)

    assert list(give_password(client).context["form"].non_field_errors()) == wrong_password != []


def test_a_citizens_account_has_no_password_to_guess(client, time):
    actions.create_citizen_account(person=enter(ZAHRA), actor=SYSTEM, now=NOON)
    name = models.Account.objects.get().username

    for password in ("", "!", models.Account.objects.get().password):
        assert give_password(client, username=name, password=password).status_code == 200


def test_passwords_are_guessed_ten_times_at_most_from_wherever(client, time, officer):
    for serial in range(10):
        client.post(SIGN_IN, {"login": "karim", "password": "guess"}, REMOTE_ADDR=f"192.0.2.{serial}")

    refused = client.post(SIGN_IN, {"login": "karim", "password": PASSWORD}, REMOTE_ADDR="198.51.100.1")

    assert refused.context["form"].has_error("__all__", "identity.too-many-attempts")
    time.go_on(minutes=4)
    assert give_password(client).headers["Location"] == SECOND_STEP


def test_right_passwords_use_nothing_up(time, officer):
    for _ in range(12):
        assert give_password(Client()).headers["Location"] == SECOND_STEP


def test_a_wrong_code_opens_nothing_and_is_counted(client, time, officer):
    give_password(client)
    for _ in range(10):
        answer = client.post(SECOND_STEP, {"code": wrong(app_code(time.now))})
        assert answer.context["form"].has_error("code", "identity.second-factor-wrong")

    locked = client.post(SECOND_STEP, {"code": app_code(time.now)})

    assert locked.context["form"].has_error("code", "identity.too-many-attempts")
    assert client.get("/who/").json()["kind"] == "anonymous"


def test_a_code_seen_over_the_shoulder_counts_no_second_time(time, officer):
    sign_in(Client(), time)
    other = Client()

    assert sign_in(other, time).status_code == 200
    assert other.get("/who/").json()["kind"] == "anonymous"


def test_a_code_in_persian_digits_is_accepted(client, time, officer):
    give_password(client)
    persian = app_code(time.now).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    assert client.post(SECOND_STEP, {"code": f"{persian[:3]} {persian[3:]}"}).headers["Location"] == "/office/"


def test_without_a_second_factor_only_the_enrolment_opens(client, time, newcomer):
    give_password(client)

    assert client.get("/who/").json()["kind"] == "anonymous"
    assert client.get("/who/").json()["enrolling"] is True
    closed = client.get("/office/").headers["Location"]
    assert closed == "/staff/sign-in/?next=%2Foffice%2F"
    assert client.get(closed).headers["Location"] == FACTORS
    assert client.get(FACTORS).status_code == 200
    assert client.post("/staff/post", {"post": "x"}).status_code == 302


def secret_on(page) -> str:
    return str(re.findall(r"\b[A-Z2-7]{32}\b", page.content.decode())[0])


def enrol(client, time):
    secret = secret_on(client.get(FACTORS + "app/"))
    return secret, client.post(FACTORS + "app/", {"code": app_code(time.now, secret=secret)})


def test_an_app_is_enrolled_with_its_first_code_and_the_office_opens(client, time, newcomer):
    give_password(client)

    secret, done = enrol(client, time)

    assert done.headers["Location"] == FACTORS + "recovery-codes/"
    assert client.get("/office/").content == b"staff"
    assert len(re.findall(r"\b\d{8}\b", client.get(FACTORS + "recovery-codes/").content.decode())) == 10
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    account = models.Account.objects.get().uuid
    assert facts.recorded_for(account)[-1] == "identity.second-factor-added"
    thief = Client()
    give_password(thief)
    assert thief.post(SECOND_STEP, {"code": app_code(time.now, secret=secret)}).status_code == 200, "used at enrolment"


def test_an_app_that_shows_the_wrong_code_is_not_enrolled(client, time, newcomer):
    give_password(client)
    secret = secret_on(client.get(FACTORS + "app/"))

    answer = client.post(FACTORS + "app/", {"code": wrong(app_code(time.now, secret=secret))})

    assert answer.context["form"].has_error("code", "identity.second-factor-wrong")
    assert secret_on(answer) == secret, "the picture stays the same, for the next try"
    assert not Authenticator.objects.exists()


def test_a_recovery_code_opens_once(client, time, newcomer):
    give_password(client)
    enrol(client, time)
    code = re.findall(r"\b\d{8}\b", client.get(FACTORS + "recovery-codes/").content.decode())[0]
    assert b"****" not in client.get(FACTORS + "recovery-codes/").content
    for visitor, arrives in ((Client(), 302), (Client(), 200)):
        give_password(visitor)
        assert visitor.post(SECOND_STEP, {"code": code}).status_code == arrives


def test_who_was_in_before_the_enrolment_must_sign_in_again(client, time, newcomer):
    thief = Client()
    give_password(thief)
    give_password(client)
    enrol(client, time)

    assert thief.get("/who/").json()["enrolling"] is True
    for address in (FACTORS, FACTORS + "passkeys/new/", "/staff/account/password/"):
        give_password_again = thief.get(address).headers["Location"]
        assert give_password_again.startswith(SIGN_IN)
    assert thief.get("/who/").json()["enrolling"] is False


def test_removing_the_last_factor_closes_the_office(client, time, officer):
    sign_in(client, time)
    assert client.get("/office/").status_code == 200

    client.post(FACTORS + "app/remove/")

    assert not Authenticator.objects.exists()
    assert client.get("/office/").status_code == 302
    assert client.get("/who/").json()["enrolling"] is True
    assert facts.recorded_for(models.Account.objects.get().uuid)[-1] == "identity.second-factor-removed"


def test_factors_are_changed_only_soon_after_a_proof(client, time, officer, monkeypatch):
    sign_in(client, time)
    monkeypatch.setattr(sign_in_rules, "PROVED_LATELY", -1)
    monkeypatch.setattr(real_time, "time", lambda: datetime.now(UTC).timestamp() + 400)

    asked = client.post(FACTORS + "app/remove/")

    assert asked.headers["Location"].startswith("/staff/account/again/password/")
    assert Authenticator.objects.exists()
    assert client.get(asked.headers["Location"]).status_code == 200


def test_a_password_is_changed_by_its_holder_and_other_sessions_end(client, time, officer):
    sign_in(client, time)
    elsewhere = Client()
    time.go_on(seconds=60)
    sign_in(elsewhere, time)
    new = "eight loud cymbals"

    wrong_present = client.post("/staff/account/password/", {"oldpassword": "no", "password1": new, "password2": new})
    assert wrong_present.status_code == 200
    easy = client.post(
        "/staff/account/password/", {"oldpassword": PASSWORD, "password1": "karim", "password2": "karim"}
    )
    assert easy.context["form"].has_error("password1")
    client.post("/staff/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert models.Account.objects.get().check_password(new)
    assert client.get("/office/").status_code == 200
    assert elsewhere.get("/who/").json()["kind"] == "anonymous"
    assert facts.recorded_for(models.Account.objects.get().uuid).count("identity.password-set") == 2
    live = facts.live_digests("identity.account", [models.Account.objects.get().uuid])
    assert list(live.values()) == [facts.of_subjects(live)[-1].subject_digest]


def test_the_session_of_a_citizen_ends_where_an_officer_signs_in(client, time, officer):
    citizen = actions.create_citizen_account(person=enter(ZAHRA), actor=SYSTEM, now=NOON)
    client.force_login(models.Account.objects.get(uuid=citizen))
    session = client.session
    session["planted"] = "by the citizen"
    session.save()
    before = client.session.session_key

    sign_in(client, time)

    assert client.get("/who/").json()["kind"] == "staff"
    assert "planted" not in client.session
    assert client.session.session_key != before


def test_the_second_factor_of_one_account_opens_no_other(client, time, officer):
    sign_in(client, time)
    passed = client.session[sessions.SECOND_FACTOR]
    other = make_staff(enter(ZAHRA), username="zahra", enrolled=False)
    stranger = Client()
    stranger.force_login(models.Account.objects.get(uuid=other))
    session = stranger.session
    session[sessions.SECOND_FACTOR] = passed
    session.save()

    assert stranger.get("/who/").json()["enrolling"] is True


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test/", "/\\evil.test"])
def test_after_the_sign_in_one_stays_on_this_site(client, time, officer, wanted):
    assert sign_in(client, time, next=wanted).headers["Location"] == "/office/"
    assert client.get(SIGN_IN, {"next": wanted}).headers["Location"] == "/office/"


def test_after_the_sign_in_one_arrives_where_one_wanted_to_be(client, time, officer):
    assert sign_in(client, time, next="/who/").headers["Location"] == "/who/"
    assert client.get(SIGN_IN, {"next": "/who/"}).headers["Location"] == "/who/"


def test_breaking_off_between_the_steps_forgets_the_password(client, time, officer):
    give_password(client)
    client.post("/sign-out/")

    assert client.get(SECOND_STEP).headers["Location"] == SIGN_IN


@pytest.mark.parametrize(
    "address",
    [
        FACTORS,
        FACTORS + "app/",
        FACTORS + "passkeys/",
        FACTORS + "passkeys/new/",
        FACTORS + "recovery-codes/",
        "/staff/account/password/",
        "/staff/account/again/password/",
        "/staff/account/again/code/",
    ],
)
def test_strangers_and_citizens_reach_no_page_of_credentials(client, time, address):
    assert client.get(address).headers["Location"].startswith(SIGN_IN)
    citizen = actions.create_citizen_account(person=enter(ZAHRA), actor=SYSTEM, now=NOON)
    client.force_login(models.Account.objects.get(uuid=citizen))

    assert client.get(address).headers["Location"].startswith(SIGN_IN)
    assert client.get("/who/").json()["kind"] == "citizen"


@pytest.mark.parametrize("language", ["fa", "en"])
def test_pages_of_credentials_stand(client, time, officer, language):
    client.cookies["divan_language"] = language
    assert client.get(SIGN_IN).status_code == 200
    give_password(client)
    assert client.get(SECOND_STEP).status_code == 200
    client.post(SECOND_STEP, {"code": app_code(time.now)})

    pages = [FACTORS, FACTORS + "app/remove/", FACTORS + "passkeys/", FACTORS + "passkeys/new/"]
    pages += ["/staff/account/password/", "/staff/account/again/password/", "/staff/account/again/code/"]
    for address in pages:
        page = client.get(address)
        assert page.status_code == 200, address
        assert f'lang="{language}"' in page.content.decode(), address


def test_in_a_rehearsal_one_click_is_enough_and_leaves_nothing_of_before(client, time, officer, rf):
    request = rf.post("/")
    request.session = client.session
    request.session["planted"] = "of before"
    request.user = models.Account.objects.get()

    account = sessions.sign_in_for_rehearsal(request, username="karim", now=NOON)

    assert account.person == officer
    assert "planted" not in request.session
    assert sessions.has_passed(request, request.user)
    assert request.user.uuid == account.uuid


def test_what_a_rehearsal_granted_counts_for_nothing_in_production(client, time, officer, rf, production):
    session = client.session
    client.force_login(models.Account.objects.get())
    session = client.session
    session[sessions.SECOND_FACTOR] = {"account": str(models.Account.objects.get().uuid), "factor": "rehearsal"}
    session.save()

    assert client.get("/who/").json()["kind"] == "anonymous"
    assert queries.list_rehearsal_accounts() == []
