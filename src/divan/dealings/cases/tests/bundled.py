"""A bundle of the two services that tests publish."""

from __future__ import annotations

from divan_libs.servicepack.bundles import Bundle

CODE = "a-workshop-online"


def bundle(**changes) -> Bundle:
    """Return a bundle of the two services of the tests."""
    texts = {"title": "کارگاه برخط", "description": "مجوز و اینترنت", "questions.online.label": "اینترنت می‌خواهید؟"}
    content = {
        "code": CODE,
        "life_event": "business",
        "services": {"workshop-permit": {}, "rural-internet-coverage": {"when": "online"}},
        "questions": {"online": {}},
        "shared": {"village": ["workshop-permit.village", "rural-internet-coverage.village"]},
        "texts": {"fa": texts, "en": texts},
    }
    return Bundle.model_validate({**content, **changes})
