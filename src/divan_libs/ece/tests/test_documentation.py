"""The page of the library names every code that callers may meet."""

from __future__ import annotations

import re
from pathlib import Path

from divan_libs.ece.conformance import MEANINGS
from divan_libs.ece.mail import MailDeviation
from divan_libs.ece.values import DeviationCode

LIBRARY = Path(__file__).resolve().parents[1]
PAGE = (LIBRARY / "README.md").read_text(encoding="utf-8")


def codes() -> set[str]:
    sources = [path.read_text(encoding="utf-8") for path in LIBRARY.glob("*.py")]
    return {code for source in sources for code in re.findall(r'"(ece\.[a-z]+\.[a-z0-9.-]+)"', source)}


def test_every_deviation_is_explained():
    assert sorted(code for code in (*DeviationCode, *MailDeviation) if f"`{code.value}`" not in PAGE) == []


def test_every_refusal_is_explained():
    found = codes()

    assert len(found) >= 30
    assert sorted(one for one in found if f"`{one}`" not in PAGE and f"`.{one.split('.', 2)[2]}`" not in PAGE) == []


def test_every_module_is_introduced():
    modules = {path.stem for path in LIBRARY.glob("*.py")} - {"__init__"}

    assert sorted(name for name in modules if f"`{name}`" not in PAGE) == []


def test_every_deviation_is_told_in_both_languages():
    assert set(MEANINGS) == {*DeviationCode, *MailDeviation}
    for meaning in MEANINGS.values():
        english, persian = meaning.said("en"), meaning.said("fa")
        assert all(text.endswith(".") for text in (*english, *persian)), english
        assert all(re.search("[\u0600-\u06ff]", text) for text in persian), english
    assert len({meaning.said("fa")[0] for meaning in MEANINGS.values()}) >= len(MEANINGS) - 2
