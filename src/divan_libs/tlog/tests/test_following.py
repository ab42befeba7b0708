"""Following a log: what an honest one may do, and how each way of cheating is found, named and proved."""

import pytest

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, sign_checkpoint
from divan_libs.tlog.following import (
    WEIGHTS,
    Expectations,
    FollowingError,
    Observation,
    Weight,
    look,
    parse_followed,
)
from divan_libs.tlog.forks import parse_fork, verify_fork
from divan_libs.tlog.log import read_hashes
from divan_libs.tlog.notes import NoteSigner, SignatureType, add_signatures
from divan_libs.tlog.policies import parse_policy
from divan_libs.tlog.proofs import tree_root
from divan_libs.tlog.remote import RemoteError
from divan_libs.tlog.storage import MemoryStore
from divan_libs.tlog.tests.conftest import ORIGIN, entries_of, grow

NOON = 1_700_000_000
KEY = NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)
UNIVERSITY = NoteSigner("witness.example/university", SignatureType.COSIGNATURE, b"U" * 32)
NEIGHBOUR = NoteSigner("neighbour.example", SignatureType.ED25519, b"N" * 32)
POLICY = parse_policy(f"log {KEY.verifier.encode()}\nwitness u {UNIVERSITY.verifier.encode()}\nquorum u\n")
TRUSTING = Expectations(log_keys=(KEY.verifier,))
CAREFUL = Expectations(policy=POLICY, cosigned_within=3600, stalled_after=86_400)


def made(salt=b""):
    """A log that has published its head at several sizes, so that it can be shown at each of them."""
    store = MemoryStore()
    grow(store, [salt + entry for entry in entries_of(700)], [1, 3, 5, 256, 299, 300, 512, 513, 700])
    return store


HONEST, REWRITTEN = made(), made(b"another history ")


def head(store, size, *, key=KEY, at=None):
    checkpoint = Checkpoint(key.name, size, tree_root(size, read_hashes(store, 700)))
    note = sign_checkpoint(checkpoint, [key])
    return note if at is None else add_signatures(note, [UNIVERSITY], at=at)


def shown(store, size, **options):
    copy = MemoryStore()
    copy.files = store.files | {CHECKPOINT_PATH: head(store, size, **options).encode()}
    return copy


def codes(found):
    return [seen.code for seen in found]


@pytest.fixture
def followed():
    def at(size):
        known, found = look(shown(HONEST, size), None, TRUSTING, now=NOON)
        assert found == []
        return known

    return at


def test_a_growing_log_is_followed_and_what_is_known_survives_its_file(followed):
    known = followed(5)
    for now, size in [(NOON + 60, 300), (NOON + 120, 300), (NOON + 180, 512), (NOON + 240, 700)]:
        known, found = look(shown(HONEST, size), known, TRUSTING, now=now)
        known = parse_followed(known.encode(), [KEY.verifier])

        assert found == []
        assert (known.begun_at, known.looked_at) == (NOON, now)
    assert known.note == head(HONEST, 700)
    assert known.grown_at == NOON + 240
    assert look(shown(HONEST, 0), None, TRUSTING, now=NOON)[1] == []


@pytest.mark.parametrize("known_size", [1, 3, 256, 300, 512])
@pytest.mark.parametrize("size", [513, 700])
def test_a_log_with_another_beginning_is_convicted_by_its_own_tiles(followed, known_size, size):
    known = followed(known_size)

    after, (seen,) = look(shown(REWRITTEN, size), known, TRUSTING, now=NOON + 60)

    assert (seen.code, seen.weight, after) == (Observation.REWRITTEN, Weight.ALARM, known)
    first, second = verify_fork(parse_fork(seen.fork.encode()), [KEY.verifier])
    assert (first.size, second.size) == (known_size, size)


def test_two_heads_of_one_size_are_a_fork(followed):
    _, (seen,) = look(shown(REWRITTEN, 300), followed(300), TRUSTING, now=NOON)

    assert seen.code is Observation.FORK
    assert verify_fork(seen.fork, [KEY.verifier])


