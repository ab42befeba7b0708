"""What arrives: taken once, told to the clerk whose clearance opens it, and unseen by every other."""

from __future__ import annotations

import pytest

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import Channel, IntakeState, IntakeUnknown, Secrecy, SecretariatUnknown
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import StoredFile


def test_what_arrives_twice_is_taken_once(office):
    first = offices.take(office, "message-1")
    again = offices.take(office, "message-1")
    elsewhere = offices.take(office, "message-1", body="governor-office")

    assert again.uuid == first.uuid
    assert elsewhere.uuid != first.uuid
    assert offices.count_rows() == (0, 2)
    assert facts.recorded_for(first.uuid) == ["correspondence.intake-arrived"]


def test_what_arrived_comes_back_as_it_came(office):
    arrived = offices.arrived(office, subject="پیوست دارد", keywords=("فیبر", "روستا"))

    taken = actions.take_in(
        secretariat=offices.central().uuid,
        channel=Channel.SCAN,
        key="one",
        arrived=arrived,
        actor=SYSTEM,
        now=office.now,
    )

    assert taken.arrived == arrived
    assert taken.state is IntakeState.WAITING
    assert StoredFile.objects.get(uuid=arrived.files[0].file_uuid).claimed


def test_what_cannot_be_read_waits_as_broken(office):
    taken = offices.take(office, problem="ece.not-xml")

    assert taken.state is IntakeState.BROKEN
    assert taken.arrived.problem == "ece.not-xml"


def test_a_closed_secretariat_takes_nothing(office):
    with pytest.raises(SecretariatUnknown):
        actions.take_in(
            secretariat=office.post("ict-secretariat").uuid,
            channel=Channel.SCAN,
            key="one",
            arrived=offices.arrived(office),
            actor=SYSTEM,
            now=office.now,
        )
    assert offices.count_rows() == (0, 0)


def test_a_secret_intake_is_not_even_counted_for_a_clerk_without_clearance(office):
    clerk, director = office.post("ict-secretariat"), office.post("ict-director")

    secret = offices.take(office, secrecy=Secrecy.SECRET)

    assert queries.intakes_for(clerk, office.now).count() == 0
    assert queries.intakes_for(director, office.now).count() == 1
    with pytest.raises(IntakeUnknown):
        queries.get_intake_for(secret.uuid, clerk, office.now)
    assert queries.find_open_work(secret.uuid).post_uuid == director.uuid
    assert queries.list_worklist(clerk.uuid).open_count == 0


def test_what_no_clearance_opens_is_told_to_who_is_in_charge(office):
    director = office.post("ict-director")

    secret = offices.take(office, secrecy=Secrecy.TOP_SECRET)

    line = queries.find_open_work(secret.uuid)
    assert (line.post_uuid, line.secrecy) == (director.uuid, Secrecy.TOP_SECRET)
    assert queries.intakes_for(director, office.now).count() == 0


def test_another_body_sees_nothing_of_what_arrived(office):
    taken = offices.take(office)

    for code in ("governor", "ict-expert", "village-head-of-village"):
        with pytest.raises(IntakeUnknown):
            queries.get_intake_for(taken.uuid, office.post(code), office.now)
    assert queries.get_intake_for(taken.uuid, office.post("ict-secretariat"), office.now).uuid == taken.uuid
