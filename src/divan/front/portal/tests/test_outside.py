"""Pages on which others bring what an application needs: facts with their source, signatures, a visit."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from divan.dealings.cases import actions, queries
from divan.dealings.cases.tests import outside
from divan.dealings.cases.tests.outside import WITNESS
from divan.dealings.cases.tests.workshop import VILLAGE
from divan.dealings.cases.tests.workshop import publish as publish_workshop
from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import queries as exchange
from divan.trust.identity import actions as identity
from divan.trust.identity.actions import answers
from divan.trust.identity.models import Account
from divan.trust.identity.values import Matched


def signed_in(person) -> Client:
    client = Client()
    client.cookies["divan_language"] = "en"
    uuid = identity.create_citizen_account(person=person, actor=SYSTEM, now=clock.now())
    client.force_login(Account.objects.get(uuid=uuid), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def case(world, tmp_path, monkeypatch):
    """A draft of the villager that names a witness and comes with a visit."""
    monkeypatch.setattr(exchange, "data_service_codes", lambda: outside.DATA_SERVICES)
    publish_workshop(world, tmp_path / "first")
    outside.publish(tmp_path / "second", world.now)
    begun = actions.start_draft(
        service_code="workshop-permit", language="fa", actor=world.citizen(), now=world.now
    ).uuid
    named = {"witness.national_code": [WITNESS], "witness.born_on": ["1362/09/21"], "first_name": ["زهرا"]}
    placed = {"village": [VILLAGE], "area": ["120"], "begins": ["1405/10/01"]}
    for page, given in (("owner", named), ("workshop", placed)):
        actions.save_page(case=begun, page=page, given=given, actor=world.citizen(), now=world.now)
    return begun


@pytest.fixture
def villager(world, case):
    return signed_in(world.person("villager").uuid)


@pytest.fixture
def witness(world, case):
    return signed_in(outside.person(WITNESS, world.now).uuid)


def text(answer) -> str:
    return unescape(answer.content.decode())


def test_a_second_party_is_asked_reads_only_what_belongs_to_it_and_signs(case, villager, witness):
    overview = reverse("portal:application", args=[case])
    assert "Ask for the signature" in text(villager.get(overview))
    assert villager.post(reverse("portal:ask-signature", args=[case, "REQ-WITNESS"])).status_code == 302
    assert "Waits for the signature" in text(villager.get(overview))

    assert "Nobody asks" not in text(witness.get(reverse("portal:signatures")))
    asked = queries.list_signatures(case)[0]
    address = reverse("portal:signature", args=[asked.uuid])
    shown = text(witness.get(address))
    assert "120" in shown
    assert VILLAGE not in shown
    assert "زهرا رستمی" in shown
    refused = witness.post(address, {"digest": asked.digest, "do": "sign"})
    assert refused.status_code == 422
    assert queries.list_signatures(case)[0].state == "asked"

    signed = witness.post(address, {"digest": asked.digest, "do": "sign", "declared": "yes"})
    assert signed.status_code == 302
    assert queries.list_signatures(case)[0].state == "signed"
    assert "Signed" in text(villager.get(overview))


def test_what_was_changed_while_it_was_read_is_not_signed(world, case, villager, witness):
    villager.post(reverse("portal:ask-signature", args=[case, "REQ-WITNESS"]))
    read = queries.list_signatures(case)[0]
    placed = {"village": [VILLAGE], "area": ["130"], "begins": ["1405/10/01"]}
    actions.save_page(case=case, page="workshop", given=placed, actor=world.citizen(), now=world.now)
    villager.post(reverse("portal:ask-signature", args=[case, "REQ-WITNESS"]))
    anew = queries.list_signatures(case)[0]

    answer = witness.post(
        reverse("portal:signature", args=[anew.uuid]), {"digest": read.digest, "do": "sign", "declared": "yes"}
    )

    assert answer.status_code == 422
    assert "changed while you were reading" in text(answer)
    assert queries.list_signatures(case)[0].state == "asked"


def test_a_second_party_refuses_with_a_word_and_the_applicant_reads_it(case, villager, witness):
    villager.post(reverse("portal:ask-signature", args=[case, "REQ-WITNESS"]))
    address = reverse("portal:signature", args=[queries.list_signatures(case)[0].uuid])

    witness.post(address, {"do": "refuse", "note": "او را نمی‌شناسم"})

    shown = text(villager.get(reverse("portal:application", args=[case])))
    assert "Refused" in shown
    assert "او را نمی‌شناسم" in shown
    assert villager.get(address).status_code == 404


def test_a_time_is_chosen_and_the_body_sees_who_comes(case, villager, visitor):
    address = reverse("portal:visit", args=[case, "REQ-VISIT"])
    shown = villager.get(address)
    assert shown.status_code == 200
    first = queries.list_free_times(
        queries.get_case(case), queries.get_package_of(queries.get_case(case)).needs.appointments[0], clock.now()
    )[0]

    assert villager.post(address, {"starts_at": "soon"}).status_code == 422
    assert villager.post(address, {"starts_at": "2026-11-23T08:01"}).status_code == 422
    assert villager.post(address, {"starts_at": first.starts_at.isoformat()}).status_code == 302

    assert "Booked" in text(villager.get(reverse("portal:application", args=[case])))
    assert visitor.get(address).status_code == 302
    assert villager.get(reverse("portal:visit", args=[case, "REQ-WITNESS"])).status_code == 422
    villager.post(reverse("portal:cancel-visit", args=[case, "REQ-VISIT"]))
    assert queries.list_visits(case) == []


def test_a_fact_is_shown_with_its_source_and_day(world, case, villager):
    shown = text(villager.get(reverse("portal:application", args=[case])))
    assert "Being asked" in shown
    due = answers.take_due_inquiry(world.now, "civil-registry/person")
    known = {
        "first_name": "زهرا",
        "last_name": "رستمی",
        "father_name": "علی",
        "birth_date": "1989-05-12",
        "alive": True,
    }
    identity.answer_inquiry(
        inquiry=due.uuid,
        message_id=due.question.message_id,
        answer=Matched(known),
        actor=SYSTEM,
        now=world.now,
    )
    actions.note_answer(inquiry=due.uuid, actor=SYSTEM, now=world.now)

    shown = text(villager.get(reverse("portal:application", args=[case])))
    assert "Confirmed" in shown
    assert "1 Azar 1405" in shown


def test_whom_a_case_is_for_is_said(world, case, villager):
    named = {"first_name": ["زهرا"], "ward": [outside.WARD]}
    actions.save_page(case=case, page="owner", given=named, actor=world.citizen(), now=world.now)

    shown = text(villager.get(reverse("portal:application", args=[case])))

    assert "For " in shown
    assert outside.WARD in shown
