"""Third chapter: the letter arrives, and strangers, the applicant, an integrator and an auditor check everything."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from divan.project.journey.applying import VILLAGER
from divan.project.journey.pages import Page
from divan.project.journey.play import Play, must, person
from divan.project.journey.signing_in import sign_in_officer
from divan.project.journey.visitors import StoryBroken, Upload, Visitor
from divan.project.verifier.judgement import FileKind, Judgement, Outcome, judge
from divan.project.verifier.trust import Trust
from divan.trust.exchange import queries as exchange
from divan.trust.ledger import queries as ledger
from divan.trust.ledger.values import Fault, Finding
from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.log import read_hashes
from divan_libs.tlog.proofs import consistency_proof, verify_consistency

STRANGER = "stranger"
INTEGRATOR = "integrator"
AUDITOR = "auditor"
OFFICERS = 5
"""How many officers open the case in the story."""


def receive(play: Play) -> None:
    """Let the villager get the message, open the letter and its receipt.

    :raises StoryBroken: if any of them does not come.
    """
    play.narrator.chapter("The answer arrives")
    visitor, one = play.visitor(VILLAGER), person(VILLAGER)
    with play.narrator.step(VILLAGER, "sees the case answered and opens the signed letter") as step:
        page = visitor.renew(
            f"/cases/{play.case}/", lambda seen: seen.link(".pdf") is not None, "the signed letter", patience=120.0
        )
        letter = visitor.follow(page, ".pdf")
        must(letter.content.startswith(b"%PDF-"), f"the letter is no PDF: {letter.content[:80]!r}")
        play.pdf = letter.content
        play.code = _code_of(visitor.follow(page, "/verify/"))
        step.note(f"{len(play.pdf) // 1024} KB, code {play.code}")
    with play.narrator.step(VILLAGER, "gets the message that the answer is ready") as step:
        text = play.telephone.wait(
            one.mobile, after=0, having=f"{play.number}(.|\n)*/", what="message with the answer", patience=60.0
        )
        step.note(text.splitlines()[0])
    with play.narrator.step(VILLAGER, "takes the receipt of the log from the page of documents"):
        listed = visitor.open("/documents/")
        document = letter.address.rpartition("/")[2].removesuffix(".pdf")
        must(listed.link(document) is not None, f"the letter is not among the documents: {listed.words[:300]}")
        play.receipt = _receipt(visitor, f"/documents/{document}/receipt/")


def _code_of(verified: Page) -> str:
    return urlsplit(verified.address).path.strip("/").rpartition("/")[2]


def _receipt(visitor: Visitor, address: str) -> bytes:
    """Return a receipt; the fact of issuing is sealed and cosigned after the letter is there, until then it is 503."""
    for _ in range(160):
        try:
            return visitor.open(address).content
        except StoryBroken as broken:
            if "answers 503" not in str(broken):
                raise
            time.sleep(0.25)
    raise StoryBroken(f"no receipt at {address} after forty seconds")


def verify_as_strangers(play: Play, trust: Trust) -> None:
    """Let a stranger verify by code, by file and offline, and see an altered file refused."""
    play.narrator.chapter("Strangers check")
    visitor = play.visitor(STRANGER)
    one = person("ict-director")
    with play.narrator.step(STRANGER, "verifies the letter by its code"):
        page = visitor.open("/verify/")
        said = visitor.send(page, {"code": play.code}, having="code")
        must(one.last_name in said.words, f"the verdict does not name the signatory: {said.words[:500]}")
        must(is_good(said), f"the verdict is not good: {said.words[:500]}")
    with play.narrator.step(STRANGER, "verifies the file itself, without an account"):
        said = _verify_file(visitor, play.pdf)
        must(is_good(said) and one.last_name in said.words, f"the verdict on the file: {said.words[:500]}")
    with play.narrator.step(STRANGER, "changes one byte of the file, and is told so"):
        said = _verify_file(visitor, with_one_bit_turned(play.pdf))
        must(not is_good(said), f"an altered letter is called good: {said.words[:500]}")
    with play.narrator.step(STRANGER, "verifies letter and receipt offline, as divan verify does") as step:
        letter, receipt = judged(play.pdf, trust), judged(play.receipt, trust)
        must(letter.kind is FileKind.PDF and letter.worst is Outcome.GENUINE, f"the letter: {problems(letter)}")
        must(letter.inside is not None, "no receipt lies in the letter")
        must(receipt.worst is Outcome.GENUINE, f"the receipt: {problems(receipt)}")
        step.note("letter, receipt inside it, receipt beside it: genuine")


def _verify_file(visitor: Visitor, content: bytes) -> Page:
    page = visitor.open("/verify/")
    return visitor.send(page, having="code", files={"file": Upload("letter.pdf", content, "application/pdf")})


def is_good(verdict: Page) -> bool:
    """Tell whether a verdict says that the document is genuine: its panel has the good tone, in every language."""
    return b'class="panel panel--good"' in verdict.content


def with_one_bit_turned(content: bytes) -> bytes:
    """Return the content with one bit turned in its middle."""
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def judged(content: bytes, trust: Trust) -> Judgement:
    """Return what `divan verify` says of a file."""
    return judge(content, trust, now=datetime.now().astimezone())


def problems(judgement: Judgement) -> str:
    """Return the codes of what is wrong with a file and with what it carries."""
    inside = problems(judgement.inside) if judgement.inside else ""
    return " ".join(filter(None, [str(judgement.worst), *judgement.problems, inside]))


def check_the_exchange(play: Play, trust: Trust) -> None:
    """Let the villager see who looked, and an integrator take the proof of an inquiry away and check it."""
    visitor = play.visitor(VILLAGER)
    with play.narrator.step(VILLAGER, "sees who looked: the inquiries, and the officers who opened the case") as step:
        page = visitor.renew(
            "/looks/",
            lambda seen: sum(play.case in link.address for link in seen.links) >= OFFICERS and _asked(seen) >= 2,
            "the inquiries and five officers on the page of looks",
            patience=20.0,
        )
        step.note(f"{_asked(page)} inquiries, {sum(play.case in link.address for link in page.links)} officers")
    with play.narrator.step(
        INTEGRATOR, "opens the evidence of an inquiry, takes its proof and checks it offline"
    ) as step:
        sign_in_officer(play, INTEGRATOR)
        integrator = play.visitor(INTEGRATOR)
        listed = integrator.open("/office/exchange/evidence/")
        message = integrator.follow(listed, "attempt=")
        proof = integrator.follow(message, "proof")
        verdict = judged(proof.content, trust)
        must(verdict.worst is Outcome.GENUINE, f"the evidence: {problems(verdict)}")
        step.note(json.loads(json.loads(proof.content)["closing"])["request_id"])
    with play.narrator.step(INTEGRATOR, "audits all evidence of the gateway"):
        found = exchange.verify_evidence()
        must(not found, f"the evidence does not hold: {found[:5]}")


def _asked(page: Page) -> int:
    """Return how many inquiries are told: each leads to an objection of its own."""
    return sum("/looks/" in link.address and link.address.endswith("/object/") for link in page.links)


@dataclass(slots=True)
class PublishedLog:
    """The files of the log as anybody reads them over HTTP."""

    visitor: Visitor

    def read(self, path: str) -> bytes | None:
        """Return a published file, None where there is none."""
        try:
            return self.visitor.open(f"/log/{path}").content
        except StoryBroken:
            return None


def note_checkpoint_before(play: Play, trust: Trust) -> None:
    """Note the log's checkpoint before the story."""
    with play.narrator.step(AUDITOR, "keeps the checkpoint of the log, before") as step:
        play.checkpoint_before = play.visitor(AUDITOR).open("/log/checkpoint").content
        step.note(f"{_opened(play.checkpoint_before, trust).size} entries")


