"""asn1crypto, repaired; everything here takes it from this module.

Up to 1.5.1 it takes any header that ends in the octet 0x80 for one of indefinite length (wbond/asn1crypto issue 249).
A length such as 0x0B80 ends so too, and then the whole value is encoded anew, at a cost that grows exponentially with
its depth: a signature of an unlucky size took from six to twenty-five seconds instead of a hundredth of one. The repair
looks at the octet that really is the length.
"""

from collections.abc import Callable
from typing import Any

from asn1crypto import algos, cms, core, parser, tsp, x509
from asn1crypto.version import __version_info__

__all__ = ["algos", "cms", "core", "is_der", "parser", "tsp", "x509"]

INDEFINITE = 0x80
DEPTH_LIMIT = 64

Dump = Callable[..., bytes]


def is_der(encoded: bytes) -> bool:
    """Tell whether the first value of the bytes has a definite length, and so has all that is built into it.

    Signatures in PDF files must be DER (ETSI EN 319 142-1, 5.3), and the slow path that the repair closes stays open
    for values that truly are of indefinite length. Nesting deeper than 64 counts as not DER.
    """
    try:
        return _has_definite_lengths(encoded, 0, parser.peek(encoded), DEPTH_LIMIT)
    except (ValueError, IndexError):
        return False


def _has_definite_lengths(encoded: bytes, start: int, end: int, depth: int) -> bool:
    while start < end:
        at = _length_octet(encoded, start)
        first = encoded[at]
        if first == INDEFINITE or depth == 0:
            return False
        octets = first & 0x7F if first > INDEFINITE else 0
        content = at + 1 + octets
        size = int.from_bytes(encoded[at + 1 : content], "big") if octets else first
        is_built = encoded[start] & 0x20
        if content + size > end or (
            is_built and not _has_definite_lengths(encoded, content, content + size, depth - 1)
        ):
            return False
        start = content + size
    return True


def _length_octet(encoded: bytes, start: int) -> int:
    at = start + 1
    if encoded[start] & 0x1F == 0x1F:
        while encoded[at] & 0x80:
            at += 1
        at += 1
    return at


def _ends_in_definite_length(header: bytes) -> bool:
    """Tell, of a header that ends in 0x80, whether that octet is the end of a longer length."""
    start = 0
    while start < len(header):
        at = _length_octet(header, start)
        octets = header[at] & 0x7F if header[at] > INDEFINITE else 0
        start = at + 1 + octets
    return octets > 0


def _repaired(dump: Dump) -> Dump:
    def repaired(self: Any, force: bool = False) -> bytes:
        header = self._header
        if force or not header or header[-1] != INDEFINITE or not _ends_in_definite_length(header):
            return dump(self, force)
        if isinstance(self, core.Choice):
            self._contents = self.chosen.dump()
            return bytes(header + self._contents)
        contents = self.contents
        # A value that was changed has lost its header by now, and is encoded anew as it should.
        return dump(self) if self._header is None else bytes(self._header + contents + self._trailer)

    repaired.__doc__ = dump.__doc__
    return repaired


if __version_info__ <= (1, 5, 1):
    for _kind in (core.Asn1Value, core.Choice, core.Primitive, core.Sequence, core.SequenceOf):
        _kind.dump = _repaired(_kind.dump)
