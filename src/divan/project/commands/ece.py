"""`divan ece`: letters of the exchange format, read and written without a house."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import is_dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from divan_libs.ece.errors import EceRefusal
    from divan_libs.ece.mail import MailDeviation, ReceivedMail
    from divan_libs.ece.values import DeviationCode, Part, Reading

_FILE = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Letters of the exchange format ECE.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command()(read)
    group.command()(check)
    group.command()(write)
    app.add_typer(group, name="ece")


def read(
    file: _FILE,
    folder: Annotated[
        Path | None, typer.Option(help="Put the files of the letter here, under names of our own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each message instead.")] = False,
) -> None:
    """Say what a letter, a receipt or a mail that carries them holds, and what is odd about it.

    Exit code 0: read. 1: refused.
    """
    from divan_libs.ece.errors import EceRefusal  # noqa: PLC0415 (not needed to print the help)

    try:
        readings = _readings(file)
    except EceRefusal as refusal:
        raise _refused(file, refusal) from refusal
    for number, reading in enumerate(readings, start=1):
        if as_json:
            typer.echo(_seen(json.dumps(_plain(reading), ensure_ascii=False)))
        else:
            _say(reading)
        if folder is not None:
            try:
                _put_out(reading, folder, f"{number}-" if len(readings) > 1 else "")
            except OSError as trouble:
                typer.echo(f"{trouble.filename}: {trouble.strerror}", err=True)
                raise typer.Exit(1) from trouble


class Language(StrEnum):
    """The language in which something is said."""

    FA = "fa"
    EN = "en"


def check(
    file: _FILE,
    strict: Annotated[bool, typer.Option("--strict", help="Any deviation counts, not only those of meaning.")] = False,
    language: Annotated[Language, typer.Option(help="The language of the words.")] = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each deviation instead.")] = False,
) -> None:
    """Say for the maker of another program where its letter, receipt or mail is not as the format has it.

    Each deviation is told by its code and weight, its place and line, what was met and what to write. Exit code 0: it
    passes. 1: it does not, or cannot be read at all. No official text of the format is known: the measure is what
    independent programs have in common (docs/reference/ece-deviations.md).
    """
    from divan_libs.ece.conformance import MEANINGS, deviates  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.ece.errors import EceRefusal  # noqa: PLC0415 (as above)

    try:
        found = _deviations(file)
    except EceRefusal as refusal:
        raise _refused(file, refusal) from refusal
    for code, place, line, read in found:
        met, mend = MEANINGS[code].said(language)
        weight = MEANINGS[code].weight.value
        told = {
            "code": code.value,
            "weight": weight,
            "place": place,
            "line": line,
            "met": met,
            "mend": mend,
            "read": read,
        }
        if as_json:
            typer.echo(_seen(json.dumps(told, ensure_ascii=False)))
            continue
        where = f"{place}, line {line}" if line else place
        typer.echo(_seen(f"{code.value} ({weight}) {where}" + (f": {read}" if read else "")))
        typer.echo(f"    {met}\n    {mend}")
    fails = deviates([code for code, *_ in found], strict=strict)
    if not as_json:
        typer.echo(f"{file}: {'does not pass' if fails else 'passes'}, deviations: {len(found)}")
    if fails:
        raise typer.Exit(1)


def write(
    draft: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A letter in YAML, its files beside it.")],
    to: Annotated[Path, typer.Option("--to", help="The XML that is written; it must not exist.")],
) -> None:
    """Write the letter that a draft describes, strictly as the format has it.

    The draft names sender, receivers, number, dated, subject and origins; attachments, related, priority,
    classification and keywords if there are any. Exit code 0: written. 1: refused, and nothing is written.
    """
    from importlib.metadata import version  # noqa: PLC0415 (not needed to print the help)
    from uuid import uuid4  # noqa: PLC0415 (as above)

    from divan_libs.ece.drafts import read_draft  # noqa: PLC0415 (as above)
    from divan_libs.ece.errors import EceRefusal  # noqa: PLC0415 (as above)
    from divan_libs.ece.values import Software  # noqa: PLC0415 (as above)
    from divan_libs.ece.writing import write_letter  # noqa: PLC0415 (as above)

    software = Software(developer="Divan", version=version("divan"), guid=str(uuid4()))
    begun = False
    try:
        letter = read_draft(draft, software=software)
        with to.open("xb") as file:
            begun = True
            written = write_letter(letter, file)
    except EceRefusal as refusal:
        if begun:
            to.unlink(missing_ok=True)
        raise _refused(draft, refusal) from refusal
    except OSError as trouble:
        if begun:
            to.unlink(missing_ok=True)
        typer.echo(f"{to}: {trouble.strerror or trouble}", err=True)
        raise typer.Exit(1) from trouble
    typer.echo(f"{to}: {written.size} bytes, SHA-256 {written.sha256}")


def _deviations(file: Path) -> list[tuple[DeviationCode | MailDeviation, str, int, str]]:
    """Return what is odd about a mail and about each message: code, place, line, and what was read."""
    mail, readings = _opened(file)
    found: list[tuple[DeviationCode | MailDeviation, str, int, str]] = []
    if mail is not None:
        found = [(code, "mail", 0, "") for code in mail.deviations]
        for one in mail.enclosed:
            if one.refusal is not None:
                raise one.refusal
    return found + [(one.code, one.place, one.line, one.read) for reading in readings for one in reading.deviations]


def _opened(file: Path) -> tuple[ReceivedMail | None, list[Reading]]:
    """Return the messages of a file, with the mail that carries them if it is one."""
    from divan_libs.ece.mail import MOST_MAIL_BYTES, read_mail  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.ece.reading import read_message  # noqa: PLC0415 (as above)

    with file.open("rb") as source:
        head = source.read(200)
        source.seek(0)
        # A mail begins with the name of a header.
        if not head[:80].partition(b":")[0].replace(b"-", b"").replace(b"_", b"").isalnum():
            return None, [read_message(source)]
        mail = read_mail(source.read(MOST_MAIL_BYTES + 1))
    return mail, list(mail.readings)


def _readings(file: Path) -> list[Reading]:
    mail, readings = _opened(file)
    if mail is None:
        return readings
    typer.echo(_seen(f"mail {mail.message_id} from {mail.sender}"), err=True)
    for deviation in mail.deviations:
        typer.echo(f"  {deviation.value}", err=True)
    for one in mail.enclosed:
        if one.refusal is not None:
            if len(mail.enclosed) == 1:
                raise one.refusal
            typer.echo(f"  {one.name}: {one.refusal}", err=True)
    return readings


def _refused(file: Path, refusal: EceRefusal) -> typer.Exit:
    typer.echo(f"{file}: {refusal}", err=True)
    return typer.Exit(1)


def _say(reading: Reading) -> None:
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)
    from rich.table import Table  # noqa: PLC0415 (as above)
    from rich.text import Text  # noqa: PLC0415 (as above)

    console = Console()
    console.print(f"{type(reading.message).__name__}, {reading.size} bytes, SHA-256 {reading.sha256}", markup=False)
    table = Table("field", "value", show_header=False)
    for name, value in _plain(reading.message).items():
        for place, text in _lines(name, value):
            table.add_row(place, Text(_seen(text)))
    console.print(table)
    for one in reading.deviations:
        console.print(_seen(f"{one.code.value}  {one.place}  line {one.line}  {one.read}"), markup=False)


def _seen(text: str) -> str:
    """Return a text of strangers without what would steer the terminal; escapes of JSON stand in its place."""
    return "".join(f"\\u{ord(sign):04x}" if unicodedata.category(sign) == "Cc" else sign for sign in text)


def _lines(name: str, value: Any) -> list[tuple[str, str]]:
    """Return the filled fields of a nested value, each with its path."""
    if isinstance(value, dict):
        pairs = [(f"{name}.{key}", inner) for key, inner in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{name}[{number}]", inner) for number, inner in enumerate(value, start=1)]
    else:
        return [(name, str(value))] if value not in ("", None, False) else []
    return [line for path, inner in pairs for line in _lines(path, inner)]


def _plain(value: Any) -> Any:
    """Return a value of the library as JSON has it; of a file only its hash and size."""
    from divan_libs.ece.contents import Content  # noqa: PLC0415 (not needed to print the help)

    if isinstance(value, Content):
        return {"sha256": value.sha256, "size": value.size}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _put_out(reading: Reading, folder: Path, prefix: str) -> None:
    from divan_libs.ece.values import Letter  # noqa: PLC0415 (not needed to print the help)

    if not isinstance(reading.message, Letter):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for kind, parts in (("origin", reading.message.origins), ("attachment", reading.message.attachments)):
        for number, part in enumerate(parts, start=1):
            path = folder / f"{prefix}{kind}-{number}.{_extension(part)}"
            # Never over a file that is there, nor through a link that somebody laid.
            with path.open("xb") as file:
                file.write(part.content.read())
            typer.echo(f"{path}: {part.media_type}", err=True)


def _extension(part: Part) -> str:
    from divan_libs.ece.sniffing import EXTENSIONS  # noqa: PLC0415 (not needed to print the help)

    return EXTENSIONS.get(part.media_type, ("bin",))[0]
