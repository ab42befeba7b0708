"""The exchange's pages: a right is given with purpose and law, taken back after a second question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from divan.foundation.actors import SYSTEM
from divan.front.backoffice.views.exchange import permits
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import DataService, ExchangePlan, Member, NewPermit, PermitState, Subsystem
from divan_libs.pki.encoding import read_certificates
from divan_libs.pki.keys import generate_private_key
from divan_libs.pki.tests.test_requests import request as csr_of

ASKER = "LR/GOV/registry/persons"
WANTED = {
    "consumer": ASKER,
    "data_service": "registry/person",
    "method": "GET",
    "path": "/persons/2*",
    "purpose_fa": "proof of identity",
    "legal_basis_fa": "article 37",
    "reason": "founding",
}


@pytest.fixture
def exchange(world, tmp_path, monkeypatch):
    """Found the smallest exchange, with one right in force."""
    app = apps.get_app_config("exchange")
    told = replace(app.options, rehearsal=True, control=tmp_path / "control", gateway=tmp_path / "gateway")
    monkeypatch.setattr(app, "options", told)
    permit = NewPermit(
        consumer=ASKER,
        data_service="registry/person",
        method="GET",
        path_glob="/persons/1*",
        purpose_fa="first right",
        legal_basis_fa="article 1",
        starts_at=world.now - timedelta(days=1),
    )
    plan = ExchangePlan(
        members=(Member(address="LR/GOV/registry", name_fa="registry"),),
        subsystems=(Subsystem(address=ASKER, name_fa="persons"),),
        data_services=(
            DataService(
                code="registry/person",
                address=f"{ASKER}/person",
                name_fa="person",
                base_urls=("http://127.0.0.1:9",),
            ),
        ),
        permits=(permit,),
    )
    actions.found_exchange(plan=plan, actor=SYSTEM, now=world.now)


def test_a_permit_is_given_with_purpose_law_and_period_and_published_at_once(browser, exchange, world):
    before = queries.find_newest_snapshot()

    answer = browser("integrator").post(
        "/office/exchange/permits/new/",
        {**WANTED, "ends_on-day": "۲۹", "ends_on-month": "12", "ends_on-year": "۱۴۰۵"},
        follow=True,
    )

    assert answer.redirect_chain == [("/office/exchange/permits/", 302)]
    given = queries.list_permits()[0]
    assert (given.purpose_fa, given.legal_basis_fa, given.legal_basis_confirmed) == (
        "proof of identity",
        "article 37",
        False,
    )
    assert given.state_at(world.now) is PermitState.IN_FORCE
    assert given.state_at(world.now + timedelta(days=365)) is PermitState.ENDED
    assert queries.find_newest_snapshot().number == before.number + 1


FAULTY = (
    ({"consumer": ""}, {"consumer"}),
    ({"purpose_fa": " "}, {"purpose_fa"}),
    ({"legal_basis_fa": "", "purpose_fa": ""}, {"purpose_fa", "legal_basis_fa"}),
    ({"reason": ""}, {"reason"}),
    ({"path": "persons"}, {"path"}),
    ({"method": "LOOK"}, {"method"}),
    ({"ends_on-day": "31", "ends_on-month": "12", "ends_on-year": "1405"}, {"ends_on"}),
    ({"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "1400"}, {"ends_on"}),
)


@pytest.mark.parametrize(("changes", "wrong"), FAULTY)
def test_a_permit_that_says_too_little_is_not_given_and_what_was_typed_stays(browser, exchange, changes, wrong):
    before = queries.list_permits()

    answer = browser("integrator").post("/office/exchange/permits/new/", {**WANTED, **changes})

    assert answer.status_code == 422
    assert {field.name for field in answer.context["fields"] if field.errors} == wrong
    typed = {field.name: field.value for field in answer.context["fields"]}
    kept = {name: value for name, value in {**WANTED, **changes}.items() if name in typed}
    assert {name: typed[name] for name in kept} == kept
    assert queries.list_permits() == before


def test_a_permit_is_revoked_only_after_a_second_question_and_only_once(browser, exchange, world):
    [permit] = queries.list_permits()
    integrator = browser("integrator")
    address = f"/office/exchange/permits/{permit.uuid}/revoke/"

    asked = integrator.get(address)
    nameless = integrator.post(address, {"reason": " "})
    still = queries.get_permit(permit.uuid).state_at(world.now)
    integrator.post(address, {"reason": "misused"})
    again = integrator.post(address, {"reason": "misused"})

    told = integrator.get(f"/office/exchange/permits/{permit.uuid}/").context["events"]

    assert [(said, event.reason) for event, said in told] == [("Given", ""), ("Revoked", "misused")]
    assert [field.name for field in asked.context["fields"]] == ["reason"]
    assert (nameless.status_code, still) == (422, PermitState.IN_FORCE)
    assert queries.get_permit(permit.uuid).state_at(world.now) is PermitState.REVOKED
    assert (again.status_code, "revoked before" in again.content.decode()) == (422, True)


def test_nobody_but_an_integrator_gives_or_takes_rights(browser, exchange):
    [permit] = queries.list_permits()

    for key in ("", "villager", "ict-expert", "governor-officer", "ict-director"):
        visitor = browser(key)
        visitor.post("/office/exchange/permits/new/", WANTED)
        visitor.post(f"/office/exchange/permits/{permit.uuid}/revoke/")

    assert queries.list_permits() == [permit]


def test_a_message_nobody_sent_has_no_evidence(browser, exchange):
    assert browser("integrator").get("/office/exchange/evidence/none/of-it/").status_code == 404


@pytest.fixture
def bodies(exchange, world):
    """Make two bodies of the province members: the registry is the governor's, the ICT directorate has a system."""
    province = "LR/GOV/ict"
    plan = ExchangePlan(
        members=(
            Member(address="LR/GOV/registry", name_fa="registry", body="governor-office"),
            Member(address=province, name_fa="ICT", body="ict-directorate"),
        ),
        subsystems=(Subsystem(address=f"{province}/villages", name_fa="villages"),),
        data_services=(
            DataService(
                code="ict/village",
                address=f"{province}/villages/village",
                name_fa="village",
                base_urls=("http://127.0.0.1:9",),
            ),
        ),
        permits=(),
    )
    actions.found_exchange(plan=plan, actor=SYSTEM, now=world.now)
    return f"{province}/villages"


