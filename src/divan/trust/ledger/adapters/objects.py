"""The published files in an S3-compatible object store.

Needs the extra ``s3``. Credentials and region are found as every client of this kind finds them: in the environment
(``AWS_ACCESS_KEY_ID`` and so on), a profile, or the machine's role. What is immutable is written only where nothing
lies (If-None-Match); the checkpoint only over the one that was read before (If-Match), so that of two houses with one
bucket, a restored copy for instance, one is stopped. A store that knows no conditions says 501 once; from then on this
process compares before it writes, which is enough under the sealer's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from divan_libs.tlog.serving import cache_control, content_type
from divan_libs.tlog.storage import StorageError, require_path

WRITERS = 8
"""Requests under way at once."""
DELETED_AT_ONCE = 1000

_MISSING = {"404", "NoSuchKey", "NotFound"}
_CONDITION_FAILED = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
_CONDITION_UNKNOWN = {"501", "NotImplemented"}


class StoreUnreachable(OSError):
    """The object store did not answer, or refused: like a disk that fails, it is tried again and nothing is doubted."""


class BucketMisnamed(Exception):
    """The setting names no bucket."""


def open_bucket(url: str, endpoint: str) -> BucketStore:
    """Return the store of the files below ``s3://bucket/prefix``, at an S3-compatible endpoint or, if empty, at AWS.

    :raises BucketMisnamed: if the address is none of a bucket.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise BucketMisnamed(f"{url!r} is not s3://bucket/prefix")
    prefix = parts.path.strip("/")
    return BucketStore(_client(endpoint), parts.netloc, f"{prefix}/" if prefix else "")


@lru_cache(maxsize=4)
def _client(endpoint: str) -> Any:
    import boto3  # noqa: PLC0415 (an extra; only who keeps the log in a bucket has it)
    from botocore.config import Config  # noqa: PLC0415 (as above)

    session = boto3.session.Session()
    config = Config(
        connect_timeout=5,
        read_timeout=15,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=2 * WRITERS,
        s3={"addressing_style": "path" if endpoint else "auto"},
        # Checksums beyond the signature are unknown to older stores of others.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = session.region_name or "us-east-1"
    return session.client("s3", region_name=region, endpoint_url=endpoint or None, config=config)


class BucketStore:
    """Keeps the files of one log as objects. A :class:`~divan_libs.tlog.storage.TileStore`.

    Remembers the version of the checkpoint it read, so it is made anew for each piece of work.
    """

    knows_conditions = True

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._read: dict[str, str | None] = {}

    def read(self, path: str) -> bytes | None:
        """See :meth:`TileStore.read`.

        :raises StoreUnreachable: as every method here.
        """
        require_path(path)
        self._read[path] = None
        with _reaching(path, passed_over=_MISSING):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + path)
            content: bytes = answer["Body"].read()
            self._read[path] = str(answer["ETag"])
            return content
        return None

    def write_immutable(self, path: str, data: bytes) -> None:
        """See :meth:`TileStore.write_immutable`."""
        require_path(path)
        if self._put(path, data, {"IfNoneMatch": "*"}):
            return
        # Somebody wrote it: we, before a crash or an answer that was lost, or another history.
        known = self.read(path)
        if known is None:
            self._put(path, data, {})
        elif known != data:
            raise StorageError("tlog.storage.immutable", path=path)

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """See :meth:`TileStore.write_all`."""
        listed = list(files)
        if not listed:
            return
        with ThreadPoolExecutor(max_workers=min(len(listed), WRITERS), thread_name_prefix="tiles") as pool:
            list(pool.map(self.write_immutable, *zip(*listed, strict=True)))

    def replace(self, path: str, data: bytes) -> None:
        """See :meth:`TileStore.replace`.

        :raises StorageError: ``tlog.storage.replaced-elsewhere`` when another wrote it since it was read here.
        """
        require_path(path)
        condition = {}
        if path in self._read:
            seen = self._read[path]
            condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": seen}
        if not self._put(path, data, condition):
            if not self.knows_conditions:
                self._put(path, data, {})
            elif self.read(path) != data:
                raise StorageError("tlog.storage.replaced-elsewhere", path=path)

    def discard_partials(self, path: str) -> None:
        """See :meth:`TileStore.discard_partials`."""
        require_path(path)
        partials = list(self._listed(f"{path}.p/"))
        if not partials:
            return
        if self.read(path) is None:
            raise StorageError("tlog.storage.no-full-tile", path=path)
        for start in range(0, len(partials), DELETED_AT_ONCE):
            keys = [{"Key": self._prefix + one} for one in partials[start : start + DELETED_AT_ONCE]]
            with _reaching(path):
                self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})

    def paths(self) -> Iterator[str]:
        """See :meth:`TileStore.paths`."""
        return self._listed("")

    def clear_staging(self) -> None:
        """Do nothing: an object is there whole or not at all."""

    def _listed(self, below: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix + below)
        with _reaching(below):
            for page in pages:
                yield from (str(one["Key"]).removeprefix(self._prefix) for one in page.get("Contents", ()))

    def _put(self, path: str, data: bytes, condition: dict[str, str]) -> bool:
        """Write an object; return False where the condition does not hold, or the store knows none."""
        if condition and not self.knows_conditions:
            return False
        headers = {"ContentType": content_type(path), "CacheControl": cache_control(path)}
        key = self._prefix + path
        with _reaching(path, passed_over=_CONDITION_FAILED | _CONDITION_UNKNOWN) as refusals:
            answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=data, **headers, **condition)
            self._read[path] = str(answer["ETag"])
            return True
        if refusals & _CONDITION_UNKNOWN:
            type(self).knows_conditions = False
        return False


@contextmanager
def _reaching(path: str, *, passed_over: Collection[str] = ()) -> Iterator[set[str]]:
    """Tell expected answers, whose codes come into the set that is given, from a store that is in trouble."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as above)

    refusals: set[str] = set()
    try:
        yield refusals
    except ClientError as error:
        codes = {
            str(error.response.get("Error", {}).get("Code", "")),
            str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")),
        }
        if codes.isdisjoint(passed_over):
            raise StoreUnreachable(f"{path}: {error}") from error
        refusals |= codes
    except BotoCoreError as error:
        raise StoreUnreachable(f"{path}: {error}") from error
