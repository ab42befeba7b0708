"""Genuine files are known for what they are; altered, foreign and hostile ones get a code and never a traceback."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan.project.verifier import words
from divan.project.verifier.judgement import LETTER, LETTER_SCHEMA, Coded, FileKind, Line, Outcome, judge
from divan.project.verifier.trust import Trust, TrustUnreadable, read_trust
from divan.trust.signing import rules
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.policies import parse_policy
from divan_libs.tlog.receipts import ATTACHED_AS

from . import specimens
from .specimens import FACT, LATER, Log, at, sha256, sign_letter


@pytest.fixture
def trust(trust_folder):
    return read_trust(trust_folder)


def known(judgement):
    return {line.label: line.value for line in judgement.lines}


def test_a_receipt_says_what_happened_to_what_by_whom_when_and_where_it_is_sealed(log, trust):
    judgement = judge(log.receipt(), trust, now=LATER)

    assert (judgement.kind, judgement.outcome, judgement.problems) == (FileKind.RECEIPT, Outcome.GENUINE, ())
    assert judgement.lines == (
        Line("what", "cases.decision-signed"),
        Line("subject", "cases.decision 00000000-0000-4000-8000-00000000000d"),
        Line("who", Coded("actor", "staff")),
        Line("who.uuid", "00000000-0000-4000-8000-00000000000a"),
        Line("when", at("2026-03-21T08:30:00")),
        Line("number", "ICT/1405/17"),
        Line("log", "log.divan.test"),
        Line("position", 2),
        Line("size", 5),
        Line("witness", "witness.example"),
        Line("witness.when", at("2026-03-21T12:00:00")),
    )


def test_a_receipt_whose_salt_was_erased_proves_the_entry_alone(log, trust):
    judgement = judge(log.receipt(erased=True), trust, now=LATER)

    assert judgement.outcome is Outcome.GENUINE
    assert known(judgement)["record"] == Coded("record", "erased")
    assert "what" not in known(judgement)


def test_a_receipt_that_speaks_of_a_file_given_with_it_says_so(log, trust):
    letter = b"%PDF-1.7 the letter"
    receipt = log.receipt(FACT | {"data": {"sha256": sha256(letter)}})

    beside = judge(receipt, trust, now=LATER, beside={sha256(letter): "letter.pdf"})
    alone = judge(receipt, trust, now=LATER)

    assert known(beside)["speaks-of"] == "letter.pdf"
    assert known(alone)["speaks-of.hash"] == sha256(letter)


def test_a_receipt_of_an_unknown_log_is_not_trusted_and_says_nothing(log, trust_folder):
    (trust_folder / "log.vkey").unlink()

    judgement = judge(log.receipt(), read_trust(trust_folder), now=LATER)

    assert (judgement.outcome, judgement.lines) == (Outcome.UNTRUSTED, ())
    assert judgement.problems == ("tlog.checkpoint.log-signature-missing",)
    assert judge(log.receipt(), Trust(directory=trust_folder), now=LATER).problems == ("tlog.note.unsigned",)


def altered_extra(receipt: bytes, **changes: str) -> bytes:
    line = next(line for line in receipt.splitlines() if line.startswith(b"extra "))
    content = json.loads(base64.b64decode(line[6:])) | changes
    extra = base64.b64encode(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())
    return receipt.replace(line[6:], extra)


def test_a_receipt_with_another_content_is_altered(log, trust):
    other = base64.b64encode(json.dumps(FACT | {"at": "2020-01-01T00:00:00Z"}).encode()).decode()

    judgement = judge(altered_extra(log.receipt(), record=other), trust, now=LATER)

    assert (judgement.outcome, judgement.problems) == (Outcome.ALTERED, ("tlog.commitment.differs",))
    assert judgement.lines == ()


def other_base64(text: bytes) -> bytes:
    """The same length of base64 with other bits, so that only what it says is wrong and not its form."""
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(raw)


def other_line(receipt: bytes, number: int) -> bytes:
    lines = receipt.split(b"\n")
    *before, last = lines[number].split(b" ")
    lines[number] = b" ".join([*before, other_base64(last)])
    return b"\n".join(lines)


LOG_LINE, WITNESS_LINE = -3, -2
TAMPERED = {
    "the content": (lambda text: altered_extra(text, record="e30="), "tlog.commitment.differs"),
    "the salt": (
        lambda text: altered_extra(text, salt=base64.b64encode(b"z" * 32).decode()),
        "tlog.commitment.differs",
    ),
    "a short salt": (lambda text: altered_extra(text, salt="AAAA"), "tlog.commitment.salt"),
    "the entry": (
        lambda text: altered_extra(text, entry=base64.b64encode(b"z" * 32).decode()),
        "tlog.proof.root-differs",
    ),
    "the place": (lambda text: text.replace(b"index 2", b"index 3"), "tlog.proof.root-differs"),
    "a place outside": (lambda text: text.replace(b"index 2", b"index 5"), "tlog.proof.index-out-of-range"),
    "a hash": (lambda text: other_line(text, 3), "tlog.proof.root-differs"),
    "a hash left out": (lambda text: b"\n".join(text.split(b"\n")[:3] + text.split(b"\n")[4:]), "tlog.proof.length"),
    "the size": (
        lambda text: text.replace(b"log.divan.test\n5\n", b"log.divan.test\n6\n"),
        "tlog.note.signature-invalid",
    ),
    "the signature of the log": (lambda text: other_line(text, LOG_LINE), "tlog.note.signature-invalid"),
    "the signature of a witness": (lambda text: other_line(text, WITNESS_LINE), "tlog.note.signature-invalid"),
    "the head": (lambda text: text.replace(b"\n5\n", b"\n05\n"), "tlog.note.signature-invalid"),
    "the signatures left out": (lambda text: text.rpartition(b"\n\n")[0], "tlog.note.malformed"),
    "the form": (lambda text: text.replace(b"index 2\n", b"index two\n"), "tlog.receipt.malformed"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_tampered_with_is_named(log, trust, what):
    change, code = TAMPERED[what]
    changed = change(log.receipt())
    assert changed != log.receipt()

    judgement = judge(changed, trust, now=LATER)

    assert (judgement.outcome, judgement.problems, judgement.lines) == (Outcome.ALTERED, (code,), ())
    # Also where too few witnesses would have seen the genuine one.
    nobody = NoteSigner("witness.example/nobody", SignatureType.COSIGNATURE, b"N" * 32).verifier.encode()
    assert judge(changed, replace(trust, policy=parse_policy(f"witness n {nobody}\nquorum n")), now=LATER) == judgement
    assert code in words.problems(str)


@given(place=st.integers(0, 10_000), flipped=st.integers(1, 255))
def test_a_receipt_with_any_octet_changed_is_never_genuine_with_another_content(place, flipped):
    log = Log()
    receipt = bytearray(log.receipt())
    receipt[place % len(receipt)] ^= flipped
    trust = Trust(directory=None, log_keys=(log.key.verifier,))

    judgement = judge(bytes(receipt), trust, now=LATER)

    # The signature of a witness who is not asked for may be damaged without harm; nothing that is said may differ.
    if judgement.outcome is Outcome.GENUINE:
        assert judgement.lines == judge(log.receipt(), trust, now=LATER).lines


def test_a_proof_of_another_application_cannot_be_judged(log, trust):
    lines = [line for line in log.receipt().split(b"\n") if not line.startswith(b"extra ")]

    judgement = judge(b"\n".join(lines), trust, now=LATER)

    assert (judgement.outcome, judgement.problems) == (Outcome.UNREADABLE, ("tlog.receipt.foreign",))


def test_a_signed_letter_names_its_signer_the_proven_time_and_the_receipt_inside(signed_letter, trust):
    judgement = judge(signed_letter, trust, now=LATER)

    assert (judgement.kind, judgement.outcome, judgement.problems) == (FileKind.PDF, Outcome.GENUINE, ())
    lines = known(judgement)
    assert (lines["signer"], lines["signer.title"], lines["signer.organization"]) == (
        "Sara Ahmadi",
        "Director",
        "ICT directorate",
    )
    assert (lines["signer.national-code"], lines["signer.legal-id"]) == ("0012345679", "14000000001")
    assert (lines["number"], lines["letter.date"]) == ("ICT/1405/17", date(2026, 3, 21))
    assert (lines["letter.about"], lines["recipient"]) == ("Coverage of the village", "Zahra")
    assert lines["signed-at.proven"] == at("2026-03-21T12:00:00")
    assert "signed-at.claimed" not in lines
    assert lines["sha256"] == sha256(signed_letter)
    assert judgement.inside is not None
    assert (judgement.inside.kind, judgement.inside.outcome) == (FileKind.RECEIPT, Outcome.GENUINE)
    assert judgement.worst is Outcome.GENUINE


def test_documents_carry_their_parts_under_the_names_that_are_looked_for():
    assert (rules.RECEIPT_NAME, rules.CLAIMS_NAME, rules.CLAIMS_SCHEMA) == (ATTACHED_AS, LETTER, LETTER_SCHEMA)


def test_an_altered_letter_is_found(signed_letter, trust):
    changed = signed_letter.replace(b"(Divan)", b"(Nabid)")
    assert changed != signed_letter

    judgement = judge(changed, trust, now=LATER)

    assert (judgement.outcome, judgement.problems) == (Outcome.ALTERED, ("pki.pdf.altered",))


def test_a_letter_with_something_behind_it_is_altered(signed_letter, trust):
    judgement = judge(signed_letter + b"\n% more", trust, now=LATER)

    assert judgement.outcome is Outcome.ALTERED


def test_a_letter_of_an_unknown_authority_is_not_trusted(signed_letter, trust_folder):
    (trust_folder / "signing-roots.pem").unlink()

    judgement = judge(signed_letter, read_trust(trust_folder), now=LATER)

    assert judgement.outcome is Outcome.UNTRUSTED
    assert "pki.pdf.untrusted" in judgement.problems


def test_an_unsigned_letter_is_not_trusted_and_a_damaged_one_cannot_be_read(unsigned_letter, trust):
    unsigned, damaged = judge(unsigned_letter, trust, now=LATER), judge(b"%PDF-1.7\nhello", trust, now=LATER)

    assert (unsigned.outcome, unsigned.problems) == (Outcome.UNTRUSTED, ("pki.pdf.unsigned",))
    assert (damaged.outcome, damaged.problems) == (Outcome.UNREADABLE, ("pki.pdf.unreadable",))


def test_a_sound_letter_with_a_forged_receipt_inside_is_as_bad_as_the_receipt(unsigned_letter, authority, log, trust):
    other = base64.b64encode(b"{}").decode()
    letter = sign_letter(unsigned_letter, authority, altered_extra(log.receipt(), record=other))

    judgement = judge(letter, trust, now=LATER)

    assert (judgement.outcome, judgement.inside.outcome, judgement.worst) == (
        Outcome.GENUINE,
        Outcome.ALTERED,
        Outcome.ALTERED,
    )


def test_evidence_says_who_asked_whom_what_why_and_how_it_ended(evidence, trust):
    judgement = judge(json.dumps(evidence).encode(), trust, now=LATER)

    assert (judgement.kind, judgement.outcome) == (FileKind.EVIDENCE, Outcome.GENUINE)
    assert judgement.lines == (
        Line("message", "m-1"),
        Line("asked-by", "ir-divan/GOV/140/cases"),
        Line("asked", "ir-divan/GOV/150/civil-registry/persons"),
        Line("request", "GET /persons/{subject}"),
        Line("purpose", "identity of the applicant"),
        Line("legal-basis", "art. 37"),
        Line("request-hash", "aa" * 64),
        Line("message.began", at("2026-03-21T12:00:00")),
        Line("message.ended", at("2026-03-21T12:00:05")),
        Line("message.outcome", Coded("message", "answered")),
        Line("status", 200),
        Line("response-hash", "bb" * 64),
    )


@pytest.mark.parametrize(
    ("part", "old", "new", "problem"),
    [
        ("intent", "art. 37", "art. 38", "exchange.evidence.proof"),
        ("closing", "answered", "unsent", "exchange.evidence.proof"),
        ("root", '"count":1', '"count":2', "exchange.evidence.signature"),
        ("intent", "{", "[", "exchange.evidence.proof"),
    ],
)
def test_altered_evidence_is_found(evidence, trust, part, old, new, problem):
    altered = evidence | {part: str(evidence[part]).replace(old, new, 1)}
    assert altered != evidence

    judgement = judge(json.dumps(altered).encode(), trust, now=LATER)

    assert (judgement.outcome, judgement.lines) == (Outcome.ALTERED, ())
    assert judgement.problems == (problem,)


def test_evidence_under_an_unknown_key_is_not_trusted(evidence, trust_folder):
    (trust_folder / "evidence-key.pub").unlink()

    judgement = judge(json.dumps(evidence).encode(), read_trust(trust_folder), now=LATER)

    assert (judgement.outcome, judgement.problems) == (Outcome.UNTRUSTED, ("verify.evidence-key-unknown",))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"intent": 1, "closing": 2, "path": 3, "root": 4}',
        b'{"intent": "{}", "closing": "{}", "path": ["zz"], "root": "{}", "index": 1, "size": 1}',
        b"c2sp.org/tlog-proof@v1\n",
        b"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx",
        b"%PDF-",
    ],
)
def test_whatever_is_given_is_judged_without_an_exception(content, trust):
    assert judge(content, trust, now=LATER).outcome in {Outcome.UNREADABLE, Outcome.ALTERED}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_record_that_was_sealed_can_be_said(fact):
    log = Log()
    trust = Trust(directory=None, log_keys=(log.key.verifier,))

    for record in (fact, {"actor": fact, "at": fact, "data": fact, "subject": fact, "kind": fact}):
        assert judge(log.receipt(record), trust, now=LATER).outcome is Outcome.GENUINE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.vkey", b"log+zz+xx\n"),
        ("signing-roots.pem", b"nothing"),
        ("evidence-key.pub", b"-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----\n"),
    ],
)
def test_a_damaged_trust_folder_is_said_by_file(trust_folder, name, content):
    (trust_folder / name).write_bytes(content)

    with pytest.raises(TrustUnreadable, match=name.replace(".", r"\.")):
        read_trust(trust_folder)


def test_a_letter_that_not_all_have_signed_names_who_is_missing(log, trust, authority, unsigned_letter, monkeypatch):
    both = [{"name": "Sara Ahmadi", "code": "0012345679"}, {"name": "Ali Karimi", "code": "0684159414"}]
    monkeypatch.setitem(specimens.CLAIMS, "signers", both[:1])
    assert judge(sign_letter(unsigned_letter, authority, log.receipt()), trust, now=LATER).outcome is Outcome.GENUINE

    monkeypatch.setitem(specimens.CLAIMS, "signers", both)
    judgement = judge(sign_letter(unsigned_letter, authority, log.receipt()), trust, now=LATER)
    assert (judgement.outcome, judgement.problems) == (Outcome.UNTRUSTED, ("verify.signers-missing",))
    assert known(judgement)["signer.missing"] == "Ali Karimi"
