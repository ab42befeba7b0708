"""The flow of a service: all its steps and endings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from divan_libs.servicepack.models.endings import Deadline, Entry, Outcome, Withdrawal
from divan_libs.servicepack.models.form import Question
from divan_libs.servicepack.models.notation import Coded, Part, Slug
from divan_libs.servicepack.models.steps import APPLICATION, Holder, PauseReason, Step


class Flow(Part):
    """All steps and outcomes; a service that is neither electronic nor a hand-off has none."""

    start: Slug | None = None
    steps: Annotated[Coded[Step], Field(max_length=60)] = ()
    outcomes: Coded[Outcome] = ()
    entries: Coded[Entry] = ()
    pauses: Coded[PauseReason] = ()
    deadline: Deadline | None = None
    withdrawal: Withdrawal | None = None
    acknowledgement: Slug | None = None
    correction_message: Slug | None = None
    asked_message: Slug | None = None

    def step(self, code: str) -> Step | None:
        """Return the step with this code, or None."""
        return next((step for step in self.steps if step.code == code), None)

    def outcome(self, code: str) -> Outcome | None:
        """Return the outcome with this code, or None."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)

    def entry(self, code: str) -> Entry | None:
        """Return the entry with this code, or None."""
        return next((entry for entry in self.entries if entry.code == code), None)

    def deadline_of(self, entry: str = APPLICATION) -> Deadline | None:
        """Return the clock over a whole case that began so, or None if it has none."""
        if entry in ("", APPLICATION):
            return self.deadline
        found = self.entry(entry)
        return found.deadline if found is not None else None

    def deadlines(self) -> Iterator[Deadline]:
        """Yield the application's deadline and those of the later beginnings."""
        for deadline in (self.deadline, *(entry.deadline for entry in self.entries)):
            if deadline is not None:
                yield deadline

    def pause(self, code: str) -> PauseReason | None:
        """Return the reason for a pause with this code, or None."""
        return next((pause for pause in self.pauses if pause.code == code), None)

    def holders(self) -> Iterator[Holder]:
        """Yield everybody who may ever hold a case: owners, those above them, and who begins revocations."""
        for step in self.steps:
            if not step.by_itself:
                yield step.holder
            if step.silence is not None:
                yield from step.silence.to
        for deadline in self.deadlines():
            yield from deadline.silence.to
        for entry in self.entries:
            if entry.by is not None:
                yield entry.by

    def report_questions(self) -> Iterator[Question]:
        """Yield the questions that officers answer, step by step."""
        for step in self.steps:
            yield from step.report

    def track_codes(self) -> Iterator[str]:
        """Yield the codes of all tracks of all parallel steps."""
        for step in self.steps:
            for track in step.tracks:
                yield track.code
