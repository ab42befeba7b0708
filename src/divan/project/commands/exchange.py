"""`divan exchange`: evidence of messages, handed out and judged. Judging needs no house, only certificates to trust."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divan.project.launcher.troubles import CannotStart

if TYPE_CHECKING:
    from cryptography import x509

    from divan_libs.asic.verification import AsicVerdict

LARGEST = 64 * 1024 * 1024
ROOTS = ("exchange/authorities.pem", "trust/signing-roots.pem", "trust/roots.pem", "trust/timestamp-roots.pem")
_RECORDS = ("intent.json", "closing.json")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Evidence of the exchange.", no_args_is_help=True)
    group.command()(evidence)
    group.command()(verify)
    group.command()(records)
    app.add_typer(group, name="exchange")


def evidence(
    message: Annotated[str, typer.Argument(help="The message's identifier (X-Road-Id).")],
    out: Annotated[Path, typer.Option("--out", help="The container that is written; it must not exist.")],
    attempt: Annotated[str, typer.Option(help="One attempt of several (X-Road-Request-Id); default: the newest.")] = "",
    unstamped: Annotated[
        bool, typer.Option("--unstamped", help="Also when no timestamp proves yet since when the signature is there.")
    ] = False,
) -> None:
    """Write the evidence of a message as an ASiC-E container, which foreign tools verify.

    Exit code 0: written. 1: there is no such message, or it cannot be written. 3: its timestamp is still to come.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.foundation.errors import Refusal  # noqa: PLC0415 (models are readable only now)
    from divan.trust.exchange import queries  # noqa: PLC0415 (as above)

    try:
        container = queries.get_container(message, request_id=attempt)
    except Refusal as refusal:
        raise CannotStart(f"no evidence of {message!r}: {refusal}") from refusal
    if container.stamped_at is None and not unstamped:
        typer.echo("the signature has no timestamp yet; wait a minute, or take it so with --unstamped", err=True)
        raise typer.Exit(3)
    try:
        with out.open("xb") as file:
            file.write(container.octets)
    except OSError as error:
        raise CannotStart(f"cannot write {out}: {error.strerror}") from error
    since = f"stamped {container.stamped_at:%Y-%m-%d %H:%M:%S} UTC" if container.stamped_at else "not stamped yet"
    typer.echo(f"{out}: {len(container.octets)} bytes, {since}")


