"""What somebody is asked to sign, as data in the language of the request."""

from __future__ import annotations

from divan.dealings.cases import queries
from divan.dealings.cases.values import Signature
from divan.front.api.application_data import seen
from divan.front.api.entrance import spoken
from divan.front.api.own import EDITABLE
from divan.front.api.schemas import signatures as shapes
from divan.front.api.schemas.cases import State
from divan.front.questions.outside import STATES, words_to_sign
from divan.registers.people import queries as people


def line_of(signature: Signature) -> shapes.AskedSignature:
    """Return a line of the list of what was asked of somebody."""
    case = queries.get_case(signature.case)
    package = queries.get_package_of(case)
    return shapes.AskedSignature(
        uuid=signature.uuid,
        title=package.text(f"needs.{signature.need}.title", spoken()),
        service=package.text("card.title", spoken()),
        asked_by=people.get_person(case.applicant).full_name,
        state=State(code=signature.state, text=str(STATES[signature.state][0])),
        asked_at=signature.asked_at,
        answered_at=signature.answered_at,
        valid_until=signature.until,
    )


def statement_of(signature: Signature, *, told: bool = True) -> shapes.Statement:
    """Return what is signed; ``told`` is false where the answers need not be told once more."""
    one = seen(queries.get_case(signature.case))
    lines = words_to_sign(one.package, one.context, signature, spoken()) if told else []
    return shapes.Statement(
        **line_of(signature).model_dump(),
        code=signature.need,
        statement=one.package.text(f"needs.{signature.need}.statement", spoken()),
        answers=[shapes.ReadAnswer(question=question, answer=answer) for question, answer in lines],
        digest=signature.digest,
        open=signature.state == "asked" and one.case.state in EDITABLE,
    )
