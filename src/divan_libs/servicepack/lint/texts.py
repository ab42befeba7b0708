"""Everything people read stands in Persian and in English, with the same placeholders."""

from __future__ import annotations

from divan_libs.servicepack.filling import PLACEHOLDER
from divan_libs.servicepack.lint.findings import Findings
from divan_libs.servicepack.models import LANGUAGES
from divan_libs.servicepack.texts import optional_texts, required_texts


def check_texts(findings: Findings) -> None:
    """Check required, unpaired and unknown texts, and placeholders that differ or stand where none is filled."""
    package = findings.package
    required = list(required_texts(package))
    known = {*required, *optional_texts(package)}
    in_any = {key for language in LANGUAGES for key in package.texts.get(language, {})}
    for language in LANGUAGES:
        file = f"texts/{language}.yaml"
        texts = package.texts.get(language, {})
        for key in [*required, *sorted((in_any & known) - set(required))]:
            if key not in texts:
                findings.add("texts.missing", file, tuple(key.split(".")), key=key)
        for key in sorted(texts.keys() - known):
            findings.add("texts.unknown-key", file, tuple(key.split(".")), key=key)
        for key, text in texts.items():
            placeholders = set(PLACEHOLDER.findall(text))
            if placeholders and not key.startswith("messages."):
                findings.add("texts.placeholder-not-filled", file, tuple(key.split(".")), key=key)
