"""`divan verify`: whether files are what they claim to be."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from divan.project.verifier.judgement import Judgement
    from divan.project.verifier.trust import Trust

LARGEST = 256 * 1024 * 1024
SUFFIXES = frozenset({".pdf", ".tlog-proof", ".json"})
"""What is looked at in a folder; a file that is named by itself is judged whatever it is called."""


class CannotVerify(CannotStart):
    """Something that was named cannot be read, or it was not said whom to trust."""

    code = "project.cannot-verify"
    exit_code = 3


class Language(StrEnum):
    """In which language the verdict is said."""

    FA = "fa"
    EN = "en"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)


def verify(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|DIR|URL...",
            help="Receipts (.tlog-proof), signed PDFs, evidence of the exchange and proofs of a fork (.json); "
            "folders of them; http(s) addresses of one.",
        ),
    ],
    trust: Annotated[
        Path | None,
        typer.Option(
            help="Folder of what you trust: log.vkey, log.policy (which witnesses you demand), signing-roots.pem, "
            "timestamp-roots.pem, evidence-key.pub. Default: `trust` in the installation's data folder.",
        ),
    ] = None,
    lang: Annotated[Language, typer.Option("--language", "--lang", help="Language of the verdict.")] = Language.FA,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file instead.")] = False,
) -> None:
    """Say of each file who made it, what it says, when, whether it was altered, and what it does not prove.

    Nothing is sent anywhere, and neither a network nor a database is needed but for an address that is named.

    Exit code 0: all are genuine. 1: one is altered, or from nobody you trust. 2: one cannot be judged. 3: a file, an
    address or the trust folder cannot be read.
    """
    from divan.foundation import clock  # noqa: PLC0415 (not needed to print the help)
    from divan.project.verifier.judgement import Outcome, judge  # noqa: PLC0415 (as above)

    trusted = read_trusted(trust)
    given = [one for named in files for one in _given(named)]
    # Read twice rather than held: a folder may be larger than the memory.
    beside = {hashlib.sha256(one.read()).hexdigest(): Path(one.name).name for one in given}
    judged = {one.name: judge(one.read(), trusted, now=clock.now(), beside=beside) for one in given}
    if as_json:
        for name, judgement in judged.items():
            said = json.dumps({"file": name, **asdict(judgement)}, default=str, ensure_ascii=False)
            typer.echo(said.encode(errors="surrogateescape"))
    else:
        _say(judged, lang, as_table=any(Path(named).is_dir() for named in files))
    outcomes = {judgement.worst for judgement in judged.values()}
    if outcomes & {Outcome.ALTERED, Outcome.UNTRUSTED}:
        raise typer.Exit(1)
    if Outcome.UNREADABLE in outcomes:
        raise typer.Exit(2)


def read_trusted(folder: Path | None) -> Trust:
    """Return what is trusted, from a folder or from that of the installation.

    :raises CannotVerify: if it is missing or damaged.
    """
    from divan.project.verifier.trust import EVIDENCE_KEYS, TrustUnreadable, read_trust  # noqa: PLC0415 (as above)

    data = Path(os.environ.get("DIVAN_DATA") or "var")
    chosen = folder or data / "trust"
    if not chosen.is_dir():
        raise CannotVerify(f"no trust folder {chosen}; name one with --trust")
    try:
        return read_trust(chosen, evidence_keys=None if folder else data / "gateway" / EVIDENCE_KEYS)
    except (TrustUnreadable, OSError) as unreadable:
        raise CannotVerify(str(unreadable)) from unreadable


@dataclass(frozen=True, slots=True)
class _Given:
    """Something to be judged: its name, and how it is read."""

    name: str
    read: Callable[[], bytes]


def _given(named: str) -> Iterator[_Given]:
    if named.startswith(("http://", "https://")):
        content = _fetch(named)
        yield _Given(_name_of(named), lambda: content)
        return
    path = Path(named)
    if not path.is_dir():
        yield _Given(named, partial(_read, path))
        return
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not found:
        raise CannotVerify(f"{path} holds no receipt, PDF or evidence ({', '.join(sorted(SUFFIXES))})")
    yield from (_Given(str(file), partial(_read, file)) for file in found)


def _name_of(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2] or url


def _fetch(url: str) -> bytes:
    from divan_libs.tlog.remote import RemoteError, request  # noqa: PLC0415 (not needed to print the help)

    try:
        answer = request(url, timeout=60, limit=LARGEST)
    except RemoteError as error:
        raise CannotVerify(f"cannot read {url}: {error.facts.get('reason', error.code)}") from error
    if answer.status != 200:
        raise CannotVerify(f"cannot read {url}: the server answers {answer.status}")
    return answer.body


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise CannotVerify(f"cannot read {path}: {error.strerror}") from error
    if len(content) > LARGEST:
        raise CannotVerify(f"{path} is larger than {LARGEST // 1024**2} MiB")
    return content


def _say(judged: dict[str, Judgement], lang: Language, *, as_table: bool) -> None:
    from divan.project.verifier import words  # noqa: PLC0415 (not needed to print the help)

    if not words.is_compiled(lang.value):
        typer.echo(
            f"divan: no texts in {lang.value}; saying it in English (python tools/catalogues.py --compile)", err=True
        )
    if as_table:
        _draw(
            [
                (words.shown(Path(name).name), words.verdict_and_problems(judgement, lang.value))
                for name, judgement in judged.items()
            ]
        )
        return
    for name, judgement in judged.items():
        typer.echo(f"{words.shown(Path(name).name)}:")
        for sentence in words.sentences(judgement, lang.value):
            typer.echo(f"  {sentence}")


def _draw(rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)
    from rich.table import Table  # noqa: PLC0415 (as above)
    from rich.text import Text  # noqa: PLC0415 (as above)

    table = Table(show_header=False)
    for name, said in rows:
        table.add_row(Text(name), Text("\n".join(said)))
    Console().print(table)
