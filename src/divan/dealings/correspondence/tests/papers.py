"""Papers that tests attach to letters."""

from __future__ import annotations

import typst


def pdf_saying(text: str) -> bytes:
    """Return a born-digital PDF of one page with a text."""
    made: bytes = typst.compile(f'#set text(dir: rtl, lang: "fa")\n{text}'.encode(), format="pdf")
    return made
