"""What identity tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Min, Q

from divan.foundation.actors import ANONYMOUS, Actor, ActorKind
from divan.registers.people import queries as people
from divan.trust.identity import models, rules
from divan.trust.identity.apps import options
from divan.trust.identity.values import (
    Account,
    AccountKind,
    AccountUnknown,
    ActingAs,
    Challenge,
    ChallengeState,
    ChallengeUnknown,
    Inquiry,
    InquiryState,
    InquiryUnknown,
)
from divan_libs.directory import planning
from divan_libs.directory.reading import read_entries
from divan_libs.directory.values import KnownPerson, Linked, Plan, Standing


def _account(row: models.Account) -> Account:
    return Account(
        uuid=row.uuid,
        kind=AccountKind(row.kind),
        username=row.username,
        person=row.person.uuid,
        name=f"{row.person.first_name} {row.person.last_name}".strip(),
        is_active=row.is_active,
    )


def get_account(account: UUID) -> Account:
    """Return an account.

    :raises AccountUnknown: if there is none.
    """
    row = models.Account.objects.filter(uuid=account).first()
    if row is None:
        raise AccountUnknown
    return _account(row)


def find_account(person: UUID, kind: AccountKind) -> Account | None:
    """Return the account of a person in a capacity, or None."""
    row = models.Account.objects.filter(person__uuid=person, kind=kind).first()
    return _account(row) if row else None


def list_rehearsal_accounts(*, limit: int = 500) -> list[Account]:
    """Return the accounts that one can become in a rehearsal, oldest first; none in production."""
    if not options().rehearsal:
        return []
    return [_account(row) for row in models.Account.objects.filter(is_active=True).order_by("id")[:limit]]


def has_second_factor(account: UUID) -> bool:
    """Whether an authenticator app or a passkey is enrolled for an account; recovery codes alone are none."""
    owner = models.Account.objects.filter(uuid=account).values("pk")
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id__in=owner, type__in=kinds).exists())


def acting_as(account: models.Account, *, post: UUID | None, has_passed: bool, at: datetime) -> ActingAs:
    """Tell who acts with an account at a moment: a citizen, or staff in a post that is held at that very moment.

    ``post`` is the one chosen; where it is not held (any more), the one held longest. Who only stands in acts on behalf
    of the post's holder. Staff that have not passed a second factor are nobody.
    """
    name = _account(account).name
    if account.kind == AccountKind.CITIZEN:
        actor = Actor(kind=ActorKind.CITIZEN, uuid=account.person.uuid)
        return ActingAs(actor=actor, account=account.uuid, name=name)
    if not has_passed:
        return ActingAs(actor=ANONYMOUS, account=account.uuid, name=name, enrolling=True)
    holdings = people.list_holdings(account.person.uuid, at)
    held = next((holding for holding in holdings if holding.post.uuid == post), next(iter(holdings), None))
    seat = held.post if held else None
    actor = Actor(
        kind=ActorKind.STAFF,
        uuid=account.person.uuid,
        post=seat.uuid if seat else None,
        on_behalf_of=held.stands_in_for if held else None,
        duties=frozenset({seat.role}) if seat else frozenset(),
        unit=seat.unit.uuid if seat else None,
    )
    return ActingAs(actor=actor, account=account.uuid, name=name, holdings=tuple(holdings), post=seat)


def get_challenge(challenge: UUID) -> Challenge:
    """Return a sign-in by code as its page may show it.

    :raises ChallengeUnknown: if there is none, or its data have left.
    """
    row = models.SignInChallenge.objects.filter(uuid=challenge).exclude(mobile="").first()
    if row is None:
        raise ChallengeUnknown
    return Challenge(
        uuid=row.uuid,
        state=ChallengeState(row.state),
        mobile=row.mobile,
        opened_at=row.opened_at,
        resend_at=row.sent_at + rules.RESEND_AFTER if row.sent_at and row.resends < rules.RESENDS else None,
        expires_at=row.sent_at + rules.CODE_COUNTS_FOR if row.sent_at else None,
    )


def list_challenges_to_forget(at: datetime, *, limit: int = 100) -> list[UUID]:
    """Return sign-ins by code whose personal data must leave."""
    rows = models.SignInChallenge.objects.filter(opened_at__lte=at - rules.CHALLENGE_KEPT_FOR).exclude(mobile="")
    return list(rows.order_by("opened_at").values_list("uuid", flat=True)[:limit])


def _inquiry(row: models.Inquiry) -> Inquiry:
    return Inquiry(
        uuid=row.uuid,
        need=row.need,
        data_service=row.data_service,
        subject=row.subject.uuid if row.subject else None,
        subject_code=row.national_code,
        parameters=row.parameters,
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        state=InquiryState(row.state),
        fields=row.fields,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        message_id=row.message_id,
        reason=row.reason,
    )


def get_inquiry(inquiry: UUID) -> Inquiry:
    """Return a question to a register with its answer.

    :raises InquiryUnknown: if there is none.
    """
    row = models.Inquiry.objects.select_related("subject").filter(uuid=inquiry).first()
    if row is None:
        raise InquiryUnknown
    return _inquiry(row)


def list_inquiries_about(about_uuid: UUID) -> list[Inquiry]:
    """Return the questions asked for something, oldest first."""
    rows = models.Inquiry.objects.select_related("subject").filter(about_uuid=about_uuid).order_by("id")
    return [_inquiry(row) for row in rows]


def find_known(
    *, data_service: str, subject_code: str, parameters: Mapping[str, str], since: datetime
) -> Inquiry | None:
    """Return the newest answer that confirmed this very question since a moment, whatever it was asked for, or None."""
    row = (
        models.Inquiry.objects.select_related("subject")
        .filter(
            state=InquiryState.MATCHED,
            data_service=data_service,
            national_code=subject_code,
            parameters=dict(parameters),
            answered_at__gte=since,
        )
        .order_by("-answered_at", "-id")
        .first()
    )
    return _inquiry(row) if row else None


def list_due_data_services(at: datetime) -> list[str]:
    """Return the codes of the data services that have questions waiting to be asked at a moment, longest first."""
    rows = (
        models.Inquiry.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=at))
        .filter(state=InquiryState.ASKED, next_attempt_at__lte=at)
        .values("data_service")
        .annotate(longest=Min("next_attempt_at"))
        .order_by("longest")
    )
    return [row["data_service"] for row in rows]


def plan_directory(settings: Path, at: datetime, *, is_forced: bool = False) -> Plan:
    """Ask the directory of staff and return what taking over its answer would do; nothing is written.

    :raises DirectorySettingsUnfit: if the file or the password cannot be used.
    :raises DirectorySilent: if the directory cannot be reached, or does not prove who it is.
    :raises DirectoryRefused: if it does not give what is asked.
    """
    from divan.trust.identity.adapters.directory import fetch_entries  # noqa: PLC0415 (only this command asks it)
    from divan.trust.identity.adapters.directory_settings import read_directory_settings  # noqa: PLC0415 (as above)

    read = read_directory_settings(settings)
    told = read_entries(fetch_entries(read), read.mapped, at)
    links = {
        row.directory_id: Linked(
            national_code=row.person.national_code,
            username=row.username,
            mail=row.mail,
            post=row.post,
            is_ended=row.ended_at is not None,
        )
        for row in models.DirectoryLink.objects.select_related("person")
    }
    codes = {entry.national_code for entry in told.entries} | {link.national_code for link in links.values()}
    staff = models.Account.objects.filter(kind=AccountKind.STAFF)
    accounts = {row.person.national_code: row for row in staff.filter(person__national_code__in=codes)}
    names = models.Account.objects.filter(username__in={entry.username for entry in told.entries})
    standing = Standing(
        links=links,
        persons={code: _with_account(one, accounts.get(code)) for code, one in people.standing_of(codes, at).items()},
        posts=people.seats_of({entry.post for entry in told.entries}, at),
        usernames={row.username: row.person.national_code for row in names},
    )
    return planning.plan_directory(told, standing, most_ended=read.most_ended, is_forced=is_forced)


def _with_account(person: KnownPerson, account: models.Account | None) -> KnownPerson:
    return replace(person, username=account.username, is_open=account.is_active) if account else person
