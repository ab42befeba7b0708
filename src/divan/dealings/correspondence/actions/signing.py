"""Signatures of a letter: its number at the first, its document asked for in the same transaction, and what ends it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.addressing import require_addressable
from divan.dealings.correspondence.actions.dispatching import lay_at_dispatch_desk
from divan.dealings.correspondence.actions.documents import put_document
from divan.dealings.correspondence.actions.drafting import drafter_row
from divan.dealings.correspondence.actions.numbering import give_number
from divan.dealings.correspondence.actions.routing import (
    close_step,
    drop_steps,
    lay_steps,
    locked_step,
    open_next,
    require_route_cleared,
    said,
    tell,
)
from divan.dealings.correspondence.actions.worklist import finish_work
from divan.dealings.correspondence.values import (
    LETTER_CLOSED,
    LETTER_NUMBERED,
    Direction,
    Letter,
    LetterNotDraft,
    LetterNumbered,
    LetterState,
    ReasonMissing,
    Route,
    RouteStep,
    SignerChanged,
    StepKind,
    StepState,
    StepUnknown,
    TextChanged,
    kinds,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.trust.signing import actions as signing
from divan.trust.signing import queries as documents
from divan.trust.signing.values import Document, DocumentState, SignatureState, SignerRef

LETTER = "correspondence.letter"


@transaction.atomic
def sign_letter(*, step: UUID, seen: int, reserved: UUID | None = None, actor: Actor, now: datetime) -> Letter:
    """Sign a letter as it stands.

    At the first signature the letter takes the next number of its register, or the ``reserved`` one, and its document
    is asked for, in one transaction: the number stands in the file that everybody signs. Each later signature is asked
    for under the same document.

    :raises StepUnknown, PostNotHeld, StepOver: as said of steps.
    :raises TextChanged: if the words are others than were seen.
    :raises RegisterUnknown, RegisterClosed, YearClosed, NumberUnfit, FormulaUnfit: if there is no number to be had.
    :raises RouteUnfit, RecipientsUnfit, RecipientsNotCleared: if a signer's post is vacant, or somebody may not have
        the letter any more.
    :raises SignerChanged: if the letter names somebody else for this signature.
    :raises SignatoryNotEnrolled, SignatoryLeftPost, SignersInvalid: if the signature cannot be made.
    """
    own, letter = locked_step(step, actor=actor, now=now)
    if own.kind != StepKind.SIGNATURE or letter.signed_by_hand:
        raise StepUnknown
    if letter.version != seen:
        raise TextChanged(version=letter.version)
    living = queries.living_document(letter.uuid)
    close_step(own, StepState.DONE, version=seen, actor=actor, now=now)
    if living is None:
        if letter.state == LetterState.CIRCULATING:
            number_at_signature(letter, reserved=reserved, by_hand=False, actor=actor, now=now)
        power_may_fail("sign.after-number")
        _ask_for_document(letter, own, actor=actor, now=now)
    else:
        _ask_for_signature(living, own, actor=actor, now=now)
    open_next(letter, actor=actor, now=now)
    power_may_fail("sign.before-commit")
    return queries.get_letter(letter.uuid)


def number_at_signature(
    letter: models.Letter, *, reserved: UUID | None, by_hand: bool, actor: Actor, now: datetime
) -> None:
    """Give a letter its number, after asking once more whether all may have it."""
    assert letter.secretariat is not None  # noqa: S101 (a draft is begun with one)
    require_addressable(letter, queries.list_recipients(letter.uuid), now)
    require_route_cleared(letter, queries.steps_of_round(letter), now)
    known = queries.find_register_for(letter.secretariat.uuid, Direction(letter.direction))
    register = models.Register.objects.select_related("secretariat").get(uuid=known.uuid)
    signers = [one.post_uuid for one in queries.steps_of_round(letter) if one.kind == StepKind.SIGNATURE]
    unit = people.find_posts(signers)[signers[0]].unit.code
    give_number(letter, register, now=now, reserved=reserved, unit=unit, actor=actor)
    letter.state, letter.signed_by_hand = LetterState.NUMBERED, by_hand
    letter.save()
    facts.record(
        LETTER_NUMBERED,
        subject=letter,
        actor=actor,
        at=now,
        register=register.code,
        year=letter.year,
        count=letter.count,
    )


def _ask_for_document(letter: models.Letter, own: models.LetterStep, *, actor: Actor, now: datetime) -> None:
    assert actor.uuid is not None  # noqa: S101 (locked_step has asked)
    content = queries.content_of(letter.uuid)
    signers = queries.signers_of(content, now, acting=(own.post_uuid, actor.uuid))
    name_signer(letter, signers[0])
    document = uuid4()
    sealed = facts.record(
        kinds.LETTER_SEALED, subject=letter, actor=actor, at=now, document=document, version=letter.version
    )
    wanted = queries.letter_to_make(
        queries.content_of(letter.uuid), signers, document=document, sealed_fact=sealed, first=actor.uuid, now=now
    )
    signing.request_document(document=wanted, actor=actor, now=now)


def name_signer(letter: models.Letter, signer: SignerRef) -> None:
    """Write into a letter who signs it, the first where several do."""
    letter.signer, letter.signer_post = signer.person, signer.post
    letter.signer_name, letter.signer_title = signer.name[:200], signer.title[:200]
    letter.save(update_fields=["signer", "signer_post", "signer_name", "signer_title"])


def _ask_for_signature(living: Document, own: models.LetterStep, *, actor: Actor, now: datetime) -> None:
    assert actor.uuid is not None  # noqa: S101 (locked_step has asked)
    named = next((one for one in living.signatures if one.post == own.post_uuid), None)
    if named is None or named.person != actor.uuid:
        raise SignerChanged(name=named.name if named else "")
    signing.request_signature(document=living.uuid, person=actor.uuid, actor=actor, now=now)


@transaction.atomic
def decline_signature(*, step: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Decline to sign a letter that somebody has signed already: nothing is issued, and its drafter is told why.

    The number stays the letter's; the drafter lets the signatures begin anew under it, or closes the letter.

    :raises StepUnknown, PostNotHeld, StepOver: as said of steps.
    :raises ReasonMissing: without a reason.
    :raises LetterNotDraft: if nobody has signed yet; the letter is returned instead.
    """
    if not reason.strip():
        raise ReasonMissing
    own, letter = locked_step(step, actor=actor, now=now)
    if letter.state != LetterState.NUMBERED:
        raise LetterNotDraft(state=letter.state)
    _give_up_document(letter, own.post_uuid, reason, actor=actor, now=now)
    close_step(own, StepState.RETURNED, version=letter.version, remark=reason, actor=actor, now=now)
    drop_steps(letter, actor=actor, now=now)
    if letter.drafter_post is not None:
        tell(letter, LETTER, letter.uuid, letter.drafter_post, note=said(reason), actor=actor, now=now)


