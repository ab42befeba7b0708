"""The configuration of an installation: every setting, its meaning and its default, read from the environment once.

Variables are named ``DIVAN_`` and the field's name in capitals. ``docs/reference/settings.md`` is made from this class.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Mode(StrEnum):
    """In which mode an installation runs."""

    REHEARSAL = "rehearsal"
    PRODUCTION = "production"


class ConfigurationFault(Exception):
    """A setting is missing or cannot be read; the message says which and what to do."""


def setting(default: Any, meaning: str) -> Any:
    """Declare a setting with its default and meaning."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Every setting of an installation."""

    mode: Mode = setting(  # noqa: RUF009 (an immutable default)
        Mode.REHEARSAL,
        "`rehearsal` shows a banner, invented people and the role switch; `production` has none of them.",
    )
    data: Path = setting(  # noqa: RUF009 (as above)
        Path("var"), "Folder of everything the installation writes: database, keys, files, tiles, evidence."
    )
    port: int = setting(8000, "Port of the web process; gateway, rehearsal and others count up from it.")
    base_url: str = setting("", "Address under which people reach the web process; default `http://localhost:PORT`.")
    allowed_hosts: str = setting("localhost,127.0.0.1", "Host names the web process answers to, separated by commas.")
    database_url: str = setting(
        "",
        "PostgreSQL 15+ as `postgresql://user:password@host:port/name`; "
        "empty means the embedded one that `divan pg start` runs.",
    )
    secret_key: str = setting(
        "", "Secret of sessions and signatures of cookies; in rehearsal made once and kept in the data folder."
    )
    province_code: str = setting("15", "Statistical code of the province this installation serves.")
    web_workers: int = setting(0, "Worker processes of the web; 0 means one a core.")
    scanner: str = setting(
        "", "Malware scanner (clamd): `unix:/path` or `host:port`; default in rehearsal: the twin on PORT+6."
    )
    sms_gateway: str = setting("", "Address that takes short messages; default in rehearsal: the twin.")
    sms_token: str = setting("", "Token for the gateway of short messages.")
    bank_gateway: str = setting(
        "",
        "Address of the bank's payment gateway, without the path of a call; default in rehearsal: the twin.",
    )
    bank_terminal: str = setting("divan", "Name of this installation at the bank's payment gateway.")
    bank_key: str = setting("", "Key that this installation and the bank's payment gateway share to sign their calls.")
    exchange_gateway: str = setting(
        "",
        "Address of the exchange gateway as this installation's own client reaches it; default `https://localhost:PORT+1`.",
    )
    exchange_public: str = setting(
        "",
        "Address at which gateways of other installations reach ours, as it stands on our card; "
        "default: `DIVAN_EXCHANGE_GATEWAY`.",
    )
    exchange_subsystem: str = setting(
        "",
        "Address of this installation's own subsystem on the exchange, `instance/class/code/subsystem`; "
        "in rehearsal an invented one.",
    )
    exchange_server: str = setting(
        "", "Address of the gateway on the exchange, `instance/class/code/server`; in rehearsal an invented one."
    )
    sign_on_issuer: str = setting(
        "", "Issuer address of the national sign-on (OpenID Connect); default in rehearsal: the twin."
    )
    sign_on_client_id: str = setting("divan", "Client id at the national sign-on.")
    sign_on_client_secret: str = setting("", "Client secret at the national sign-on.")
    timestamp_authority: str = setting(
        "", "RFC 3161 authority over HTTP; empty in rehearsal means its own, production signs no letter without it."
    )
    shams_separator: str = setting("|", "What stands between the fields of the national document id (SHAMS) in its QR.")
    trusted_roots: str = setting(
        "",
        "PEM file of the root certificates to which signatures and timestamps must lead; "
        "empty in rehearsal means its own authority, production verifies nothing without it.",
    )
    log_origin: str = setting(
        "",
        "Name of the transparency log, unique in the world and never changed; "
        "default: host of the base address and `/log`.",
    )
    log_policy: str = setting(
        "",
        "File of the witnesses that cosign the log, and of how many are enough (C2SP tlog-policy); "
        "default: `trust/log.policy` in the data folder. It may be absent: then nobody is asked.",
    )
    log_bucket: str = setting(
        "",
        "S3-compatible store of the log's published files, `s3://bucket/prefix`, with credentials in the usual `AWS_` "
        "variables; needs the extra `s3`. Default: the folder `tlog` in the data folder.",
    )
    log_bucket_endpoint: str = setting("", "Address of that store where it is not Amazon's.")
    witness_timeout: float = setting(5.0, "Seconds for which a witness is waited for; sealing waits for none.")
    cosigning_patience: float = setting(
        30.0, "Seconds for which the receipt in a letter waits for the cosignatures that the policy demands."
    )
    letter_connections: str = setting(
        "",
        "TOML file of the mailboxes, folders and webhooks by which secretariats exchange letters with other products; "
        "default: `letters.toml` in the data folder. It may be absent.",
    )
    letter_patience: float = setting(
        72.0, "Hours for which a letter or receipt is offered to the other side before it comes back as undeliverable."
    )
    directory_settings: str = setting(
        "",
        "YAML file that says where the directory of staff (LDAP, Active Directory) is and what its attributes mean; "
        "default: `directory.yaml` in the data folder. It is read only by `divan identity ldap sync`.",
    )
    sealing_interval: float = setting(1.0, "Seconds between looks of the sealer for new facts when nothing wakes it.")
    tls_offloaded: bool = setting(
        False, "Whether a proxy in front speaks HTTPS: cookies become Secure and HSTS is sent."
    )

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal."""
        return self.mode is Mode.REHEARSAL

    def address(self, offset: int) -> str:
        """Return ``localhost`` with the port that lies ``offset`` above the base."""
        return f"localhost:{self.port + offset}"


def read_configuration(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read the configuration from the environment and fill the defaults that depend on others.

    :raises ConfigurationFault: naming the variable that cannot be read, or that production needs.
    """
    given: dict[str, Any] = {}
    for known in fields(Configuration):
        text = environment.get(f"DIVAN_{known.name.upper()}", "")
        if known.name == "port":
            text = text or environment.get("PORT", "")
        if text:
            given[known.name] = _parse(known.name, known.default, text)
    configuration = Configuration(**given)
    unknown = {
        name
        for name in environment
        if name.startswith("DIVAN_") and name[6:].lower() not in {known.name for known in fields(Configuration)}
    } - _READ_ELSEWHERE
    if stray := sorted(name for name in unknown if not name.startswith("DIVAN_GATEWAY_")):
        raise ConfigurationFault(f"unknown setting {', '.join(stray)}; see docs/reference/settings.md")
    return _completed(configuration)


