"""The telephone of the rehearsal: short messages as they arrive at a number."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import httpx

from divan.project.journey.visitors import NothingThere, StoryBroken
from divan_libs.persian.text import latin_digits


@dataclass(frozen=True, slots=True)
class Telephone:
    """Every number's messages, read from the rehearsal's gateway of short messages; ``inbox`` is its address."""

    inbox: str

    def messages(self, number: str) -> list[str]:
        """Return the texts that arrived at a number, oldest first, with figures in Latin digits.

        :raises NothingThere: if the rehearsal does not run: only there messages can be read.
        """
        try:
            answer = httpx.get(self.inbox, params={"to": number}, timeout=10.0)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise NothingThere(
                f"no rehearsal answers at {self.inbox}: the journey needs an installation in rehearsal mode"
            ) from error
        taken = sorted(answer.json()["messages"], key=lambda one: str(one["at"]))
        return [latin_digits(str(one["text"])) for one in taken]

    def wait(self, number: str, *, after: int, having: str, what: str, patience: float = 60.0) -> str:
        """Return the first message beyond the first ``after`` ones in which a pattern is found.

        :raises StoryBroken: if none arrives within the patience (seconds).
        """
        end = time.monotonic() + patience
        while True:
            arrived = self.messages(number)[after:]
            for text in arrived:
                if re.search(having, text):
                    return text
            if time.monotonic() > end:
                raise StoryBroken(f"no {what} arrives at {number} within {patience:.0f} seconds; arrived: {arrived}")
            time.sleep(0.2)