def check_the_log(play: Play, trust: Trust) -> None:
    """Let an auditor prove that the log only grew, and recompute log and rows.

    :raises StoryBroken: if the new log does not contain the old one, or something is found.
    """
    with play.narrator.step(AUDITOR, "proves from published tiles that the log grew, and only grew") as step:
        store = PublishedLog(play.visitor(AUDITOR))
        old = _opened(play.checkpoint_before, trust)
        new = _opened(store.read("checkpoint") or b"", trust)
        must(new.size > old.size, f"the log did not grow: {old.size} entries before, {new.size} now")
        if old.size:
            proof = consistency_proof(old.size, new.size, read_hashes(store, new.size))
            try:
                verify_consistency(old.size, new.size, proof, old.root, new.root)
            except TlogError as error:
                raise StoryBroken(f"the log of {new.size} entries does not begin with that of {old.size}") from error
        step.note(f"{old.size} → {new.size} entries")
    with play.narrator.step(AUDITOR, "recomputes log, facts and live rows (divan ledger fsck)") as step:
        found = settled_findings()
        must(not found, f"the examination finds {len(found)}: {found[:5]}")
        step.note("nothing was altered")


def settled_findings() -> Sequence[Finding]:
    """Return what an examination finds once more, if what it finds first is only that the sealer is at work."""
    for _ in range(20):
        found = ledger.fsck()
        if not found or any(one.code is not Fault.UNPUBLISHED for one in found):
            return found
        time.sleep(0.25)
    return found


def _opened(note: bytes, trust: Trust) -> Checkpoint:
    try:
        return open_checkpoint(note.decode(), list(trust.log_keys)).checkpoint
    except (TlogError, UnicodeDecodeError) as error:
        raise StoryBroken(f"the checkpoint is not signed by the log that is trusted here: {note[:120]!r}") from error