ASKED = {
    "data_service": "registry/person",
    "scopes": "get /persons/*\n\nPUT /persons/1",
    "purpose_fa": "lines for villages",
    "legal_basis_fa": "article 5",
    "ends_on-day": "29",
    "ends_on-month": "12",
    "ends_on-year": "۱۴۰۵",
    "rate": "۶۰",
    "hidden": "/father_name",
    "days": ["6", "7"],
    "from": "۷:۳۰",
    "to": "14:00",
}


def test_one_body_asks_the_other_decides_and_both_see_where_it_stands(browser, bodies, world):
    director, integrator = browser("ict-director"), browser("integrator")
    faulty = director.post("/office/exchange/requests/new/", {**ASKED, "consumer": bodies, "to": "25:00"})
    sent = director.post("/office/exchange/requests/new/", {**ASKED, "consumer": bodies})
    page = sent["Location"]
    own = director.post(page, {**ASKED, "deed": "grant"})
    wider = integrator.post(page, {**ASKED, "deed": "grant", "rate": "61"})
    silent = integrator.post(page, {**ASKED, "deed": "refuse", "reason": ""})
    waits = integrator.get("/office/exchange/")
    given = integrator.post(page, {**ASKED, "deed": "grant", "rate": "6"}, follow=True)
    twice = integrator.post(page, {**ASKED, "deed": "grant"})

    assert faulty.status_code == 422
    assert {field.name for field in faulty.context["fields"] if field.errors} == {"to"}
    assert [own.status_code, wider.status_code, silent.status_code, twice.status_code] == [422] * 4
    assert {field.name for field in wider.context["fields"] if field.errors} == {"rate"}
    assert {field.name for field in silent.context["fields"] if field.errors} == {"reason"}
    assert len(waits.context["waiting"]) == 1
    assert given.context["is_decided"]
    made = [one for one in queries.list_permits() if one.request is not None]
    assert {(one.method, one.path_glob) for one in made} == {("GET", "/persons/*"), ("PUT", "/persons/1")}
    assert {(one.rate_per_minute, one.hidden, one.state_at(world.now)) for one in made} == {
        (6, ("/father_name",), PermitState.IN_FORCE)
    }
    assert [one.days for one in made[0].hours] == [(6, 7)]
    assert integrator.get("/office/exchange/").context["waiting"] == []


