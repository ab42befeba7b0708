"""`divan ledger fsck`: the examination of the log at a terminal, to be interrupted and gone on with."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from divan.trust.ledger.values import Finding, Part

MOST_ROWS = 200
"""Findings shown one by one; beyond, the counts must do. ``--json`` gives them all."""

PARTS = {"files": "Published files", "facts": "Sealed facts", "rows": "Live rows"}

KEPT_EVERY = 2.0
"""Seconds after which it is noted how far the examination is: so much is done again after a kill."""

ALTERED = 1
UNREADABLE = 3
INTERRUPTED = 130


@dataclass(slots=True)
class Begun:
    """How far an examination is: where each part goes on, and what was found. Kept in a file until it has ended."""

    log: str
    since: int
    marks: dict[Part, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def keep(self, path: Path) -> None:
        """Write it down; whoever reads sees the old content or the new."""
        content = {
            "log": self.log,
            "since": self.since,
            "marks": {str(part): mark for part, mark in self.marks.items()},
            "findings": [asdict(finding) for finding in self.findings],
        }
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, default=str, ensure_ascii=False))
        draft.replace(path)


def fsck(
    since: Annotated[
        int, typer.Option("--from", metavar="SIZE", min=0, help="Pass over files and facts before this position.")
    ] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the last examination was interrupted.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for each finding, and no table.")
    ] = False,
) -> None:
    """Recompute the published log, every sealed fact and the live rows, and name what was altered.

    Exit code 0: all is as it was sealed. 1: something was altered. 2: the command was given wrongly. 3: there is no
    log, or its files cannot be reached now. 130: interrupted; go on with --resume.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from django.conf import settings  # noqa: PLC0415 (as above)

    from divan.trust.ledger import queries  # noqa: PLC0415 (models are readable only now)

    kept = Path(settings.DIVAN.data) / "fsck.json"
    state = queries.log_state()
    begun = _resumed(kept, state.verifier) if resume else Begun(state.verifier, since)
    try:
        _walk(begun, kept, quiet=as_json)
    except KeyboardInterrupt:
        begun.keep(kept)
        typer.echo("interrupted; go on with `divan ledger fsck --resume`", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        typer.echo(f"divan: the published files cannot be reached: {error}", err=True)
        raise typer.Exit(UNREADABLE) from error
    kept.unlink(missing_ok=True)
    if as_json:
        for finding in begun.findings:
            typer.echo(json.dumps(asdict(finding), default=str, ensure_ascii=False))
    else:
        _print_findings(begun.findings)
    if begun.findings:
        raise typer.Exit(UNREADABLE if begun.findings[0].code == "ledger.not-opened" else ALTERED)


def _walk(begun: Begun, kept: Path, *, quiet: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 (slow, and seldom)

    from divan.foundation.faults import power_may_fail  # noqa: PLC0415 (as above)
    from divan.trust.ledger import queries  # noqa: PLC0415 (models are readable only now)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    noted = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=quiet) as bars:
        shown = {part: bars.add_task(name, total=None) for part, name in PARTS.items()}
        for step in queries.fsck_in_steps(since=begun.since, marks=dict(begun.marks), found=begun.findings):
            bars.update(shown[step.part], completed=step.done, total=step.total)
            if not step.mark:
                continue
            is_first = step.part not in begun.marks
            begun.marks[step.part] = step.mark
            if is_first or time.monotonic() - noted >= KEPT_EVERY:
                begun.keep(kept)
                noted = time.monotonic()
                power_may_fail("fsck.kept")


def _resumed(kept: Path, log: str) -> Begun:
    """Return how far the interrupted examination of this log was.

    :raises typer.Exit: if there is none.
    """
    from divan.trust.ledger.values import Fault, Finding, Part  # noqa: PLC0415 (not needed to print the help)

    try:
        content = json.loads(kept.read_text())
        if content["log"] != log:
            raise ValueError("it is of another log")  # noqa: TRY301 (told with the others)
        findings = [
            Finding(
                **one
                | {
                    "code": Fault(one["code"]),
                    "subject_uuid": UUID(one["subject_uuid"]) if one["subject_uuid"] else None,
                }
            )
            for one in content["findings"]
        ]
        marks = {Part(part): str(mark) for part, mark in content["marks"].items()}
        return Begun(log, int(content["since"]), marks, findings)
    except FileNotFoundError:
        typer.echo("divan: no examination was interrupted; begin one with `divan ledger fsck`", err=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        typer.echo(f"divan: {kept} cannot be gone on with ({error}); begin anew with `divan ledger fsck`", err=True)
    raise typer.Exit(UNREADABLE)


def _print_findings(findings: Sequence[Finding]) -> None:
    from rich.console import Console  # noqa: PLC0415 (not needed to print the help)
    from rich.table import Column, Table  # noqa: PLC0415 (as above)

    from divan.trust.ledger.values import MEANINGS  # noqa: PLC0415 (as above)

    console = Console()
    if not findings:
        console.print("Nothing was altered: log, facts and rows are as they were sealed.")
        return
    table = Table("position", "what", Column("where", overflow="fold"))
    for finding in findings[:MOST_ROWS]:
        position = "" if finding.position is None else str(finding.position)
        table.add_row(position, f"{MEANINGS[finding.code]}\n{finding.code}", _where(finding))
    console.print(table)
    counts = Counter(str(finding.code) for finding in findings)
    console.print(
        f"{len(findings)} findings: " + ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    )
    placed = [finding for finding in findings if finding.position is not None]
    if placed:
        first = min(placed, key=lambda finding: finding.position or 0)
        console.print(f"The first altered stands at position {first.position}: {first.code} {_where(first, ' ')}")
    if len(findings) > MOST_ROWS:
        console.print(f"The table shows the first {MOST_ROWS}; --json gives them all.")


def _where(finding: Finding, between: str = "\n") -> str:
    subject = f"{finding.subject_kind} {finding.subject_uuid or ''}".strip()
    parts = [subject, finding.fact_kind, finding.path, finding.detail]
    if finding.field:
        parts.append(f"{finding.field} was {finding.expected}, now {finding.seen}")
    elif finding.expected:
        parts.append(f"digest was {finding.expected[:16]}…, now {finding.seen[:16]}…")
    return between.join(part for part in parts if part)
