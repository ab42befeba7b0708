"""Whatever a directory answers: a second time does nothing, and no answer ends more people than it may."""

from __future__ import annotations

from dataclasses import replace
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from divan_libs.directory import words
from divan_libs.directory.planning import plan_directory
from divan_libs.directory.reading import Told
from divan_libs.directory.values import Deed, Entry, KnownPerson, KnownPost, Line, Linked, Plan, Standing, Weight

CODES = [f"code-{number}" for number in range(6)]
POSTS = ["p1", "p2", "p3"]

entries = st.lists(
    st.builds(
        Entry,
        directory_id=st.sampled_from([f"id-{number}" for number in range(7)]),
        username=st.sampled_from(["", "zahra", "ali", "maryam", "reza"]),
        national_code=st.sampled_from(CODES),
        first_name=st.sampled_from(["زهرا", "علی"]),
        last_name=st.just("رضایی"),
        mobile=st.sampled_from(["", "09120000001", "09120000002"]),
        post=st.sampled_from(["", "unknown", *POSTS]),
        is_enabled=st.booleans(),
    ),
    max_size=6,
    unique_by=(lambda one: one.directory_id, lambda one: one.national_code),
)


def start() -> Standing:
    """Two who were here before, one of them in a post, and three posts."""
    return Standing(
        persons={
            "code-0": KnownPerson(
                first_name="مریم", last_name="نوری", username="maryam", is_open=True, posts=frozenset({"p1"})
            ),
            "code-1": KnownPerson(first_name="رضا", last_name="نوری", is_confirmed=True),
        },
        posts={"p1": KnownPost(holder="code-0"), "p2": KnownPost(), "p3": KnownPost()},
        usernames={"maryam": "code-0"},
    )


def done(plan: Plan, standing: Standing) -> Standing:
    """Return what stands after a plan: the slow way in which the house does it, line by line."""
    for line in plan.lines:
        standing = _ended(line, standing) if line.ends else _taken_over(line, standing)
    return standing


def _ended(line: Line, standing: Standing) -> Standing:
    code = line.entry.national_code
    known = standing.persons[code]
    links = {key: one for key, one in standing.links.items() if one.national_code != code}
    kept_id = next((key for key, one in standing.links.items() if one.national_code == code), line.entry.directory_id)
    return replace(
        standing,
        persons={**standing.persons, code: replace(known, is_open=False, posts=frozenset())},
        posts={name: KnownPost() if name in known.posts else seat for name, seat in standing.posts.items()},
        links={**links, kept_id: Linked(national_code=code, username=line.entry.username, is_ended=True)},
    )


def _taken_over(line: Line, standing: Standing) -> Standing:
    entry, code = line.entry, line.entry.national_code
    known = standing.persons.get(code, KnownPerson())
    held = known.posts - ({line.leaves} if Deed.POST_LEFT in line.deeds else set())
    posts = {name: KnownPost() if name == line.leaves else seat for name, seat in standing.posts.items()}
    old = next((one for one in standing.links.values() if one.national_code == code), Linked(national_code=code))
    given = entry.post if Deed.POST_GIVEN in line.deeds else old.post
    if Deed.POST_GIVEN in line.deeds:
        assert posts[entry.post].holder == "", "a post is given while somebody holds it"
        held, posts = held | {entry.post}, {**posts, entry.post: KnownPost(holder=code)}
    opens = {Deed.ACCOUNT_MADE, Deed.ACCOUNT_REOPENED} & set(line.deeds)
    known = replace(
        known,
        first_name=entry.first_name or known.first_name,
        last_name=entry.last_name or known.last_name,
        mobile=entry.mobile or known.mobile,
        username=entry.username if Deed.ACCOUNT_MADE in line.deeds else known.username,
        is_open=known.is_open or bool(opens),
        posts=frozenset(held),
    )
    names = {**standing.usernames, **({known.username: code} if known.username else {})}
    assert names[known.username] == code if known.username else True
    links = {key: one for key, one in standing.links.items() if one.national_code != code}
    link = Linked(national_code=code, username=entry.username, mail=entry.mail, post=given)
    return Standing(
        links={**links, entry.directory_id: link},
        persons={**standing.persons, code: known},
        posts=posts,
        usernames=names,
    )


@given(entries, entries, st.sampled_from([0.0, 0.3, 1.0]))
def test_any_two_answers_are_taken_over_once_and_end_no_more_than_they_may(first, second, share):
    standing = start()
    for answer in (first, second):
        told = Told(tuple(answer))
        plan = plan_directory(told, standing, most_ended=share)

        here = {one.national_code for one in standing.links.values() if not one.is_ended}
        ended = {line.entry.national_code for line in plan.lines if line.ends}
        if not plan.hindrances:
            assert len(ended) <= max(1, floor(share * len(here | ended)))
            standing = done(plan, standing)
            again = plan_directory(told, standing, most_ended=share)
            assert again.lines == ()
        else:
            assert ended
            forced = plan_directory(told, standing, most_ended=share, is_forced=True)
            assert forced.hindrances == ()
            standing = done(forced, standing)
            assert plan_directory(told, standing, most_ended=1).lines == ()
        assert {one.code for one in plan.findings} <= words.SENTENCES.keys()
        assert not {seat.holder for seat in standing.posts.values()} - {""} - standing.persons.keys()


def test_an_empty_answer_empties_no_house_and_what_is_left_alone_ends_nobody():
    standing = replace(
        start(), links={f"id-{n}": Linked(national_code=f"code-{n}", username=f"user{n}") for n in range(4)}
    )

    empty = plan_directory(Told(), standing, most_ended=1.0)
    unreadable = Told(tuple(Entry(directory_id=f"id-{n}", is_left_alone=True) for n in range(4)))

    assert [(one.code, one.weight) for one in empty.hindrances] == [("directory.empty-answer", Weight.ALL)]
    assert plan_directory(unreadable, standing, most_ended=1.0) == Plan((), ())
