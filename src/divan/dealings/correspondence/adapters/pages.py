"""Pages as a scanner or a camera gives them, joined into one document."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from divan.dealings.correspondence.values import PagesUnfit

MOST_PAGES = 500
MOST_PIXELS = 80_000_000
DOTS_PER_INCH = 200
QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One document of several pages."""

    content: bytes
    pages: int


def join_pages(parts: Sequence[tuple[str, bytes]]) -> Joined:
    """Join pictures and PDFs, each with its media type, into one PDF in their order.

    :raises PagesUnfit: if one is locked or damaged, a picture is too large, or they are too many.
    """
    writer = PdfWriter()
    for media_type, content in parts:
        page = content if media_type == "application/pdf" else _picture(content)
        _append(writer, page)
    if not writer.pages:
        raise PagesUnfit(reason="none")
    out = io.BytesIO()
    writer.write(out)
    return Joined(content=out.getvalue(), pages=len(writer.pages))


def count_pages(content: bytes) -> int:
    """Return how many pages a PDF has.

    :raises PagesUnfit: if it is locked or damaged.
    """
    writer = PdfWriter()
    _append(writer, content)
    return len(writer.pages)


def _append(writer: PdfWriter, content: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise PagesUnfit(reason="locked")
        if len(writer.pages) + len(reader.pages) > MOST_PAGES:
            raise PagesUnfit(reason="too-many", most=MOST_PAGES)
        writer.append(reader, import_outline=False)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PagesUnfit(reason="damaged") from error


def _picture(content: bytes) -> bytes:
    """Return a picture as a PDF, a page for each of its own, turned as the camera says, on paper of its size."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            # Asked before a pixel is unpacked: a small file may hold a picture of many gigabytes.
            if opened.width * opened.height > MOST_PIXELS:
                raise PagesUnfit(reason="too-large")
            if getattr(opened, "n_frames", 1) > MOST_PAGES:
                raise PagesUnfit(reason="too-many", most=MOST_PAGES)
            first, *others = _upright(opened)
            out = io.BytesIO()
            first.save(out, "PDF", resolution=DOTS_PER_INCH, quality=QUALITY, save_all=True, append_images=others)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PagesUnfit(reason="damaged") from error
    return out.getvalue()


def _upright(opened: Image.Image) -> Iterator[Image.Image]:
    """Yield the pages of a picture: a fax in TIFF has several."""
    for frame in ImageSequence.Iterator(opened):
        if frame.width * frame.height > MOST_PIXELS:
            raise PagesUnfit(reason="too-large")
        yield ImageOps.exif_transpose(frame).convert("RGB")
        if opened.format != "TIFF":
            return
