"""Citizens at the door: every bad input has its words, nothing is told to a stranger, sessions begin afresh."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from divan.foundation import facts
from divan.trust.identity import models, queries
from divan.trust.identity.values import AccountKind

from .factories import CAST, KARIM, NOON, ZAHRA, enter, make_staff, sent_codes, wrong

pytestmark = pytest.mark.django_db

SIGN_IN, CODE, AGAIN = "/sign-in/", "/sign-in/code/", "/sign-in/code/again/"


def begin(client, person=ZAHRA, *, mobile="", **more):
    return client.post(SIGN_IN, {"national_code": person.national_code, "mobile": mobile or person.mobile, **more})


def sign_in(client, work, time, person=ZAHRA, **more):
    begin(client, person, **more)
    work(time.now)
    return client.post(CODE, {"code": sent_codes(person.mobile)[-1]})


def test_a_citizen_signs_in_and_arrives(client, time, work):
    assert begin(client).headers["Location"] == CODE
    assert b"hx-get" in client.get(CODE).content
    work(time.now)
    assert b"one-time-code" in client.get(CODE).content

    arrived = client.post(CODE, {"code": sent_codes(ZAHRA.mobile)[0]})

    assert arrived.headers["Location"] == "/cases/"
    assert client.get("/cases/").content == b"citizen"
    person = CAST[ZAHRA.national_code]
    account = models.Account.objects.get()
    assert client.get("/who/").json()["kind"] == "citizen"
    assert client.get("/who/").json()["uuid"] == str(account.person.uuid)
    assert account.person.national_code == person.national_code


def test_persian_digits_and_spaces_are_accepted_everywhere(client, time, work):
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    code = ZAHRA.national_code.translate(persian)
    client.post(SIGN_IN, {"national_code": f"{code[:3]} {code[3:]} ", "mobile": ZAHRA.mobile.translate(persian)})
    work(time.now)
    typed = sent_codes(ZAHRA.mobile)[0].translate(persian)

    assert client.post(CODE, {"code": f" {typed[:3]} {typed[3:]}"}).headers["Location"] == "/cases/"


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("national_code", "", "required"),
        ("national_code", "1111111111", "persian.national-code.all-equal"),
        ("national_code", "۱۱۱۱۱۱۱۱۱۱", "persian.national-code.all-equal"),
        ("national_code", "9992000010", "persian.national-code.check-digit"),
        ("national_code", "999200001", "persian.national-code.length"),
        ("national_code", "99920000x6", "persian.national-code.digits"),
        ("national_code", "9990000008", "persian.national-code.serial-zero"),
        ("national_code", "9" * 70, "max_length"),
        ("mobile", "", "required"),
        ("mobile", "02188776655", "persian.mobile.prefix"),
        ("mobile", "0912", "persian.mobile.length"),
        ("mobile", "0912345678x", "persian.mobile.digits"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_asks_nobody(client, time, field, typed, code):
    given = {"national_code": ZAHRA.national_code, "mobile": ZAHRA.mobile, field: typed}

    answer = client.post(SIGN_IN, given)

    assert answer.status_code == 400
    form = answer.context["form"]
    assert [error.code for error in form.errors.as_data()[field]] == [code]
    assert list(form.errors) == [field]
    page = answer.content.decode()
    assert f'href="#q-{field}"' in page
    assert "aria-invalid" in page
    assert models.SignInChallenge.objects.count() == models.Inquiry.objects.count() == 0


def test_what_was_typed_stays_on_the_page(client, time):
    client.cookies["divan_language"] = "en"
    page = client.post(SIGN_IN, {"national_code": "999", "mobile": ZAHRA.mobile}).content.decode()

    assert 'value="999"' in page
    assert f'value="{ZAHRA.mobile}"' in page


def test_every_step_is_the_same_for_a_number_of_somebody_else(time, work):
    pages = []
    for person in (ZAHRA, KARIM):
        visitor = Client()
        steps = [begin(visitor, person, mobile=ZAHRA.mobile)]
        steps.append(visitor.get(CODE))
        work(time.now)
        steps += [visitor.get(CODE), visitor.post(AGAIN), visitor.post(CODE, {"code": "000000"})]
        pages.append([(step.status_code, step.headers.get("Location"), without_tokens(step)) for step in steps])

    assert pages[0] == pages[1]


def without_tokens(answer) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce-[\w-]+', "", answer.content.decode())


def test_wrong_expired_and_used_codes_are_refused_with_their_words(client, time, work):
    begin(client)
    work(time.now)
    (code,) = sent_codes(ZAHRA.mobile)

    answer = client.post(CODE, {"code": wrong(code)})
    assert answer.status_code == 400
    assert "code" in answer.context["form"].errors
    time.go_on(minutes=4)
    expired = client.post(CODE, {"code": code})
    assert expired.status_code == 400
    assert expired.content != answer.content
    assert client.get("/cases/").status_code == 302
    client.post(AGAIN)
    assert client.post(CODE, {"code": sent_codes(ZAHRA.mobile)[-1]}).headers["Location"] == "/cases/"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "۱۲۳"])
def test_what_is_no_code_costs_no_try(client, time, work, typed):
    begin(client)
    work(time.now)

    assert client.post(CODE, {"code": typed}).status_code == 400
    assert models.SignInChallenge.objects.get().tries == 0


def test_after_five_wrong_codes_the_page_leads_to_a_new_beginning(client, time, work):
    begin(client)
    work(time.now)
    (code,) = sent_codes(ZAHRA.mobile)
    for _ in range(5):
        last = client.post(CODE, {"code": wrong(code)})

    assert last.status_code == 400
    assert b'name="code"' not in client.get(CODE).content
    assert client.post(CODE, {"code": code}).status_code == 400
    assert client.get("/cases/").status_code == 302


def test_a_code_too_soon_again_is_told_and_not_sent(client, time, work):
    begin(client)
    work(time.now)

    answer = client.post(AGAIN)

    assert answer.status_code == 429
    assert len(sent_codes(ZAHRA.mobile)) == 1
    time.go_on(seconds=61)
    assert client.post(AGAIN).headers["Location"] == CODE
    assert len(sent_codes(ZAHRA.mobile)) == 2


def test_a_silent_register_is_told_without_blame(client, time, work, owners):
    owners.mood = "down"
    begin(client)
    for _ in range(30):
        work(time.now)
        time.go_on(seconds=5)

    page = client.get(CODE)

    assert page.status_code == 200
    assert b'name="code"' not in page.content
    assert b"hx-get" not in page.content
    assert client.post(CODE, {"code": "123456"}).status_code == 503


def test_the_page_goes_on_without_scripts(client, time, work):
    begin(client)
    assert b'<noscript><meta http-equiv="refresh"' in client.get(CODE).content

    work(time.now)

    assert b"http-equiv" not in client.get(CODE).content


def test_too_many_beginnings_are_refused_with_the_time_to_wait(client, time):
    for _ in range(6):
        begin(client)

    refused = begin(client)

    assert refused.status_code == 429
    assert refused.context["form"].non_field_errors()


def test_a_sign_in_belongs_to_the_session_that_began_it(client, time, work):
    begin(client)
    work(time.now)
    (code,) = sent_codes(ZAHRA.mobile)
    stranger = Client()

    assert stranger.get(CODE).headers["Location"] == SIGN_IN
    assert stranger.post(CODE, {"code": code}).headers["Location"] == SIGN_IN
    assert stranger.post(AGAIN).headers["Location"] == SIGN_IN
    assert models.SignInChallenge.objects.get().tries == 0
    session = stranger.session
    session["challenge"] = "no uuid"
    session.save()
    assert stranger.get(CODE).headers["Location"] == SIGN_IN


def test_the_session_of_before_does_not_survive_the_sign_in(client, time, work):
    begin(client)
    planted = client.session
    planted["planted"] = "by a stranger"
    planted.save()
    before = client.session.session_key
    work(time.now)

    client.post(CODE, {"code": sent_codes(ZAHRA.mobile)[0]})

    assert client.session.session_key != before
    assert "planted" not in client.session
    assert "challenge" not in client.session
    thief = Client()
    thief.cookies["divan_session"] = before
    assert thief.get("/who/").json() == {"kind": "anonymous", "duties": [], "name": "", "posts": [], "enrolling": False}


@pytest.mark.parametrize(
    ("wanted", "arrives"),
    [
        ("/cases/new/?service=a", "/cases/new/?service=a"),
        ("https://evil.test/", "/cases/"),
        ("//evil.test/", "/cases/"),
        ("/\\evil.test", "/cases/"),
        ("javascript:alert(1)", "/cases/"),
        ("https:///evil.test", "/cases/"),
        ("http://testserver@evil.test/", "/cases/"),
        ("", "/cases/"),
    ],
)
def test_after_the_sign_in_one_stays_on_this_site(client, time, work, wanted, arrives):
    assert sign_in(client, work, time, next=wanted).headers["Location"] == arrives


def test_a_signed_in_citizen_is_not_asked_again_and_sent_nowhere_else(client, time, work):
    sign_in(client, work, time)

    assert client.get(SIGN_IN, {"next": "/who/"}).headers["Location"] == "/who/"
    assert client.get(SIGN_IN, {"next": "//evil.test/"}).headers["Location"] == "/cases/"


def test_a_closed_door_leads_to_the_sign_in_and_back(client, time, work):
    closed = client.get("/cases/")

    assert closed.headers["Location"] == "/sign-in/?next=%2Fcases%2F"
    assert b'name="next" value="/cases/"' in client.get(closed.headers["Location"]).content


def test_signing_out_ends_the_session_for_good(client, time, work):
    sign_in(client, work, time)
    key = client.session.session_key

    assert client.get("/sign-out/").status_code == 405
    assert client.get("/cases/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/"

    account = models.Account.objects.get()
    assert facts.recorded_for(account.uuid)[-1] == "identity.signed-out"
    former = Client()
    former.cookies["divan_session"] = key
    assert former.get("/cases/").status_code == 302


def test_forms_refuse_what_another_site_sends(time):
    strict = Client(enforce_csrf_checks=True)

    for address in (SIGN_IN, AGAIN, "/sign-out/"):
        assert strict.post(address, {}).status_code == 403


def test_a_closed_account_is_nobody_at_the_next_request(client, time, work):
    sign_in(client, work, time)
    models.Account.objects.update(is_active=False)

    assert client.get("/who/").json()["kind"] == "anonymous"


def test_a_citizen_is_no_officer_even_with_a_post(client, time, work):
    person = enter(KARIM)
    make_staff(person)
    sign_in(client, work, time, KARIM)

    assert client.get("/office/").status_code == 403
    assert queries.find_account(person, AccountKind.CITIZEN) is not None


def test_pages_for_signing_in_are_never_kept(client, time):
    begin(client)

    for address in (SIGN_IN, CODE):
        assert "no-store" in client.get(address).headers["Cache-Control"]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_pages_stand_in_both_languages(client, time, language):
    client.cookies["divan_language"] = language

    page = client.get(SIGN_IN)

    assert page.headers["Content-Language"] == language
    assert f'lang="{language}"' in page.content.decode()
    assert time.now == NOON
