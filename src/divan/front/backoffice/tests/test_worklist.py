from __future__ import annotations

from divan.dealings.correspondence import queries as correspondence
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people


def give(world, key: str, post: str) -> None:
    """Move a post from its holder to somebody else."""
    seat = world.post(post)
    people.leave_post(person=world.person(post).uuid, post=seat.uuid, actor=SYSTEM, now=world.now)
    people.give_post(person=world.person(key).uuid, post=seat.uuid, starts_at=world.now, actor=SYSTEM, now=world.now)


def test_a_case_is_new_in_the_worklist_of_the_post_that_must_act_until_it_is_opened(browser, task_in):
    case, task = task_in("draft")
    officer = browser("ict-expert")

    before = officer.get("/office/")
    officer.get(f"/office/tasks/{task.uuid}/")
    after = officer.get("/office/")

    [line] = before.context["lines"]
    assert (line.url, line.item.number) == (f"/office/tasks/{task.uuid}/", case.number)
    assert (before.context["open_count"], before.context["unread_count"]) == (1, 1)
    assert (after.context["open_count"], after.context["unread_count"]) == (1, 0)
    assert "row--unread" in before.content.decode()
    assert "row--unread" not in after.content.decode()


def test_the_clock_of_a_line_is_said_in_words_and_marked_by_colour(browser, task_in, world):
    task_in("draft")

    fresh = browser("ict-expert").get("/office/").content.decode()
    world.pass_time(days=30)
    late = browser("ict-expert").get("/office/").content.decode()

    assert "row--late" not in fresh
    assert "row--late" in late
    assert "overdue" in late


def test_an_empty_worklist_says_so(browser):
    assert "Nothing waits for you" in browser("ict-deputy").get("/office/").content.decode()


def test_staff_without_a_post_are_told_that_work_comes_to_posts(browser, world):
    officer = browser("ict-deputy")
    people.leave_post(
        person=world.person("ict-deputy").uuid, post=world.post("ict-deputy").uuid, actor=SYSTEM, now=world.now
    )

    page = officer.get("/office/")

    assert page.status_code == 200
    assert "You hold no post" in page.content.decode()


def test_a_long_worklist_goes_on_where_the_page_before_ended(browser, world, monkeypatch):
    numbers = [world.submitted().number for _ in range(3)]
    whole = correspondence.list_folder
    monkeypatch.setattr(correspondence, "list_folder", lambda *given, **more: whole(*given, **more, limit=2))
    officer = browser("village-head")

    first = officer.get("/office/")
    second = officer.get("/office/", {"after": first.context["after"]})

    assert len(first.context["lines"]) == 2
    shown = [line.item.number for page in (first, second) for line in page.context["lines"]]
    assert sorted(shown) == sorted(numbers)
    assert second.context["after"] == ""


def test_who_holds_two_posts_chooses_between_their_worklists(browser, task_in, world):
    _case, task = task_in("draft")
    give(world, "ict-deputy", "ict-expert")
    officer = browser("ict-deputy")

    before = officer.get("/office/")
    officer.post("/staff/post", {"post": str(world.post("ict-expert").uuid), "next": "/office/"})
    after = officer.get("/office/")

    assert [seat.is_current for seat in before.context["seats"]] == [True, False]
    assert before.context["lines"] == []
    assert [line.item.about_uuid for line in after.context["lines"]] == [task.uuid]


def test_the_page_of_sign_in_keeps_the_page_that_was_wanted_and_no_other_site(browser):
    visitor = browser("")

    ours = visitor.get("/office/sign-in/", {"next": "/office/register/"})
    theirs = visitor.get("/office/sign-in/", {"next": "https://elsewhere.example/"})

    assert ours["Location"] == "/staff/sign-in/?next=%2Foffice%2Fregister%2F"
    assert theirs["Location"] == "/staff/sign-in/"
