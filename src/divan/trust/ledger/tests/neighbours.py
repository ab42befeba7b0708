"""Witnesses on loopback, as they are and as they should not be, and the policy that names them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from divan_libs.tlog.notes import NoteSigner, NoteVerifier, SignatureType
from divan_libs.tlog.policies import TrustedLog
from divan_witness.memory import Memory
from divan_witness.metrics import Metrics
from divan_witness.web import Application
from divan_witness.witness import Witness

NAMES = ("newspaper", "university", "neighbour")
KEYS = {
    name: NoteSigner(f"witness.example/{name}", SignatureType.COSIGNATURE, bytes([number]) * 32)
    for number, name in enumerate(NAMES, 1)
}


class Quiet(WSGIRequestHandler):
    """Says nothing of the requests that it answers."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def witness(name: str, log: NoteVerifier, state: Path) -> Iterator[str]:
    """Let a witness listen, as the program does; give its address."""
    memory = Memory(state / name, KEYS[name].verifier)
    metrics = Metrics()
    keeper = Witness(KEYS[name], (TrustedLog(log),), memory, metrics, growths_per_minute=100_000, refresh_seconds=0)
    application = Application(keeper, memory, metrics, max_body=65_536)

    def bounded(environ: dict[str, object], start_response: Callable[..., object]) -> object:
        # A real server buffers the body; this one's input only ends when the client hangs up.
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return application(environ | {"wsgi.input": BytesIO(body)}, start_response)

    try:
        with listening(bounded) as address:
            yield address
    finally:
        memory.close()


@contextmanager
def stranger(status: str, body: bytes, *, waits_for: threading.Event | None = None) -> Iterator[str]:
    """Let something listen that answers everything alike, and only when it is told to; give its address."""

    def answer(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        if waits_for is not None:
            waits_for.wait(30)
        start_response(status, [("Content-Type", "text/x.tlog.size"), ("Content-Length", str(len(body)))])
        return [body]

    with listening(answer) as address:
        yield address
        if waits_for is not None:
            waits_for.set()


@contextmanager
def listening(application: Callable[..., object]) -> Iterator[str]:
    """Serve an application on a port of loopback; give its address."""
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def policy_of(addresses: dict[str, str], enough: int) -> str:
    """Return a policy by which so many of these witnesses are enough; one without address is asked by nobody."""
    lines = [f"witness {name} {KEYS[name].verifier.encode()} {url}".strip() for name, url in addresses.items()]
    return "\n".join([*lines, f"group enough {enough} {' '.join(addresses)}", "quorum enough", ""])
