"""Sending at once: an application whose answers another page of the house knows, without a draft left behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import queries
from divan.dealings.cases.actions.answering import save_answers
from divan.dealings.cases.actions.applying import create_draft, offered_to
from divan.dealings.cases.actions.submitting import submit_case
from divan.dealings.cases.values import Case
from divan.foundation import locks
from divan.foundation.actors import Actor
from divan.registers.people.values import PersonUnknown


@transaction.atomic
def send_application(
    *, service_code: str, given: Mapping[str, str], once_by: str, language: str, actor: Actor, now: datetime
) -> Case:
    """Begin, answer and send an application of the acting person as one step, once for each answer to ``once_by``.

    Whoever sends again, by a double click or the back button, gets the case that stands; one that was withdrawn does
    not keep another from being sent. Empty answers are left out. Of what is refused nothing stays.

    :raises ServiceUnknown: if the service is not offered.
    :raises ServiceNotElectronic: if it has a card but no form here.
    :raises AnswersRefused: with a fault for each answer that is none.
    :raises NotComplete: if an answer is missing.
    :raises NobodyResponsible: if no post can take the first step.
    """
    if actor.uuid is None:
        raise PersonUnknown
    version = offered_to(service_code, actor.uuid, now)
    # No row stands yet that two sendings at once could meet at.
    locks.hold(f"cases.sending.{actor.uuid}.{service_code}")
    known = queries.find_cases_by_answer(actor.uuid, service_code, once_by, [given[once_by]])
    if known:
        return known[given[once_by]]
    case: UUID = create_draft(version, actor.uuid, language=language, actor=actor, now=now).uuid
    answers = {code: {code: [text]} for code, text in given.items() if text.strip()}
    save_answers(case=case, given=answers, revision=None, actor=actor, now=now)
    submit_case(case=case, actor=actor, now=now)
    return queries.get_case(case)
