"""The container of one message (ASiC-E), put together from what the gateway signed; nothing is signed here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from divan_libs.asic import containers, hashchain
from divan_libs.envelope.evidence.records import BATCH_FILE, CLOSING_FILE, INTENT_FILE, MessageSignature, SignedRoot
from divan_libs.envelope.keys import to_jose

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]+", re.ASCII)


def container_name(message_id: str, request_id: str) -> str:
    """Return a name for the file that any system takes: clients choose what stands in a message's identifier."""
    return f"{plain_name(message_id)}-{request_id}.asice"


def plain_name(message_id: str) -> str:
    """Return a message's identifier as far as it can stand in a file name."""
    return _NOT_PLAIN.sub("-", message_id)[:100].strip("-.") or "message"


def batch_signature(root: SignedRoot, certificates: Sequence[bytes]) -> bytes:
    """Return the signature over the hash chain of a batch as XAdES: ``META-INF/signatures.xml``."""
    return root.signed().as_file(to_jose(bytes.fromhex(root.signature)), certificates)


def message_signature(signature: MessageSignature, certificates: Sequence[bytes]) -> bytes:
    """Return the signature over one message alone as XAdES: ``META-INF/signatures.xml``."""
    return signature.signed().as_file(to_jose(bytes.fromhex(signature.signature)), certificates)


def signed_alone(intent: bytes, closing: bytes, signature: bytes, stamp: containers.Stamp | None) -> bytes:
    """Return the container of a message that is signed alone; ``signature`` as :func:`message_signature` gives it."""
    return containers.write_container({INTENT_FILE: intent, CLOSING_FILE: closing}, signature, stamp=stamp)


def signed_with_others(
    intent: bytes,
    closing: bytes,
    *,
    root: SignedRoot,
    items: Sequence[bytes],
    leaf: int,
    signature: bytes,
    stamp: containers.Stamp | None,
) -> bytes:
    """Return the container of a message in a batch: its records, and their way to the root among the ``items``."""
    files = {INTENT_FILE: intent, CLOSING_FILE: closing}
    chain = hashchain.chain_file(
        [(name, hashchain.digest(octets)) for name, octets in files.items()],
        leaf,
        len(items),
        hashchain.path(items, leaf),
    )
    return containers.write_container(
        files | {BATCH_FILE: root.statement()}, signature, chain=chain, result=root.result(), stamp=stamp
    )
