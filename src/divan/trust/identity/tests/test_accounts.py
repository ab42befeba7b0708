"""Accounts of staff, their passwords and second factors, and the role switch that production does not have."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.people.values import PersonUnknown
from divan.trust.identity import actions, models, queries
from divan.trust.identity.actions import accounts
from divan.trust.identity.values import (
    AccountClosed,
    AccountKind,
    AccountUnknown,
    OnlyInRehearsal,
    PasswordRefused,
    SecondFactorPresent,
    TooManyAttempts,
    UsernameTaken,
)

from .factories import KARIM, NOON, PASSWORD, SECRET, ZAHRA, app_code, enter, make_staff

pytestmark = pytest.mark.django_db


def create(person, username):
    return actions.create_staff_account(person=person, username=username, actor=SYSTEM, now=NOON)


def set_password(account, password):
    actions.set_password(account=account, password=password, actor=SYSTEM, now=NOON)


def test_a_staff_account_is_made_once_under_a_small_name():
    person = enter(KARIM)

    first, second = create(person, " Karim.Safari "), create(person, "karim.safari")

    account = queries.get_account(first)
    assert first == second
    assert (account.username, account.kind, account.person) == ("karim.safari", AccountKind.STAFF, person)
    assert account.is_staff_account
    assert facts.recorded_for(first) == ["identity.account-created"]
    assert not models.Account.objects.get().has_usable_password()


@pytest.mark.parametrize("username", ["karim", "", "ka", "کریم", "ka rim", "-karim", "x" * 81])
def test_a_name_that_is_taken_or_cannot_be_one_is_refused(username):
    create(enter(KARIM), "karim")

    with pytest.raises(UsernameTaken):
        create(enter(ZAHRA), username)
    assert models.Account.objects.count() == 1


def test_a_person_keeps_one_staff_account():
    person = enter(KARIM)
    create(person, "karim")

    with pytest.raises(UsernameTaken):
        create(person, "other")


def test_one_person_may_be_citizen_and_staff():
    person = enter(KARIM)
    staff, citizen = create(person, "karim"), actions.create_citizen_account(person=person, actor=SYSTEM, now=NOON)

    assert staff != citizen
    assert queries.find_account(person, AccountKind.CITIZEN).uuid == citizen
    assert queries.find_account(enter(ZAHRA), AccountKind.CITIZEN) is None


def test_an_unknown_person_gets_no_account():
    with pytest.raises(PersonUnknown):
        create(uuid4(), "nobody")
    with pytest.raises(PersonUnknown):
        actions.create_citizen_account(person=uuid4(), actor=SYSTEM, now=NOON)


def test_the_database_keeps_one_account_of_a_kind():
    account = models.Account.objects.get(uuid=create(enter(KARIM), "karim"))

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Account.objects.create(
            uuid=uuid4(), username="twin", kind="staff", person=account.person, created_at=NOON
        )


@pytest.mark.parametrize(
    ("password", "reason"), [("short", "password_too_short"), ("1qaz2wsx3edc", "password_too_common")]
)
def test_an_easy_password_is_refused_and_changes_nothing(password, reason):
    account = make_staff(enter(KARIM))

    with pytest.raises(PasswordRefused) as refused:
        set_password(account, password)

    assert reason in refused.value.facts["reasons"]
    assert models.Account.objects.get().check_password(PASSWORD)
    assert facts.recorded_for(account).count("identity.password-set") == 1


def test_a_password_changed_in_the_table_is_found():
    account = make_staff(enter(KARIM))
    recorded = facts.of_subjects([account])[-1].subject_digest
    assert facts.live_digests("identity.account", [account])[account] == recorded

    row = models.Account.objects.get()
    row.set_password("a thief's own lantern")
    row.save()

    assert facts.live_digests("identity.account", [account])[account] != recorded


def test_checking_a_password_never_changes_the_row(settings):
    make_staff(enter(KARIM))
    before = models.Account.objects.get().password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    assert models.Account.objects.get().check_password(PASSWORD)
    assert models.Account.objects.get().password == before


def test_citizens_and_strangers_get_no_password():
    citizen = actions.create_citizen_account(person=enter(ZAHRA), actor=SYSTEM, now=NOON)

    for account in (citizen, uuid4()):
        with pytest.raises(AccountUnknown):
            set_password(account, PASSWORD)
        with pytest.raises(AccountUnknown):
            actions.enrol_totp(account=account, actor=SYSTEM, now=NOON)


def test_the_secret_of_an_app_is_kept_encrypted_and_enrolled_once():
    account = make_staff(enter(KARIM))

    kept = Authenticator.objects.get().data["secret"]
    assert SECRET not in kept
    assert decrypt(kept) == SECRET
    assert queries.has_second_factor(account)
    with pytest.raises(SecondFactorPresent):
        actions.enrol_totp(account=account, actor=SYSTEM, now=NOON)
    assert facts.recorded_for(account)[-1] == "identity.second-factor-added"


def test_a_secret_that_is_none_is_refused():
    account = make_staff(enter(KARIM), enrolled=False)

    with pytest.raises(ValueError, match="base 32"):
        actions.enrol_totp(account=account, secret="no!", actor=SYSTEM, now=NOON)
    assert not queries.has_second_factor(account)


def test_a_code_of_the_app_counts_once_and_an_older_one_not_at_all():
    make_staff(enter(KARIM))
    account = models.Account.objects.get()

    assert accounts.take_second_factor(account, app_code(NOON), NOON) is not None
    assert accounts.take_second_factor(account, app_code(NOON), NOON) is None
    assert accounts.take_second_factor(account, app_code(NOON, steps=-1), NOON) is None
    later = NOON + timedelta(seconds=30)
    assert accounts.take_second_factor(account, app_code(later), later) is not None


def test_codes_of_the_app_are_guessed_ten_times_at_most():
    make_staff(enter(KARIM))
    account = models.Account.objects.get()
    for _ in range(10):
        assert accounts.take_second_factor(account, "x", NOON) is None

    with pytest.raises(TooManyAttempts):
        accounts.take_second_factor(account, app_code(NOON), NOON)
    later = NOON + timedelta(minutes=4)
    assert accounts.take_second_factor(account, app_code(later), later) is not None


def test_lost_second_factors_are_removed_and_told():
    account = make_staff(enter(KARIM))

    actions.remove_second_factors(account=account, actor=SYSTEM, now=NOON)

    assert not queries.has_second_factor(account)
    assert facts.recorded_for(account)[-1] == "identity.second-factor-removed"


def test_closing_an_account_twice_is_one_fact():
    account = make_staff(enter(KARIM))
    for _ in range(2):
        actions.close_account(account=account, actor=SYSTEM, now=NOON)

    assert not queries.get_account(account).is_active
    assert facts.recorded_for(account).count("identity.account-closed") == 1
    with pytest.raises(AccountUnknown):
        actions.close_account(account=uuid4(), actor=SYSTEM, now=NOON)


def become(username):
    return actions.sign_in_for_rehearsal(username=username, actor=SYSTEM, now=NOON)


def test_in_a_rehearsal_one_becomes_an_invented_person_as_a_fact():
    account = make_staff(enter(KARIM))

    assert become("karim") == account
    assert [one.username for one in queries.list_rehearsal_accounts()] == ["karim"]
    last = facts.of_subjects([account])[-1]
    assert (last.kind, last.data) == ("identity.signed-in", {"method": "rehearsal"})
    with pytest.raises(AccountUnknown):
        become("nobody")


def test_in_production_nobody_becomes_anybody(production):
    account = make_staff(enter(KARIM))

    with pytest.raises(OnlyInRehearsal):
        become("karim")
    assert queries.list_rehearsal_accounts() == []
    assert "identity.signed-in" not in facts.recorded_for(account)


def test_nobody_becomes_whose_account_is_closed():
    account = make_staff(enter(KARIM))
    actions.close_account(account=account, actor=SYSTEM, now=NOON)

    with pytest.raises(AccountClosed):
        become("karim")
    assert queries.list_rehearsal_accounts() == []
