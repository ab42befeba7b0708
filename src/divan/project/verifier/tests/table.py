"""The table of good, tampered and foreign files over which `divan verify` and the page in the browser must agree."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from divan.project.verifier.judgement import LETTER
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import FileKey
from divan_libs.pki.keys import generate_private_key as generate_signing_key
from divan_libs.pki.pades import countersign_pdf, sign_pdf
from divan_libs.pki.tests.forging import read_signature, replace_signature, signature_span
from divan_libs.pki.tests.specimens import NOON, make_pdf, make_timestamper
from divan_libs.pki.tests.test_several_signers import changed
from divan_libs.pki.tests.test_verification import update
from divan_libs.pki.timestampers import LocalTimestamper
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.receipts import ATTACHED_AS

from .specimens import CLAIMS, FACT, Log, sha256, sign_letter
from .test_judgement import TAMPERED, altered_extra

YEAR = timedelta(days=365)
GENUINE = "genuine"
ALTERED = "altered"
UNTRUSTED = "untrusted"
UNREADABLE = "unreadable"

Row = tuple[str, bytes, str, tuple[str, ...]]
"""Name, content, outcome, codes of problems; of a file that carries another, the outcome of the file itself."""


def signer(authority: RehearsalAuthority, name: str, code: str, *, now: object = None) -> FileKey:
    """Return the key of an invented person."""
    key = generate_signing_key()
    certificate = authority.issue_signer(
        key.public_key(),
        common_name=name,
        national_code=code,
        organization="ICT directorate",
        legal_id="14000000001",
        title="Director",
        now=now or NOON - timedelta(days=20),
    )
    return FileKey(key, certificate)


def rows(authority: RehearsalAuthority) -> Iterator[Row]:
    """Yield every row of the table."""
    yield from receipts()
    yield from letters(authority)
    yield from signatures(authority)
    yield from several_signers(authority)


def receipts() -> Iterator[Row]:
    log = Log()
    receipt = log.receipt()
    yield "receipt.tlog-proof", receipt, GENUINE, ()
    yield "receipt-erased.tlog-proof", log.receipt(erased=True), GENUINE, ()
    yield "receipt-of-a-file.tlog-proof", log.receipt(FACT | {"data": {"sha256": sha256(receipt)}}), GENUINE, ()
    for number, (change, code) in enumerate(TAMPERED.values()):
        yield f"receipt-tampered-{number}.tlog-proof", change(receipt), ALTERED, (code,)
    foreign = b"\n".join(line for line in receipt.split(b"\n") if not line.startswith(b"extra "))
    yield "receipt-foreign.tlog-proof", foreign, UNREADABLE, ("tlog.receipt.foreign",)
    other = Log(key=NoteSigner("log.divan.test", SignatureType.ED25519, bytes(32))).receipt()
    yield "receipt-other-log.tlog-proof", other, UNTRUSTED, ("tlog.checkpoint.log-signature-missing",)
    yield "nothing.tlog-proof", b"c2sp.org/tlog-proof@v1\n", ALTERED, ("tlog.receipt.malformed",)
    yield "text.json", b"hello", UNREADABLE, ("verify.unknown-kind",)
    yield "empty.pdf", b"", UNREADABLE, ("verify.unknown-kind",)


def letters(authority: RehearsalAuthority) -> Iterator[Row]:
    receipt = Log().receipt()
    unsigned = make_pdf()
    signed = sign_letter(unsigned, authority, receipt)
    yield "letter.pdf", signed, GENUINE, ()
    yield "letter-of-streams.pdf", sign_letter(make_pdf(stream_xrefs=True), authority, receipt), GENUINE, ()
    yield "letter-without-receipt.pdf", sign_letter(unsigned, authority), GENUINE, ()
    forged = sign_letter(unsigned, authority, altered_extra(receipt, record=base64.b64encode(b"{}").decode()))
    yield "letter-with-forged-receipt.pdf", forged, GENUINE, ()
    yield "letter-altered.pdf", signed.replace(b"(Divan)", b"(Nabid)"), ALTERED, ("pki.pdf.altered",)
    yield "letter-updated.pdf", update(signed), ALTERED, ("pki.pdf.changed-after-signing",)
    yield "letter-unsigned.pdf", unsigned, UNTRUSTED, ("pki.pdf.unsigned",)
    yield "letter-damaged.pdf", b"%PDF-1.7\nhello", UNREADABLE, ("pki.pdf.unreadable",)
    yield "letter-cut.pdf", signed[: len(signed) // 2], UNREADABLE, ("pki.pdf.unreadable",)
    stranger = RehearsalAuthority.create(NOON - timedelta(days=30))
    problems = ("pki.pdf.untrusted", "pki.pdf.timestamp-untrusted")
    yield "letter-of-a-stranger.pdf", sign_letter(unsigned, stranger, receipt), UNTRUSTED, problems
    both = [{"name": "Sara Ahmadi", "code": "0012345679"}, {"name": "Ali Karimi", "code": "0684159414"}]
    signed_by_one = _signed(
        authority, signer(authority, "Sara Ahmadi", "۰۰۱۲۳۴۵۶۷۹"), claims=CLAIMS | {"signers": both}
    )
    yield "letter-not-by-all.pdf", signed_by_one, UNTRUSTED, ("verify.signers-missing",)


def _signed(
    authority: RehearsalAuthority,
    key: FileKey,
    *,
    timestamper: LocalTimestamper | None = None,
    text: str = "Divan",
    claims: dict[str, object] | None = None,
    further: int = 0,
    chain: Sequence[object] | None = None,
) -> bytes:
    attachments = [(LETTER, json.dumps(claims or CLAIMS).encode()), (ATTACHED_AS, Log().receipt())]
    return sign_pdf(
        make_pdf(text),
        key,
        authority.chain if chain is None else chain,
        timestamper or make_timestamper(authority),
        now=NOON,
        attachments=attachments,
        further=further,
    )


def signatures(authority: RehearsalAuthority) -> Iterator[Row]:
    sara = signer(authority, "Sara Ahmadi", "0012345679")
    signed, other = _signed(authority, sara), _signed(authority, sara, text="Other")
    yield (
        "signature-of-another.pdf",
        replace_signature(signed, read_signature(other).dump()),
        ALTERED,
        ("pki.pdf.altered",),
    )
    _, end = signature_span(signed)
    hidden = b"secret".hex().encode()
    yield "signature-with-stowaway.pdf", signed[: end - 12] + hidden + signed[end:], ALTERED, ("pki.pdf.altered",)
    start, _ = signature_span(signed)
    yield (
        "signature-damaged.pdf",
        signed[:start] + b"3080" + signed[start + 4 :],
        ALTERED,
        ("pki.pdf.signature-unreadable",),
    )
    bare = read_signature(signed)
    del bare["content"]["signer_infos"][0]["unsigned_attrs"]
    yield "timestamp-gone.pdf", replace_signature(signed, bare.dump()), UNTRUSTED, ("pki.pdf.timestamp-missing",)
    swapped = read_signature(signed)
    foreign = read_signature(other)["content"]["signer_infos"][0]["unsigned_attrs"]
    swapped["content"]["signer_infos"][0]["unsigned_attrs"] = foreign
    yield "timestamp-of-another.pdf", replace_signature(signed, swapped.dump()), ALTERED, ("pki.pdf.timestamp-altered",)
    stranger = RehearsalAuthority.create(NOON - timedelta(days=30))
    stamped = _signed(authority, sara, timestamper=make_timestamper(stranger))
    yield "timestamp-of-a-stranger.pdf", stamped, UNTRUSTED, ("pki.pdf.timestamp-untrusted",)
    yield "chain-missing.pdf", _signed(authority, sara, chain=()), UNTRUSTED, ("pki.pdf.untrusted",)
    yield from _unfit(authority)
    for place in range(97, len(signed), 1511):
        flipped = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        yield f"octet-{place}.pdf", flipped, "", ()


def _unfit(authority: RehearsalAuthority) -> Iterator[Row]:
    key = generate_signing_key()
    of_machine = authority.issue_tls_client(key.public_key(), "IR/GOV/1/a", now=NOON)
    yield (
        "certificate-of-a-machine.pdf",
        _signed(authority, FileKey(key, of_machine)),
        UNTRUSTED,
        ("pki.pdf.certificate-unfit",),
    )
    times: Sequence[tuple[str, Callable[[RehearsalAuthority], FileKey], str]] = (
        ("over", lambda old: signer(old, "Old", "0012345679", now=NOON - 3 * YEAR), "pki.pdf.certificate-expired"),
        ("early", lambda old: signer(old, "New", "0012345679", now=NOON + YEAR), "pki.pdf.certificate-not-yet-valid"),
    )
    long_lived = RehearsalAuthority.create(NOON - 5 * YEAR)
    for name, make, code in times:
        signed = _signed(long_lived, make(long_lived), timestamper=make_timestamper(authority))
        yield f"certificate-{name}.pdf", signed, UNTRUSTED, (code, "pki.pdf.untrusted")


def several_signers(authority: RehearsalAuthority) -> Iterator[Row]:
    people = [
        signer(authority, name, code)
        for name, code in (("مریم", "0499370899"), ("علی", "0684159414"), ("رضا", "0790419904"))
    ]
    stamps = make_timestamper(authority)
    stages = [_signed(authority, people[0], further=2)]
    for key in people[1:]:
        stages.append(countersign_pdf(stages[-1], key, authority.chain, stamps, now=NOON))
    for number, stage in enumerate(stages, 1):
        yield f"signers-{number}.pdf", stage, GENUINE, ()
    between = countersign_pdf(changed(stages[0]), people[1], authority.chain, stamps, now=NOON)
    yield "changed-between.pdf", between, ALTERED, ("pki.pdf.changed-after-signing",)
    yield "changed-after-the-last.pdf", changed(stages[2]), ALTERED, ("pki.pdf.changed-after-signing",)
    yield "earlier-altered.pdf", stages[2].replace(b"(Divan)", b"(Nabid)"), ALTERED, ("pki.pdf.altered",)
