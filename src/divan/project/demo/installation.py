"""What an installation needs once: keys, the log, the exchange."""

from __future__ import annotations

from datetime import datetime

from divan.foundation.actors import Actor
from divan.project.demo.exchange import plan
from divan.trust.exchange import actions as exchange
from divan.trust.ledger import actions as ledger
from divan.trust.signing import actions as signing


def found_installation(*, actor: Actor, now: datetime) -> None:
    """Make the rehearsal's keys, open the log, and put the exchange in order; again changes nothing."""
    ledger.open_log(actor=actor, now=now)
    signing.prepare_authority(actor=actor, now=now)
    exchange.found_exchange(plan=plan(now), actor=actor, now=now)