def _give_up_document(letter: models.Letter, post: UUID | None, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let the document fail that waits for signatures; one that waits for none any more cannot be given up.

    :raises LetterNumbered: as said.
    """
    living = queries.living_document(letter.uuid)
    if living is None:
        return
    awaited = [one for one in living.signatures if one.state is SignatureState.AWAITED]
    named = next((one for one in awaited if one.post == post), awaited[0] if awaited else None)
    if named is None or living.state is DocumentState.ISSUED:
        raise LetterNumbered
    signing.decline_signature(document=living.uuid, person=named.person, reason=reason, actor=actor, now=now)


@transaction.atomic
def begin_signatures_anew(*, letter: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Let everybody sign a numbered letter anew, under its number and with whoever holds the posts now.

    For the drafter, after a signature was declined; and for a signer who came into the post after the first signature,
    which named somebody else.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises LetterUnknown: if the letter is neither written in the actor's post nor waits there for a signature.
    :raises ReasonMissing: without a reason.
    :raises LetterNumbered: if all have signed; LetterNotDraft: if it has no number yet, or is signed by hand.
    """
    if not reason.strip():
        raise ReasonMissing
    row = _signing_row(letter, actor=actor, now=now)
    if row.state != LetterState.NUMBERED or row.signed_by_hand:
        raise LetterNotDraft(state=row.state)
    _give_up_document(row, None, reason, actor=actor, now=now)
    content = queries.content_of(letter)
    before = queries.signature_steps(content)
    drop_steps(row, actor=actor, now=now)
    any_order = queries.route_of(content).any_order
    route = Route(steps=tuple(RouteStep(kind=one.kind, post=one.post) for one in before), any_order=any_order)
    lay_steps(row, route, before[0].round + 1, actor=actor, now=now)
    facts.record(kinds.SIGNATURES_BEGUN_ANEW, subject=row, actor=actor, at=now, reason=said(reason))
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    open_next(row, actor=actor, now=now)


def _signing_row(letter: UUID, *, actor: Actor, now: datetime) -> models.Letter:
    step = queries.open_step_of(letter, actor.post) if actor.post else None
    if step is not None:
        return locked_step(step.uuid, actor=actor, now=now)[1]
    return drafter_row(letter, actor=actor, now=now)


@transaction.atomic
def void_letter(*, letter: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Close a numbered letter that will not be signed, with the reason; its number is never given again.

    :raises PostNotHeld, LetterUnknown: as said of drafts.
    :raises ReasonMissing: without a reason.
    :raises LetterNumbered: if its document waits for nobody any more.
    :raises LetterNotDraft: if it has no number, or is signed.
    """
    if not reason.strip():
        raise ReasonMissing
    row = drafter_row(letter, actor=actor, now=now)
    if row.state != LetterState.NUMBERED:
        raise LetterNotDraft(state=row.state)
    _give_up_document(row, None, reason, actor=actor, now=now)
    drop_steps(row, actor=actor, now=now)
    row.state, row.closed_at, row.closing = LetterState.CLOSED, now, said(reason)[:500]
    row.save(update_fields=["state", "closed_at", "closing"])
    facts.record(LETTER_CLOSED, subject=row, actor=actor, at=now, voided=True)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)


@transaction.atomic
def note_issued(*, document: UUID, actor: Actor, now: datetime) -> None:
    """Put an issued document to its letter and lay the letter at the dispatch desk; a second time changes nothing.

    A document that was given up for another one does not come to the letter.
    """
    found = documents.get_document(document)
    if found.about_kind != LETTER:
        return
    row = models.Letter.objects.select_for_update(of=("self",)).filter(uuid=found.about_uuid).first()
    newest = queries.find_document(found.about_uuid)
    if row is None or row.state != LetterState.NUMBERED or newest is None or newest.uuid != document:
        return
    put_document(letter=row.uuid, document=document, actor=actor, now=now)
    power_may_fail("sign.after-document")
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    lay_at_dispatch_desk(letter=row.uuid, actor=actor, now=now)
