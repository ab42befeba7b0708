"""How the played outside world behaves: well, slowly, not at all, repeating itself, or lying."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from divan.project.rehearsal.declared import outside_world


class Mode(StrEnum):
    """How a service behaves."""

    NORMAL = "normal"
    SLOW = "slow"
    """It answers, but after so many seconds."""
    DOWN = "down"
    """It says 503 to everything; the scanner hangs up."""
    REPEAT = "repeat"
    """It gives the answer before once more, whoever that was about; messages are delivered twice."""
    LIE = "lie"
    """It answers what is not true or not an answer, each service in its own way."""
    MUTE = "mute"
    """The bank takes the money and never leads the payer back; no other service can be so."""


_OWN = ("civil-registry", "mobile-register", "sign-on", "sms", "scanner", "bank")
SERVICES = (*_OWN, *(name for name in outside_world().members if name not in _OWN))
"""What behaves: what answers in a way of its own, and every member that is declared."""
LONGEST_PAUSE = 120.0


def modes_of(service: str) -> tuple[Mode, ...]:
    """Return how a service can behave."""
    return tuple(mode for mode in Mode if service == "bank" or mode is not Mode.MUTE)


class BehaviourRefused(ValueError):
    """This is no behaviour; ``code`` tells what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Down(Exception):
    """The service is told to be down."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A mode, and for the slow one the seconds of its pause."""

    mode: Mode = Mode.NORMAL
    seconds: float = 20.0


class Behaviours:
    """How each service behaves now. Every change is written to a file, for others to read; a start is a fresh one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = {name: Behaviour() for name in SERVICES}
        self._write()

    def tell(self, service: str, mode: str, seconds: float | None = None) -> None:
        """Make a service behave so from now on.

        :raises BehaviourRefused: ``service``, ``mode`` or ``seconds`` cannot be.
        """
        if service not in self._known:
            raise BehaviourRefused("service")
        if mode not in modes_of(service):
            raise BehaviourRefused("mode")
        pause = Behaviour().seconds if seconds is None else seconds
        if not 0 < pause <= LONGEST_PAUSE:
            raise BehaviourRefused("seconds")
        self._known[service] = Behaviour(Mode(mode), pause)
        self._write()

    def of(self, service: str) -> Behaviour:
        """Return how a service behaves."""
        return self._known[service]

    def all(self) -> Mapping[str, dict[str, object]]:
        """Return how every service behaves, as it stands in the file."""
        return {name: {"mode": str(one.mode), "seconds": one.seconds} for name, one in self._known.items()}

    async def meet(self, service: str) -> Mode:
        """Wait as long as the service is told to, and return its mode.

        :raises Down: if it is told to be down.
        """
        behaviour = self.of(service)
        if behaviour.mode is Mode.DOWN:
            raise Down(service)
        if behaviour.mode is Mode.SLOW:
            await asyncio.sleep(behaviour.seconds)
        return behaviour.mode

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(self.all()))
        draft.replace(self._file)
