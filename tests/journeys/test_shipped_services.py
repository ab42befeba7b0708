"""Services that are shipped, walked from the application to what comes after the decision, as each person does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from playwright.sync_api import Page, expect
from tests.waiting import wait_for

from divan.project.rehearsal.cast import member
from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import latin_digits

from .people import NUMBER, Stage, act, answer_control, await_registers, forward, open_task, press

HUSBAND = national_code_with_check_digit("999200001")
SON = national_code_with_check_digit("999200002")
MARKUP = "<b>خانه</b> #panic(1) {number}"


def become(page: Page, username: str) -> None:
    """Become an officer of any body by the role switch."""
    page.goto("/rehearsal/")
    form = page.locator(f"form:has(input[name=username][value='{username}'])")
    closed = page.locator("details:not([open])").filter(has=form)
    if closed.count():
        closed.locator("summary").click()
    press(form.locator("button"))


def decide(page: Page, username: str, number: str, action: str, **answers: str | list[str]) -> None:
    """Let an officer open a case from the own worklist and do one thing with it."""
    become(page, username)
    open_task(page, number)
    act(page, action, **answers)
    assert page.url.endswith("/office/"), page.locator("main").inner_text()


def fill_day(page: Page, name: str, day: str, month: str, year: str) -> None:
    page.locator(f"[name='{name}-day']").fill(day)
    page.locator(f"[name='{name}-month']").select_option(month)
    page.locator(f"[name='{name}-year']").fill(year)


def days_ago(days: int) -> tuple[str, str, str]:
    """Return day, month and year of a day so long ago in Tehran, as a page takes them."""
    then = datetime.now(TEHRAN).date() - timedelta(days=days)
    year, month, day = format_jalali(then, "numeric", "en").split("/")
    return day, str(int(month)), year


def find_place(page: Page, name: str, words: str) -> None:
    page.locator(f"[name='{name}-search']").fill(words)
    page.locator(f"button[name=find][value='{name}']").click()
    page.locator(f"input[name='{name}']").first.check()


def choose(page: Page, **answers: str) -> None:
    for name, value in answers.items():
        page.locator(f"input[name='{name}'][value='{value}']").check()


def begin(page: Page, service: str) -> str:
    """Begin an application; return the address of its overview once the registers have answered."""
    page.goto(f"/services/{service}/")
    page.locator("form[action*='/apply/'] button").first.click()
    page.wait_for_url("**/applications/**")
    await_registers(page)
    return page.url


def send(page: Page, overview: str) -> str:
    """Press the last button twice, as the impatient do; return the number of the one case that comes of it."""
    page.goto(overview)
    await_registers(page)
    page.goto(f"{overview}check/")
    page.locator("main form button.btn-primary").last.dblclick(no_wait_after=True)
    page.wait_for_url("**/done/", timeout=60_000)
    return number_on(page)


def number_on(page: Page) -> str:
    found = NUMBER.search(latin_digits(page.locator("main").inner_text()))
    assert found, page.locator("main").inner_text()
    return found.group()


def set_outside(stage: Stage, code: str, number: str, state: str) -> None:
    """Wait until something was ordered outside, and give it a state on the page of the outside world."""
    address = f"{stage.installation.rehearsal}/orders"
    wait_for(lambda: number in httpx.get(address).text, otherwise=f"nothing was ordered for {number}", every=0.3)
    answer = httpx.post(address, data={"code": code, "number": number, "state": state})
    assert answer.status_code in {200, 303}, answer.text


def await_words(page: Page, words: str) -> None:
    """Renew a page until it says something."""
    renew_until(page, lambda: words in page.locator("main").inner_text())


def renew_until(page: Page, says: Callable[[], object]) -> None:
    """Renew a page until something holds of it."""

    def look() -> object:
        if not (found := says()):
            page.wait_for_timeout(500)
            page.reload()
        return found

    wait_for(look, otherwise=page.locator("main").inner_text, every=0)


def test_a_family_is_visited_and_the_treasury_pays(stage: Stage):
    citizen = stage.window()
    stage.become(citizen, "villager")
    overview = begin(citizen, "family-welfare-payment")
    answer_for_the_family(citizen, overview)
    number = send(citizen, overview)
    case = overview.strip("/").split("/")[-1]

    officer = stage.window()
    become(officer, "welfare-field-officer")
    open_task(officer, number)
    act(officer, "in-need")
    assert officer.locator("[data-error-summary] a").count() == 4, "an empty report decides nothing"
    fill_day(officer, "report-visited_on", *days_ago(0))
    answer_control(officer, "report-people_seen", "3")
    choose(officer, **{"report-dwelling_seen": "modest"})
    answer_control(officer, "report-visit_finding", MARKUP)
    act(officer, "in-need")
    assert officer.url.endswith("/office/")
    decide(officer, "welfare-expert", number, "propose-payment", text=f"برقرار شود. {MARKUP}")
    decide(officer, "welfare-deputy", number, "paraph")
    decide(officer, "welfare-director", number, "sign", confirmed="yes")

    set_outside(stage, "treasury/payment-orders", number, "paid")
    citizen.goto(f"/cases/{case}/")
    citizen.locator("a[href$='.pdf']").first.wait_for()
    pdf = citizen.request.get(str(citizen.locator("a[href$='.pdf']").first.get_attribute("href")))
    assert pdf.body().startswith(b"%PDF")
    nothing_is_anothers(stage, [f"/cases/{case}/", overview, pdf.url])


def answer_for_the_family(page: Page, overview: str) -> None:
    page.goto(f"{overview}pages/applicant/")
    choose(page, acts_for="own-family")
    forward(page)
    for row, code, day, relation in (
        (0, HUSBAND, ("11", "12", "1364"), "spouse"),
        (1, SON, ("9", "7", "1395"), "child"),
    ):
        if not page.locator(f"#q-members-row-{row}").count():
            page.locator("#q-members-add").click()
            page.locator(f"#q-members-row-{row}").wait_for()
        answer_control(page, f"members.{row}.member.national_code", code)
        fill_day(page, f"members.{row}.member.born_on", *day)
        rows = {f"members.{row}.relation": relation}
        choose(page, **rows, **{f"members.{row}.disabled": "no", f"members.{row}.studying": "no"})
    choose(page, reason="unemployment")
    forward(page)
    find_place(page, "county", "خرم")
    for part, words in (("province", "لرستان"), ("county", "خرم‌آباد"), ("city", "خرم‌آباد"), ("lines", MARKUP)):
        answer_control(page, f"address.{part}", words)
    choose(page, dwelling="own")
    answer_control(page, "sheba", "IR82 0540 1026 8002 0817 9090 02")
    forward(page)
    choose(page, truth="yes")
    forward(page)


def test_a_birth_is_paid_for_registered_and_its_booklet_travels(stage: Stage):
    citizen = stage.window()
    stage.become(citizen, "villager")
    overview = begin(citizen, "birth-registration")
    answer_of_a_mother(citizen, overview)
    citizen.goto(overview)
    await_registers(citizen)
    citizen.goto(f"{overview}check/")
    citizen.locator("main form button.btn-primary").last.dblclick(no_wait_after=True)
    citizen.wait_for_url("**/payments/**", timeout=60_000)
    invoice = citizen.url
    nothing_is_anothers(stage, [invoice, overview])
    pay_twice(citizen)
    citizen.goto(f"{overview}done/")
    await_words(citizen, "شمارهٔ پرونده")
    number = number_on(citizen)
    citizen.goto(invoice)
    assert citizen.locator("form[action$='/pay/']").count() == 0, "what is paid is not paid again"

    officer = stage.window()
    decide(officer, "civil-registry-expert", number, "propose-registration", text=f"ثبت شود. {MARKUP}")
    decide(officer, "civil-registry-director", number, "sign", confirmed="yes")
    set_outside(stage, "post/parcels", number, "delivered")
    case = overview.strip("/").split("/")[-1]
    citizen.goto(f"/cases/{case}/")
    await_link(citizen, "a[href$='.pdf']")
    become(officer, "civil-registry-secretariat")
    await_gone(officer, number)


def answer_of_a_mother(page: Page, overview: str) -> None:
    page.goto(f"{overview}pages/declarant/")
    choose(page, declarant="mother")
    forward(page)
    choose(page, father_absence="absent")
    forward(page)
    fill_day(page, "born_on", *days_ago(7))
    find_place(page, "birth_county", "خرم")
    choose(page, sex="girl", order_of_birth="single")
    answer_control(page, "child_name", MARKUP)
    forward(page)
    choose(page, attended_by="institution")
    forward(page)
    choose(page, father_kind="iranian")
    forward(page)
    answer_control(page, "father.national_code", HUSBAND)
    fill_day(page, "father.born_on", "11", "12", "1364")
    forward(page)
    answer_control(page, "recipient", MARKUP)
    for part, words in (("province", "لرستان"), ("county", "خرم‌آباد"), ("city", "خرم‌آباد"), ("lines", "کوچهٔ ۲")):
        answer_control(page, f"address.{part}", words)
    answer_control(page, "address.postal_code", "1619735744")
    forward(page)
    choose(page, truth="yes")
    forward(page)


def pay_twice(page: Page) -> None:
    """Pay an invoice in one tab while another tab of the same person presses the same button."""
    second = page.context.new_page()
    second.goto(page.url)
    page.locator("form[action$='/pay/'] button").dblclick(no_wait_after=True)
    second.locator("form[action$='/pay/'] button").click()
    go_to_the_bank(page)
    page.locator("button[value=pay]").dblclick(no_wait_after=True)
    # The bank leads back to the house, and the house leads on to what was paid for.
    page.wait_for_url(lambda url: "/bank/pay/" not in url, timeout=60_000)
    second.close()


def go_to_the_bank(page: Page) -> None:
    """Wait until the page leads to the bank, or press its link where the bank was ready before the page was shown."""
    page.locator("button[value=pay], a.btn[href*='/bank/pay/']").first.wait_for(timeout=60_000)
    ready = page.locator("a.btn[href*='/bank/pay/']")
    if ready.count():
        ready.click()
    page.wait_for_url("**/bank/pay/**", timeout=60_000)


def await_link(page: Page, selector: str) -> None:
    """Renew a page until it has a link."""
    renew_until(page, lambda: page.locator(selector).count())


def await_gone(page: Page, number: str) -> None:
    """Renew the worklist until a case waits there no longer."""
    page.goto("/office/")
    renew_until(page, lambda: number not in latin_digits(page.locator("main").inner_text()))


def test_a_colleague_agrees_to_stand_in_and_sees_the_post_while_the_leave_lasts(stage: Stage):
    employee, colleague, superior = stage.window(), stage.window(), stage.window()
    become(employee, "ict-expert")
    overview = begin(employee, "employee-leave")
    employee.goto(f"{overview}pages/leave/")
    choose(employee, is_head="no", leave_kind="annual")
    for name in ("starts_on", "ends_on"):
        fill_day(employee, name, *days_ago(0))
    forward(employee)
    answer_control(employee, "substitute.national_code", member("secretariat").national_code)
    fill_day(employee, "substitute.born_on", "19", "10", "1364")
    forward(employee)
    choose(employee, truth="yes")
    forward(employee)
    employee.goto(overview)
    await_registers(employee)
    press(employee.locator("form[action*='/signatures/'] button").first)

    become(colleague, "secretariat")
    colleague.goto("/signatures/")
    asked = str(colleague.locator("main .task-list a, main li a[href*='/signatures/']").last.get_attribute("href"))
    nothing_is_anothers(stage, [asked, overview])
    sign(colleague, asked)
    number = send(employee, overview)
    become(superior, "ict-director")
    # The director holds two posts of the directorate; the leave waits at the other one.
    superior.goto("/office/")
    press(superior.locator("button.seat:not([aria-current])"))
    open_task(superior, number)
    act(superior, "approve", confirmed="yes")
    assert superior.url.endswith("/office/"), superior.locator("main").inner_text()

    colleague.goto("/office/")
    expect(colleague.locator("button.seat", has_text=member("ict-expert").full_name).first).to_be_visible()


def sign(page: Page, address: str) -> None:
    """Read what one is asked to sign, and sign it."""
    page.goto(address)
    assert member("ict-expert").full_name in page.locator("main").inner_text()
    page.locator("input[name=declared]").check()
    page.locator("button[name=do][value=sign]").dblclick(no_wait_after=True)
    expect(page.locator("button[name=do]")).to_have_count(0)


def nothing_is_anothers(stage: Stage, addresses: list[str]) -> None:
    """Assert that to another citizen these addresses do not exist."""
    other = stage.window()
    stage.become(other, "outsider")
    for address in addresses:
        assert other.request.get(address).status == 404, address
