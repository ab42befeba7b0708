"""`divan gateway`: the data plane of the exchange."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(gateway)


def gateway() -> None:
    """Carry messages between the members of the exchange until told to stop; settings: DIVAN_GATEWAY_…"""
    from divan_gateway.__main__ import main  # noqa: PLC0415 (not needed to print the help)

    main()
