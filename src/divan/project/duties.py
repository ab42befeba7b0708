"""The duties of the worker, gathered from the contexts that have some."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from divan.dealings.cases import jobs as cases
from divan.dealings.correspondence import jobs as correspondence
from divan.dealings.payments import jobs as payments
from divan.foundation import facts, messages, retention
from divan.foundation.duties import Duty
from divan.trust.exchange import jobs as exchange
from divan.trust.identity import jobs as identity
from divan.trust.ledger import jobs as ledger
from divan.trust.signing import jobs as signing


def _place(_now: datetime) -> int:
    return facts.place_facts()


def _receipts(now: datetime) -> int:
    """Queue and send the receipts of letters, and ask for those that did not come."""
    done = correspondence.follow_intakes(now) + correspondence.send_receipts(now)
    return done + correspondence.ask_for_registrations(now)


def worker_duties() -> list[Duty]:
    """Return every duty; each runs in a thread of its own."""
    return [
        Duty("sequencer", _place, every=0.5),
        Duty("sealer", ledger.Sealer().look, every=settings.DIVAN.sealing_interval),
        Duty("witnesses", ledger.Cosigning().look, every=0.5),
        Duty("case-facts", cases.follow_facts),
        Duty("receipts", cases.hand_receipts),
        Duty("documents", signing.issue_documents),
        Duty("clocks", cases.run_clocks, every=5.0),
        Duty("orders", cases.follow_orders, every=2.0),
        Duty("permits", cases.run_permits, every=60.0),
        *identity.duties(),
        Duty("messages", messages.deliver_messages),
        *exchange.duties(),
        *payments.duties(),
        Duty("letters", correspondence.follow_documents),
        Duty("letter-finding", correspondence.enter_letters),
        Duty("letter-readings", correspondence.note_readings),
        Duty("petitions", correspondence.tell_petitioners),
        Duty("letter-figures", correspondence.count_letters, every=5.0),
        Duty("file-texts", correspondence.read_files, every=5.0),
        Duty("letters-exchange", correspondence.carry_by_exchange),
        Duty("letters-mail", correspondence.carry_by_ece, every=5.0),
        Duty("letters-products", correspondence.carry_by_products, every=5.0),
        Duty("letter-receipts", _receipts),
        Duty("mailboxes", correspondence.collect_mail, every=30.0),
        Duty("folders", correspondence.collect_folders, every=5.0),
        Duty("follow-ups", correspondence.run_follow_ups, every=30.0),
        Duty("hand-overs", correspondence.run_hand_overs, every=5.0),
        Duty("vacancies", correspondence.tell_vacancies, every=5.0),
        Duty("disposals", correspondence.run_disposals, every=60.0),
        Duty("letter-retention", correspondence.erase_outlived, every=86400.0),
        Duty("drafts", cases.clear_drafts, every=3600.0),
        Duty("signatures", cases.expire_signatures, every=600.0),
        Duty("salts", ledger.erase_salts, every=5.0),
        Duty("examination", ledger.Examiner().look, every=5.0),
        Duty("retention", retention.let_go, every=3600.0),
    ]
