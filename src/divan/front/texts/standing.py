"""Where a case stands, in words: the steps that wait with their posts, and the decisions that were taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, Decision, OutsideOrder, Task
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Document
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A step that waits: what happens in it in plain words, who has it, by when; and the process elsewhere it follows.

    ``address`` leads to the system where the applicant goes on by themselves.
    """

    text: str
    track: str
    post: str
    unit: str
    due_at: datetime | None
    order: OutsideOrder | None
    order_state: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDecision:
    """A decision: how it came about, and its letter where it has one that may be fetched."""

    title: str
    number: int
    is_negative: bool
    is_deemed: bool
    has_letter: bool
    document: Document | None
    signed_at: datetime | None


def standings(case: Case, package: Package, language: str) -> list[Standing]:
    """Return the steps that wait in a case; reviews that run side by side are all of them."""
    tasks = queries.list_open_tasks(case.uuid)
    orders = {order.task: order for order in queries.list_orders(case.uuid)} if tasks else {}
    posts = people.find_posts({task.post for task in tasks})
    return [_standing(package, task, orders.get(task.uuid), posts, language) for task in tasks]


def _standing(
    package: Package, task: Task, order: OutsideOrder | None, posts: Mapping[UUID, Post], language: str
) -> Standing:
    step, post = package.flow.step(task.step), posts.get(task.post)
    said = package.find_text(f"steps.{task.step}.applicant", language)
    state = order.state if order else ""
    # What a state means is said by the action of the service that it leads to, where one does.
    meant = next((one.code for one in step.actions if state in one.on), "") if step and state else ""
    return Standing(
        text=said or package.text(f"steps.{task.step}.title", language),
        track=package.text(f"tracks.{task.track}.title", language) if task.track else "",
        post=post.title(language) if post else "",
        unit=post.unit.name(language) if post else "",
        due_at=task.due_at,
        order=order,
        order_state=(
            package.text(f"actions.{task.step}.{meant}.label", language) if meant else word("order-state", state)
        )
        if order
        else "",
        address=(step.wait.address or "") if step and step.wait else "",
    )


def decisions_of(case: Case, package: Package, language: str) -> list[ShownDecision]:
    """Return the decisions that were taken, the newest first; drafts are nobody's business before the signature."""
    taken = [one for one in queries.list_decisions(case.uuid) if one.state in {"signed", "issued", "recorded"}]
    return [_decision(one, package, language) for one in taken]


def _decision(decision: Decision, package: Package, language: str) -> ShownDecision:
    outcome = package.flow.outcome(decision.outcome)
    # Signing issues the letter a moment before the decision says so, and only from then on may it be fetched.
    issued = decision.document if decision.state == "issued" else None
    return ShownDecision(
        title=package.text(f"outcomes.{decision.outcome}.title", language),
        number=decision.number,
        is_negative=bool(outcome and outcome.negative),
        is_deemed=decision.deemed,
        has_letter=decision.state != "recorded",
        document=signing.get_document(issued) if issued else None,
        signed_at=decision.signed_at,
    )