NEEDED_IN_PRODUCTION = (
    "secret_key",
    "database_url",
    "sms_gateway",
    "sms_token",
    "scanner",
    "sign_on_issuer",
    "sign_on_client_secret",
    "exchange_subsystem",
    "exchange_server",
    "bank_gateway",
    "bank_key",
)
"""Settings that have no default outside a rehearsal."""

_READ_ELSEWHERE = {"DIVAN_FAULT", "DIVAN_REAL_DATA"}


def _parse(name: str, default: object, text: str) -> object:
    try:
        match default:
            case Mode():
                return Mode(text)
            case bool():
                return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
            case int():
                return int(text)
            case float():
                return float(text)
            case Path():
                return Path(text)
    except (ValueError, KeyError) as error:
        raise ConfigurationFault(
            f"DIVAN_{name.upper()}={text!r} cannot be read; see docs/reference/settings.md"
        ) from error
    return text


def _completed(configuration: Configuration) -> Configuration:
    defaults: dict[str, Any] = {
        "data": configuration.data.absolute(),
        "base_url": configuration.base_url or f"http://{configuration.address(0)}",
        "log_origin": configuration.log_origin
        or f"{urlsplit(configuration.base_url or f'//{configuration.address(0)}').netloc}/log",
        "directory_settings": configuration.directory_settings or str(configuration.data.absolute() / "directory.yaml"),
        "log_policy": configuration.log_policy or str(configuration.data.absolute() / "trust" / "log.policy"),
        "exchange_gateway": configuration.exchange_gateway or f"https://{configuration.address(1)}",
    }
    if configuration.rehearsal:
        defaults |= {
            "sms_gateway": configuration.sms_gateway or f"http://{configuration.address(2)}/sms/messages",
            "sign_on_issuer": configuration.sign_on_issuer or f"http://{configuration.address(2)}/sign-on",
            "scanner": configuration.scanner or configuration.address(6),
            "bank_gateway": configuration.bank_gateway or f"http://{configuration.address(2)}/bank",
            "bank_key": configuration.bank_key or "rehearsal-key",
            "sms_token": configuration.sms_token or "rehearsal",
            "exchange_subsystem": configuration.exchange_subsystem or "LR/GOV/governor-office/divan",
            "exchange_server": configuration.exchange_server or "LR/GOV/governor-office/gateway",
            "sign_on_client_secret": configuration.sign_on_client_secret or "rehearsal-secret",
            "secret_key": configuration.secret_key or _kept_secret(configuration.data / "keys" / "secret-key"),
        }
    else:
        for name in NEEDED_IN_PRODUCTION:
            if not getattr(configuration, name):
                raise ConfigurationFault(f"production needs DIVAN_{name.upper()}; see docs/reference/settings.md")
    return replace(configuration, **defaults)


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_suffix(f".{secrets.token_hex(4)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48))
        try:
            made.rename(path) if not path.exists() else made.unlink()
        except OSError as error:
            raise ConfigurationFault(f"cannot write {path}: {error}") from error
    return path.read_text()
