"""The way of a letter to its signatures: paraphed, returned, withdrawn, signed, and never under two numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.values import (
    Direction,
    DraftIncomplete,
    DraftMarks,
    DraftText,
    LetterNotDraft,
    LetterNumbered,
    LetterState,
    LetterUnknown,
    Party,
    PartyKind,
    ReasonMissing,
    RecipientLine,
    RecipientsNotCleared,
    RecipientsUnfit,
    Route,
    RouteStep,
    RouteUnfit,
    Secrecy,
    SecrecyTooHigh,
    StepKind,
    StepOver,
    StepState,
    StepUnknown,
    TextChanged,
)
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people import actions as people
from divan.registers.people.values import PostNotHeld
from divan.trust.signing.values import DocumentState

from .offices import found

TEXT = DraftText(subject="برنامهٔ توسعه", body_html="<p>با سلام و احترام</p>")
OUTSIDE = RecipientLine(party=Party(kind=PartyKind.OUTSIDE, organization="شرکت نمونه"))


@pytest.fixture
def office(world):
    """Return the province with its secretariats."""
    return found(world)


def draft(world, key: str = "ict-expert", *, recipients=(OUTSIDE,), text: DraftText = TEXT, **marks):
    """Begin a letter."""
    return actions.start_draft(
        text=text, marks=DraftMarks(**marks), recipients=recipients, actor=world.officer(key), now=world.now
    )


def route(world, *steps: str, any_order: bool = False) -> Route:
    """Return a route of paraphs (``~`` before the code) and signatures."""
    laid = [
        RouteStep(
            kind=StepKind.PARAPH if one.startswith("~") else StepKind.SIGNATURE,
            post=world.post(one.removeprefix("~")).uuid,
        )
        for one in steps
    ]
    return Route(steps=tuple(laid), any_order=any_order)


def circulating(world, *steps: str, any_order: bool = False, **changes):
    """Return a letter on its way."""
    letter = draft(world, **changes)
    way = route(world, *(steps or ("~ict-deputy", "ict-director")), any_order=any_order)
    author = world.officer("ict-expert")
    actions.set_route(letter=letter.uuid, route=way, actor=author, now=world.now)
    actions.start_circulation(letter=letter.uuid, seen=1, actor=author, now=world.now)
    return letter


def step_of(world, letter, code: str):
    """Return the step of a letter that waits for a post."""
    return queries.open_step_of(letter.uuid, world.post(code).uuid)


def sign(world, letter, key: str, code: str = "", **changes):
    """Sign as an officer."""
    step = step_of(world, letter, code or key)
    return actions.sign_letter(
        step=step.uuid,
        seen=queries.get_letter(letter.uuid).version,
        **{"actor": world.officer(key), "now": world.now, **changes},
    )


def paraph(world, letter, key: str = "ict-deputy") -> None:
    """Paraph as an officer."""
    step = step_of(world, letter, key)
    seen = queries.get_letter(letter.uuid).version
    actions.paraph_letter(step=step.uuid, seen=seen, actor=world.officer(key), now=world.now)


def states(letter) -> list[tuple[str, str]]:
    """Return what stands of each step of the newest round."""
    row = models.Letter.objects.get(uuid=letter.uuid)
    return [(one.kind, one.state) for one in queries.steps_of_round(row)]


def test_a_letter_is_paraphed_and_signed_and_takes_its_number_at_the_signature(office):
    letter = circulating(office)
    waits = [queries.find_open_work(step_of(office, letter, "ict-deputy").uuid).post_uuid]

    paraph(office, letter)
    before = queries.get_letter(letter.uuid)
    signed = sign(office, letter, "ict-director")

    assert waits == [office.post("ict-deputy").uuid]
    assert (before.state, before.number) == (LetterState.CIRCULATING, None)
    assert (signed.state, signed.number_text) == (LetterState.NUMBERED, "110/1405/ص/1")
    assert signed.signer_name == office.person("ict-director").full_name
    assert states(letter) == [("paraph", "done"), ("signature", "done")]
    asked = queries.find_document(letter.uuid)
    assert (asked.number, asked.state) == ("110/1405/ص/1", DocumentState.REQUESTED)
    assert queries.find_gaps_of_register("110-1", 1405) == []


def test_a_draft_without_words_recipient_or_route_does_not_go_on_its_way(office):
    letter = draft(office, recipients=(), text=DraftText(subject=" ", body_html=""))

    with pytest.raises(DraftIncomplete) as refused:
        actions.start_circulation(letter=letter.uuid, seen=1, actor=office.officer("ict-expert"), now=office.now)

    assert refused.value.facts["missing"] == ["subject", "text", "recipient", "route"]
    assert queries.get_letter(letter.uuid).state is LetterState.DRAFT


def test_a_route_without_a_signature_twice_the_same_or_a_paraph_behind_it_is_none(office):
    letter, author = draft(office), office.officer("ict-expert")
    refused = []

    for steps in (("~ict-deputy",), ("ict-director", "ict-director"), ("ict-director", "~ict-deputy")):
        with pytest.raises(RouteUnfit) as found_unfit:
            actions.set_route(letter=letter.uuid, route=route(office, *steps), actor=author, now=office.now)
        refused.append(found_unfit.value.facts["reason"])

    assert refused == ["no-signature", "twice", "order"]
    assert models.LetterStep.objects.count() == 0


def test_a_returned_letter_is_a_draft_again_and_goes_the_same_way_anew(office):
    letter = circulating(office)
    deputy = step_of(office, letter, "ict-deputy")
    author = office.officer("ict-expert")

    actions.return_letter(step=deputy.uuid, reason="مهلت نوشته شود", actor=office.officer("ict-deputy"), now=office.now)
    line = queries.find_open_work(letter.uuid)
    back = states(letter)
    actions.start_circulation(letter=letter.uuid, seen=1, actor=author, now=office.now)

    assert (line.post_uuid, line.note) == (office.post("ict-expert").uuid, "مهلت نوشته شود")
    assert back == [("paraph", "returned"), ("signature", "dropped")]
    assert states(letter) == [("paraph", "open"), ("signature", "waiting")]
    assert queries.find_open_work(letter.uuid) is None


def test_a_letter_is_not_returned_without_a_reason(office):
    letter = circulating(office)
    step = step_of(office, letter, "ict-deputy")

    with pytest.raises(ReasonMissing):
        actions.return_letter(step=step.uuid, reason=" ", actor=office.officer("ict-deputy"), now=office.now)

    assert states(letter) == [("paraph", "open"), ("signature", "waiting")]


def test_who_paraphs_sees_what_is_paraphed(office):
    letter = circulating(office)
    step, deputy = step_of(office, letter, "ict-deputy"), office.officer("ict-deputy")
    changed = DraftText(subject="برنامهٔ توسعه", body_html="<p>با سلام</p>")

    version = actions.edit_in_step(step=step.uuid, seen=1, text=changed, actor=deputy, now=office.now)
    with pytest.raises(TextChanged):
        actions.paraph_letter(step=step.uuid, seen=1, actor=deputy, now=office.now)
    actions.paraph_letter(step=step.uuid, seen=version, actor=deputy, now=office.now)

    assert version == 2
    assert [one.version for one in queries.list_versions(letter.uuid)] == [2, 1]
    assert queries.find_step(step.uuid).version == 2


def test_where_the_secretariat_has_it_so_words_are_not_changed_in_circulation(office):
    letter = circulating(office)
    models.Secretariat.objects.update(settings={"paraph_edits": False})
    step = step_of(office, letter, "ict-deputy")

    with pytest.raises(LetterNotDraft):
        actions.edit_in_step(step=step.uuid, seen=1, text=TEXT, actor=office.officer("ict-deputy"), now=office.now)

    assert queries.get_letter(letter.uuid).version == 1


def test_the_drafter_withdraws_a_letter_until_somebody_has_signed(office):
    letter, author = circulating(office, "ict-deputy", "ict-director"), office.officer("ict-expert")

    actions.withdraw_letter(letter=letter.uuid, actor=author, now=office.now)
    withdrawn = states(letter)
    actions.start_circulation(letter=letter.uuid, seen=1, actor=author, now=office.now)
    sign(office, letter, "ict-deputy")
    with pytest.raises(LetterNumbered):
        actions.withdraw_letter(letter=letter.uuid, actor=author, now=office.now)

    assert withdrawn == [("signature", "dropped"), ("signature", "dropped")]
    assert queries.get_letter(letter.uuid).state is LetterState.NUMBERED


def test_a_step_done_in_another_tab_is_over(office):
    letter = circulating(office)
    step = step_of(office, letter, "ict-deputy")
    paraph(office, letter)

    with pytest.raises(StepOver):
        actions.paraph_letter(step=step.uuid, seen=1, actor=office.officer("ict-deputy"), now=office.now)

    assert states(letter) == [("paraph", "done"), ("signature", "open")]


def test_nobody_acts_in_the_step_of_another_post(office):
    letter = circulating(office)
    step = step_of(office, letter, "ict-deputy")

    with pytest.raises(StepUnknown):
        actions.paraph_letter(step=step.uuid, seen=1, actor=office.officer("ict-director"), now=office.now)

    assert states(letter) == [("paraph", "open"), ("signature", "waiting")]


def test_who_left_the_post_signs_no_more_and_the_step_stays_for_who_came(office):
    letter = circulating(office, "ict-director")
    step, leaver = step_of(office, letter, "ict-director"), office.officer("ict-director")
    post = office.post("ict-director").uuid
    people.leave_post(person=leaver.uuid, post=post, actor=SYSTEM, now=office.now)
    office.pass_time(minutes=1)

    with pytest.raises(PostNotHeld):
        actions.sign_letter(step=step.uuid, seen=1, actor=leaver, now=office.now)

    assert queries.get_letter(letter.uuid).number is None
    assert queries.open_step_of(letter.uuid, post).uuid == step.uuid
    assert queries.find_gaps_of_register("110-1", 1405) == []


def test_a_substitute_paraphs_for_the_holder_while_the_substitution_lasts(office):
    letter = circulating(office)
    holder, post = office.person("ict-deputy"), office.post("ict-deputy")
    stand_in = office.person("ict-expert")
    people.appoint_substitute(
        person=holder.uuid,
        substitute=stand_in.uuid,
        starts_at=office.now,
        ends_at=office.now + timedelta(hours=1),
        actor=office.officer("ict-deputy"),
        now=office.now,
    )
    actor = Actor(kind=ActorKind.STAFF, uuid=stand_in.uuid, post=post.uuid, on_behalf_of=holder.uuid)
    step = step_of(office, letter, "ict-deputy")

    with pytest.raises(PostNotHeld):
        actions.paraph_letter(step=step.uuid, seen=1, actor=actor, now=office.now + timedelta(hours=1))
    actions.paraph_letter(step=step.uuid, seen=1, actor=actor, now=office.now + timedelta(minutes=59))

    done = queries.find_step(step.uuid)
    assert (done.state, done.acted_by, done.acted_for) == (StepState.DONE, stand_in.uuid, holder.uuid)


def test_secrecy_stops_at_ones_own_clearance_and_at_that_of_whoever_gets_the_letter(office):
    with pytest.raises(SecrecyTooHigh):
        draft(office, secrecy=Secrecy.SECRET)
    letter = draft(office, secrecy=Secrecy.CONFIDENTIAL)
    uncleared = office.post("ict-finance")
    line = RecipientLine(party=Party(kind=PartyKind.POST, uuid=uncleared.uuid, title=uncleared.title_fa))
    author = office.officer("ict-expert")

    with pytest.raises(RecipientsNotCleared) as refused:
        actions.set_recipients(letter=letter.uuid, lines=[line], actor=author, now=office.now)
    actions.set_route(
        letter=letter.uuid, route=route(office, "~ict-finance", "ict-director"), actor=author, now=office.now
    )
    with pytest.raises(RecipientsNotCleared) as stopped:
        actions.start_circulation(letter=letter.uuid, seen=1, actor=author, now=office.now)

    assert refused.value.facts == stopped.value.facts == {"names": uncleared.title_fa}
    assert [one.party for one in queries.list_recipients(letter.uuid)] == [OUTSIDE.party]


def test_an_internal_letter_stays_in_its_body_and_takes_a_number_of_its_register(office):
    with_outside = draft(office, direction=Direction.INTERNAL)
    author = office.officer("ict-expert")
    deputy = office.post("ict-deputy")
    line = RecipientLine(party=Party(kind=PartyKind.POST, uuid=deputy.uuid, title=deputy.title_fa))

    with pytest.raises(RecipientsUnfit) as refused:
        actions.set_recipients(letter=with_outside.uuid, lines=[line, OUTSIDE], actor=author, now=office.now)
    letter = circulating(office, "ict-director", recipients=(line,), direction=Direction.INTERNAL)
    signed = sign(office, letter, "ict-director")

    assert refused.value.facts["reason"] == "outside"
    assert signed.number_text == "110/1405/د/1"


def test_a_draft_is_read_by_its_post_and_its_route_and_nobody_else(office):
    letter = circulating(office)

    with pytest.raises(LetterUnknown):
        queries.get_letter_for(letter.uuid, office.post("ict-secretariat"), office.now)
    with pytest.raises(LetterUnknown):
        queries.get_letter_for(letter.uuid, office.post("ict-director"), office.now)

    assert queries.get_letter_for(letter.uuid, office.post("ict-deputy"), office.now).uuid == letter.uuid
