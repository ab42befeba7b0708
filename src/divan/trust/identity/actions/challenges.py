"""Sign-in by national code and a code sent to the mobile, whose owner the register has confirmed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from divan.foundation import facts, messages
from divan.foundation.actors import SYSTEM, Actor
from divan.foundation.errors import Refusal
from divan.trust.identity import models, rules
from divan.trust.identity.actions import attempts, inquiries, sign_ins
from divan.trust.identity.adapters.registers import MOBILE_OWNERS
from divan.trust.identity.apps import options
from divan.trust.identity.values import (
    CHALLENGE_FORGOTTEN,
    CHALLENGE_OPENED,
    CHALLENGE_READY,
    CHALLENGE_REPLACED,
    CHALLENGE_UNANSWERED,
    CODE_REDEEMED,
    CODE_REFUSED,
    CODE_RESENT,
    INQUIRY_FORGOTTEN,
    ChallengeState,
    ChallengeUnknown,
    CodeExpired,
    CodeNotReady,
    CodeSpent,
    CodeUsed,
    CodeWrong,
    InquiryState,
    OwnerUnanswered,
    ResendTooSoon,
)
from divan_libs.persian.identifiers import parse_mobile, parse_national_code

PURPOSE = "sign-in"


def open_challenge(
    *,
    national_code: str,
    mobile: str,
    address: str,
    language: str,
    actor: Actor,
    now: datetime,
    former: UUID | None = None,
) -> UUID:
    """Begin a sign-in by code: ask the register whose number it is; a code is sent when the answer is there.

    ``former`` is a sign-in of the same session that this one replaces. Return the challenge's identifier.

    :raises divan_libs.persian.identifiers.InvalidIdentifier: if the code or the number cannot be one.
    :raises TooManyAttempts: if it was begun too often for this person, phone or address.
    """
    person, phone = parse_national_code(national_code), parse_mobile(mobile)
    attempts.spend(rules.BEGIN_LIMITS, now=now, person=person, phone=phone, address=address)
    with transaction.atomic():
        if former is not None:
            _replace(former, actor, now)
        row = models.SignInChallenge.objects.create(
            uuid=uuid4(),
            national_code=person,
            mobile=phone,
            language=language[:5],
            state=ChallengeState.ASKING,
            opened_at=now,
        )
        facts.record(CHALLENGE_OPENED, subject=row, actor=actor, at=now)
        inquiries.write_down(
            need="mobile-owner",
            data_service=MOBILE_OWNERS,
            national_code=person,
            subject=None,
            parameters={"mobile": phone},
            purpose=PURPOSE,
            about=(row.subject_kind, row.uuid),
            actor=actor,
            now=now,
        )
    return row.uuid


def _replace(former: UUID, actor: Actor, now: datetime) -> None:
    row = models.SignInChallenge.objects.select_for_update().filter(uuid=former).first()
    if row is not None and not rules.is_over(ChallengeState(row.state)):
        row.state, row.ended_at = ChallengeState.REPLACED, now
        row.save(update_fields=["state", "ended_at"])
        facts.record(CHALLENGE_REPLACED, subject=row, actor=actor, at=now)


def settle_owner(challenge: UUID, answer: InquiryState, now: datetime) -> None:
    """Go on with a challenge when the register has answered, in the running transaction.

    A number of somebody else gets the same page and a digest that no code has.
    """
    row = models.SignInChallenge.objects.select_for_update().filter(uuid=challenge).first()
    if row is None or row.state != ChallengeState.ASKING:
        return
    if answer is InquiryState.UNKNOWN:
        row.state, row.ended_at = ChallengeState.UNANSWERED, now
        row.save(update_fields=["state", "ended_at"])
        facts.record(CHALLENGE_UNANSWERED, subject=row, actor=SYSTEM, at=now)
        return
    row.state, row.is_owner = ChallengeState.READY, answer is InquiryState.MATCHED
    _send_code(row, now)
    row.save()
    facts.record(CHALLENGE_READY, subject=row, actor=SYSTEM, at=now)


def _send_code(row: models.SignInChallenge, now: datetime) -> None:
    row.sent_at = now
    if not row.is_owner:
        row.code_digest = secrets.token_bytes(32)
        return
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    row.code_digest = rules.code_digest(options().secret, row.uuid, code)
    with translation.override(row.language):
        minutes = rules.CODE_COUNTS_FOR // timedelta(minutes=1)
        text = render_to_string("identity/code_message.txt", {"code": code, "minutes": minutes}).strip()
    messages.queue_message(recipient=row.mobile, text=text, about=row, actor=SYSTEM, now=now)


def resend_code(*, challenge: UUID, address: str, actor: Actor, now: datetime) -> None:
    """Make another code; the former no longer counts. Tries already made stay counted.

    :raises ChallengeUnknown, CodeNotReady, OwnerUnanswered, CodeUsed, CodeSpent: if the challenge takes no code now.
    :raises ResendTooSoon: less than a minute after the last one.
    :raises TooManyAttempts: if codes were sent too often to this person, phone or address.
    """
    seen = models.SignInChallenge.objects.filter(uuid=challenge).first()
    _require_resendable(seen, now)
    assert seen is not None  # noqa: S101 (required above)
    attempts.spend(rules.BEGIN_LIMITS, now=now, person=seen.national_code, phone=seen.mobile, address=address)
    with transaction.atomic():
        row = models.SignInChallenge.objects.select_for_update().get(uuid=challenge)
        _require_resendable(row, now)
        row.resends += 1
        _send_code(row, now)
        row.save()
        facts.record(CODE_RESENT, subject=row, actor=actor, at=now, count=row.resends)


def _require_resendable(row: models.SignInChallenge | None, now: datetime) -> None:
    if row is None:
        raise ChallengeUnknown
    if refusal := _refusal_of_state(row):
        raise refusal
    assert row.sent_at is not None  # noqa: S101 (a constraint: what is ready was sent)
    wait = rules.RESEND_AFTER - (now - row.sent_at)
    if wait > timedelta(0):
        raise ResendTooSoon(seconds=-(-wait // timedelta(seconds=1)))
    if row.resends >= rules.RESENDS:
        raise CodeSpent


def _refusal_of_state(row: models.SignInChallenge) -> Refusal | None:
    refusals: dict[str, type[Refusal]] = {
        ChallengeState.ASKING: CodeNotReady,
        ChallengeState.UNANSWERED: OwnerUnanswered,
        ChallengeState.REDEEMED: CodeUsed,
        ChallengeState.SPENT: CodeSpent,
        ChallengeState.REPLACED: ChallengeUnknown,
    }
    refusal = refusals.get(row.state)
    return refusal() if refusal else None


def redeem_code(*, challenge: UUID, code: str, address: str, actor: Actor, now: datetime) -> UUID:
    """Take the code of a challenge; enter the person, create the account where there is none, and return it.

    :raises ChallengeUnknown, CodeNotReady, OwnerUnanswered, CodeUsed, CodeSpent: if the challenge takes no code now.
    :raises CodeExpired: three minutes after the code was sent.
    :raises CodeWrong: with the tries that are left; the fifth wrong one ends the challenge with CodeSpent.
    :raises TooManyAttempts: if codes were guessed too often for this person, phone or address.
    """
    seen = models.SignInChallenge.objects.filter(uuid=challenge).first()
    if seen is None or not seen.mobile:
        raise ChallengeUnknown
    whose = {"person": seen.national_code, "phone": seen.mobile, "address": address}
    attempts.spend(rules.CODE_LIMITS, now=now, **whose)
    # A wrong try must stay counted, so the refusal is raised after its transaction has ended.
    outcome = _redeem(challenge, rules.plain_code(code), actor, now)
    if isinstance(outcome, Refusal):
        raise outcome
    attempts.forgive(rules.CODE_LIMITS, **whose)
    return outcome


@transaction.atomic(durable=True)
def _redeem(challenge: UUID, code: str, actor: Actor, now: datetime) -> UUID | Refusal:
    row = models.SignInChallenge.objects.select_for_update().get(uuid=challenge)
    if refusal := _refusal_of_state(row):
        return refusal
    assert row.sent_at is not None  # noqa: S101 (a constraint: what is ready was sent)
    if rules.is_expired(row.sent_at, now):
        return CodeExpired()
    if not rules.is_same(rules.code_digest(options().secret, row.uuid, code), bytes(row.code_digest)):
        return _refuse(row, actor, now)
    row.state, row.ended_at = ChallengeState.REDEEMED, now
    row.save(update_fields=["state", "ended_at"])
    facts.record(CODE_REDEEMED, subject=row, actor=actor, at=now)
    return sign_ins.sign_citizen_in(row.national_code, mobile=row.mobile, now=now)


def _refuse(row: models.SignInChallenge, actor: Actor, now: datetime) -> Refusal:
    row.tries += 1
    left = rules.CODE_TRIES - row.tries
    if not left:
        row.state, row.ended_at = ChallengeState.SPENT, now
    row.save(update_fields=["tries", "state", "ended_at"])
    facts.record(CODE_REFUSED, subject=row, actor=actor, at=now, tries=row.tries)
    return CodeWrong(left=left) if left else CodeSpent()


@transaction.atomic
def forget_challenge(*, challenge: UUID, actor: Actor, now: datetime) -> None:
    """Take the personal data out of a challenge and of its question to the register, when their time is over."""
    row = models.SignInChallenge.objects.select_for_update().filter(uuid=challenge).exclude(mobile="").first()
    if row is None or now - row.opened_at < rules.CHALLENGE_KEPT_FOR:
        return
    row.national_code = row.mobile = ""
    row.save(update_fields=["national_code", "mobile"])
    facts.record(CHALLENGE_FORGOTTEN, subject=row, actor=actor, at=now)
    for inquiry in models.Inquiry.objects.select_for_update().filter(about_uuid=row.uuid):
        inquiry.national_code, inquiry.parameters, inquiry.fields = "", {}, {}
        inquiry.save(update_fields=["national_code", "parameters", "fields"])
        facts.record(INQUIRY_FORGOTTEN, subject=inquiry, actor=actor, at=now)
