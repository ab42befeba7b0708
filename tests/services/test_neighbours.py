"""The other bodies of the demo: complete, held, able to sign, and harmless to load again."""

from __future__ import annotations

from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.project.demo.neighbours import (
    enrol_neighbours,
    found_neighbours,
    holder_number,
    legal_id_number,
    plan,
    seats,
)
from divan.registers.people import queries
from divan.trust.signing import queries as signatories
from divan_libs.persian.identifiers import parse_legal_id, parse_national_code


def test_every_post_of_the_file_is_held_and_directors_can_sign(world):
    found_neighbours(actor=SYSTEM, now=world.now)
    enrol_neighbours(actor=SYSTEM, now=world.now)

    for seat in seats():
        post = queries.get_post_by_code(seat.code)
        holder = queries.holder_of(post.uuid, world.now)
        assert holder is not None, seat.code
        assert post.unit.body_code == seat.body
        if seat.signs:
            assert signatories.find_signatory(holder.uuid, post.uuid, world.now) is not None, seat.code
    governor = queries.get_post_by_code("governor")
    assert queries.holder_of(governor.uuid, world.now) is not None


def test_loading_again_records_nothing(world):
    found_neighbours(actor=SYSTEM, now=world.now)
    before = Fact.objects.count()

    found_neighbours(actor=SYSTEM, now=world.now)

    assert Fact.objects.count() == before


def test_a_member_of_the_cast_keeps_the_seat_that_the_file_gives_them(world):
    found_neighbours(actor=SYSTEM, now=world.now)

    post = queries.get_post_by_code("ict-directorate-director")
    holder = queries.holder_of(post.uuid, world.now)

    assert holder is not None
    assert holder.full_name == "لیلا احمدی"


def test_invented_codes_have_right_check_digits_and_differ():
    number_of_seats = len(list(seats()))
    codes = {holder_number(number).national_code for number in range(1, number_of_seats + 1)}
    legal_ids = {legal_id_number(number) for number in range(1, len(plan()["bodies"]) + 1)}

    assert len(codes) == number_of_seats
    assert all(parse_national_code(code) == code and code.startswith("999") for code in codes)
    assert len(legal_ids) == len(plan()["bodies"])
    assert all(parse_legal_id(one) == one for one in legal_ids)


def test_secretariat_codes_are_given_once():
    registers = [known["register"] for known in plan()["bodies"].values()] + ["100", "110"]

    assert len(set(registers)) == len(registers)
