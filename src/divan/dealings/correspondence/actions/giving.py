"""Papers are given out by a secretariat: what they state is kept under a code, and that they were given is a fact."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.authority import require_keeper
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.values import (
    PAPER_GIVEN,
    Direction,
    GivenPaper,
    LetterUnknown,
    PaperKind,
    RegisterUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.canonical import plain
from divan.foundation.faults import power_may_fail
from divan.trust.signing.values import make_code


@transaction.atomic
def give_receipt_of(*, letter: UUID, actor: Actor, now: datetime) -> GivenPaper:
    """Give out the receipt of a received letter; asked for again it is the same paper, under the same code.

    :raises PostNotHeld, NotInCharge: if the actor does not keep the secretariat that registered the letter.
    :raises LetterUnknown: if the letter is not for the actor's post, or no received one.
    """
    found = queries.get_letter_for(letter, acting_post(actor, now), now)
    if found.direction is not Direction.INCOMING or found.secretariat_uuid is None or found.registered_at is None:
        raise LetterUnknown
    row = models.Secretariat.objects.select_related("body").get(uuid=found.secretariat_uuid)
    require_keeper(actor, row.uuid, row.body.code, now)
    said = {
        "number": found.number_text,
        "registered_at": found.registered_at,
        "received_by": found.received_by,
        "received_at": found.received_at,
        "pages": found.pages,
        "files": len(queries.list_files(letter)),
    }
    return _give(PaperKind.RECEIPT, row, letter, said, actor=actor, now=now)


@transaction.atomic
def give_proof_of(*, register: str, year: int, actor: Actor, now: datetime) -> GivenPaper:
    """Give out the proof of a register's year as it stands; while nothing changes it is the same paper.

    :raises PostNotHeld, NotInCharge: if the actor does not keep the register's secretariat.
    :raises RegisterUnknown: if no secretariat has such a register.
    """
    book = models.Register.objects.select_related("secretariat__body").filter(code=register).first()
    if book is None or book.secretariat is None:
        raise RegisterUnknown(code=register)
    require_keeper(actor, book.secretariat.uuid, book.secretariat.body.code, now)
    proof = queries.prove_register(register, year)
    said = {
        "register": register,
        "year": year,
        "last": proof.last,
        "letters": proof.letters,
        "reserved": proof.reserved,
        "void": proof.void,
        "gaps": list(proof.gaps),
    }
    return _give(PaperKind.PROOF, book.secretariat, book.uuid, said, actor=actor, now=now)


def _give(
    kind: PaperKind, owner: models.Secretariat, about: UUID, said: dict[str, object], *, actor: Actor, now: datetime
) -> GivenPaper:
    kept = plain(said)
    # Two windows that ask at once get one paper: whoever gives one out holds the secretariat's row meanwhile.
    models.Secretariat.objects.select_for_update(no_key=True).get(id=owner.id)
    known = models.GivenPaper.objects.select_related("secretariat").filter(kind=kind, about_uuid=about)
    row = next((one for one in known.order_by("-id") if one.said == kept), None)
    if row is not None:
        return queries.paper_of(row)
    row = models.GivenPaper.objects.create(
        uuid=uuid4(),
        code=make_code(secrets.choice),
        kind=kind,
        secretariat=owner,
        about_uuid=about,
        said=kept,
        given_by=actor.uuid or owner.uuid,
        given_in=actor.post or owner.uuid,
        given_at=now,
    )
    power_may_fail("paper.before-fact")
    facts.record(PAPER_GIVEN, subject=row, actor=actor, at=now, paper_kind=kind, about=about, code=row.code)
    return queries.paper_of(row)
