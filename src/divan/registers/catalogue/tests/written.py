"""Services that are only a card, for tests: written from a few words, published like any other."""

from __future__ import annotations

from typing import Any

from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions
from divan.registers.catalogue.values import VersionRef
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.lint.card import card_bodies
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.texts import required_texts

CARD: dict[str, Any] = {
    "edition": "annex-1",
    "delivery": "information-only",
    "provider": {"body": "ict-directorate"},
    "relations": ["G2C"],
    "nature": "sovereign",
    "levels": ["provincial"],
    "life_events": ["other"],
    "start_mode": "request",
    "laws": [{"code": "LAW-ONE", "title": "قانون نمونه", "confirmed": False}],
    "access": [
        {"stage": stage, "channel": "internet", "electronic": True}
        for stage in ("information", "request", "production", "delivery")
    ],
    "prepared_by": {"unit": "دفتر فناوری", "on": "1404/07/01"},
}


def written(code: str, title: str, /, *, texts: dict[str, str] | None = None, **card: Any) -> Package:
    """Return a service that is a card alone; texts that are not given say their own key."""
    parts: dict[str, Any] = {name: {} for name in ("needs", "form", "flow", "fees", "outputs")}
    base = {"code": code, "edition": "annex-1", **parts}
    bare = Package.model_validate({**base, "card": {"code": code, **CARD, **card}, "texts": {}})
    words = {key: key for key in required_texts(bare)} | {"card.title": title} | (texts or {})
    return bare.model_copy(update={"texts": {"fa": words, "en": words}})


def publish(world: Any, package: Package) -> VersionRef:
    """Publish a package as it stands."""
    around = Surroundings(
        roles=frozenset(), bodies=card_bodies(package.card), data_services=frozenset(package.card.inquiries)
    )
    return actions.publish_package(package=package, surroundings=around, actor=SYSTEM, now=world.now)
