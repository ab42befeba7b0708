"""Services as linked data: JSON-LD by the European vocabulary of public services (CPSV-AP 3.2), with our own context.

Where that vocabulary has no term for a field of the Iranian form, ``VOCABULARY`` gives one; a house serves its page
under ``/about/vocabulary``. Nothing is loaded from outside: the context stands in each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from divan_libs.servicepack.drawing.words import iso_duration
from divan_libs.servicepack.models import LANGUAGES, Channel, ClockLength, Delivery, Package, Stage
from divan_libs.servicepack.models.card import Access, Level, LifeEvent, Nature, Relation, StartMode

CURRENCY: Mapping[str, Any] = MappingProxyType(
    {
        "@id": "http://publications.europa.eu/resource/authority/currency/IRR",
        "@type": "skos:Concept",
        "skos:notation": "IRR",
        "skos:prefLabel": [{"@value": "Iranian rial", "@language": "en"}],
    }
)
BUSINESS_EVENTS = frozenset({"business", "tax"})

VOCABULARY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "volume": ("آمار تعداد خدمت‌گیرندگان", "How many recipients there are in a period; says where it is a guess."),
        "frequency": ("تواتر", "How often one recipient needs it: once for ever, or so many times a period."),
        "visitsInPerson": ("تعداد مراجعه حضوری", "How many times one has to come in person, 0 for never."),
        "startMode": ("نحوه آغاز خدمت", "What sets it in motion: a request, a set time, an event, the body itself."),
        "nature": ("ماهیت خدمت", "Whether the service is an act of sovereignty or a commercial one."),
        "stage": ("مرحله ارائه خدمت", "The stage of giving the service to which a channel belongs."),
        "account": ("شماره حساب", "The bank account to which a cost is paid."),
        "level": ("سطح خدمت", "The level on which it is given: national, regional, provincial, urban, rural."),
        "relationKind": ("نوع خدمت", "Between whom the service stands: G2C, G2B, G2G, G2E."),
        "channel": ("کانال ارائه", "The way by which a stage is reached."),
        "event": ("رویداد مرتبط", "The event of life or business to which a service belongs."),
        "delivery": ("روش ارائه", "Electronic here, information only, on another system, or at the counter only."),
        "edition": ("ویرایش فرم", "Which edition of the official form the card follows."),
    }
)
"""Our own terms, with their Persian name and what they mean."""

SCHEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        scheme: tuple(str(code) for code in codes)
        for scheme, codes in (
            ("channel", Channel),
            ("delivery", Delivery),
            ("event", LifeEvent),
            ("level", Level),
            ("nature", Nature),
            ("relationKind", Relation),
            ("stage", Stage),
            ("startMode", StartMode),
        )
    }
)
"""Our own code lists: the codes of each, named ``<list>-<code>``."""

_TERMS = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where a house stands: its base address without a slash at the end, and the area it serves."""

    base: str
    area: str
    area_names: Mapping[str, str] = field(hash=False)

    def service(self, code: str) -> str:
        """Return the address that names a service."""
        return f"{self.base}/services/{code}/"

    def term(self, name: str) -> str:
        """Return the address of one of our own terms."""
        return f"{self.base}/about/vocabulary#{name}"


def context(site: Site) -> dict[str, Any]:
    """Return the JSON-LD context of our documents; every property is written with its prefix."""
    return {**_TERMS, "ir": f"{site.base}/about/vocabulary#"}


def service_document(package: Package, site: Site) -> dict[str, Any]:
    """Return one service, with everything it refers to, as a JSON-LD document."""
    nodes = _service(package, site, frozenset())
    return {"@context": context(site), "@graph": list(_unique([*nodes, _place(site)]))}


def catalogue_document(packages: Iterable[Package], site: Site, title: Mapping[str, str]) -> dict[str, Any]:
    """Return all services as a catalogue (``dcat:Catalog``) in one JSON-LD document."""
    listed = list(packages)
    catalogue = {
        "@id": f"{site.base}/services/",
        "@type": "dcat:Catalog",
        "dct:title": _said(title),
        "cv:containsPublicService": [{"@id": site.service(one.code)} for one in listed],
    }
    known = frozenset(one.code for one in listed)
    nodes = [node for one in listed for node in _service(one, site, known)]
    return {"@context": context(site), "@graph": list(_unique([catalogue, *nodes, _place(site)]))}


