"""Seals: they hold over the same document for the same keys, and over nothing else."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.seals import LONGEST_SEAL, open_seal, seal_document

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OURS, THEIRS = (SoftSigner(ec.derive_private_key(number, ec.SECP256R1())) for number in (11, 12))
LETTER = {"key": "k", "letter": {"subject": "پاسخ", "files": [1, 2]}}


def sealed(document=LETTER, signer=OURS) -> str:
    return seal_document(document, sender="LR/GOV/a/divan", receiver="HM/GOV/b/divan", now=NOW, signer=signer)


def refusal(seal: str, document=LETTER) -> str:
    with pytest.raises(EnvelopeError) as refused:
        open_seal(seal, document, keys=[OURS.public_key()])
    return refused.value.code


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(st.text(max_size=5) | st.booleans(), lambda inner: st.lists(inner, max_size=3)),
    )
)
def test_a_seal_holds_over_the_document_however_it_is_ordered(document):
    seal = sealed(document)

    found = open_seal(seal, dict(reversed(list(document.items()))), keys=[THEIRS.public_key(), OURS.public_key()])

    assert (found.sender, found.receiver, found.sealed_at) == ("LR/GOV/a/divan", "HM/GOV/b/divan", NOW)
    assert found.key == OURS.key_id


def test_another_document_another_key_and_another_header_are_told_apart():
    head, _, signature = sealed().split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    redated = base64.urlsafe_b64encode(json.dumps(told | {"iat": told["iat"] + 1}).encode()).decode().rstrip("=")

    assert refusal(sealed(), {**LETTER, "key": "other"}) == "exchange.seal.altered"
    assert refusal(f"{redated}..{signature}") == "exchange.seal.altered"
    assert refusal(sealed(signer=THEIRS)) == "exchange.seal.key"


def _header(**changes: object) -> str:
    told = {"alg": "ES256", "typ": "divan-seal+jws", "iss": "a", "aud": "b", "kid": "c", "iat": 1} | changes
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


SIGNATURE = base64.urlsafe_b64encode(b"\1" * 64).decode().rstrip("=")


@pytest.mark.parametrize(
    "seal",
    [
        "",
        "a",
        "a.b.c",
        "..",
        f"{_header()}..AAAA",
        f"{_header(alg='none')}..{SIGNATURE}",
        f"{_header(alg='HS256')}..{SIGNATURE}",
        f"{_header(crit=['x'])}..{SIGNATURE}",
        f"{_header(iat='soon')}..{SIGNATURE}",
        f"{_header(iat=True)}..{SIGNATURE}",
        f"{_header(iat=-1)}..{SIGNATURE}",
        f"{_header(iat=2**60)}..{SIGNATURE}",
        f"{'[' * 900}..{SIGNATURE}",
        "é..é",
        "x" * (LONGEST_SEAL + 1),
    ],
    ids=range(15),
)
def test_what_is_no_seal_is_refused(seal):
    assert refusal(seal) == "exchange.seal.malformed"


def test_a_document_without_a_canonical_form_cannot_be_sealed():
    with pytest.raises(EnvelopeError, match=r"exchange\.seal\.malformed"):
        sealed({"number": 2**60})
