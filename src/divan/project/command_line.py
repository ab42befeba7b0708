"""The command ``divan``: a sub-command imports what it needs when called; only those of the house need Django."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import typer

COMMANDS = (
    "up",
    "web",
    "worker",
    "gateway",
    "rehearsal",
    "pg",
    "migrate",
    "service",
    "case",
    "places",
    "people",
    "identity",
    "payments",
    "archive",
    "ledger",
    "witness",
    "verify",
    "ece",
    "exchange",
    "letters",
    "journey",
    "reset",
    "house",
)
"""The modules of ``divan.project.commands``, in the order in which `divan --help` lists them."""


def application() -> typer.Typer:
    """Return the command line with every sub-command."""
    app = typer.Typer(
        name="divan",
        help="Divan: the electronic government of a province in one system.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for name in COMMANDS:
        import_module(f"divan.project.commands.{name}").register(app)
    return app


def main() -> None:
    """Run the command that the arguments name; what a person can put right is said in one line, without a traceback."""
    from divan.project.configuration import ConfigurationFault  # noqa: PLC0415 (not needed to print the help)
    from divan.project.launcher.troubles import CannotStart  # noqa: PLC0415 (as above)

    keep_another_port_apart()
    try:
        application()()
    except (CannotStart, ConfigurationFault) as trouble:
        sys.stderr.write(f"divan: {trouble}\n")
        sys.exit(getattr(trouble, "exit_code", 1))
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package.startswith("divan"):
            raise
        sys.stderr.write(f"divan: {package} is missing; this command needs the whole house: install divan[house]\n")
        sys.exit(1)
    except Exception as error:
        if not is_unreachable(error):
            raise
        sys.stderr.write(
            "divan: the database does not answer: start it with `divan up` or `divan pg start`, name the installation "
            f"with PORT or DIVAN_DATA, or correct DIVAN_DATABASE_URL ({str(error).splitlines()[0].strip()})\n"
        )
        sys.exit(1)


def is_unreachable(error: BaseException | None) -> bool:
    """Tell whether an error, or what caused it, is that no connection to the database could be made."""
    driver = sys.modules.get("psycopg")
    if error is None or driver is None:
        return False
    # Every error that a server sends has a state; one without never came to it.
    is_own = isinstance(error, driver.OperationalError) and error.sqlstate is None and error.diag.sqlstate is None
    return is_own or is_unreachable(error.__cause__)


def keep_another_port_apart() -> None:
    """Give an installation on another port than 8000 a data folder of its own, ``var-PORT``, unless one is named.

    So ``PORT=9000 make up`` runs beside ``make up`` of the same checkout, and every other command finds the same
    installation by the same ``PORT``.
    """
    port = os.environ.get("DIVAN_PORT") or os.environ.get("PORT") or "8000"
    if port != "8000" and port.isdigit() and not os.environ.get("DIVAN_DATA"):
        os.environ["DIVAN_DATA"] = f"var-{port}"


if __name__ == "__main__":
    main()
