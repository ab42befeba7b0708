"""Registering what arrived: one number, one letter, related to ours, warned of doubles, referred to whom it is for."""

from __future__ import annotations

from datetime import date

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import (
    Backdating,
    BackdatingNotAllowed,
    DayUnfit,
    Direction,
    IntakeEnded,
    IntakeState,
    LetterIsDouble,
    LetterState,
    ReasonNeeded,
    RecipientLine,
    RegisterUnknown,
    RelationKind,
    RelationLine,
    Secrecy,
    SecrecyTooHigh,
)
from divan.foundation import facts


def register(world, taken, key="secretariat", **changes):
    return actions.register_intake(
        intake=taken.uuid, registration=offices.registration(**changes), actor=world.officer(key), now=world.now
    )


def test_what_arrived_becomes_one_letter_with_a_number_of_the_incoming_register(office):
    taken = offices.take(office)
    to = RecipientLine(party=offices.post_party(office, "ict-director"))

    letter = register(office, taken, recipients=(to,), keywords=("فیبر",))

    code = queries.get_register(offices.register("incoming")).code
    assert (letter.direction, letter.state) == (Direction.INCOMING, LetterState.REGISTERED)
    assert (letter.number.register, letter.number.year, letter.number.count) == (code, 1405, 1)
    assert letter.their_number == "1405/ص/12"
    assert letter.received_at == office.now
    assert [one.party for one in queries.list_recipients(letter.uuid)] == [to.party]
    assert [one.name for one in queries.list_files(letter.uuid)] == ["letter.pdf"]
    assert queries.get_intake(taken.uuid).state is IntakeState.REGISTERED
    assert queries.find_open_work(taken.uuid) is None
    assert facts.recorded_for(letter.uuid) == ["correspondence.letter-registered"]
    assert offices.seals_hold()


def test_what_is_registered_is_not_registered_again(office):
    taken = offices.take(office)
    register(office, taken)

    with pytest.raises(IntakeEnded):
        register(office, taken)

    assert offices.count_rows() == (1, 1)
    assert queries.find_gaps_of_register(offices.register("incoming"), 1405) == []


def test_a_register_for_another_direction_numbers_nothing(office):
    taken = offices.take(office)

    with pytest.raises(RegisterUnknown):
        register(office, taken, register=offices.register("outgoing"))
    with pytest.raises(RegisterUnknown):
        register(office, taken, register=offices.register("incoming", "governor-office"))

    assert offices.count_rows() == (0, 1)


def test_whom_it_is_for_gets_it_referred_at_once(office):
    taken, director = offices.take(office), office.post("ict-director")

    letter = register(office, taken, to_post=director.uuid, instruction="action", note="فوری است")

    [line] = queries.list_worklist(director.uuid).items
    assert (line.number, line.note) == (letter.number_text, "فوری است")
    assert queries.get_letter_for(letter.uuid, director, office.now).uuid == letter.uuid


def test_a_clerk_registers_nothing_above_the_own_clearance(office):
    taken = offices.take(office)

    with pytest.raises(SecrecyTooHigh):
        register(office, taken, secrecy=Secrecy.SECRET)

    assert offices.count_rows() == (0, 1)


@pytest.mark.parametrize("number", ["1405/ص/12", "۱۴۰۵/ص/۱۲", " ۱۴۰۵ / ص / ۱۲ ", "١٤٠٥/ص/١٢"])
def test_the_same_number_of_the_same_sender_is_a_double_in_any_spelling(office, number):
    first = register(office, offices.take(office))
    again = offices.take(office, files=())

    with pytest.raises(LetterIsDouble) as refused:
        register(office, again, their_number=number)

    assert refused.value.facts == {"letter": first.uuid}
    assert queries.get_intake(again.uuid).state is IntakeState.WAITING


def test_the_same_number_in_another_year_or_of_another_sender_is_no_double(office):
    register(office, offices.take(office))
    other = offices.Party(kind=offices.PartyKind.OUTSIDE, organization="شرکت دیگر")
    later = offices.take(office, files=())
    elsewhere = offices.take(office, files=())

    register(office, later, their_date=date(2025, 11, 20))
    register(office, elsewhere, sender=other)

    assert models.Letter.objects.count() == 3


