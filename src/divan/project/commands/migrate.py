"""`divan migrate` and `divan demo`: the schema, and the demo province."""

from __future__ import annotations

import os

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(migrate)
    app.command()(demo)


def _house() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()


def migrate() -> None:
    """Bring the schema of the database to this version."""
    _house()
    from django.core.management import call_command  # noqa: PLC0415 (readable only after setup)

    call_command("migrate", interactive=False)


def demo() -> None:
    """Load the demo province into a rehearsal; again changes nothing."""
    _house()
    from divan.project.demo import loading as province  # noqa: PLC0415 (models are readable only now)

    province.load()
    for person in province.people():
        typer.echo(f"{person.part:<34} {person.name:<20} {person.national_code}  {person.mobile}")
