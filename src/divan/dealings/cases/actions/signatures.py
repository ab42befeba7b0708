"""Signatures of second parties: asked by the applicant, given or refused by those named, void when answers change."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case, locked_entry
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.signatures import Wanted, signature_of, wanted_signatures
from divan.dealings.cases.values import (
    SIGNATURE_ASKED,
    SIGNATURE_ENDED,
    SIGNATURE_GIVEN,
    SIGNATURE_REFUSED,
    AnswersChanged,
    CaseState,
    Signature,
    SignatureNotPossible,
    SignatureUnknown,
)
from divan.foundation import facts, messages
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.models import Package, SignatureNeed


@transaction.atomic
def ask_signatures(*, case: UUID, need: str, actor: Actor, now: datetime) -> list[Signature]:
    """Ask everybody whom the answers name for a requirement to sign; who was asked or has signed is not asked again.

    Who refused is asked anew. Each gets a short message where a mobile is known.

    :raises CaseUnknown, NotADraft: as for answers.
    :raises SignatureNotPossible: ``nobody-named`` while the answers name nobody for it, ``own`` if they name only the
        applicant, who is no second party.
    """
    row = locked_entry(case, actor, now)
    rules.require_editable(CaseState(row.state))
    package = catalogue.get_package(row.version.uuid)
    wanted = [one for one in _wanted(row, package, now) if one.need == need]
    if not wanted:
        raise SignatureNotPossible(reason="nobody-named")
    others = [one for one in wanted if one.signer_code != row.applicant.national_code]
    if not others:
        raise SignatureNotPossible(reason="own")
    return [signature_of(_ask(row, package, one, actor=actor, now=now)) for one in others]


def _ask(row: models.Case, package: Package, wanted: Wanted, *, actor: Actor, now: datetime) -> models.CaseSignature:
    held = (
        models.CaseSignature.objects.select_for_update()
        .filter(case=row, need=wanted.need, signer_code=wanted.signer_code, ended_at__isnull=True)
        .first()
    )
    if held is not None:
        held.case = row
        if held.state != "refused" and held.digest == wanted.digest:
            return held
        _end(held, actor=actor, now=now)
    asked = models.CaseSignature.objects.create(
        uuid=uuid4(),
        case=row,
        need=wanted.need,
        signer_code=wanted.signer_code,
        state="asked",
        digest=wanted.digest,
        asked_at=now,
    )
    facts.record(SIGNATURE_ASKED, subject=asked, actor=actor, at=now, need=wanted.need, case=row.uuid)
    _tell(asked, package, actor=actor, now=now)
    return asked


def _tell(asked: models.CaseSignature, package: Package, *, actor: Actor, now: datetime) -> None:
    signer = people.find_person(asked.signer_code)
    if signer is None or not signer.mobile:
        return
    with override("fa"):
        text = _("%(name)s asks for your signature: %(service)s. Read and answer at %(address)s") % {
            "name": people.get_person(asked.case.applicant.uuid).full_name,
            "service": package.text("card.title", "fa"),
            "address": f"{options().base_url}/signatures/",
        }
    messages.queue_message(recipient=signer.mobile, text=text, about=asked, actor=actor, now=now)


def _wanted(row: models.Case, package: Package, now: datetime) -> list[Wanted]:
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    return wanted_signatures(row.uuid, package, context)


@transaction.atomic
def give_signature(*, signature: UUID, digest: str, actor: Actor, now: datetime) -> Signature:
    """Sign what was read: the statement and the answers of exactly this digest. Signing again changes nothing.

    :raises SignatureUnknown: if it is not asked of the acting person.
    :raises SignatureNotPossible: ``refused`` if they refused before, ``sent`` if the application was sent meanwhile.
    :raises AnswersChanged: if the answers are no longer those that were read; nothing is signed.
    """
    row, held = _locked(signature, actor)
    if held.state == "signed" and held.digest == digest:
        return signature_of(held)
    _require_asked(row, held)
    package = catalogue.get_package(row.version.uuid)
    stands = {(one.need, one.signer_code): one.digest for one in _wanted(row, package, now)}
    if not digest == held.digest == stands.get((held.need, held.signer_code)):
        raise AnswersChanged
    need = package.needs.of(held.need)
    assert isinstance(need, SignatureNeed)  # noqa: S101 (it is wanted, so the package has it)
    held.state, held.signed_by, held.answered_at = "signed", actor.uuid, now
    held.until = rules.due(now, need.valid_for, queries.work_calendar(now.date()))
    held.save()
    power_may_fail("signature.before-fact")
    facts.record(SIGNATURE_GIVEN, subject=held, actor=actor, at=now, need=held.need, digest=held.digest, case=row.uuid)
    return signature_of(held)


@transaction.atomic
def refuse_signature(*, signature: UUID, note: str, actor: Actor, now: datetime) -> Signature:
    """Refuse to sign, with a word to the applicant if one likes.

    :raises SignatureUnknown, SignatureNotPossible: as for signing.
    """
    row, held = _locked(signature, actor)
    _require_asked(row, held)
    held.state, held.signed_by, held.answered_at, held.note = "refused", actor.uuid, now, note.strip()[:1000]
    held.save()
    facts.record(SIGNATURE_REFUSED, subject=held, actor=actor, at=now, need=held.need, case=row.uuid)
    return signature_of(held)


def _locked(signature: UUID, actor: Actor) -> tuple[models.Case, models.CaseSignature]:
    """Lock the case, then the signature that is asked of the acting person.

    :raises SignatureUnknown: if there is none, it fell away, or it is asked of somebody else.
    """
    if actor.uuid is None:
        raise SignatureUnknown
    mine = people.get_person(actor.uuid).national_code
    row = locked_case(queries.get_signature_of(signature, mine).case)
    held = models.CaseSignature.objects.select_for_update().get(uuid=signature)
    held.case = row
    if held.ended_at is not None:
        raise SignatureUnknown
    return row, held


def _require_asked(row: models.Case, held: models.CaseSignature) -> None:
    if held.state != "asked":
        raise SignatureNotPossible(reason=held.state)
    if row.state not in rules.EDITABLE:
        raise SignatureNotPossible(reason="sent")


def void_signatures(row: models.Case, package: Package, *, actor: Actor, now: datetime) -> bool:
    """Void what was signed or is asked under other answers than those that stand, in the running transaction."""
    if not package.needs.signatures:
        return False
    stand = {(one.need, one.signer_code, one.digest) for one in _wanted(row, package, now)}
    changed = False
    for held in models.CaseSignature.objects.select_for_update().filter(case=row, ended_at__isnull=True):
        if (held.need, held.signer_code, held.digest) not in stand:
            _end(held, actor=actor, now=now)
            changed = True
    return changed


def end_signatures(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Let every signature of a case fall away with it, in the running transaction."""
    for held in models.CaseSignature.objects.select_for_update().filter(case=row, ended_at__isnull=True):
        _end(held, actor=actor, now=now)


@transaction.atomic
def expire_signature(*, signature: UUID, actor: Actor, now: datetime) -> bool:
    """End a signature under an application that was not sent in its time; return whether it ended."""
    known = models.CaseSignature.objects.select_related("case").filter(uuid=signature).first()
    if known is None:
        return False
    row = locked_case(known.case.uuid)
    held = models.CaseSignature.objects.select_for_update().get(uuid=signature)
    over = held.state == "signed" and held.until is not None and held.until < now and held.ended_at is None
    if not over or row.state not in rules.EDITABLE:
        return False
    _end(held, actor=actor, now=now, state="expired")
    return True


def _end(held: models.CaseSignature, *, actor: Actor, now: datetime, state: str = "void") -> None:
    held.state, held.ended_at = state, now
    held.save(update_fields=["state", "ended_at"])
    facts.record(SIGNATURE_ENDED, subject=held, actor=actor, at=now, need=held.need, state=state)
