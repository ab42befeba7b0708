"""Whom registers are asked about, what their answers make together, and what is still missing of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.servicepack.answers import Missing, complete
from divan_libs.servicepack.asking import Asking, askings, beneficiary
from divan_libs.servicepack.evaluation import Context, Evaluator, Fact
from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.facts import FieldFaulty, declared_fields, fields_as_values
from divan_libs.servicepack.gathered_facts import SURENESS, fact_names, gathered
from divan_libs.servicepack.models import Example, InquiryNeed, InquiryState, Package
from divan_libs.servicepack.models.needs import FieldKind

TODAY = date(2026, 11, 22)
APPLICANT, WARD, CHILD, OTHER = "9991000011", "9992000090", "9992000023", "9992000031"
MATCHED, UNKNOWN, DENIED, ASKED = (
    InquiryState.MATCHED,
    InquiryState.UNKNOWN,
    InquiryState.NOT_MATCHED,
    InquiryState.ASKED,
)

FORM = {
    "pages": [
        {
            "code": "one",
            "questions": [
                {"code": "for_ward", "type": "yes-no"},
                {"code": "ward", "type": "national-code", "show_when": "has(answers.for_ward) && answers.for_ward"},
                {"code": "year", "type": "number", "minimum": 1300, "maximum": 1500},
                {"code": "witness", "type": "person", "required": False},
                {
                    "code": "members",
                    "type": "group",
                    "required": False,
                    "questions": [
                        {"code": "member", "type": "national-code"},
                        {"code": "student", "type": "yes-no"},
                    ],
                },
            ],
        }
    ]
}
WAGE = {
    "code": "REQ-WAGES",
    "kind": "inquiry",
    "law": "LAW-CSM-37",
    "fact": "wages",
    "data_service": "social-security/insurance",
    "subject": {"question": "member", "group": "members"},
    "parameters": {"student": "student", "year": "year"},
    "fields": {"wage": "number", "insured": "yes-no", "since": "date", "fund": "text"},
    "proceeds_when": ["matched", "unknown"],
}
NEEDS = {
    "requirements": [
        {
            "code": "REQ-MANDATE",
            "kind": "mandate",
            "law": "LAW-CSM-37",
            "principal": "ward",
            "capacity": "guardian",
            "fact": "mandate",
            "data_service": "civil-registry/guardianship",
        },
        {
            "code": "REQ-WHO",
            "kind": "inquiry",
            "law": "LAW-CSM-37",
            "fact": "who",
            "data_service": "civil-registry/person",
            "subject": "beneficiary",
            "proceeds_when": ["matched"],
        },
        {
            "code": "REQ-TAX",
            "kind": "inquiry",
            "law": "LAW-CSM-37",
            "when": "has(answers.year) && answers.year > 1400",
            "fact": "tax",
            "data_service": "tax/clearance",
            "proceeds_when": ["matched"],
        },
        WAGE,
        {
            "code": "REQ-WITNESS",
            "kind": "signature",
            "law": "LAW-CSM-37",
            "when": "has(answers.witness)",
            "by": {"question": "witness"},
            "valid_for": {"amount": 30, "unit": "calendar-days"},
        },
    ]
}


@pytest.fixture(scope="module")
def package(good: Package) -> Package:
    told = good.model_dump(mode="json")
    return Package.model_validate({**told, "form": FORM, "needs": NEEDS})


def context(answers: Mapping[str, object] | None = None, **more) -> Context:
    return Context(today=TODAY, answers=answers or {}, **more)  # type: ignore[arg-type]  # answers of this form


def rows(*members: tuple[str, bool]):
    return tuple(MappingProxyType({"member": code, "student": student}) for code, student in members)


def test_the_applicant_is_asked_about_unless_somebody_else_is_the_beneficiary(package):
    assert askings(package, context(), applicant=APPLICANT) == [Asking("REQ-WHO", APPLICANT)]

    for_ward = context({"for_ward": True, "ward": WARD})
    assert askings(package, for_ward, applicant=APPLICANT) == [
        Asking("REQ-MANDATE", APPLICANT, {"principal": WARD}),
        Asking("REQ-WHO", WARD),
    ]
    assert beneficiary(package, for_ward.answers, applicant=APPLICANT) == WARD


def test_a_hidden_ward_is_nobody(package):
    hidden = context({"for_ward": False, "ward": WARD})

    assert askings(package, hidden, applicant=APPLICANT) == [Asking("REQ-WHO", APPLICANT)]


def test_what_is_not_required_is_not_asked(package):
    assert Asking("REQ-TAX", APPLICANT) in askings(package, context({"year": 1404}), applicant=APPLICANT)
    assert Asking("REQ-TAX", APPLICANT) not in askings(package, context({"year": 1399}), applicant=APPLICANT)


def test_everybody_in_a_group_is_asked_about_once_with_the_answers_of_their_row(package):
    answers = {"year": 1399, "members": rows((CHILD, True), (OTHER, False), (CHILD, False))}

    asked = [one for one in askings(package, context(answers), applicant=APPLICANT) if one.need == "REQ-WAGES"]

    assert asked == [
        Asking("REQ-WAGES", CHILD, {"student": "true", "year": "1399"}),
        Asking("REQ-WAGES", OTHER, {"student": "false", "year": "1399"}),
    ]


def test_nothing_is_asked_while_a_parameter_is_open(package):
    asked = askings(package, context({"members": rows((CHILD, True))}), applicant=APPLICANT)

    assert [one.need for one in asked] == ["REQ-WHO"]


def need() -> InquiryNeed:
    return InquiryNeed.model_validate(WAGE)


def fact(state=MATCHED, **fields) -> Fact:
    return Fact(state, fields)


def test_answers_about_a_group_become_one_fact_with_totals(package):
    both = gathered(
        need(),
        [
            fact(wage=10, insured=True, since=date(2020, 1, 1), fund="rural"),
            fact(wage=5, insured=False, since=date(2024, 1, 1), fund="universal"),
        ],
    )

    assert dict(both.fields) == {
        "count": 2,
        "wage_total": 15,
        "wage_least": 5,
        "wage_most": 10,
        "insured_all": False,
        "insured_any": True,
        "since_least": date(2020, 1, 1),
        "since_most": date(2024, 1, 1),
        "fund": ["rural", "universal"],
    }
    assert {f"facts.wages.{name}" for name in both.fields} == set(fact_names(need())) - {"facts.wages.state"}
    assert fact_names(need())["facts.wages.fund"] is ValueType.TEXTS
    evaluator = Evaluator(package, context(facts={"wages": both}))
    assert evaluator.holds("has(facts.wages.wage_total) && facts.wages.wage_total == 15", {})
    assert evaluator.holds("has(facts.wages.insured_any) && facts.wages.insured_any && facts.wages.count == 2", {})


@given(st.lists(st.sampled_from(SURENESS), max_size=6))
def test_a_fact_of_many_is_as_sure_as_the_least_sure_and_tells_fields_only_when_all_matched(states):
    together = gathered(need(), [fact(state, **({"wage": 1} if state is MATCHED else {})) for state in states])

    assert together.state is (min(states, key=SURENESS.index) if states else MATCHED)
    assert bool(together.fields) is (together.state is MATCHED)


def test_one_denial_stops_even_beside_one_silence_that_may_proceed(package):
    answers = {
        "for_ward": False,
        "year": 1399,
        "members": rows((CHILD, True), (OTHER, False)),
    }
    facts = {"who": fact(), "wages": gathered(need(), [fact(UNKNOWN), fact(DENIED)])}

    assert facts["wages"].state is UNKNOWN
    assert complete(package, context(answers, facts=facts)) == [Missing("inquiry", "REQ-WAGES", state="unknown")]
    facts["wages"] = gathered(need(), [fact(UNKNOWN), fact()])
    assert complete(package, context(answers, facts=facts)) == []


def test_a_mandate_is_missing_until_it_is_confirmed(package):
    answers = {"for_ward": True, "ward": WARD, "year": 1399}
    known = {"who": fact()}

    assert complete(package, context(answers, facts={**known, "mandate": fact(ASKED)})) == [
        Missing("mandate", "REQ-MANDATE", state="asked")
    ]
    assert complete(package, context(answers, facts={**known, "mandate": fact()})) == []


def test_a_signature_is_missing_while_it_is_unfulfilled_and_somebody_is_to_sign(package):
    person = MappingProxyType({"national_code": OTHER, "born_on": date(1980, 1, 1)})
    answers = {"for_ward": False, "year": 1399, "witness": person}
    told = {"facts": {"who": fact()}, "unfulfilled": frozenset({"REQ-WITNESS"})}

    assert complete(package, context(answers, **told)) == [Missing("signature", "REQ-WITNESS")]
    assert complete(package, context({"for_ward": False, "year": 1399}, **told)) == []
    assert complete(package, context(answers, facts={"who": fact()})) == []


def test_an_example_says_what_has_not_come(package):
    told = {
        "code": "waiting",
        "title": "the witness has not signed",
        "on": TODAY,
        "facts": {"who": {"state": "matched"}},
        "answers": {
            "for_ward": "no",
            "year": "1399",
            "witness": {"national_code": OTHER, "born_on": "1360/01/01"},
        },
        "unfulfilled": ["REQ-WITNESS"],
        "expect": {"missing": ["REQ-WITNESS"]},
    }
    played = package.model_copy(update={"examples": (Example.model_validate(told),)})

    assert [(one.code, one.differences) for one in run_examples(played)] == [("waiting", ())]


KINDS = {"wage": FieldKind.NUMBER, "insured": FieldKind.YES_NO, "since": FieldKind.DATE, "fund": FieldKind.TEXT}
TOLD = {"wage": 5, "insured": True, "since": "2024-02-29", "fund": ""}


def test_declared_fields_are_taken_and_others_left():
    assert declared_fields(KINDS, {**TOLD, "secret": "x"}) == TOLD
    assert fields_as_values(KINDS, TOLD)["since"] == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("wage", "5", "not-number"),
        ("wage", True, "not-number"),
        ("insured", 1, "not-yes-no"),
        ("since", "2023-02-29", "not-date"),
        ("since", "20240229", "not-date"),
        ("since", "1403/12/10", "not-date"),
        ("fund", 5, "not-text"),
    ],
)
def test_a_field_of_another_type_is_refused_never_coerced(field, value, reason):
    with pytest.raises(FieldFaulty) as refused:
        declared_fields(KINDS, {**TOLD, field: value})
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_an_absent_field_is_refused():
    with pytest.raises(FieldFaulty) as refused:
        declared_fields(KINDS, {"wage": 5})
    assert refused.value.reason == "absent"
