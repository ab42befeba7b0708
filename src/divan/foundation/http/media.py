"""Files and documents as answers: never shown inside our own pages, never sniffed."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from divan.foundation.files import FileSummary


def file_answer(summary: FileSummary, content: bytes) -> HttpResponse:
    """Return a file as a download under its own name; a policy of its own keeps it from running anything."""
    return bytes_answer(content, name=summary.name, media_type=summary.media_type, download=True)


def bytes_answer(content: bytes, *, name: str, media_type: str, download: bool) -> HttpResponse:
    """Return bytes under a name; ``download`` keeps the browser from opening them in place."""
    answer = HttpResponse(content, content_type=media_type)
    way = "attachment" if download else "inline"
    answer["Content-Disposition"] = f"{way}; filename=\"file\"; filename*=UTF-8''{quote(name)}"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
