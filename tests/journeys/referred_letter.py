"""An incoming letter, referred to the director: ``python -m tests.journeys.referred_letter SUBJECT``.

What arrives by the counter, and is registered there, has a journey of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

from .installation import ROOT, Installation


def incoming_letter(installation: Installation, *, subject: str) -> str:
    """Let a letter stand in the register of an installation and come to the director; return its identifier."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.referred_letter", subject],
        env=installation.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def main(subject: str) -> int:
    """Register a letter and refer it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (the settings are named only now)

    django.setup()
    from divan.dealings.correspondence.tests.referred import incoming, refer  # noqa: PLC0415 (models are readable now)
    from divan.foundation import clock  # noqa: PLC0415 (as above)

    world = SimpleNamespace(now=clock.now())
    letter = incoming(world, subject=subject)
    refer(world, letter, "ict-secretariat", "ict-director")
    print(letter)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
