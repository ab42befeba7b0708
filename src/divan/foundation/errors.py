"""How the house says no: refusals, troubles, and nothing else.

A refusal is expected and is shown to the person (4xx). A trouble is an outside system or a lock that did not answer
(503, retry later). Whatever else is raised is a defect.
"""

from __future__ import annotations

from typing import ClassVar

REFUSALS: dict[str, type[Refusal]] = {}
TROUBLES: dict[str, type[Trouble]] = {}


class Refusal(Exception):
    """A request that the rules do not allow; ``code`` is stable, ``facts`` fill the text that a face shows."""

    code: ClassVar[str]
    status: ClassVar[int] = 409

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            REFUSALS[cls.code] = cls

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts


class Trouble(Exception):
    """Something outside did not answer; the same request may succeed later."""

    code: ClassVar[str]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            TROUBLES[cls.code] = cls

    def __init__(self, *, retry_after: int = 10, **facts: object) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.retry_after = retry_after
        self.facts = facts


class NotFound(Refusal):
    """There is no such thing, or it is not for this reader: the two are not told apart."""

    code = "foundation.not-found"
    status = 404


class NotAllowed(Refusal):
    """The actor does not hold what this needs."""

    code = "foundation.not-allowed"
    status = 403


class BodyTooLarge(Refusal):
    """More was sent than anything that is taken here."""

    code = "foundation.body-too-large"
    status = 413
