"""Two at once: a referral is recalled or read, never both; closed once; a letter is not closed while it is referred."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests.referred import handed_out, incoming, officer, refer
from divan.dealings.correspondence.values import LetterState, ReferralState
from divan.foundation import facts
from divan.foundation.errors import Refusal

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do several things in threads that start together; return the codes of those that were refused."""
    refused: list[str] = []
    barrier = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        try:
            barrier.wait()
            deed()
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_a_referral_is_recalled_or_read_but_never_both(office):
    director, expert = officer(office, "ict-director"), officer(office, "ict-expert")
    for _ in range(5):
        [one] = handed_out(office, "ict-expert")

        refused = at_once(
            lambda one=one: actions.recall_referral(referral=one.uuid, actor=director, now=office.now),
            lambda one=one: actions.read_referrals(letter=one.letter, actor=expert, now=office.now),
        )

        kept = queries.get_referral(one.uuid)
        if kept.state is ReferralState.RECALLED:
            assert (kept.read_at, refused) == (None, [])
        else:
            assert (kept.state, refused) == (ReferralState.OPEN, ["correspondence.referral-read"])


def test_two_reports_on_one_referral_end_it_once(office):
    [one] = handed_out(office, "ict-expert")
    expert = officer(office, "ict-expert")

    refused = at_once(
        *(
            lambda words=words: actions.report_referral(referral=one.uuid, report=words, actor=expert, now=office.now)
            for words in ("یک", "دو")
        )
    )

    assert refused == ["correspondence.referral-over"]
    assert facts.recorded_for(one.uuid).count("correspondence.referral-reported") == 1


def test_a_letter_is_closed_or_referred_but_never_both(office):
    clerk = officer(office, "ict-secretariat")
    for _ in range(4):
        letter = incoming(office)

        refused = at_once(
            lambda letter=letter: actions.close_letter(letter=letter, closing="filed", actor=clerk, now=office.now),
            lambda letter=letter: refer(office, letter, "ict-secretariat", "ict-director"),
        )

        assert len(refused) == 1
        is_closed = queries.get_letter(letter).state is LetterState.CLOSED
        assert is_closed is (models.Referral.objects.filter(letter__uuid=letter).count() == 0)


def test_two_who_refer_one_letter_to_one_post_give_it_once(office):
    letter = incoming(office)

    refused = at_once(*(lambda: refer(office, letter, "ict-secretariat", "ict-director") for _ in range(2)))

    assert refused == ["correspondence.referral-waits"]
    assert models.Referral.objects.filter(letter__uuid=letter).count() == 1
