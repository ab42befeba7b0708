"""The card of an installation: one JSON object in a file that its operator gives to another's."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from divan.foundation.canonical import canonical_bytes
from divan.trust.exchange import rules
from divan.trust.exchange.values.peers import PeerCard, PeerCardFaulty
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import load_public_key
from divan_libs.pki.encoding import read_certificates
from divan_libs.pki.errors import PkiError

FORMAT = "divan-peer/1"
LONGEST_CARD = 100_000

_Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$", strip_whitespace=True)]
_Pem = Annotated[str, StringConstraints(max_length=40_000, pattern=r"^[\x0a\x0d\x20-\x7e]*$")]


class _Card(BaseModel):
    """A card as it is written; whatever else stands in it was not understood, and nothing is agreed upon unread."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["divan-peer/1"]
    subsystem: Annotated[str, StringConstraints(max_length=300)]
    name_fa: Annotated[_Name, Field(min_length=1)]
    name_en: _Name = ""
    gateway: Annotated[str, StringConstraints(max_length=300)]
    authorities: _Pem
    certificate: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    seal_key: _Pem


def card_content(card: PeerCard) -> dict[str, str]:
    """Return a card as the JSON object that travels."""
    return {"format": FORMAT, **{name: getattr(card, name) for name in card.__dataclass_fields__}}


def card_fingerprint(card: PeerCard) -> str:
    """Return the hex SHA-256 of a card in canonical form."""
    return hashlib.sha256(canonical_bytes(card_content(card))).hexdigest()


def read_card(content: bytes) -> PeerCard:
    """Read a card.

    :raises PeerCardFaulty: if it is none; ``reason`` is where, or which of its parts cannot be.
    """
    if len(content) > LONGEST_CARD:
        raise PeerCardFaulty(reason="too-large")
    try:
        told = _Card.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise PeerCardFaulty(reason=".".join(map(str, first["loc"]))[:100] or "json") from error
    card = PeerCard(**told.model_dump(exclude={"format"}))
    _require_usable(card)
    return card


def _require_usable(card: PeerCard) -> None:
    if rules.require_subsystem(card.subsystem).encoded() != card.subsystem:
        raise PeerCardFaulty(reason="subsystem")
    try:
        parts = urlsplit(card.gateway)
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        usable = False
    if not usable or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise PeerCardFaulty(reason="gateway")
    try:
        if not read_certificates(card.authorities.encode("ascii")):
            raise PeerCardFaulty(reason="authorities")
        load_public_key(card.seal_key.encode("ascii"))
    except PkiError as error:
        raise PeerCardFaulty(reason="authorities") from error
    except EnvelopeError as error:
        raise PeerCardFaulty(reason="seal_key") from error
