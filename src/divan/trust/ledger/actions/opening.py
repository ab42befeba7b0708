"""Opening the log: its key, its name, the empty head."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.trust.ledger import models, queries
from divan.trust.ledger.actions.doubts import HistoryDoubtful
from divan.trust.ledger.actions.publishing import publish_settled
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries import SEALER
from divan.trust.ledger.values import LOG_OPENED, Doubt, LogNotOpened, LogState
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, sign_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import EMPTY_ROOT
from divan_libs.tlog.notes import NoteSigner


def open_log(*, actor: Actor, now: datetime) -> LogState:
    """Open the log: make its key where there is none, hand out the public key, publish the empty log; twice is once.

    :raises HistoryDoubtful: if the key of an opened log is gone, exposed or another's, or if a log is published already
        that this database knows nothing of.
    """
    with transaction.atomic(durable=True):
        locks.hold(SEALER)
        head = models.LogHead.objects.first() or found_log(actor=actor, now=now, may_make_key=True)
        key_of(head)
        keys.hand_out(options().verifier_file, head.verifier)
    publish_settled()
    return queries.log_state()


def found_log(*, actor: Actor, now: datetime, may_make_key: bool) -> models.LogHead:
    """Write the empty head of a log that has none, in the running transaction."""
    known = options()
    if queries.published_store().read(CHECKPOINT_PATH) is not None:
        # Whoever lost the database must not found a second log under the name of the first.
        raise HistoryDoubtful(Doubt.OLDER_THAN_PUBLISHED, settled="nothing", directory=known.directory)
    if not may_make_key and not known.key_file.exists():
        raise LogNotOpened(key_file=str(known.key_file))
    signer = _read_key() if known.key_file.exists() else keys.make_key(known.key_file, known.origin)
    if signer.name != known.origin:
        raise HistoryDoubtful(Doubt.KEY_OF_ANOTHER_LOG, key=signer.name, origin=known.origin)
    head = models.LogHead.objects.create(
        uuid=uuid4(),
        origin=signer.name,
        verifier=signer.verifier.encode(),
        size=0,
        root=EMPTY_ROOT,
        note=sign_checkpoint(Checkpoint(signer.name, 0, EMPTY_ROOT), [signer]),
        sealed_at=now,
    )
    facts.record(LOG_OPENED, subject=head, actor=actor, at=now, origin=head.origin, verifier=head.verifier)
    return head


def key_of(head: models.LogHead) -> NoteSigner:
    """Return the private key of the log, once it is the one that the head names."""
    signer = _read_key()
    if signer.verifier.encode() != head.verifier:
        raise HistoryDoubtful(Doubt.KEY_OF_ANOTHER_LOG, key=signer.verifier.encode(), log=head.verifier)
    return signer


def _read_key() -> NoteSigner:
    path = options().key_file
    try:
        return keys.read_key(path)
    except keys.KeyMissing as error:
        raise HistoryDoubtful(Doubt.KEY_MISSING, key_file=path) from error
    except keys.KeyExposed as error:
        raise HistoryDoubtful(Doubt.KEY_EXPOSED, key_file=path) from error
    except TlogError as error:
        raise HistoryDoubtful(Doubt.KEY_OF_ANOTHER_LOG, key_file=path, reason=error.code) from error