def test_every_page_of_the_exchange_opens_to_its_officers_and_its_forms_to_the_centre(browser, bodies, world):
    [permit] = queries.list_permits()
    pages = (
        "",
        "requests/new/",
        f"requests/new/?follows={permit.uuid}",
        f"requests/new/?follows={permit.uuid}&kind=renewal",
        "permits/",
        "permits/new/",
        f"permits/{permit.uuid}/",
        f"permits/{permit.uuid}/suspend/",
        f"permits/{permit.uuid}/resume/",
        "members/",
        "members/LR/GOV/ict/",
        "services/",
        "services/new/",
        "services/registry/person/",
        "services/registry/person/change/",
        "services/registry/person/description/",
        "services/registry/person/switch/",
        "services/registry/person/close/",
        "groups/",
        "groups/new/",
        "certificates/",
        "certificates/new/",
    )
    centre_alone = (
        "members/new/",
        "members/LR/GOV/ict/change/",
        "members/LR/GOV/ict/close/",
        "members/LR/GOV/ict/systems/new/",
        f"systems/{bodies}/change/",
        f"systems/{bodies}/close/",
    )

    found = {
        key: [browser(key).get(f"/office/exchange/{page}").status_code for page in (*pages, *centre_alone)]
        for key in ("integrator", "ict-director", "ict-expert")
    }

    assert found["integrator"] == [200] * len(found["integrator"])
    others = [404 if str(permit.uuid) in page else 200 for page in pages]
    assert found["ict-director"] == [*others, *[403] * len(centre_alone)]
    assert set(found["ict-expert"]) == {403}


def test_the_list_of_permits_goes_on_and_finds(browser, exchange, world, monkeypatch):
    monkeypatch.setattr(permits, "PAGE", 2)
    for number in range(4):
        wanted = NewPermit(
            consumer=ASKER,
            data_service="registry/person",
            method="PUT",
            path_glob=f"/letters/{number}",
            purpose_fa="letters",
            legal_basis_fa="article 1",
            starts_at=world.now,
            reason="moving",
        )
        actions.grant_permit(permit=wanted, actor=SYSTEM, now=world.now)
    integrator = browser("integrator")

    seen, after = [], ""
    for _ in range(3):
        page = integrator.get("/office/exchange/permits/", {"after": after})
        seen.append([line["permit"].path_glob for line in page.context["lines"]])
        after = page.context["after"]
    found = integrator.get("/office/exchange/permits/", {"q": "LETTERS/3"})

    assert seen == [["/letters/3", "/letters/2"], ["/letters/1", "/letters/0"], ["/persons/1*"]]
    assert after == ""
    assert [line["permit"].path_glob for line in found.context["lines"]] == ["/letters/3"]
    assert integrator.get("/office/exchange/permits/", {"q": "nothing like it"}).context["lines"] == []


