"""Upgraders: a stored package of an older schema version in the shape of the next one, from the package alone."""

from __future__ import annotations

import copy
from typing import Any

_TITLES = {"fa": "رسیدگی به اعتراض", "en": "Hearing the objection"}
_ACTIONS = {
    "uphold": {"fa": "تأیید تصمیم", "en": "Uphold the decision"},
    "hear-again": {"fa": "رسیدگی دوباره", "en": "Decide anew"},
}


def hear_objections_in_steps(stored: dict[str, Any]) -> dict[str, Any]:
    """Lift schema version 1 to 2: an objection had a decider but no step; it is heard in a step of its own now.

    The decider may uphold the outcome, which concludes the case with it again, or have the case decided anew from the
    step that drafted it. Silence keeps the first clock's consequence: it stays with the decider.
    """
    package = copy.deepcopy(stored)
    package["schema_version"] = 2
    flow = package["flow"]
    for outcome in flow.get("outcomes", []):
        review = outcome.get("review")
        if not review or "decider" not in review:
            continue
        code = f"hear-objection-{outcome['code']}"[:60].rstrip("-")
        decider = review.pop("decider")
        review["start"] = code
        again = next((step["code"] for step in flow["steps"] if step["kind"] == "draft"), flow.get("start") or code)
        flow["steps"].append(
            {
                "code": code,
                "kind": "sign",
                "law": review["law"],
                **decider,
                "clock": review["clock"],
                "silence": {"after_action": "escalate", "to": [decider]},
                "actions": [
                    {"code": "uphold", "conclude": True, "proposes": outcome["code"], "requires": ["text"]},
                    {"code": "hear-again", "to": again, "requires": ["note"]},
                ],
            }
        )
        for language, texts in package["texts"].items():
            texts.setdefault(f"steps.{code}.title", _TITLES.get(language, _TITLES["fa"]))
            for action, words in _ACTIONS.items():
                texts.setdefault(f"actions.{code}.{action}.label", words.get(language, words["fa"]))
    for step in flow.get("steps", []):
        to = (step.get("silence") or {}).get("to")
        if isinstance(to, dict):
            step["silence"]["to"] = [to]
    return package
