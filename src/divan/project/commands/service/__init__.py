"""`divan service`: begin, examine, try, compare, publish, carry in and out, and draw services."""

from __future__ import annotations

import typer

from divan.project.commands.service import beginning, comparing, drawing, examining, publishing


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Services as data: begin, examine, try on examples, compare, publish, carry in and out, draw.",
        no_args_is_help=True,
    )
    group.command()(beginning.new)
    group.command()(examining.lint)
    group.command("test")(examining.play)
    group.command()(comparing.diff)
    group.command()(publishing.publish)
    group.command("import")(beginning.import_cards)
    group.command()(publishing.export)
    group.command()(drawing.draw)
    app.add_typer(group, name="service")
