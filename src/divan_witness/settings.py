"""What the operator of a witness tells it: one TOML file, beside it the key and the logs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.policies import Policy, parse_policy

TEMPLATE = """\
# A witness of transparency logs. Paths are relative to this file.
key = "witness.key"      # made by `divan witness keygen`; whoever has it can sign in the witness's name
state = "state"          # the newest head of every log; losing it means forgetting what was vouched for
logs = "logs.policy"     # lines `log KEY [ADDRESS]`, added by `divan witness add-log`
listen = "127.0.0.1:8014"
"""


class SettingsError(Exception):
    """The settings cannot be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, each under its own name in the file.

    ``key``: the file with the witness's key. ``state``: the folder of what it remembers. ``logs``: the file with the
    keys of the logs it looks after.
    ``listen``: host:port; TLS is the business of a proxy in front.
    ``threads``: requests answered at once. ``connections``: connections held at once.
    ``max_body``: the largest submission, in bytes.
    ``growths_per_minute``: how often one log may grow; what is beyond is put off (429).
    ``refresh_seconds``: within it a head that did not grow gets the cosignature it has, and nothing is written.
    """

    key: Path
    state: Path
    logs: Path
    listen: str = "127.0.0.1:8014"
    threads: int = 8
    connections: int = 256
    max_body: int = 65_536
    growths_per_minute: int = 120
    refresh_seconds: int = 10

    @property
    def address(self) -> tuple[str, int]:
        """The host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def read_settings(path: Path) -> Settings:
    """Read the settings.

    :raises SettingsError: if the file is missing, is no TOML, or holds what is no setting.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path} is missing; `divan witness keygen` makes one") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    known = {field.name: field for field in fields(Settings)}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise SettingsError(f"{path}: there is no setting {', '.join(unknown)}")
    values: dict[str, object] = {"key": "witness.key", "state": "state", "logs": "logs.policy"} | given
    for name, value in values.items():
        is_number = known[name].type == "int"
        if is_number and (type(value) is not int or value < 1):
            raise SettingsError(f"{path}: {name} = {value!r} is no whole number above zero")
        if not is_number and not isinstance(value, str):
            raise SettingsError(f"{path}: {name} = {value!r} is no text")
        if known[name].type == "Path":
            values[name] = path.parent / str(value)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was held against its field above
    host, colon, port = settings.listen.rpartition(":")
    if not host or not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise SettingsError(f"{path}: listen = {settings.listen!r} is not host:port")
    return settings


def read_logs(path: Path) -> Policy:
    """Read the keys of the logs.

    :raises SettingsError: if the file is missing, damaged or names no log.
    """
    try:
        policy = parse_policy(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingsError(f"{path} is missing; `divan witness add-log` makes one") from error
    except (OSError, TlogError) as error:
        raise SettingsError(f"{path}: {error}") from error
    if not policy.logs:
        raise SettingsError(f"{path} names no log; `divan witness add-log` adds one")
    return policy
