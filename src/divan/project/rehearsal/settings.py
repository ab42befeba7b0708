"""What the command tells the rehearsal, through the environment: its server runs in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

_PREFIX = "REHEARSAL_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the rehearsal writes, where it listens, and what it and the house know of each other.

    ``issuer`` is the address of the sign-on, ``return_address`` the only one to which it sends visitors back.
    """

    data: Path
    port: int
    scanner_port: int
    home: str
    issuer: str
    return_address: str
    client_id: str
    client_secret: str
    sms_token: str
    bank_terminal: str
    bank_key: str

    def as_environment(self) -> dict[str, str]:
        """Return the variables from which :func:`read_settings` reads these settings back."""
        return {f"{_PREFIX}{known.name.upper()}": str(getattr(self, known.name)) for known in fields(self)}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings that the command wrote.

    :raises KeyError: if one is missing.
    """
    told = {known.name: environment[f"{_PREFIX}{known.name.upper()}"] for known in fields(Settings)}
    return Settings(
        data=Path(told.pop("data")),
        port=int(told.pop("port")),
        scanner_port=int(told.pop("scanner_port")),
        **told,
    )
