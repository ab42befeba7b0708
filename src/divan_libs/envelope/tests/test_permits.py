"""Globs and decisions; the tables are those that X-Road publishes for its own implementation, and our own traps."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.envelope.addresses import ClientId, ServiceId
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.permits import Permit, _pattern, _state_machine, _tokens, decide, matches, overlap

CLIENT = ClientId.parse("EE/GOV/1/client")
SERVICE = ServiceId.parse("EE/GOV/2/sub/rest")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def permit(method="*", glob="**", **changes):
    known = {
        "id": f"{method} {glob}",
        "subject": CLIENT,
        "service": SERVICE,
        "method": method,
        "path_glob": glob,
        "purpose": "tests",
        "legal_basis": "none",
        "starts_at": NOON,
    }
    return Permit(**(known | changes))


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("**", "", True),
        ("***", "match/anything/*", True),
        ("**", "/a/b/c", True),
        ("/*/", "/a/", True),
        ("/*/", "/a/b/", False),
        ("", "", True),
        ("", " ", False),
        (".^$+{[]|()", ".^$+{[]|()", True),
        ("**/bar/**", "a/b/c/bar/e/f", True),
        ("**/bar/**", "a/b/c/foo/e/f", False),
        (r"**\*", "/what/ever*", True),
        (r"**\*", "/what/ever!", False),
        ("simple", "simple", True),
        ("simple", "prefix.simple.suffix", False),
        ("**/*/**", "something/bar/something/else", True),
        ("**/*/**", "/bar/", True),
        ("**/*/**", "//", True),
        ("**/*/**", "something/else", False),
        (r"\A", r"\A", True),
        (r"\*", "*", True),
        (r"\*", r"\*", False),
        (r"\\", "\\", True),
        ("aa\\", "aa\\", True),
        ("**", "/a\nb", True),
        ("/A", "/a", False),
    ],
)
def test_globs_match_as_published(glob, path, expected):
    assert matches(glob, path) is expected
    assert _state_machine(_tokens(glob))(path) is expected


@given(st.text("a/*\\", max_size=10), st.text("a/b*\\", max_size=14))
def test_the_automaton_and_the_regular_expression_agree(glob, path):
    assert _state_machine(_tokens(glob))(path) is bool(_pattern(_tokens(glob)).fullmatch(path))


def test_no_path_keeps_a_matcher_busy():
    glob, path = "/**a**a**a**a**a**b", "/" + "a" * 4000

    # A matcher that guesses would take longer than the world is old.
    assert not matches(glob, path)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/foo", True),
        ("get", "/api/foo", True),
        ("POST", "/api/test/foo", True),
        ("POST", "/api/t%65st/foo", True),
        ("POST", "/api/t%65st/foo%2dbar", True),
        ("POST", "/api/test/foo/../bar", True),
        ("POST", "/api/test%2Dbar", False),
        ("POST", "/api/test/../bar", False),
        ("GET", "/api/test/../../../api/test", False),
        ("POST", "/api/test/foo/bar", False),
        ("DELETE", "/api/test", False),
        (None, None, False),
        ("GET", "/%2e%2e/secret", False),
        ("GET", "/api/%2e%2e/secret", False),
        ("GET", "/api/test/%2e%2e/%2e%2e/secret", False),
        ("GET", "/api//../../secret", False),
        ("GET", "/api/..;x/secret", False),
        ("GET", "/api/x%2F..%2F..%2Fsecret", False),
        ("GET", "/api/%GG", False),
        ("POST", "/api/test/foo%2Fbar", True),
    ],
)
def test_decisions_are_those_of_the_published_table(method, path, allowed):
    permits = [permit("GET", "/api/**"), permit("POST", "/api/test/*")]

    found = decide(permits, subject=CLIENT, service=SERVICE, method=method, raw_path=path, at=NOON)

    assert (found is not None) is allowed


@pytest.mark.parametrize(("method", "path"), [(None, None), ("POST", "/"), ("GET", "/any/thing"), ("GET", "")])
def test_a_right_to_the_service_covers_every_call(method, path):
    assert decide([permit()], subject=CLIENT, service=SERVICE, method=method, raw_path=path, at=NOON) == permit()


def test_another_client_and_another_service_are_refused():
    stranger = ClientId.parse("EE/GOV/3/client")
    unknown = ServiceId.parse("EE/GOV/2/sub/other")

    for subject, service in [(stranger, SERVICE), (CLIENT, unknown), (stranger, unknown)]:
        assert decide([permit()], subject=subject, service=service, method="GET", raw_path="/", at=NOON) is None


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (NOON - timedelta(microseconds=1), False),
        (NOON, True),
        (NOON + timedelta(hours=1) - timedelta(microseconds=1), True),
        (NOON + timedelta(hours=1), False),
    ],
)
def test_a_permit_holds_from_its_beginning_until_its_end(at, allowed):
    limited = permit(ends_at=NOON + timedelta(hours=1))

    found = decide([limited], subject=CLIENT, service=SERVICE, method="GET", raw_path="/", at=at)

    assert (found == limited) is allowed


@pytest.mark.parametrize("changes", [{"ends_at": NOON}, {"starts_at": NOON.replace(tzinfo=None)}])
def test_a_permit_needs_a_period_with_a_time_zone(changes):
    with pytest.raises(EnvelopeError) as refused:
        permit(**changes)
    assert refused.value.code == "exchange.permit.period"


PATHS = st.text(alphabet="ab/", max_size=6)
GLOBS = st.lists(st.sampled_from(["a", "b", "/", "*", "**", "\\*"]), max_size=6).map("".join)


@given(GLOBS, GLOBS, PATHS)
def test_two_globs_that_cover_one_path_overlap(first, second, path):
    if matches(first, path) and matches(second, path):
        assert overlap(first, second)
        assert overlap(second, first)


SHORT = st.lists(st.sampled_from(["a", "/", "*", "**", "\\*"]), max_size=3).map("".join)
EVERY_SHORT_PATH = ["".join(letters) for length in range(7) for letters in product("a/*", repeat=length)]


@settings(max_examples=60)
@given(SHORT, SHORT)
def test_two_globs_overlap_exactly_where_some_path_is_covered_by_both(first, second):
    shown = any(matches(first, path) and matches(second, path) for path in EVERY_SHORT_PATH)

    assert overlap(first, second) is shown


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("/persons/*", "/persons/1", True),
        ("/persons/*", "/persons/1/alive", False),
        ("/persons/**", "/persons/1/alive", True),
        ("/persons/*/alive", "/persons/1*", False),
        ("/persons/*/alive", "/persons/1/*", True),
        ("/a*", "*/b", False),
        ("/a*", "**b", True),
        (r"/\*", "/*", True),
        (r"/\*", "/a", False),
        ("", "**", True),
        ("", "/", False),
    ],
)
def test_whether_two_globs_meet(first, second, both):
    assert overlap(first, second) is both
    assert overlap(second, first) is both
