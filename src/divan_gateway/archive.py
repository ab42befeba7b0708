"""``python -m divan_gateway.archive``: finds the evidence of a message in the segments and packs it into containers.

It runs in a process of its own, beside the gateway, so that no message waits while old segments are looked through.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divan_libs.envelope.evidence.containers import container_name
from divan_libs.envelope.evidence.finding import FoundMessage, find_messages
from divan_libs.envelope.evidence.stamps import find_stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose evidence of which message is wanted: ``client`` and, where it offers services, ``provider`` as written."""

    evidence: Path
    stamps: Path
    message_id: str
    client: str

    def question(self) -> bytes:
        """Return the octets from which :meth:`read` makes it again."""
        told = {name: str(getattr(self, name)) for name in self.__slots__}
        return json.dumps(told).encode()

    @classmethod
    def read(cls, question: bytes) -> Wanted:
        """Read :meth:`question`."""
        told = json.loads(question)
        return cls(
            evidence=Path(told["evidence"]),
            stamps=Path(told["stamps"]),
            message_id=told["message_id"],
            client=told["client"],
        )

    def concerns(self, intent: dict[str, Any]) -> bool:
        """Tell whether the client took part in a message: it asked, or its service was asked."""
        return bool(self.client in (intent["client"], intent["service"].rpartition("/")[0]))


def find(wanted: Wanted) -> list[dict[str, Any]]:
    """Return name, container (base64) and whether it is stamped, of every attempt, newest first."""
    found = []
    for message in find_messages(wanted.evidence, wanted.message_id):
        intent = json.loads(message.intent)
        if wanted.concerns(intent):
            found.append(_packed(wanted, message, container_name(wanted.message_id, intent["request_id"])))
    return found


def _packed(wanted: Wanted, message: FoundMessage, name: str) -> dict[str, Any]:
    root = message.root
    stamps = find_stamps(wanted.stamps, message.segment, root.batch, root.signed_at)
    stamp = None if stamps is None else stamps.stamp_of((message.segment, root.batch), message.place)
    container = message.container(stamp) if message.certificates else b""
    return {"name": name, "container": b64encode(container).decode(), "is_stamped": stamp is not None}


def main() -> None:
    """Answer the question on the standard input, behind whatever else the machine has to do."""
    os.nice(10)
    json.dump(find(Wanted.read(sys.stdin.buffer.read())), sys.stdout)


if __name__ == "__main__":
    main()
