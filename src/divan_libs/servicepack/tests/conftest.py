"""A good package, and broken copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.lint import Surroundings, lint
from divan_libs.servicepack.loading import load_package, load_with_sources
from divan_libs.servicepack.models import InquiryState, Package

SERVICE = Path(__file__).resolve().parents[4] / "services" / "rural-internet-coverage"
TODAY = date(2025, 11, 22)

Edit = tuple[str, str, str]
"""A file, what stands in it, and what shall stand there instead."""


@pytest.fixture(scope="session")
def good() -> Package:
    return load_package(SERVICE)


@pytest.fixture(scope="session")
def surroundings() -> Surroundings:
    return Surroundings(
        roles=frozenset(
            {
                "village-head",
                "district-head",
                "ict-expert",
                "ict-deputy",
                "ict-director",
                "governor-officer",
                "governor",
            }
        ),
        bodies=frozenset({"ict-directorate", "ict-ministry", "governor-office"}),
        data_services=frozenset({"civil-registry/person", "mobile-register/owner"}),
    )


@pytest.fixture
def copy_with(tmp_path: Path) -> Callable[..., Path]:
    """Return a copy of the good package's folder after some edits; an edit that finds nothing fails the test."""

    def make(*edits: Edit) -> Path:
        folder = tmp_path / SERVICE.name
        shutil.copytree(SERVICE, folder)
        for file, old, new in edits:
            path = folder / file
            text = path.read_text("utf-8") if path.exists() else ""
            assert old in text, f"{old!r} does not stand in {file}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace(old, new, 1) if old else new, "utf-8")
        return folder

    return make


@pytest.fixture
def faults_of(copy_with: Callable[..., Path], surroundings: Surroundings) -> Callable[..., list[Fault]]:
    """Return what lint says of an edited copy."""

    def examine(*edits: Edit) -> list[Fault]:
        package, sources = load_with_sources(copy_with(*edits))
        return lint(package, surroundings, sources)

    return examine


@pytest.fixture
def package_with(copy_with: Callable[..., Path]) -> Callable[..., Package]:
    """Return an edited copy, loaded."""
    return lambda *edits: load_package(copy_with(*edits))


@pytest.fixture
def context() -> Context:
    """What a villager has answered whose identity is known."""
    return Context(
        today=TODAY,
        answers={
            "village": "1501020001",
            "relation": "resident",
            "present_access": "voice-only",
            "operators_seen": ("mci",),
            "households": 35,
            "purpose": ("education",),
            "truth": True,
        },
        facts={
            "identity": Fact(InquiryState.MATCHED, {"first_name": "گل‌نار", "last_name": "دشتی", "alive": True}),
            "mobile_owner": Fact(InquiryState.MATCHED, {"mobile": "09120000000"}),
        },
    )
