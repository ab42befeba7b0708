"""The basic information (اطلاعات پایه) of a body: its words are written, changed and ended."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.authority import require_keeper
from divan.dealings.correspondence.values import TERM_WRITTEN, CodeTaken, ReasonNeeded, Term, TermCategory, TermUnknown
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _body_row(uuid: UUID) -> Any:
    # The room of people's models is shut to other contexts; the row is reached through the foreign key.
    units: Any = models.Term._meta.get_field("body").related_model
    return units._default_manager.get(uuid=uuid)


def _require_keeper(body: UUID, actor: Actor, now: datetime) -> None:
    require_keeper(actor, None, people.find_units([body])[body].body_code, now)


@transaction.atomic
def write_term(
    *,
    body: UUID,
    category: TermCategory,
    code: str,
    text_fa: str,
    text_en: str = "",
    position: int = 100,
    actor: Actor,
    now: datetime,
) -> Term:
    """Add a word to a body's basic information, or change the one with this code; one that ended begins again.

    :raises PostNotHeld, NotInCharge: if the actor keeps no secretariat of the body.
    :raises CodeTaken: if the code is no code (small Latin letters, digits and hyphens).
    :raises ReasonNeeded: without the word itself.
    """
    _require_keeper(body, actor, now)
    if _CODE.fullmatch(code) is None or len(code) > 40:
        raise CodeTaken(code=code)
    if not text_fa.strip():
        raise ReasonNeeded
    row, _ = models.Term.objects.select_for_update().get_or_create(
        body=_body_row(body), category=category, code=code, defaults={"uuid": uuid4(), "text_fa": text_fa}
    )
    row.text_fa, row.text_en, row.position, row.ended_at = text_fa.strip()[:200], text_en.strip()[:200], position, None
    row.save()
    facts.record(TERM_WRITTEN, subject=row, actor=actor, at=now, category=category, code=code)
    return queries.term_of(row)


@transaction.atomic
def end_term(*, body: UUID, category: TermCategory, code: str, actor: Actor, now: datetime) -> None:
    """End a word of a body's basic information: letters that bear it keep it, new ones are not offered it.

    :raises PostNotHeld, NotInCharge: if the actor keeps no secretariat of the body.
    :raises TermUnknown: if the body has no such word.
    """
    _require_keeper(body, actor, now)
    known = queries.find_term(body, category, code)
    if known is None:
        raise TermUnknown(code=code)
    row, _ = models.Term.objects.select_for_update().get_or_create(
        body=_body_row(body),
        category=category,
        code=code,
        defaults={"uuid": uuid4(), "text_fa": known.text_fa, "text_en": known.text_en},
    )
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    facts.record(TERM_WRITTEN, subject=row, actor=actor, at=now, category=category, code=code, ends=True)
