"""What the exchange does later: taking over evidence, keeping the gateway's snapshot and certificates fresh."""

from __future__ import annotations

import logging
from datetime import datetime

from divan.foundation.actors import SYSTEM
from divan.foundation.duties import Duty
from divan.foundation.errors import Refusal, Trouble
from divan.trust.exchange import actions, queries, rules
from divan.trust.exchange.actions.publishing import hand_out_newest
from divan.trust.signing import queries as signing
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.pki.errors import PkiError

logger = logging.getLogger(__name__)


def import_evidence(now: datetime) -> int:
    """Take over what the gateway has sealed since the last time; return how many messages."""
    return actions.import_evidence(actor=SYSTEM, now=now)


def stamp_evidence(now: datetime) -> int:
    """Have what was taken over stamped; return how many batches. Where the authority is silent, the next look asks."""
    try:
        return actions.stamp_evidence(timestamper=signing.timestamper(now), actor=SYSTEM, now=now)
    except (PkiError, Refusal, Trouble) as trouble:
        logger.warning("evidence waits for its timestamp: %s", trouble)
        return 0


def keep_snapshot(now: datetime) -> int:
    """Hand the newest snapshot to the gateway if it is not there, and publish anew before it grows old.

    An exchange without any snapshot was never founded, and nothing is done. Returns how many were published.
    """
    newest = queries.find_newest_snapshot()
    if newest is None:
        return 0
    if not rules.is_snapshot_due(newest.issued_at, now):
        try:
            hand_out_newest()
        except EnvelopeError as error:
            if error.code == "exchange.snapshot.part":
                raise
            logger.info("snapshot %d was signed by an earlier version of this program; signing anew", newest.number)
        else:
            return 0
    actions.publish_snapshot(actor=SYSTEM, now=now)
    return 1


def watch_certificates(now: datetime) -> int:
    """Renew the certificates that end soon, and tell the officers of those that nothing replaces; return how many."""
    done = 0
    for certificate in queries.due_certificates(now):
        done += actions.renew_certificate(certificate=certificate, actor=SYSTEM, now=now) is not None
        done += actions.warn_of_end(certificate=certificate, actor=SYSTEM, now=now) > 0
    return done


def duties() -> tuple[Duty, ...]:
    """Return the exchange's duties for the worker."""
    return (
        Duty("evidence", import_evidence, every=2.0),
        Duty("evidence-stamps", stamp_evidence, every=30.0),
        Duty("snapshot", keep_snapshot, every=60.0),
        Duty("certificates", watch_certificates, every=600.0),
    )
