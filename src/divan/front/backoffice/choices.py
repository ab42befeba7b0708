"""What the flow offers in a step, as forms: each choice with what it requires, and what was typed so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.cases.values import Decision, Given
from divan.foundation.ui.fields import Field, Option
from divan.front.texts.actions import FLOW_REASONS
from divan.front.texts.answers import problem_text
from divan_libs.persian.text import normalize
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.grounds import grounds
from divan_libs.servicepack.models import APPLICANT, Action, Demand, Package, StepKind

LONGEST_TEXT = 10_000
LONGEST_NOTE = 2_000

Problems = Mapping[str, str]
"""What is wrong, by the part it concerns: codes, text, note or confirmed; "" is the choice as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceForm:
    """A choice as a form of its own. ``previews`` offers a look at the letter before it is sent on.

    ``reasons`` offers ready wordings that a button puts into the field ``fills``.
    """

    action: Action
    label: str
    hint: str
    fields: Sequence[Field]
    reasons: Field | None
    fills: str
    signs: bool
    writes_letter: bool
    previews: bool
    leading: bool


def choice_forms(
    package: Package,
    step: str,
    actions: Sequence[Action],
    *,
    language: str,
    decision: Decision | None,
    context: Context,
    chosen: str = "",
    sent: QueryDict | None = None,
    problems: Problems | None = None,
) -> list[ChoiceForm]:
    """Return a form for each action; the chosen one stands as it was sent, with what is wrong in it.

    Where the step asks for a report, all choices stand in one form with it, and all stand as they were sent.
    """
    forms = []
    found = package.flow.step(step)
    together = found is not None and bool(found.report)
    for position, action in enumerate(actions):
        is_chosen = action.code == chosen
        forms.append(
            ChoiceForm(
                action=action,
                label=package.text(f"actions.{step}.{action.code}.label", language),
                hint=package.find_text(f"actions.{step}.{action.code}.hint", language) or "",
                fields=_fields(
                    package,
                    step,
                    action,
                    language=language,
                    decision=decision,
                    context=context,
                    sent=sent if is_chosen or together else None,
                    problems=(problems or {}) if is_chosen else {},
                ),
                reasons=_reasons(package, step, action, language, sent if is_chosen or together else None),
                fills=_filled(action),
                signs=_signs(package, step, action),
                writes_letter=_writes_letter(package, action, decision),
                previews=Demand.TEXT in action.requires and action.proposes is not None,
                leading=position == 0,
            )
        )
    return forms


def _filled(action: Action) -> str:
    """Return the field that a ready wording goes into: the letter's text, else a note that says why; "" for none."""
    if Demand.TEXT in action.requires:
        return _name(action, "text")
    says_why = action.to == APPLICANT or {Demand.CODES, Demand.NOTE} & set(action.requires)
    return _name(action, "note") if says_why and not action.conclude else ""


def _reasons(package: Package, step: str, action: Action, language: str, sent: QueryDict | None) -> Field | None:
    found = package.flow.step(step)
    if found is None or not found.reasons or not _filled(action):
        return None
    options = [Option(code, package.text(f"steps.{step}.reasons.{code}", language)) for code in found.reasons]
    name = _name(action, "reason")
    return Field(
        name,
        "select",
        _("Ready wording"),
        "",
        sent.get(name, "") if sent is not None else "",
        required=False,
        options=options,
    )


def with_reason(package: Package, step: str, action: Action, sent: QueryDict) -> QueryDict:
    """Return what was sent with the chosen ready wording put behind the text it is meant for.

    Letters are Persian whatever the officer reads, and so is what is put into them.
    """
    found, code = package.flow.step(step), sent.get(_name(action, "reason"), "")
    target = _filled(action)
    if found is None or code not in found.reasons or not target:
        return sent
    wording = package.text(f"steps.{step}.reasons.{code}", "fa")
    filled = sent.copy()
    before = filled.get(target, "").rstrip()
    filled[target] = f"{before}\n{wording}" if before else wording
    filled[_name(action, "reason")] = ""
    return filled


def _writes_letter(package: Package, action: Action, decision: Decision | None) -> bool:
    """Whether what an action concludes with is a letter; what lies on the table, unless the action proposes itself."""
    code = action.proposes or (decision.outcome if decision else "")
    ending = package.flow.outcome(code)
    return ending is None or ending.document is not None


def _signs(package: Package, step: str, action: Action) -> bool:
    found = package.flow.step(step)
    return action.conclude and found is not None and found.kind is StepKind.SIGN