def records(
    day: Annotated[str, typer.Option("--day", help="A day such as 2026-11-22, in UTC.")],
) -> None:
    """Print the operational-monitoring records of a day as JSON lines, with X-Road's names of fields."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.trust.exchange import queries  # noqa: PLC0415 (models are readable only now)

    try:
        since = datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError as error:
        raise CannotStart(f"--day {day!r} is no day; write it as 2026-11-22") from error
    for record in queries.iterate_monitoring(since=since, until=since + timedelta(days=1)):
        typer.echo(json.dumps(record, ensure_ascii=False))


def verify(
    files: Annotated[list[Path], typer.Argument(help="Containers (.asice) of this exchange or of X-Road.")],
    roots: Annotated[
        list[Path] | None,
        typer.Option("--roots", help="PEM files of authorities you trust; default: those of the installation here."),
    ] = None,
    any_root: Annotated[
        bool, typer.Option("--any-root", help="Only whether anything was altered; whoever signed is taken at his word.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file instead.")] = False,
) -> None:
    """Say of each container who signed which message, since when, and what does not hold; without house and network.

    Exit code 0: all hold. 1: one does not, or was signed by nobody you trust.
    """
    from divan.foundation import clock  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.asic.verification import verify_container  # noqa: PLC0415 (as above)

    # What pyHanko logs of a broken chain is in the verdict.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    trusted = None if any_root else _trusted(roots)
    genuine = True
    for path in files:
        verdict = verify_container(_read(path), roots=trusted, now=clock.now())
        genuine = genuine and verdict.intact
        if as_json:
            typer.echo(json.dumps({"file": str(path), **_plain(verdict)}, ensure_ascii=False))
        else:
            _say(path, verdict)
    if not genuine:
        raise typer.Exit(1)


def _trusted(roots: list[Path] | None) -> list[x509.Certificate]:
    from divan_libs.pki.encoding import read_certificates  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.pki.errors import CertificateUnreadable  # noqa: PLC0415 (as above)

    data = Path(os.environ.get("DIVAN_DATA") or "var")
    paths = roots or [data / name for name in ROOTS if (data / name).exists()]
    if not paths:
        raise CannotStart("no authorities to trust: name PEM files with --roots, or judge without any by --any-root")
    try:
        return [certificate for path in paths for certificate in read_certificates(_read(path))]
    except CertificateUnreadable as error:
        raise CannotStart(f"--roots: {error}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise CannotStart(f"cannot read {path}: {error.strerror}") from error
    if len(octets) > LARGEST:
        raise CannotStart(f"{path} is larger than {LARGEST // 1024**2} MiB")
    return octets


def _records(verdict: AsicVerdict) -> dict[str, Any]:
    """Return what the records in the container say, if they are those of this exchange and under the signature."""
    said: dict[str, Any] = {}
    if not verdict.intact:
        return said
    for name in _RECORDS:
        if name in verdict.files:
            try:
                record = json.loads(verdict.octets[name])
            except (ValueError, RecursionError):
                continue
            said |= record if isinstance(record, dict) else {}
    return said


def _plain(verdict: AsicVerdict) -> dict[str, Any]:
    return {
        "genuine": verdict.intact,
        "problems": list(verdict.problems),
        "shape": verdict.shape,
        "files": list(verdict.files),
        "absent": dict(verdict.absent),
        "signer": verdict.signer.common_name if verdict.signer else None,
        "certificate": verdict.certificate,
        "signed_at": verdict.signed_at.isoformat() if verdict.signed_at else None,
        "timestamped_at": verdict.timestamped_at.isoformat() if verdict.timestamped_at else None,
        "message": _records(verdict),
    }


def _say(path: Path, verdict: AsicVerdict) -> None:
    from divan_libs.asic.errors import CODES  # noqa: PLC0415 (not needed to print the help)

    lines = [f"{path.name}: {'GENUINE' if verdict.intact else 'NOT PROVEN'}"]
    lines += [f"{CODES[code]} ({code})" for code in verdict.problems]
    if verdict.signer is not None:
        how = "with many others, under one hash chain" if verdict.shape == "batch" else "alone"
        lines.append(f"signed {how} by {verdict.signer.common_name or '?'}, certificate {verdict.certificate}")
    if verdict.signed_at is not None:
        lines.append(f"the signer says it was {verdict.signed_at:%Y-%m-%d %H:%M:%S} UTC")
    if verdict.timestamped_at is not None:
        authority = verdict.authority.common_name if verdict.authority else None
        lines.append(
            f"{authority or 'a timestamp authority'} says it was {verdict.timestamped_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    if verdict.intact and verdict.trusted is None:
        lines.append("whether the signer and the timestamp are to be believed was not judged (--any-root)")
    lines += [f"named, and not in the container: {name} {digest}" for name, digest in verdict.absent.items()]
    lines += _told(_records(verdict))
    for number, line in enumerate(lines):
        # What a stranger wrote must not steer the terminal.
        typer.echo(("  " if number else "") + "".join(sign if sign.isprintable() else "\ufffd" for sign in line))


def _told(said: dict[str, Any]) -> list[str]:
    if not {"client", "service", "outcome"} <= said.keys():
        return []
    lines = [
        f"{said['client']} asked {said['service']}: {said.get('method')} {said.get('path')}",
        f"purpose: {said.get('purpose')}; legal basis: {said.get('legal_basis')}; permit {said.get('permit')}",
        f"message {said.get('message_id')}, attempt {said.get('request_id')}; "
        f"outcome: {said['outcome']} {said.get('status') or said.get('error') or ''}",
        f"hash of the question (X-Road-Request-Hash): {said.get('request_hash')}",
    ]
    if said.get("response_hash"):
        lines.append(f"hash of the answer: {said['response_hash']}")
    return lines
