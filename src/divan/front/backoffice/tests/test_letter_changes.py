"""What changed between two versions tells both of them, and marks no more than what changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from divan.front.backoffice.letter_changes import ADDED, REMOVED, SAME, Piece, changed_lines

WORDS = ("", "نامه", "شنبه", "۱۲", "با", "سلام،", " ")
lines = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=5)


@given(lines, lines)
def test_both_versions_stand_in_what_is_shown(older, newer):
    shown = changed_lines(older, newer)

    for texts, foreign in ((older, ADDED), (newer, REMOVED)):
        kept = [[one for one in line if one.what != foreign] for line in shown]
        # A line that only the other version has leaves nothing; an empty line of this one leaves an empty piece.
        told = ["".join(one.text for one in line) for line in kept if line]
        assert [text for text in told if text] == [text for text in texts if text]


def test_a_word_that_was_changed_is_marked_alone():
    assert changed_lines(["با سلام", "تا شنبه پاسخ دهید"], ["با سلام", "تا یکشنبه پاسخ دهید"]) == [
        (Piece(SAME, "با سلام"),),
        (
            Piece(SAME, "تا "),
            Piece(REMOVED, "شنبه"),
            Piece(ADDED, "یکشنبه"),
            Piece(SAME, " پاسخ دهید"),
        ),
    ]


def test_a_paragraph_in_place_of_another_is_shown_whole():
    assert changed_lines(["متن نخست نامه"], ["چیزی دیگر آمده‌است"]) == [
        (Piece(REMOVED, "متن نخست نامه"),),
        (Piece(ADDED, "چیزی دیگر آمده‌است"),),
    ]
