"""The published files in an object store, against a real S3-compatible server."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions, queries
from divan.trust.ledger.adapters.objects import BucketMisnamed, BucketStore, StoreUnreachable, open_bucket
from divan_libs.tlog.storage import StorageError

from .scene import NOW, seal_all, stopped_by

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_log_in_a_bucket_is_the_log_that_a_folder_holds(log, bucket, happen):
    actions.open_log(actor=SYSTEM, now=NOW)
    happen(300)
    seal_all()

    assert queries.fsck() == []
    assert sorted(bucket.keys()) == [
        f"province/log/{path}"
        for path in (
            "checkpoint",
            "tile/0/000",
            "tile/0/001.p/45",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/45",
        )
    ]
    assert not log.directory.exists()
    assert len(queries.read_published("tile/0/000")) == 8192
    full, partial, head = (bucket.head(path) for path in ("tile/0/000", "tile/0/001.p/45", "checkpoint"))
    assert (full["CacheControl"], full["ContentType"]) == (
        "public, max-age=31536000, immutable",
        "application/octet-stream",
    )
    assert partial["CacheControl"] == "public, max-age=3600"
    assert (head["CacheControl"], head["ContentType"]) == ("no-cache", "text/plain; charset=utf-8")


def test_needless_partial_files_leave_the_bucket(log, bucket, happen):
    actions.open_log(actor=SYSTEM, now=NOW)
    happen(10)
    seal_all()
    assert "province/log/tile/0/000.p/11" in bucket.keys()  # noqa: SIM118 (no dictionary)
    happen(300)
    seal_all()

    assert not [key for key in bucket.keys() if "000.p/" in key and "/tile/1/" not in key]  # noqa: SIM118 (as above)
    assert queries.fsck() == []


@pytest.fixture
def store(bucket, object_store, monkeypatch):
    monkeypatch.setattr(BucketStore, "knows_conditions", True)
    return open_bucket(f"s3://{bucket.name}/province/log", object_store)


@pytest.mark.parametrize("knows_conditions", [True, False])
def test_what_is_immutable_is_written_once_and_another_content_refused(store, knows_conditions, monkeypatch):
    monkeypatch.setattr(BucketStore, "knows_conditions", knows_conditions)
    store.write_all([("tile/0/000", b"one"), ("tile/entries/000", b"two")])
    store.write_immutable("tile/0/000", b"one")

    with pytest.raises(StorageError, match=r"tlog\.storage\.immutable"):
        store.write_immutable("tile/0/000", b"other")

    assert store.read("tile/0/000") == b"one"
    assert sorted(store.paths()) == ["tile/0/000", "tile/entries/000"]


def test_of_two_houses_with_one_bucket_one_is_stopped(store, bucket):
    assert store.read("checkpoint") is None
    bucket.put("checkpoint", b"of the other house")

    with pytest.raises(StorageError, match=r"tlog\.storage\.replaced-elsewhere"):
        store.replace("checkpoint", b"ours")
    assert store.read("checkpoint") == b"of the other house"
    store.replace("checkpoint", b"ours")
    bucket.put("checkpoint", b"of the other house again")
    with pytest.raises(StorageError, match=r"tlog\.storage\.replaced-elsewhere"):
        store.replace("checkpoint", b"ours, grown")


def test_a_store_without_conditions_says_so_once_and_is_compared_with_instead(store, monkeypatch):
    real = store._client.put_object
    refused = []

    def put_object(**request):
        if "IfNoneMatch" in request or "IfMatch" in request:
            refused.append(request["Key"])
            answer = {"Error": {"Code": "NotImplemented"}, "ResponseMetadata": {"HTTPStatusCode": 501}}
            raise ClientError(answer, "PutObject")
        return real(**request)

    monkeypatch.setattr(store._client, "put_object", put_object)
    assert store.read("checkpoint") is None
    store.replace("checkpoint", b"head")
    store.write_immutable("tile/0/000", b"one")

    assert (store.read("checkpoint"), store.read("tile/0/000"), len(refused)) == (b"head", b"one", 1)
    with pytest.raises(StorageError, match=r"tlog\.storage\.immutable"):
        store.write_immutable("tile/0/000", b"two")


def test_a_store_out_of_reach_is_trouble_and_no_doubt(log, bucket, happen, monkeypatch):
    actions.open_log(actor=SYSTEM, now=NOW)
    happen(2)
    there = log.bucket_endpoint
    object.__setattr__(log, "bucket_endpoint", "http://127.0.0.1:9")

    with pytest.raises(StoreUnreachable):
        actions.seal_batch(actor=SYSTEM, now=NOW)
    assert queries.log_state().doubt == "ledger.store-unreachable"
    object.__setattr__(log, "bucket_endpoint", there)

    assert seal_all() == 3
    assert queries.fsck() == []


def test_a_checkpoint_that_another_house_wrote_stops_the_sealer(log, bucket, happen):
    actions.open_log(actor=SYSTEM, now=NOW)
    happen(1)
    seal_all()
    bucket.put(
        "checkpoint", bucket.client.get_object(Bucket=bucket.name, Key="province/log/checkpoint")["Body"].read()[:-9]
    )
    happen(1)

    with stopped_by("ledger.checkpoint-invalid"):
        actions.seal_batch(actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("named", ["bucket/prefix", "https://bucket", "s3://", "s3://bucket?x=1"])
def test_a_setting_that_names_no_bucket_is_said_to_be_wrong(named):
    with pytest.raises(BucketMisnamed, match="is not s3://bucket/prefix"):
        open_bucket(named, "")
