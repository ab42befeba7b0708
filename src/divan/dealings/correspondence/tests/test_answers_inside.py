"""A circular inside the own body: its recipients get the letter itself, and who read and answered it is seen."""

from __future__ import annotations

import pytest
from django.db import transaction

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.actions.parts import relate_letter
from divan.dealings.correspondence.jobs import note_readings
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import DraftText, NobodyToRemind
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import FactCursor

TO = ("ict-expert", "ict-deputy", "ict-secretariat", "ict-director")


@pytest.fixture
def office(world):
    return offices.found(world)


def follow(office) -> None:
    facts.place_facts()
    last = facts.last_position()
    while not FactCursor.objects.filter(name="correspondence.readings", position=last).exists():
        note_readings(office.now)


def circular(office):
    """Return a circular to posts of the own body, laid at the desk: each has it in the worklist at once."""
    parties = [offices.post_party(office, code) for code in TO]
    letter = offices.signed(office, *parties, direction="internal", kind="circular")
    actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)
    return letter


def standing(office, letter) -> dict[str, tuple[bool, bool]]:
    follow(office)
    rows = models.Recipient.objects.filter(letter__uuid=letter.uuid).order_by("position")
    return {code: (row.read_at is not None, row.answered_at is not None) for code, row in zip(TO, rows, strict=True)}


def test_recipients_inside_get_the_letter_itself_and_their_reading_shows(office):
    letter = circular(office)

    before = standing(office, letter)
    for key in ("ict-expert", "ict-director"):
        actions.read_referrals(letter=letter.uuid, actor=office.officer(key), now=office.now)

    assert queries.get_letter(letter.uuid).state == "dispatched"
    referrals = models.Referral.objects.filter(letter__uuid=letter.uuid)
    assert {one.to_post for one in referrals} == {office.post(code).uuid for code in TO if code != "ict-secretariat"}
    assert models.Intake.objects.count() == 0
    # The clerk who hands the letter out has it already.
    assert before == {code: (code == "ict-secretariat", False) for code in TO}
    assert standing(office, letter) == {code: (code != "ict-deputy", False) for code in TO}
    assert offices.seals_hold()


def test_a_report_and_a_letter_inside_are_answers_and_only_the_others_are_reminded(office):
    letter = circular(office)
    [given] = models.Referral.objects.filter(letter__uuid=letter.uuid, to_post=office.post("ict-expert").uuid)
    actions.report_referral(referral=given.uuid, report="انجام شد", actor=office.officer("ict-expert"), now=office.now)
    deputy = office.officer("ict-deputy")
    answer = offices.signed(
        office, offices.post_party(office, "ict-director"), direction="internal", signer_post=deputy.post
    )
    with transaction.atomic():
        row = models.Letter.objects.get(uuid=answer.uuid)
        relate_letter(row, [queries.answer_to(letter)], actor=SYSTEM, now=office.now)
    actions.lay_at_dispatch_desk(letter=answer.uuid, actor=SYSTEM, now=office.now)

    found = standing(office, letter)
    post = office.post("ict-secretariat")
    lines = queries.list_standings(queries.get_letter(letter.uuid), post)
    open_ones = [one.recipient.uuid for one in lines if one.recipient.answered_at is None]
    clerk = office.officer("secretariat")
    text = DraftText(subject="یادآوری", body_html="<p>یادآوری</p>")
    reminder = actions.draft_reminder(
        letter=letter.uuid, recipients=[one.recipient.uuid for one in lines], text=text, actor=clerk, now=office.now
    )

    assert {code for code, (_read, answered) in found.items() if answered} == {"ict-expert", "ict-deputy"}
    assert [one.answer_number for one in lines if one.recipient.answered_at] == ["", answer.number_text]
    assert len(queries.list_recipients(reminder.uuid)) == len(open_ones) == 2
    with pytest.raises(NobodyToRemind):
        actions.draft_reminder(
            letter=letter.uuid,
            recipients=[one.recipient.uuid for one in lines if one.recipient.answered_at],
            text=text,
            actor=clerk,
            now=office.now,
        )
    assert offices.seals_hold()


def test_whoever_is_not_cleared_keeps_nobody_else_from_the_letter(office):
    parties = [offices.post_party(office, code) for code in TO]
    letter = offices.signed(office, *parties, direction="internal", secrecy="highly-confidential")
    actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)

    waiting = models.Dispatch.objects.filter(letter__uuid=letter.uuid, state="desk")
    cleared = {one.to_post for one in models.Referral.objects.filter(letter__uuid=letter.uuid)}

    uncleared = queries.posts_not_cleared(letter, [office.post(code).uuid for code in TO], office.now)
    assert uncleared
    assert {one.recipient.party_uuid for one in waiting} == set(uncleared)
    assert {one.problem for one in waiting} == {"correspondence.receiver-not-cleared"}
    assert cleared.isdisjoint(uncleared)
    assert cleared
