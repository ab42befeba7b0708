"""Who may read a case, and which of its answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q

from divan.dealings.cases import models, rules
from divan.dealings.cases.values import TASK_ESCALATED, TASK_OPENED, Case, CaseState
from divan.foundation import facts
from divan.registers.catalogue import queries as catalogue
from divan.registers.people.values import Post

UNSENT = frozenset({CaseState.DRAFT, CaseState.ABANDONED})
"""States in which a case is nobody's but its applicant's."""


def may_see_case(post: Post, case: Case) -> bool:
    """Whether the holder of a post may open a case that was sent.

    Posts that have or had a task or a referral in it or entered it from a letter, and the secretariat of the body that
    gives the service. Nobody else: neither a colleague, nor a superior, nor the governor's officer, who sees figures.
    """
    if case.state in UNSENT or (post.limit is not None and not post.limit.opens_cases):
        return False
    provider = catalogue.get_package(case.version).card.provider.body
    if rules.is_secretariat_of(post.role, post.unit.body_code, provider) or steps_read_by(post, case):
        return True
    return (
        case.channel == "letter"
        and models.CaseLetter.objects.filter(case__uuid=case.uuid, entered_in=post.uuid).exists()
    )


def cases_acted_in(post: UUID, among: Collection[UUID]) -> set[UUID]:
    """Return those of some cases in which a post has or had a task or a referral: it may open each of them."""
    if not among:
        return set()
    mine = Q(post_uuid=post) | Q(done_in_post=post)
    referred = Q(to_post=post) | Q(from_post=post)
    tasks = models.Task.objects.filter(mine, case__uuid__in=among)
    referrals = models.Referral.objects.filter(referred, task__case__uuid__in=among)
    return {*tasks.values_list("case__uuid", flat=True), *referrals.values_list("task__case__uuid", flat=True)}


def steps_read_by(post: Post, case: Case) -> frozenset[str]:
    """Return the steps in which a post has or had a say: its answers are those these steps need, and no others."""
    if case.state in UNSENT:
        return frozenset()
    return frozenset(_steps(post.uuid, case.uuid))


def _steps(post: UUID, case: UUID) -> Iterator[str]:
    mine = Q(post_uuid=post) | Q(done_in_post=post)
    yield from models.Task.objects.filter(mine, case__uuid=case).values_list("step", flat=True)
    referred = Q(to_post=post) | Q(from_post=post)
    yield from models.Referral.objects.filter(referred, task__case__uuid=case).values_list("task__step", flat=True)
    # A task that was escalated stands under the superior's post; only its facts remember whose it was.
    handed_on = dict(
        models.Task.objects.filter(case__uuid=case, escalated_at__isnull=False).values_list("uuid", "step")
    )
    wanted = {TASK_OPENED.code, TASK_ESCALATED.code}
    for fact in facts.of_subjects(handed_on) if handed_on else ():
        if fact.kind in wanted and str(post) in (fact.data.get("post"), fact.data.get("before")):
            yield handed_on[fact.subject_uuid]
