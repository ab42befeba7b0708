"""Sign-in by code: what opens, what refuses, and that a refusal changes nothing else."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pytest
from django.utils import translation

from divan.foundation import facts, messages
from divan.foundation.actors import ANONYMOUS
from divan.foundation.models import OutgoingMessage
from divan.registers.people import queries as people
from divan.trust.identity import actions, jobs, models, queries, rules
from divan.trust.identity.values import (
    AccountClosed,
    AccountKind,
    ChallengeState,
    ChallengeUnknown,
    CodeExpired,
    CodeNotReady,
    CodeSpent,
    CodeUsed,
    CodeWrong,
    OwnerUnanswered,
    ResendTooSoon,
    TooManyAttempts,
)
from divan_libs.persian.identifiers import InvalidIdentifier, national_code_with_check_digit

from .factories import KARIM, NOON, ZAHRA, enter, sent_codes, wrong

pytestmark = pytest.mark.django_db


def begin(person=ZAHRA, *, mobile="", now=NOON, address="192.0.2.1", former=None, language="fa"):
    return actions.open_challenge(
        national_code=person.national_code,
        mobile=mobile or person.mobile,
        address=address,
        language=language,
        former=former,
        actor=ANONYMOUS,
        now=now,
    )


def redeem(challenge, code, *, now=NOON, address="192.0.2.1"):
    return actions.redeem_code(challenge=challenge, code=code, address=address, actor=ANONYMOUS, now=now)


def resend(challenge, *, now):
    actions.resend_code(challenge=challenge, address="192.0.2.1", actor=ANONYMOUS, now=now)


def test_the_owner_gets_a_code_and_signs_in_with_it_once(work):
    challenge = begin()
    assert queries.get_challenge(challenge).state is ChallengeState.ASKING
    assert sent_codes(ZAHRA.mobile) == []
    work(NOON)
    (code,) = sent_codes(ZAHRA.mobile)

    account = queries.get_account(redeem(challenge, code))

    person = people.get_person(account.person)
    assert (person.national_code, person.mobile) == (ZAHRA.national_code, ZAHRA.mobile)
    assert account.kind is AccountKind.CITIZEN
    assert facts.recorded_for(challenge) == [
        "identity.challenge-opened",
        "identity.challenge-ready",
        "identity.code-redeemed",
    ]
    assert facts.recorded_for(account.uuid) == ["identity.account-created", "identity.signed-in"]
    with pytest.raises(CodeUsed):
        redeem(challenge, code)
    assert len(facts.recorded_for(challenge)) == 3


def test_the_second_sign_in_finds_the_account_of_the_first(work):
    accounts = []
    for minutes in (0, 1):
        now = NOON + timedelta(minutes=minutes)
        challenge = begin(now=now)
        work(now)
        accounts.append(redeem(challenge, sent_codes(ZAHRA.mobile)[-1], now=now))

    assert accounts[0] == accounts[1]
    assert models.Account.objects.count() == 1


def test_neither_code_nor_number_stands_in_the_facts_or_in_the_digest(work):
    challenge = begin()
    work(NOON)
    (code,) = sent_codes(ZAHRA.mobile)
    row = models.SignInChallenge.objects.get(uuid=challenge)

    told = str([(fact.data, fact.actor) for fact in facts.of_subjects([challenge])])

    assert code not in told
    assert ZAHRA.mobile not in told
    assert bytes(row.code_digest) == rules.code_digest("invented secret", challenge, code)


def test_a_number_of_somebody_else_gets_no_code_and_the_same_page(work):
    mine, not_mine = begin(ZAHRA), begin(KARIM, mobile=ZAHRA.mobile)
    work(NOON)

    shown = [queries.get_challenge(challenge) for challenge in (mine, not_mine)]

    assert len(sent_codes(ZAHRA.mobile)) == 1
    assert [one.state for one in shown] == [ChallengeState.READY] * 2
    assert shown[0].expires_at is not None
    assert shown[1].expires_at is not None
    with pytest.raises(CodeWrong):
        redeem(not_mine, sent_codes(ZAHRA.mobile)[0])
    assert models.Account.objects.count() == 0
    assert people.find_person(KARIM.national_code) is None


def test_a_silent_register_is_said_and_no_code_is_sent(work, owners):
    owners.mood = "down"
    challenge = begin()
    for seconds in range(0, 125, 5):
        work(NOON + timedelta(seconds=seconds))

    assert queries.get_challenge(challenge).state is ChallengeState.UNANSWERED
    assert OutgoingMessage.objects.count() == 0
    with pytest.raises(OwnerUnanswered):
        redeem(challenge, "123456")


def test_a_code_before_the_answer_is_not_a_try():
    challenge = begin()

    with pytest.raises(CodeNotReady):
        redeem(challenge, "123456")
    assert models.SignInChallenge.objects.get().tries == 0


def test_a_wrong_code_is_counted_and_the_fifth_ends_it(work):
    challenge = begin()
    work(NOON)
    (code,) = sent_codes(ZAHRA.mobile)
    left = []
    for _ in range(4):
        with pytest.raises(CodeWrong) as refused:
            redeem(challenge, wrong(code))
        left.append(refused.value.facts["left"])

    with pytest.raises(CodeSpent):
        redeem(challenge, wrong(code))

    assert left == [4, 3, 2, 1]
    with pytest.raises(CodeSpent):
        redeem(challenge, code)
    assert models.SignInChallenge.objects.get().state == ChallengeState.SPENT
    assert facts.recorded_for(challenge).count("identity.code-refused") == 5
    assert models.Account.objects.count() == 0


def test_an_expired_code_opens_nothing_and_costs_no_try(work):
    challenge = begin()
    work(NOON)
    (code,) = sent_codes(ZAHRA.mobile)

    with pytest.raises(CodeExpired):
        redeem(challenge, code, now=NOON + timedelta(minutes=3, seconds=1))

    row = models.SignInChallenge.objects.get()
    assert (row.state, row.tries) == (ChallengeState.READY, 0)
    assert models.Account.objects.count() == 0


def test_another_code_is_sent_after_a_minute_and_the_former_no_longer_counts(work):
    challenge = begin()
    work(NOON)
    with pytest.raises(ResendTooSoon) as refused:
        resend(challenge, now=NOON + timedelta(seconds=20))
    assert refused.value.facts["seconds"] in {40, 41}
    later = NOON + timedelta(seconds=61)

    resend(challenge, now=later)

    first, second = sent_codes(ZAHRA.mobile)
    if first != second:
        with pytest.raises(CodeWrong):
            redeem(challenge, first, now=later)
    assert redeem(challenge, second, now=later)


def test_another_code_for_a_number_of_somebody_else_sends_nothing_and_looks_the_same(work):
    challenge = begin(KARIM, mobile=ZAHRA.mobile)
    work(NOON)
    later = NOON + timedelta(seconds=61)

    resend(challenge, now=later)

    assert OutgoingMessage.objects.count() == 0
    assert queries.get_challenge(challenge).resend_at == later + rules.RESEND_AFTER


def test_codes_are_sent_again_three_times_at_most(work):
    challenge = begin()
    work(NOON)
    for minutes in (2, 4, 6):
        resend(challenge, now=NOON + timedelta(minutes=minutes))

    with pytest.raises(CodeSpent):
        resend(challenge, now=NOON + timedelta(minutes=8))
    assert len(sent_codes(ZAHRA.mobile)) == 4


def test_beginning_anew_ends_the_former_sign_in(work):
    former = begin()
    work(NOON)
    (code,) = sent_codes(ZAHRA.mobile)

    begin(former=former)

    with pytest.raises(ChallengeUnknown):
        redeem(former, code)
    assert facts.recorded_for(former)[-1] == "identity.challenge-replaced"


def test_an_unknown_challenge_is_unknown():
    with pytest.raises(ChallengeUnknown):
        redeem("00000000-0000-0000-0000-000000000000", "123456")
    with pytest.raises(ChallengeUnknown):
        resend("00000000-0000-0000-0000-000000000000", now=NOON)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1111111111", "persian.national-code.all-equal"),
        ("999200001", "persian.national-code.length"),
        (wrong("999200")[:6] + "0000", "persian.national-code.check-digit"),
        ("99920000a1", "persian.national-code.digits"),
    ],
)
def test_a_national_code_that_cannot_be_one_opens_nothing_and_is_not_counted(typed, code):
    with pytest.raises(InvalidIdentifier) as refused:
        actions.open_challenge(
            national_code=typed, mobile=ZAHRA.mobile, address="192.0.2.1", language="fa", actor=ANONYMOUS, now=NOON
        )

    assert refused.value.code == code
    assert models.SignInChallenge.objects.count() == 0
    assert models.AttemptCount.objects.count() == 0


def test_persian_digits_and_spaces_name_the_same_person(work):
    typed = ZAHRA.national_code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    challenge = actions.open_challenge(
        national_code=f" {typed[:3]} {typed[3:]}\u200f",
        mobile="+98 999 100 0001",
        address="192.0.2.1",
        language="fa",
        actor=ANONYMOUS,
        now=NOON,
    )
    work(NOON)

    assert redeem(challenge, sent_codes(ZAHRA.mobile)[0])
    assert people.find_person(ZAHRA.national_code) is not None


def test_a_person_is_begun_for_six_times_and_then_after_a_while_again():
    for _ in range(6):
        begin()
    with pytest.raises(TooManyAttempts) as refused:
        begin()

    assert refused.value.facts["minutes"] == 10
    assert models.SignInChallenge.objects.count() == 6
    assert begin(now=NOON + timedelta(minutes=10))


def test_guesses_are_counted_over_challenges_phones_and_addresses(work):
    for serial in range(2):
        challenge = begin(address=f"192.0.2.{serial}")
        work(NOON)
        for _ in range(5):
            with pytest.raises((CodeWrong, CodeSpent)):
                redeem(challenge, wrong(sent_codes(ZAHRA.mobile)[-1]), address=f"192.0.2.{serial}")
    last = begin(address="198.51.100.7")
    work(NOON)

    with pytest.raises(TooManyAttempts):
        redeem(last, sent_codes(ZAHRA.mobile)[-1], address="198.51.100.7")
    assert models.Account.objects.count() == 0


def test_an_address_that_guesses_for_many_people_is_stopped(work):
    for serial in range(300):
        code = national_code_with_check_digit(f"9993{serial:05}")
        actions.open_challenge(
            national_code=code,
            mobile=f"0999{serial:07}",
            address="203.0.113.9",
            language="fa",
            actor=ANONYMOUS,
            now=NOON,
        )

    with pytest.raises(TooManyAttempts):
        begin(address="203.0.113.9")
    assert begin(address="203.0.113.10")


def test_a_right_code_takes_its_count_back(work):
    for minutes in range(0, 200, 20):
        now = NOON + timedelta(minutes=minutes)
        challenge = begin(now=now)
        work(now)
        redeem(challenge, sent_codes(ZAHRA.mobile)[-1], now=now)

    levels = models.AttemptCount.objects.filter(
        key=rules.counter_key("invented secret", rules.CODE_LIMITS["person"], ZAHRA.national_code)
    )
    assert [row.level for row in levels] == [0.0]


def test_codes_are_compared_in_time_that_tells_nothing(monkeypatch, work):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or False)
    mine, not_mine = begin(ZAHRA), begin(KARIM, mobile=ZAHRA.mobile)
    work(NOON)

    for challenge in (mine, not_mine):
        with pytest.raises(CodeWrong):
            redeem(challenge, "000000")

    assert [(len(one), len(other)) for one, other in compared] == [(32, 32), (32, 32)]


def test_the_message_is_in_the_language_of_the_page(work):
    begin(language="en")
    work(NOON)

    text = OutgoingMessage.objects.get().text
    assert "is your code to sign in" in text
    assert "3 minutes" in text
    assert translation.get_language() == "fa"


def test_a_closed_account_takes_no_code(work):
    account = actions.create_citizen_account(person=enter(ZAHRA), actor=ANONYMOUS, now=NOON)
    actions.close_account(account=account, actor=ANONYMOUS, now=NOON)
    challenge = begin()
    work(NOON)

    with pytest.raises(AccountClosed):
        redeem(challenge, sent_codes(ZAHRA.mobile)[0])


def test_old_sign_ins_lose_their_personal_data_and_the_digests_still_hold(work):
    challenge = begin()
    work(NOON)
    (inquiry,) = queries.list_inquiries_about(challenge)
    in_time = NOON + timedelta(days=29)
    assert jobs.forget(in_time) == models.AttemptCount.objects.count() + 3
    assert queries.get_challenge(challenge).mobile == ZAHRA.mobile

    assert jobs.forget(NOON + timedelta(days=30)) == 1

    row = models.SignInChallenge.objects.get()
    assert (row.national_code, row.mobile) == ("", "")
    asked = models.Inquiry.objects.get()
    assert (asked.national_code, asked.parameters, asked.fields) == ("", {}, {})
    with pytest.raises(ChallengeUnknown):
        queries.get_challenge(challenge)
    for subject in (row, asked):
        last = facts.of_subjects([subject.uuid])[-1]
        assert last.subject_digest == facts.live_digests(subject.subject_kind, [subject.uuid])[subject.uuid]
    assert inquiry.about_uuid == challenge
    assert jobs.forget(NOON + timedelta(days=31)) == 0


def test_a_message_that_is_sent_belongs_to_its_challenge(work):
    challenge = begin()
    work(NOON)

    message = OutgoingMessage.objects.get()
    assert (message.about_kind, message.about_uuid) == ("identity.challenge", challenge)
    assert messages.MESSAGE_QUEUED.code in facts.recorded_for(message.uuid)
