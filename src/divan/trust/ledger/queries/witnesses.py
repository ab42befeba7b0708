"""What witnesses vouch for: the policy, each witness of it, the newest head that enough of them cosigned."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from divan.trust.ledger import models
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries.published import commitments, published_head, published_store
from divan.trust.ledger.values import (
    CosignedCheckpoint,
    Cosigner,
    Doubt,
    PolicyUnreadable,
    WitnessState,
)
from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import read_hashes
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import Policy, parse_policy
from divan_libs.tlog.proofs import tree_root

logger = logging.getLogger(__name__)


def read_policy() -> Policy:
    """Return the policy of the installation; without a file, one that knows no witness.

    :raises PolicyUnreadable: if there is a file that is no policy.
    """
    path = options().policy_file
    try:
        return parse_policy(path.read_bytes())
    except FileNotFoundError:
        return Policy()
    except (OSError, TlogError) as error:
        raise PolicyUnreadable(path=str(path), reason=str(error)) from error


def known_policy() -> Policy:
    """Return the policy as :func:`read_policy`, for whoever must go on without one: then it knows no witness."""
    try:
        return read_policy()
    except PolicyUnreadable:
        logger.warning("the policy of the log cannot be read", exc_info=True)
        return Policy()


def find_log_key() -> NoteVerifier | None:
    """Return the public key of the log; of one that is not opened yet, that of the key which will open it, or None."""
    head = models.LogHead.objects.first()
    if head is not None:
        return NoteVerifier.parse(head.verifier)
    try:
        return keys.read_key(options().key_file).verifier
    except (keys.KeyMissing, keys.KeyExposed, TlogError):
        return None


def list_witnesses() -> list[WitnessState]:
    """Return where each witness of the policy stands, in the order of the policy."""
    known = {row.verifier: row for row in models.Witness.objects.all()}
    return [
        WitnessState(name=witness.name, verifier=key, url=witness.url)
        if (row := known.get(key := witness.verifier.encode())) is None
        else WitnessState(
            name=witness.name,
            verifier=key,
            url=witness.url,
            cosigned_size=row.cosigned_size,
            cosigned_at=row.cosigned_at,
            asked_at=row.asked_at,
            trouble=row.trouble,
            is_silent=row.is_silent,
        )
        for witness in known_policy().witnesses
    ]


def remembered_sizes(policy: Policy) -> dict[str, int]:
    """Return the size that each witness is known to remember, by its name in the policy."""
    known = dict(models.Witness.objects.values_list("verifier", "size"))
    return {one.name: known[key] for one in policy.witnesses if (key := one.verifier.encode()) in known}


def find_cosigned() -> CosignedCheckpoint | None:
    """Return the newest head that met the policy, with whoever of the policy's witnesses cosigned it, or None."""
    row = models.CosignedHead.objects.first()
    head = models.LogHead.objects.first()
    if row is None or head is None:
        return None
    return CosignedCheckpoint(
        size=row.size,
        root=bytes(row.root).hex(),
        note=row.note,
        at=row.cosigned_at,
        by=cosigners(row.note, head.verifier, known_policy()),
    )


def cosigners(note: str, log_key: str, policy: Policy) -> tuple[Cosigner, ...]:
    """Return who of the policy cosigned a note; nobody where its signatures do not hold."""
    names = {witness.verifier: witness.name for witness in policy.witnesses}
    try:
        opened = open_checkpoint(note, [NoteVerifier.parse(log_key), *names])
    except TlogError:
        logger.warning("the cosigned checkpoint does not hold", exc_info=True)
        return ()
    return tuple(
        Cosigner(
            name=names[one.verifier],
            at=None if one.timestamp is None else datetime.fromtimestamp(one.timestamp, UTC),
        )
        for one in opened.cosignatures
    )


def find_contradiction(remembered: Mapping[str, Checkpoint]) -> tuple[Doubt, dict[str, object]] | None:
    """Return what heads that the log signed once, as witnesses remember them, say against the log as it is now.

    The first that is larger than the settled head, or no beginning of it; None when all of them are.

    :raises TlogError: if the published files cannot be read.
    """
    head = models.LogHead.objects.first()
    size = 0 if head is None else head.size
    for witness, seen in remembered.items():
        if seen.size > size:
            return Doubt.OLDER_THAN_WITNESSED, {"settled": size, "witnessed": seen.size, "witness": witness}
        if _root_at(seen.size) != seen.root:
            return Doubt.WITNESSED_DIFFERS, {"size": seen.size, "witness": witness}
    return None


def _root_at(size: int) -> bytes:
    published = published_head()
    if published is not None and size <= published[1].size:
        return tree_root(size, read_hashes(published_store(), published[1].size))
    # Settled and not published again yet, after a lost folder: the entries themselves tell.
    return Frontier().extend(leaf_hash(entry) for entry in commitments(0, size)).root()
