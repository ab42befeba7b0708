"""The JSON Schemas describe what is stored and what authors write, key by key."""

from __future__ import annotations

import json

import pytest

from divan_libs.servicepack.loading import PARTS
from divan_libs.servicepack.models import package_schema
from divan_libs.servicepack.schemas import _words, schema_of_package, schemas_of_files, words_of
from divan_libs.servicepack.strict_yaml import read_yaml
from divan_libs.servicepack.tests.conftest import SERVICE
from divan_libs.servicepack.tests.folders import WORKSHOP

jsonschema = pytest.importorskip("jsonschema_rs", reason="a checker of schemas comes with the tools of development")
FOLDERS = [WORKSHOP, *sorted(path.parent for path in SERVICE.parent.glob("*/card.yaml"))]
SCHEMAS = schemas_of_files()


def test_every_key_of_the_language_is_described_and_no_word_is_left_over():
    keys = {(model, key) for model, part in package_schema()["$defs"].items() for key in part.get("properties", ())}

    assert all(len(words_of(model, key)) > 3 for model, key in keys)
    assert {word for word in _words() if "." in word} <= {f"{model}.{key}" for model, key in keys}
    assert {word for word in _words() if "." not in word} <= {key for _, key in keys}


def test_the_stored_form_fits_its_schema(good):
    checker = jsonschema.Draft202012Validator(schema_of_package())

    assert checker.is_valid(json.loads(good.canonical()))
    assert not checker.is_valid({**json.loads(good.canonical()), "colour": "red"})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_authors_write_fits_the_schema_of_its_file(folder):
    for file in [*PARTS, *(f"examples/{path.name}" for path in sorted((folder / "examples").glob("*.yaml")))]:
        if not (folder / file).exists():
            continue
        name = "example" if file.startswith("examples") else file.removesuffix(".yaml").rpartition("/")[2]
        value = read_yaml((folder / file).read_text("utf-8"), file)[0].value
        faults = list(jsonschema.Draft202012Validator(SCHEMAS[f"{name}.schema.json"]).iter_errors(value))
        assert [f"{file}: {fault.message} at {list(fault.instance_path)}" for fault in faults] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flow", {"steps": {"a": {"kind": "nonsense"}}}),
        ("flow", {"steps": {"a": {"kind": "route", "colour": "red"}}}),
        ("form", {"pages": {"p": {"questions": {"q": {"type": "colour"}}}}}),
        ("needs", {"requirements": {"REQ-A": {"kind": "inquiry"}}}),
        ("card", {"code": "x"}),
    ],
)
def test_what_the_reader_would_refuse_is_seen_while_writing(name, value):
    assert not jsonschema.Draft202012Validator(SCHEMAS[f"{name}.schema.json"]).is_valid(value)
