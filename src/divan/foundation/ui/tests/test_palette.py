"""The palette stands in one place and every pair set as text on a ground can be read (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from divan.foundation.ui.samples import COLOURS

STYLES = Path(__file__).resolve().parents[5] / "frontend" / "styles"
TOKENS = STYLES / "_tokens.scss"

pytestmark = pytest.mark.skipif(not TOKENS.exists(), reason="the front end's sources are not beside this package")

TEXT_ON_GROUND = [
    *(("ink", ground) for ground in ("paper", "card", "sand", "saffron", "turquoise-wash", "lapis-wash")),
    *(("ink-soft", ground) for ground in ("paper", "card", "sand")),
    *(("turquoise", ground) for ground in ("paper", "card", "sand", "turquoise-wash")),
    *(("turquoise-deep", ground) for ground in ("paper", "card", "sand", "turquoise-wash")),
    *(
        ("white", ground)
        for ground in ("lapis-deep", "lapis", "turquoise", "pomegranate", "cypress", "ink-soft", "ink")
    ),
    ("turquoise-wash", "lapis-deep"),
    ("lapis-deep", "turquoise-bright"),
    ("lapis", "lapis-wash"),
    ("lapis", "card"),
    ("saffron-ink", "saffron-wash"),
    ("saffron-ink", "card"),
    *(("pomegranate", ground) for ground in ("paper", "card", "pomegranate-wash")),
    *(("cypress", ground) for ground in ("card", "cypress-wash")),
    ("paper", "ink"),
]
EDGE_ON_GROUND = [
    *(("line-strong", ground) for ground in ("paper", "card", "sand")),
    *(("pomegranate", ground) for ground in ("paper", "card")),
    *(("turquoise", ground) for ground in ("paper", "turquoise-wash")),
    ("ink", "saffron"),
    ("ink", "paper"),
    ("saffron", "lapis-deep"),
    ("turquoise-bright", "lapis-deep"),
]


def colours() -> dict[str, tuple[int, int, int]]:
    found = re.findall(r"^\$([a-z-]+): #([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2});", TOKENS.read_text(), re.MULTILINE)
    return {name: (int(red, 16), int(green, 16), int(blue, 16)) for name, red, green, blue in found}


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    known = colours()
    darker, lighter = sorted((luminance(known[one]), luminance(known[other])))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says():
    assert luminance((255, 255, 255)) == pytest.approx(1.0)
    assert luminance((0, 0, 0)) == 0.0
    assert luminance((119, 119, 119)) == pytest.approx(0.1845, abs=0.0005)


@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_read_on_its_ground(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGE_ON_GROUND)
def test_edges_of_controls_and_focus_are_seen_on_their_ground(edge, ground):
    assert contrast(edge, ground) >= 3.0


def test_no_colour_stands_outside_the_tokens():
    strays = {
        path.name: re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\{)", path.read_text())
        for path in STYLES.glob("*.scss")
        if path != TOKENS
    }

    assert {name: found for name, found in strays.items() if found} == {}


def test_own_sheets_know_no_left_and_right():
    physical = re.compile(
        r"^\s*(?:margin|padding|border|inset)-(?:left|right)\b|^\s*(?:left|right)\s*:|float:\s*(?:left|right)",
        re.MULTILINE,
    )
    strays = [path.name for path in STYLES.glob("_*.scss") if physical.search(path.read_text())]

    assert strays == []


def test_the_style_page_shows_every_colour():
    assert set(COLOURS) == set(colours()) - {"white"}
