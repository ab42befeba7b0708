"""The file that says where the directory of staff is and what its attributes mean; the password has one of its own.

```yaml
kind: openldap                          # or active-directory
url: ldaps://ldap.lorestan.example      # or ldap:// with start_tls: true
authorities: /etc/divan/directory-ca.pem  # the system's, if not given
bind_dn: cn=divan,dc=lorestan,dc=example
password_file: /run/secrets/directory
base: ou=people,dc=lorestan,dc=example
filter: (objectClass=inetOrgPerson)
member_of: ""                           # only members of this group, where the directory keeps memberOf
most_ended: 0.1                         # the share that may stop working here at once
attributes:
  national_code: employeeNumber
  post: departmentNumber
disabled: {attribute: employeeType, values: [left]}
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from divan.trust.identity.values import DirectorySettingsUnfit
from divan_libs.directory.reading import Mapped

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]

USUAL = {
    "openldap": {
        "id": "entryUUID",
        "username": "uid",
        "national_code": "employeeNumber",
        "first_name": "givenName",
        "last_name": "sn",
        "mobile": "mobile",
        "mail": "mail",
    },
    "active-directory": {
        "id": "objectGUID",
        "username": "sAMAccountName",
        "national_code": "employeeID",
        "first_name": "givenName",
        "last_name": "sn",
        "mobile": "mobile",
        "mail": "mail",
    },
}
"""Under which attributes the two kinds usually keep what; the file changes and adds to it."""

FILTERS = {
    "openldap": "(objectClass=inetOrgPerson)",
    "active-directory": "(&(objectCategory=person)(objectClass=user))",
}


class _Known(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Attributes(_Known):
    id: AttributeName | None = None
    username: AttributeName | None = None
    national_code: AttributeName | None = None
    first_name: AttributeName | None = None
    last_name: AttributeName | None = None
    mobile: AttributeName | None = None
    mail: AttributeName | None = None
    post: AttributeName | None = None
    unit: AttributeName | None = None


class _Disabled(_Known):
    attribute: AttributeName
    values: frozenset[str] = frozenset()


class DirectorySettings(_Known):
    """Where the directory is, who asks, what is asked, and what its attributes mean."""

    kind: Literal["openldap", "active-directory"] = "openldap"
    url: str
    start_tls: bool = False
    authorities: Path | None = None
    bind_dn: str = Field(min_length=1)
    password_file: Path
    base: str = Field(min_length=1)
    filter: str = ""
    member_of: str = ""
    page_size: int = Field(default=500, ge=10, le=1000)
    seconds: int = Field(default=15, ge=1, le=300)
    most_ended: float = Field(default=0.1, ge=0, le=1)
    attributes: _Attributes = _Attributes()
    disabled: _Disabled | None = None

    @model_validator(mode="after")
    def _safely_reached(self) -> DirectorySettings:
        parts = urlsplit(self.url)
        if parts.scheme not in {"ldap", "ldaps"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("url is ldap://host or ldaps://host, with a port if it is not the usual one")
        if parts.scheme == "ldap" and not self.start_tls and parts.hostname not in LOOPBACK:
            raise ValueError("the password would cross the network in the clear: ldaps, or start_tls")
        if parts.scheme == "ldaps" and self.start_tls:
            raise ValueError("ldaps needs no start_tls")
        return self

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is spoken from the first byte on."""
        return self.url.startswith("ldaps:")

    @property
    def mapped(self) -> Mapped:
        """What the attributes mean."""
        is_ad = self.kind == "active-directory"
        given = {name: value for name, value in self.attributes.model_dump().items() if value}
        return Mapped(
            attributes=USUAL[self.kind] | given,
            is_guid=is_ad,
            disabled=self.disabled.attribute if self.disabled else "",
            disabled_values=self.disabled.values if self.disabled else frozenset(),
            flags="userAccountControl" if is_ad else "",
            expires="accountExpires" if is_ad else "",
        )

    @property
    def wanted(self) -> str:
        """The filter without the group."""
        return self.filter or FILTERS[self.kind]

    def password(self) -> str:
        """Return the password of who asks.

        :raises DirectorySettingsUnfit: if the file cannot be read or is empty: many directories take a bind without a
            password for one of nobody, and answer it with little or nothing.
        """
        try:
            secret = self.password_file.read_text("utf-8").strip("\r\n")
        except (OSError, ValueError) as error:
            raise DirectorySettingsUnfit(reason=f"password_file: {_why(error)}") from error
        if not secret:
            raise DirectorySettingsUnfit(reason="password_file: empty")
        return secret


def read_directory_settings(path: Path) -> DirectorySettings:
    """Read the file of the directory.

    :raises DirectorySettingsUnfit: if it cannot be read; ``reason`` names the place and never a value.
    """
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DirectorySettingsUnfit(reason=f"{path.name}: {_why(error)}") from error
    try:
        return DirectorySettings.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DirectorySettingsUnfit(reason=f"{place or path.name}: {first['msg']}"[:200]) from error


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark is not None else "cannot be read"
