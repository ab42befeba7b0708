"""`kill -9` between a snapshot and the gateway's file, a timestamp and its keeping, a settled doubt and its fact."""

from __future__ import annotations

import pytest
from django.apps import apps

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, models, queries
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.tests import world as around
from divan.trust.exchange.values import Outcome
from divan_libs.envelope.keys import load_public_key
from divan_libs.envelope.signed_snapshot import open_snapshot

from .house import House


@pytest.fixture
def told(house: House, monkeypatch) -> ExchangeOptions:
    """An exchange in the folders in which a process of this house looks for it."""
    options = ExchangeOptions(
        rehearsal=True,
        control=house.folder / "exchange",
        gateway=house.folder / "gateway",
        address="https://localhost:9",
        subsystem=around.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    monkeypatch.setattr(apps.get_app_config("exchange"), "options", options)
    actions.found_exchange(plan=around.plan(since=house.world.now), actor=SYSTEM, now=house.world.now)
    return options


def held_by_the_gateway(told: ExchangeOptions, house: House) -> int:
    key = load_public_key((told.gateway / keys.SNAPSHOT_PUBLIC_KEY).read_bytes())
    return open_snapshot((told.gateway / keys.SNAPSHOT).read_bytes(), key, now=house.world.now).version


def test_a_snapshot_cut_after_its_commit_is_handed_to_the_gateway_by_the_worker(house: House, told: ExchangeOptions):
    assert held_by_the_gateway(told, house) == 1
    house.world.pass_time(minutes=1)

    house.cut("exchange.snapshot-committed", "deed", "publish_snapshot")

    newest = models.SnapshotVersion.objects.order_by("-number").first()
    assert (newest.number, held_by_the_gateway(told, house)) == (2, 1)
    house.work("snapshot")
    assert held_by_the_gateway(told, house) == 2
    assert facts.recorded_for(newest.uuid) == ["exchange.snapshot-published"]
    assert models.SnapshotVersion.objects.count() == 2
    house.rest()


def test_a_timestamp_that_was_never_kept_is_asked_for_again(house: House, told: ExchangeOptions):
    writer = around.Writer(told)
    writer.messages("a", "b")
    writer.log.close()
    assert actions.import_evidence(actor=SYSTEM, now=house.world.now) == 2

    house.cut("exchange.evidence-stamped", "deed", "stamp_evidence")

    assert models.EvidenceStamp.objects.count() == 0
    stamper = around.stamper(told, house.world.now)
    assert actions.stamp_evidence(timestamper=stamper, actor=SYSTEM, now=house.world.now) == 1
    [stamp] = models.EvidenceStamp.objects.all()
    assert facts.recorded_for(stamp.uuid) == ["exchange.evidence-stamped"]
    assert models.StampedBatch.objects.count() == 1
    house.rest()


def test_a_doubt_cut_before_its_fact_is_open_as_before(house: House, told: ExchangeOptions):
    writer = around.Writer(told)
    writer.message("a", Outcome.IN_DOUBT)
    writer.log.seal()
    writer.log.close()
    assert actions.import_evidence(actor=SYSTEM, now=house.world.now) == 1

    house.cut("exchange.doubt-settled", "deed", "settle_doubt", "a")

    assert (models.SettledDoubt.objects.count(), queries.count_doubts()) == (0, 1)
    actions.settle_doubt(request_id="a", finding="not-acted", reason="asked", actor=SYSTEM, now=house.world.now)
    [row] = models.SettledDoubt.objects.all()
    assert facts.recorded_for(row.uuid) == ["exchange.doubt-settled"]
    assert queries.count_doubts() == 0
    house.rest()
