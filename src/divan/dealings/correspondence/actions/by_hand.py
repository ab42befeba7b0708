"""Letters signed by hand: they get their number first, are printed and signed, and their scan is put to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.actions.routing import close_step, locked_step, open_next
from divan.dealings.correspondence.actions.signing import name_signer, number_at_signature
from divan.dealings.correspondence.values import (
    Letter,
    LetterState,
    LetterUnknown,
    SignedByHandUnfit,
    StepKind,
    StepState,
    StepUnknown,
    TextChanged,
    kinds,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import PostNotHeld
from divan.trust.signing import actions as signing
from divan.trust.signing import queries as documents
from divan.trust.signing.values import AuthorityAbsent, KeysUnusable, SignatoryNotEnrolled


@transaction.atomic
def number_for_hand(*, step: UUID, seen: int, reserved: UUID | None = None, actor: Actor, now: datetime) -> Letter:
    """Give a letter its number at the first signature, so that it can be printed with it and signed by hand.

    :raises StepUnknown, PostNotHeld, StepOver: as said of steps.
    :raises TextChanged: if the words are others than were seen.
    :raises SignedByHandUnfit: if somebody has signed it electronically.
    :raises RegisterUnknown, RegisterClosed, YearClosed, NumberUnfit, FormulaUnfit: if there is no number to be had.
    :raises RouteUnfit, RecipientsUnfit, RecipientsNotCleared: as when it is signed.
    """
    own, letter = locked_step(step, actor=actor, now=now)
    if own.kind != StepKind.SIGNATURE:
        raise StepUnknown
    if letter.version != seen:
        raise TextChanged(version=letter.version)
    if letter.state != LetterState.CIRCULATING:
        raise SignedByHandUnfit(reason="numbered")
    number_at_signature(letter, reserved=reserved, by_hand=True, actor=actor, now=now)
    name_signer(letter, queries.signers_of(queries.content_of(letter.uuid), now)[0])
    facts.record(kinds.LETTER_SEALED, subject=letter, actor=actor, at=now, version=letter.version, by_hand=True)
    return queries.get_letter(letter.uuid)


@transaction.atomic
def put_scan(*, letter: UUID, scan: UUID, actor: Actor, now: datetime) -> Letter:
    """Put the scan of a letter to it that was signed by hand, and ask for its document under the seal of the body.

    Whoever does this says that scan and paper are the same; the document names them, and who signed by hand.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises LetterUnknown: if the letter is not for the actor's post.
    :raises SignedByHandUnfit: if it waits for no signature by hand, or of this post no scan.
    :raises SignatoryNotEnrolled: if the body has no seal, and none can be made here.
    """
    if actor.uuid is None:
        raise PostNotHeld
    post = acting_post(actor, now)
    known = queries.get_letter_for(letter, post, now)
    row = models.Letter.objects.select_for_update(of=("self",)).filter(uuid=letter).first()
    if row is None:
        raise LetterUnknown
    if not queries.may_put_scan(post, queries.get_letter(known.uuid)) or row.scan_uuid is not None:
        raise SignedByHandUnfit(reason="no-scan-awaited")
    files.claim(scan)
    row.scan_uuid = scan
    row.save(update_fields=["scan_uuid"])
    facts.record(kinds.SCAN_PUT, subject=row, actor=actor, at=now, scan=scan)
    power_may_fail("scan.after-claim")
    _note_signed(row, actor=actor, now=now)
    _require_seal(row, actor=actor, now=now)
    recorder = people.get_person(actor.uuid)
    document = uuid4()
    sealed = facts.record(kinds.LETTER_SEALED, subject=row, actor=actor, at=now, document=document, by_hand=True)
    wanted = queries.scan_to_make(
        queries.content_of(letter),
        scan,
        recorded_by=f"{recorder.full_name}، {post.title_fa}",
        document=document,
        sealed_fact=sealed,
        now=now,
    )
    signing.request_document(document=wanted, actor=actor, now=now)
    return queries.get_letter(letter)


def _require_seal(row: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Give the body of a letter its seal if it has none in force; a rehearsal makes the key here.

    A body whose services decide nothing by silence got none when its services were published, but its secretariat
    records letters signed by hand all the same.

    :raises SignatoryNotEnrolled: where keys are brought as files, and nobody has brought the seal's.
    """
    seal = queries.seal_of(people.find_units([row.body.uuid])[row.body.uuid])
    if documents.find_signatory(seal.person, seal.post, now) is not None:
        return
    try:
        signing.enrol_signatory(signer=seal, actor=actor, now=now)
    except (AuthorityAbsent, KeysUnusable) as error:
        raise SignatoryNotEnrolled(person=seal.person) from error


def _note_signed(row: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Close the signatures one after another, by whoever recorded that they stand on the paper."""
    while opened := [one for one in queries.steps_of_round(row) if one.state == StepState.OPEN]:
        for step in opened:
            close_step(step, StepState.DONE, version=row.version, actor=actor, now=now)
        open_next(row, actor=actor, now=now)
