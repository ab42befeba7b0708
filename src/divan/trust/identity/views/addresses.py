"""Where a request comes from, and where it may go next."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from divan.foundation.http import addresses as foundation_addresses
from divan.trust.identity.apps import options

NEXT = "next"


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address for counting: of IPv6 the network of 64 bits, which one household has.

    A household would otherwise have as many addresses to guess from as it likes.
    """
    try:
        address = ip_address(foundation_addresses.address_of(request))
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


def wanted(request: HttpRequest) -> str:
    """Return the page of this site that the visitor wanted, or an empty string; another site is never returned."""
    url = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return url if is_ours(request, url) else ""


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether a URL stays on this host and does not fall back from HTTPS."""
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())


def citizen_home() -> str:
    """Return where citizens arrive."""
    return resolve_url(options().citizen_home)


def staff_home() -> str:
    """Return where staff arrive."""
    return resolve_url(options().staff_home)
