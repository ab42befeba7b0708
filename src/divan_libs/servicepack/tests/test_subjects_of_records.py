"""A record may be about somebody whom only an officer could name, such as a newborn with a new national code."""

from __future__ import annotations

from divan_libs.servicepack.asking import named
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Subject
from divan_libs.servicepack.tests.conftest import SERVICE

CHILD = "9993000043"


def test_a_newborn_is_named_by_the_registrar_s_report():
    package = load_package(SERVICE.parent / "birth-registration")
    record = package.outputs.record("birth")
    assert record is not None
    assert isinstance(record.subject, Subject)

    assert named(package, record.subject, {}, {"child_national_code": CHILD}) == [(CHILD, {})]
    assert named(package, record.subject, {}, {}) == []
    assert named(package, record.subject, {}) == []


def test_an_answer_of_the_applicant_is_not_named_by_a_report():
    package = load_package(SERVICE.parent / "birth-registration")
    mother = {"mother": {"national_code": "9993000027"}}

    assert named(package, Subject(question="mother"), mother, {"mother": CHILD}) == [("9993000027", {})]
