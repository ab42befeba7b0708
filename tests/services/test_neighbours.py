"""The other bodies of the demo: complete, held, able to sign, and harmless to load again."""

from __future__ import annotations

from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.project.demo.installation import found_installation
from divan.project.demo.neighbours import (
    enrol_neighbours,
    found_neighbours,
    holder_number,
    legal_id_number,
    open_neighbours_accounts,
    plan,
    seats,
)
from divan.project.demo.records import offer_records
from divan.project.demo.services import shipped_services, surroundings
from divan.registers.people import queries
from divan.trust.identity import queries as accounts
from divan.trust.signing import queries as signatories
from divan_libs.persian.identifiers import parse_legal_id, parse_national_code
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.loading import load_package, load_with_sources
from divan_libs.servicepack.models import StepKind

FIVE = ("birth-registration", "eco-lodge-permit", "business-permit", "family-welfare-payment", "employee-leave")


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
    holder = queries.holder_of(governor.uuid, world.now)
    assert holder is not None
    open_neighbours_accounts(actor=SYSTEM, now=world.now)
    assert holder.uuid in {account.person for account in accounts.list_rehearsal_accounts()}


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


def test_every_service_with_a_flow_finds_its_roles_bodies_and_registers_in_the_demo(world):
    found_neighbours(actor=SYSTEM, now=world.now)
    found_installation(actor=SYSTEM, now=world.now)
    # What one service issues another may ask for.
    offer_records([load_package(folder) for folder in shipped_services()], actor=SYSTEM, now=world.now)
    around, seen = surroundings(), []
    for folder in shipped_services():
        package, sources = load_with_sources(folder)
        if package.flow.steps:
            seen.append(package.code)
            assert [str(fault) for fault in lint(package, around, sources)] == [], package.code

    assert {"birth-registration", "eco-lodge-permit", "family-welfare-payment", "employee-leave"} <= set(seen)


def test_whoever_holds_a_step_of_a_shipped_service_exists_and_signs_where_it_signs(world):
    found_neighbours(actor=SYSTEM, now=world.now)
    enrol_neighbours(actor=SYSTEM, now=world.now)
    for code in FIVE:
        package = load_package(next(folder for folder in shipped_services() if folder.name == code))
        for step in (step for step in package.flow.steps if not step.by_itself):
            at = step.holder.at
            body = at.body if at is not None and at.body else package.card.provider.body
            posts = [post for post in queries.list_posts_of_body(body) if post.role == step.holder.role]
            holders = [(post, queries.holder_of(post.uuid, world.now)) for post in posts]
            assert any(holder is not None for _, holder in holders), (code, step.code)
            if step.kind is StepKind.SIGN:
                signing = [signatories.find_signatory(holder.uuid, post.uuid, world.now) for post, holder in holders]
                assert any(signing), (code, step.code)
