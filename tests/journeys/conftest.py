"""One installation and one browser for all journeys; each test has windows of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .installation import Installation
    from .people import Stage

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


LEAVES_ITS_MARK = "test_letters_between_houses.py"
"""The demonstration of letters seats people of the one installation anew: afterwards no letter goes its usual way."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark everything here; one process of several runs it all, because there is one installation.

    Journeys come last: their browser keeps an event loop running, in which no other test could start one.
    """
    for item in items:
        if "/journeys/" in item.path.as_posix():
            item.add_marker("journey")
            item.add_marker(pytest.mark.xdist_group("journeys"))
    # Marked before pytest chooses by marks, and moved after it has shuffled.
    yield
    items.sort(key=lambda item: ("/journeys/" in item.path.as_posix(), item.path.name == LEAVES_ITS_MARK))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    from .installation import brought_up  # noqa: PLC0415 (only when a journey runs)

    with brought_up(tmp_path_factory.mktemp("installation")) as running:
        yield running


@pytest.fixture(scope="session")
def browser(installation: Installation) -> Iterator[Browser]:
    if not any(shutil.which(program) for program in PROGRAMS):
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from tools.screenshots import chromium  # noqa: PLC0415 (as above)

    with chromium() as opened:
        yield opened


@pytest.fixture
def stage(installation: Installation, browser: Browser) -> Iterator[Stage]:
    """Give the means to open windows for people; all are closed at the end of the test."""
    from .people import Stage  # noqa: PLC0415 (as above)

    stage = Stage(installation, browser)
    yield stage
    stage.close()
