"""Whether a provider's address is worth asking: after repeated failures it is left alone, then tried once."""

from __future__ import annotations

from dataclasses import dataclass

_FIRST_REST = 1.0
_LONGEST_REST = 30.0


@dataclass(slots=True)
class Breaker:
    """The circuit breaker of one address of one service. Moments are those of the loop's clock, in seconds.

    Closed: asked as usual. Open, after ``tolerated`` failures in a row: not asked until ``open_until``. Then half open:
    one question, or one look at its health, goes through; its end closes the breaker or doubles the rest.
    """

    tolerated: int
    failures: int = 0
    open_until: float = 0.0
    is_probing: bool = False
    _rest: float = _FIRST_REST

    @property
    def is_open(self) -> bool:
        """Whether the address is being left alone, or tried."""
        return self.failures >= self.tolerated

    def admits(self, now: float) -> bool:
        """Tell whether a question may go to the address now."""
        return not self.is_open or (now >= self.open_until and not self.is_probing)

    def begin(self) -> None:
        """Note that a question goes out; of an open breaker it is the one that tries."""
        if self.is_open:
            self.is_probing = True

    def leave(self) -> None:
        """Note that a question ended without telling anything of the address."""
        self.is_probing = False

    def succeeded(self) -> None:
        """Note an answer, whatever its status: the address is there and speaks."""
        if self.failures:
            self.failures, self._rest, self.open_until = 0, _FIRST_REST, 0.0
        self.is_probing = False

    def failed(self, now: float) -> None:
        """Note that there was no answer."""
        was_open = self.is_open
        self.failures += 1
        self.is_probing = False
        if self.is_open:
            self._rest = min(self._rest * 2, _LONGEST_REST) if was_open else _FIRST_REST
            self.open_until = now + self._rest

    def trip(self, now: float) -> None:
        """Note that a look at its health found the address ill: enough to leave it alone."""
        self.failures = max(self.failures, self.tolerated - 1)
        self.failed(now)
