"""The crest (آرم) of a body on the letterhead of its letters: handed in, cleaned, tried on paper, and kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.authority import require_in_charge
from divan.dealings.correspondence.adapters.crests import clean_crest
from divan.dealings.correspondence.values import CREST_KEPT, LARGEST_CREST, CrestUnfit, SecretariatUnknown
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.signing import queries as signing
from divan.trust.signing.values import WordingFault, WordingTooSlow

NAMES = {"image/png": "crest.png", "image/svg+xml": "crest.svg"}

PAGE = """
#let sheet = json(bytes(sys.inputs.letter))
#set document(title: "-", date: auto)
#set text(font: "Vazirmatn", lang: "fa")
#image(bytes(sheet.crest), format: sheet.format, height: 16mm, alt: "-")
"""
"""A page with nothing but the crest: what cannot be drawn here would keep every letter of the body from being made."""


def put_crest(*, secretariat: UUID, content: bytes, actor: Actor, now: datetime) -> UUID:
    """Keep a picture (PNG) or drawing (SVG) as the crest of the body of a central secretariat; return its file.

    Letters made from now on bear it; those made before stay as they are.

    :raises SecretariatUnknown: if there is no such open central secretariat.
    :raises PostNotHeld, NotInCharge: if the actor is not in charge of the secretariats of the body.
    :raises CrestUnfit: if it is too large, neither of the two, damaged, empty, or cannot be drawn on a letter.
    """
    _central_row(secretariat, actor, now)
    if len(content) > LARGEST_CREST:
        raise CrestUnfit(reason="size")
    crest = clean_crest(content)
    _try_on_paper(crest.content, crest.media_type.removeprefix("image/").removesuffix("+xml"), now)
    # What was handed in is not kept, not even for a moment: these bytes are drawn anew by the house.
    kept = files.store_made(
        name=NAMES[crest.media_type], content=crest.content, media_type=crest.media_type, actor=actor, now=now
    )
    power_may_fail("crest.before-secretariat")
    with transaction.atomic():
        row = _central_row(secretariat, actor, now)
        files.claim(kept.uuid)
        _write(row, str(kept.uuid), actor=actor, now=now)
    return kept.uuid


@transaction.atomic
def drop_crest(*, secretariat: UUID, actor: Actor, now: datetime) -> None:
    """Let the letters of a body bear no crest any more; its file stays with the letters that bear it.

    :raises SecretariatUnknown, PostNotHeld, NotInCharge: as when one is kept.
    """
    row = _central_row(secretariat, actor, now)
    if queries.crest_in(row.settings) is not None:
        _write(row, "", actor=actor, now=now)


def _write(row: models.Secretariat, crest: str, *, actor: Actor, now: datetime) -> None:
    row.settings = {**row.settings, queries.CREST: crest}
    row.save(update_fields=["settings"])
    facts.record(CREST_KEPT, subject=row, actor=actor, at=now, crest=crest)


def _central_row(secretariat: UUID, actor: Actor, now: datetime) -> models.Secretariat:
    with transaction.atomic():
        rows = models.Secretariat.objects.select_for_update(of=("self",)).select_related("body")
        row = rows.filter(uuid=secretariat, central=True, closed_at=None).first()
    if row is None:
        raise SecretariatUnknown
    require_in_charge(actor, row.body.code, now)
    return row


def _try_on_paper(content: bytes, form: str, now: datetime) -> None:
    try:
        signing.typeset_sheet({"crest": list(content), "format": form}, PAGE, made_at=now)
    except (WordingFault, WordingTooSlow) as error:
        raise CrestUnfit(reason="drawing") from error
