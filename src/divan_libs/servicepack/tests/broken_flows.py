"""Broken copies of the workshop's flow: the rule's code, the file that is blamed, and the changes that break it."""

from __future__ import annotations

from divan_libs.servicepack.tests.folders import REMOVED, Change

FLOW, NEEDS = "flow.yaml", "needs.yaml"
CLOCK = {"amount": 1, "unit": "working-days"}
UPWARD = {"after_action": "escalate", "to": [{"role": "director"}]}


def _step(kind: str = "review", **more: object) -> dict[str, object]:
    return {"kind": kind, "role": "expert", "law": "LAW-WORKSHOPS", "clock": CLOCK, "silence": UPWARD, **more}


def _flow(path: tuple[str | int, ...], value: object) -> Change:
    return FLOW, path, value


def _in(step: str, *path: str | int) -> tuple[str | int, ...]:
    return ("steps", step, *path)


BROKEN_FLOWS: list[tuple[str, str, tuple[Change, ...]]] = [
    ("flow.unknown-step", FLOW, (_flow(_in("check", "otherwise"), "nowhere"),)),
    ("flow.unknown-step", FLOW, (_flow(_in("reviews", "routes", 0, "to"), "nowhere"),)),
    ("flow.unknown-step", FLOW, (_flow(_in("reviews", "tracks", "fire", "start"), "nowhere"),)),
    ("flow.unknown-step", FLOW, (_flow(("outcomes", "granted", "then"), "nowhere"),)),
    ("flow.unknown-step", FLOW, (_flow(("outcomes", "refused", "review", "start"), "nowhere"),)),
    ("flow.unknown-step", FLOW, (_flow(("entries", "renew", "start"), "nowhere"),)),
    ("flow.routes-not-total", FLOW, (_flow(_in("large-or-small", "routes", 2, "when"), "case.objected"),)),
    ("flow.routes-not-total", FLOW, (_flow(_in("large-or-small", "routes", 0, "when"), REMOVED),)),
    ("flow.unknown-requirement", FLOW, (_flow(_in("check", "codes"), ["REQ-GHOST"]),)),
    ("flow.action-report-unfit", FLOW, (_flow(_in("check", "actions", "accept", "reports"), ["measured"]),)),
    ("flow.action-report-unfit", FLOW, (_flow(_in("check", "actions", "accept", "reports"), ["ghost"]),)),
    ("flow.unknown-pause", FLOW, (_flow(_in("check", "pauses"), ["holiday"]),)),
    ("flow.unknown-document", FLOW, (_flow(_in("land-review", "actions", "agree", "letter"), "ghost"),)),
    ("flow.unknown-message", FLOW, (_flow(("asked_message",), "ghost"),)),
    ("flow.nothing-awaited", FLOW, (_flow(_in("check", "actions", "accept", "on"), ["paid"]),)),
    ("flow.unknown-data-service", FLOW, (_flow(_in("posted", "wait", "data_service"), "post/letters"),)),
    ("flow.states-unclear", FLOW, (_flow(_in("pay-out", "actions", "failed", "on"), ["paid"]),)),
    ("flow.states-unclear", FLOW, (_flow(_in("posted", "actions", "delivered", "on"), []),)),
    ("flow.silence-cannot-perform", FLOW, (_flow(_in("posted", "actions", "delivered", "requires"), ["note"]),)),
    ("flow.silence-cannot-perform", FLOW, (_flow(_in("land-review", "silence"), {"perform": "agree"}),)),
    ("flow.silence-cannot-perform", FLOW, (_flow(("deadline", "silence"), {"perform": "sign"}),)),
    ("flow.unknown-action", FLOW, (_flow(_in("fire-review", "silence"), {"perform": "sleep"}),)),
    ("flow.unknown-outcome", FLOW, (_flow(_in("draft", "silence"), {"deem": "ghost"}),)),
    ("flow.cannot-be-deemed", FLOW, (_flow(_in("draft", "silence"), {"deem": "refused"}),)),
    ("flow.cannot-be-deemed", FLOW, (_flow(("deadline", "silence"), {"deem": "renewed"}),)),
    ("flow.role-nobody-holds", FLOW, (_flow(_in("check", "silence", "to", 1, "role"), "magician"),)),
    ("flow.role-nobody-holds", FLOW, (_flow(("entries", "revoke", "by", "role"), "magician"),)),
    ("flow.role-nobody-holds", FLOW, (_flow(("deadline", "silence"), {**UPWARD, "to": [{"role": "magician"}]}),)),
    ("card.unknown-law", FLOW, (_flow(("deadline", "law"), "LAW-NOWHERE"),)),
    ("card.unknown-law", FLOW, (_flow(("pauses", "site-closed", "law"), "LAW-NOWHERE"),)),
    ("card.unknown-law", FLOW, (_flow(("entries", "renew", "law"), "LAW-NOWHERE"),)),
    (
        "flow.unreachable-step",
        FLOW,
        (_flow(("steps", "spare"), _step(actions={"go": {"to": "draft"}})),),
    ),
    ("flow.dead-end", FLOW, (_flow(_in("fire-visit", "actions"), {"agree": {"to": "fire-visit"}}),)),
    (
        "flow.repeated-track",
        FLOW,
        (
            _flow(
                ("steps", "again"),
                {"kind": "parallel", "tracks": {"fire": {"start": "again-fire"}}, "routes": [{"to": "draft"}]},
            ),
            _flow(("steps", "again-fire"), _step(actions={"agree": {"finish": True}})),
            _flow(_in("deputy-look", "actions", "go-on", "to"), "again"),
        ),
    ),
    ("flow.step-in-two-places", FLOW, (_flow(_in("reviews", "tracks", "land", "start"), "fire-visit"),)),
    ("flow.step-in-two-places", FLOW, (_flow(("outcomes", "granted", "then"), "draft"),)),
    (
        "flow.tracks-in-a-track",
        FLOW,
        (
            _flow(
                ("steps", "inner"),
                {"kind": "parallel", "tracks": {"inside": {"start": "inside"}}, "routes": [{"to": "fire-visit"}]},
            ),
            _flow(("steps", "inside"), _step(actions={"agree": {"finish": True}})),
            _flow(_in("fire-review", "actions", "visit", "to"), "inner"),
        ),
    ),
    (
        "flow.concluded-beside-the-main-line",
        FLOW,
        (_flow(_in("fire-visit", "actions", "agree"), {"conclude": True, "proposes": "granted"}),),
    ),
    ("flow.concluded-beside-the-main-line", FLOW, (_flow(_in("fire-visit", "silence"), {"deem": "granted"}),)),
    ("flow.concluded-beside-the-main-line", FLOW, (_flow(_in("posted", "silence"), {"deem": "granted"}),)),
    ("flow.finished-on-the-main-line", FLOW, (_flow(_in("deputy-look", "actions", "go-on"), {"finish": True}),)),
    (
        "flow.returned-after-the-decision",
        FLOW,
        (_flow(_in("posted", "actions", "give-back"), {"to": "applicant", "requires": ["codes"]}),),
    ),
    (
        "flow.circle-by-itself",
        FLOW,
        (
            _flow(_in("large-or-small", "routes", 0, "to"), "check"),
            _flow(_in("reviews", "routes", 1, "to"), "large-or-small"),
        ),
    ),
    ("flow.concluded-without-proposal", FLOW, (_flow(_in("deputy-look", "actions", "go-on", "to"), "sign"),)),
    (
        "flow.concluded-without-signature",
        FLOW,
        (_flow(_in("hear-objection", "actions", "uphold", "proposes"), "refused"),),
    ),
    ("flow.outcome-never-proposed", FLOW, (_flow(_in("renewing", "actions", "amend", "proposes"), "renewed"),)),
    ("flow.rejection-without-review", FLOW, (_flow(("outcomes", "refused", "review"), REMOVED),)),
    ("flow.rejection-without-codes", FLOW, (_flow(_in("draft", "actions", "propose-refusal", "requires"), ["text"]),)),
    ("flow.reviewed-by-the-signatory", FLOW, (_flow(_in("hear-objection", "role"), "director"),)),
    ("flow.unknown-record", FLOW, (_flow(("outcomes", "granted", "records"), ["workshop", "ghost"]),)),
    ("flow.absence-unclear", FLOW, (_flow(("outcomes", "granted", "absence", "starts"), "village"),)),
    ("flow.absence-unclear", FLOW, (_flow(("outcomes", "granted", "absence", "substitute"), "first_name"),)),
    (
        "flow.reserved-entry",
        FLOW,
        (_flow(("entries", "application"), {"kind": "renewal", "start": "renewing", "law": "LAW-WORKSHOPS"}),),
    ),
    ("flow.unknown-page", FLOW, (_flow(("entries", "renew", "pages"), ["cellar"]),)),
    ("flow.entry-without-effect", FLOW, (_flow(("outcomes", "amended", "effect"), "none"),)),
    ("flow.entry-without-effect", FLOW, (_flow(("outcomes", "granted", "effect"), "none"),)),
    ("flow.clock-too-long", FLOW, (_flow(("deadline", "clock", "amount"), 41),)),
    ("flow.clocks-exceed-promise", "card.yaml", (_flow(_in("land-review", "clock", "amount"), 39),)),
    ("expression.unknown-name", FLOW, (_flow(_in("check", "when"), "answers.colour == 'red'"),)),
    ("expression.unknown-name", FLOW, (_flow(_in("reviews", "tracks", "land", "when"), "tracks.sea == ''"),)),
    ("expression.unknown-name", FLOW, (_flow(("entries", "amend", "when"), "has(answers.colour)"),)),
    ("expression.unguarded", FLOW, (_flow(_in("large-or-small", "routes", 0, "when"), "reports.measured > 5"),)),
    (
        "flow.report-question-unfit",
        FLOW,
        (_flow(_in("check", "report", "picture"), {"type": "file", "accept": ["jpeg"]}),),
    ),
    ("outputs.field-never-collected", FLOW, (_flow(_in("pay-out", "wait", "sends", "area"), {"answer": "colour"}),)),
    (
        "outputs.field-never-collected",
        "outputs/documents.yaml",
        (
            _flow(_in("check", "report"), {"height": {"type": "number"}}),
            _flow(_in("large-or-small", "routes", 0), {"when": "case.objected", "to": "deputy-look"}),
        ),
    ),
    ("outputs.record-never-made", "outputs/documents.yaml", (_flow(("outcomes", "granted", "records"), []),)),
    (
        "card.unknown-law",
        "outputs/documents.yaml",
        (("outputs/documents.yaml", ("records", "workshop", "law"), "LAW-NOWHERE"),),
    ),
    ("needs.opinion-cannot-object", NEEDS, ((NEEDS, ("requirements", "REQ-FIRE", "step"), "deputy-look"),)),
    ("needs.opinion-without-step", NEEDS, ((NEEDS, ("requirements", "REQ-FIRE", "step"), "nowhere"),)),
    ("needs.letter-never-given", NEEDS, ((NEEDS, ("requirements", "REQ-LAND", "document"), "permit"),)),
    ("texts.missing", "texts/en.yaml", (("texts/en.yaml", ("tracks", "fire"), REMOVED),)),
    ("texts.missing", "texts/fa.yaml", (("texts/fa.yaml", ("entries", "renew"), REMOVED),)),
    ("texts.missing", "texts/fa.yaml", (("texts/fa.yaml", ("pauses",), REMOVED),)),
    ("texts.missing", "texts/fa.yaml", (("texts/fa.yaml", ("steps", "check", "reasons"), REMOVED),)),
]
