from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from divan.foundation.errors import NotAllowed, Refusal, Trouble
from divan.foundation.ui import refusals, samples
from divan.foundation.ui.clocks import clock_face
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.frame import Link
from divan.foundation.ui.icons import ICONS, icon
from divan.foundation.ui.pieces import Bar, Measure, Row, Task
from divan.foundation.ui.tests.drawing import draw, elements, ids

NOON = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


class Unspoken(Refusal):
    """A refusal that no face has a text for."""


class Silence(Trouble):
    """Trouble that no face has a text for."""


class Counted(Refusal):
    """A refusal with facts in its text."""


# Set after the class is made, so that the invented codes do not enter the house's list of codes.
Unspoken.code, Silence.code, Counted.code = "ui-tests.unspoken", "ui-tests.silence", "ui-tests.counted"


@pytest.fixture
def declared(monkeypatch):
    monkeypatch.setattr(refusals, "_DECLARED", {})
    refusals.declare_text(Counted.code, "At most %(limit)s until %(until)s, not %(absent)s.")


@pytest.mark.parametrize(
    ("due_in", "words", "row"),
    [
        (timedelta(days=12), "12 days left", "calm"),
        (timedelta(days=3), "3 days left", "soon"),
        (timedelta(days=1), "Due tomorrow", "soon"),
        (timedelta(hours=1), "Due today", "soon"),
        (timedelta(hours=-1), "Overdue since today", "late"),
        (timedelta(days=-1), "1 day overdue", "late"),
        (timedelta(days=-9), "9 days overdue", "late"),
    ],
)
def test_a_clock_says_in_words_what_its_colour_says(due_in, words, row):
    with translation.override("en"):
        face = clock_face(NOON + due_in, NOON)

    assert (face.words, face.row) == (words, row)


def test_the_days_of_a_clock_are_those_of_tehran():
    before_midnight = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

    with translation.override("en"):
        assert clock_face(before_midnight + timedelta(hours=1), before_midnight).words == "Due tomorrow"


def test_a_clock_that_is_paused_done_or_without_end_is_neither_late_nor_near():
    late = NOON - timedelta(days=3)
    with translation.override("en"):
        assert clock_face(late, NOON, paused=True).words == "Clock paused"
        assert clock_face(None, NOON).words == "No deadline"
        assert clock_face(late, NOON, done_at=late - timedelta(hours=1)).words == "Done in time"
        assert clock_face(late, NOON, done_at=NOON).words == "Done late"
        assert {clock_face(late, NOON, done_at=NOON).row, clock_face(late, NOON, paused=True).row} == {""}


def test_a_clock_counts_in_persian_on_a_persian_page():
    with translation.override("fa"):
        assert clock_face(NOON + timedelta(days=12), NOON).words == "۱۲ روز مانده"


def test_a_number_is_an_island_in_the_digits_of_the_language_and_a_hash_stays_as_it_is():
    with translation.override("fa"):
        assert draw("{% code value %}", value="1405-000123-47") == '<bdi class="code" dir="ltr">۱۴۰۵-۰۰۰۱۲۳-۴۷</bdi>'
        assert draw("{% code value %}", value="7HQ2-MX4K") == '<bdi class="code" dir="ltr">7HQ2-MX4K</bdi>'
    with translation.override("en"):
        assert draw("{% code value %}", value="1405/1") == '<bdi class="code" dir="ltr">1405/1</bdi>'


