"""Who stands in for an absent holder acts on letters as far as that goes: its days, its scope, its secrecy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests.test_routes import OUTSIDE, TEXT, circulating, draft, office, route, step_of
from divan.dealings.correspondence.tests.test_signatures import enrol
from divan.dealings.correspondence.values import (
    DraftMarks,
    LetterState,
    LetterUnknown,
    RelationKind,
    RelationLine,
    Secrecy,
    SecrecyTooHigh,
    StepUnknown,
)
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.foundation.errors import Refusal
from divan.foundation.models import Fact
from divan.registers.people import actions as people
from divan.registers.people.values import PostNotHeld, SeatLimit, SubstituteScope

__all__ = ["office"]

SECRET = Secrecy.CONFIDENTIAL


def stand_in(world, absent: str, present: str, **limit) -> Actor:
    """Let one officer stand in for another for an hour; return them acting so."""
    holder, substitute, post = world.person(absent), world.person(present), world.post(absent)
    people.appoint_substitute(
        person=holder.uuid,
        substitute=substitute.uuid,
        starts_at=world.now,
        ends_at=world.now + timedelta(hours=1),
        limit=SeatLimit(**limit),
        actor=world.officer(absent),
        now=world.now,
    )
    return Actor(
        kind=ActorKind.STAFF,
        uuid=substitute.uuid,
        post=post.uuid,
        on_behalf_of=holder.uuid,
        duties=frozenset({post.role}),
        unit=post.unit.uuid,
    )


def deeds(world, letter, paraphed, numbered):
    """Return every action on a letter of the deputy's post, or waiting there, as calls with an actor and a moment."""
    step = step_of(world, paraphed, "ict-deputy").uuid
    line = RelationLine(kind=RelationKind.ANSWERS, number="1/2", other=numbered.uuid)
    way = route(world, "ict-director")
    marks = DraftMarks(secrecy=queries.get_letter(letter.uuid).secrecy)
    return {
        "save": lambda by: actions.save_draft(letter=letter.uuid, seen=1, text=TEXT, marks=marks, **by),
        "address": lambda by: actions.set_recipients(letter=letter.uuid, lines=(OUTSIDE, OUTSIDE), **by),
        "relate": lambda by: actions.add_relation(letter=letter.uuid, line=line, **by),
        "route": lambda by: actions.set_route(letter=letter.uuid, route=way, **by),
        "remark": lambda by: actions.add_remark(letter=letter.uuid, text="بند دو", **by),
        "copy": lambda by: actions.copy_letter(letter=letter.uuid, **by),
        "paraph": lambda by: actions.paraph_letter(step=step, seen=1, **by),
        "send": lambda by: actions.start_circulation(letter=letter.uuid, seen=1, **by),
        "withdraw": lambda by: actions.withdraw_letter(letter=letter.uuid, **by),
        "discard": lambda by: actions.discard_draft(letter=letter.uuid, **by),
    }


@pytest.fixture
def papers(office):
    """Return a draft of the deputy's, a letter that waits for the deputy's paraph, and a letter the deputy wrote."""
    for code in ("ict-deputy", "ict-director", "ict-expert"):
        actions.grant_clearance(post=office.post(code).uuid, secrecy=SECRET, reason="x", actor=SYSTEM, now=office.now)
    return (
        draft(office, "ict-deputy", secrecy=SECRET),
        circulating(office, "~ict-deputy", "ict-director", secrecy=SECRET),
        draft(office, "ict-deputy"),
    )


def test_who_stands_in_for_letters_alone_writes_and_paraphs_as_the_holder(office, papers):
    actor = stand_in(office, "ict-deputy", "ict-expert", scope=SubstituteScope.LETTERS)

    for deed in deeds(office, *papers).values():
        deed({"actor": actor, "now": office.now})

    begun = actions.start_draft(text=TEXT, marks=DraftMarks(), actor=actor, now=office.now)
    assert (begun.drafter, begun.drafter_post) == (actor.uuid, office.post("ict-deputy").uuid)
    assert queries.get_letter(papers[0].uuid).state is LetterState.DISCARDED


@pytest.mark.parametrize("limit", ["cases alone", "ordinary letters", "no more"])
def test_beyond_the_limit_nothing_is_done_whatever_is_tried(office, papers, limit):
    limits = {
        "cases alone": {"scope": SubstituteScope.CASES},
        "ordinary letters": {"scope": SubstituteScope.LETTERS, "secrecy": Secrecy.ORDINARY},
        "no more": {},
    }
    actor = stand_in(office, "ict-deputy", "ict-expert", **limits[limit])
    refused: type[Refusal] | tuple[type[Refusal], ...] = PostNotHeld
    if limit == "ordinary letters":
        refused = (LetterUnknown, StepUnknown)
    at = office.now + timedelta(hours=1) if limit == "no more" else office.now
    before = Fact.objects.count(), models.Letter.objects.count()

    for deed in deeds(office, *papers).values():
        with pytest.raises(refused):
            deed({"actor": actor, "now": at})
    with pytest.raises(SecrecyTooHigh if limit == "ordinary letters" else PostNotHeld):
        actions.start_draft(text=TEXT, marks=DraftMarks(secrecy=SECRET), actor=actor, now=at)

    assert (Fact.objects.count(), models.Letter.objects.count()) == before


def test_a_signature_whose_substitute_s_term_ends_before_the_click_stays_for_the_holder(office):
    letter = circulating(office, "ict-director")
    actor = stand_in(office, "ict-director", "ict-deputy", scope=SubstituteScope.LETTERS)
    enrol(office, office.person("ict-deputy"), office.post("ict-director"))
    step = step_of(office, letter, "ict-director")
    read = queries.get_open_step(step.uuid, office.post("ict-director"), office.now)

    with pytest.raises(PostNotHeld):
        actions.sign_letter(step=step.uuid, seen=read.version, actor=actor, now=office.now + timedelta(hours=1))
    signed = actions.sign_letter(
        step=step.uuid,
        seen=read.version,
        actor=office.officer("ict-director"),
        now=office.now + timedelta(hours=1),
    )

    assert signed.signer_name == office.person("ict-director").full_name
    assert models.RegisterYear.objects.get(register__code="110-1").last == 1
