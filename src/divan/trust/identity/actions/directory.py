"""Taking over what the directory of staff tells, one person at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.foundation.locks import hold
from divan.registers.people import actions as people
from divan.registers.people import queries as registered
from divan.trust.identity import models, queries
from divan.trust.identity.actions.accounts import close_account, create_staff_account, reopen_account
from divan.trust.identity.values import DIRECTORY_ENDED, DIRECTORY_LINKED, AccountKind, DirectoryChanged
from divan_libs.directory.values import Deed, Entry, Line


@transaction.atomic
def take_over_entry(*, line: Line, actor: Actor, now: datetime) -> None:
    """Bring a person, their staff account and post to what the directory tells of somebody who works here.

    Account and post are made, opened or changed only where the plan says so; the account has no password.

    :raises DirectoryChanged: if the line is of somebody whom the directory ended.
    :raises UsernameTaken, PostTaken, PostNotHeld, PostUnknown: if that has changed since it was planned; then nothing
        of the line is kept.
    """
    if line.ends:
        raise DirectoryChanged
    hold("identity.directory")
    entry = line.entry
    person = people.register_person(
        national_code=entry.national_code,
        first_name=entry.first_name,
        last_name=entry.last_name,
        mobile=entry.mobile,
        actor=actor,
        now=now,
    )
    if Deed.ACCOUNT_MADE in line.deeds:
        create_staff_account(person=person.uuid, username=entry.username, actor=actor, now=now)
    if Deed.ACCOUNT_REOPENED in line.deeds:
        account = queries.find_account(person.uuid, AccountKind.STAFF)
        if account is None:
            raise DirectoryChanged
        reopen_account(account=account.uuid, actor=actor, now=now)
    if Deed.POST_LEFT in line.deeds:
        left = registered.get_post_by_code(line.leaves)
        people.leave_post(person=person.uuid, post=left.uuid, actor=actor, now=now)
    if Deed.POST_GIVEN in line.deeds:
        given = registered.get_post_by_code(entry.post)
        people.give_post(person=person.uuid, post=given.uuid, starts_at=now, actor=actor, now=now)
    power_may_fail("directory.before-link")
    _link(person.uuid, entry, actor, now, post=entry.post if Deed.POST_GIVEN in line.deeds else None)


@transaction.atomic
def end_directory_link(*, line: Line, actor: Actor, now: datetime) -> None:
    """End the work of somebody who is disabled in the directory or gone from it; a second time changes nothing.

    The posts held end at this moment, however they were given, and the staff account closes: its sessions end with the
    next request. The account of the citizen stays.

    :raises DirectoryChanged: if the line is of somebody who works here, or nobody knows the person.
    """
    person = registered.find_person(line.entry.national_code)
    if not line.ends or person is None:
        raise DirectoryChanged
    hold("identity.directory")
    for holding in registered.list_holdings(person.uuid, now):
        if holding.stands_in_for is None:
            people.leave_post(person=person.uuid, post=holding.post.uuid, actor=actor, now=now)
    power_may_fail("directory.posts-left")
    account = queries.find_account(person.uuid, AccountKind.STAFF)
    if account is not None:
        close_account(account=account.uuid, actor=actor, now=now)
    row = models.DirectoryLink.objects.select_for_update().filter(person__uuid=person.uuid).first()
    if row is None:
        row = _new_link(person.uuid, line.entry)
    if row.ended_at is None:
        row.ended_at = now
        row.save()
        gone = Deed.ENDED_GONE in line.deeds
        facts.record(DIRECTORY_ENDED, subject=row, actor=actor, at=now, person=person.uuid, gone=gone)


def _link(person: UUID, entry: Entry, actor: Actor, now: datetime, *, post: str | None) -> None:
    row = models.DirectoryLink.objects.select_for_update().filter(person__uuid=person).first()
    is_new = row is None
    row = row or _new_link(person, entry)
    before = row.subject_state()
    row.directory_id, row.username, row.mail, row.ended_at = entry.directory_id, entry.username, entry.mail, None
    if post is not None:
        row.post = post
    if is_new or row.subject_state() != before:
        row.save()
        facts.record(DIRECTORY_LINKED, subject=row, actor=actor, at=now, person=person)


def _new_link(person: UUID, entry: Entry) -> models.DirectoryLink:
    related: Any = models.DirectoryLink._meta.get_field("person").related_model
    return models.DirectoryLink(
        uuid=uuid4(),
        directory_id=entry.directory_id,
        person=related._default_manager.get(uuid=person),
        username=entry.username,
        mail=entry.mail,
    )
