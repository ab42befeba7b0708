"""Services as linked data: read by rdflib and held against the published shapes of CPSV-AP 3.2."""

from __future__ import annotations

import json

import pytest

from divan_libs.servicepack.linked_data import SCHEMES, VOCABULARY, Site, catalogue_document, service_document
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Delivery, Fees, Flow, Form, Needs, Outputs
from divan_libs.servicepack.models.card import FeeRow
from divan_libs.servicepack.tests.conftest import SERVICE

# The JSON-LD reader of rdflib uses a class that rdflib itself deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
SITE = Site("https://divan.example", "22", {"fa": "هرمزگان", "en": "Hormozgan"})
NAMES = {"fa": "فهرست خدمات", "en": "Services"}
CPSV = "http://purl.org/vocab/cpsv#"
OWN = SITE.service("rural-internet-coverage")


@pytest.fixture
def shapes(real_data):
    rdflib = pytest.importorskip("rdflib", reason="rdflib comes with the developer's requirements")
    return rdflib.Graph().parse(real_data / "shapes" / "cpsv-ap-3.2.0-SHACL.ttl")


@pytest.fixture
def family(good):
    """The good package, and a part of it that is a card alone and asks for a fee to an account."""
    card = good.card.model_copy(
        update={
            "code": "part",
            "delivery": Delivery.INFORMATION_ONLY,
            "broader": good.code,
            "requires": (good.code, "not-offered"),
            "follows": ("elsewhere",),
            "fees": (FeeRow(amount=20_000, account="400100", electronic_payment=False),),
            "statistics": None,
            "average_time": None,
        }
    )
    empty = {"needs": Needs(), "form": Form(), "flow": Flow(), "fees": Fees(), "outputs": Outputs(), "examples": ()}
    return [good, good.model_copy(update={"code": "part", "card": card, **empty})]


def graph(document):
    rdflib = pytest.importorskip("rdflib", reason="rdflib comes with the developer's requirements")
    return rdflib.Graph().parse(data=json.dumps(document), format="json-ld")


def violations(data, shapes) -> str:
    pyshacl = pytest.importorskip("pyshacl", reason="pyshacl comes with the developer's requirements")
    conforms, _, text = pyshacl.validate(data, shacl_graph=shapes)
    return "" if conforms else text


@pytest.mark.real_data
def test_each_service_and_the_whole_catalogue_conform_to_the_shapes(family, shapes):
    for package in family:
        assert violations(graph(service_document(package, SITE)), shapes) == ""
    assert violations(graph(catalogue_document(family, SITE, NAMES)), shapes) == ""


@pytest.mark.real_data
def test_the_shapes_find_a_service_without_title_or_authority(good, shapes):
    document = service_document(good, SITE)
    del document["@graph"][0]["dct:title"], document["@graph"][0]["cv:hasCompetentAuthority"]

    text = violations(graph(document), shapes)

    assert "dc1:title" in text or "dct:title" in text or "terms/title" in text
    assert "hasCompetentAuthority" in text


FOLDERS = sorted(path.parent for path in SERVICE.parent.glob("*/card.yaml"))


@pytest.mark.real_data
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_shipped_service_conforms_to_the_shapes(folder, shapes):
    assert violations(graph(service_document(load_package(folder), SITE)), shapes) == ""


def test_every_term_and_code_of_our_own_is_in_our_vocabulary(family):
    known = {SITE.term(name) for name in VOCABULARY} | {
        SITE.term(f"{scheme}-{code}") for scheme, codes in SCHEMES.items() for code in codes
    }
    used = {
        str(part)
        for triple in graph(catalogue_document(family, SITE, NAMES))
        for part in triple
        if str(part).startswith(SITE.term(""))
    }

    assert len(used) > 15
    assert used - known == set()
    assert set(SCHEMES) <= set(VOCABULARY)


def test_a_document_says_title_cost_and_relations(family):
    rdflib = pytest.importorskip("rdflib", reason="rdflib comes with the developer's requirements")
    data = graph(catalogue_document(family, SITE, NAMES))
    part = rdflib.URIRef(SITE.service("part"))

    def objects(subject, prefix: str, name: str) -> set[str]:
        space = {"dct": "http://purl.org/dc/terms/", "cv": "http://data.europa.eu/m8g/", "ir": SITE.term("")}
        space["rdfs"] = "http://www.w3.org/2000/01/rdf-schema#"
        return {str(one) for one in data.objects(subject, rdflib.URIRef(space[prefix] + name))}

    assert objects(part, "dct", "title") == {family[1].text("card.title"), family[1].text("card.title", "en")}
    assert objects(part, "dct", "requires") == {OWN}
    assert objects(part, "cv", "relatedService") == {OWN}
    assert objects(part, "rdfs", "seeAlso") == {SITE.service("not-offered"), SITE.service("elsewhere")}
    (cost,) = objects(part, "cv", "hasCost")
    assert {float(one) for one in objects(rdflib.URIRef(cost), "cv", "hasValue")} == {20_000.0}
    assert objects(rdflib.URIRef(cost), "ir", "account") == {"400100"}
