"""The square code (QR) of a letter, drawn as SVG."""

from __future__ import annotations

import io

import segno

INK = "#1c2530"


def draw(address: str) -> str:
    """Return an SVG of the address, without margin, at medium error correction."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, dark=INK)
    return drawn.getvalue().decode()
