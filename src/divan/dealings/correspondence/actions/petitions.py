"""Whoever wrote to a body in the portal is told by short message what became of the letter, and of its answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import Channel, Intake, IntakeState, PartyKind
from divan.dealings.correspondence.values.kinds import PETITIONER_TOLD
from divan.foundation import facts, messages
from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.registers.people.values import Person
from divan_libs.persian.text import persian_digits

LEFT_TO_RIGHT = "\u200e"
"""Put before a number with signs: after a Persian letter its groups would else be shown in reverse order."""


@transaction.atomic
def tell_petition_ended(*, intake: UUID, actor: Actor, now: datetime) -> bool:
    """Tell who wrote a petition that it is registered, and under which number, or that it got none; once.

    Returns whether somebody was told: nobody is of what did not come from the portal, or without a mobile number.
    """
    row = models.Intake.objects.filter(uuid=intake, channel=Channel.PORTAL).first()
    known = queries.get_intake(intake) if row else None
    person = _applicant(known)
    if row is None or known is None or person is None or messages.list_messages_about(row.uuid):
        return False
    letter = queries.get_letter(known.letter) if known.letter and known.state is IntakeState.REGISTERED else None
    language = known.arrived.language
    with override(language):
        said = {"body": _body(known, language), "address": f"{options().base_url}/letters/"}
        if letter is None:
            text = _("Your letter to %(body)s got no number. What became of it stands at %(address)s") % said
        else:
            said["number"] = _figures(letter.number_text, language)
            text = _("Your letter to %(body)s is registered: %(number)s. Follow it at %(address)s") % said
    messages.queue_message(recipient=person.mobile, text=text, about=row, actor=actor, now=now)
    facts.record(PETITIONER_TOLD, subject=row, actor=actor, at=now, changes_nothing=True)
    return True


@transaction.atomic
def tell_petition_answered(*, dispatch: UUID, actor: Actor, now: datetime) -> bool:
    """Tell who wrote a petition that a letter answering it stands in their account; once.

    Returns whether somebody was told: nobody is of a letter that answers no petition of its recipient.
    """
    row = models.Dispatch.objects.select_related("letter", "recipient").filter(uuid=dispatch).first()
    if row is None or row.recipient.party_kind != PartyKind.PERSON or messages.list_messages_about(row.uuid):
        return False
    answered = [one.other for one in queries.list_relations(row.letter.uuid) if one.other is not None]
    found = models.Intake.objects.filter(letter__uuid__in=answered, channel=Channel.PORTAL).order_by("-id")
    for known in map(queries.get_intake, found.values_list("uuid", flat=True)):
        person = _applicant(known)
        if person is None or person.uuid != row.recipient.party_uuid or known.letter is None:
            continue
        language = known.arrived.language
        with override(language):
            text = _("%(body)s answered your letter %(number)s. Read the answer at %(address)s") % {
                "body": _body(known, language),
                "number": _figures(queries.get_letter(known.letter).number_text, language),
                "address": f"{options().base_url}/letters/",
            }
        messages.queue_message(recipient=person.mobile, text=text, about=row, actor=actor, now=now)
        facts.record(PETITIONER_TOLD, subject=row, actor=actor, at=now, changes_nothing=True)
        return True
    return False


def _applicant(known: Intake | None) -> Person | None:
    """Return who wrote a petition, if they can be told."""
    asked = known.arrived.applicant if known else None
    person = people.find_persons([asked]).get(asked) if asked else None
    return person if person is not None and person.mobile else None


def _body(known: Intake, language: str) -> str:
    return people.get_unit(queries.get_secretariat(known.secretariat).body_code).name(language)


def _figures(number: str, language: str) -> str:
    return number if language == "en" else LEFT_TO_RIGHT + persian_digits(number)
