"""The flow of a package as a graph, plain for people or in full for machines.

In full every way is its own: a step that leads to several places is followed by a decision, clocks and corrections
stand by themselves, and what is awaited is a message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from divan_libs.servicepack.drawing.graph import Edge, Graph, Node, Shape
from divan_libs.servicepack.drawing.words import clock_in_words, iso_duration, word
from divan_libs.servicepack.flow_ways import onward, steps_of_track
from divan_libs.servicepack.models import (
    APPLICANT,
    Action,
    EntryKind,
    Outcome,
    Package,
    Route,
    Silence,
    Step,
    StepKind,
)

_STARTS = {EntryKind.REASSESSMENT: Shape.TIMER_START, EntryKind.REVOCATION: Shape.START}


def flowchart(package: Package, language: str = "fa", *, full: bool = False) -> Graph:
    """Return the graph of a package's flow; a package without a flow gives an empty one."""
    return _Drawer(package, language, full=full).draw()


def proposals(package: Package) -> dict[str, tuple[str, ...]]:
    """Return, by step, the outcomes that may be on the table when somebody acts in it, in the order of declaration."""
    flow = package.flow
    known: dict[str, set[str]] = {step.code: set() for step in flow.steps}
    changed = True
    while changed:
        changed = False
        for step in flow.steps:
            ways = [(code, known[step.code]) for code in onward(step)]
            ways += [(action.to, {action.proposes}) for action in step.actions if action.proposes and action.to]
            for code, outcomes in ways:
                if code in known and not outcomes <= known[code]:
                    known[code] |= outcomes
                    changed = True
    return {code: tuple(o.code for o in flow.outcomes if o.code in found) for code, found in known.items()}


