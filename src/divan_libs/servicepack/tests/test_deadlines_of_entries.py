"""The clock over a whole case belongs to the beginning of the case: an application's does not run in a revocation."""

from __future__ import annotations

from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import APPLICATION, Package
from divan_libs.servicepack.tests.conftest import SERVICE

LODGE = SERVICE.parent / "eco-lodge-permit"


def _with_deadline_of(entry: str, **changed: object) -> Package:
    written = load_package(LODGE).model_dump(mode="json")
    one = next(entry_ for entry_ in written["flow"]["entries"] if entry_["code"] == entry)
    one["deadline"] = {**written["flow"]["deadline"], **changed}
    return Package.model_validate(written)


def test_each_beginning_has_its_own_deadline_or_none():
    flow = load_package(LODGE).flow

    assert flow.deadline_of() == flow.deadline_of(APPLICATION) == flow.deadline
    assert flow.deadline_of("renew").silence.deem == "renewed"
    assert flow.deadline_of("revoke") is None
    assert flow.deadline_of("nothing-like-it") is None
    assert len(list(flow.deadlines())) == 2


def test_the_deadline_of_an_entry_is_examined_like_the_application_s():
    unlawful = _with_deadline_of("amend", law="LAW-NOWHERE")
    deeming = _with_deadline_of("revoke", silence={"deem": "revoked"})

    found = {
        (fault.code, fault.facts.get("law") or fault.facts.get("outcome"))
        for package in (unlawful, deeming)
        for fault in lint(package, surroundings_alone(package))
    }

    assert found == {("card.unknown-law", "LAW-NOWHERE"), ("flow.cannot-be-deemed", "revoked")}
