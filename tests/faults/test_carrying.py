"""`kill -9` between two systems: a letter is neither lost nor doubled, and its number comes back once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.adapters import folders
from divan.dealings.correspondence.adapters.envelope import write_envelope
from divan.dealings.correspondence.tests import carried, offices
from divan.dealings.correspondence.values import DispatchState, IntakeState
from divan.foundation import facts, files

from . import carrying
from .house import House

MAILBOX = "ece@governor.example"


@pytest.fixture
def folder(house: House, tmp_path: Path, settings, monkeypatch) -> str:
    """Two systems that are one house, and the folder of its connections."""
    offices.found(house.world)
    carried.enter_neighbour()
    carried.give_mailbox(house.world, "governor-office", MAILBOX)
    carried.options_changed(monkeypatch)
    from divan.foundation import files  # noqa: PLC0415 (Django is ready only now)

    monkeypatch.setattr(files, "ClamScanner", files.ClamScanner)
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    code = offices.central("governor-office").code
    (tmp_path / "letters.toml").write_text(
        f'[[mailbox]]\naddress = "{MAILBOX}"\nimap = "none://localhost:1"\n'
        f'[[product]]\nname = "water"\nsecretariat = "{code}"\nfolder = "{tmp_path}/water"\n'
        f'[[product]]\nname = "gas"\nsecretariat = "{code}"\nurl = "http://127.0.0.1:9/hook"\n'
        f'secret_file = "{tmp_path}/secret"\n'
    )
    (tmp_path / "secret").write_bytes(b"a secret of more than thirty-two octets")
    return str(tmp_path)


def arrived() -> list[str]:
    return list(models.Intake.objects.order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("point", "before"),
    [("parcel.before-intake", 0), ("intake.before-fact", 0), ("dispatch.after-carry", 1), ("file.before-row", 0)],
)
def test_a_letter_cut_on_its_way_arrives_once(house: House, folder: str, point: str, before: int):
    [sent] = carried.queue(house.world, carried.to_governor(house.world))

    house.cut(point, "deed", "carry", folder)

    assert len(arrived()) == before
    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
    assert carrying.carry(house.world, folder) == 0
    house.world.pass_time(minutes=11)
    assert carrying.carry(house.world, folder) == 1
    assert arrived() == [IntakeState.WAITING]
    assert queries.get_dispatch(sent.uuid).state is DispatchState.DELIVERED
    assert facts.recorded_for(sent.uuid).count("correspondence.dispatch-noted") == 1
    assert offices.seals_hold()
    house.rest()


def test_a_receipt_cut_after_it_was_sent_is_noted_once(house: House, folder: str):
    [sent] = carried.queue(house.world, carried.to_governor(house.world))
    carrying.carry(house.world, folder)
    letter = carried.register(house.world, models.Intake.objects.get())

    house.cut("receipt.after-send", "deed", "tell", folder)

    assert queries.get_dispatch(sent.uuid).their_number == letter.number_text
    assert models.Receipt.objects.get().state == "queued"
    house.world.pass_time(minutes=11)
    carrying.tell(house.world, folder)
    receipt = models.Receipt.objects.get()
    assert receipt.state == "sent"
    assert facts.recorded_for(receipt.uuid) == ["correspondence.receipt-queued", "correspondence.receipt-sent"]
    assert facts.recorded_for(sent.uuid).count("correspondence.dispatch-noted") == 2
    assert offices.seals_hold()
    house.rest()


def test_a_mail_cut_before_it_was_marked_is_taken_once(house: House, folder: str):
    from divan.dealings.correspondence.tests.test_ece_letters import mailed  # noqa: PLC0415 (Django is ready only now)

    (Path(folder) / "mail").write_bytes(mailed(house.world))

    house.cut("mail.before-mark", "deed", "collect_mail", folder)

    assert arrived() == [IntakeState.WAITING]
    assert carrying.collect_mail(house.world, folder) == 1
    assert arrived() == [IntakeState.WAITING]
    assert offices.seals_hold()


def test_a_file_cut_before_it_was_renamed_is_taken_once(house: House, folder: str):
    [sent] = carried.queue(house.world, carried.to_governor(house.world))
    parcel = queries.parcel_of(queries.dispatch_rows().get(uuid=sent.uuid))
    product = Path(folder) / "water"
    folders.put_parcel(product, parcel)
    (product / folders.OUT).rename(product / folders.IN)

    house.cut("folder.before-rename", "deed", "collect_folders", folder)

    assert arrived() == [IntakeState.WAITING]
    assert carrying.collect_folders(house.world, folder) == 1
    assert arrived() == [IntakeState.WAITING]
    assert (product / folders.IN / f"{sent.key}.json.done").exists()
    assert offices.seals_hold()


@pytest.mark.parametrize(
    ("point", "parts"), [("dispatch.between-parts", 1), ("parcel.before-intake", 3)], ids=["between", "taken"]
)
def test_a_letter_of_large_files_cut_among_its_parts_arrives_once_and_whole(
    house: House, folder: str, point: str, parts: int, monkeypatch
):
    [sent] = carried.queue(house.world, carried.to_governor(house.world))

    house.cut(point, "deed", "carry_in_parts", folder)

    assert arrived() == []
    lying = list((Path(folder) / "parts").glob("*/[0-9a-f]*"))
    assert len(lying) == parts
    house.world.pass_time(minutes=3)
    monkeypatch.setattr(carrying.carriers, "PART_BYTES", 10)
    assert carrying.carry(house.world, folder) == 1
    assert arrived() == [IntakeState.WAITING]
    [file] = queries.get_intake(models.Intake.objects.get().uuid).arrived.files
    assert files.read_file(file.file_uuid) == offices.PDF
    assert list((Path(folder) / "parts").glob("*/*")) == []
    assert queries.get_dispatch(sent.uuid).state is DispatchState.DELIVERED
    assert offices.seals_hold()


def to_product(house: House, name: str):
    [sent] = carried.queue(house.world, carried.correspondent(house.world, "folder", name))
    return sent


def test_a_product_that_is_called_gets_a_letter_cut_after_the_call_twice_under_one_key(house: House, folder: str):
    sent = to_product(house, "gas")

    house.cut("dispatch.after-carry", "deed", "carry_to_products", folder)

    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
    house.world.pass_time(minutes=11)
    assert carrying.carry_to_products(house.world, folder) == 1
    first, second = (Path(folder) / "called").read_bytes().splitlines()
    assert first == second
    assert json.loads(first)["key"] == sent.key
    assert queries.get_dispatch(sent.uuid).state is DispatchState.DELIVERED
    assert facts.recorded_for(sent.uuid).count("correspondence.dispatch-noted") == 1


def test_a_folder_holds_a_letter_cut_after_it_was_laid_there_once(house: House, folder: str):
    sent = to_product(house, "water")

    house.cut("dispatch.after-carry", "deed", "carry_to_products", folder)

    outside = Path(folder) / "water" / folders.OUT
    before = {one.name: one.read_bytes() for one in outside.iterdir()}
    house.world.pass_time(minutes=11)
    assert carrying.carry_to_products(house.world, folder) == 1
    assert {one.name: one.read_bytes() for one in outside.iterdir()} == before
    assert sorted(before) == [f"{sent.key}.1.pdf", f"{sent.key}.json"]
    assert queries.get_dispatch(sent.uuid).state is DispatchState.SENT


def test_a_letter_of_a_product_cut_while_it_was_taken_in_is_taken_once(house: House, folder: str):
    [sent] = carried.queue(house.world, carried.to_governor(house.world))
    letter = write_envelope(queries.parcel_of(queries.dispatch_rows().get(uuid=sent.uuid)))
    (Path(folder) / "letter.json").write_text(json.dumps(letter))

    for point in ("parcel.before-intake", "intake.before-fact"):
        house.cut(point, "deed", "product_calls", folder)
        assert arrived() == []
    assert [carrying.product_calls(house.world, folder) for _ in range(2)] == [201, 200]

    assert arrived() == [IntakeState.WAITING]
    assert offices.seals_hold()