def _fields(
    package: Package,
    step: str,
    action: Action,
    *,
    language: str,
    decision: Decision | None,
    context: Context,
    sent: QueryDict | None,
    problems: Problems,
) -> list[Field]:
    earlier = decision if decision is not None and action.proposes else None
    fields = []
    if Demand.CODES in action.requires:
        before = list(earlier.codes) if earlier and earlier.outcome == action.proposes else []
        options = _grounds(package, step, context, language)
        fields.append(_codes(action, options, sent, before, problems))
    if Demand.TEXT in action.requires:
        value = sent.get(_name(action, "text"), "") if sent is not None else earlier.text if earlier else ""
        hint = _("The draft that was sent back stands here.") if earlier and sent is None else ""
        fields.append(
            Field(
                _name(action, "text"),
                "long-text",
                _("Text of the letter"),
                hint,
                value,
                _wrong(problems, "text"),
                attributes={"rows": "12", "maxlength": str(LONGEST_TEXT)},
            )
        )
    if _signs(package, step, action):
        label = _("I have read the letter as it stands above, and sign it.")
        value = sent.get(_name(action, "confirmed"), "") if sent is not None else ""
        fields.append(Field(_name(action, "confirmed"), "consent", label, "", value, _wrong(problems, "confirmed")))
    if not action.conclude:
        fields.append(_note(action, sent, problems))
    return fields


def _grounds(package: Package, step: str, context: Context, language: str) -> list[Option]:
    """Return what a step may name: of its requirements those that were asked of this case."""
    found = package.flow.step(step)
    return [
        Option(need.code, package.text(f"needs.{need.code}.rejection", language), need.code)
        for need in (grounds(package, found, context) if found is not None else ())
    ]


def _codes(
    action: Action, options: list[Option], sent: QueryDict | None, before: list[str], problems: Problems
) -> Field:
    label = _("What is to be corrected?") if action.to == APPLICANT else _("Which requirements are not met?")
    value = sent.getlist(_name(action, "codes")) if sent is not None else before
    return Field(_name(action, "codes"), "choices", label, "", value, _wrong(problems, "codes"), options=options)


def _note(action: Action, sent: QueryDict | None, problems: Problems) -> Field:
    label = _("Note to the applicant") if action.to == APPLICANT else _("Note to whoever receives it")
    hint = (
        _("The applicant reads it.")
        if action.to == APPLICANT
        else _("It stands in the worklist and stays in the case.")
    )
    return Field(
        _name(action, "note"),
        "long-text",
        label,
        hint,
        sent.get(_name(action, "note"), "") if sent is not None else "",
        _wrong(problems, "note"),
        Demand.NOTE in action.requires,
        attributes={"rows": "3", "maxlength": str(LONGEST_NOTE)},
    )


def _name(action: Action, part: str) -> str:
    return f"{action.code}-{part}"


def _wrong(problems: Problems, part: str) -> list[str]:
    return [problems[part]] if part in problems else []


def given_with(action: Action, sent: QueryDict) -> Given:
    """Return what was typed for an action; letters are brought to one form, lines and digits stay."""
    return Given(
        codes=tuple(dict.fromkeys(sent.getlist(_name(action, "codes")))),
        text=_lines(sent.get(_name(action, "text"), "")),
        note=_lines(sent.get(_name(action, "note"), "")),
    )


def _lines(text: str) -> str:
    return "\n".join(normalize(line) for line in text.splitlines()).strip()


def problems_of(package: Package, step: str, action: Action, given: Given, sent: QueryDict) -> dict[str, str]:
    """Return all that is missing or too long at once, so that nobody meets one fault after the other.

    The action itself refuses the same; here is only what the page can point at.
    """
    problems = {}
    if Demand.CODES in action.requires and not given.codes:
        problems["codes"] = str(FLOW_REASONS["flow.codes-required"])
    if Demand.TEXT in action.requires and not given.text:
        problems["text"] = str(FLOW_REASONS["flow.text-required"])
    if Demand.NOTE in action.requires and not given.note:
        problems["note"] = str(FLOW_REASONS["flow.note-required"])
    for part, text, limit in (("text", given.text, LONGEST_TEXT), ("note", given.note, LONGEST_NOTE)):
        if len(text) > limit:
            problems[part] = problem_text("answers.too-long", {"maximum": limit})
    if _signs(package, step, action) and sent.get(_name(action, "confirmed")) != "yes":
        problems["confirmed"] = _("Tick the box: a signature is never given by one click alone.")
    return problems


PARTS_OF_REASONS: Mapping[str, str] = {
    "flow.codes-required": "codes",
    "flow.unknown-codes": "codes",
    "flow.text-required": "text",
    "flow.note-required": "note",
}
"""Which part of a form a reason of the flow points at; the others concern the choice as a whole."""


def problem_of_reason(reason: str) -> dict[str, str]:
    """Return the problem that the flow's own reason for refusing means on the page."""
    text = FLOW_REASONS.get(reason)
    return {PARTS_OF_REASONS.get(reason, ""): str(text)} if text is not None else {}
