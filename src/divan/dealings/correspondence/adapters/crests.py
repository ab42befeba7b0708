"""Crests (آرم) as somebody hands them in: a picture redrawn, or a drawing of which only harmless shapes are kept."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

from divan.dealings.correspondence.values import LARGEST_CREST, CrestUnfit

MOST_PIXELS = 25_000_000
SIDE = 480
"""Pixels of the longer side as it is kept; in print that is finer than any eye, and every letter bears it."""

MOST_ELEMENTS = 4_000
DEEPEST = 32

_NAMESPACE = "http://www.w3.org/2000/svg"
_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_ELEMENTS = _SHAPES | {"svg", "g", "defs", "linearGradient", "radialGradient", "stop", "clipPath"}
_PAINT = frozenset(
    [
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "opacity",
        "stop-color",
        "stop-opacity",
        "clip-path",
        "clip-rule",
    ]
)
_ATTRIBUTES = _PAINT | frozenset(
    [
        "id",
        "d",
        "points",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "width",
        "height",
        "viewBox",
        "transform",
        "offset",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clipPathUnits",
        "preserveAspectRatio",
    ]
)
_VALUE = re.compile(r"[\w\s.,:;#%()+\-]*")
_REFERENCE = re.compile(r"url\(\s*#[\w-]+\s*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crest:
    """A crest as it is kept."""

    content: bytes
    media_type: str


def clean_crest(content: bytes) -> Crest:
    """Return a crest as it is kept: of a PNG the pixels alone, of an SVG its shapes and colours alone.

    Scripts, texts, links, pictures within, style sheets and whatever else a drawing may carry is left out.

    :raises CrestUnfit: ``size``, ``kind``, ``damaged``, ``empty`` (no shape is left) or ``too-much``.
    """
    if len(content) > LARGEST_CREST:
        raise CrestUnfit(reason="size")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Crest(content=_redrawn(content), media_type="image/png")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Crest(content=_Drawing().read(content), media_type="image/svg+xml")
    raise CrestUnfit(reason="kind")


def _redrawn(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
            # Asked before a pixel is unpacked: a small file may hold a picture of many gigabytes.
            if opened.width * opened.height > MOST_PIXELS:
                raise CrestUnfit(reason="too-much")
            picture = opened.convert("RGBA")
            picture.thumbnail((SIDE, SIDE))
            out = io.BytesIO()
            picture.save(out, "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CrestUnfit(reason="damaged") from error
    return out.getvalue()


class _Drawing:
    """Reads a drawing piece by piece and writes what is kept of it; nothing outside the bytes is ever looked up."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._left_out = 0
        self._depth = self._elements = self._shapes = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        self._parser = parser

    def read(self, content: bytes) -> bytes:
        try:
            self._parser.Parse(content, True)
        except (expat.ExpatError, UnicodeError, LookupError) as error:
            raise CrestUnfit(reason="damaged") from error
        if not self._shapes:
            raise CrestUnfit(reason="empty")
        return "".join(self._out).encode()

    def _refuse(self, *_said: object) -> None:
        raise CrestUnfit(reason="damaged")

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise CrestUnfit(reason="too-much")
        namespace, _space, tag = name.rpartition(" ")
        if self._depth == 1 and (tag != "svg" or namespace != _NAMESPACE):
            raise CrestUnfit(reason="kind")
        if self._left_out or namespace != _NAMESPACE or tag not in _ELEMENTS or (tag == "svg" and self._depth > 1):
            self._left_out += 1
            return
        self._shapes += tag in _SHAPES
        own = "".join(f" {key}={quoteattr(value)}" for key, value in _kept(attributes).items())
        space = f' xmlns="{_NAMESPACE}"' if self._depth == 1 else ""
        self._out.append(f"<{escape(tag)}{space}{own}>")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._left_out:
            self._left_out -= 1
            return
        self._out.append(f"</{name.rpartition(' ')[2]}>")


def _kept(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that are kept; the declarations of a ``style`` count as attributes of their own."""
    style = (one.partition(":") for one in attributes.get("style", "").split(";"))
    declared = {name.strip(): value.strip() for name, _colon, value in style if name.strip() in _PAINT}
    plain = {name: value for name, value in attributes.items() if name in _ATTRIBUTES}
    return {name: value for name, value in {**plain, **declared}.items() if _is_harmless(value)}


def _is_harmless(value: str) -> bool:
    """Whether a value is numbers, names and colours, and refers to nothing but a part of the drawing itself."""
    return "url" not in _REFERENCE.sub("", value).lower() and _VALUE.fullmatch(value) is not None
