"""Letters between two installations: once, in order, with receipts both ways, whatever is lost on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.actions import carrying
from divan.dealings.correspondence.adapters.envelope import write_envelope
from divan.dealings.correspondence.api.exchange import door_path
from divan.dealings.correspondence.tests import carried, offices
from divan.dealings.correspondence.values import (
    Channel,
    DispatchNotPossible,
    DispatchState,
    IntakeState,
    PartyKind,
    ReasonNeeded,
    Secrecy,
)
from divan.foundation import clock, facts, files
from divan.foundation.actors import SYSTEM


@pytest.fixture
def gateway(office, tmp_path, monkeypatch, settings):
    """The house is its own neighbour: what it sends to the neighbour comes to its own door."""
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    monkeypatch.setattr(clock, "now", lambda: office.now)
    monkeypatch.setattr(files, "ClamScanner", lambda _address: carried.Doctor())
    carried.options_changed(monkeypatch, parts=tmp_path / "parts", patience=timedelta(hours=2))
    carried.enter_neighbour()
    return carried.Gateway()


def only(state: str | None = None) -> models.Intake:
    rows = models.Intake.objects.filter(channel="exchange")
    return (rows.filter(state=state) if state else rows).get()


def put(gateway, path: str, body: object, client: str = "") -> tuple[int, dict]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-Road-Client": client or gateway.client, "X-Road-Id": "m"}
    answer = Client().put(door_path() + path, content, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def envelope(office, **changes) -> dict:
    [sent] = carried.queue(office, carried.to_governor(office))
    parcel = queries.parcel_of(queries.dispatch_rows().get(uuid=sent.uuid))
    return write_envelope(replace(parcel, **changes))


def test_a_letter_arrives_there_is_registered_and_its_number_comes_back(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))

    assert jobs.carry_by_exchange(office.now, ask=gateway.ask) == 1
    arrived = queries.get_intake(only().uuid)
    delivered = queries.get_dispatch(sent.uuid)
    theirs = carried.register(office, only())
    assert carried.tell(office, ask=gateway.ask) == 1

    assert delivered.state is DispatchState.DELIVERED
    assert arrived.secretariat == offices.central("governor-office").uuid
    number = queries.get_letter(sent.letter).number_text
    assert (arrived.arrived.their_number, arrived.arrived.subject) == (number, "پاسخ درخواست")
    assert files.read_file(arrived.arrived.files[0].file_uuid) == offices.PDF
    assert [one.code for one in arrived.arrived.deviations] == ["sender-differs"]
    back = queries.get_dispatch(sent.uuid)
    assert (back.state, back.their_number) == (DispatchState.REGISTERED, theirs.number_text)
    assert models.Receipt.objects.get().state == "sent"
    assert jobs.carry_by_exchange(office.now, ask=gateway.ask) == 0
    assert offices.seals_hold()


def test_an_answer_that_is_lost_makes_the_letter_go_out_again_and_arrive_once(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    gateway.loses_answer = True
    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
    gateway.loses_answer = False

    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
    jobs.carry_by_exchange(office.pass_time(minutes=1), ask=gateway.ask)

    assert queries.get_dispatch(sent.uuid).state is DispatchState.DELIVERED
    assert models.Intake.objects.count() == 1
    assert [method for method, _ in gateway.calls] == ["PUT", "PUT"]


def test_a_registration_that_was_not_told_is_asked_for(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    theirs = carried.register(office, only())
    assert jobs.ask_for_registrations(office.now, ask=gateway.ask) == 0

    assert jobs.ask_for_registrations(office.pass_time(hours=7), ask=gateway.ask) == 1

    assert queries.get_dispatch(sent.uuid).their_number == theirs.number_text
    assert gateway.calls[-1] == ("GET", f"/letters/{sent.key}")
    assert jobs.ask_for_registrations(office.pass_time(hours=7), ask=gateway.ask) == 0


def test_a_letter_refused_there_comes_back_with_the_reason_and_a_line_at_the_desk(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    actions.refuse_intake(intake=only().uuid, reason="پیوست ندارد", actor=SYSTEM, now=office.now)

    carried.tell(office, ask=gateway.ask)

    back = queries.get_dispatch(sent.uuid)
    assert (back.state, back.problem_text) == (DispatchState.REFUSED, "پیوست ندارد")
    line = queries.find_open_work(sent.uuid)
    assert (line.about_kind, line.post_uuid) == ("correspondence.dispatch-back", office.post("ict-secretariat").uuid)
    again = actions.lay_again(dispatch=sent.uuid, actor=office.officer("secretariat"), now=office.now)
    assert queries.find_open_work(sent.uuid) is None
    assert (again.state, again.target) == (DispatchState.DESK, sent.target)
    assert again.key != sent.key
    assert offices.seals_hold()


def test_a_later_letter_does_not_overtake_an_earlier_one_until_that_is_dead(office, gateway):
    party = carried.to_governor(office)
    [first] = carried.queue(office, party)
    [second] = carried.queue(office, party)
    other = carried.correspondent(office, "exchange", f"{carried.NEIGHBOUR}#{offices.central().code}", code="x")
    [aside] = carried.queue(office, other)
    gateway.is_down = True
    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    assert len(gateway.calls) == 2
    gateway.is_down = False
    # Only the first waits out its pause; the second is due and still waits for it.
    models.Dispatch.objects.filter(uuid=aside.uuid).update(state="dropped")

    assert jobs.carry_by_exchange(office.now, ask=gateway.ask) == 0

    carrying.note_unanswered(
        dispatch=first.uuid, code="test.down", actor=SYSTEM, now=office.pass_time(hours=2, minutes=1)
    )
    assert queries.get_dispatch(first.uuid).state is DispatchState.DEAD
    assert queries.find_open_work(first.uuid) is not None
    assert jobs.carry_by_exchange(office.now, ask=gateway.ask) == 1
    assert queries.get_dispatch(second.uuid).state is DispatchState.DELIVERED


def test_a_letter_that_waits_says_why_is_tried_at_once_or_called_back(office, gateway):
    clerk = office.officer("secretariat")
    [sent] = carried.queue(office, carried.to_governor(office))
    with pytest.raises(DispatchNotPossible):
        actions.call_back(dispatch=sent.uuid, reason="دیر شد", actor=clerk, now=office.now)
    gateway.far = "server.clientproxy.ssl_authentication_failed"
    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    waits = queries.get_dispatch(sent.uuid)
    assert (waits.state, waits.attempts) == (DispatchState.QUEUED, 1)
    assert waits.waits_for == "exchange.there.server.clientproxy.ssl_authentication_failed"
    assert jobs.carry_by_exchange(office.now, ask=gateway.ask) == 0
    actions.try_now(dispatch=sent.uuid, actor=clerk, now=office.now)
    assert jobs.carry_by_exchange(office.now, ask=gateway.ask) == 1
    with pytest.raises(ReasonNeeded):
        actions.call_back(dispatch=sent.uuid, reason=" ", actor=clerk, now=office.now)
    back = actions.call_back(dispatch=sent.uuid, reason="دیر شد", actor=clerk, now=office.now)
    assert (back.state, back.problem, back.problem_text) == (DispatchState.DEAD, "correspondence.called-back", "دیر شد")
    again = actions.lay_again(dispatch=sent.uuid, actor=clerk, now=office.now)
    actions.route_dispatch(dispatch=again.uuid, channel=Channel.COURIER, target="", actor=clerk, now=office.now)
    assert jobs.carry_by_exchange(office.pass_time(hours=1), ask=gateway.ask) == 0
    for refused in (actions.try_now, partial(actions.call_back, reason="x")):
        with pytest.raises(DispatchNotPossible):
            refused(dispatch=sent.uuid, actor=clerk, now=office.now)
    assert offices.seals_hold()


def test_a_letter_in_hand_is_taken_by_nobody_else_until_its_lease_runs_out(office, gateway):
    party = carried.to_governor(office)
    [first] = carried.queue(office, party)
    carried.queue(office, party)

    taken = [carrying.take_due_dispatch(channel=Channel.EXCHANGE, now=office.now) for _ in range(2)]
    later = carrying.take_due_dispatch(channel=Channel.EXCHANGE, now=office.pass_time(minutes=11))

    assert [one.uuid if one else None for one in taken] == [first.uuid, None]
    assert later.uuid == first.uuid


def test_another_letter_under_the_same_key_is_refused_and_the_first_stays(office, gateway):
    sent = envelope(office)
    path = f"/letters/{sent['key']}"

    first = put(gateway, path, sent)
    same = put(gateway, path, sent)
    other = put(gateway, path, {**sent, "letter": {**sent["letter"], "subject": "چیز دیگر"}})
    stranger = put(gateway, path, sent, client="LR/GOV/another/divan")

    assert (first[0], same[0]) == (201, 200)
    assert (other[0], other[1]["code"]) == (409, "correspondence.key-taken")
    assert stranger[0] == 201
    assert models.Intake.objects.filter(channel="exchange").count() == 2
    assert models.Intake.objects.filter(subject="چیز دیگر").count() == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": {"secretariat": "NOBODY", "body": "nobody"}}, 404, "correspondence.secretariat-unknown"),
        ({"format": "divan-letter/9"}, 422, "correspondence.parcel-unfit"),
        ({"files": []}, 422, "correspondence.parcel-unfit"),
        ({"letter": {}}, 422, "correspondence.parcel-unfit"),
        ({"key": "another-key-than-the-path"}, 422, "correspondence.parcel-unfit"),
    ],
)
def test_what_is_no_letter_gets_a_code_and_leaves_nothing(office, gateway, change, status, code):
    sent = envelope(office)

    answered = put(gateway, f"/letters/{sent['key']}", sent | change)

    assert (answered[0], answered[1]["code"]) == (status, code)
    assert models.Intake.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b'{"format": "' + b"x" * 1000, b"[" * 5000])
def test_hostile_bodies_are_refused(office, gateway, body):
    status, told = put(gateway, "/letters/0123456789", body)

    assert (status, told["code"]) == (422, "correspondence.parcel-unfit")


def test_a_nul_in_a_text_is_refused_before_it_reaches_the_database(office, gateway):
    sent = envelope(office)
    sent["letter"]["subject"] = "a\x00b"

    assert put(gateway, f"/letters/{sent['key']}", sent)[0] == 422


def test_a_file_with_a_pest_is_refused_and_the_letter_comes_back_to_its_sender(office, gateway, monkeypatch):
    monkeypatch.setattr(offices, "PDF", carried.EVIL)
    monkeypatch.setattr(offices.stored, "__defaults__", ("letter.pdf", carried.EVIL))
    [sent] = carried.queue(office, carried.to_governor(office))

    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    back = queries.get_dispatch(sent.uuid)
    assert (back.state, back.problem) == (DispatchState.REFUSED, "foundation.file-infected")
    assert models.Intake.objects.count() == 0


def test_a_secret_letter_is_refused_where_nobody_may_read_it(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office), secrecy=Secrecy.TOP_SECRET)
    models.Clearance.objects.update(ends_at=office.now)

    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    assert queries.get_dispatch(sent.uuid).problem == "correspondence.nobody-cleared"
    assert models.Intake.objects.count() == 0


def test_a_letter_to_a_closed_secretariat_goes_to_the_central_one_of_its_body(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    central = models.Secretariat.objects.get(uuid=offices.central("governor-office").uuid)
    old = central.code
    models.Secretariat.objects.filter(pk=central.pk).update(code="NEW-CODE")
    models.Secretariat.objects.create(
        uuid=sent.uuid,
        body=central.body,
        unit=central.unit,
        code=old,
        name_fa="بسته",
        opened_at=office.now,
        closed_at=office.now,
    )

    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    assert only().secretariat_id == central.pk


def test_a_letter_of_large_files_goes_in_parts_and_arrives_whole(office, gateway, monkeypatch):
    from divan.dealings.correspondence.jobs import carrying as carriers  # noqa: PLC0415 (Django is ready only now)

    monkeypatch.setattr(carriers, "PART_BYTES", 10)
    [sent] = carried.queue(office, carried.to_governor(office))

    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    assert queries.get_dispatch(sent.uuid).state is DispatchState.DELIVERED
    assert [path.rpartition("/")[2] for _, path in gateway.calls] == ["0", "1", "2", sent.key]
    intake = queries.get_intake(only().uuid)
    assert files.read_file(intake.arrived.files[0].file_uuid) == offices.PDF


def test_a_letter_whose_parts_have_not_come_is_asked_for_again(office, gateway):
    sent = envelope(office)
    del sent["files"][0]["content"]

    status, told = put(gateway, f"/letters/{sent['key']}", sent)

    assert (status, told["code"]) == (409, "correspondence.parts-missing")
    assert told["files"] == [sent["files"][0]["sha256"]]


def test_the_door_opens_only_to_the_gateway(office, gateway):
    sent = envelope(office)
    headers = {"X-Road-Client": gateway.client, "X-Road-Id": "m"}

    wrong = Client().put(f"/exchange/letters/{'0' * 40}/letters/{sent['key']}", b"{}", headers=headers)
    unnamed = Client().put(f"{door_path()}/letters/{sent['key']}", b"{}")

    assert [one.status_code for one in (wrong, unnamed)] == [403, 403]


def test_a_system_speaks_only_of_letters_that_went_to_itself(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    said = {"state": "registered", "number": "1", "at": office.now.isoformat()}

    stranger = put(gateway, f"/receipts/{sent.key}", said, client="LR/GOV/another/divan")
    nonsense = put(gateway, f"/receipts/{sent.key}", {"state": "eaten"})

    assert (stranger[0], stranger[1]["code"]) == (404, "correspondence.dispatch-unknown")
    assert nonsense[0] == 422
    assert queries.get_dispatch(sent.uuid).state is DispatchState.DELIVERED


def test_without_a_permit_the_letter_comes_back_with_the_word_of_the_exchange(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    gateway.error = "server.serverproxy.access_denied"

    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    assert queries.get_dispatch(sent.uuid).problem == "exchange.server.serverproxy.access_denied"


def test_a_receipt_that_comes_before_the_answer_or_twice_is_no_harm(office, gateway):
    [sent] = carried.queue(office, carried.to_governor(office))
    gateway.loses_answer = True
    jobs.carry_by_exchange(office.now, ask=gateway.ask)
    gateway.loses_answer = False
    carried.register(office, only())
    carried.tell(office, ask=gateway.ask)
    said = {"state": "delivered", "at": office.now.isoformat()}

    put(gateway, f"/receipts/{sent.key}", said)

    assert queries.get_dispatch(sent.uuid).state is DispatchState.REGISTERED
    assert only().state == IntakeState.REGISTERED
    assert facts.recorded_for(sent.uuid).count("correspondence.dispatch-noted") == 1


def test_a_known_organization_of_another_name_is_named(office, gateway):
    carried.correspondent(office, "exchange", gateway.client, organization="سازمان دیگر")
    [_] = carried.queue(office, carried.to_governor(office))
    models.Correspondent.objects.filter(organization="استانداری همسایه").update(closed_at=office.now)

    jobs.carry_by_exchange(office.now, ask=gateway.ask)

    intake = queries.get_intake(only().uuid)
    assert intake.arrived.sender.kind is PartyKind.OUTSIDE
    assert [(one.code, one.text) for one in intake.arrived.deviations] == [("sender-differs", "سازمان دیگر")]
