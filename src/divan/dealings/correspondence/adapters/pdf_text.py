"""The text of a PDF, read by a process of its own: a file made to hang or to swell stops there, not in the worker."""

from __future__ import annotations

import io
import resource
import subprocess
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MOST_PAGES = 200
MOST_CHARACTERS = 200_000
SECONDS = 20
BYTES = 1024 * 1024 * 1024


def read_text(content: bytes) -> str | None:
    """Return the text of a PDF's first pages, empty for pictures, None for what cannot be read within its bounds."""
    command = [sys.executable, "-I", "-c", f"from {__name__} import main; main()"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=2 * SECONDS, check=False)  # noqa: S603 (our own module)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def main() -> None:
    """Read a PDF from standard input and write its text, within bounds of time and memory that the system keeps."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    try:
        text = _text_of(sys.stdin.buffer.read())
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError, OSError):
        raise SystemExit(1) from None
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def _text_of(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise SystemExit(1)
    said: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        said.append(page.extract_text().strip())
        if sum(map(len, said)) > MOST_CHARACTERS:
            break
    return "\n".join(one for one in said if one)[:MOST_CHARACTERS].replace("\x00", "")