def _unique(nodes: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return {node["@id"]: node for node in nodes}.values()


def _said(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in texts.items() if text]


def _text(package: Package, key: str) -> list[dict[str, str]]:
    return _said({language: package.texts.get(language, {}).get(key, "") for language in LANGUAGES})


def _place(site: Site) -> dict[str, Any]:
    return {"@id": f"{site.base}/places/{site.area}", "@type": "dct:Location", "skos:prefLabel": _said(site.area_names)}


def _concept(site: Site, scheme: str, code: str) -> dict[str, Any]:
    return {
        "@id": site.term(f"{scheme}-{code}"),
        "@type": "skos:Concept",
        "skos:notation": code,
        "skos:prefLabel": [{"@value": code, "@language": "en"}],
        "skos:inScheme": {"@id": site.term(scheme)},
    }


def _refer(nodes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"@id": node["@id"]} for node in nodes]


def duration(length: ClockLength) -> str:
    """Return a span as xsd:duration; working days have no sign of their own there and are given as days."""
    return iso_duration(length)


def _service(package: Package, site: Site, known: frozenset[str]) -> list[dict[str, Any]]:
    """Return the nodes of a service, itself first."""
    card, own = package.card, site.service(package.code)
    organisations = _organisations(package, site)
    channels = [_channel(site, own, index, row) for index, row in enumerate(card.access)]
    costs = _costs(package, own)
    events = [_event(site, str(event)) for event in card.life_events]
    laws = [_law(package, own, law.code) for law in card.laws]
    rules = [_rule(package, own, law.code) for law in card.laws]
    evidence = [_evidence(package, own, code) for code in card.documents]
    outputs = _outputs(package, own)
    concepts, kinds = _concepts(package, site)
    service: dict[str, Any] = {
        "@id": own,
        "@type": "cpsv:PublicService",
        "dct:identifier": card.identifier or package.code,
        "dct:title": _text(package, "card.title"),
        "dct:description": _text(package, "card.description"),
        "cv:hasCompetentAuthority": {"@id": organisations[0]["@id"]},
        "dct:spatial": {"@id": f"{site.base}/places/{site.area}"},
        "cv:hasChannel": _refer(channels),
        "cv:hasCost": _refer(costs),
        "cv:isGroupedBy": _refer(events),
        "cv:hasLegalResource": _refer(laws),
        "cpsv:follows": _refer(rules),
        "cpsv:hasInput": _refer(evidence),
        "cpsv:produces": _refer(outputs),
        "cv:isClassifiedBy": _refer(concepts),
        "ir:nature": str(card.nature),
        "ir:startMode": str(card.start_mode),
        "ir:edition": card.edition,
    }
    service |= _figures(package) | _relations(package, site, known)
    service = {name: value for name, value in service.items() if value != []}
    nodes = [service, *organisations, *channels, *events, *laws, *rules, *evidence, *outputs, *concepts, *kinds]
    return [*nodes, *costs, dict(CURRENCY)] if costs else nodes


