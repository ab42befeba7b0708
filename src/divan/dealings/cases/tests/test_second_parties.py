"""Signatures of second parties and visits: what was read is what is signed, and no seat is given twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.jobs import expire_signatures
from divan.dealings.cases.values import (
    AnswersChanged,
    CaseUnknown,
    NotADraft,
    SignatureNotPossible,
    SignatureUnknown,
    TimeTaken,
    VisitNotPossible,
)
from divan.foundation import facts
from divan.foundation.models import OutgoingMessage
from divan.trust.exchange import queries as exchange
from divan_libs.servicepack.answers import complete

from . import outside
from .outside import SON, WITNESS
from .workshop import VILLAGE
from .workshop import publish as publish_workshop


@pytest.fixture
def service(world, tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "data_service_codes", lambda: outside.DATA_SERVICES)
    publish_workshop(world, tmp_path / "first")
    outside.publish(tmp_path / "second", world.now)


@pytest.fixture
def case(world, service):
    """A draft that names a witness."""
    begun = begin(world)
    page(world, begun, "owner", first_name=["زهرا"], **witness(WITNESS))
    page(world, begun, "workshop", village=[VILLAGE], area=["120"], begins=["1405/10/01"])
    return begun


def begin(world, key="villager"):
    return actions.start_draft(
        service_code="workshop-permit", language="fa", actor=world.citizen(key), now=world.now
    ).uuid


def witness(code):
    return {"witness.national_code": [code], "witness.born_on": ["1362/09/21"]}


def page(world, case, code, **given):
    return actions.save_page(case=case, page=code, given=given, actor=world.citizen(), now=world.now)


def ask(world, case):
    return actions.ask_signatures(case=case, need="REQ-WITNESS", actor=world.citizen(), now=world.now)[0]


def signer(world, code=WITNESS):
    return outside.person(code, world.now)


def sign(world, asked, *, digest="", code=WITNESS):
    return actions.give_signature(
        signature=asked.uuid, digest=digest or asked.digest, actor=signer(world, code), now=world.now
    )


def missing(world, case):
    found = queries.get_case(case)
    package = queries.get_package_of(found)
    return {one.code for one in complete(package, queries.context_of(found, package, world.now.date()))}


def test_who_is_named_is_asked_by_message_finds_it_and_signs(world, case):
    signer(world)
    assert "REQ-WITNESS" in missing(world, case)

    asked = ask(world, case)
    assert ask(world, case).uuid == asked.uuid
    assert [one.uuid for one in queries.list_signatures_of(WITNESS)] == [asked.uuid]
    (message,) = OutgoingMessage.objects.filter(recipient="09991112233")
    assert "/signatures/" in message.text
    signed = sign(world, asked)

    assert (signed.state, signed.signed_by) == ("signed", signer(world).uuid)
    assert "REQ-WITNESS" not in missing(world, case)
    assert sign(world, asked) == signed
    assert facts.recorded_for(asked.uuid) == ["cases.signature-asked", "cases.signature-given"]


def test_nobody_else_sees_or_signs_it(world, case):
    asked = ask(world, case)

    with pytest.raises(SignatureUnknown):
        sign(world, asked, code=SON)
    with pytest.raises(SignatureUnknown):
        actions.give_signature(signature=asked.uuid, digest=asked.digest, actor=world.citizen(), now=world.now)
    assert queries.list_signatures_of(SON) == []
    assert queries.list_signatures(case)[0].state == "asked"


def test_a_changed_answer_voids_what_was_signed_and_an_answer_nobody_reads_does_not(world, case):
    asked = ask(world, case)
    sign(world, asked)

    page(world, case, "workshop", village=[VILLAGE], area=["120"], begins=["1405/10/02"])
    assert "REQ-WITNESS" not in missing(world, case)
    page(world, case, "workshop", village=[VILLAGE], area=["130"], begins=["1405/10/02"])

    assert "REQ-WITNESS" in missing(world, case)
    assert queries.list_signatures(case) == []
    assert facts.recorded_for(asked.uuid)[-1] == "cases.signature-ended"
    with pytest.raises(SignatureUnknown):
        sign(world, asked)


def test_who_signs_while_the_applicant_edits_signs_nothing_else_than_was_read(world, case):
    asked = ask(world, case)
    page(world, case, "workshop", village=[VILLAGE], area=["130"], begins=["1405/10/02"])
    anew = ask(world, case)
    assert anew.uuid != asked.uuid

    with pytest.raises(AnswersChanged):
        sign(world, anew, digest=asked.digest)
    assert queries.list_signatures(case)[0].state == "asked"
    assert sign(world, anew).state == "signed"


def test_who_refuses_is_asked_again_only_by_the_applicant(world, case):
    asked = ask(world, case)
    refused = actions.refuse_signature(signature=asked.uuid, note="نمی‌شناسم.", actor=signer(world), now=world.now)
    assert (refused.state, refused.note) == ("refused", "نمی‌شناسم.")
    with pytest.raises(SignatureNotPossible):
        sign(world, asked)

    anew = ask(world, case)

    assert (anew.state, anew.uuid != asked.uuid) == ("asked", True)
    assert "REQ-WITNESS" in missing(world, case)


def test_nobody_is_their_own_second_party(world, case):
    mine = world.person("villager").national_code
    page(world, case, "owner", first_name=["زهرا"], **witness(mine))

    with pytest.raises(SignatureNotPossible) as refused:
        ask(world, case)
    assert refused.value.facts["reason"] == "own"
    page(world, case, "owner", first_name=["زهرا"])
    with pytest.raises(SignatureNotPossible):
        ask(world, case)


def test_a_signature_is_over_after_its_time(world, case):
    sign(world, ask(world, case))
    world.pass_time(days=12)

    assert "REQ-WITNESS" in missing(world, case)
    assert expire_signatures(world.now) == 1
    assert expire_signatures(world.now) == 0
    assert queries.list_signatures(case) == []


def times(world, case):
    found = queries.get_case(case)
    return queries.list_free_times(found, queries.get_package_of(found).needs.appointments[0], world.now)


def book(world, case, starts_at, key="villager"):
    return actions.book_visit(case=case, need="REQ-VISIT", starts_at=starts_at, actor=world.citizen(key), now=world.now)


def test_times_are_free_on_working_days_within_the_hours_from_tomorrow_on(world, case):
    free = times(world, case)

    # Sunday 1 Azar 1405 in the morning; Thursday and Friday have no hours, ten days ahead.
    assert free[0].starts_at == datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    assert {(one.ends_at - one.starts_at, one.seats) for one in free} == {(timedelta(minutes=30), 2)}
    days = {one.starts_at.date() for one in free}
    assert len(free) == 2 * len(days)
    assert all(day.weekday() not in (3, 4) for day in days)
    actions.declare_closed_day(
        day=free[0].starts_at.date(),
        name="آلودگی هوا",
        lifts=False,
        actor=world.officer("governor-officer"),
        now=world.now,
    )
    assert times(world, case)[0].starts_at.date() > free[0].starts_at.date()


def test_a_visit_is_booked_changed_and_given_up(world, case):
    first, second = times(world, case)[:2]
    assert "REQ-VISIT" in missing(world, case)

    booked = book(world, case, first.starts_at)
    assert book(world, case, first.starts_at) == booked
    assert "REQ-VISIT" not in missing(world, case)
    book(world, case, second.starts_at)

    assert [one.starts_at for one in queries.list_visits(case)] == [second.starts_at]
    actions.cancel_visit(case=case, need="REQ-VISIT", actor=world.citizen(), now=world.now)
    assert "REQ-VISIT" in missing(world, case)
    with pytest.raises(VisitNotPossible):
        book(world, case, first.starts_at + timedelta(minutes=1))
    with pytest.raises(CaseUnknown):
        book(world, case, first.starts_at, key="outsider")


def test_the_last_seat_is_given_once_and_who_comes_late_keeps_what_they_had(world, case):
    first, second = times(world, case)[:2]
    others = [begin(world, key) for key in ("outsider", "ict-expert")]
    book(world, others[0], first.starts_at, key="outsider")
    book(world, case, second.starts_at)
    book(world, others[1], first.starts_at, key="ict-expert")

    with pytest.raises(TimeTaken):
        book(world, case, first.starts_at)
    assert [one.starts_at for one in queries.list_visits(case)] == [second.starts_at]
    assert first.starts_at not in [one.starts_at for one in times(world, case)]

    actions.abandon_draft(case=others[0], actor=world.citizen("outsider"), now=world.now)
    assert book(world, case, first.starts_at).seat == 1


def test_a_case_that_is_given_up_takes_no_visit(world, case):
    first = times(world, case)[0]
    actions.abandon_draft(case=case, actor=world.citizen(), now=world.now)

    with pytest.raises(NotADraft):
        book(world, case, first.starts_at)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_take_the_last_seat_at_once_do_not_both_get_it(transactional_db, world, service):
    cases = {key: begin(world, key) for key in ("villager", "outsider", "ict-expert")}
    first = times(world, cases["villager"])[0]
    book(world, cases["ict-expert"], first.starts_at, key="ict-expert")
    ready, said = threading.Barrier(2), []

    def take(key):
        try:
            ready.wait(10)
            said.append(book(world, cases[key], first.starts_at, key=key).seat)
        except TimeTaken:
            said.append("taken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(key,)) for key in ("villager", "outsider")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said, key=str) == [2, "taken"]
    assert models.Appointment.objects.filter(cancelled_at__isnull=True).count() == 2
    assert connection.is_usable()
