"""Salted commitments: what an entry of Divan's log is, so that the log never holds personal data.

The entry is SHA-256 over a label, a random salt of 32 bytes and the record. It binds whoever wrote it to the record,
tells nothing about the record to whom has no salt, and can be linked to nobody once the salt is erased.
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from divan_libs.tlog.errors import TlogError

SALT_SIZE = 32
_LABEL = b"divan/commitment/v1\n"


class CommitmentError(TlogError):
    """A salt has the wrong length, or an opening belongs to another entry."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The record behind an entry and the salt that was drawn for it.

    :raises CommitmentError: ``tlog.commitment.salt`` unless the salt is 32 bytes long.
    """

    salt: bytes = field(repr=False)
    record: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_SIZE:
            raise CommitmentError("tlog.commitment.salt", length=len(self.salt))

    def entry(self) -> bytes:
        """Return the entry: the 32-byte commitment to the record."""
        return sha256(_LABEL + self.salt + self.record).digest()

    def require(self, entry: bytes) -> None:
        """Check that this opens the given entry.

        :raises CommitmentError: ``tlog.commitment.differs``.
        """
        if not hmac.compare_digest(self.entry(), entry):
            raise CommitmentError("tlog.commitment.differs", expected=entry.hex(), seen=self.entry().hex())
