"""Tells each step of the story as it happens: who did what, how long it took, and what was seen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape


@dataclass(slots=True)
class Step:
    """One step under way; ``note`` adds what was seen in it."""

    who: str
    what: str
    seen: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add something seen, to be told behind the step."""
        self.seen.append(text)


@dataclass(slots=True)
class Narrator:
    """Prints steps with their time; counts them."""

    console: Console
    steps: int = 0
    begun: float = field(default_factory=time.monotonic)

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self.console.print(f"\n[bold]{escape(title)}[/bold]")

    @contextmanager
    def step(self, who: str, what: str) -> Iterator[Step]:
        """Tell a step when it is done; one that breaks is told with a cross, and the error goes on."""
        step, begun = Step(who, what), time.monotonic()
        try:
            with self.console.status(f"{escape(who)}: {escape(what)}"):
                yield step
        except BaseException:
            self._print("[red]✗[/red]", step, time.monotonic() - begun)
            raise
        self.steps += 1
        self._print("[green]✓[/green]", step, time.monotonic() - begun)

    def _print(self, mark: str, step: Step, seconds: float) -> None:
        seen = f"  [dim]{escape('; '.join(step.seen))}[/dim]" if step.seen else ""
        self.console.print(f" {mark} {seconds:6.2f} s  [cyan]{escape(step.who):<16}[/cyan] {escape(step.what)}{seen}")

    def seconds(self) -> float:
        """Return how long the story has lasted."""
        return time.monotonic() - self.begun
