"""Signing the routing state and handing it to the gateway."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.exchange import models
from divan.trust.exchange.adapters import keys, snapshot_file
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.peers import peer_authorities
from divan.trust.exchange.queries.routing import (
    kept_parts,
    newest_signed_snapshot,
    parts_of_snapshot,
    routing_state,
    snapshot_ref,
)
from divan.trust.exchange.values import SNAPSHOT_PUBLISHED, DataServiceFaulty, SnapshotRef
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.signed_snapshot import SignedSnapshot, WrittenParts, sign_snapshot

LOCK = "exchange.snapshot"

_WRITTEN = WrittenParts()
"""What this process wrote for the last snapshot that it signed. Who signs holds the lock."""

logger = logging.getLogger(__name__)


@transaction.atomic
def publish_snapshot(*, actor: Actor, now: datetime) -> SnapshotRef:
    """Sign the routing state as it stands now under the next number, and hand it to the gateway after the commit.

    The gateway takes it within the interval at which it looks (a fifth of a second).

    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    return sign_and_hand_out(actor=actor, now=now)


def sign_and_hand_out(*, actor: Actor, now: datetime) -> SnapshotRef:
    """Publish within the running transaction; see :func:`publish_snapshot`."""
    locks.hold(LOCK)
    newest = models.SnapshotVersion.objects.order_by("-number").first()
    published = (newest.number, newest.sha256) if newest else (0, "")
    number = max(published[0], snapshot_file.handed_out_version(options(), now, published)) + 1
    try:
        state = routing_state(number, now)
    except EnvelopeError as error:
        raise DataServiceFaulty(reason=error.code) from error
    signed = sign_snapshot(state, keys.snapshot_signer(options()), _WRITTEN)
    _keep_parts(signed)
    row = models.SnapshotVersion.objects.create(
        uuid=uuid4(),
        number=number,
        signed=signed.head,
        sha256=hashlib.sha256(signed.head).hexdigest(),
        issued_at=state.issued_at,
        expires_at=state.expires_at,
    )
    facts.record(SNAPSHOT_PUBLISHED, subject=row, actor=actor, at=now, number=number, sha256=row.sha256)
    transaction.on_commit(partial(_hand_out_after_commit, number))
    return snapshot_ref(row)


def _keep_parts(signed: SignedSnapshot) -> None:
    kept = kept_parts(signed.parts.keys())
    fresh = [models.SnapshotPart(sha256=name, line=line) for name, line in signed.parts.items() if name not in kept]
    models.SnapshotPart.objects.bulk_create(fresh, batch_size=200)


def _hand_out_after_commit(number: int) -> None:
    # The version is committed, the gateway's file is not written yet. After a power cut here, or when the disk is full,
    # the worker's next look finds the difference and writes it.
    power_may_fail("exchange.snapshot-committed")
    try:
        hand_out_newest()
    except (OSError, EnvelopeError):
        logger.exception(
            "snapshot %d is published but could not be handed to the gateway; the worker will try again", number
        )


def hand_out_newest() -> None:
    """Make the gateway's files hold the newest published snapshot, and who vouches for callers.

    :raises OSError: if one cannot be written.
    :raises EnvelopeError: if the newest was signed in a form that is not read any more; ``exchange.snapshot.part`` if
        what is kept of it is not what was signed.
    """
    snapshot_file.hand_out(options(), _newest, parts_of_snapshot)


def _newest() -> bytes | None:
    # Who vouches for a peer comes before the snapshot that lets it in.
    keys.trust_callers(options(), peer_authorities())
    return newest_signed_snapshot()
