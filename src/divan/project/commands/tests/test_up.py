"""What goes wrong in the preparation without stopping it is told where the start is watched."""

from __future__ import annotations

import io
import json
import logging

import pytest

from divan.project.launcher import preparation


@pytest.fixture
def told(monkeypatch):
    """Return what a preparation tells whose first step reports an error and goes on."""
    before = list(logging.getLogger().handlers)

    def migrate() -> str:
        logging.getLogger("divan.demo").error("the shipped service %s is not offered", "birth")
        return "up to date"

    monkeypatch.setattr(preparation, "_migrate", migrate)
    for step in ("_collect_static", "_load_demo"):
        monkeypatch.setattr(preparation, step, lambda _configuration: "done")
    monkeypatch.setattr(preparation, "_people", list)
    report = io.StringIO()
    preparation.prepare(report)
    logging.getLogger().handlers[:] = before
    return [json.loads(line) for line in report.getvalue().splitlines()]


def test_an_error_that_stops_nothing_is_told_before_its_step_ends(told):
    assert told[:2] == [{"begin": "schema"}, {"trouble": "the shipped service birth is not offered"}]
    assert told[2]["step"] == "schema"
