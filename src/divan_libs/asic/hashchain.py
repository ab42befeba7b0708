"""Hash chains of the X-Road profile: many items under one SHA-512 hash, and the way of one item to it.

A node is the SHA-512 of a DER sequence of its children, each ``SEQUENCE { OCTET STRING digest, UTF8String algorithm,
SEQUENCE {} }``. Items are paired from the left, a lone one is lifted. An item of several files is a node over their
digests; one of a single file is that file's digest. Only writing is here, and it needs no XML library.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence

from divan_libs.asic.errors import AsicError

SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
NAMESPACE = "http://cyber.ee/hashchain"
HASH_SIZE = 64

_DS = "http://www.w3.org/2000/09/xmldsig#"
_BEFORE = b"\x30\x6d\x04\x40"
_AFTER = b"\x0c\x27" + SHA512.encode() + b"\x30\x00"
_ONE = b"\x30\x6f" + _BEFORE
_TWO = b"\x30\x81\xde" + _BEFORE
_BETWEEN = _AFTER + _BEFORE


def digest(octets: bytes) -> bytes:
    """Return the SHA-512 of a file."""
    return hashlib.sha512(octets).digest()


def node(first: bytes, second: bytes | None = None) -> bytes:
    """Return the hash over one child or two."""
    if second is None:
        return hashlib.sha512(_ONE + first + _AFTER).digest()
    return hashlib.sha512(_TWO + first + _BETWEEN + second + _AFTER).digest()


def _rows(items: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    row: Sequence[bytes] = items
    yield row
    while len(row) > 1:
        above = [node(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row = above
        yield row


def top(items: Sequence[bytes]) -> bytes:
    """Return the hash over all items.

    :raises ValueError: if there is none.
    """
    if not items:
        raise ValueError("a hash chain has one item at least")
    *_, above = _rows(items)
    return above[0]


def path(items: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the hashes beside the way of one item to the top, nearest first."""
    found = []
    for row in _rows(items):
        if index ^ 1 < len(row):
            found.append(row[index ^ 1])
        index >>= 1
    return tuple(found)


def _turns(index: int, size: int) -> Iterator[bool]:
    """Say for each step from an item to the top whether its sibling stands to the left; lifts are no steps."""
    while size > 1:
        if index ^ 1 < size:
            yield bool(index & 1)
        index, size = index >> 1, (size + 1) >> 1


def climb(item: bytes, index: int, size: int, hashes: Sequence[bytes]) -> bytes:
    """Return the top to which the hashes lead from an item.

    :raises AsicError: ``asic.chain`` when they are too many or too few.
    """
    turns = list(_turns(index, size)) if 0 <= index < size else None
    if turns is None or len(turns) != len(hashes) or any(len(value) != HASH_SIZE for value in hashes):
        raise AsicError("asic.chain", index=index, size=size, hashes=len(hashes))
    for sibling_is_left, sibling in zip(turns, hashes, strict=True):
        item = node(sibling, item) if sibling_is_left else node(item, sibling)
    return item


def result_file(chain: str, reached: bytes) -> bytes:
    """Return the result file: the hash at the top of the chain in the file ``chain``."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<HashChainResult xmlns="{NAMESPACE}" xmlns:ds="{_DS}" URI="/{chain}#STEP0">\n'
        f'<ds:DigestMethod Algorithm="{SHA512}"></ds:DigestMethod>\n'
        f"<ds:DigestValue>{_text(reached)}</ds:DigestValue>\n"
        "</HashChainResult>\n"
    ).encode()


def chain_file(files: Sequence[tuple[str, bytes]], index: int, size: int, hashes: Sequence[bytes]) -> bytes:
    """Return the chain file of the item that consists of these files (name, digest).

    :raises AsicError: ``asic.chain`` as :func:`climb`.
    """
    climb(bytes(HASH_SIZE), index, size, hashes)
    turns = list(_turns(index, size))
    refs = "".join(f'<DataRef URI="/{name}">{_value(value)}</DataRef>' for name, value in files)
    lies_in_pair = len(files) == 1 and bool(hashes)
    steps = []
    for number, (sibling_is_left, sibling) in enumerate(zip(reversed(turns), reversed(hashes), strict=True)):
        below = refs if lies_in_pair and number == len(turns) - 1 else f'<StepRef URI="#STEP{number + 1}"></StepRef>'
        beside = f"<HashValue>{_value(sibling)}</HashValue>"
        steps.append(beside + below if sibling_is_left else below + beside)
    if not lies_in_pair:
        steps.append(refs)
    body = "".join(f'<HashStep id="STEP{number}">{step}</HashStep>\n' for number, step in enumerate(steps))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<HashChain xmlns="{NAMESPACE}" xmlns:ds="{_DS}">\n'
        f'<DefaultDigestMethod Algorithm="{SHA512}"></DefaultDigestMethod>\n{body}</HashChain>\n'
    ).encode()


def _value(value: bytes) -> str:
    return f"<ds:DigestValue>{_text(value)}</ds:DigestValue>"


def _text(value: bytes) -> str:
    return b64encode(value).decode("ascii")