def test_a_certificate_is_asked_for_with_a_file_fetched_and_revoked(browser, bodies):
    director = browser("ict-director")
    key = generate_private_key()

    def send(content: bytes, subsystem: str = bodies):
        file = SimpleUploadedFile("x.csr", content)
        return director.post("/office/exchange/certificates/new/", {"subsystem": subsystem, "csr": file})

    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    foreign, faulty = send(csr_of(key, common_name=ASKER), ASKER), send(secret)
    named = send(csr_of(key, common_name="LR/GOV/other/x"))
    taken = send(csr_of(key, common_name=bodies))
    [line] = director.get("/office/exchange/certificates/").context["lines"]
    pem = director.post(f"/office/exchange/certificates/{line['certificate'].uuid}/fetch/")
    director.post(f"/office/exchange/certificates/{line['certificate'].uuid}/revoke/", {"reason": "lost"})
    [after] = director.get("/office/exchange/certificates/").context["lines"]

    assert [one.status_code for one in (foreign, faulty, named, taken)] == [422, 422, 422, 302]
    assert "private key" in faulty.content.decode()
    assert "LR/GOV/other/x" in named.content.decode()
    assert read_certificates(pem.content)[0].public_key() == key.public_key()
    assert (after["is_alive"], after["certificate"].reason) == (False, "lost")


def test_a_description_is_taken_with_advice_or_refused_with_what_hinders(browser, bodies):
    director = browser("ict-director")
    page = "/office/exchange/services/ict/village/description/"

    def send(content: bytes):
        return director.post(page, {"file": SimpleUploadedFile("x.yaml", content), "validation": "report"})

    good = b"openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: y}}}}}"
    zipped, hindered = send(b"PK\x03\x04"), send(good.replace(b"description: y", b"$ref: http://x.example/y"))
    taken = send(good)

    assert [one.status_code for one in (zipped, hindered, taken)] == [422, 422, 200]
    assert "compressed" in zipped.content.decode()
    assert [(one["hinders"], one["at"]) for one in hindered.context["findings"]] == [
        (True, "/paths/~1a/get/responses/200/$ref")
    ]
    assert {one["hinders"] for one in taken.context["findings"]} == {False}
    assert queries.operations_of_service(queries.get_data_service("ict/village"))[0].path_glob == "/a"
    assert director.get("/office/exchange/services/ict/village/?description")["Content-Type"] == "application/json"


def test_groups_services_and_members_are_kept_through_the_pages(browser, bodies):
    director, integrator = browser("ict-director"), browser("integrator")

    def post(who, page: str, **answers: object) -> int:
        return who.post(f"/office/exchange/{page}", answers).status_code

    service = {
        "provider": bodies,
        "code": "ict/tower",
        "service": "tower",
        "name_fa": "tower",
        "base_urls": "http://127.0.0.1:9/a",
        "timeout": "۵",
        "durability": "strict",
        "subject_in": "path-segment",
        "subject_at": "1",
    }
    group = {"owner": bodies, "code": "friends", "name_fa": "friends", "members": [ASKER]}
    done = [
        post(director, "services/new/", **service),
        post(director, "services/new/", **{**service, "provider": ASKER, "code": "x/y", "service": "y"}),
        post(director, "services/new/", **{**service, "code": "Bad Code", "service": "z"}),
        post(director, "services/new/", **{**service, "code": "a/b", "service": "b", "subject_at": "one"}),
        post(director, "services/ict/tower/switch/", reason="mending"),
        post(director, "groups/new/", **group),
        post(director, f"groups/{bodies}/friends/change/", name_fa="friends", members=[]),
        post(integrator, "members/new/", address="LR/GOV", name_fa="x"),
        post(integrator, "members/new/", address="LR/GOV/water", name_fa="water"),
        post(integrator, "members/LR/GOV/water/systems/new/", code="pipes", name_fa="p", connection="https"),
        post(integrator, "members/LR/GOV/water/close/", reason="merged"),
        post(director, "services/ict/tower/close/", reason="gone"),
        post(director, f"groups/{bodies}/friends/close/", reason="gone"),
    ]

    assert done == [302, 422, 422, 422, 302, 302, 302, 422, 302, 302, 302, 302, 302]
    assert queries.get_data_service("ict/tower").timeout_ms == 5000
    assert (queries.get_data_service("ict/tower").closed_at is None, queries.list_groups()) == (False, [])
    assert queries.get_member("LR/GOV/water").closed_at is not None
