"""`kill -9` at a secretariat: no letter is lost or numbered twice, no number is left without a letter."""

from __future__ import annotations

import pytest

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions import lay_at_dispatch_desk
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import DispatchState, IntakeState, LetterState
from divan.foundation.actors import SYSTEM

from .house import House
from .secretariat import (
    begin_year,
    give_proof,
    let_arrive,
    put_crest,
    register_arrival,
    reserve_three,
    send_letter,
)

YEAR = 1405


def furnish(house: House) -> str:
    """Open the secretariats, and return the code of the register of received letters."""
    offices.found(house.world)
    return offices.register("incoming")


@pytest.mark.parametrize("point", ["intake.before-fact", "fact.before-record"])
def test_a_letter_cut_while_it_arrives_arrives_once_when_it_is_sent_again(house: House, point: str):
    furnish(house)
    file = str(offices.stored(house.world).uuid)

    house.cut(point, "deed", "let_arrive", "key-1", file)

    assert models.Intake.objects.count() == 0
    for _ in range(2):
        taken = let_arrive(house.world, "key-1", file)
    assert models.Intake.objects.count() == 1
    assert queries.find_open_work(taken.uuid) is not None
    assert offices.seals_hold()
    house.rest()


@pytest.mark.parametrize("point", ["letter.after-number", "intake.after-letter"])
def test_a_letter_cut_while_it_is_registered_gives_its_number_back_and_is_registered_once(house: House, point: str):
    book = furnish(house)
    taken = offices.take(house.world)

    house.cut(point, "deed", "register_arrival", taken.uuid)

    assert models.Letter.objects.count() == 0
    assert queries.get_intake(taken.uuid).state is IntakeState.WAITING
    assert queries.prove_register(book, YEAR).last == 0
    letter = register_arrival(house.world, str(taken.uuid))
    proof = queries.prove_register(book, YEAR)
    assert (letter.number.count, proof.last, proof.letters, proof.gaps) == (1, 1, 1, ())
    assert offices.seals_hold()
    house.rest()


@pytest.mark.parametrize("point", ["dispatch.before-fact", "intake.before-fact"])
def test_a_letter_cut_while_it_is_sent_lies_at_the_desk_and_arrives_once(house: House, point: str):
    furnish(house)
    letter = offices.signed(house.world, offices.body_party("governor-office"))
    [dispatch] = lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=house.world.now)

    house.cut(point, "deed", "send_letter", dispatch.uuid)

    assert queries.get_dispatch(dispatch.uuid).state is DispatchState.DESK
    assert models.Intake.objects.count() == 0
    send_letter(house.world, str(dispatch.uuid))
    assert models.Intake.objects.count() == 1
    assert queries.get_letter(letter.uuid).state is LetterState.DISPATCHED
    assert offices.seals_hold()
    house.rest()


def test_numbers_cut_while_they_are_reserved_are_given_back(house: House):
    book = furnish(house)

    house.cut("register.after-reserving", "deed", "reserve_three", book)

    assert (queries.list_reserved(book), queries.prove_register(book, YEAR).last) == ([], 0)
    assert [one.count for one in reserve_three(house.world, book)] == [1, 2, 3]
    assert queries.prove_register(book, YEAR).gaps == ()
    house.rest()


def test_a_year_a_crest_and_a_paper_cut_in_the_middle_are_as_if_nobody_had_asked(house: House):
    book = furnish(house)
    body = offices.central().body_uuid

    house.cut("register.after-year", "deed", "begin_year", book)
    house.cut("crest.before-secretariat", "deed", "put_crest")
    house.cut("paper.before-fact", "deed", "give_proof", book)

    assert (queries.list_years(book), queries.crest_of(body), models.GivenPaper.objects.count()) == ([], None, 0)
    begin_year(house.world, book)
    kept, paper = put_crest(house.world), give_proof(house.world, book)
    assert [(one.year, one.last) for one in queries.list_years(book)] == [(YEAR, 0)]
    assert queries.crest_of(body) == kept
    assert queries.find_paper(paper.code).uuid == paper.uuid
    assert offices.seals_hold()
    house.rest()


def test_processes_that_number_at_once_leave_no_gap_and_no_double(house: House):
    """Two processes number in one register, a third at another body's secretariat."""
    book, many = furnish(house), 8
    elsewhere = offices.register("incoming", "governor-office")
    shares = [
        (body, [str(offices.take(house.world, body=body).uuid) for _ in range(many)])
        for body in (offices.BODY, offices.BODY, "governor-office")
    ]

    running = [house.begin("deed", "register_many", body, *intakes) for body, intakes in shares]
    came = [(one.communicate(timeout=120)[1].decode(), one.returncode) for one in running]

    assert came == [("", 0)] * 3
    for code, count in ((book, 2 * many), (elsewhere, many)):
        proof = queries.prove_register(code, YEAR)
        assert (proof.last, proof.letters, proof.gaps) == (count, count, ())
    assert models.Intake.objects.filter(state="registered").count() == 3 * many
    assert offices.seals_hold()
    house.rest()
