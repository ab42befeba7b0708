"""What the ledger decides."""

from __future__ import annotations

from divan.trust.ledger.values import Standing


def standing(settled: tuple[int, bytes], published: tuple[int, bytes] | None) -> Standing:
    """Say how the published head stands to the settled one; each is (size, root), published is None before the first.

    That a larger tree has grown from a smaller one is not decided here: it is recomputed before anything is published.
    """
    if published is None or published[0] < settled[0]:
        return Standing.BEHIND
    if published[0] > settled[0]:
        return Standing.AHEAD
    return Standing.LEVEL if published[1] == settled[1] else Standing.DIFFERENT
