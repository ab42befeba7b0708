"""Accounts of staff: made by the administration, with a password and a second factor."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.trust.identity import models, rules
from divan.trust.identity.actions import attempts, sign_ins
from divan.trust.identity.values import (
    ACCOUNT_CLOSED,
    ACCOUNT_REOPENED,
    PASSWORD_SET,
    SECOND_FACTOR_ADDED,
    SECOND_FACTOR_REMOVED,
    AccountKind,
    AccountUnknown,
    PasswordRefused,
    SecondFactor,
    SecondFactorPresent,
    UsernameTaken,
)

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,79}")


@transaction.atomic
def create_staff_account(*, person: UUID, username: str, actor: Actor, now: datetime) -> UUID:
    """Create a staff account without a password, or return the one that the person has under this name.

    User names are stored small: 3 to 80 Latin letters, digits, dots, dashes.

    :raises PersonUnknown: if the person is not in the register of people.
    :raises UsernameTaken: if the name is another's, cannot be one, or the person has an account of another name.
    """
    people.get_person(person)
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise UsernameTaken(username=username)
    try:
        with transaction.atomic():
            row = sign_ins.account_of(person, AccountKind.STAFF, username=name, actor=actor, now=now)
    except IntegrityError as error:
        raise UsernameTaken(username=name) from error
    if row.username != name:
        raise UsernameTaken(username=name)
    return row.uuid


@transaction.atomic
def create_citizen_account(*, person: UUID, actor: Actor, now: datetime) -> UUID:
    """Create the account of a citizen, or return the one there is; citizens sign in without a password.

    :raises PersonUnknown: if the person is not in the register of people.
    """
    people.get_person(person)
    name = sign_ins.citizen_name(person)
    return sign_ins.account_of(person, AccountKind.CITIZEN, username=name, actor=actor, now=now).uuid


@transaction.atomic
def set_password(*, account: UUID, password: str, actor: Actor, now: datetime) -> None:
    """Give a staff account a password; its other sessions end with it.

    :raises AccountUnknown: if there is no such staff account.
    :raises PasswordRefused: with the codes of the rules that it breaks.
    """
    row = _staff(account)
    try:
        validate_password(password, user=row)
    except ValidationError as error:
        raise PasswordRefused(reasons=", ".join(str(fault.code) for fault in error.error_list)) from error
    row.set_password(password)
    row.save(update_fields=["password"])
    facts.record(PASSWORD_SET, subject=row, actor=actor, at=now)


@transaction.atomic
def close_account(*, account: UUID, actor: Actor, now: datetime) -> None:
    """Close an account: its sessions end with the next request. A second time changes nothing.

    :raises AccountUnknown: if there is no such account.
    """
    row = models.Account.objects.select_for_update(of=("self",)).filter(uuid=account).first()
    if row is None:
        raise AccountUnknown
    if row.is_active:
        row.is_active = False
        row.save(update_fields=["is_active"])
        facts.record(ACCOUNT_CLOSED, subject=row, actor=actor, at=now)


@transaction.atomic
def reopen_account(*, account: UUID, actor: Actor, now: datetime) -> None:
    """Open a closed account again, with the password and second factors it had. A second time changes nothing.

    :raises AccountUnknown: if there is no such account.
    """
    row = models.Account.objects.select_for_update(of=("self",)).filter(uuid=account).first()
    if row is None:
        raise AccountUnknown
    if not row.is_active:
        row.is_active = True
        row.save(update_fields=["is_active"])
        facts.record(ACCOUNT_REOPENED, subject=row, actor=actor, at=now)


@transaction.atomic
def enrol_totp(*, account: UUID, actor: Actor, now: datetime, secret: str = "") -> str:
    """Enrol an authenticator app for a staff account and return its secret in base 32: for those who hand it over.

    :raises AccountUnknown: if there is no such staff account.
    :raises SecondFactorPresent: if it has one already.
    :raises ValueError: if the given secret is not base 32.
    """
    row = _staff(account)
    secret = secret or base64.b32encode(secrets.token_bytes(20)).decode()
    rules.totp_code(secret, 0)
    if Authenticator.objects.filter(user_id=row.pk, type=Authenticator.Type.TOTP).exists():
        raise SecondFactorPresent
    Authenticator.objects.create(
        user_id=row.pk, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}, created_at=now
    )
    facts.record(SECOND_FACTOR_ADDED, subject=row, actor=actor, at=now, factor=SecondFactor.TOTP)
    return secret


@transaction.atomic
def note_second_factor(*, account: UUID, factor: SecondFactor, is_added: bool, actor: Actor, now: datetime) -> None:
    """Note that the holder of a staff account enrolled or removed a second factor.

    :raises AccountUnknown: if there is no such staff account.
    """
    kind = SECOND_FACTOR_ADDED if is_added else SECOND_FACTOR_REMOVED
    facts.record(kind, subject=_staff(account), actor=actor, at=now, factor=factor)


@transaction.atomic
def remove_second_factors(*, account: UUID, actor: Actor, now: datetime) -> None:
    """Take every second factor off a staff account whose holder lost them; the next sign-in enrols a new one.

    :raises AccountUnknown: if there is no such staff account.
    """
    row = _staff(account)
    for authenticator in Authenticator.objects.filter(user_id=row.pk):
        factor = SecondFactor(authenticator.type)
        authenticator.delete()
        facts.record(SECOND_FACTOR_REMOVED, subject=row, actor=actor, at=now, factor=factor)


def take_second_factor(account: models.Account, code: str, now: datetime) -> Authenticator | None:
    """Return the authenticator whose code this is, and mark the code as used; None if it is wrong or was used before.

    The row is locked: of two requests with one code only one passes, whichever process answers them. Attempts are
    counted before.

    :raises TooManyAttempts: if codes of this account were guessed too often.
    """
    attempts.spend(rules.SECOND_FACTOR_LIMITS, now=now, account=str(account.pk))
    found = _take(account, rules.plain_code(code), now)
    if found is not None:
        attempts.forgive(rules.SECOND_FACTOR_LIMITS, account=str(account.pk))
    return found


@transaction.atomic
def _take(account: models.Account, code: str, now: datetime) -> Authenticator | None:
    for row in Authenticator.objects.select_for_update().filter(user_id=account.pk).order_by("pk"):
        if row.type == Authenticator.Type.TOTP:
            step = rules.totp_step(decrypt(row.data["secret"]), code, now)
            if step is not None and step > row.data.get("step", 0):
                row.data["step"] = step
                row.save(update_fields=["data"])
                return row
        elif row.type == Authenticator.Type.RECOVERY_CODES and row.wrap().validate_code(code):
            return row
    return None


def _staff(account: UUID) -> models.Account:
    row = models.Account.objects.select_for_update(of=("self",)).filter(uuid=account, kind=AccountKind.STAFF).first()
    if row is None:
        raise AccountUnknown
    return row
