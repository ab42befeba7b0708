"""The program that typesets, run as a process of its own that can be killed and can reach nothing.

Package authors write the wording as Typst code. Typst confines it to a folder, but would fetch packages from the
network, can loop for ever, and may end in a crash of its compiler. So this process gets no environment, loads the fonts
and then gives up opening any further file or connection; an alarm that nobody catches ends it when a letter takes too
long. Whoever asks sees the end of the stream and says why by how the process died.

Messages on standard input and output: four bytes of length (big endian), then JSON in, and out one letter (``P`` PDF,
``E`` error of the wording, ``D`` defect of ours) with the bytes behind it. It imports nothing of the house: it is
started as a file.
"""

from __future__ import annotations

import json
import resource
import signal
import struct
import sys
from datetime import UTC, datetime
from typing import Any, BinaryIO

import typst

FAMILY = "Vazirmatn"
STANDARDS = ["a-3a", "ua-1"]
MEMORY = 1 << 30
"""Bytes of address space; a letter needs a tenth."""
NO_FONTS = 3
COMPILE: Any = typst.compile
"""Its published type forgets that sources may come as a dictionary."""


def main(arguments: list[str]) -> int:
    """Serve requests until standard input ends; the arguments are the folder of fonts and the seconds for a letter."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[arguments[0]])
    if FAMILY not in fonts.families():
        return NO_FONTS
    _touch(fonts)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Standard input, output and error are open already; from here on nothing else can be, neither file nor socket.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    _serve(sys.stdin.buffer, sys.stdout.buffer, fonts, float(arguments[1]))
    return 0


def _serve(requests: BinaryIO, answers: BinaryIO, fonts: typst.Fonts, seconds: float) -> None:
    while len(head := requests.read(4)) == 4:
        request = json.loads(requests.read(struct.unpack("!I", head)[0]))
        signal.setitimer(signal.ITIMER_REAL, seconds)
        kind, answer = _answer(request, fonts)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(struct.pack("!I", len(answer) + 1) + kind + answer)
        answers.flush()


def _answer(request: dict[str, object], fonts: typst.Fonts) -> tuple[bytes, bytes]:
    try:
        return b"P", _typeset(request, fonts)
    except typst.TypstError as error:
        where = getattr(error, "diagnostic", "") or ""
        return b"E", f"{error}\n{where}".strip().encode()[:4000]
    except BaseException as error:  # noqa: BLE001 - a panic of the compiler is no Exception; it is the wording's doing
        kind = b"E" if type(error).__name__ == "PanicException" else b"D"
        return kind, f"{type(error).__name__}: {error}".encode()[:4000]


def _typeset(request: dict[str, object], fonts: typst.Fonts) -> bytes:
    sources: dict[str, str] = request["sources"]  # type: ignore[assignment]  # our own message
    pdf: bytes = COMPILE(
        {name: text.encode() for name, text in sources.items()},
        font_paths=fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"letter": str(request["letter"])},
        pdf_standards=STANDARDS,
        timestamp=datetime.fromtimestamp(int(str(request["made_at"])), UTC),
    )
    return pdf


def _touch(fonts: typst.Fonts) -> None:
    """Load every font now, while files can still be opened."""
    weights = sorted({font.weight for font in fonts.fonts()})
    lines = [f'#text(font: "{FAMILY}", weight: {weight})[a]' for weight in weights]
    typst.compile("\n".join(lines).encode(), font_paths=fonts, ignore_system_fonts=True, format="pdf")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
