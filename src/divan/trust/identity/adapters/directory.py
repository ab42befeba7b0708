"""Asks a directory of staff (LDAP): the whole answer or none. Nothing is ever written there.

Whoever is missing from an answer stops working here, so an answer that was cut short must not pass for a whole one:
each page's result is looked at, and any that is not a success ends the asking.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from divan.trust.identity.adapters.directory_settings import DirectorySettings
from divan.trust.identity.values import DirectoryRefused, DirectorySettingsUnfit, DirectorySilent
from divan_libs.directory.reading import Raw

with warnings.catch_warnings():
    # The last release of ldap3 takes two names of pyasn1 that have newer ones.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core.exceptions import LDAPException, LDAPInvalidFilterError
    from ldap3.utils.conv import escape_filter_chars

MOST_ENTRIES = 200_000
_CERTIFICATE = re.compile(r"certificate verify failed: (.+?) \(_ssl")
_PORTS = {"ldap": 389, "ldaps": 636}
_SILENT = frozenset({"busy", "unavailable", "timeLimitExceeded"})


class _CheckedTls(ldap3.Tls):
    """TLS as Python's own library sets it up: certificate and host name are checked by OpenSSL, in the handshake.

    The package checks the name after it, by code of its own.
    """

    def __init__(self, authorities: str | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = ssl.create_default_context(cafile=authorities)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002 (the package's signature)
        """Begin TLS on the connection's socket."""
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=connection.server.host)


def fetch_entries(settings: DirectorySettings) -> list[Raw]:
    """Return the attributes of every entry that the directory tells of, page by page.

    :raises DirectorySettingsUnfit: if the password cannot be read, or the filter is none.
    :raises DirectorySilent: if it cannot be reached, does not prove who it is, or breaks off.
    :raises DirectoryRefused: if it answers with anything but success; ``reason`` is its own word.
    """
    password = settings.password()
    try:
        connection = _connection(settings, password)
        try:
            _begin(connection, settings)
            return list(_pages(connection, settings))
        finally:
            _close(connection)
    except LDAPInvalidFilterError as error:
        raise DirectorySettingsUnfit(reason="filter") from error
    except (LDAPException, OSError) as error:
        raise DirectorySilent(reason=_reason(error)) from error


def _connection(settings: DirectorySettings, password: str) -> Any:
    parts = urlsplit(settings.url)
    try:
        tls = _CheckedTls(str(settings.authorities) if settings.authorities else None)
    except OSError as error:
        raise DirectorySilent(reason=f"authorities: {error.strerror or 'no certificate in it'}") from error
    server = ldap3.Server(
        parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        use_ssl=settings.is_encrypted,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=settings.seconds,
    )
    return ldap3.Connection(
        server,
        user=settings.bind_dn,
        password=password,
        read_only=True,
        # A referral would carry the password to whatever server the answer names.
        auto_referrals=False,
        receive_timeout=settings.seconds,
        check_names=False,
    )


def _begin(connection: Any, settings: DirectorySettings) -> None:
    connection.open(read_server_info=False)
    if settings.start_tls:
        connection.start_tls(read_server_info=False)
    if not connection.bind(read_server_info=False):
        _require_success(connection.result)


def _close(connection: Any) -> None:
    """Let the connection go whatever has become of it; the package leaves the socket of a failed one open."""
    with contextlib.suppress(LDAPException, OSError):
        connection.unbind()
    if connection.socket is not None:
        connection.socket.close()


def _pages(connection: Any, settings: DirectorySettings) -> Iterator[Raw]:
    cookie: bytes | None = None
    told = 0
    while True:
        connection.search(
            settings.base,
            _filter(settings),
            search_scope=ldap3.SUBTREE,
            attributes=settings.mapped.asked,
            paged_size=settings.page_size,
            paged_criticality=True,
            paged_cookie=cookie,
        )
        _require_success(connection.result)
        for one in connection.response or ():
            if one["type"] == "searchResEntry":
                told += 1
                yield {name: list(values) for name, values in one["raw_attributes"].items()}
        if told > MOST_ENTRIES:
            raise DirectoryRefused(reason="too many entries")
        control = (connection.result.get("controls") or {}).get("1.2.840.113556.1.4.319")
        if control is None:
            raise DirectoryRefused(reason="no paged results")
        cookie = control["value"]["cookie"]
        if not cookie:
            return


def _filter(settings: DirectorySettings) -> str:
    if not settings.member_of:
        return settings.wanted
    return f"(&{settings.wanted}(memberOf={escape_filter_chars(settings.member_of)}))"


def _require_success(result: dict[str, Any]) -> None:
    if result["result"] == 0:
        return
    word = str(result.get("description") or result["result"])
    if word in _SILENT:
        raise DirectorySilent(reason=word)
    raise DirectoryRefused(reason=word)


def _reason(error: Exception) -> str:
    """Return why asking failed in a few words, without what was sent."""
    met: BaseException | None = error
    while met is not None:
        if found := _CERTIFICATE.search(str(met)):
            return f"certificate: {found[1]}"
        if isinstance(met, ConnectionRefusedError):
            return "connection refused"
        if isinstance(met, TimeoutError):
            return "timeout"
        if isinstance(met, socket.gaierror):
            return "host unknown"
        met = met.__cause__ or met.__context__
    return type(error).__name__
