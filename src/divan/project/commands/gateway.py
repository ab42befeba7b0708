"""`divan gateway`: the data plane of the exchange."""

from __future__ import annotations

import os
from collections.abc import Mapping

import typer

from divan.project.configuration import Configuration
from divan.project.launcher.troubles import CannotStart

_PREFIX = "DIVAN_GATEWAY_"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(gateway)


def gateway() -> None:
    """Carry messages between the members of the exchange until told to stop; settings: DIVAN_GATEWAY_…"""
    from divan_gateway.__main__ import main  # noqa: PLC0415 (not needed to print the help)

    if not os.environ.get(f"{_PREFIX}SERVER"):
        from divan.project.configuration import read_configuration  # noqa: PLC0415 (a gateway alone has none)

        os.environ.update(prepared_settings(read_configuration(), os.environ))
    raise typer.Exit(main())


def prepared_settings(configuration: Configuration, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the gateway's settings as the preparation of the exchange left them in ``gateway/environment``.

    The file holds ``NAME=value`` lines, as systemd reads them. What the environment says goes before it; it listens on
    PORT+1 of this machine and keeps its evidence in the data folder unless told otherwise.

    :raises CannotStart: when the exchange was never prepared, or a line is not of that form.
    """
    folder = configuration.data / "gateway"
    settings = {
        f"{_PREFIX}LISTEN": f"127.0.0.1:{configuration.port + 1}",
        f"{_PREFIX}EVIDENCE": str(folder / "evidence"),
    }
    try:
        lines = (folder / "environment").read_text().splitlines()
    except FileNotFoundError as error:
        raise CannotStart(
            f"the gateway has no settings: {folder / 'environment'} is made by divan up, "
            f"or set {_PREFIX}SERVER and the others"
        ) from error
    for line in lines:
        name, equals, value = line.partition("=")
        if not line.strip() or line.startswith("#"):
            continue
        if not equals or not name.startswith(_PREFIX):
            raise CannotStart(f"{folder / 'environment'} holds a line that is no setting of the gateway: {line}")
        settings[name] = value
    return settings | {name: value for name, value in environment.items() if name.startswith(_PREFIX)}
