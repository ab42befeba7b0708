"""Signing in and out: what is known of the person becomes an account and a fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor, ActorKind
from divan.registers.people import actions as people
from divan.registers.people import queries as registered
from divan.trust.identity import models
from divan.trust.identity.apps import options
from divan.trust.identity.values import (
    ACCOUNT_CREATED,
    SIGNED_IN,
    SIGNED_OUT,
    AccountClosed,
    AccountKind,
    AccountUnknown,
    OnlyInRehearsal,
    SignInMethod,
)


def account_of(person: UUID, kind: AccountKind, *, username: str, actor: Actor, now: datetime) -> models.Account:
    """Return the account of a person in a capacity, created without a password where there is none."""
    row_of_person: Any = models.Account._meta.get_field("person").related_model._default_manager.get(uuid=person)
    row, is_new = models.Account.objects.get_or_create(
        person=row_of_person,
        kind=kind,
        defaults={"uuid": uuid4(), "username": username, "password": make_password(None), "created_at": now},
    )
    if is_new:
        facts.record(ACCOUNT_CREATED, subject=row, actor=actor, at=now, capacity=kind)
    return row


def citizen_name(person: UUID) -> str:
    """Return the user name of a citizen's account, which nobody types."""
    return f"citizen-{person.hex}"


def sign_citizen_in(
    national_code: str,
    *,
    now: datetime,
    mobile: str = "",
    names: tuple[str, str] = ("", ""),
    method: SignInMethod = SignInMethod.CODE,
) -> UUID:
    """Enter a person who has proved the national code, and note the sign-in, in the running transaction.

    :raises AccountClosed: if the account was closed.
    """
    known = registered.find_person(national_code)
    nobody = Actor(kind=ActorKind.CITIZEN, uuid=known.uuid if known else None)
    person = people.register_person(
        national_code=national_code, first_name=names[0], last_name=names[1], mobile=mobile, actor=nobody, now=now
    )
    actor = Actor(kind=ActorKind.CITIZEN, uuid=person.uuid)
    name = citizen_name(person.uuid)
    account = account_of(person.uuid, AccountKind.CITIZEN, username=name, actor=actor, now=now)
    if not account.is_active:
        raise AccountClosed
    facts.record(SIGNED_IN, subject=account, actor=actor, at=now, method=method)
    return account.uuid


@transaction.atomic
def sign_in_by_national_sign_on(
    *,
    national_code: str,
    first_name: str,
    last_name: str,
    actor: Actor,  # noqa: ARG001 (nobody known yet: the facts name whom the sign-on vouches for)
    now: datetime,
) -> UUID:
    """Sign in whom the national sign-on vouches for; return the citizen's account, created where there is none.

    :raises divan_libs.persian.identifiers.InvalidIdentifier: if the national code cannot be one.
    :raises AccountClosed: if the account was closed.
    """
    return sign_citizen_in(national_code, names=(first_name, last_name), method=SignInMethod.NATIONAL_SIGN_ON, now=now)


@transaction.atomic
def sign_in_for_rehearsal(
    *,
    username: str,
    actor: Actor,  # noqa: ARG001 (whoever sits there; the fact names whom they become)
    now: datetime,
) -> UUID:
    """Become an invented person without any proof: for the role switch of a rehearsal. Return the account.

    :raises OnlyInRehearsal: in production, always.
    :raises AccountUnknown: if there is no such account.
    :raises AccountClosed: if the account was closed.
    """
    if not options().rehearsal:
        raise OnlyInRehearsal
    row = models.Account.objects.select_for_update(of=("self",)).filter(username=username).first()
    if row is None:
        raise AccountUnknown
    if not row.is_active:
        raise AccountClosed
    became = Actor(kind=ActorKind(row.kind), uuid=row.person.uuid)
    facts.record(SIGNED_IN, subject=row, actor=became, at=now, method=SignInMethod.REHEARSAL)
    return row.uuid


@transaction.atomic
def note_sign_in(*, account: UUID, method: SignInMethod, second_factor: str, actor: Actor, now: datetime) -> None:
    """Note that a member of staff signed in; ``second_factor`` is empty while none is enrolled.

    :raises AccountUnknown: if there is no such account.
    """
    row = _account(account)
    facts.record(SIGNED_IN, subject=row, actor=actor, at=now, method=method, second_factor=second_factor)


@transaction.atomic
def note_sign_out(*, account: UUID, actor: Actor, now: datetime) -> None:
    """Note that somebody signed out.

    :raises AccountUnknown: if there is no such account.
    """
    facts.record(SIGNED_OUT, subject=_account(account), actor=actor, at=now)


def _account(account: UUID) -> models.Account:
    row = models.Account.objects.select_for_update(of=("self",)).filter(uuid=account).first()
    if row is None:
        raise AccountUnknown
    return row