class _Drawer:
    """Collects nodes and ways; each is put in once."""

    def __init__(self, package: Package, language: str, *, full: bool) -> None:
        self.package, self.language, self.full = package, language, full
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Edge, None] = {}
        self.on_the_table = proposals(package)
        self.tracks = {
            step.code: (fork.code, track.code)
            for fork in package.flow.steps
            for track in fork.tracks
            for step in steps_of_track(package.flow, track.code)
        }

    def draw(self) -> Graph:
        flow = self.package.flow
        if flow.start is not None:
            self._begin("application", Shape.START, word("application", self.language), flow.start)
        for entry in flow.entries:
            shape = _STARTS.get(entry.kind, Shape.MESSAGE_START)
            every = f"R/{iso_duration(entry.every)}" if entry.every is not None else ""
            self._begin(f"entry-{entry.code}", shape, self._text(f"entries.{entry.code}.title"), entry.start, every)
        for outcome in flow.outcomes:
            if outcome.review is not None:
                code, label = outcome.review.start, word("objection", self.language)
                self._begin(f"objection-{code}", Shape.MESSAGE_START, label, code)
        for step in flow.steps:
            self._step(step)
        return Graph(tuple(self.nodes.values()), tuple(self.edges if self.full else self._merged()))

    def _merged(self) -> list[Edge]:
        """Return one way for all that lead from one node to another; it is named where there is a choice."""
        labels: dict[tuple[str, str], list[str]] = {}
        for edge in self.edges:
            labels.setdefault((edge.source, edge.target), []).append(edge.label)
        choosing = {source for source, _ in labels if sum(other == source for other, _ in labels) > 1}
        return [
            Edge(source, target, " / ".join(filter(None, found[:2])) if source in choosing else "")
            for (source, target), found in labels.items()
        ]

    def _text(self, key: str) -> str:
        return self.package.find_text(key, self.language) or key

    def _put(self, node: Node) -> str:
        self.nodes.setdefault(node.id, node)
        return node.id

    def _lead(self, source: str, target: str, label: str = "") -> None:
        if source != target:
            self.edges.setdefault(Edge(source, target, label))

    def _begin(self, code: str, shape: Shape, label: str, step: str, duration: str = "") -> None:
        self._lead(self._put(Node(code, shape, label, duration=duration)), self._entrance(step))

    def _entrance(self, code: str) -> str:
        """Return where a way to a step ends: the decision before it, if it may be left out."""
        step = self.package.flow.step(code)
        if step is None:
            return self._put(Node(f"step-{code}", Shape.TASK, code))
        inner = f"step-{code}"
        if self.full and step.wait is not None and not step.wait.follows_only:
            inner = f"send-{code}"
        if step.when is None:
            return inner
        gate = f"if-{code}"
        if gate not in self.nodes:
            self._put(Node(gate, Shape.CHOICE))
            self._lead(gate, inner)
            self._lead(gate, self._entrance(step.otherwise or ""), word("otherwise", self.language))
        return gate

    def _step(self, step: Step) -> None:
        self._entrance(step.code)
        if step.kind is StepKind.PARALLEL:
            self._fork(step)
        elif step.kind is StepKind.ROUTE:
            self._put(Node(f"step-{step.code}", Shape.CHOICE, self._text(f"steps.{step.code}.title")))
            self._routes(f"step-{step.code}", step.routes)
        elif step.kind is StepKind.WAIT and self.full:
            self._awaited(step)
        else:
            self._task(step)

    def _fork(self, step: Step) -> None:
        some = any(track.when is not None for track in step.tracks)
        split = self._put(
            Node(f"step-{step.code}", Shape.SOME if some else Shape.SPLIT, self._text(f"steps.{step.code}.title"))
        )
        join = self._put(Node(f"join-{step.code}", Shape.JOIN_SOME if some else Shape.JOIN))
        for track in step.tracks:
            self._lead(split, self._entrance(track.start), self._text(f"tracks.{track.code}.title"))
            if self.full:
                self._lead(self._put(Node(f"end-{track.code}", Shape.CHOICE)), join)
        self._routes(join, step.routes)

    def _routes(self, source: str, routes: tuple[Route, ...]) -> None:
        if self.full and len(routes) > 1 and self.nodes[source].shape is not Shape.CHOICE:
            gate = self._put(Node(f"then-{source}", Shape.CHOICE))
            self._lead(source, gate)
            source = gate
        for route in routes:
            last = route.when is None and len(routes) > 1
            label = word("otherwise", self.language) if last else ""
            if route.when == "case.objected":
                label = word("opposed", self.language)
            self._lead(source, self._entrance(route.to), label)

    def _task(self, step: Step) -> None:
        title, clock = self._text(f"steps.{step.code}.title"), step.owned.clock
        returns = any(action.to == APPLICANT for action in step.actions)
        detail: tuple[str, ...] = (clock_in_words(clock, self.language),)
        if returns and not self.full:
            detail += (word("correction", self.language),)
        task = self._put(Node(f"step-{step.code}", Shape.TASK, title, detail))
        ways = [(target, label) for action in step.actions for target, label in self._ways(step, action)]
        source = task
        if self.full:
            if len(ways) > 1:
                source = self._put(Node(f"next-{step.code}", Shape.CHOICE))
                self._lead(task, source)
            self._clock(step, task)
        elif step.owned.silence.deem is not None:
            self._lead(task, self._outcome(step.owned.silence.deem), word("silence", self.language))
        several = len(ways) > 1
        for target, label in ways:
            self._lead(source, target, label if several else "")

    def _ways(self, step: Step, action: Action) -> Iterable[tuple[str, str]]:
        """Return where an action leads, with its label."""
        label = self._text(f"actions.{step.code}.{action.code}.label")
        if action.to == APPLICANT:
            if not self.full:
                return []
            node = Node(f"correct-{step.code}", Shape.APPLICANT, word("corrects", self.language))
            self._lead(self._put(node), f"step-{step.code}")
            return [(node.id, label)]
        if action.to is not None:
            return [(self._entrance(action.to), label)]
        if action.conclude:
            codes = (action.proposes,) if action.proposes else self.on_the_table[step.code]
            return [(self._outcome(code), label if len(codes) == 1 else self._outcome_title(code)) for code in codes]
        return [(self._finish(step), label)]

    def _finish(self, step: Step) -> str:
        if step.code in self.tracks:
            fork, track = self.tracks[step.code]
            return f"end-{track}" if self.full else f"join-{fork}"
        return self._put(Node("done", Shape.END, word("done", self.language)))

    def _outcome_title(self, code: str) -> str:
        return self._text(f"outcomes.{code}.title")

    def _outcome(self, code: str) -> str:
        outcome = self.package.flow.outcome(code) or Outcome(code=code, message=code)
        node = Node(f"outcome-{code}", Shape.END, self._outcome_title(code), negative=outcome.negative)
        if node.id in self.nodes:
            return node.id
        if outcome.then is None:
            return self._put(node)
        self._put(replace(node, shape=Shape.PASSED))
        self._lead(node.id, self._entrance(outcome.then))
        return node.id

    def _clock(self, step: Step, task: str) -> None:
        """Put the clock on the border of its task, with what silence means behind it."""
        clock, silence = step.owned.clock, step.owned.silence
        label = clock_in_words(clock, self.language)
        timer = Node(f"clock-{step.code}", Shape.TIMER, label, attached_to=task, duration=iso_duration(clock))
        if silence.after_action is not None:
            self._put(replace(timer, interrupting=False))
            self._lead(timer.id, self._escalated(step))
        else:
            self._put(timer)
            self._lead(timer.id, self._silent(step, silence))

    def _escalated(self, step: Step) -> str:
        return self._put(Node(f"escalated-{step.code}", Shape.ESCALATION, word("escalated", self.language)))

    def _silent(self, step: Step, silence: Silence) -> str:
        if silence.deem is not None:
            return self._outcome(silence.deem)
        action = step.action(silence.perform or "")
        return next(target for target, _ in self._ways(step, action)) if action else self._escalated(step)

    def _awaited(self, step: Step) -> None:
        """Draw what is awaited: the order goes out, then the first of several messages, or the clock, decides."""
        title, clock = self._text(f"steps.{step.code}.title"), step.owned.clock
        gate = self._put(Node(f"step-{step.code}", Shape.AWAIT, title))
        if step.wait is not None and not step.wait.follows_only:
            self._lead(self._put(Node(f"send-{step.code}", Shape.SEND, title)), gate)
        for action in step.actions:
            label = self._text(f"actions.{step.code}.{action.code}.label")
            message = self._put(Node(f"message-{step.code}-{action.code}", Shape.MESSAGE, label))
            self._lead(gate, message)
            for target, _ in self._ways(step, action):
                self._lead(message, target)
        label = clock_in_words(clock, self.language)
        timer = self._put(Node(f"clock-{step.code}", Shape.TIMER, label, duration=iso_duration(clock)))
        self._lead(gate, timer)
        silence = step.owned.silence
        self._lead(timer, gate if silence.after_action is not None else self._silent(step, silence))