def test_what_comes_from_people_is_never_markup():
    nasty = "<b>&"
    pieces = {
        "rows": [Row(nasty, nasty, [Link("#", nasty, hidden=nasty)]), Row(nasty, nasty, code=True)],
        "tasks": [Task(nasty, nasty, url="#", hint=nasty)],
        "figures": [Measure(nasty, 1, nasty, nasty)],
        "bars": [Bar(nasty, 1)],
        "nasty": nasty,
        "summary": ErrorSummary.of([], [nasty]),
        "links": [Link("#", nasty)],
    }
    drawn = draw(
        "{% summary_list rows nasty %}{% task_list tasks %}{% measures figures %}{% bars bars nasty nasty nasty %}"
        "{% tag nasty %}{% code nasty %}{% error_summary summary %}{% breadcrumbs links %}{% empty_state nasty nasty %}"
        "{% back_link '#' nasty %}{% copyable nasty %}{% panel nasty %}{{ nasty }}{% endpanel %}"
        "{% notice nasty %}{{ nasty }}{% endnotice %}{% reveal nasty %}{{ nasty }}{% endreveal %}"
        "{% inset %}{{ nasty }}{% endinset %}{% progress 1 2 nasty %}"
        "{% warning %}{{ nasty }}{% endwarning %}{% scroll_region nasty %}{{ nasty }}{% endscroll_region %}",
        **pieces,
    )

    assert "<b>" not in drawn
    assert drawn.count("&lt;b&gt;&amp;") >= 25


def test_an_answer_not_given_is_said_and_not_left_blank():
    with translation.override("en"):
        assert "Not given" in draw("{% summary_list rows %}", rows=[Row("Name", "")])
        assert "Not measured" in draw("{% measures figures %}", figures=[Measure("Satisfaction", None)])


def test_change_links_say_what_they_change():
    drawn = draw("{% summary_list rows %}", rows=[Row("Village", "Upper", [Link("/change", "Change")])])

    assert 'Change<span class="visually-hidden"> Village</span>' in drawn


def test_bars_are_drawn_to_the_longest_and_the_table_says_the_numbers():
    with translation.override("en"):
        drawn = draw("{% bars rows 'By county' 'County' 'All' 'Late' %}", rows=[Bar("North", 40, 10), Bar("South", 10)])

    widths = [attributes["width"] for tag, attributes in elements(drawn) if tag == "rect"]
    assert widths == ["100.0", "25.0", "25.0"]
    assert ">40<" in drawn


def test_bars_of_nothing_are_drawn_without_dividing_by_it():
    assert "<rect" in draw("{% bars rows 'c' 'h' 'n' %}", rows=[Bar("North", 0)])


def test_a_list_without_other_pages_has_no_way_between_pages():
    assert draw("{% pagination '' '' %}").strip() == ""


def test_only_arrows_turn_with_the_direction_of_the_page():
    assert [name for name in ICONS if "icon--turns" in icon(name)] == ["arrow", "back"]


def test_a_refusal_speaks_with_its_facts_in_the_digits_of_the_language(declared):
    with translation.override("fa"):
        said = refusals.text_of(Counted(limit=20, until=NOON))

    assert said.title == "At most ۲۰ until ۱ آذر ۱۴۰۵ ساعت ۱۲:۰۰, not …."


def test_a_refusal_without_a_text_of_its_own_still_says_what_can_be_done():
    with translation.override("en"):
        assert refusals.text_of(Unspoken()).title == "This cannot be done."
        assert "try again" in refusals.text_of(Silence()).advice
        assert str(refusals.text_of(NotAllowed())).startswith("You may not open this page.")


def test_a_code_gets_its_texts_once(declared):
    with pytest.raises(ValueError, match=r"texts declared twice: ui-tests\.counted"):
        refusals.declare_text(Counted.code, "Something else.")


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("part", ["notices", "lists", "figures", "questions", "palette"])
def test_every_part_of_the_style_page_is_drawn_with_every_id_once(language, part):
    with translation.override(language):
        drawn = draw(f"{{% include 'ui/style/{part}.html' %}}", **samples.matter())

    assert len(drawn) > 500
    assert len(ids(drawn)) == len(set(ids(drawn)))


def test_no_component_carries_a_style_or_a_script_that_the_content_policy_would_block():
    drawn = "".join(
        draw(f"{{% include 'ui/style/{part}.html' %}}", **samples.matter())
        for part in ("notices", "lists", "figures", "questions")
    )

    for tag, attributes in elements(drawn):
        assert tag != "style"
        # The editor comes with its field: a file of the house passes the policy, a script in the page does not.
        assert tag != "script" or attributes.get("src", "").startswith("/")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
