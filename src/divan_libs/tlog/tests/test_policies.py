"""Trust policies: the format's rules line by line, and who together is enough."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog.checkpoints import Checkpoint, CheckpointError, sign_checkpoint
from divan_libs.tlog.hashing import EMPTY_ROOT
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.policies import PolicyError, TrustedLog, open_by_policy, parse_policy
from divan_libs.tlog.tests.conftest import ORIGIN, refusal_of

NOON = 1_700_000_000
LOG = NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)
WITNESSES = {
    name: NoteSigner(f"witness.example/{name}", SignatureType.COSIGNATURE, name.encode() * 16)
    for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")
}
LINES = "".join(f"witness {name} {key.verifier.encode()}\n" for name, key in WITNESSES.items())
PUBLISHED = f"""
log {LOG.verifier.encode()} https://log.example/
{LINES}
# Two of one house and one of another, as in the example of the format.
group X-witnesses 2 X1 X2 X3
 group\tY-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def signed(*names, at=NOON):
    return sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), [LOG, *(WITNESSES[name] for name in names)], at=at)


def test_the_quorum_is_met_by_exactly_the_sets_that_the_groups_say():
    policy = parse_policy(PUBLISHED)

    assert policy.logs == (TrustedLog(LOG.verifier, "https://log.example/"),)
    assert (policy.fewest, policy.demands_witnesses) == (3, True)
    for names in chain.from_iterable(combinations(WITNESSES, count) for count in range(7)):
        house = [name[0] for name in names]
        is_enough = house.count("X") >= 2 and house.count("Y") >= 1
        assert policy.is_met(WITNESSES[name].verifier for name in names) is is_enough, names


def test_a_checkpoint_is_opened_once_enough_have_seen_it_and_not_in_the_future():
    policy = parse_policy(PUBLISHED)

    opened = open_by_policy(signed("X1", "X3", "Y2"), policy)

    assert {seen.verifier.name[-2:] for seen in opened.cosignatures} == {"X1", "X3", "Y2"}
    for note, not_after in [(signed("X1", "Y2"), None), (signed("X1", "X3", "Y2"), NOON - 1)]:
        with pytest.raises(PolicyError) as refusal:
            open_by_policy(note, policy, not_after=not_after)
        assert refusal.value.code == "tlog.policy.unmet"
        assert refusal.value.facts["needed"] == 3


def test_a_policy_may_leave_the_log_to_others_and_may_demand_nobody():
    nobody = parse_policy("quorum none")

    assert (nobody.demands_witnesses, nobody.fewest) == (False, 0)
    assert open_by_policy(signed(), nobody, log_keys=[LOG.verifier]).cosignatures == ()
    with pytest.raises(CheckpointError):
        open_by_policy(signed("X1"), parse_policy(LINES + "quorum none"))


def test_the_key_of_the_log_is_no_witness_of_itself():
    own = NoteSigner("witness.example/own", SignatureType.COSIGNATURE, LOG.seed)

    with pytest.raises(PolicyError):
        parse_policy(f"log {LOG.verifier.encode()}\nwitness own {own.verifier.encode()}\nquorum own\n")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "no quorum"),
        ("quorum none\nquorum none", 2, "second quorum"),
        ("quorum X1\n" + LINES, 1, "not defined above"),
        (LINES + "group g 4 X1 X2 X3\nquorum g", 7, "of 3 members"),
        (LINES + "group g 0 X1\nquorum g", 7, "of 1 members"),
        (LINES + "group g 02 X1 X2\nquorum g", 7, "of 2 members"),
        (LINES + "group g any\nquorum g", 7, "number of words"),
        (LINES + "group g any X1 X1\nquorum g", 7, "member already"),
        (LINES + "group g any X1\ngroup h any X1\nquorum g", 8, "member already"),
        (LINES + "group g any none\nquorum g", 7, "not defined above"),
        (LINES + "group X1 any X2\nquorum X1", 7, "taken"),
        (LINES + f"witness again {WITNESSES['X1'].verifier.encode()}\nquorum none", 7, "stands here already"),
        (LINES + f"witness none {LOG.verifier.encode()}\nquorum none", 7, "taken"),
        (f"log {WITNESSES['X1'].verifier.encode()}\nquorum none", 1, "another kind"),
        (f"witness a {LOG.verifier.encode()}\nquorum none", 1, "another kind"),
        ("log nonsense\nquorum none", 1, "tlog.note.key"),
        ("logs x\nquorum none", 1, "unknown word"),
        ("quorum none\r\n", 1, "control character"),
        ("quorum none\n" + "#" * 1_000_000, 0, "too large"),
        ("quorum \ud800", 0, "not UTF-8"),
    ],
)
def test_what_the_format_forbids_is_named_by_its_line(text, line, reason):
    with pytest.raises(PolicyError) as refusal:
        parse_policy(text)

    assert refusal.value.code == "tlog.policy.malformed"
    assert refusal.value.facts["line"] == line
    assert reason in str(refusal.value.facts["reason"])


def test_names_are_octets():
    """The letter K and the sign for kelvin look alike; what is not UTF-8 is a name all the same."""
    keys = [WITNESSES[name].verifier.encode().encode() for name in ("X1", "X2", "X3")]
    text = b"witness K %s\nwitness \xe2\x84\xaa %s\nwitness \xff %s\ngroup all 3 K \xe2\x84\xaa \xff\nquorum all\n"

    assert parse_policy(text % tuple(keys)).fewest == 3


words = st.sampled_from(
    ["log", "witness", "group", "quorum", "none", "all", "any", "X1", "a", "1", "#", "\n", "\t", " "]
)


@given(st.one_of(st.binary(max_size=80), st.lists(words, max_size=40).map(" ".join)))
def test_no_text_makes_the_reader_stumble(text):
    refusal = refusal_of(parse_policy, text)

    assert refusal is None or refusal.code == "tlog.policy.malformed"
