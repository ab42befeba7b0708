"""Timestamps as the house hands them to the gateway: a file for each token, a folder for each day.

Files are named by ascending numbers, and a batch is under the first token that was asked for after it was taken over.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from divan_libs.asic import hashchain
from divan_libs.asic.containers import Stamp

_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedBatches:
    """A token over the signatures of many batches; ``batches`` tell by (segment, number) the place of the first.

    ``items`` stand for the signatures in the hash chain under the token.
    """

    token: bytes
    items: Sequence[bytes]
    batches: Mapping[tuple[str, int], int]

    def encode(self) -> bytes:
        """Return the octets of the file."""
        batches = [[segment, number, first] for (segment, number), first in self.batches.items()]
        items = b64encode(b"".join(self.items)).decode()
        return json.dumps({"token": b64encode(self.token).decode(), "items": items, "batches": batches}).encode()

    @classmethod
    def decode(cls, octets: bytes) -> StampedBatches:
        """Read :meth:`encode`.

        :raises ValueError: it is not such a file.
        """
        try:
            document = json.loads(octets)
            items = b64decode(document["items"])
            size = hashchain.HASH_SIZE
            return cls(
                token=b64decode(document["token"]),
                items=[items[start : start + size] for start in range(0, len(items), size)],
                batches={(segment, number): first for segment, number, first in document["batches"]},
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a file of stamps") from error

    def stamp_of(self, batch: tuple[str, int], place: int) -> Stamp:
        """Return the stamp of a signature: 0 is the batch's own, those of its messages that are signed alone follow."""
        index = self.batches[batch] + place
        return Stamp(token=self.token, index=index, size=len(self.items), hashes=hashchain.path(self.items, index))


def stamp_path(number: int, name: str, day: date) -> Path:
    """Return where the file of a token stands, below the folder of stamps."""
    return Path(day.isoformat()) / f"{number:012d}-{name}.json"


def find_stamps(folder: Path, segment: str, batch: int, signed_at: int) -> StampedBatches | None:
    """Return the file that stamps a batch, or None if it is not there (yet); ``signed_at`` as the root says."""
    since = (datetime.fromtimestamp(signed_at / 1e6, UTC) - _CLOCKS_DIFFER).date().isoformat()
    for path in _files(folder, since):
        try:
            found = StampedBatches.decode(path.read_bytes())
        except (OSError, ValueError):
            continue
        if (segment, batch) in found.batches:
            return found
    return None


def _files(folder: Path, since: str) -> Iterator[Path]:
    if folder.is_dir():
        for day in sorted(path for path in folder.iterdir() if path.name >= since):
            yield from sorted(day.glob("*.json"))
