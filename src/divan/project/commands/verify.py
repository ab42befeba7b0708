"""`divan verify`: whether files are what they claim to be."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from divan.project.launcher.troubles import CannotStart

LARGEST = 256 * 1024 * 1024


class Language(StrEnum):
    """In which language the verdict is said."""

    FA = "fa"
    EN = "en"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)


def verify(
    files: Annotated[
        list[Path], typer.Argument(help="Receipts (.tlog-proof), signed PDFs, evidence of the exchange (.json).")
    ],
    trust: Annotated[
        Path | None,
        typer.Option(
            help="Folder of what you trust: log.vkey, signing-roots.pem, timestamp-roots.pem, evidence-key.pub. "
            "Default: `trust` in the installation's data folder.",
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the verdict.")] = Language.FA,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file instead.")] = False,
) -> None:
    """Say of each file who made it, what it says, when, and whether it was altered; without network or database.

    Exit code 0: all are genuine. 1: one is altered, or from nobody you trust. 2: one cannot be judged.
    """
    from divan.foundation import clock  # noqa: PLC0415 (not needed to print the help)
    from divan.project.verifier.judgement import Outcome, judge  # noqa: PLC0415 (as above)
    from divan.project.verifier.trust import EVIDENCE_KEYS, TrustUnreadable, read_trust  # noqa: PLC0415 (as above)

    data = Path(os.environ.get("DIVAN_DATA") or "var")
    folder = trust or data / "trust"
    if not folder.is_dir():
        raise CannotStart(f"no trust folder {folder}; name one with --trust")
    try:
        trusted = read_trust(folder, evidence_keys=None if trust else data / "gateway" / EVIDENCE_KEYS)
    except TrustUnreadable as unreadable:
        raise CannotStart(str(unreadable)) from unreadable
    contents = {path: _read(path) for path in files}
    beside = {hashlib.sha256(content).hexdigest(): path.name for path, content in contents.items()}
    outcomes = set()
    for path, content in contents.items():
        judgement = judge(content, trusted, now=clock.now(), beside=beside)
        outcomes.add(judgement.worst)
        if as_json:
            typer.echo(json.dumps({"file": str(path), **asdict(judgement)}, default=str, ensure_ascii=False))
        else:
            _say(path, judgement, lang)
    if outcomes & {Outcome.ALTERED, Outcome.UNTRUSTED}:
        raise typer.Exit(1)
    if Outcome.UNREADABLE in outcomes:
        raise typer.Exit(2)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise CannotStart(f"cannot read {path}: {error.strerror}") from error
    if len(content) > LARGEST:
        raise CannotStart(f"{path} is larger than {LARGEST // 1024**2} MiB")
    return content


def _say(path: Path, judgement: object, lang: Language) -> None:
    from divan.project.verifier import words  # noqa: PLC0415 (not needed to print the help)
    from divan.project.verifier.judgement import Judgement  # noqa: PLC0415 (as above)

    assert isinstance(judgement, Judgement)  # noqa: S101 (its type is not imported for the help)
    if not words.is_compiled(lang.value):
        typer.echo(
            f"divan: no texts in {lang.value}; saying it in English (python tools/catalogues.py --compile)", err=True
        )
    typer.echo(f"{path.name}:")
    for sentence in words.sentences(judgement, lang.value):
        typer.echo(f"  {sentence}")
