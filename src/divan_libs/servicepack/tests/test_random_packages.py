"""Random services and random walks through them: whatever is declared without a fault can be carried out to its end."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from divan_libs.servicepack import flow_rules as rules
from divan_libs.servicepack import flow_ways as ways
from divan_libs.servicepack.answers import complete, pages_to_show
from divan_libs.servicepack.changes import changes
from divan_libs.servicepack.drawing import flow_bpmn, flow_svg
from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.faults import PackageFaults
from divan_libs.servicepack.fees import fee_of
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.advice import advice
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_package, load_with_sources
from divan_libs.servicepack.models import APPLICANT, APPLICATION, Example, InquiryState, Package
from divan_libs.servicepack.tests.folders import REMOVED, changed, write_yaml
from divan_libs.servicepack.tests.random_packages import LETTER, assembled, services, texts_of
from divan_libs.servicepack.unloading import unload_package

TODAY = date(2025, 11, 22)
SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@dataclass
class Walk:
    """A case on its way, carried by the rules of the flow alone, with the moves that were made."""

    package: Package
    context: Context
    position: rules.Position
    open: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    proposed: str | None = None
    outcome: str | None = None
    decided: bool = False
    deemed: bool = False
    withdrawn: bool = False
    finished: bool = False
    moves: list[dict] = field(default_factory=list)
    way: list[str] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, package: Package, context: Context) -> Walk:
        entry = "" if context.entry == APPLICATION else context.entry
        arrival = rules.enter(package, rules.start(package, entry), context)
        walk = cls(package, context, arrival.position)
        walk.opened(arrival.opens)
        return walk.checked()

    def opened(self, opens: tuple[rules.Opening, ...]) -> None:
        for opening in opens:
            assert opening.step not in self.open, "a step is never open twice"
            assert not opening.track or opening.track not in self.open.values(), "nor is a track"
            self.open[opening.step] = opening.track
            self.way.append(opening.step)

    def checked(self) -> Walk:
        """Check what must be true between any two moves."""
        flow = self.package.flow
        for step, track in {**self.open, **self.waiting}.items():
            declared = flow.step(step)
            assert declared is not None
            assert not declared.by_itself
            in_track = step in {inner.code for inner in ways.steps_of_track(flow, track)} if track else True
            assert in_track
            assert not track or self.position.tracks[track] == ""
        if self.decided and not self.outcome:
            assert self.open or self.waiting, "an objection is being heard"
        elif self.decided:
            assert not self.waiting
            assert set(self.open) <= aftercare(self.package), "after the decision only the aftercare is open"
        elif not self.withdrawn:
            assert self.open or self.waiting, "a case that is not decided waits for somebody"
            at_work = {track for track, end in self.position.tracks.items() if end == ""}
            if self.package.flow.step(self.position.step).tracks:
                assert at_work == {*self.open.values(), *self.waiting.values()}
        return self

    def choices(self) -> list[dict]:
        """Return the moves that somebody may make now."""
        found: list[dict] = []
        for step in self.open:
            declared = self.package.flow.step(step)
            offered = rules.offered_actions(self.package, step, self.context)
            found += [{"step": step, "action": action.code} for action in offered]
            found += [{"step": step, "state": state} for action in declared.actions for state in action.on[:1]]
            found.append({"step": step, "silence": True})
        if self.waiting:
            found.append({"applicant": "correct"})
        deadline = self.package.flow.deadline_of(self.context.entry)
        if deadline is not None and not self.decided and (self.open or self.waiting):
            found.append({"silence": True})
        entry = "" if self.context.entry == APPLICATION else self.context.entry
        ended = self.decided or self.withdrawn
        if not ended and rules.may_withdraw(self.package, self.position.step, entry):
            found.append({"applicant": "withdraw"})
        if self.outcome and rules.objection(self.package, self.outcome, self.context):
            found.append({"applicant": "object"})
        return found

    def make(self, move: dict) -> None:
        """Make a move and check that the case still stands as it must."""
        if "applicant" in move:
            self._of_applicant(move["applicant"])
        elif "step" not in move:
            self._deadline()
        elif "silence" in move:
            self._silent(move["step"])
        else:
            move |= self._acted(move)
        self.moves.append(move)
        if self.position.tracks:
            self.context = rules.with_tracks(self.package, self.context, self.position.tracks)
        self.checked()

    def _of_applicant(self, what: str) -> None:
        if what == "correct":
            again, self.waiting = self.waiting, {}
            self.opened(tuple(rules.Opening(*one) for one in again.items()))
        elif what == "withdraw":
            self.withdrawn, self.open, self.waiting = True, {}, {}
        else:
            self.open = {}
            heard = rules.objection(self.package, self.outcome, self.context)
            self.outcome = None
            self.follow("", heard)

    def _deadline(self) -> None:
        silence = self.package.flow.deadline_of(self.context.entry).silence
        self.escalated += [holder.role for holder in silence.to]
        if silence.deem:
            self.follow("", rules.deemed(silence.deem).transition, deemed=True)

    def _silent(self, step: str) -> None:
        track = self.open[step]
        silence = rules.after_silence(self.package, step, self.proposed, self.context, self.position, track)
        self.escalated += [holder.role for holder in silence.escalated_to]
        if silence.transition is not None:
            self.follow(step, silence.transition, deemed=silence.outcome is not None)

    def _acted(self, move: dict) -> dict:
        step = self.package.flow.step(move["step"])
        code = move.get("action") or next(a.code for a in step.actions if move["state"] in a.on)
        wanted = {str(one) for one in step.action(code).requires}
        given = {
            "codes": ("REQ-TRUE",) if "codes" in wanted else (),
            "text": "متن" if "text" in wanted else "",
            "note": "یادداشت" if "note" in wanted else "",
        }
        track = self.open[step.code]
        result = rules.apply(
            self.package,
            step.code,
            code,
            rules.Given(**given, proposed=self.proposed),
            self.context,
            self.position,
            track,
        )
        self.follow(step.code, result)
        return {key: value for key, value in given.items() if value}

    def follow(self, step: str, result: rules.Transition, *, deemed: bool = False) -> None:
        track = self.open.pop(step, "")
        self.proposed = result.proposes
        if result.step is not None:
            assert self.package.flow.step(result.step) is not None
            self.position = rules.Position(result.step, result.tracks)
        kinds = rules.TransitionKind
        if result.kind is kinds.TO_APPLICANT:
            self.waiting[step] = track
            self.way.append(APPLICANT)
        elif result.kind is kinds.CONCLUDE:
            assert self.package.flow.outcome(result.outcome) is not None, "every end is a declared one"
            self.outcome, self.decided, self.deemed, self.open, self.waiting = result.outcome, True, deemed, {}, {}
            after = rules.after_delivery(self.package, result.outcome, self.context)
            if after is not None:
                self.follow("", after)
        elif result.kind is kinds.FINISH:
            assert self.decided, "only an aftercare is finished"
            self.finished = True
        self.opened(result.opens)


def aftercare(package: Package) -> set[str]:
    found: set[str] = set()
    waiting = [outcome.then for outcome in package.flow.outcomes if outcome.then]
    while waiting:
        step = package.flow.step(waiting.pop())
        if step is not None and step.code not in found:
            found.add(step.code)
            waiting += ways.onward(step)
    return found


def typed_answers(package: Package, draw) -> dict[str, str]:
    """Draw what is typed for some of the questions, and what must be."""
    words = {"number": "۱۲", "yes-no": "yes", "text": "متن", "choice": "two", "money": "۱۰۰۰", "time": "09:30"}
    found = {}
    for question in package.form.questions():
        if question.type == "consent" or (question.type in words and draw(st.booleans())):
            found[question.code] = words.get(question.type, "yes")
    return found


@SLOW
@given(services())
def test_a_random_service_has_no_fault_and_outlives_its_stored_form(files):
    package = assembled(files)

    assert [str(fault) for fault in lint(package, surroundings_alone(package))] == []
    again = Package.from_canonical(package.canonical())
    assert again == package
    assert again.canonical() == package.canonical()
    assert changes(package, again) == []
    assert pages_to_show(package, Context(today=TODAY)) is not None
    assert fee_of(package, Context(today=TODAY)).total == 0


@SLOW
@given(services())
def test_a_random_service_can_be_written_read_and_drawn(files):
    package = assembled(files)

    with tempfile.TemporaryDirectory() as folder:
        assert load_package(unload_package(package, Path(folder))).digest() == package.digest()
    assert ET.fromstring(flow_svg(package)).tag.endswith("svg")  # noqa: S314 (drawn by ourselves)
    assert ET.fromstring(flow_bpmn(package)).tag.endswith("definitions")  # noqa: S314 (as above)


@SLOW
@given(services(), st.data())
def test_a_random_walk_stays_in_the_flow_and_its_example_passes(files, data):
    package = assembled(files)
    typed = typed_answers(package, data.draw)
    entry = data.draw(st.sampled_from([APPLICATION, *(entry.code for entry in package.flow.entries)]))
    facts = {"identity": {"state": "matched", "fields": {"first_name": "گل‌نار"}}}
    story = {"code": "walk", "title": "یک راه", "on": TODAY.isoformat(), "answers": typed, "facts": facts}
    if entry != APPLICATION:
        story["entry"] = entry
    context = context_of(package, typed, entry)
    assert complete(package, context) == []

    walk = Walk.begin(package, context)
    for _ in range(data.draw(st.integers(0, 25))):
        choices = walk.choices()
        if not choices:
            assert walk.withdrawn or walk.outcome, "nobody can do anything only where the case has ended"
            break
        walk.make(dict(data.draw(st.sampled_from(choices))))

    ending = package.flow.outcome(walk.outcome) if walk.outcome else None
    expect = {
        "steps": walk.way,
        "outcome": walk.outcome,
        "withdrawn": walk.withdrawn,
        "deemed": walk.deemed,
        "escalated": walk.escalated,
        "document": ending.document if ending else None,
        "message": ending.message if ending else None,
    }
    example = Example.model_validate({**story, "moves": walk.moves, "expect": expect})
    (result,) = run_examples(package.model_copy(update={"examples": (example,)}))
    assert result.differences == ()


def context_of(package: Package, typed: dict[str, str], entry: str) -> Context:
    """Return the context that an example with these answers begins in."""
    values = {"number": 12, "yes-no": True, "consent": True, "money": 1000, "time": "09:30"}
    answers = {code: values.get(package.form.question(code).type, word) for code, word in typed.items()}
    facts = {"identity": Fact(InquiryState.MATCHED, {"first_name": "گل‌نار"})}
    return replace(Context(today=TODAY, answers=answers, facts=facts), entry=entry)


@SLOW
@given(services(), st.data())
def test_a_spoilt_service_is_told_with_its_file_and_never_breaks_the_reader(files, data):
    file, path = data.draw(st.sampled_from(sorted(places(files), key=str)))
    junk = data.draw(
        st.one_of(
            st.just(REMOVED),
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(max_size=20),
            st.lists(st.text(max_size=5), max_size=3),
            st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
            st.sampled_from(["nowhere", "applicant", "answers.q0", "1404/13/01", "LAW-NO", "has(", "true && "]),
        )
    )
    spoilt = {**files, file: changed(files[file], path, junk)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "random-service"
        write(folder, spoilt, files)
        faults = examined(folder)

    for fault in faults:
        assert fault.file
        assert advice(fault.code)
    # What a file says of a template's text is no part of it: the text is the template's own file.
    if not faults and path[-1] != "source":
        assert assembled(spoilt)


def places(files: dict) -> list[tuple[str, tuple]]:
    """Return every place of every file."""
    found: list[tuple[str, tuple]] = []

    def within(file: str, value: object, path: tuple) -> None:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in inner:
            found.append((file, (*path, key)))
            within(file, one, (*path, key))

    for file, value in files.items():
        within(file, value, ())
    return found


def write(folder: Path, files: dict, good: dict) -> None:
    texts = texts_of(assembled(good))
    for file, value in files.items():
        bare = file.startswith("outputs") and isinstance(value, dict)
        write_yaml(folder, file, without_sources(value) if bare else value)
    (folder / "outputs" / "letter.typ").write_text(LETTER, "utf-8")
    for language in ("fa", "en"):
        write_yaml(folder, f"texts/{language}.yaml", texts)
    write_yaml(folder, "examples/one.yaml", {"title": "یک داستان", "on": "1404/09/01", "expect": {}})


def without_sources(outputs: dict) -> dict:
    documents = outputs.get("documents")
    if not isinstance(documents, dict):
        return outputs
    bare = {
        code: {key: value for key, value in one.items() if key != "source"} if isinstance(one, dict) else one
        for code, one in documents.items()
    }
    return {**outputs, "documents": bare}


def examined(folder: Path) -> list:
    try:
        package, sources = load_with_sources(folder)
    except PackageFaults as found:
        return found.faults or pytest.fail("refused without a fault")
    faults = lint(package, surroundings_alone(package), sources)
    run_examples(package)
    return faults


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_in_any_file_is_told_and_never_breaks_the_reader(text):
    for file in ("card.yaml", "flow.yaml", "tables.yaml", "texts/fa.yaml", "examples/x.yaml"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "random-service"
            (folder / file).parent.mkdir(parents=True)
            (folder / file).write_text(text, "utf-8", errors="surrogatepass")
            with pytest.raises(PackageFaults) as found:
                load_package(folder)
            assert all(fault.file for fault in found.value.faults)
