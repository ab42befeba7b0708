"""Schemas of what is written: reconstructed from public implementations, not official; no official one was found."""

from importlib.resources import files

LETTER = "letter-1.01.reconstructed.xsd"
RECEIPT = "receipt-1.01.provisional.xsd"


def schema(name: str) -> bytes:
    """Return one of the schemas of this folder."""
    return files(__name__).joinpath(name).read_bytes()
