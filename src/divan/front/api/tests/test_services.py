"""The catalogue for programs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.world import SERVICE

from divan.foundation.actors import SYSTEM
from divan.front.api.service_data import _question
from divan.registers.catalogue import actions as catalogue
from divan.registers.catalogue import queries
from divan.registers.catalogue.tests.written import publish, written
from divan_libs.servicepack.loading import load_package

from .doors import publish_another

LIST = "/api/v1/services"
ONE = f"/api/v1/services/{SERVICE}"


def codes(client, **query: str | int) -> tuple[list[str], str | None]:
    """Return the codes of a page and its ``next``."""
    found = client.get(LIST, query).json()
    return [item["code"] for item in found["items"]], found["next"]


@pytest.mark.parametrize(
    ("query", "accepts", "language", "title"),
    [
        ("", "", "fa", "درخواست پوشش اینترنت روستا"),
        ("", "en-GB,en;q=0.9", "en", "Request for internet coverage of a village"),
        ("?language=fa", "en", "fa", "درخواست پوشش اینترنت روستا"),
        ("?language=en", "fa", "en", "Request for internet coverage of a village"),
        ("", "fr", "fa", "درخواست پوشش اینترنت روستا"),
    ],
)
def test_the_list_speaks_the_language_that_was_asked_for(client, world, query, accepts, language, title):
    answer = client.get(LIST + query, headers={"accept-language": accepts})

    assert [item["title"] for item in answer.json()["items"]] == [title]
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_a_line_names_code_body_delivery_and_version_and_no_row_of_the_database(client, world):
    version = queries.get_current_version(SERVICE)

    (line,) = client.get(LIST, {"language": "en"}).json()["items"]

    assert set(line) == {"code", "title", "summary", "body", "delivery", "version"}
    assert (line["code"], line["body"], line["delivery"]) == (SERVICE, "ICT directorate of Lorestan", "electronic")
    assert line["version"]["sha256"] == version.digest


@pytest.mark.parametrize("words", ["اینترنت روستا", "روستاي", "internet village", SERVICE])
def test_words_find_a_service_however_they_are_typed(client, world, words):
    assert codes(client, q=words) == ([SERVICE], None)


def test_a_word_that_does_not_occur_finds_nothing(client, world):
    assert codes(client, q="گذرنامه") == ([], None)


def test_pages_follow_each_other_in_alphabetical_order_without_overlap(client, world):
    publish_another(world, "pe-service", "پروانهٔ چاه")
    publish_another(world, "alef-service", "اعطای زمین")

    first, following = codes(client, limit=2)
    second, end = codes(client, limit=2, after=following)

    assert (first, second) == (["alef-service", "pe-service"], [SERVICE])
    assert (following, end) == ("pe-service", None)


def test_a_page_goes_on_behind_a_service_that_was_withdrawn_meanwhile(client, world):
    publish_another(world, "alef-service", "اعطای زمین")
    catalogue.withdraw_service(service_code="alef-service", actor=SYSTEM, now=world.now)

    assert codes(client, after="alef-service") == ([SERVICE], None)


def test_a_page_behind_a_service_that_never_was_is_refused(client, world):
    answer = client.get(LIST, {"after": "nothing", "language": "en"})

    assert answer.status_code == 422
    assert [(one["code"], one["in"], one["name"]) for one in answer.json()["errors"]] == [
        ("api.input.cursor-unknown", "query", "after")
    ]


def test_a_service_tells_its_card_requirements_form_and_steps(client, world):
    found = client.get(ONE, {"language": "en"}).json()

    assert found["card"]["promised_time"] == {"amount": 20, "unit": "working-days"}
    assert found["card"]["provider"]["code"] == "ict-directorate"
    assert [step["code"] for step in found["steps"]] == [
        "confirm",
        "endorse",
        "draft",
        "paraph",
        "sign",
        "hear-objection",
    ]
    identity = found["requirements"][0]
    assert (identity["code"], identity["kind"], identity["data_service"]) == (
        "REQ-IDENTITY",
        "inquiry",
        "civil-registry/person",
    )
    households = next(one for page in found["form"] for one in page["questions"] if one["code"] == "households")
    assert households["limits"] == {"minimum": 1, "maximum": 5000}
    access = next(one for page in found["form"] for one in page["questions"] if one["code"] == "present_access")
    assert access["options"][0] == {"code": "none", "label": "Neither mobile reception nor internet"}
    assert found["free_by"].startswith("LAW-")
    assert found["fees"] == []


def test_the_package_is_given_byte_for_byte_under_its_hash(client, world):
    version = queries.get_current_version(SERVICE)

    answer = client.get(f"{ONE}/package")

    assert hashlib.sha256(answer.content).hexdigest() == version.digest
    assert answer["ETag"] == f'"{version.digest}"'


@pytest.mark.parametrize("address", [LIST, ONE, f"{ONE}/package", "/api/v1/openapi.json"])
def test_what_the_client_has_already_is_not_sent_again(client, world, address):
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})
    other = client.get(address, headers={"if-none-match": '"another"'})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (other.status_code, other.content) == (200, first.content)
    assert first["Cache-Control"] == "public, max-age=60"


def test_each_language_of_a_service_has_its_own_tag(client, world):
    assert client.get(ONE, {"language": "fa"})["ETag"] != client.get(ONE, {"language": "en"})["ETag"]


@pytest.mark.parametrize("address", ["/api/v1/services/no-such", "/api/v1/services/no-such/package"])
def test_a_service_that_is_not_offered_is_not_found(client, world, address):
    answer = client.get(address)

    assert (answer.status_code, answer.json()["type"]) == (404, "catalogue.service-unknown")


def test_questions_of_parts_and_rows_tell_what_their_answers_are_made_of():
    package = load_package(Path(__file__).resolve().parents[5] / "tests" / "showcase" / "every-question")

    told = {
        one: _question(package, package.form.question(one), "en")
        for one in ("friend", "members", "harvest", "hour", "foreigner")
    }

    assert told["friend"].parts == ["national_code", "born_on"]
    assert [(one.code, one.label, one.parts) for one in told["members"].questions] == [
        ("who", "Member", ["national_code", "born_on"]),
        ("relation", "Relation", []),
        ("income", "Monthly income", []),
        ("studies", "Is a student?", []),
    ]
    assert [one.label for one in told["members"].questions[1].options] == ["Child", "Parent"]
    assert told["members"].limits == {"min_rows": 1, "max_rows": 4}
    assert [(row.code, row.label) for row in told["harvest"].rows] == [("wheat", "Wheat"), ("barley", "Barley")]
    assert told["hour"].limits == {"earliest": "07:00", "latest": "20:00"}
    assert told["foreigner"].limits == {"min_digits": 8, "max_digits": 16}


def test_a_service_to_employees_is_not_told_to_programs(client, world):
    inward = written("leave", "مرخصی", relations=["G2E"], audience="employees")
    publish(world, inward)

    assert client.get("/api/v1/services/leave").status_code == 404
    assert client.get("/api/v1/services/leave/package").status_code == 404
    assert "leave" not in {one["code"] for one in client.get("/api/v1/services").json()["items"]}
