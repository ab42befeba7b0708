"""No template field that nobody collects, no template that reaches outside, no message too long to send."""

from __future__ import annotations

import re

from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.filling import PLACEHOLDER, fill_text, message_parts
from divan_libs.servicepack.lint.findings import OUTPUTS, Findings, Path
from divan_libs.servicepack.lint.uses import output_fields
from divan_libs.servicepack.models import (
    LANGUAGES,
    DocumentTemplate,
    FileQuestion,
    LongTextQuestion,
    MessageTemplate,
    OutputField,
    Package,
    PlaceQuestion,
    TextQuestion,
)

_FIELD_OF_TEMPLATE = re.compile(r"\bfields\.([A-Za-z_][A-Za-z0-9_-]*)|\bfields\.at\(\s*\"([^\"]*)\"")
_BODY = re.compile(r"^#let\s+body\(\s*fields\s*\)\s*=", re.MULTILINE)
# A letter's body needs none of these; they read files, run foreign code or fetch packages.
_REACHES_OUTSIDE = re.compile(
    r"\b(import|include|read|plugin|json|yaml|toml|csv|xml|cbor|image|bibliography|eval)\s*[(\"]|\b(sys)\."
)
_PLACE_IN_BODY = re.compile(r"body\.typ:(\d+):")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_ASSUMED_LENGTH = {
    "place": 40,
    "fact": 60,
    "case": 24,
    "tracking-address": 40,
    "decision": 24,
    "report": 60,
    "table": 24,
}


def letter_fault(template: DocumentTemplate, said: str) -> Fault:
    """Return what is wrong with a letter that the typesetter refused; lint itself has no typesetter.

    ``said`` is what that said: the fault on the first line, and further down where it is.
    """
    place = _PLACE_IN_BODY.search(said)
    line = int(place[1]) if place else 0
    return Fault("outputs.letter-not-typeset", f"outputs/{template.template}", line, {"said": said.partition("\n")[0]})


def check_outputs(findings: Findings) -> None:
    """Check that each field has a source, is used, and that messages fit."""
    for entry, path in output_fields(findings.package):
        check_source(findings, entry, OUTPUTS, path)
    for index, document in enumerate(findings.package.outputs.documents):
        _check_template(findings, document, ("documents", index))
    for index, message in enumerate(findings.package.outputs.messages):
        _check_message(findings, message, ("messages", index))
    _check_used(findings)


def check_source(findings: Findings, entry: OutputField, file: str, path: Path) -> None:
    """Check that what a field is made of is asked, answered or worked out somewhere in the package."""
    package = findings.package
    for name in (entry.answer, entry.place):
        if name is not None and package.form.question(name) is None:
            findings.add("outputs.field-never-collected", file, path, field=entry.code, question=name)
    asked = package.form.question(entry.place) if entry.place else None
    if asked is not None and not isinstance(asked, PlaceQuestion):
        findings.add("outputs.not-a-place", file, path, field=entry.code, question=entry.place)
    if entry.report is not None and all(asked.code != entry.report for asked in package.flow.report_questions()):
        findings.add("outputs.field-never-collected", file, path, field=entry.code, report=entry.report)
    if entry.table is not None and package.tables.of(entry.table) is None:
        findings.add("outputs.field-never-collected", file, path, field=entry.code, table=entry.table)
    if entry.fact is not None:
        need = next((need for need in package.needs.inquiries if need.fact == entry.fact), None)
        if need is None or entry.field not in need.fields:
            findings.add("outputs.field-never-collected", file, path, field=entry.code, fact=entry.fact)


def _check_template(findings: Findings, document: DocumentTemplate, path: Path) -> None:
    file = f"outputs/{document.template}"
    source = _COMMENT.sub("", document.source)
    if not _BODY.search(source):
        findings.add("outputs.template-without-body", file, document=document.code)
    if reaching := _REACHES_OUTSIDE.search(source):
        findings.add("outputs.template-reaches-outside", file, word=reaching[1] or reaching[2])
    used = {first or second for first, second in _FIELD_OF_TEMPLATE.findall(source)}
    declared = {entry.code for entry in document.fields}
    for name in sorted(used - declared):
        findings.add("outputs.field-never-collected", file, field=name)
    for name in sorted(declared - used):
        findings.add("outputs.field-never-used", OUTPUTS, path, field=name)


def _check_message(findings: Findings, message: MessageTemplate, path: Path) -> None:
    declared = {entry.code: entry for entry in message.fields}
    for language in LANGUAGES:
        text = findings.package.texts.get(language, {}).get(f"messages.{message.code}.text")
        if text is None:
            continue
        file = f"texts/{language}.yaml"
        used = set(PLACEHOLDER.findall(text))
        for name in sorted(used - declared.keys()):
            findings.add("outputs.field-never-collected", file, ("messages", message.code, "text"), field=name)
        for name in sorted(declared.keys() - used):
            findings.add("outputs.field-never-used", OUTPUTS, path, field=name, language=language)
        longest = {name: "ی" * _longest(findings.package, declared[name]) for name in used & declared.keys()}
        if used <= declared.keys() and message_parts(fill_text(text, longest)) > message.max_parts:
            parts = message_parts(fill_text(text, longest))
            findings.add("outputs.message-too-long", file, ("messages", message.code, "text"), parts=parts)


def _longest(package: Package, entry: OutputField) -> int:
    """Return how many characters a field may take in a message at most."""
    if entry.answer is None:
        kinds = ("place", "fact", "case", "decision", "report", "table")
        kind = next(name for name in kinds if getattr(entry, name) is not None)
        return _ASSUMED_LENGTH.get(str(entry.case), _ASSUMED_LENGTH[kind])
    question = package.form.question(entry.answer)
    if isinstance(question, TextQuestion | LongTextQuestion):
        return question.max_length
    options: tuple[str, ...] = getattr(question, "options", ())
    lengths = [
        len(texts.get(f"questions.{entry.answer}.options.{option}", ""))
        for texts in package.texts.values()
        for option in options
    ]
    return max(lengths, default=20)


def _check_used(findings: Findings) -> None:
    """A document or message that no outcome and no event produces is a leftover."""
    flow = findings.package.flow
    documents = {outcome.document for outcome in flow.outcomes}
    documents.update(action.letter for step in flow.steps for action in step.actions)
    messages: set[str | None] = {outcome.message for outcome in flow.outcomes}
    messages |= {flow.acknowledgement, flow.correction_message, flow.asked_message}
    made = {code for outcome in flow.outcomes for code in outcome.records}
    for index, record in enumerate(findings.package.outputs.records):
        findings.law(record.law, OUTPUTS, ("records", index, "law"))
        if record.code not in made:
            findings.add("outputs.record-never-made", OUTPUTS, ("records", index), record=record.code)
    for index, document in enumerate(findings.package.outputs.documents):
        if document.code not in documents:
            findings.add("outputs.document-never-made", OUTPUTS, ("documents", index), document=document.code)
    for index, message in enumerate(findings.package.outputs.messages):
        if message.code not in messages:
            findings.add("outputs.message-never-sent", OUTPUTS, ("messages", index), message=message.code)
    files = {q.code for q in findings.package.form.questions() if isinstance(q, FileQuestion)}
    for entry, path in output_fields(findings.package):
        if entry.answer in files:
            findings.add("outputs.file-in-text", OUTPUTS, path, field=entry.code)
