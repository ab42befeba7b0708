"""Publishing the settled head, and the one that witnesses vouched for."""

from __future__ import annotations

from django.db import transaction

from divan.foundation import locks
from divan.trust.ledger import models, queries, rules
from divan.trust.ledger.actions.doubts import HistoryDoubtful, doubting
from divan.trust.ledger.adapters import publication
from divan.trust.ledger.queries import SEALER
from divan.trust.ledger.values import Doubt, Standing
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.log import Integration
from divan_libs.tlog.notes import NoteVerifier


def publish_settled(plan: Integration | None = None) -> None:
    """Bring the published files to the settled head, in a transaction of its own, by the plan it was settled by."""
    with transaction.atomic(durable=True), doubting():
        locks.hold(SEALER)
        bring_level(models.LogHead.objects.get(), plan)


def bring_level(head: models.LogHead, plan: Integration | None = None) -> None:
    """Publish the settled head unless it is published; under the sealer's lock, so that no checkpoint goes backward.

    A plan that leads from the one to the other is followed; without it, after a crash, the same is planned anew.
    """
    verifier = NoteVerifier.parse(head.verifier)
    settled = open_checkpoint(head.note, [verifier], origin=head.origin).checkpoint
    if (settled.size, settled.root) != (head.size, bytes(head.root)):
        raise HistoryDoubtful(Doubt.HEAD_ALTERED, size=head.size, signed_size=settled.size)
    store = queries.published_store()
    try:
        published = publication.open_published(store.read(CHECKPOINT_PATH), verifier)
    except TlogError as error:
        raise HistoryDoubtful(Doubt.CHECKPOINT_INVALID, reason=error) from error
    seen = (published.size, published.root) if published else None
    match rules.standing((settled.size, settled.root), seen):
        case Standing.BEHIND:
            publication.bring_level(store, published, settled, head.note, queries.commitments, plan)
        case Standing.AHEAD:
            raise HistoryDoubtful(Doubt.OLDER_THAN_PUBLISHED, settled=settled.size, published=seen and seen[0])
        case Standing.DIFFERENT:
            raise HistoryDoubtful(Doubt.HISTORY_DIFFERS, size=settled.size)
