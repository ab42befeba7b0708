"""Letters between two provinces and the centre, three installations, as `divan letters demo` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .installation import Installation


@pytest.mark.timeout(2000)
def test_letters_pass_between_two_provinces_and_the_centre(installation: Installation):
    told = installation.run("letters", "demo", timeout=1800)

    assert told.returncode == 0, told.stdout + told.stderr
    steps = [line for line in told.stdout.splitlines() if line.strip()[:1].isdigit()]
    assert told.stdout.splitlines()[-1] == f"All {len(steps)} steps held."
    assert not list(installation.data.glob("second-province")) + list(installation.data.glob("centre"))
