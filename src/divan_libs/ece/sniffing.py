"""What a file of a letter really is, from its bytes; the name and type that came with it are only claims.

The list is what letters carry, what pretends to be that, and what must not be opened by mistake.
"""

from __future__ import annotations

import re

from divan_libs.ece.contents import Content
from divan_libs.ece.values import Part

UNKNOWN = "application/octet-stream"
PDF, TIFF, JPEG, PNG, GIF = "application/pdf", "image/tiff", "image/jpeg", "image/png", "image/gif"
WORD = "application/msword"
WORD_XML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"
OLE, ZIP = "application/x-ole-storage", "application/zip"

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    TIFF: ("tif", "tiff"),
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    PNG: ("png",),
    GIF: ("gif",),
    WORD: ("doc", "dot"),
    WORD_XML: ("docx",),
    TEXT: ("txt", "text", "csv"),
}
"""The types that are written, with the extension written first among those read."""

_ALIKE = {
    "application/x-pdf": PDF,
    "image/tif": TIFF,
    "image/jpg": JPEG,
    "image/pjpeg": JPEG,
    "image/x-png": PNG,
    "application/doc": WORD,
    "application/docx": WORD_XML,
    "application/x-zip-compressed": ZIP,
    "text/txt": TEXT,
}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", "image/bmp"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"#!", "text/x-script"),
)
_OLE_MARK, _ZIP_MARKS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"PK\x03\x04", b"PK\x05\x06")
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_HEAD, _TAIL = 64 * 1024, 64 * 1024
_PDF_WITHIN = 1024
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|script|(?P<svg>svg)|(?P<xml>\?xml))\b", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def media_type_of(content: Content) -> str:
    """Return the media type of a file from its bytes, ``application/octet-stream`` when they tell nothing."""
    head = content.head(_HEAD)
    # Readers of PDF look for its mark in the first kilobyte; a program in front of it is still a program.
    if head.startswith(b"%PDF-"):
        return PDF
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature) and not (signature in {b"BM", b"MZ"} and _is_text(head)):
            return media_type
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return PDF
    if head.startswith(_OLE_MARK):
        return WORD if _WORD_STREAM in head + content.tail(_TAIL) else OLE
    if head.startswith(_ZIP_MARKS):
        return WORD_XML if b"word/document" in head + content.tail(_TAIL) else ZIP
    if markup := _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "image/svg+xml" if markup["svg"] else "application/xml" if markup["xml"] else "text/html"
    return TEXT if head and _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if _CONTROLS.search(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as broken:
        # The end of what was looked at may stand inside a letter.
        return broken.start >= len(head) - 3 and len(head) == _HEAD
    return True


def part_of(content: Content, *, description: str = "") -> Part:
    """Return a part for a letter that is to be written; its type is what its bytes are."""
    return Part(content=content, media_type=media_type_of(content), description=description)


def essence(declared: str) -> str:
    """Return a declared media type as it is compared: small letters, no parameters, one name of each type."""
    plain = declared.partition(";")[0].strip().lower()
    return _ALIKE.get(plain, plain)


def type_agrees(declared: str, real: str) -> bool:
    """Tell whether a declared media type may stand for what the bytes are."""
    claimed = essence(declared)
    if real == OLE:
        return claimed in {OLE, WORD} or claimed.startswith("application/vnd.ms-")
    if real == ZIP:
        return claimed == ZIP or claimed.startswith("application/vnd.")
    return claimed == real


def extension_agrees(extension: str, real: str) -> bool:
    """Tell whether a bare extension in small letters may stand for what the bytes are; unknown types never agree."""
    if real == OLE:
        return extension in {"doc", "dot", "xls", "ppt", "msg"}
    if real == ZIP:
        return extension in {"zip", "xlsx", "pptx", "odt"}
    return extension in EXTENSIONS.get(real, ())
