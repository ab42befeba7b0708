"""Pictures that a letter shows: the crest of a body, and the scan of a letter signed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from pyhanko.pdf_utils.reader import PdfFileReader

from divan.foundation import files
from divan.foundation.errors import NotFound
from divan.trust.signing.rules import hash_of
from divan.trust.signing.values import ScanUnfit
from divan_libs.pki.verification import HOSTILE

FORMATS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf", "image/svg+xml": "svg"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: its bytes, and what Typst calls its format."""

    content: bytes
    format: str


def read_picture(file: UUID, *, as_scan: bool) -> Picture:
    """Return a stored picture; only a scan may be a PDF, and only a crest a drawing.

    :raises ScanUnfit: if it is gone, altered, of another kind, or a PDF that is encrypted or cannot be read.
    """
    try:
        known, content = files.get_file(file), files.read_file(file)
    except NotFound as error:
        raise ScanUnfit(reason="gone", detail=str(file)) from error
    if hash_of(content) != known.sha256:
        raise ScanUnfit(reason="altered", detail=str(file))
    found = FORMATS.get(known.media_type, "")
    if not found or (found == "pdf") > as_scan or (found == "svg" and as_scan):
        raise ScanUnfit(reason="kind", detail=known.media_type)
    if found == "pdf":
        _require_readable(content)
    return Picture(content, found)


def _require_readable(content: bytes) -> None:
    try:
        reader = PdfFileReader(BytesIO(content))
        count = 0 if reader.encrypted else int(reader.root["/Pages"]["/Count"])
    except HOSTILE as error:
        raise ScanUnfit(reason="unreadable", detail=str(error)) from error
    if count < 1:
        raise ScanUnfit(reason="unreadable", detail="encrypted or empty")
