"""Sending: an application, a correction or a bundle; where only the fee is missing, what is to be paid first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from divan.dealings.cases import actions
from divan.dealings.cases.values import BundleNotComplete, BundleRun, Case, CaseInvoice, CaseState, NotComplete
from divan.foundation.actors import Actor
from divan_libs.servicepack.answers import Missing


def send(case: Case, *, actor: Actor, now: datetime) -> CaseInvoice | None:
    """Send an application, or a corrected case back; return the invoice instead where nothing but its fee is missing.

    Paying that invoice sends the application by itself. Sending again changes nothing.

    :raises NotComplete: if more is missing.
    """
    if case.state is CaseState.CORRECTION:
        actions.resubmit_case(case=case.uuid, actor=actor, now=now)
        return None
    try:
        actions.submit_case(case=case.uuid, actor=actor, now=now)
    except NotComplete as refusal:
        if not _only_unpaid(missing_of(refusal)):
            raise
        return actions.ask_payment(case=case.uuid, actor=actor, now=now)
    return None


def send_bundle(run: BundleRun, *, actor: Actor, now: datetime) -> CaseInvoice | None:
    """Send every draft of a bundle; return the one invoice instead where nothing but fees is missing.

    :raises BundleNotComplete: if more is missing.
    """
    try:
        actions.submit_bundle(run=run.uuid, actor=actor, now=now)
    except BundleNotComplete as refusal:
        if not _only_unpaid([one for lacks in missing_by_service(refusal).values() for one in lacks]):
            raise
        return actions.ask_bundle_payment(run=run.uuid, actor=actor, now=now)
    return None


def missing_of(refusal: NotComplete) -> tuple[Missing, ...]:
    """Return what an application lacks."""
    found = refusal.facts.get("missing")
    return found if isinstance(found, tuple) else ()


def missing_by_service(refusal: BundleNotComplete) -> dict[str, tuple[Missing, ...]]:
    """Return what each application of a bundle lacks."""
    found = refusal.facts.get("missing")
    return dict(found) if isinstance(found, dict) else {}


def _only_unpaid(missing: Iterable[Missing]) -> bool:
    lacks = list(missing)
    return bool(lacks) and all(one.kind == "payment" for one in lacks)
