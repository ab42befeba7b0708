"""The tree as RFC 9162 section 2.1 defines it, written down recursively and slowly; shares no code with the library."""

from hashlib import sha256


def root(entries: list[bytes]) -> bytes:
    """MTH(D_n) of section 2.1.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    middle = split(len(entries))
    return sha256(b"\x01" + root(entries[:middle]) + root(entries[middle:])).digest()


def path(index: int, entries: list[bytes]) -> list[bytes]:
    """PATH(m, D_n) of section 2.1.3.1."""
    if len(entries) == 1:
        return []
    middle = split(len(entries))
    if index < middle:
        return [*path(index, entries[:middle]), root(entries[middle:])]
    return [*path(index - middle, entries[middle:]), root(entries[:middle])]


def proof(old_size: int, entries: list[bytes]) -> list[bytes]:
    """PROOF(m, D_n) of section 2.1.4.1."""
    return subproof(old_size, entries, is_whole=True)


def subproof(old_size: int, entries: list[bytes], *, is_whole: bool) -> list[bytes]:
    """SUBPROOF(m, D_n, b) of section 2.1.4.1."""
    if old_size == len(entries):
        return [] if is_whole else [root(entries)]
    middle = split(len(entries))
    if old_size <= middle:
        return [*subproof(old_size, entries[:middle], is_whole=is_whole), root(entries[middle:])]
    return [*subproof(old_size - middle, entries[middle:], is_whole=False), root(entries[:middle])]


def split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def subtree_proof(start: int, end: int, entries: list[bytes], *, is_known: bool = True) -> list[bytes]:
    """SUBTREE_SUBPROOF(start, end, D_n, b) of draft-ietf-plants-merkle-tree-certs, section 4.4.1."""
    if (start, end) == (0, len(entries)):
        return [] if is_known else [root(entries)]
    middle = split(len(entries))
    left, right = entries[:middle], entries[middle:]
    if end <= middle:
        return [*subtree_proof(start, end, left, is_known=is_known), root(right)]
    if start >= middle:
        return [*subtree_proof(start - middle, end - middle, right, is_known=is_known), root(left)]
    return [*subtree_proof(0, end - middle, right, is_known=False), root(left)]
