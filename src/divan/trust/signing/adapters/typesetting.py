"""Typesetting letters: the house's side of the process in `typesetter`."""

from __future__ import annotations

import atexit
import json
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path

from divan.trust.signing.values import FontsMissing, WordingFault, WordingTooSlow
from divan_libs.richtext.cleaning import drawing

HERE = Path(__file__).resolve().parent
LAYOUT = HERE.parent / "letter"
SECONDS = 20.0
"""A letter takes some hundredths; what takes this long never ends."""
LETTERS_OF_A_PROCESS = 500
"""The compiler keeps what it has once computed; a new process now and then gives the memory back."""
NO_FONTS = 3


class Typesetter:
    """A process that typesets letters, started when first needed and again after it was stopped. Safe to share."""

    def __init__(self, fonts: Path, *, seconds: float = SECONDS) -> None:
        self._fonts = fonts
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def typeset(self, letter: Mapping[str, object], wording: str, *, made_at: datetime) -> bytes:
        """Return the letter as PDF/A-3a and PDF/UA-1, with the wording's ``body(fields)`` inside the house's layout.

        The same arguments give the same bytes.

        :raises WordingFault: if the wording is no Typst, defines no ``body``, or fails.
        :raises WordingTooSlow: if it takes more time or memory than any letter needs.
        :raises FontsMissing: if the fonts of letters are not there.
        """
        return self._made_of({**_layout(), "body.typ": wording}, letter, made_at)

    def typeset_paper(self, letter: Mapping[str, object], wording: str, *, made_at: datetime) -> bytes:
        """Return a letter with a paper of its own, rich text or scan, as PDF/A-3a and PDF/UA-1.

        :raises WordingFault, WordingTooSlow, FontsMissing: as above.
        """
        return self._made_of({**_paper_layout(), "body.typ": wording}, letter, made_at)

    def typeset_sheet(self, sheet: Mapping[str, object], layout: str, *, made_at: datetime) -> bytes:
        """Return what is no letter as PDF/A-3a and PDF/UA-1: a layout of our own, which reads the sheet as its data.

        :raises WordingFault, WordingTooSlow, FontsMissing: as above.
        """
        return self._made_of({"main.typ": layout}, sheet, made_at)

    def _made_of(self, sources: Mapping[str, str], data: Mapping[str, object], made_at: datetime) -> bytes:
        request = {
            "sources": dict(sources),
            "letter": json.dumps(data, ensure_ascii=False),
            "made_at": int(made_at.timestamp()),
        }
        with self._turn:
            kind, answer = self._ask(json.dumps(request).encode())
        if kind == b"E":
            raise WordingFault(detail=answer.decode(errors="replace"))
        if kind != b"P":
            raise RuntimeError(f"the typesetter failed: {answer.decode(errors='replace')}")
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            self._end()

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 (both are pipes)
        answer = b""
        # A process that died between two letters shows itself here; why it died is asked below.
        with suppress(BrokenPipeError):
            process.stdin.write(struct.pack("!I", len(request)) + request)
            process.stdin.flush()
        head = process.stdout.read(4)
        if len(head) == 4:
            answer = process.stdout.read(struct.unpack("!I", head)[0])
        if not answer:
            self._explain_end(process.wait())
        self._made += 1
        if self._made >= LETTERS_OF_A_PROCESS:
            self._end()
        return answer[:1], answer[1:]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-I", str(HERE / "typesetter.py"), str(self._fonts), str(self._seconds)]
            self._process = subprocess.Popen(  # noqa: S603 (our own program, no word of it from outside)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=LAYOUT,
                env={"RAYON_NUM_THREADS": "1"},
            )
            self._made = 0
        return self._process

    def _explain_end(self, status: int) -> None:
        self._end()
        if status == NO_FONTS:
            raise FontsMissing(directory=str(self._fonts))
        reason = "time" if status == -signal.SIGALRM else "stopped"
        raise WordingTooSlow(detail=reason, status=status)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        process.kill()
        process.wait()


@cache
def _layout() -> dict[str, str]:
    names = {"main.typ": "letter.typ", "words.typ": "words.typ"}
    return {name: (LAYOUT / path).read_text(encoding="utf-8") for name, path in names.items()}


@cache
def _paper_layout() -> dict[str, str]:
    names = {"main.typ": "paper.typ", "words.typ": "words.typ", "statement.typ": "statement.typ"}
    own = {name: (LAYOUT / path).read_text(encoding="utf-8") for name, path in names.items()}
    return {**own, "rich.typ": drawing()}


@cache
def typesetter(fonts: Path) -> Typesetter:
    """Return this process's typesetter for a folder of fonts."""
    made = Typesetter(fonts)
    atexit.register(made.close)
    return made
