"""The witness over HTTP: one submission, and a few things to read."""

from __future__ import annotations

import html
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from divan_libs.tlog.witnessing import ADD_CHECKPOINT, SubmissionRefused, remembered_at
from divan_witness.memory import Memory, MemoryUnusable
from divan_witness.metrics import Metrics
from divan_witness.witness import NotNow, Witness

logger = logging.getLogger(__name__)

TEXT = "text/plain; charset=utf-8"
STYLE = (
    "body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "code,h1{overflow-wrap:anywhere}table{display:block;overflow-x:auto;border-collapse:collapse}"
    "th,td{padding:.25rem 1rem .25rem 0;text-align:start;border-bottom:1px solid #b1b4b6}"
)

StartResponse = Callable[[str, list[tuple[str, str]]], object]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    content_type: str = TEXT
    headers: Sequence[tuple[str, str]] = field(default=())


class Application:
    """A WSGI application over a witness."""

    def __init__(
        self,
        witness: Witness,
        memory: Memory,
        metrics: Metrics,
        *,
        max_body: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._witness = witness
        self._memory = memory
        self._metrics = metrics
        self._max_body = max_body
        self._clock = clock

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "").lstrip("/")
        if path == ADD_CHECKPOINT:
            answer = self._submit(environ) if method == "POST" else _not_allowed("POST")
        elif method in {"GET", "HEAD"}:
            answer = self._show(path)
        else:
            answer = _not_allowed("GET, HEAD")
        reason = HTTPStatus(answer.status).phrase
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            *answer.headers,
        ]
        start_response(f"{answer.status} {reason}", headers)
        return [] if method == "HEAD" else [answer.body]

    def _submit(self, environ: dict[str, Any]) -> _Answer:
        body = environ["wsgi.input"].read(self._max_body + 1)
        if len(body) > self._max_body:
            return self._counted(_Answer(413, b"tlog.witness.too-large\n"), "tlog.witness.too-large")
        try:
            line = self._witness.add_checkpoint(body, now=self._clock())
        except SubmissionRefused as refusal:
            # Of logs that are not under watch anybody may send anything, as long as they like.
            logger.info("refused: %s", refusal.code if refusal.status in {400, 404} else refusal)
            content_type, text = refusal.answer
            return self._counted(_Answer(refusal.status, text, content_type), refusal.code)
        except NotNow as trouble:
            logger.warning("put off: %s", trouble)
            wait = [("Retry-After", str(trouble.retry_after))]
            return self._counted(_Answer(trouble.status, f"{trouble.code}\n".encode(), TEXT, wait), trouble.code)
        except MemoryUnusable:
            logger.exception("the memory of the witness cannot be believed")
            return self._counted(_Answer(500, b"tlog.witness.memory\n"), "tlog.witness.memory")
        return self._counted(_Answer(200, line.encode().encode()), "vouched")

    def _show(self, path: str) -> _Answer:
        if path == "":
            return _Answer(200, self._page().encode(), "text/html; charset=utf-8")
        if path == "metrics":
            return _Answer(200, self._metrics.render(self._witness.heads()).encode(), "text/plain; version=0.0.4")
        if path == "key":
            return _Answer(200, f"{self._witness.verifier.encode()}\n".encode())
        found = self._memory.read(path)
        if found is None:
            return _Answer(404, b"not found\n")
        return _Answer(200, found, "application/json" if path.endswith(".json") else TEXT)

    def _page(self) -> str:
        """Return a page for people: who vouches, for which logs, up to where, since when."""
        rows = []
        for origin, (size, at) in sorted(self._witness.heads().items()):
            head = f'<a href="{remembered_at(origin)}">{size}</a>' if at else "–"
            moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at)) if at else "–"
            forks = " ".join(
                f'<a href="{html.escape(kept)}">{number}</a>'
                for number, kept in enumerate(self._memory.forks(origin), start=1)
            )
            rows.append(f"<tr><td>{html.escape(origin)}<td>{head}<td>{moment}<td>{forks or '0'}")
        verifier = self._witness.verifier
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>Witness</title><style>{STYLE}</style>'
            f"<h1>Witness {html.escape(verifier.name)}</h1><p>Key: <code>{html.escape(verifier.encode())}</code>"
            "<table><tr><th>Log<th>Entries<th>Vouched for at<th>Forks" + "".join(rows) + "</table></html>"
        )

    def _counted(self, answer: _Answer, code: str) -> _Answer:
        self._metrics.answered(answer.status, code)
        return answer


def _not_allowed(allowed: str) -> _Answer:
    return _Answer(405, b"method not allowed\n", TEXT, [("Allow", allowed)])
