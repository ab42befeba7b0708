"""`divan web`: the web process."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(web)


def web(
    address: Annotated[
        str, typer.Option(help="Network address to listen on; a proxy in front usually stands on this machine.")
    ] = "127.0.0.1",
) -> None:
    """Serve the house over HTTP on PORT until told to stop."""
    from divan.project import serving  # noqa: PLC0415 (needs the house's packages)
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (not needed to print the help)

    serving.serve(read_configuration(), address=address)
