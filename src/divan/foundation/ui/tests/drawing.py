"""Draw a piece of template as a page would and look into it."""

from __future__ import annotations

from html.parser import HTMLParser

from django.template import Context, Engine, Template

from divan.foundation.ui.templatetags import components, persian

ENGINE = Engine(
    app_dirs=True,
    builtins=[persian.__name__, components.__name__],
    libraries={
        "i18n": "django.templatetags.i18n",
        "l10n": "django.templatetags.l10n",
        "static": "django.templatetags.static",
    },
)


def draw(source: str, **matter: object) -> str:
    return Template(source, engine=ENGINE).render(Context(matter))


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return every element with its attributes, in order."""
    parser = _Elements()
    parser.feed(html)
    return parser.found


def ids(html: str) -> list[str]:
    return [attributes["id"] for _, attributes in elements(html) if "id" in attributes]
