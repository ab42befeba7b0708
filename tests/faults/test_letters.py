"""`kill -9` while letters are saved, sent on, paraphed, returned and signed; and signatures at the same moment."""

from __future__ import annotations

import struct
import zlib

import pytest

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.test_routes import circulating, draft, paraph, route, sign, states, step_of
from divan.dealings.correspondence.values import LetterState, StepOver
from divan.foundation import files
from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people
from divan.trust.signing import actions as signing

from . import drafting
from .house import House
from .test_at_once import at_once


@pytest.fixture
def office(house: House):
    return offices.found(house.world)


def proven_counts(register: str = "110-1") -> list[int]:
    """Return the counts of a register in their order, once it is proven that none is missing."""
    assert queries.find_gaps_of_register(register, 1405) == []
    rows = models.Letter.objects.filter(register__code=register).order_by("count")
    return list(rows.values_list("count", flat=True))


def test_a_save_cut_half_way_keeps_the_version_before_and_is_taken_again(house: House, office):
    letter = draft(office)

    house.cut("draft.after-version", "deed", "save_letter", letter.uuid)

    assert [one.version for one in queries.list_versions(letter.uuid)] == [1]
    drafting.save_letter(office, str(letter.uuid))
    assert [one.version for one in queries.list_versions(letter.uuid)] == [2, 1]
    house.rest()


def test_a_start_cut_half_way_leaves_a_draft_that_waits_for_nobody(house: House, office):
    letter, author = draft(office), office.officer("ict-expert")
    actions.set_route(letter=letter.uuid, route=route(office, "ict-director"), actor=author, now=office.now)

    house.cut("route.after-start", "deed", "start_letter", letter.uuid)

    assert queries.get_letter(letter.uuid).state is LetterState.DRAFT
    assert states(letter) == [("signature", "waiting")]
    drafting.start_letter(office, str(letter.uuid))
    assert states(letter) == [("signature", "open")]
    house.rest()


@pytest.mark.parametrize(
    ("point", "deed"), [("route.after-paraph", "paraph_letter"), ("route.after-return", "return_letter")]
)
def test_a_turn_cut_half_way_still_waits_where_it_was(house: House, office, point, deed):
    letter = circulating(office)

    house.cut(point, "deed", deed, letter.uuid, "ict-deputy")

    assert states(letter) == [("paraph", "open"), ("signature", "waiting")]
    assert queries.find_open_work(step_of(office, letter, "ict-deputy").uuid) is not None
    drafting.DEEDS[deed](office, str(letter.uuid), "ict-deputy")
    assert states(letter)[0][1] in {"done", "returned"}
    house.rest()


@pytest.mark.parametrize("point", ["letter.after-number", "sign.after-number", "sign.before-commit"])
def test_a_signature_cut_after_its_number_gives_the_number_back_and_signs_once(house: House, office, point):
    letter = circulating(office, "ict-director")

    house.cut(point, "deed", "sign_letter", letter.uuid, "ict-director")

    assert queries.get_letter(letter.uuid).number is None
    assert queries.find_document(letter.uuid) is None
    assert proven_counts() == []
    sign(office, letter, "ict-director")
    house.rest()
    assert proven_counts() == [1]
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED


@pytest.mark.parametrize("point", ["letter.after-number", "sign.before-commit"])
def test_a_second_signature_cut_is_given_again_under_the_same_number(house: House, office, point):
    letter = circulating(office, "ict-deputy", "ict-director")
    sign(office, letter, "ict-deputy")
    if point == "letter.after-number":
        other = circulating(office, "ict-director")
        house.cut(point, "deed", "sign_letter", other.uuid, "ict-director")
    else:
        house.cut(point, "deed", "sign_letter", letter.uuid, "ict-director")

    sign(office, letter, "ict-director")
    house.rest()

    assert proven_counts() == [1]
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED


def test_a_document_cut_on_its_way_to_the_letter_comes_to_it_once(house: House, office):
    letter = circulating(office, "ict-director")
    sign(office, letter, "ict-director")
    house.work("sequencer", "sealer", "receipts", "documents", "sequencer")

    house.cut("sign.after-document", "duty", "letters")

    assert queries.get_letter(letter.uuid).state is LetterState.NUMBERED
    assert models.Dispatch.objects.count() == 0
    house.rest()
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED
    assert models.Dispatch.objects.count() == 1
    assert jobs.follow_documents(office.now) == 0


def test_a_scan_cut_on_its_way_to_the_letter_is_put_to_it_again(house: House, office):
    seal = queries.seal_of(people.get_unit("ict-directorate"))
    signing.enrol_signatory(signer=seal, actor=SYSTEM, now=office.now)
    letter = circulating(office, "ict-director")
    step, director = step_of(office, letter, "ict-director"), office.officer("ict-director")
    actions.number_for_hand(step=step.uuid, seen=1, actor=director, now=office.now)
    kept = files.store_made(name="a.png", content=picture(), media_type="image/png", actor=SYSTEM, now=office.now)

    house.cut("scan.after-claim", "deed", "put_scan", letter.uuid, kept.uuid)

    assert queries.get_letter(letter.uuid).scan_uuid is None
    drafting.put_scan(office, str(letter.uuid), str(kept.uuid))
    house.rest()
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED
    assert proven_counts() == [1]


def picture() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\x00" + b"\xff\xff\xff" * 40) * 40)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_two_signers_at_once_sign_under_one_number(house: House, office):
    letter = circulating(office, "ict-deputy", "ict-director", any_order=True)

    came = at_once(
        lambda: sign(office, letter, "ict-deputy"),
        lambda: sign(office, letter, "ict-director"),
    )

    assert [one for one in came if isinstance(one, Exception)] == []
    house.rest()
    assert proven_counts() == [1]
    assert queries.get_letter(letter.uuid).state is LetterState.SIGNED


def test_one_step_signed_in_two_tabs_at_once_is_signed_once(house: House, office):
    letter = circulating(office, "ict-director")
    step = step_of(office, letter, "ict-director").uuid
    director = office.officer("ict-director")

    came = at_once(*[lambda: actions.sign_letter(step=step, seen=1, actor=director, now=office.now)] * 3)

    assert [type(one) for one in came if isinstance(one, Exception)] == [StepOver] * 2
    assert proven_counts() == [1]
    house.rest()


def test_letters_signed_at_once_take_numbers_one_after_another(house: House, office):
    letters = [circulating(office) for _ in range(8)]
    for letter in letters:
        paraph(office, letter)

    came = at_once(*[lambda letter=letter: sign(office, letter, "ict-director") for letter in letters])

    assert [one for one in came if isinstance(one, Exception)] == []
    assert proven_counts() == list(range(1, 9))
