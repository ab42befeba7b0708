"""What the catalogue decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from divan.registers.catalogue.values import Forest, OutlineEntry, ServiceOutside, ServiceWays, Way
from divan_libs.servicepack.models import Package

REMOTE = frozenset({"internet", "mobile"})
"""Channels whose address, if it is a whole one, says on which system a stage is given."""


def next_number(last: int | None) -> int:
    """Return the number of the version after ``last``; versions count from 1 without gaps."""
    return (last or 0) + 1


def forest(entries: Sequence[OutlineEntry]) -> Forest:
    """Return the services as trees, whichever end of a relation was declared.

    The part's own word (``broader``) goes before the whole's (``sub_services``). A whole that is not offered has no
    parts: they stand on top. Where services name each other in a ring, the first of the list stands on top.
    """
    offered = {entry.code for entry in entries}
    parents: dict[str, str] = {}
    for entry in entries:
        for part in entry.narrower:
            if part in offered and part != entry.code:
                parents.setdefault(part, entry.code)
    parents |= {one.code: one.broader for one in entries if one.broader in offered and one.broader != one.code}
    for entry in entries:
        above = parents.get(entry.code)
        seen = {entry.code}
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == entry.code:
            del parents[entry.code]
    children: dict[str, list[str]] = {}
    for entry in entries:
        if entry.code in parents:
            children.setdefault(parents[entry.code], []).append(entry.code)
    return Forest(
        roots=tuple(entry.code for entry in entries if entry.code not in parents),
        children={code: tuple(parts) for code, parts in children.items()},
        parents=parents,
    )


def is_elsewhere(way: Way, own_hosts: Iterable[str]) -> bool:
    """Whether a way leads to a system that is not this portal: a whole address with another host."""
    host = urlsplit(way.address).hostname if way.channel in REMOTE else None
    return host is not None and host not in own_hosts


def outside(service: ServiceWays, own_hosts: Iterable[str]) -> ServiceOutside:
    """Return which ways of a service lead out of the portal, in the order of its card."""
    hosts = frozenset(own_hosts)
    return ServiceOutside(
        service=service,
        elsewhere=tuple(way for way in service.ways if is_elsewhere(way, hosts)),
        unelectronic=tuple(way for way in service.ways if not way.electronic),
    )


def projected_ways(package: Package) -> list[dict[str, object]]:
    """Return the ways of a card as they are kept beside the package, with the reasons in both languages."""
    return [
        {
            "stage": str(way.stage),
            "channel": str(way.channel),
            "electronic": way.electronic,
            "address": way.address or "",
            **{
                f"reason_{language}": package.text(f"card.reasons.{way.reason}", language) if way.reason else ""
                for language in ("fa", "en")
            },
        }
        for way in package.card.access
    ]


def search_words(package: Package, bodies: Iterable[str]) -> str:
    """Return everything by which a service is found, before it is normalised."""
    card = package.card
    keys = ["card.title", "card.description", "card.audience", "card.provider"]
    keys += [f"card.instances.{instance}" for instance in card.instances]
    words = [package.text(key, language) for key in keys for language in ("fa", "en")]
    return " ".join([*words, *bodies, package.code, card.identifier or ""])
