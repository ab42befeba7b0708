"""A person at a browser: opens addresses, follows links, fills in forms as they are offered, keeps cookies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag

import httpx

from divan.project.journey.pages import Form, Page, read_page, untouched
from divan.project.launcher.troubles import CannotStart

Answer = str | list[str]

PATIENCE = 60.0
"""Seconds that somebody renews a page that promises to change by itself."""


class NothingThere(CannotStart):
    """No installation answers at the address."""


class StoryBroken(Exception):
    """Something in the story is not as it should be; the message says what was expected and what was seen."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be handed in."""

    name: str
    content: bytes
    media_type: str


class Visitor:
    """One person with one browser; ``language`` is what its browser asks for."""

    def __init__(self, name: str, base_url: str, *, language: str = "fa", timeout: float = 30.0) -> None:
        self.name = name
        self._base = base_url.rstrip("/")
        self._client = httpx.Client(
            base_url=self._base,
            headers={"Accept-Language": language, "User-Agent": "divan-journey"},
            follow_redirects=True,
            timeout=timeout,
        )

    @property
    def cookies(self) -> frozenset[str]:
        """The names of the cookies that the browser holds."""
        return frozenset(self._client.cookies.keys())

    def close(self) -> None:
        """Close the browser."""
        self._client.close()

    def open(self, address: str, *, status: int = 200) -> Page:
        """Open an address of the installation or a whole one.

        :raises StoryBroken: if it answers with another status.
        :raises NothingThere: if nothing answers.
        """
        return self._answered(self._request("GET", urldefrag(address).url), status)

    def follow(self, page: Page, part: str) -> Page:
        """Click on the link with this part in its address.

        :raises StoryBroken: if the page has no such link.
        """
        link = page.link(part)
        if link is None:
            raise StoryBroken(f"{self.name} finds no link to “{part}” on {page.address} ({page.title})")
        return self.open(link.address)

    def send(
        self,
        page: Page,
        answers: Mapping[str, Answer] | None = None,
        *,
        to: str = "",
        having: str = "",
        standing: tuple[str, str] | None = None,
        button: tuple[str, str] | None = None,
        files: Mapping[str, Upload] | None = None,
        status: int | tuple[int, ...] = 200,
    ) -> Page:
        """Fill in a form of the page and press its button; ``answers`` replaces what stands in it.

        Only what the page offers can be answered: a field that is not there, or a choice that is none of those
        offered, breaks the story as it would stop a person.

        :raises StoryBroken: then, or if the answer has another status.
        """
        form = self.form(page, to=to, having=having or next(iter(answers or {}), ""), standing=standing)
        if button is not None and button not in form.buttons:
            raise StoryBroken(f"{self.name} finds no button {button} on {page.address} ({page.title})")
        fields = filled(form, answers or {}, page)
        if button is not None:
            fields.setdefault(button[0], []).append(button[1])
        handed = [(name, (one.name, one.content, one.media_type)) for name, one in (files or {}).items()]
        return self._answered(
            self._request(
                form.method.upper(),
                urldefrag(form.action).url,
                data=fields if form.method == "post" else None,
                params=fields if form.method == "get" else None,
                files=handed or None,
                headers={"Referer": page.address},
            ),
            status,
        )

    def form(self, page: Page, *, to: str = "", having: str = "", standing: tuple[str, str] | None = None) -> Form:
        """Return a form of the page; see :meth:`divan.project.journey.pages.Page.form`.

        :raises StoryBroken: if there is none like this.
        """
        form = page.form(to=to, having=having, standing=standing)
        if form is None:
            parts = [f"to “{to}”" if to else "", f"with “{having}”" if having else "", str(standing or "")]
            sought = " ".join(filter(None, parts))
            raise StoryBroken(
                f"{self.name} finds no form {sought} on {page.address} ({page.title}): {page.words[:300]}"
            )
        return form

    def renew(self, address: str, until: Callable[[Page], bool], what: str, *, patience: float = PATIENCE) -> Page:
        """Open an address again and again until it shows what is waited for.

        :raises StoryBroken: if it does not within the patience.
        """
        end = time.monotonic() + patience
        while True:
            page = self.open(address)
            if until(page):
                return page
            if time.monotonic() > end:
                raise StoryBroken(
                    f"{self.name} waits {patience:.0f} seconds for {what} on {address}: {page.words[:400]}"
                )
            time.sleep(0.2)

    def _request(self, method: str, address: str, **given: object) -> httpx.Response:
        try:
            return self._client.request(method, address, **given)  # type: ignore[arg-type]  # handed through
        except httpx.ConnectError as error:
            raise NothingThere(
                f"no installation answers at {self._base}: start one with make up, or name another by --url"
            ) from error
        except httpx.HTTPError as error:
            raise StoryBroken(f"{self.name}: {method} {address} got no answer: {error!r}") from error

    def _answered(self, response: httpx.Response, status: int | tuple[int, ...]) -> Page:
        page = read_page(
            address=str(response.url),
            status=response.status_code,
            content=response.content,
            media_type=response.headers.get("content-type", ""),
        )
        if page.status not in (status if isinstance(status, tuple) else (status,)):
            raise StoryBroken(
                f"{self.name}: {response.request.method} {page.address} answers {page.status} where {status} is "
                f"expected: {page.title} {page.words[:500] or page.content[:300]!r}"
            )
        return page


def filled(form: Form, answers: Mapping[str, Answer], page: Page) -> dict[str, list[str]]:
    """Return what a form sends when these controls are filled in and the others left as they stand.

    :raises StoryBroken: if a control is not there, or does not offer what is to be chosen.
    """
    for name, answer in answers.items():
        kinds = {control.kind for control in form.controls if control.name == name}
        if not kinds:
            raise StoryBroken(f"{page.address} ({page.title}) does not ask “{name}”")
        chosen = [answer] if isinstance(answer, str) else answer
        if kinds & {"radio", "checkbox", "select"} and (alien := set(chosen) - set(form.offered(name))):
            raise StoryBroken(f"{page.address} ({page.title}) offers no {sorted(alien)} for “{name}”")
    fields: dict[str, list[str]] = {}
    for name, value in untouched(form):
        if name not in answers:
            fields.setdefault(name, []).append(value)
    for name, answer in answers.items():
        fields[name] = [answer] if isinstance(answer, str) else list(answer)
    return fields
