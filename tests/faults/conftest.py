"""A house of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .house import Carrier, House


@pytest.fixture(scope="session")
def carrier() -> Iterator[Carrier]:
    from .house import serving_carrier  # noqa: PLC0415 (this file is read before Django is set up)

    with serving_carrier() as serving:
        yield serving


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, carrier: Carrier) -> Iterator[House]:
    from .house import furnished  # noqa: PLC0415 (as above)

    with furnished(tmp_path, carrier) as house:
        yield house
