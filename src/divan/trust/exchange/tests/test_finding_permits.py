"""Finding permits by any word that they are known by, in either language."""

import pytest

from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, queries

from .world import NOW, permit


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 2),
        ("ثبت احوال", 0),
        ("هویت شخص", 2),
        ("identity of a", 2),
        ("office", 2),
        ("استانداری", 2),
        ("GOVERNOR", 2),
        ("population/person", 2),
        ("proof", 1),
        ("tax", 1),
        ("tax proof", 0),
        ("/alive", 1),
    ],
)
def test_a_permit_is_found_by_its_parties_purpose_and_path(founded, text, found):
    actions.grant_permit(
        permit=permit(path_glob="/persons/*/alive", purpose_fa="مالیات", purpose_en="Tax"), actor=SYSTEM, now=NOW
    )

    assert len(queries.list_permits_for(SYSTEM, text=text)) == found
