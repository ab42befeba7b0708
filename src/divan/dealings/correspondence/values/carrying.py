"""What passes between this house and another system: parcels, receipts, and what is refused of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence.values.transport import Arrived, Channel, IntakeState
from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind

LONGEST_KEY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFile:
    """A file of a parcel. ``content`` is None while its bytes lie elsewhere, known by ``sha256``."""

    name: str
    role: str
    sha256: str
    size: int
    description: str = ""
    pages: int = 0
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A letter on its way between two systems: to which secretariat, what it says, and its files.

    ``letter`` holds no stored files; the bytes travel in ``files``. ``secretariat`` and ``body`` are codes of the
    house to which it goes; the first that is named counts.
    """

    key: str
    letter: Arrived
    files: tuple[ParcelFile, ...] = ()
    secretariat: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who sent a parcel, as the channel vouches for it: ``name`` is its address or name there."""

    channel: Channel
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a letter stands at the side that got it; this is what a receipt says.

    ``state`` is ``delivered``, ``registered`` with ``number`` and ``at``, or ``refused`` with ``reason``.
    """

    state: str
    at: datetime
    number: str = ""
    reason: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The word that a channel carries back to whoever sent a letter: registered under a number, or refused and why."""

    uuid: UUID
    intake: UUID
    channel: Channel
    target: str
    key: str
    standing: Standing
    told: IntakeState
    attempts: int
    queued_at: datetime


CALLED_BACK = "correspondence.called-back"
"""Why a letter is at the desk again that nobody took and that a person did not let wait longer."""

DISPATCH_HURRIED = FactKind(
    "correspondence.dispatch-hurried", "A letter that waited for its next try was offered at once by a person."
)


class KeyTaken(Refusal):
    """Another letter came from the same sender under the same key."""

    code = "correspondence.key-taken"


class ParcelUnfit(Refusal):
    """What another system sent is no letter as this house takes it; ``place`` and ``reason`` say where and why."""

    code = "correspondence.parcel-unfit"
    status = 422


class ParcelTooLarge(Refusal):
    """What another system sent is larger than what is taken."""

    code = "correspondence.parcel-too-large"
    status = 413


class PartsMissing(Refusal):
    """Files that the letter names have not come yet."""

    code = "correspondence.parts-missing"


class NobodyCleared(Refusal):
    """No post of the secretariat may read a letter of this secrecy."""

    code = "correspondence.nobody-cleared"
    status = 422


class PeerUnknown(Refusal):
    """Whoever calls did not prove to be a system that exchanges letters with this house."""

    code = "correspondence.peer-unknown"
    status = 403


class ConnectionsUnfit(Refusal):
    """The file that names mailboxes and products cannot be read; ``reason`` says where."""

    code = "correspondence.connections-unfit"
    status = 503


class ReceiptUnknown(Refusal):
    """There is no such receipt to be sent."""

    code = "correspondence.receipt-unknown"
    status = 404
