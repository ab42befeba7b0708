"""What is said of other installations: their cards, the agreements with them, and the seals on what passes between."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind

SEAL_LIFE = timedelta(minutes=15)
"""How old, or how far ahead by another clock, a seal may be; whoever sends again seals anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCard:
    """What an installation tells another one of itself, once, before they exchange anything.

    ``gateway`` is where the gateways of others reach its own; ``authorities`` (PEM) vouch for it there and for the
    certificate (hex SHA-256 ``certificate``) that it shows at theirs; ``seal_key`` (PEM) proves what it seals.
    """

    subsystem: str
    name_fa: str
    name_en: str
    gateway: str
    authorities: str
    certificate: str
    seal_key: str

    @property
    def member(self) -> str:
        """The address of the member whose subsystem this is."""
        return self.subsystem.rpartition("/")[0]

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return self.name_en if language == "en" and self.name_en else self.name_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """That two installations let each other in: on which cards, by which law, from when until when.

    ``theirs`` and ``ours`` are the fingerprints of the two cards, as both operators read them to each other.
    """

    uuid: UUID
    card: PeerCard
    theirs: str
    ours: str
    law: str
    agreed_at: datetime
    ended_at: datetime | None
    reason: str


def shown(fingerprint: str) -> str:
    """Return a fingerprint in groups of four, as people read it to each other."""
    return " ".join(textwrap.wrap(fingerprint, 4))


class PeerCardFaulty(Refusal):
    """This is no card of an installation; ``reason`` says what is wrong with it."""

    code = "exchange.peer-card-faulty"
    status = 422


class PeerCardDiffers(Refusal):
    """The card is not the one whose fingerprint the other side told."""

    code = "exchange.peer-card-differs"


class AgreementUnknown(Refusal):
    """There is no agreement with this installation in force."""

    code = "exchange.agreement-unknown"
    status = 404


class SealUnfit(Refusal):
    """What came from another installation is not sealed by it for us, now, as it came; ``reason`` says which."""

    code = "exchange.seal-unfit"
    status = 403


class SealStale(Refusal):
    """What came from another installation was sealed too long ago, or its clock is ahead; sealed anew it is taken."""

    code = "exchange.seal-stale"
    status = 425


PEER_AGREED = FactKind(
    "exchange.peer-agreed", "An agreement with another installation began, on the cards whose fingerprints it names."
)
PEER_PARTED = FactKind("exchange.peer-parted", "An agreement with another installation ended; it is let in no more.")
