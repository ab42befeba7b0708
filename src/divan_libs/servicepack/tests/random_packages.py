"""Random services without a fault: every type of question and requirement, tables, tracks, waiting, aftercare, entries.

A service is drawn as the plain values of its files, so that it can be written to a folder and spoilt there as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from divan_libs.servicepack.loading import PARTS, name_of_part
from divan_libs.servicepack.models import LANGUAGES, Package
from divan_libs.servicepack.texts import required_texts

LAW = "LAW-A"
Files = dict[str, Any]

QUESTIONS: dict[str, dict[str, Any]] = {
    "text": {"max_length": 50},
    "long-text": {},
    "number": {"minimum": 0, "maximum": 1000},
    "money": {},
    "yes-no": {},
    "choice": {"options": ["one", "two", "three"]},
    "choices": {"options": ["one", "two"]},
    "date": {},
    "time": {"earliest": "08:00"},
    "place": {"level": "village"},
    "person": {},
    "organization": {},
    "national-code": {},
    "foreigner-id": {},
    "mobile": {},
    "email": {},
    "postal-code": {},
    "address": {},
    "sheba": {},
    "plate": {},
    "file": {"accept": ["pdf"]},
    "signature": {},
    "group": {"questions": {"name": {"type": "text"}, "sum": {"type": "money"}, "day": {"type": "date"}}},
    "table": {"rows": ["wheat", "rice"], "columns": {"tons": {"type": "number"}}},
    "consent": {},
    "information": {},
}
_GUARDED = {"number": "has({0}) && {0} >= {1}", "yes-no": "has({0}) && {0}", "text": "has({0}) && {0} != 'x{1}'"}


@dataclass
class Draft:
    """What is drawn so far: conditions that may be spoken, and the files."""

    draw: Any
    conditions: list[str] = field(default_factory=list)
    questions: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    requirements: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    tracks: list[str] = field(default_factory=list)

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def condition(self) -> str:
        return str(self.draw(st.sampled_from([*self.conditions, "case.channel == 'internet'", "case.objected"])))

    def clock(self) -> dict[str, Any]:
        unit = self.draw(st.sampled_from(["working-days", "calendar-days", "hours"]))
        return {"amount": self.draw(st.integers(1, 9)), "unit": unit, "roll_over": self.chance()}


@st.composite
def services(draw: Any) -> Files:
    """Draw the files of a service that may be published, by name, as plain values."""
    draft = Draft(draw)
    form = _form(draft)
    flow = _flow(draft)
    needs = _needs(draft)
    tables = _tables(draft)
    determinants = {f"d{n}": {"when": condition} for n, condition in enumerate(draft.conditions[:2])}
    spoken = [*(f"determinants.{code}" for code in determinants), *(f"tables.{code} > 0" for code in tables)]
    needs["REQ-TRUE"]["expression"] = " || ".join(["case.channel != 'nowhere'", *spoken])
    waits = [step["wait"]["data_service"] for step in draft.steps.values() if "wait" in step]
    messages = {"told": {"fields": {"number": {"case": "number"}}}}
    return {
        "card.yaml": _card(needs, waits),
        "needs.yaml": {"requirements": needs},
        "form.yaml": form,
        "flow.yaml": flow,
        "fees.yaml": {"free": {"law": LAW}},
        "outputs/documents.yaml": {"documents": draft.documents, "messages": messages},
        "determinants.yaml": determinants,
        "tables.yaml": tables,
    }


def assembled(files: Files) -> Package:
    """Return the package of these files with a word for each text that it must have, and one example."""
    parts = {name_of_part(file): model.model_validate(files[file]) for file, model in PARTS.items()}
    example = {"code": "one", "title": "یک داستان", "on": "1404/09/01", "expect": {}}
    card = parts["card"]
    bare = {"code": card.code, "edition": card.edition, **parts, "texts": {}, "examples": [example]}
    texts = texts_of(Package.model_validate(bare))
    return Package.model_validate({**bare, "texts": dict.fromkeys(LANGUAGES, texts)})


def texts_of(package: Package) -> dict[str, str]:
    """Return a word for each text that a package must have."""
    return {key: "{number}" if key.startswith("messages.") else "متن" for key in required_texts(package)}


def _card(needs: dict[str, Any], waits: list[str]) -> dict[str, Any]:
    documents = [code for code, need in needs.items() if need["kind"] == "document"]
    asked = {need["data_service"] for need in needs.values() if need["kind"] in ("inquiry", "mandate")}
    stages = ("information", "request", "production", "delivery")
    return {
        "code": "random-service",
        "edition": "annex-1",
        "delivery": "electronic",
        "provider": {"body": "body"},
        "relations": ["G2C"],
        "nature": "sovereign",
        "levels": ["provincial"],
        "life_events": ["other"],
        "start_mode": "request",
        "documents": documents,
        "laws": {LAW: {"title": "قانون", "confirmed": False}},
        "statistics": {"count": 1, "per": "year", "estimated": True},
        "average_time": {"amount": 1, "unit": "working-days"},
        "promised_time": {"amount": 5000, "unit": "working-days"},
        "frequency": {"once": True},
        "in_person": {"visits": 0},
        "fees": [{"amount": 0, "electronic_payment": False}],
        "access": [{"stage": stage, "channel": "internet", "electronic": True} for stage in stages],
        "inquiries": sorted(asked),
        "prepared_by": {"unit": "آزمون", "on": "1404/06/01"},
    }


def _form(draft: Draft) -> dict[str, Any]:
    pages: dict[str, Any] = {}
    types = draft.draw(st.lists(st.sampled_from(list(QUESTIONS)), min_size=1, max_size=8))
    for number, kind in enumerate([*types, "number"]):
        code = f"q{number}"
        page = pages.setdefault(f"page-{number // 3}", {"questions": {}})
        question = {"type": kind, **QUESTIONS[kind]}
        if kind not in ("consent", "information"):
            question |= {"required": False, "read_by": ["draft"]}
        if kind != "consent" and draft.conditions and draft.chance():
            question["show_when"] = draft.draw(st.sampled_from(draft.conditions))
        page["questions"][code] = question
        draft.questions[code] = kind
        if kind in _GUARDED:
            draft.conditions.append(_GUARDED[kind].format(f"answers.{code}", draft.draw(st.integers(0, 9))))
        if kind == "group":
            draft.conditions.append(f"groups.{code}.sum_total > {draft.draw(st.integers(0, 9))}")
    return {"pages": pages}


def _tables(draft: Draft) -> dict[str, Any]:
    if not draft.chance():
        return {}
    number = next(code for code, kind in draft.questions.items() if kind == "number")
    middle = draft.draw(st.integers(1, 99))
    expression = f"has(answers.{number}) ? answers.{number} : 0"
    rows = {"few": {"when": {"n": f"< {middle}"}, "then": 1}, "many": {"when": {"n": f">= {middle}"}, "then": 2}}
    column = {"expression": expression, "type": "number", "minimum": 0, "maximum": 1000}
    return {"t": {"hit": "unique", "inputs": {"n": column}, "output": {"type": "number"}, "law": LAW, "rows": rows}}


def _needs(draft: Draft) -> dict[str, Any]:
    found = draft.requirements
    found["REQ-IDENTITY"] = {
        "kind": "inquiry",
        "law": LAW,
        "fact": "identity",
        "data_service": "civil-registry/person",
        "fields": {"first_name": "text", "alive": "yes-no"},
        "proceeds_when": ["matched", "not-matched", "unknown"],
    }
    found["REQ-TRUE"] = {"kind": "condition", "law": LAW, "expression": "case.channel != 'nowhere'"}
    for code, kind in draft.questions.items():
        named = f"REQ-{code.upper()}"
        if kind == "file":
            found[named] = {"kind": "document", "law": LAW, "question": code, "held_in": "none", "optional": True}
    return found


def _held(draft: Draft, kind: str = "review", **more: Any) -> dict[str, Any]:
    silence = {"after_action": "escalate", "to": [{"role": "chief"} for _ in range(draft.draw(st.integers(1, 2)))]}
    return {"kind": kind, "role": "expert", "law": LAW, "clock": draft.clock(), "silence": silence, **more}


def _flow(draft: Draft) -> dict[str, Any]:
    draft.documents["letter"] = {"template": "letter.typ", "fields": {"number": {"case": "number"}}, "source": LETTER}
    start = _main_line(draft, "draft")
    actions = {
        "grant": {"to": "sign", "proposes": "granted", "requires": ["text"]},
        "refuse": {"to": "sign", "proposes": "refused", "requires": ["codes", "text"]},
        "return": {"to": "applicant", "requires": ["codes"]},
    }
    draft.steps["draft"] = _held(draft, "draft", actions=actions)
    signing = {"sign": {"conclude": True}, "send-back": {"to": "draft", "requires": ["note"]}}
    draft.steps["sign"] = _held(draft, "sign", role="director", actions=signing)
    hearing = {
        "uphold": {"conclude": True, "proposes": "upheld", "requires": ["text"]},
        "decide-anew": {"to": "draft", "requires": ["note"]},
    }
    draft.steps["hear-objection"] = _held(draft, role="judge", actions=hearing)
    granted = {"document": "letter", "message": "told", "effect": "grants", "deemed": True}
    flow: dict[str, Any] = {"start": start, "acknowledgement": "told", "withdrawal": {"until": "sign"}}
    if after := _aftercare(draft):
        granted["then"] = after
    if draft.chance():
        draft.steps["draft"]["silence"] = {"deem": "granted"}
    if draft.chance():
        silence = {"deem": "granted"} if draft.chance() else {"after_action": "escalate", "to": {"role": "chief"}}
        flow["deadline"] = {"clock": draft.clock(), "law": LAW, "silence": silence}
    review = {"clock": draft.clock(), "start": "hear-objection", "law": LAW}
    flow["outcomes"] = {
        "granted": granted,
        "refused": {"document": "letter", "message": "told", "negative": True, "review": review},
        "upheld": {"message": "told", "negative": True},
    }
    _entries(draft, flow)
    return {**flow, "steps": draft.steps}


LETTER = "#let body(fields) = [#fields.number]\n"


def _entries(draft: Draft, flow: dict[str, Any]) -> None:
    if not draft.chance():
        return
    draft.steps["renewing"] = _held(draft, "draft", actions={"renew": {"to": "sign", "proposes": "renewed"}})
    if draft.chance():
        draft.steps["renewing"]["silence"] = {"perform": "renew"}
    flow["outcomes"]["renewed"] = {"document": "letter", "message": "told", "effect": "renews"}
    flow["entries"] = {"renew": {"kind": "renewal", "start": "renewing", "law": LAW, "pages": ["page-0"]}}
    if draft.chance():
        flow["entries"]["again"] = {"kind": "reassessment", "start": "draft", "law": LAW, "every": draft.clock()}


def _main_line(draft: Draft, onward: str) -> str:
    """Draw what comes before the draft, from the back to the front; return where it begins."""
    for number in range(draft.draw(st.integers(0, 4))):
        code = f"s{number}"
        match draft.draw(st.sampled_from(["step", "left-out", "fork", "route"])):
            case "step":
                draft.steps[code] = _reviewed(draft, code, {"to": onward})
            case "left-out":
                step = _reviewed(draft, code, {"to": onward})
                draft.steps[code] = {**step, "when": draft.condition(), "otherwise": onward}
            case "fork":
                draft.steps[code] = _fork(draft, code, onward)
            case _:
                other = onward if onward == "draft" else draft.draw(st.sampled_from([onward, "draft"]))
                draft.steps[code] = {
                    "kind": "route",
                    "routes": [{"when": draft.condition(), "to": other}, {"to": onward}],
                }
        onward = code
    return onward


def _reviewed(draft: Draft, code: str, onward: dict[str, Any]) -> dict[str, Any]:
    actions: dict[str, Any] = {"accept": onward}
    step = _held(draft, actions=actions)
    if draft.chance():
        actions["return"] = {"to": "applicant", "requires": ["codes"]}
    if draft.chance():
        actions["object"] = {**onward, "requires": ["codes", "text"]}
        draft.requirements[f"REQ-{code.upper()}"] = {"kind": "opinion", "law": LAW, "step": code}
    if draft.chance():
        step["silence"] = {"perform": "accept"}
    if draft.chance():
        step["report"] = {f"r_{code.replace('-', '_')}": {"type": "number", "maximum": 100}}
        step["reasons"] = ["usual"]
    return step


def _fork(draft: Draft, code: str, onward: str) -> dict[str, Any]:
    tracks: dict[str, Any] = {}
    for number in range(draft.draw(st.integers(1, 3))):
        track = f"{code}-t{number}"
        first = f"{track}-a"
        tracks[track] = {"start": first, **({"when": draft.condition()} if draft.chance() else {})}
        draft.steps[first] = _reviewed(draft, first, {"finish": True})
        if draft.chance():
            draft.steps[first]["actions"]["look"] = {"to": f"{track}-b"}
            draft.steps[f"{track}-b"] = _reviewed(draft, f"{track}-b", {"finish": True})
        draft.tracks.append(track)
    routes: list[dict[str, Any]] = [{"to": onward}]
    if draft.chance():
        spoken = draft.tracks[-1].replace("-", "_")
        routes.insert(0, {"when": f"case.objected || tracks.{spoken} == 'object'", "to": "draft"})
    return {"kind": "parallel", "tracks": tracks, "routes": routes}


def _aftercare(draft: Draft) -> str | None:
    onward: dict[str, Any] = {"finish": True}
    code = None
    for number in range(draft.draw(st.integers(0, 2))):
        code = f"after-{number}"
        if draft.chance():
            actions = {"done": {**onward, "on": ["delivered"]}, "lost": {"finish": True, "on": ["returned", "failed"]}}
            wait = {"data_service": "post/parcels", "follows_only": draft.chance()}
            draft.steps[code] = _held(draft, "wait", wait=wait, actions=actions)
        else:
            draft.steps[code] = _held(draft, actions={"done": onward})
        if draft.chance():
            draft.steps[code]["silence"] = {"perform": "done"}
        onward = {"to": code}
    return code
