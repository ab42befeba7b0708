"""Signatures of letters: several under one number, by substitutes, declined, begun anew, and the year they count in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.actions import numbering as actions_numbering
from divan.dealings.correspondence.values import (
    LetterState,
    SignerChanged,
)
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people import actions as people
from divan.registers.people import queries as seats
from divan.registers.people.values import PostNotHeld
from divan.trust.signing import actions as enrolling
from divan.trust.signing import queries as signing
from divan.trust.signing.values import SignatoryNotEnrolled, SignatureState, SignerRef
from divan_libs.persian.jalali import TEHRAN

from .test_routes import circulating, office, sign, states, step_of

__all__ = ["office"]


def test_several_sign_in_order_under_one_number(office):
    letter = circulating(office, "ict-deputy", "ict-director")

    first = sign(office, letter, "ict-deputy")
    waits = [one.state for one in queries.find_document(letter.uuid).signatures]
    sign(office, letter, "ict-director")

    assert first.number_text == queries.get_letter(letter.uuid).number_text
    assert waits == [SignatureState.WANTED, SignatureState.AWAITED]
    assert [one.state for one in queries.find_document(letter.uuid).signatures] == [SignatureState.WANTED] * 2
    assert models.RegisterYear.objects.get(register__code="110-1").last == 1


def test_several_sign_as_each_comes_where_any_order_does(office):
    letter = circulating(office, "ict-deputy", "ict-director", any_order=True)

    sign(office, letter, "ict-director")
    sign(office, letter, "ict-deputy")

    document = queries.find_document(letter.uuid)
    assert [one.name for one in document.signatures] == [
        office.person("ict-deputy").full_name,
        office.person("ict-director").full_name,
    ]
    assert states(letter) == [("signature", "done"), ("signature", "done")]


def test_who_came_into_the_post_between_two_signatures_lets_them_begin_anew(office):
    letter = circulating(office, "ict-deputy", "ict-director")
    sign(office, letter, "ict-deputy")
    number = queries.get_letter(letter.uuid).number_text
    post, heir = office.post("ict-director"), office.person("outsider")
    people.leave_post(person=office.person("ict-director").uuid, post=post.uuid, actor=SYSTEM, now=office.now)
    people.give_post(person=heir.uuid, post=post.uuid, starts_at=office.now, actor=SYSTEM, now=office.now)
    actor = Actor(kind=ActorKind.STAFF, uuid=heir.uuid, post=post.uuid)
    office.pass_time(minutes=1)
    step = step_of(office, letter, "ict-director")

    with pytest.raises(SignerChanged):
        actions.sign_letter(step=step.uuid, seen=1, actor=actor, now=office.now)
    actions.begin_signatures_anew(letter=letter.uuid, reason="تغییر مدیرکل", actor=actor, now=office.now)
    sign(office, letter, "ict-deputy")

    asked = signing.list_documents_about(letter.uuid)
    assert [[one.state.value for one in document.signatures] for document in asked] == [
        ["wanted", "declined"],
        ["wanted", "awaited"],
    ]
    assert [one.name for one in asked[-1].signatures][-1] == heir.full_name
    assert {one.number for one in asked} == {number}
    assert models.RegisterYear.objects.get(register__code="110-1").last == 1


def test_a_declined_letter_keeps_its_number_and_is_voided_with_a_reason(office):
    letter = circulating(office, "ict-deputy", "ict-director")
    sign(office, letter, "ict-deputy")
    step = step_of(office, letter, "ict-director")

    actions.decline_signature(
        step=step.uuid, reason="خلاف بخشنامه", actor=office.officer("ict-director"), now=office.now
    )
    line = queries.find_open_work(letter.uuid)
    actions.void_letter(letter=letter.uuid, reason="لغو شد", actor=office.officer("ict-expert"), now=office.now)

    closed = queries.get_letter(letter.uuid)
    assert line.note == "خلاف بخشنامه"
    assert (closed.state, closed.closing, closed.number_text) == (LetterState.CLOSED, "لغو شد", "110/1405/ص/1")
    assert queries.find_gaps_of_register("110-1", 1405) == []


def test_the_last_minute_of_a_leap_day_counts_in_the_old_year_and_midnight_begins_the_new_one(office):
    register = models.Register.objects.select_related("secretariat").get(code="110-1")
    moments = (
        datetime(2025, 3, 20, 23, 59, 59, tzinfo=TEHRAN),  # 30 Esfand 1403, a leap day
        datetime(2025, 3, 21, 0, 0, tzinfo=TEHRAN),
        datetime(2026, 3, 20, 20, 29, 59, tzinfo=UTC),  # 29 Esfand 1404 in Tehran
        datetime(2026, 3, 20, 20, 30, tzinfo=UTC),
    )
    numbers = []

    for now in moments:
        letter = models.Letter(direction="outgoing", kind="letter")
        actions_numbering.give_number(letter, register, now=now)
        numbers.append((letter.year, letter.count))

    assert numbers == [(1403, 1), (1404, 1), (1404, 2), (1405, 1)]


def test_a_substitute_signs_for_the_holder_and_the_letter_says_so(office):
    letter = circulating(office, "ict-director")
    holder, post, stand_in = office.person("ict-director"), office.post("ict-director"), office.person("ict-deputy")
    people.appoint_substitute(
        person=holder.uuid,
        substitute=stand_in.uuid,
        starts_at=office.now,
        ends_at=office.now + timedelta(hours=1),
        actor=office.officer("ict-director"),
        now=office.now,
    )
    actor = Actor(kind=ActorKind.STAFF, uuid=stand_in.uuid, post=post.uuid, on_behalf_of=holder.uuid)
    step = step_of(office, letter, "ict-director")

    with pytest.raises(SignatoryNotEnrolled):
        actions.sign_letter(step=step.uuid, seen=1, actor=actor, now=office.now)
    enrol(office, stand_in, post)
    with pytest.raises(PostNotHeld):
        actions.sign_letter(step=step.uuid, seen=1, actor=actor, now=office.now + timedelta(hours=1))
    signed = actions.sign_letter(step=step.uuid, seen=1, actor=actor, now=office.now + timedelta(minutes=59))

    assert signed.signer_name == stand_in.full_name
    assert signed.signer_title == f"از طرف {post.title_fa}"
    assert models.RegisterYear.objects.get(register__code="110-1").last == 1


def enrol(world, person, post) -> None:
    """Give somebody a certificate to sign with in a post."""
    body = seats.get_unit(post.unit.body_code)
    signer = SignerRef(
        person=person.uuid,
        national_code=person.national_code,
        name=person.full_name,
        post=post.uuid,
        title=post.title_fa,
        organization=body.name_fa,
        legal_id=body.legal_id,
    )
    enrolling.enrol_signatory(signer=signer, actor=SYSTEM, now=world.now)
