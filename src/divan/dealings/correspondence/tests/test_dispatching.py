"""The dispatch desk: only what is signed arrives there, each recipient by a way of its own, with its evidence."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import (
    CORRESPONDENT_WRITTEN,
    Channel,
    DispatchNotPossible,
    DispatchState,
    EvidenceMissing,
    IntakeState,
    LetterNotSigned,
    LetterState,
    Party,
    PartyKind,
    ReasonNeeded,
    RecipientClosed,
    RecipientRole,
    Secrecy,
    WayUnfit,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people
from divan.registers.people import queries as registered
from divan.registers.people.values import Decision, UnitKind, UnitLevel


def outside(office, **changes) -> Party:
    """Return an outside party that letters reach by ECE."""
    known = {
        "kind": "organization",
        "organization": "شرکت نمونه",
        "channel": "ece",
        "addresses": {"ece": "a@b.example"},
    }
    with transaction.atomic():
        row = models.Correspondent.objects.create(uuid=uuid4(), added_at=office.now, **{**known, **changes})
        facts.record(CORRESPONDENT_WRITTEN, subject=row, actor=SYSTEM, at=office.now)
    return Party(kind=PartyKind.OUTSIDE, uuid=row.uuid, organization=row.organization)


def lay(office, *recipients, **changes):
    letter = offices.signed(office, *recipients, **changes)
    return letter, actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)


def send(office, dispatch, **evidence):
    return actions.send_dispatch(
        dispatch=dispatch.uuid, evidence=evidence, actor=office.officer("secretariat"), now=office.now
    )


def test_a_signed_letter_comes_to_the_desk_once_for_each_recipient(office):
    letter, laid = lay(office, offices.SENDER, offices.body_party("governor-office"), outside(office))

    again = actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)

    assert [one.uuid for one in again] == [one.uuid for one in laid]
    assert [one.channel for one in laid] == [Channel.POST, Channel.INTERNAL, Channel.ECE]
    assert laid[2].target == "a@b.example"
    line = queries.find_open_work(letter.uuid)
    assert (line.post_uuid, line.about_kind) == (office.post("ict-secretariat").uuid, "correspondence.dispatch")
    assert offices.seals_hold()


def test_a_letter_that_is_not_fully_signed_does_not_come_to_the_desk(office):
    letter = offices.signed(office, offices.SENDER)
    models.Letter.objects.filter(uuid=letter.uuid).update(state="numbered")

    with pytest.raises(LetterNotSigned):
        actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)

    assert models.Dispatch.objects.count() == 0


def test_inside_the_house_a_letter_arrives_is_registered_and_its_number_comes_back(office):
    letter, [dispatch] = lay(office, offices.body_party("governor-office"))

    sent = send(office, dispatch)
    intake = queries.intake_rows().get(secretariat__uuid=offices.central("governor-office").uuid)
    value = queries.get_intake(intake.uuid)
    theirs = actions.register_intake(
        intake=intake.uuid,
        registration=offices.registration(
            register=offices.register("incoming", "governor-office"),
            sender=value.arrived.sender,
            their_number=value.arrived.their_number,
        ),
        actor=SYSTEM,
        now=office.now,
    )

    assert sent.state is DispatchState.DELIVERED
    assert value.arrived.sender.uuid == letter.body_uuid
    assert value.arrived.their_number == letter.number_text
    assert [one.role for one in value.arrived.files] == ["origin"]
    back = queries.get_dispatch(dispatch.uuid)
    assert (back.state, back.their_number) == (DispatchState.REGISTERED, theirs.number_text)
    assert queries.get_letter(letter.uuid).state is LetterState.DISPATCHED
    assert queries.find_open_work(letter.uuid) is None
    assert offices.seals_hold()


def test_a_letter_refused_there_comes_back_to_the_desk_with_the_reason_and_is_sent_anew(office):
    _, [dispatch] = lay(office, offices.body_party("governor-office"))
    send(office, dispatch)
    intake = models.Intake.objects.get()
    actions.refuse_intake(intake=intake.uuid, reason="پیوست ندارد", actor=SYSTEM, now=office.now)

    back = queries.get_dispatch(dispatch.uuid)
    again = actions.lay_again(dispatch=dispatch.uuid, actor=office.officer("secretariat"), now=office.now)
    send(office, again)
    facts.place_facts()
    jobs.count_letters(office.now)

    [figures] = [one for one in queries.figures_by_body(1405) if one.sent]
    assert figures.sent == {"internal": 1}
    assert (back.state, back.problem_text) == (DispatchState.REFUSED, "پیوست ندارد")
    assert queries.get_dispatch(dispatch.uuid).state is DispatchState.REFUSED
    states = models.Intake.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [IntakeState.REFUSED, IntakeState.WAITING]
    with pytest.raises(DispatchNotPossible):
        actions.lay_again(dispatch=dispatch.uuid, actor=SYSTEM, now=office.now)


def test_what_people_carry_is_sent_only_with_its_evidence(office):
    letter, [dispatch] = lay(office, offices.SENDER)

    with pytest.raises(EvidenceMissing) as refused:
        send(office, dispatch, on="1405-09-01")
    sent = send(office, dispatch, tracking=" ۲۱۳۴ ", on="1405-09-01")

    assert refused.value.facts == {"channel": Channel.POST, "field": "tracking"}
    assert (sent.state, sent.evidence) == (DispatchState.SENT, {"tracking": "۲۱۳۴", "on": "1405-09-01"})
    assert queries.get_letter(letter.uuid).state is LetterState.DISPATCHED


def test_the_number_that_the_other_side_gave_is_noted_by_hand(office):
    _, [dispatch] = lay(office, offices.SENDER)
    with pytest.raises(DispatchNotPossible):
        actions.note_registered(dispatch=dispatch.uuid, number="7", at=office.now, actor=SYSTEM, now=office.now)
    send(office, dispatch, tracking="1")

    for _ in range(2):
        actions.note_registered(dispatch=dispatch.uuid, number="۷/و", at=office.now, actor=SYSTEM, now=office.now)

    assert queries.get_dispatch(dispatch.uuid).their_number == "۷/و"
    assert facts.recorded_for(dispatch.uuid).count("correspondence.dispatch-noted") == 1


def test_a_channel_that_carries_gets_the_letter_queued(office):
    letter, [dispatch] = lay(office, outside(office))

    sent = send(office, dispatch)

    assert (sent.state, sent.queued_at) == (DispatchState.QUEUED, office.now)
    assert queries.get_letter(letter.uuid).state is LetterState.DISPATCHED


def test_a_way_without_an_address_cannot_be_chosen(office):
    _, [dispatch] = lay(office, outside(office))
    clerk = office.officer("secretariat")

    with pytest.raises(WayUnfit):
        actions.route_dispatch(
            dispatch=dispatch.uuid, channel=Channel.EXCHANGE, target="x", actor=clerk, now=office.now
        )
    chosen = actions.route_dispatch(
        dispatch=dispatch.uuid, channel=Channel.COURIER, target="خرم‌آباد", actor=clerk, now=office.now
    )

    assert (chosen.channel, chosen.target) == (Channel.COURIER, "خرم‌آباد")
    with pytest.raises(EvidenceMissing):
        send(office, chosen)


def test_a_letter_to_one_who_closed_is_refused_and_names_the_successor(office):
    after = outside(office, organization="شرکت جانشین")
    successor = models.Correspondent.objects.get(uuid=after.uuid)
    gone = outside(office, closed_at=office.now, successor=successor)
    letter, [dispatch] = lay(office, gone)

    with pytest.raises(RecipientClosed) as refused:
        send(office, dispatch)

    assert refused.value.facts == {"successor": "شرکت جانشین"}
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED


def test_a_letter_to_a_closed_body_of_this_house_is_refused_and_names_who_succeeds_it(office):
    people.found_unit(
        code="old-body",
        name_fa="سازمان پیشین",
        name_en="",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        actor=SYSTEM,
        now=office.now,
    )
    letter, [dispatch] = lay(office, offices.body_party("old-body"))
    people.close_unit(
        unit=registered.get_unit("old-body").uuid,
        successors=[registered.get_unit("governor-office").uuid],
        decision=Decision(effective_on=office.now.date(), legal_basis="مصوبهٔ ۱"),
        actor=SYSTEM,
        now=office.now,
    )

    with pytest.raises(RecipientClosed) as refused:
        send(office, dispatch, tracking="1", who="x")

    assert refused.value.facts == {"successor": "استانداری لرستان"}
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED


def test_a_sending_is_given_up_only_with_a_reason(office):
    letter, [first, second] = lay(office, offices.SENDER, outside(office))
    clerk = office.officer("secretariat")
    send(office, second)

    with pytest.raises(ReasonNeeded):
        actions.drop_dispatch(dispatch=first.uuid, reason="", actor=clerk, now=office.now)
    actions.drop_dispatch(dispatch=first.uuid, reason="گیرنده حضوری گرفت", actor=clerk, now=office.now)

    assert queries.get_letter(letter.uuid).state is LetterState.DISPATCHED
    with pytest.raises(DispatchNotPossible):
        actions.drop_dispatch(dispatch=second.uuid, reason="دیر شد", actor=clerk, now=office.now)


def test_the_desk_shows_only_what_the_clearance_opens(office):
    lay(office, offices.SENDER, secrecy=Secrecy.SECRET)
    lay(office, offices.SENDER)

    assert len(queries.list_at_desk(office.post("ict-secretariat"), office.now)) == 1
    assert len(queries.list_at_desk(office.post("ict-director"), office.now)) == 2
    assert queries.list_at_desk(office.post("governor"), office.now) == []


def test_what_goes_out_names_no_hidden_recipient_and_the_numbers_that_the_other_side_knows(office):
    letter = offices.signed(office, offices.body_party("governor-office"), offices.SENDER)
    models.Recipient.objects.filter(letter__uuid=letter.uuid, position=1).update(hidden=True, role="copy")
    dispatch = actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)[0]

    arrived = queries.as_arrived(queries.dispatch_rows().get(uuid=dispatch.uuid))

    assert [one.role for one in arrived.recipients] == [RecipientRole.MAIN]


def test_a_letter_inside_the_body_comes_to_its_recipients_without_a_second_number(office):
    director, expert = office.post("ict-director"), office.post("ict-expert")
    to = [offices.post_party(office, "ict-expert"), offices.body_party(offices.BODY)]

    letter, [first, second] = lay(office, *to, direction="internal", subject="دستور کار")

    assert [first.state, second.state] == [DispatchState.DELIVERED] * 2
    assert offices.count_rows() == (1, 0)
    for post in (director, expert):
        [line] = queries.list_worklist(post.uuid).items
        assert (line.number, line.title_fa) == (letter.number_text, "دستور کار")
    assert queries.get_letter(letter.uuid).state is LetterState.DISPATCHED
    assert queries.find_open_work(letter.uuid) is None
    assert offices.seals_hold()


def test_a_recipient_inside_who_is_not_cleared_gets_nothing_and_the_desk_says_why(office):
    expert = office.post("ict-expert")
    to = offices.post_party(office, "ict-expert")

    letter, [dispatch] = lay(office, to, direction="internal", secrecy=Secrecy.HIGHLY_CONFIDENTIAL)

    assert (dispatch.state, dispatch.problem) == (DispatchState.DESK, "correspondence.receiver-not-cleared")
    assert queries.list_worklist(expert.uuid).items == ()
    assert queries.find_open_work(letter.uuid).post_uuid == office.post("ict-secretariat").uuid
    assert offices.seals_hold()
