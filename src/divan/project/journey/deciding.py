"""Second chapter: confirmed in the village, endorsed in the district, drafted, paraphed, signed, filed."""

from __future__ import annotations

from collections.abc import Mapping

from divan.project.journey.pages import Page
from divan.project.journey.play import Play, figures, must, person, speak_english
from divan.project.journey.signing_in import sign_in_officer
from divan.project.journey.visitors import Answer, StoryBroken, Visitor

LETTER = (
    "پوشش اینترنت روستای شما در برنامهٔ سال جاری است.\n"
    "دکل تازه تا پایان پاییز نصب می‌شود و پس از آن اینترنت همراه نسل چهار در همهٔ خانه‌های روستا در دسترس خواهد بود."
)

GOVERNOR = "governor-officer"


def decide(play: Play) -> None:
    """Play the chapter; afterwards the decision is signed and its letter numbered."""
    play.narrator.chapter("The offices answer")
    _act(play, "village-head", "confirms", "confirm")
    _act(play, "district-head", "endorses", "endorse")
    _consult(play)
    _act(play, "ict-expert", "drafts the reply", "propose-answer", {"propose-answer-text": LETTER})
    _act(play, "ict-deputy", "paraphs", "paraph")
    _act(play, "ict-director", "signs; the letter gets its number first", "sign", {"sign-confirmed": "yes"})


def note_answered_before(play: Play) -> None:
    """Note how many answered requests the governor's page shows before the story."""
    with play.narrator.step(GOVERNOR, "reads the province's figures, before") as step:
        sign_in_officer(play, GOVERNOR)
        speak_english(play.visitor(GOVERNOR))
        play.answered_before = _answered(play)
        step.note(f"{play.answered_before} answered")


def see_one_more_answered(play: Play) -> None:
    """See one more answered request on the governor's page than before.

    :raises StoryBroken: if the figure did not grow.
    """
    with play.narrator.step(GOVERNOR, "sees one more answered request") as step:
        answered = _answered(play)
        must(answered > play.answered_before, f"the governor's page shows {answered}, as before")
        step.note(f"{answered} answered")


def _answered(play: Play) -> int:
    page = play.visitor(GOVERNOR).open("/office/governor/")
    shown = page.pair("Answered").replace(",", "")
    if not shown:
        # Before the very first request the page has no figures but says so.
        must("No request has been sent yet" in page.words, f"no figure of answered requests: {page.words[:300]}")
    return int(shown or 0)


def task_page(play: Play, visitor: Visitor) -> Page:
    """Open the line of the case in somebody's worklist, however far down it stands.

    :raises StoryBroken: if it stands nowhere.
    """
    page = visitor.open("/office/")
    while True:
        for link in page.links:
            if play.number in figures(link.words):
                return visitor.open(link.address)
        further = next((link for link in page.links if "?after=" in link.address), None)
        if further is None:
            raise StoryBroken(f"case {play.number} is not in the worklist of {visitor.name}: {page.words[:400]}")
        page = visitor.open(further.address)


def _act(play: Play, key: str, said: str, action: str, answers: Mapping[str, Answer] | None = None) -> None:
    visitor = play.visitor(key)
    is_new = "divan_session" not in visitor.cookies
    entry = "signs in by password and authenticator app, " if is_new else ""
    with play.narrator.step(key, f"{entry}opens the case, {said}") as step:
        if is_new:
            sign_in_officer(play, key)
        page = task_page(play, visitor)
        after = visitor.send(page, answers, standing=("action", action), button=("action", action))
        must(after.address.endswith("/office/"), f"{key} {said} and arrives at {after.address}: {after.words[:400]}")
        left = [link for link in after.links if play.number in figures(link.words) and "/office/tasks/" in link.address]
        must(not left, f"the case still waits for {key} after: {said}")
        step.note(person(key).full_name)


def _consult(play: Play) -> None:
    """Let the expert refer the case to the deputy with an instruction, and the deputy answer."""
    expert, deputy = play.visitor("ict-expert"), play.visitor("ict-deputy")
    with play.narrator.step("ict-expert", "refers the case to the deputy with an instruction"):
        sign_in_officer(play, "ict-expert")
        page = task_page(play, expert)
        form = expert.form(page, to="/refer/")
        colleague = next(
            (one for one in form.offered("to") if one and _is_of(page, one, person("ict-deputy").full_name)), ""
        )
        must(colleague, "the deputy is not among the colleagues offered")
        expert.send(page, {"to": colleague, "instruction": "آیا این روستا در برنامهٔ امسال است؟"}, to="/refer/")
    with play.narrator.step("ict-deputy", "answers the referral; the case stays with the expert"):
        sign_in_officer(play, "ict-deputy")
        page = task_page(play, deputy)
        must("/office/referrals/" in page.address, f"the referral is not in the worklist, but {page.address}")
        field = next(
            control.name for control in deputy.form(page, to="/referrals/").controls if control.kind == "textarea"
        )
        deputy.send(page, {field: "بله، در ردیف دوازدهم برنامه."}, having=field)
        back = task_page(play, expert)
        must("ردیف دوازدهم" in back.words, "the answer to the referral does not stand in the expert's case")


def _is_of(page: Page, value: str, name: str) -> bool:
    """Tell whether an option of the page names a person: read in the page, as options carry no words here."""
    marked = page.content.decode()
    at = marked.find(f'value="{value}"')
    return at >= 0 and name in marked[at : marked.find("</option>", at)]
