"""The file that names by which mailboxes and products secretariats exchange letters; secrets lie in files of their own.

```toml
[[mailbox]]
address = "ece@ict.lorestan.example"      # the secretariat with this address sends and receives by it
smtp = "tls://mail.lorestan.example:465"  # tls, starttls, or none on this machine
imap = "tls://mail.lorestan.example:993"
username = "ece-ict"
password_file = "/run/secrets/ece-ict"

[[product]]
name = "water-company"                    # what the address book has as the address in the channel "folder"
secretariat = "ICT-D"                     # where letters arrive that name no secretariat
folder = "/srv/letters/water-company"     # or: url = "https://…" and secret_file = "/run/secrets/water-company"
format = "envelope"                       # or "ece"
```
"""

from __future__ import annotations

import ssl
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from divan.dealings.correspondence.values import ConnectionsUnfit
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.imap import STORED
from divan_libs.ece.smtp import LOOPBACK, MailServer, Security

SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """The mailbox of a secretariat with its two servers; without one of them it only sends, or only receives."""

    address: str
    smtp: MailServer | None
    imap: MailServer | None
    folder: str = "INBOX"
    keyword: str = STORED


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A program that a body keeps, and how letters pass to and from it: by a folder, or by signed calls."""

    name: str
    secretariat: str
    folder: Path | None = None
    url: str = ""
    secret: bytes = field(default=b"", repr=False)
    is_ece: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Every mailbox by its address, and every product by its name."""

    mailboxes: dict[str, Mailbox]
    products: dict[str, Product]


class _Known(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Mailbox(_Known):
    address: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    smtp: str = ""
    imap: str = ""
    username: str = ""
    password_file: Path | None = None
    authorities: Path | None = None
    folder: str = "INBOX"
    keyword: str = STORED


class _Product(_Known):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    secretariat: str = ""
    folder: Path | None = None
    url: str = ""
    secret_file: Path | None = None
    format: Literal["envelope", "ece"] = "envelope"

    @model_validator(mode="after")
    def _one_way(self) -> _Product:
        if (self.folder is None) == (not self.url):
            raise ValueError("either folder or url")
        if self.url and (self.secret_file is None or self.format != "envelope"):
            raise ValueError("a url needs secret_file and speaks the envelope")
        parts = urlsplit(self.url)
        if self.url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("https, or http on this machine")
        return self


class _File(_Known):
    mailbox: tuple[_Mailbox, ...] = ()
    product: tuple[_Product, ...] = ()


def read_connections(path: Path) -> Connections:
    """Read the file of connections; when it is not there, there are none.

    :raises ConnectionsUnfit: if it cannot be read; ``reason`` names the place and never a secret.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Connections(mailboxes={}, products={})
    except (OSError, ValueError) as error:
        raise ConnectionsUnfit(reason=str(error)[:200]) from error
    try:
        known = _File.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ConnectionsUnfit(reason=f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:200]) from error
    try:
        mailboxes = {one.address.casefold(): _mailbox(one) for one in known.mailbox}
        products = {one.name: _product(one) for one in known.product}
    except (OSError, ValueError, EceRefusal) as error:
        raise ConnectionsUnfit(reason=str(error)[:200]) from error
    if (len(mailboxes), len(products)) != (len(known.mailbox), len(known.product)):
        raise ConnectionsUnfit(reason="a mailbox or product stands there twice")
    return Connections(mailboxes=mailboxes, products=products)


def _mailbox(told: _Mailbox) -> Mailbox:
    password = told.password_file.read_text("utf-8").strip() if told.password_file else ""
    return Mailbox(
        address=told.address,
        smtp=_server(told.smtp, told, password),
        imap=_server(told.imap, told, password),
        folder=told.folder,
        keyword=told.keyword,
    )


def _server(address: str, told: _Mailbox, password: str) -> MailServer | None:
    if not address:
        return None
    parts = urlsplit(address)
    if not parts.hostname or not parts.port:
        raise ValueError(f"{told.address}: a server is security://host:port")
    return MailServer(
        host=parts.hostname,
        port=parts.port,
        security=Security(parts.scheme),
        username=told.username,
        password=password,
        trusted=ssl.create_default_context(cafile=str(told.authorities)) if told.authorities else None,
    )


def _product(told: _Product) -> Product:
    secret = told.secret_file.read_bytes().strip() if told.secret_file else b""
    if told.url and len(secret) < SHORTEST_SECRET:
        raise ValueError(f"{told.name}: the secret has fewer than {SHORTEST_SECRET} octets")
    return Product(
        name=told.name,
        secretariat=told.secretariat,
        folder=told.folder,
        url=told.url,
        secret=secret,
        is_ece=told.format == "ece",
    )
