"""`divan rehearsal`: the outside world, played."""

from __future__ import annotations

import os

import typer

from divan.project.launcher.troubles import CannotStart


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rehearsal)


def rehearsal() -> None:
    """Play registers, sign-on, short messages and a bank on PORT+2 and the scanner on PORT+6, until told to stop."""
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (not needed to print the help)
    from divan.project.rehearsal.server import serve  # noqa: PLC0415 (needs the house's packages)
    from divan.project.rehearsal.settings import Settings  # noqa: PLC0415 (as above)

    configuration = read_configuration()
    if not configuration.rehearsal:
        raise CannotStart("the rehearsal does not run beside a production installation; unset DIVAN_MODE")
    told = Settings(
        data=configuration.data / "rehearsal",
        port=configuration.port + 2,
        scanner_port=configuration.port + 6,
        home=configuration.base_url,
        issuer=f"http://{configuration.address(2)}/sign-on",
        return_address=f"{configuration.base_url.rstrip('/')}/sign-in/national/return/",
        client_id=configuration.sign_on_client_id,
        client_secret=configuration.sign_on_client_secret,
        sms_token=configuration.sms_token,
        bank_terminal=configuration.bank_terminal,
        bank_key=configuration.bank_key,
    )
    # The server's worker is a process of its own and reads its settings from the environment.
    os.environ.update(told.as_environment())
    serve(told)