@pytest.mark.parametrize(
    ("store", "code"),
    [
        (lambda: shown(HONEST, 299), Observation.ROLLED_BACK),
        (lambda: shown(HONEST, 0), Observation.ROLLED_BACK),
        (lambda: shown(HONEST, 700, key=NoteSigner(ORIGIN, SignatureType.ED25519, b"F" * 32)), Observation.SIGNATURE),
        (lambda: shown(HONEST, 700, key=NEIGHBOUR), Observation.SIGNATURE),
        (lambda: altered(shown(HONEST, 700), CHECKPOINT_PATH, b"\n700\n", b"\n701\n"), Observation.SIGNATURE),
        (lambda: altered(shown(HONEST, 700), CHECKPOINT_PATH, None, b"<html>"), Observation.SIGNATURE),
        (lambda: altered(shown(HONEST, 700), "tile/0/002.p/188", None, b"x" * 188 * 32), Observation.FILES_DIFFER),
        (lambda: altered(shown(HONEST, 700), "tile/0/002.p/188", None, b"short"), Observation.FILES_DIFFER),
        (lambda: without(shown(HONEST, 700), "tile/1/000.p/2"), Observation.MISSING),
        (lambda: without(shown(HONEST, 700), CHECKPOINT_PATH), Observation.MISSING),
        (MemoryStore, Observation.MISSING),
    ],
)
def test_each_other_way_has_its_code_and_what_was_known_stays(followed, store, code):
    known = followed(300)

    after, (seen,) = look(store(), known, TRUSTING, now=NOON + 60)

    assert (seen.code, seen.fork, after) == (code, None, known)


def altered(store, path, old, new):
    store.files[path] = new if old is None else store.files[path].replace(old, new)
    return store


def without(store, path):
    del store.files[path]
    return store


def test_a_log_that_cannot_be_reached_is_no_liar(followed):
    class Unplugged(MemoryStore):
        def read(self, path):
            if path == self.unplugged:
                raise RemoteError("tlog.remote.unreachable", url="http://log.example")
            return super().read(path)

    for unplugged in (CHECKPOINT_PATH, "tile/1/000.p/2"):
        store = Unplugged()
        store.files, store.unplugged = shown(HONEST, 700).files, unplugged
        _, (seen,) = look(store, followed(300), TRUSTING, now=NOON)
        assert (seen.code, seen.weight) == (Observation.UNREACHABLE, Weight.TROUBLE)


def test_witnesses_that_saw_another_log_or_a_longer_one_speak_up():
    views = {
        "same": head(HONEST, 300),
        "behind": head(HONEST, 5),
        "fork": head(REWRITTEN, 300),
        "older-fork": head(REWRITTEN, 256),
        "ahead": head(HONEST, 700),
        "liar": "nothing",
    }

    after, found = look(shown(HONEST, 300), None, TRUSTING, now=NOON, witnesses=views)

    assert after is None
    assert [(seen.facts["witness"], seen.code) for seen in found] == [
        ("fork", Observation.FORK_SEEN_BY_WITNESS),
        ("older-fork", Observation.FORK_SEEN_BY_WITNESS),
        ("ahead", Observation.WITHHELD),
        ("liar", Observation.WITNESS_UNREACHABLE),
    ]
    for seen in found[:2]:
        assert verify_fork(seen.fork, [KEY.verifier])


@pytest.mark.parametrize(
    ("cosigned_at", "now", "expected"),
    [
        (NOON, NOON + 3600, []),
        (NOON, NOON + 3601, [Observation.COSIGNATURES_STALE]),
        (None, NOON, [Observation.QUORUM_UNMET]),
        (NOON + 301, NOON, [Observation.QUORUM_UNMET]),
        (NOON + 90_000, NOON + 90_000, [Observation.STALLED]),
    ],
)
def test_what_should_protect_the_log_is_watched_too(cosigned_at, now, expected):
    store = shown(HONEST, 300, at=cosigned_at)
    before, _ = look(shown(HONEST, 300, at=NOON), None, CAREFUL, now=NOON)

    after, found = look(store, before, CAREFUL, now=now)

    assert codes(found) == expected
    assert all(seen.weight is Weight.WARNING for seen in found)
    assert (after.looked_at, after.grown_at) == (now, NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:0],
        lambda data: data[:-20],
        lambda data: data.replace(b"divan/followed/v1", b"divan/other/v1"),
        lambda data: data.replace(b"1700000000", b'"noon"', 1),
        lambda data: data.replace(b"300", b"200"),
        lambda data: b"[" * (len(data) * 1000),
        lambda data: b"[%d]" % len(data),
    ],
)
def test_a_damaged_memory_is_never_begun_anew_silently(followed, change):
    with pytest.raises(FollowingError) as refusal:
        parse_followed(change(followed(300).encode()), [KEY.verifier])

    assert refusal.value.code == "tlog.following.state"


def test_every_observation_has_a_weight():
    assert set(WEIGHTS) == set(Observation)
