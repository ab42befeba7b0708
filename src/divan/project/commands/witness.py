"""`divan witness`: vouching for logs that others keep. Needs the base installation alone, no Django and no database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from divan.project.launcher.troubles import CannotStart

_CONFIG = Annotated[
    Path,
    typer.Option("--config", envvar="DIVAN_WITNESS_CONFIG", help="The witness's settings; its files lie beside it."),
]
_DEFAULT = Path("witness.toml")


def register(app: typer.Typer) -> None:
    """Add the commands of a witness."""
    group = typer.Typer(help="A witness of transparency logs that others keep.", no_args_is_help=True)
    group.command()(keygen)
    group.command("add-log")(add_log)
    group.command()(run)
    group.command()(status)
    app.add_typer(group, name="witness")


def keygen(
    name: Annotated[str, typer.Argument(help="What the witness is called, like an address: witness.example/w1.")],
    config: _CONFIG = _DEFAULT,
) -> None:
    """Make the key of a witness, and its settings where there are none; print the public key for others to trust."""
    from divan_witness.keys import KeyUnusable, make_key  # noqa: PLC0415 (not needed to print the help)
    from divan_witness.settings import TEMPLATE, SettingsError, read_settings  # noqa: PLC0415 (as above)

    try:
        if not config.exists():
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(TEMPLATE, encoding="utf-8")
        signer = make_key(read_settings(config).key, name)
    except (SettingsError, KeyUnusable, OSError) as trouble:
        raise CannotStart(str(trouble)) from trouble
    typer.echo(signer.verifier.encode())


def add_log(
    key: Annotated[str, typer.Argument(help="The public key of the log, name+12345678+…; its name is the origin.")],
    address: Annotated[
        str, typer.Argument(help="Where the log is read; for people, the witness does not go there.")
    ] = "",
    config: _CONFIG = _DEFAULT,
) -> None:
    """Look after one more log. A running witness does so once it is started anew."""
    from divan_libs.tlog.errors import TlogError  # noqa: PLC0415 (not needed to print the help)
    from divan_libs.tlog.policies import parse_policy  # noqa: PLC0415 (as above)
    from divan_witness.settings import SettingsError, read_settings  # noqa: PLC0415 (as above)

    try:
        path = read_settings(config).logs
        known = path.read_text(encoding="utf-8") if path.exists() else "quorum none\n"
        grown = f"{known.rstrip()}\nlog {key} {address}".rstrip() + "\n"
        policy = parse_policy(grown)
    except (SettingsError, OSError, ValueError) as trouble:
        reason = trouble.facts.get("reason", trouble.code) if isinstance(trouble, TlogError) else trouble
        raise CannotStart(f"the log is not added: {reason}") from trouble
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(grown, encoding="utf-8")
    draft.replace(path)
    typer.echo(f"{policy.logs[-1].verifier.name}: added; {len(policy.logs)} logs in {path}")


def run(config: _CONFIG = _DEFAULT) -> None:
    """Answer the logs until told to stop. Exit code 1 when it cannot start."""
    from divan_witness.__main__ import main  # noqa: PLC0415 (not needed to print the help)

    raise typer.Exit(main(config))


def status(
    config: _CONFIG = _DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each log instead.")] = False,
) -> None:
    """Say of each log up to where it is vouched for. Exit code 1 when one has forked, or memory is damaged."""
    from divan_witness.keys import KeyUnusable, read_key  # noqa: PLC0415 (not needed to print the help)
    from divan_witness.memory import Memory, MemoryUnusable  # noqa: PLC0415 (as above)
    from divan_witness.settings import SettingsError, read_logs, read_settings  # noqa: PLC0415 (as above)

    try:
        settings = read_settings(config)
        logs = read_logs(settings.logs).logs
        memory = Memory(settings.state, read_key(settings.key).verifier, is_reader=True)
        origins = dict.fromkeys(log.verifier.name for log in logs)
        keys = {origin: tuple(log.verifier for log in logs if log.verifier.name == origin) for origin in origins}
        known = {origin: (memory.recall(origin, keys[origin]), memory.forks(origin)) for origin in origins}
    except (SettingsError, KeyUnusable, MemoryUnusable, OSError) as trouble:
        raise CannotStart(str(trouble)) from trouble
    for origin, (head, forks) in known.items():
        size, at = (head.checkpoint.size, head.cosigned_at) if head else (None, None)
        files = [str(settings.state / path) for path in forks]
        if as_json:
            typer.echo(json.dumps({"log": origin, "size": size, "cosigned_at": at, "forks": files}, ensure_ascii=False))
            continue
        since = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "never"
        typer.echo(f"{origin}: {size or 0} entries, vouched for {since}; {len(files)} forks")
        for file in files:
            typer.echo(f"  fork: {file}")
    if any(forks for _, forks in known.values()):
        raise typer.Exit(1)