def test_the_same_file_is_a_double_whatever_number_it_bears(office):
    first = register(office, offices.take(office))
    again = offices.take(office)

    with pytest.raises(LetterIsDouble):
        register(office, again, their_number="9", sender=offices.body_party("governor-office"))
    found = queries.doubles_of(
        again,
        office.post("ict-secretariat"),
        office.now,
        sender=offices.SENDER,
        number="9",
        day=None,
    )

    assert [(one.letter.uuid, one.by_file) for one in found] == [(first.uuid, True)]


def test_a_double_is_registered_with_a_reason_that_the_facts_keep(office):
    register(office, offices.take(office))
    again = offices.take(office)

    letter = register(office, again, double_reason="نسخهٔ اصلاح‌شده")

    assert letter.number.count == 2
    assert queries.get_intake(again.uuid).reason == "نسخهٔ اصلاح‌شده"


def test_a_double_is_marked_and_gets_no_number(office):
    first = register(office, offices.take(office))
    again = offices.take(office)

    actions.mark_double(intake=again.uuid, letter=first.uuid, actor=office.officer("secretariat"), now=office.now)

    assert queries.get_intake(again.uuid).state is IntakeState.DOUBLE
    assert models.Letter.objects.count() == 1
    assert offices.seals_hold()


def test_a_double_above_the_clearance_is_not_named(office):
    director = office.officer("ict-director")
    secret = offices.take(office, secrecy=Secrecy.SECRET)
    actions.register_intake(
        intake=secret.uuid,
        registration=offices.registration(secrecy=Secrecy.SECRET),
        actor=director,
        now=office.now,
    )
    again = offices.take(office)

    found = queries.doubles_of(
        again, office.post("ict-secretariat"), office.now, sender=offices.SENDER, number="1405/ص/12", day=None
    )

    assert [(one.letter, one.by_file) for one in found] == [(None, True)]


def test_an_answer_to_our_letter_marks_the_recipient_as_answered(office):
    ours = offices.signed(office, offices.SENDER, offices.body_party("governor-office"))
    line = RelationLine(kind=RelationKind.ANSWERS, number=ours.number_text, year=1405)

    answer = register(office, offices.take(office), relations=(line,))

    [relation] = queries.list_relations(answer.uuid)
    first, second = queries.list_recipients(ours.uuid)
    assert relation.other == ours.uuid
    assert (first.answered_by, first.answered_at) == (answer.uuid, office.now)
    assert second.answered_at is None
    assert offices.seals_hold()


def test_a_relation_to_an_unknown_number_is_kept_as_it_was_written(office):
    line = RelationLine(kind=RelationKind.FOLLOWS, number="۹۹/الف", year=1399)

    answer = register(office, offices.take(office), relations=(line, line))

    [relation] = queries.list_relations(answer.uuid)
    assert (relation.number, relation.year, relation.other) == ("99/الف", 1399, None)


def test_only_who_is_in_charge_registers_under_an_earlier_day_and_with_a_reason(office):
    office.pass_time(days=3)
    yesterday = office.now.date().replace(day=24)
    taken = offices.take(office)

    with pytest.raises(BackdatingNotAllowed):
        register(office, taken, backdating=Backdating(day=yesterday, reason="قطع برق"))
    with pytest.raises(ReasonNeeded):
        register(office, taken, "ict-director", backdating=Backdating(day=yesterday, reason=" "))
    with pytest.raises(DayUnfit):
        register(office, taken, "ict-director", backdating=Backdating(day=date(2026, 12, 30), reason="قطع برق"))
    with pytest.raises(DayUnfit):
        register(office, taken, "ict-director", backdating=Backdating(day=date(2020, 1, 1), reason="قطع برق"))
    letter = register(office, taken, "ict-director", backdating=Backdating(day=yesterday, reason="قطع برق"))

    assert letter.registered_at.date() == yesterday
    assert letter.backdated == "قطع برق"


def test_what_is_refused_needs_a_reason_and_stays_known(office):
    taken = offices.take(office)
    clerk = office.officer("secretariat")

    with pytest.raises(ReasonNeeded):
        actions.refuse_intake(intake=taken.uuid, reason="  ", actor=clerk, now=office.now)
    ended = actions.refuse_intake(intake=taken.uuid, reason="به این دستگاه مربوط نیست", actor=clerk, now=office.now)

    assert (ended.state, ended.reason) == (IntakeState.REFUSED, "به این دستگاه مربوط نیست")
    assert offices.count_rows() == (0, 1)
    with pytest.raises(IntakeEnded):
        register(office, taken)
