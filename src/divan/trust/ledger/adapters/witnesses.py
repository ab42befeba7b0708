"""The witnesses of the policy, asked over HTTP; never inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from divan_libs.tlog import cosigning
from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.log import read_hashes
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import Policy, TrustedWitness
from divan_libs.tlog.proofs import consistency_proof
from divan_libs.tlog.storage import ReadableStore

logger = logging.getLogger(__name__)


def ask(
    note: str, size: int, policy: Policy, store: ReadableStore, *, sizes: Mapping[str, int], timeout: float
) -> cosigning.Cosigned:
    """Ask every witness for its cosignature of a published head; what they do, or fail to do, raises nothing.

    :param sizes: what each witness is known to remember, by its name in the policy.
    """

    def prove(old_size: int) -> list[bytes]:
        return list(consistency_proof(old_size, size, read_hashes(store, size)))

    return cosigning.cosign(note, policy, prove, sizes=sizes, timeout=timeout)


def remembered(policy: Policy, log: NoteVerifier, *, timeout: float) -> dict[str, Checkpoint]:
    """Return what each witness remembers of the log, by its name in the policy; only what the log itself has signed.

    Who cannot be reached, remembers nothing or says something unsigned is left out.
    """

    def look(witness: TrustedWitness) -> Checkpoint | None:
        try:
            note = cosigning.remembered_head(witness, [log], log.name, timeout=timeout)
            return None if note is None else open_checkpoint(note, [log], origin=log.name).checkpoint
        except TlogError as error:
            logger.warning("witness %s did not say what it remembers: %s", witness.name, error)
            return None

    asked = [witness for witness in policy.witnesses if witness.url]
    if not asked:
        return {}
    with ThreadPoolExecutor(max_workers=len(asked), thread_name_prefix="remembered") as pool:
        heads = list(pool.map(look, asked))
    return {witness.name: head for witness, head in zip(asked, heads, strict=True) if head is not None}