def _concepts(package: Package, site: Site) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what classifies the service, and what its channels are classified by."""
    card = package.card
    codes = [("nature", str(card.nature)), ("startMode", str(card.start_mode)), ("delivery", str(card.delivery))]
    codes += [("level", str(level)) for level in card.levels]
    codes += [("relationKind", str(relation)) for relation in card.relations]
    ways = [
        (scheme, str(code)) for row in card.access for scheme, code in (("stage", row.stage), ("channel", row.channel))
    ]
    return [_concept(site, *one) for one in codes], [_concept(site, *one) for one in ways]


def _relations(package: Package, site: Site, known: frozenset[str]) -> dict[str, Any]:
    """Return the relations to other services; to one that the document does not describe, a mere reference."""
    card = package.card
    beside = (*card.related_services, *card.follows, *card.sub_services, *([card.broader] if card.broader else []))
    return {
        "dct:requires": [{"@id": site.service(code)} for code in card.requires if code in known],
        "cv:relatedService": [{"@id": site.service(code)} for code in beside if code in known],
        "rdfs:seeAlso": [{"@id": site.service(code)} for code in (*card.requires, *beside) if code not in known],
    }


def _figures(package: Package) -> dict[str, Any]:
    """Return the figures that the card states; most of them have terms of ours only."""
    card = package.card
    stated: dict[str, Any] = {}
    if card.average_time is not None:
        stated["cv:processingTime"] = {"@value": duration(card.average_time), "@type": "xsd:duration"}
    if card.statistics is not None:
        guess = " (estimated)" if card.statistics.estimated else ""
        stated["ir:volume"] = f"{card.statistics.count} per {card.statistics.per}{guess}"
    if card.frequency is not None:
        frequency = card.frequency
        times = f"{frequency.times} per {frequency.per}" if frequency.times else "as needed"
        stated["ir:frequency"] = "once" if frequency.once else times
    if card.in_person is not None:
        stated["ir:visitsInPerson"] = {"@value": card.in_person.visits, "@type": "xsd:integer"}
    return stated


def _organisations(package: Package, site: Site) -> list[dict[str, Any]]:
    provider = package.card.provider
    area = {"@id": f"{site.base}/places/{site.area}"}

    def body(code: str, key: str) -> dict[str, Any]:
        return {
            "@id": f"{site.base}/bodies/{code}",
            "@type": "cv:PublicOrganisation",
            "dct:identifier": code,
            "skos:prefLabel": _text(package, key),
            "dct:spatial": area,
        }

    own = body(provider.body, "card.provider")
    if provider.parent_body is None:
        return [own]
    parent = body(provider.parent_body, "card.parent-body")
    return [own | {"org:subOrganizationOf": {"@id": parent["@id"]}}, parent]


def _channel(site: Site, own: str, index: int, row: Access) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": f"{own}#channel-{index + 1}",
        "@type": "cv:Channel",
        "dct:identifier": f"channel-{index + 1}",
        "dct:type": {"@id": site.term(f"channel-{row.channel}")},
        "ir:stage": {"@id": site.term(f"stage-{row.stage}")},
    }
    if row.channel is Channel.INTERNET and row.address:
        address = row.address if "://" in row.address else site.base + row.address
        node["foaf:page"] = {"@id": address}
    return node


def _costs(package: Package, own: str) -> list[dict[str, Any]]:
    """Return the costs that the card prints; amounts are in rials."""
    nodes = []
    for index, row in enumerate(package.card.fees):
        node: dict[str, Any] = {
            "@id": f"{own}#cost-{index + 1}",
            "@type": "cv:Cost",
            "dct:identifier": f"cost-{index + 1}",
            "cv:hasValue": {"@value": str(row.amount), "@type": "xsd:double"},
            "cv:currency": {"@id": CURRENCY["@id"]},
        }
        if row.title and (said := _text(package, f"card.fees.{row.title}")):
            node["dct:description"] = said
        if row.account:
            node["ir:account"] = row.account
        nodes.append(node)
    return nodes


def _event(site: Site, event: str) -> dict[str, Any]:
    return {
        "@id": site.term(f"event-{event}"),
        "@type": ["cv:Event", "cv:BusinessEvent" if event in BUSINESS_EVENTS else "cv:LifeEvent"],
        "dct:identifier": event,
        "dct:title": [{"@value": event, "@language": "en"}],
    }


def _law(package: Package, own: str, code: str) -> dict[str, Any]:
    law = package.card.law(code)
    title = law.title if law else code
    return {
        "@id": f"{own}#{code}",
        "@type": "eli:LegalResource",
        "dct:identifier": code,
        "dct:title": [{"@value": title, "@language": "fa"}],
    }


def _rule(package: Package, own: str, code: str) -> dict[str, Any]:
    law = package.card.law(code)
    title = [{"@value": law.title if law else code, "@language": "fa"}]
    article = law.article if law and law.article else title[0]["@value"]
    return {
        "@id": f"{own}#rule-{code}",
        "@type": "cpsv:Rule",
        "dct:identifier": f"rule-{code}",
        "dct:title": title,
        "dct:description": [{"@value": article, "@language": "fa"}],
        "cpsv:implements": {"@id": f"{own}#{code}"},
    }


def _evidence(package: Package, own: str, code: str) -> dict[str, Any]:
    return {
        "@id": f"{own}#{code}",
        "@type": "cv:Evidence",
        "dct:identifier": code,
        "dct:title": _text(package, f"needs.{code}.title"),
    }


def _outputs(package: Package, own: str) -> list[dict[str, Any]]:
    if not (said := _text(package, "card.output")):
        return []
    return [{"@id": f"{own}#output", "@type": "cv:Output", "dct:identifier": "output", "dct:title": said}]
