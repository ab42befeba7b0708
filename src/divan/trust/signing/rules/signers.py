"""Who signs a document together with whom, and in which order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from uuid import UUID

from divan.trust.signing.values import (
    DocumentSignature,
    NewDocument,
    SignatureState,
    SignersInvalid,
    SigningOrder,
)

SIGNERS_AT_MOST = 9


def require_signers(document: NewDocument) -> UUID:
    """Return the person whose act the request is.

    :raises SignersInvalid: ``twice`` if somebody signs twice, ``too-many`` if more than nine sign, ``first`` if the act
        is of somebody who does not sign, or not in turn.
    """
    persons = [signer.person for signer in (document.signer, *document.co_signers)]
    if len(set(persons)) < len(persons):
        raise SignersInvalid(reason="twice")
    if len(persons) > SIGNERS_AT_MOST:
        raise SignersInvalid(reason="too-many")
    first = document.first or document.signer.person
    if first not in persons or (document.order is SigningOrder.IN_ORDER and first != persons[0]):
        raise SignersInvalid(reason="first")
    return first


def next_out_of_turn(
    person: UUID, order: SigningOrder | None, signatures: Sequence[DocumentSignature]
) -> DocumentSignature | None:
    """Return the signature that must be asked for before this person's, or None if the person's turn has come."""
    if order is not SigningOrder.IN_ORDER:
        return None
    before = itertools.takewhile(lambda one: one.person != person, signatures)
    return next((one for one in before if one.state in {SignatureState.AWAITED, SignatureState.DECLINED}), None)
